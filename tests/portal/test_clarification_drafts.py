"""S53: whose draft is read by whom where two read closed, a draft that took the place of a deleted one, questions of an ended stage."""


import pytest
from sqlalchemy import insert

from assessments import clarifying, dividing
from assessments.models import Clarification
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
