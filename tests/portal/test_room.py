"""S52: what the panel sees of all items, the lead's decisions, and the end of a stage."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from assessments import panel_room
from assessments.models import Decision
from tests import builders as build
from tests import sessions
from tests.portal.room_pages import SECRET, drafted, hidden, panel, send, statements, without_audit

DECIDED = {"value": "2", "reason": "Bukti tidak memuat penetapan.", "stage": "document"}


def decisions(session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Decision))


def row_of(html: str, item: str) -> str:
    """The row of one item, without tags."""
    rows = [row for row in html.split('<tr role="row">') if f'id="butir-{item}"' in row]
    return re.sub(r"<[^>]+>|\s+", " ", rows[0].split("</tr>")[0])


def test_every_item_with_claim_own_value_the_panel_s_value_and_who_gave_it(client, session):
    where = panel(session)
    build.judged(session, where.assessment(session), where.outside, {"I12": 2})
    session.commit()
    where.as_(client, session, "reviewer")
    html = client.get(where.base).get_data(as_text=True)
    assert html.count('id="butir-') == 47 and "sementara" in html and "Peraturan" not in row_of(html, "I13")
    assert "−1" in row_of(html, "I12") and "assessor luar" in row_of(html, "I12") and "sama" in row_of(html, "I13")
    assert "Putuskan" not in html and "Tutup tahap" not in html
    differing = client.get(f"{where.base}?saring=beda&urut=beda").get_data(as_text=True)
    assert differing.count('id="butir-') == 1
    assert "Tidak ada indikator" in client.get(f"{where.base}?saring=belum").get_data(as_text=True)
    assert client.get(f"{where.base}?saring=%00&urut=x").status_code == 200


def test_the_room_counts_nothing_of_somebody_who_declared_a_conflict_as_the_end_of_the_stage_does(client, session):
    where = panel(session, "judged")
    client = where.as_(client, session, "panel_lead")
    assert "47 dari 47 indikator sudah dinilai tim" in client.get("/beranda").get_data(as_text=True)
    build.seating.declare(where.assessment(session), where.outside.actor("assessor"), False, "Pernah menjadi konsultan.")
    session.commit()
    html = client.get(where.base).get_data(as_text=True)
    assert "Belum dinilai (47)" in html and "belum ada" in html.split("Indeks")[1][:200]
    assert "assessor luar" not in row_of(html, "I12") and "belum dikirim" in row_of(html, "I12")
    assert "0 dari 47 indikator sudah dinilai tim" in client.get("/beranda").get_data(as_text=True)
    assert not panel_room.values_so_far(session, where.assessment(session))
    for who in ("panel_lead", "round_manager"):
        html = where.as_(client, session, who).get(f"{where.base}/tim").get_data(as_text=True)
        assert "Pernah menjadi konsultan. (sesudah mengirim penilaian)" in html


def test_what_an_earlier_stage_left_is_counted_as_carried_and_not_as_unjudged(client, session):
    where = panel(session, "judged")
    assessment, moment = where.assessment(session), datetime.now(UTC)
    client = where.as_(client, session, "panel_lead")
    assert "Terbawa dari tahap" not in client.get(where.base).get_data(as_text=True)
    build.sharing.set_stage(assessment.period, "interview", moment, moment + timedelta(days=9))
    session.commit()
    assessment = where.assessment(session)
    build.panels.close_stage(assessment, where.outside.actor("panel_lead"))
    sessions.held(session, where.city, where.outside, assessment)
    build.panels.decide(assessment, "I12", where.outside.actor("panel_lead"), build.Fraction(2), "Menurut interviu.")
    session.commit()
    html = client.get(f"{where.base}?saring=bawa").get_data(as_text=True)
    assert "Belum dinilai (0)" in html and "Terbawa dari tahap sebelumnya (46)" in html and html.count('id="butir-') == 46


def test_AC_07_another_s_draft_is_in_no_byte_of_any_room(client, session, app):
    where = panel(session)
    drafted(session, where, value=1)
    for who in ("panel_lead", "reviewer"):
        where.as_(client, session, who)
        for page in ("", "?saring=beda", "/rekomendasi", "/rekomendasi?butir=I12", "/penetapan"):
            answer = client.get(where.base + page)
            html = answer.get_data(as_text=True)
            assert answer.status_code == 200 and SECRET not in html and "Catatan-XQ7" not in html, page
        html = client.get(where.base).get_data(as_text=True)
        row = row_of(html, "I12")
        assert "belum dikirim" in row and "−2" not in row and "draf" not in row
        assert "belum ada" in html.split("Indeks")[1][:200]
    own = where.as_(app.test_client(), session, "assessor").get(where.base).get_data(as_text=True)
    assert "draf" in row_of(own, "I12") and SECRET not in own
    team = where.as_(client, session, "round_manager").get(f"{where.base}/tim").get_data(as_text=True)
    assert SECRET not in team


@pytest.mark.parametrize("who", ["round_manager", "internal_assessor", "coordinator", "inspector", "operator", "executive",
                                 "system_admin", "assessor_off"])
def test_AC_07_the_room_is_nobody_else_s(client, session, who):
    where = panel(session, "judged")
    where.as_(client, session, who)
    for page in ("", "/rekomendasi", "/penetapan"):
        assert client.get(where.base + page).status_code == 404, page


def test_AC_08_a_declared_conflict_shuts_every_door(client, session):
    where = panel(session, "judged")
    assessment = where.assessment(session)
    for who in ("assessor", "panel_lead"):
        build.seating.declare(assessment, where.outside.actor(who), False, "Pernah menjadi konsultan di sana.")
    session.commit()
    for who in ("assessor", "panel_lead"):
        where.as_(client, session, who)
        for page in ("", "/tim", "/rekomendasi", "/penetapan"):
            assert client.get(where.base + page).status_code == 404, (who, page)
        for page in ("/keputusan/I12", "/tutup-tahap", "/tim", "/tim/pembagian", "/tim/asesor-baru", "/rekomendasi",
                     "/penetapan/usulan", "/penetapan/penolakan", "/penetapan/pengesahan"):
            assert send(client, where.base + page, **DECIDED).status_code == 404, (who, page)
    assert decisions(session) == 0


def test_the_lead_decides_with_a_reason_and_a_draft_does_not_count(client, session):
    where = panel(session)
    drafted(session, where, value=1)
    where.as_(client, session, "panel_lead")
    page = f"{where.base}/keputusan/I12"
    for fields in ({"value": "2", "reason": " "}, {"value": "", "reason": "x"}, {"value": "9", "reason": "x"},
                   {"value": "2", "reason": "x" * 4001}, {"value": "2", "reason": "a\u0000"}):
        answer = send(client, page, where.base, **fields)
        assert answer.status_code == 422 and "Kesalahan" in answer.get_data(as_text=True)
    assert decisions(session) == 0
    form = hidden(client, where.base, page) | {name: [text] for name, text in DECIDED.items()}
    with statements() as deed:
        assert client.post(page, data=form).status_code == 302
    html = client.get(where.base).get_data(as_text=True)
    assert "Bukti tidak memuat penetapan." in row_of(html, "I12") and "diputuskan ketua" in row_of(html, "I12")
    again = send(client, page, **DECIDED)
    assert again.status_code == 409 and "sudah diputuskan" in again.get_data(as_text=True) and decisions(session) == 1
    assert send(client, f"{where.base}/keputusan/I99", **DECIDED).status_code == 404
    assert len(without_audit(deed)) <= 14


@pytest.mark.parametrize(("who", "status"), [("assessor", 403), ("reviewer", 403), ("round_manager", 403), ("assessor_off", 404)])
def test_only_the_lead_decides_and_closes(client, session, who, status):
    where = panel(session, "judged")
    where.as_(client, session, who)
    for page, fields in (("/keputusan/I12", DECIDED), ("/tutup-tahap", {"sure": "y", "stage": "document"})):
        assert send(client, where.base + page, **fields).status_code == status
    assert decisions(session) == 0


def test_a_decision_meant_for_one_stage_never_counts_for_the_next(client, session):
    where = panel(session, "judged")
    assessment, moment = where.assessment(session), build.datetime.now(build.UTC)
    build.sharing.set_stage(assessment.period, "interview", moment, moment + build.timedelta(days=9))
    session.commit()
    lead = where.as_(client, session, "panel_lead")
    left_open = hidden(lead, where.base, f"{where.base}/keputusan/I12") | {"value": ["1"], "reason": ["Bukti kurang."]}
    build.panels.close_stage(where.assessment(session), where.outside.actor("panel_lead"))
    session.commit()
    late = lead.post(f"{where.base}/keputusan/I12", data=left_open)
    assert late.status_code == 409 and "sudah ditutup" in late.get_data(as_text=True)
    assert session.scalar(select(func.count()).where(Decision.stage == "interview")) == 0


def test_a_stage_closes_after_a_tick_and_only_when_every_item_has_a_value(client, session):
    where = panel(session, "judged")
    build.panels.recall_judgement(where.assessment(session).claim("I05"), where.outside.actor("assessor"))
    session.commit()
    where.as_(client, session, "panel_lead")
    page = f"{where.base}/tutup-tahap"
    html = client.get(where.base).get_data(as_text=True)
    assert "1 indikator belum bernilai" in html and 'name="sure"' not in html
    blocked = send(client, page, sure="y", stage="document")
    assert blocked.status_code == 409 and "1 indikator belum bernilai: 5" in blocked.get_data(as_text=True)
    assert send(client, f"{where.base}/keputusan/I05", **DECIDED).status_code == 302
    assert send(client, page, where.base).status_code == 422
    assert send(client, page, where.base, sure="y", stage="visit").status_code == 409
    assert decisions(session) == 1
    assert send(client, page, where.base, sure="y").status_code == 302
    assert decisions(session) == 47 and where.assessment(session).state == "consolidating"
    assert send(client, page, sure="y", stage="document").status_code == 409
    closed = client.get(where.base).get_data(as_text=True)
    assert "sudah ditutup" in closed and "Putuskan" not in closed


def test_what_changed_since_it_was_judged_is_marked(client, session):
    where = panel(session, "judged")
    assessment = where.assessment(session)
    claim, writer = assessment.claim("I12"), where.city.actor("operator")
    claim.remember(session.get_one(build.Person, where.city.people["round_manager"].person_id))
    version = build.document(session, where.city.agencies["bappeda"], writer)
    session.flush()
    session.add(build.Citation(claim=assessment.claim("I13"), document_id=version.document_id, n=1, letter="a"))
    build.library.add_version(version.document, writer, url="https://contoh.go.id/baru.pdf")
    session.commit()
    where.as_(client, session, "panel_lead")
    html = client.get(where.base).get_data(as_text=True)
    assert "Klaim berubah sesudah dinilai." in row_of(html, "I12")
    assert "1 bukti punya versi lebih baru." in row_of(html, "I13")


def test_the_weight_is_the_same_for_no_and_forty_seven_judgements(client, session):
    where = panel(session)
    where.as_(client, session, "panel_lead")
    client.get(where.base)
    with statements() as few:
        client.get(where.base)
    build.judged(session, where.assessment(session), where.outside, {"I12": 2})
    session.commit()
    with statements() as many:
        client.get(where.base)
    assert len(many) == len(few) <= 10
    form = hidden(client, where.base, f"{where.base}/tutup-tahap") | {"sure": ["y"]}
    with statements() as deed:
        assert client.post(f"{where.base}/tutup-tahap", data=form).status_code == 302
    assert len(without_audit(deed)) <= 14
