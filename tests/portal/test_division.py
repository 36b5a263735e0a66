"""S58: first and second readers by aspect and by item, the load of each, and two who divide at the same time."""

from sqlalchemy import select

from assessments.models import Seat
from tests import builders as build
from tests.portal.room_pages import panel, send, statements


def seats(session) -> dict[tuple[str, int], int]:
    session.rollback()
    session.expire_all()
    return {(seat.item, seat.seat): seat.person_id for seat in session.scalars(select(Seat))}


def two(session, **more):
    where = panel(session, second_reader=True, **more)
    people = {who: office.person_id for who, office in where.outside.people.items()}
    return where, f"{where.base}/penugasan", people


def test_an_aspect_goes_to_two_readers_and_one_item_of_it_to_others(client, session):
    where, page, people = two(session)
    lead = where.as_(client, session, "panel_lead")
    node = where.assessment(session).period.instrument.item("I12").parent.code
    fields = {f"aspek-1-{node}": str(people["assessor"]), f"aspek-2-{node}": str(people["panel_lead"]),
              "butir-1-I12": str(people["panel_lead"]), "butir-2-I12": str(people["assessor"])}
    assert send(lead, page, **fields).status_code == 302
    found = seats(session)
    assert (found["I12", 1], found["I12", 2]) == (people["panel_lead"], people["assessor"])
    aspect = [item.code for item in where.assessment(session).period.instrument.items if item.parent.code == node]
    assert {code for code, _n in found} == set(aspect)
    assert all(found[code, 1] == people["assessor"] for code in aspect if code != "I12")
    text = lead.get(page).text
    assert "Beban tiap asesor" in text and "Penilai kedua" in text


def test_the_same_person_twice_or_somebody_else_is_refused_with_the_choice_kept(client, session):
    where, page, people = two(session)
    lead = where.as_(client, session, "panel_lead")
    for fields, sentence in (
        ({"butir-1-I12": str(people["assessor"]), "butir-2-I12": str(people["assessor"])}, "orang yang berbeda: indikator 12"),
        ({"butir-1-I12": str(people["reviewer"])}, "ketua atau anggota"),
        ({"butir-1-I12": str(where.city.people["operator"].person_id)}, "ketua atau anggota"),
        ({}, "Belum ada penugasan yang diubah"),
    ):
        answer = send(lead, page, **fields)
        assert answer.status_code == 422 and sentence in answer.text, sentence
    assert seats(session) == {}
    answer = send(lead, page, **{"butir-1-I12": str(people["assessor"]), "butir-2-I12": str(people["assessor"])})
    assert answer.text.count(f'<option value="{people["assessor"]}" selected>') == 2


def test_the_same_person_twice_is_said_where_it_was_chosen(client, session):
    where, page, people = two(session)
    lead = where.as_(client, session, "panel_lead")
    html = send(lead, page, **{"butir-1-I12": str(people["assessor"]), "butir-2-I12": str(people["assessor"])}).text
    assert 'href="#butir-2-I12"' in html and html.count("Sama dengan penilai pertama.") == 1
    assert 'aria-describedby="butir-2-I12-salah"' in html


def test_who_divides_on_an_old_page_gets_both_and_overwrites_nothing(client, session):
    where, page, people = two(session)
    lead = where.as_(client, session, "panel_lead")
    old = build.form(lead, page, **{"butir-1-I12": str(people["panel_lead"])})
    assert send(lead, page, **{"butir-1-I12": str(people["assessor"])}).status_code == 302
    answer = lead.post(page, data=old)
    assert answer.status_code == 409 and "berubah sesudah Anda membuka" in answer.text
    name = where.outside.people["assessor"].person.name
    assert f"sekarang: {name}" in answer.text
    assert seats(session) == {("I12", 1): people["assessor"]}


def test_a_form_that_arrives_twice_is_answered_as_at_first(client, session):
    where, page, people = two(session)
    lead = where.as_(client, session, "panel_lead")
    sent = build.form(lead, page, **{"butir-1-I12": str(people["panel_lead"])})
    first, second = lead.post(page, data=sent), lead.post(page, data=sent)
    assert (first.status_code, second.status_code) == (302, 302) and first.location == second.location


def test_a_round_with_one_reader_offers_no_second_seat(client, session):
    where = panel(session)
    lead = where.as_(client, session, "panel_lead")
    page = f"{where.base}/penugasan"
    assert 'name="butir-2-' not in lead.get(page).text
    assert send(lead, page, **{"butir-1-I12": str(where.outside.people["assessor"].person_id)}).status_code == 302
    assert [n for _item, n in seats(session)] == [1]


def test_the_page_asks_as_often_for_one_seat_as_for_all(client, session):
    where, page, people = two(session)
    lead = where.as_(client, session, "panel_lead")
    lead.get(page)
    with statements() as few:
        lead.get(page)
    items = where.assessment(session).period.instrument.items
    fields = {f"butir-{n}-{item.code}": str(people[who]) for item in items for n, who in ((1, "assessor"), (2, "panel_lead"))}
    with statements() as saved:
        assert send(lead, page, **fields).status_code == 302
    with statements() as many:
        lead.get(page)
    assert len(few) == len(many) <= 10, few
    assert len(saved) <= 14 + len(few), saved
