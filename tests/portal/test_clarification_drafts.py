"""S53: whose draft is read by whom where two read closed, a draft that took the place of a deleted one, questions of an ended stage."""


import pytest
from sqlalchemy import insert

from assessments import clarifying, dividing
from assessments.models import Clarification
from tests.portal import meeting_pages
from tests.portal.agency_pages import statements
from tests.portal.clarification_pages import asked, marks, plain, question, room, rows_of, text_of
from tests.portal.desk_pages import as_, before_a_panel
from tests.portal.second_reader_pages import FIRST, SECOND, reads

SECRET = "Mengapa buktinya kosong?"


@pytest.fixture
def blind(session):
    where = before_a_panel(session, second_reader=True)
    people, lead = where.outside.people, where.outside.actor(SECOND)
    dividing.divide(where.assessment(session), {"I12": {1: people[FIRST].person, 2: people[SECOND].person}}, lead)
    session.commit()
    return where


def test_a_closed_reader_sees_changes_and_sends_no_draft_of_the_partner_before_both_have_sent(client, session, blind):
    (id,) = asked(session, blind, "I12", text=SECRET, days=None)
    as_(client, session, blind, FIRST)
    own = text_of(client, room(blind))
    assert SECRET in own and "Draf hanya terlihat oleh Anda" in own
    as_(client, session, blind, SECOND)
    with statements() as seen:
        assert SECRET not in text_of(client, room(blind))
    assert len(seen) <= 10, seen
    assert rows_of(client, f"{room(blind)}/daftar.csv") == []
    for fields in ({"then": "hapus"}, {"version": "1", "text": "Lain."}):
        assert client.post(f"{room(blind)}/{id}", data=plain(client, **fields)).status_code == 404
    assert client.post(f"{room(blind)}/kiriman", data=plain(client, chosen=marks(own), days="3")).status_code == 409
    assert question(session, id).state == "draft"
    for who, value in ((FIRST, 2), (SECOND, 3)):
        reads(session, blind, who, "I12", value)
    assert SECRET in text_of(client, room(blind))
    assert client.post(f"{room(blind)}/kiriman", data=plain(client, chosen=marks(own), days="3")).status_code == 302


def test_a_draft_that_got_the_id_of_a_deleted_one_is_another_draft(client, session):
    where = before_a_panel(session)
    (id,) = asked(session, where, "I12", text="Boleh dikirim.", days=None)
    as_(client, session, where, "assessor")
    old = marks(text_of(client, room(where)))
    clarifying.discard(question(session, id))
    session.flush()
    words = {"item": "I12", "stage": "document", "asked_by_id": where.outside.people["panel_lead"].person_id, "state": "draft"}
    session.execute(insert(Clarification).values(id=id, assessment_id=where.assessment_id, text="Belum boleh.", **words))
    session.commit()
    for address, fields in (("kiriman", {"chosen": old, "days": "3"}), (id, {"then": "hapus", "seen": old[0]}),
                            (id, {"version": "1", "text": "Lain.", "seen": old[0]})):
        answer = client.post(f"{room(where)}/{address}", data=plain(client, **fields))
        assert answer.status_code == 409 and "diubah anggota lain" in answer.get_data(as_text=True), address
    found = question(session, id)
    assert (found.state, found.text) == ("draft", "Belum boleh.")
    assert f'name="seen" value="{marks(text_of(client, room(where)))[0]}"' in text_of(client, room(where))


def test_a_question_of_an_ended_stage_is_closed_but_neither_asked_again_nor_reopened(client, session):
    where = meeting_pages.met(session)
    by, assessment = where.outside.actor("assessor"), where.assessment(session)
    made = [clarifying.write_draft(assessment, item, by, "Di mana?") for item in ("I12", "I20")]
    session.flush()
    clarifying.send(assessment, made, 3, by)
    for each in made:
        each.stage = "document"
    clarifying.close(made[1])
    session.commit()
    open_one, closed_one = (each.id for each in made)
    where.as_(client, session, "assessor")
    page = f"{where.base}/klarifikasi"
    shown = text_of(client, page)
    assert f'action="{page}/{open_one}/penutupan"' in shown
    assert f'action="{page}/{open_one}/tanggapan"' not in shown and f'action="{page}/{closed_one}/penutupan"' not in shown
    again = client.post(f"{page}/{open_one}/tanggapan", data=plain(client, text="Halaman berapa?"))
    assert again.status_code == 409 and "Tulisan Anda: Halaman berapa?" in again.get_data(as_text=True)
    reopened = client.post(f"{page}/{closed_one}/penutupan", data=plain(client, then="buka"))
    assert reopened.status_code == 409 and "sudah ditutup, jadi instansi" in reopened.get_data(as_text=True)
    assert question(session, closed_one).state == "closed"
