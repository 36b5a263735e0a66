"""Somebody leaves an office: the page shows what is held, and it goes to whoever is named, with a trace on both."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from assessments import answering, asking, leaving, uploading
from assessments.models import Appointment, Event, Notice
from tests import builders as build


@pytest.fixture
def busy(session, client):
    """Bappeda's operator has one item half written, one open question, and a file on its way."""
    city = build.city(session)
    period = build.opened(session, city)
    by = city.actor("operator")
    item = build.contribution(session, period, city.agencies["bappeda"], "I12")
    answering.answer(item, by, 3, "Fakta.", "", item.version)
    session.flush()
    question = asking.ask(item, city.actor("internal_assessor"), "Nomor berapa?")
    upload = uploading.begin(session, by, city.agencies["bappeda"].id, id="a" * 32, file_name="b.pdf", length=10, fingerprint=None)
    session.flush()
    build.sign_in(client, session, city.people["system_admin"])
    return city, item, question, upload


def labels(session, thing) -> list[str]:
    return list(session.scalars(select(Event.label).where(
        Event.thing == thing.__tablename__, Event.thing_id == thing.id, Event.verb.in_(("hand_over", "leave", "move")))))


def test_the_page_shows_what_is_held_before_anything_ends(client, session, busy):
    city, *_ = busy
    office = city.people["operator"].id
    html = client.get(f"/kelola/jabatan/{office}/akhir").get_data(as_text=True)
    assert "Indikator 12" in html and "Nomor berapa?" in html and "b.pdf" in html and "tidak akan punya operator" in html
    session.rollback()
    assert session.get_one(Appointment, office).held_on()


def test_a_head_who_leaves_alone_is_said_to_leave_no_head(client, busy):
    city, *_ = busy
    assert "OPD ini tidak akan punya kepala" in client.get(f"/kelola/jabatan/{city.people['head'].id}/akhir").get_data(as_text=True)


def test_what_was_held_goes_to_somebody_with_the_same_office_and_both_histories_say_so(client, session, busy):
    city, item, question, upload = busy
    heir = build.office(session, "penerus tugas", city.agencies["bappeda"], "agency_operator")
    session.commit()
    page = f"/kelola/jabatan/{city.people['operator'].id}/akhir"
    answer = client.post(page, data=build.form(client, page) | {"to": str(heir.person_id)})
    assert answer.status_code == 302
    session.rollback()
    assert not city.people["operator"].held_on() and upload.by_id == heir.person_id
    assert labels(session, item) == labels(session, question) == ["Dilanjutkan penerus tugas, dari operator kota-contoh"]
    assert labels(session, city.people["operator"]) == ["Jabatan diakhiri, dilanjutkan penerus tugas"]
    told = session.scalars(select(Notice).where(Notice.person_id == heir.person_id)).one()
    assert "1 indikator sedang diisi" in told.sentence


def test_the_office_itself_can_be_given_and_begins_the_day_after(client, session, busy):
    city, *_ = busy
    other = city.people["executive"].person
    page, last = f"/kelola/jabatan/{city.people['head'].id}/akhir", build.day(5)
    fields = build.form(client, page) | {"other": other.account.username, "ends_on": last.isoformat()}
    refused = client.post(page, data=fields)
    assert refused.status_code == 422 and "belum memegang jabatan" in refused.get_data(as_text=True)
    assert client.post(page, data=fields | {"give_office": "y"}).status_code == 302
    session.rollback()
    made = session.scalars(select(Appointment).where(Appointment.person_id == other.id, Appointment.role == "agency_head")).one()
    assert made.starts_on == last + timedelta(days=1) and labels(session, made) == ["Meneruskan head kota-contoh"]


def test_without_a_name_the_work_stays_with_the_office(client, session, busy):
    city, item, *_ = busy
    page = f"/kelola/jabatan/{city.people['operator'].id}/akhir"
    assert client.post(page, data=build.form(client, page)).status_code == 302
    session.rollback()
    assert labels(session, city.people["operator"]) == ["Jabatan diakhiri, pekerjaannya tetap pada jabatan"]
    assert labels(session, item) == []


def test_somebody_moves_to_another_organization_with_the_same_office(client, session, busy):
    city, *_ = busy
    page = f"/kelola/jabatan/{city.people['operator'].id}/akhir"
    assert client.post(page, data=build.form(client, page) | {"move_to": city.agencies["dinkes"].slug}).status_code == 302
    session.rollback()
    held = [office for office in city.people["operator"].person.appointments if office.held_on()]
    assert [(office.organization.slug, office.role) for office in held] == [("dinkes", "agency_operator")]


def test_an_office_of_nobody_in_the_list_is_refused_at_its_field(client, session, busy):
    city, *_ = busy
    page = f"/kelola/jabatan/{city.people['operator'].id}/akhir"
    answer = client.post(page, data=build.form(client, page) | {"to": "999999", "ends_on": "kapan"})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "pilih salah satu" in html and "tidak dapat dibaca" in html


def test_looking_costs_the_same_for_one_item_and_for_many(session, busy):
    city, _item, *_ = busy
    from tests.portal.agency_pages import statements

    session.commit()
    session.expire_all()
    office = session.get_one(Appointment, city.people["operator"].id)
    office.organization.clock_zone  # noqa: B018
    with statements() as seen:
        leaving.held_by(session, office)
    assert len(seen) <= 14
