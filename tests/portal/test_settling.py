"""S61: two people stand for a result, on exactly what was on the page; a change is another version with its reason."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import func, select

from assessments import seating
from assessments.models import Proposal, Result
from portal import passwords
from portal.blueprints.assessor.settling import _why
from tests import builders as build
from tests.portal.room_pages import hidden, panel, send, statements, without_audit

HASH = passwords.hashed(build.PASSWORD)
WITH_PASSWORD = {"password": build.PASSWORD}


def proposed(session, far: str = "proposed"):
    where = panel(session, far)
    for who in ("assessor", "panel_lead", "assessor_off"):
        build.account_of(where.outside.people[who]).password = HASH
    session.commit()
    return where


def counts(session) -> tuple[int, int]:
    """(results, proposals)"""
    session.rollback()
    return tuple(session.scalar(select(func.count()).select_from(kind)) for kind in (Result, Proposal))


def fingerprint(client, page: str, action: str) -> str:
    return hidden(client, page, action)["seen"][0]


def test_proposed_by_the_lead_with_an_embargo_and_confirmed_by_a_member(client, session, app):
    where = proposed(session, "closed")
    lead, page = where.as_(client, session, "panel_lead"), f"{where.base}/penetapan"
    html = lead.get(page).get_data(as_text=True)
    assert "Usulkan hasil akhir" in html and "3,00" in html and "Belum diusulkan" in html
    for fields in ({"embargo_day": "kemarin"}, {"embargo_day": "2020-01-01"}, {"embargo_clock": "10:00"},
                   {"embargo_day": "2030-01-01", "embargo_clock": "25:00"}):
        assert send(lead, f"{page}/usulan", page, **fields).status_code == 422, fields
    day = (datetime.now(UTC) + timedelta(days=30)).strftime("%Y-%m-%d")
    assert send(lead, f"{page}/usulan", page, embargo_day=day, embargo_clock="10:00").status_code == 302
    html = lead.get(page).get_data(as_text=True)
    assert "Anda yang mengusulkan" in html and "10.00 WITA" in html and "Tetapkan hasil" not in html
    member = where.as_(app.test_client(), session, "assessor")
    html = member.get(page).get_data(as_text=True)
    assert "Tetapkan hasil" in html and "Hitungan ulang" in html and "Berbeda pada" not in html
    assert send(member, f"{page}/pengesahan", page, password="").status_code == 422
    wrong = send(member, f"{page}/pengesahan", page, password="salah sekali ini")
    assert wrong.status_code == 422 and "Hasil belum ditetapkan" in wrong.get_data(as_text=True)
    assert counts(session) == (0, 1)
    assert send(member, f"{page}/pengesahan", page, **WITH_PASSWORD).status_code == 302
    assert counts(session) == (1, 1) and where.assessment(session).state == "final"
    assert "Hasil versi 1" in member.get(page).get_data(as_text=True)


def test_AC_09_whoever_proposed_cannot_confirm_and_nothing_changes(client, session, app):
    where = proposed(session)
    page = f"{where.base}/penetapan"
    member = where.as_(app.test_client(), session, "assessor")
    form = hidden(member, page, f"{page}/pengesahan") | {"password": [build.PASSWORD]}
    lead = where.as_(client, session, "panel_lead")
    answer = send(lead, f"{page}/pengesahan", page, seen=form["seen"], **WITH_PASSWORD)
    assert answer.status_code == 409 and "anggota lain yang menetapkan" in answer.get_data(as_text=True)
    assert counts(session) == (0, 1) and where.assessment(session).state == "proposed_final"
    assert member.post(f"{page}/pengesahan", data=form).status_code == 302
    assert member.post(f"{page}/pengesahan", data=form).status_code == 409
    replayed = send(member, f"{page}/pengesahan", page, seen=form["seen"], **WITH_PASSWORD)
    assert replayed.status_code == 409 and counts(session) == (1, 1)


@pytest.mark.parametrize(("who", "status"), [("reviewer", 403), ("round_manager", 403), ("coordinator", 403),
                                             ("assessor_off", 404), ("operator", 403), ("executive", 404)])
def test_AC_09_only_those_who_judge_confirm_or_reject(client, session, who, status):
    where = proposed(session)
    where.as_(client, session, who)
    expected = 404 if who == "operator" else status
    for door in ("usulan", "penolakan", "pengesahan"):
        assert send(client, f"{where.base}/penetapan/{door}", **WITH_PASSWORD, note="x").status_code == expected, door
    assert counts(session) == (0, 1)


def test_only_the_fingerprint_that_was_on_the_page_is_confirmed(client, session, app):
    where = proposed(session)
    page = f"{where.base}/penetapan"
    member = where.as_(client, session, "assessor")
    old = hidden(member, page, f"{page}/pengesahan") | {"password": [build.PASSWORD]}
    lead = where.as_(app.test_client(), session, "panel_lead")
    assert send(lead, f"{page}/penolakan", page, note=" ").status_code == 422
    assert send(lead, f"{page}/penolakan", page, note="Periksa indikator 5.").status_code == 302
    assert "Periksa indikator 5." in member.get(page).get_data(as_text=True)
    assert member.post(f"{page}/pengesahan", data=old).status_code == 409
    assert send(lead, f"{page}/usulan", page, seen="0" * 64).status_code == 409
    assert send(lead, f"{page}/usulan", page).status_code == 302
    stale = member.post(f"{page}/pengesahan", data=old)
    assert stale.status_code == 409 and "berubah sesudah Anda membukanya" in stale.get_data(as_text=True)
    refused = send(member, f"{page}/penolakan", page, seen="0" * 64, note="Lampiran tertukar.", checked="y")
    assert refused.status_code == 409
    words = re.findall(r"<dt>(.*?)</dt><dd class=\"quote\">(.*?)</dd>", refused.get_data(as_text=True))
    assert words == [("Alasan penolakan", "Lampiran tertukar.")], "the words beside the field, not its name; no tick"
    assert counts(session) == (0, 2)


def test_a_change_is_the_next_version_with_its_reason(client, session, app):
    where = proposed(session, "published")
    page = f"{where.base}/penetapan"
    lead = where.as_(client, session, "panel_lead")
    for fields in ({"reason": ""}, {"reason": "Salah baca."}, {"reason": "Salah baca.", "nilai-I05": "9"},
                   {"reason": "Salah baca.", "nilai-I05": "3"}, {"nilai-I05": "4"}):
        refused = send(lead, f"{page}/usulan", page, **fields)
        assert refused.status_code == 422 and "Kesalahan" in refused.get_data(as_text=True), fields
    change = {"reason": "Salah baca.", "nilai-I05": "4"}
    assert send(lead, f"{page}/usulan", page, **change, seen="0" * 64).status_code == 409
    assert send(lead, f"{page}/usulan", page, **change).status_code == 302
    member = where.as_(app.test_client(), session, "assessor")
    html = member.get(page).get_data(as_text=True)
    assert "sebelumnya 3" in html and "Salah baca." in html
    assert send(member, f"{page}/pengesahan", page, **WITH_PASSWORD).status_code == 302
    html = member.get(page).get_data(as_text=True)
    assert "Versi 2: 3,01 Baik" in html and "Versi 1: 3,00 Baik" in html and "Menggantikan versi 1. Alasan: Salah baca." in html
    assert where.assessment(session).state == "published" and counts(session) == (2, 2)


def test_before_the_stages_are_closed_there_is_nothing_to_propose(client, session):
    where = proposed(session, "judged")
    lead = where.as_(client, session, "panel_lead")
    page = f"{where.base}/penetapan"
    assert "sesudah setiap tahap penilaian ditutup" in lead.get(page).get_data(as_text=True)
    for door in ("usulan", "pengesahan", "penolakan"):
        assert send(lead, f"{page}/{door}", page, note="x", **WITH_PASSWORD).status_code == 409, door


def test_why_an_index_that_is_shown_at_the_edge_may_lie_below_it(session):
    instrument = build.draft(session, build.city(session)).instrument
    edge = Fraction("2.5975")
    exact, shown = _why(instrument, edge, "exact"), _why(instrument, edge, "shown")
    assert "2,60" in exact and "2,5975" in exact and exact.endswith("predikatnya Cukup.")
    assert "predikatnya Baik" in shown and _why(instrument, Fraction("2.7"), "exact") == ""


def test_two_who_confirm_at_once_make_one_result_and_the_other_hears_409(client, session, app):
    where = proposed(session)
    seating.seat_member(where.assessment(session), where.outside.people["assessor_off"].person, "member",
                        where.city.actor("round_manager"))
    session.commit()
    seating.declare(where.assessment(session), where.outside.actor("assessor_off"), True)
    session.commit()
    page = f"{where.base}/penetapan"
    crowd = []
    for who in ("assessor", "assessor_off"):
        other = where.as_(app.test_client(), session, who)
        form = hidden(other, page, f"{page}/pengesahan") | {"password": [build.PASSWORD]}
        crowd.append((next(iter(other._cookies.values())), form))
    session.commit()
    app.extensions.pop("test_session")

    def press(one):
        cookie, form = one
        other = app.test_client()
        other.set_cookie(cookie.key, cookie.value)
        return other.post(f"{page}/pengesahan", data=form).status_code

    with ThreadPoolExecutor(2) as pool:
        codes = sorted(pool.map(press, crowd))
    app.extensions["test_session"] = session
    assert codes == [302, 409] and counts(session) == (1, 1)


def test_the_weight_of_the_page_and_of_a_confirmation(client, session):
    where = proposed(session)
    page = f"{where.base}/penetapan"
    member = where.as_(client, session, "assessor")
    client.get(page)
    with statements() as few:
        client.get(page)
    assert len(few) <= 10
    form = hidden(member, page, f"{page}/pengesahan") | {"password": [build.PASSWORD]}
    with statements() as deed:
        assert client.post(f"{page}/pengesahan", data=form).status_code == 302
    proof = 8  # door, lock and password, in transactions of their own
    assert len(without_audit(deed)) <= 14 + proof
    with statements() as settled:
        client.get(page)
    assert len(settled) <= 10
