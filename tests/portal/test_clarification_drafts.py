"""S53: whose draft is read by whom where two read closed, a draft that took the place of a deleted one, questions of an ended stage."""


import pytest

from assessments import dividing
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
