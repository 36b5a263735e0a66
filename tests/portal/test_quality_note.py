"""The inspectorate's note on a consolidated self-assessment and its sign-off."""

import pytest
from sqlalchemy import func, select

from assessments.models import QaNote
from tests import builders as build
from tests.portal.agency_pages import form_of, statements

PAGE, SAVE = 10, 14


@pytest.fixture
def city(session):
    return build.city(session)


def page_of(period, city) -> str:
    return f"/mutu/{period.slug}/{city.instansi.slug}"


def approved(session, city):
    period = build.opened(session, city)
    build.ready_to_send(session, city, period)
    session.commit()
    return period


def write(client, page, **fields):
    return client.post(page, data=form_of(client, page, "mutu") | {"note": "Alasan lengkap."} | fields)


def test_the_inspector_signs_off_and_the_page_of_sending_says_so(client, session, app, city):
    period = approved(session, city)
    page, sending = page_of(period, city), f"/pengelolaan/{period.slug}/{city.instansi.slug}/kirim"
    boss = build.sign_in(app.test_client(), session, city.people["responsible_officer"])
    assert "belum ada catatan mutu" in boss.get(sending).get_data(as_text=True)
    client = build.sign_in(client, session, city.people["inspector"])
    assert page in client.get("/beranda").get_data(as_text=True)
    assert write(client, page).status_code == 302
    assert "belum ada catatan mutu" in boss.get(sending).get_data(as_text=True)
    assert write(client, page, sign_off="y", note="<b>Lengkap</b>").status_code == 302
    text = boss.get(sending).get_data(as_text=True)
    assert "ditandatangani" in text and page in text
    notes = boss.get(page).get_data(as_text=True)
    assert "&lt;b&gt;Lengkap&lt;/b&gt;" in notes and "Alasan lengkap." in notes and "<textarea" not in notes


def test_before_all_claims_are_approved_nothing_can_be_written(client, session, city):
    period = build.opened(session, city)
    session.commit()
    page = page_of(period, city)
    client = build.sign_in(client, session, city.people["inspector"])
    assert "sesudah semua klaim disetujui" in client.get(page).get_data(as_text=True)
    own = form_of(client, "/akun", part="/akun/surel")
    answer = client.post(page, data=own | {"note": "Terlalu dini.", "key": "k" * 24})
    assert answer.status_code == 409 and "sesudah semua klaim disetujui" in answer.get_data(as_text=True)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(QaNote)) == 0


def test_AC_whoever_wrote_a_claim_gives_no_quality_note(client, session, city):
    period = build.opened(session, city)
    assessment = build.ready_to_send(session, city, period)
    person = city.people["round_manager"].person
    assert assessment.claim("I12").revisions[0].author_id == person.id
    seat = build.staffing.appoint(session, person, city.instansi, "inspector", build.SYSTEM, starts_on=build.SINCE)
    session.commit()
    client = build.sign_in(client, session, seat)
    page = page_of(period, city)
    assert "ikut menetapkan tingkat" in client.get(page).get_data(as_text=True)
    own = form_of(client, "/akun", part="/akun/surel")
    assert client.post(page, data=own | {"note": "Bagus.", "key": "k" * 24}).status_code == 409


def test_an_empty_note_is_refused_and_the_same_form_twice_is_one_note(client, session, city):
    period = approved(session, city)
    page = page_of(period, city)
    client = build.sign_in(client, session, city.people["inspector"])
    answer = write(client, page, note=" ", sign_off="y")
    assert answer.status_code == 422 and "Catatan mutu wajib diisi." in answer.get_data(as_text=True)
    sent = form_of(client, page, "mutu") | {"note": "Sekali."}
    assert [client.post(page, data=sent).status_code for _ in range(2)] == [302, 302]
    session.rollback()
    assert session.scalar(select(func.count()).select_from(QaNote)) == 1


@pytest.mark.parametrize(("who", "read", "sent"), [
    ("round_manager", 200, 403), ("coordinator", 200, 403), ("executive", 200, 404), ("system_admin", 403, 403),
    ("operator", 403, 403), ("operator_other", 404, 404), ("inventory_manager", 404, 404),
])
def test_AC_the_team_and_the_executive_read_and_nobody_else_writes(client, session, city, who, read, sent):
    period = approved(session, city)
    client = build.sign_in(client, session, city.people[who])
    page = page_of(period, city)
    assert client.get(page).status_code == read
    own = form_of(client, "/akun", part="/akun/surel")
    assert client.post(page, data=own | {"note": "x", "key": "k" * 24}).status_code == sent


def test_pages_and_saves_cost_the_same_for_one_note_and_for_many(client, session, app, city):
    period = approved(session, city)
    page, sending = page_of(period, city), f"/pengelolaan/{period.slug}/{city.instansi.slug}/kirim"
    client = build.sign_in(client, session, city.people["inspector"])
    costs = []
    for _ in range(3):
        write(client, page, sign_off="y")
        found = []
        for address in (page, sending):
            client.get(address)
            with statements() as seen:
                client.get(address)
            found.append(len(seen))
        fields = form_of(client, page, "mutu") | {"note": "Lagi."}
        with statements() as seen:
            assert client.post(page, data=fields).status_code == 302
        costs.append((*found, len(seen)))
    assert costs[0] == costs[2], costs
    assert max(costs[0][:2]) <= PAGE and costs[0][2] <= SAVE, costs
