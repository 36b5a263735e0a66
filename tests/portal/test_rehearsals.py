"""A rehearsal is marked on every page of it, and nothing of it gets out through any door that makes or shows results."""

from fractions import Fraction

import pytest
from sqlalchemy import func, select

from assessments import results
from assessments.actors import SYSTEM
from assessments.clock import now
from assessments.models import Assessment, Period, Result
from assessments.refusal import Refused
from tests import builders as build
from tests.portal.round_pages import as_, begun, send

MARK = "hanya latihan"


def rehearsed(session, **more):
    return begun(session, slug="2026-gladi", track="rehearsal", **more)


def test_every_page_of_a_rehearsal_says_so_and_no_other_page_does(client, session):
    where = rehearsed(session)
    build.opened(session, where.city, slug="2026")
    session.commit()
    pages = {
        "round_manager": [where.calendar, where.base, where.check(), f"{where.base}/klaim", f"{where.base}/penugasan", f"{where.base}/tim",
                          f"{where.base}/kirim", f"{where.base}/hasil", "/pengelolaan/2026-gladi/kemajuan", "/pengelolaan/2026-gladi/matriks",
                          "/pengelolaan/2026-gladi/pengingat", f"{where.calendar}/perpanjangan"],
        "operator": ["/penilaian/2026-gladi", "/penilaian/2026-gladi/indikator/I12", "/penilaian/2026-gladi/periksa"],
    }
    for who, addresses in pages.items():
        as_(client, session, where, who)
        for page in addresses:
            answer = client.get(page)
            assert answer.status_code == 200 and MARK in answer.get_data(as_text=True), page
            real = client.get(page.replace("2026-gladi", "2026"))
            assert real.status_code == 200 and MARK not in real.get_data(as_text=True), page


def test_the_name_of_a_rehearsal_says_what_it_is_wherever_it_is_listed(client, session):
    where = rehearsed(session)
    assert where.period.title == "Gladi: Penilaian mandiri SPBE 2026"
    as_(client, session, where, "operator")
    for page in ("/penilaian/2026-gladi", "/kalender", "/beranda"):
        assert "Gladi: " in client.get(page).get_data(as_text=True), page


@pytest.fixture
def rehearsal(session):
    """A rehearsal whose panel has decided everything: one step before a result, were it a real round."""
    city, outside = build.city(session), build.outsiders(session)
    assessment = build.judging(session, city, outside, slug="2026-gladi", track="rehearsal")
    build.closed(session, assessment, outside)
    session.commit()
    return city, outside, assessment


def test_no_verb_makes_a_result_of_a_rehearsal(session, rehearsal):
    city, outside, assessment = rehearsal
    values = {item.code: Fraction(3) for item in assessment.period.instrument.items}
    manager = city.actor("round_manager")
    doors = [
        lambda: results.propose(assessment, outside.actor("panel_lead")),
        lambda: results.enter_official(assessment, values, "Keputusan 1/2026", manager),
        lambda: results.enter_official(assessment, values, "Keputusan 1/2026", SYSTEM),
        lambda: results.settle_claims(assessment, city.actor("coordinator"), 1),
        lambda: results.publish(assessment, manager),
    ]
    for door in doors:
        with pytest.raises(Exception) as refused:
            door()
        assert isinstance(refused.value, Refused), refused.value
        session.rollback()
        assert session.scalar(select(func.count()).select_from(Result)) == 0


def test_no_page_makes_or_shows_a_result_of_a_rehearsal(client, session, rehearsal):
    city, outside, _assessment = rehearsal
    subject = city.instansi.slug
    base = f"/asesmen/2026-gladi/{subject}"
    build.sign_in(client, session, outside.people["panel_lead"])
    for door in ("final", "final/usulan", "ketetapan"):
        assert send(client, f"{base}/{door}", f"{base}/ringkasan", fresh=True).status_code in (404, 405, 409), door
    build.sign_in(client, session, city.people["round_manager"])
    round_ = f"/pengelolaan/2026-gladi/{subject}"
    for door in ("hasil/resmi", "hasil/terbit", "hasil"):
        assert send(client, f"{round_}/{door}", f"{round_}/hasil").status_code in (404, 405, 409), door
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Result)) == 0
    assert client.get("/hasil-evaluasi/2026-gladi").status_code == 404
    for public in ("/", "/pengumuman", "/direktori"):
        answer = client.application.test_client().get(public)
        assert "gladi" not in answer.get_data(as_text=True).casefold(), public
    for gone in ("/hasil/2026-gladi", "/api/hasil/2026-gladi"):
        assert client.application.test_client().get(gone).status_code in (401, 404), gone


def test_even_a_row_put_in_by_hand_is_never_announced(session, rehearsal):
    from assessments.announcing import all_announced, announced_for

    city, _outside, assessment = rehearsal
    by = city.people["round_manager"].person_id
    session.get_one(Assessment, assessment.id).state = "published"
    period = session.get_one(Period, assessment.period_id)
    session.add(Result(
        assessment=assessment, source="official", n=1, index_exact="3", index_shown="3.00", predicate="Baik", predicate_rule="exact",
        instrument_sha=period.instrument_sha, basis="Palsu", proposed_by_id=by,
        confirmed_by_id=city.people["coordinator"].person_id, at=now(),
    ))
    session.flush()
    assert all_announced(session) == [] and announced_for(session, "2026-gladi") is None
    session.rollback()
