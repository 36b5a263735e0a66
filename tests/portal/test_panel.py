"""S58: who sits on the panel, how its items are divided, and an assessor who had no account yet."""

import re

import pytest
from sqlalchemy import func, select

from assessments.models import Account, Appointment, Organization, PanelMember, Seat
from tests import builders as build
from tests.portal.room_pages import hidden, panel, send, statements, without_audit

NEW = {"name": "Asesor Baru", "username": "asesor.baru", "email": "", "role": "member", "institution": "",
       "new_institution": "Institut Contoh"}


def members(session) -> dict[int, str]:
    session.rollback()
    session.expire_all()
    return {member.person_id: member.role for member in session.scalars(select(PanelMember))}


def seats(session) -> dict[str, int]:
    session.rollback()
    session.expire_all()
    return {seat.item: seat.person_id for seat in session.scalars(select(Seat))}


@pytest.mark.parametrize(("who", "status"), [
    ("round_manager", 200), ("panel_lead", 200), ("assessor", 403), ("reviewer", 403), ("internal_assessor", 403),
    ("coordinator", 403), ("inspector", 403), ("system_admin", 403), ("assessor_off", 404), ("operator", 404),
    ("executive", 404),
])
def test_only_the_round_manager_and_the_lead_put_a_panel_together(client, session, who, status):
    where = panel(session)
    before = members(session)
    where.as_(client, session, who)
    page = f"{where.base}/tim"
    assert client.get(page).status_code == status
    if status != 200:
        off = str(where.outside.people["assessor_off"].person_id)
        for door, fields in (("", {"person": off, "role": "lead"}), ("/keluar", {"person": off}), ("/pembagian", {}),
                             ("/asesor-baru", NEW)):
            assert send(client, page + door, **fields).status_code == status, door
        assert members(session) == before and session.scalar(select(func.count()).where(Account.username == NEW["username"])) == 0


def test_a_member_is_added_changes_the_role_and_leaves(client, session):
    where = panel(session)
    people = {who: office.person_id for who, office in where.outside.people.items()}
    manager, page = where.as_(client, session, "round_manager"), f"{where.base}/tim"
    overview = manager.get(where.base.replace("/asesmen/", "/pengelolaan/")).get_data(as_text=True)
    assert f'href="{page}"' in overview
    off = str(people["assessor_off"])
    for fields in ({"person": "", "role": "member"}, {"person": off, "role": ""}, {"person": off, "role": "boss"},
                   {"person": "99999", "role": "member"}):
        assert send(manager, page, **fields).status_code == 422, fields
    assert send(manager, page, person=off, role="lead").status_code == 302
    assert members(session) == {people["panel_lead"]: "member", people["assessor"]: "member", people["reviewer"]: "reviewer",
                                people["assessor_off"]: "lead"}
    assert send(manager, f"{page}/keluar", person=off).status_code == 302
    assert people["assessor_off"] not in members(session)
    assert send(manager, f"{page}/keluar", person=off).status_code == 422
    build.judged(session, where.assessment(session), where.outside)
    session.commit()
    kept = send(manager, f"{page}/keluar", person=str(people["assessor"]))
    assert kept.status_code == 409 and "sudah mengirim penilaian" in kept.get_data(as_text=True)


def test_a_lead_who_hands_the_lead_on_is_led_home(client, session):
    where = panel(session)
    lead = where.as_(client, session, "panel_lead")
    answer = send(lead, f"{where.base}/tim", person=str(where.outside.people["assessor"].person_id), role="lead")
    assert answer.status_code == 302 and answer.location.endswith("/beranda")
    assert lead.get(f"{where.base}/tim").status_code == 403


def test_AC_08_nobody_of_the_own_instansi_is_seated(client, session):
    where = panel(session)
    insider = build.office(session, "asesor dalam", where.city.agencies["kominfo"], "assessor")
    session.commit()
    before = members(session)
    manager = where.as_(client, session, "round_manager")
    answer = send(manager, f"{where.base}/tim", person=str(insider.person_id), role="member")
    assert answer.status_code == 422 and "bertugas pada instansi yang dinilai" in answer.get_data(as_text=True)
    assert members(session) == before
    inside = send(manager, f"{where.base}/tim/asesor-baru", **NEW | {"institution": where.city.agencies["kominfo"].slug})
    assert inside.status_code == 422 and members(session) == before


def test_aspects_are_divided_and_freed_and_the_load_is_shown(client, session):
    where = panel(session)
    manager, page = where.as_(client, session, "round_manager"), f"{where.base}/tim"
    html = manager.get(page).get_data(as_text=True)
    fields = re.findall(r'name="(bagi-[^"]+)"', html)
    assert len(fields) == 8
    assessor, reviewer = (str(where.outside.people[who].person_id) for who in ("assessor", "reviewer"))
    for choice in (reviewer, "99999"):
        assert send(manager, f"{page}/pembagian", page, **{fields[0]: choice}).status_code == 422
    assert send(manager, f"{page}/pembagian", page).status_code == 422
    form = hidden(manager, page, f"{page}/pembagian") | {name: [assessor] for name in fields}
    with statements() as deed:
        assert manager.post(f"{page}/pembagian", data=form).status_code == 302
    assert len(without_audit(deed)) <= 14
    assert set(seats(session).values()) == {int(assessor)} and len(seats(session)) == 47
    assert "47" in manager.get(page).get_data(as_text=True)
    assert send(manager, f"{page}/pembagian", page, **{fields[0]: "bebas"}).status_code == 302
    assert len(seats(session)) == 47 - len(where.assessment(session).period.instrument.nodes("aspect")[0].items)


def test_who_divides_on_an_old_page_is_told_and_overwrites_nothing(client, session):
    where = panel(session)
    manager, page = where.as_(client, session, "round_manager"), f"{where.base}/tim"
    fields = re.findall(r'name="(bagi-[^"]+)"', manager.get(page).get_data(as_text=True))
    assessor, lead = (str(where.outside.people[who].person_id) for who in ("assessor", "panel_lead"))
    old = hidden(manager, page, f"{page}/pembagian") | {fields[1]: lead}
    assert send(manager, f"{page}/pembagian", page, **{fields[1]: assessor}).status_code == 302
    before = seats(session)
    answer = manager.post(f"{page}/pembagian", data=old)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 409 and "Pembagian berubah sesudah Anda" in html and f'value="{lead}" selected' in html
    assert seats(session) == before and set(before.values()) == {int(assessor)}
    assert send(manager, f"{page}/pembagian", page, **{fields[0]: assessor}).status_code == 302
    assert {person for item, person in seats(session).items() if item in before} == {int(assessor)}


def test_a_new_assessor_gets_institution_office_seat_and_a_password_shown_once(client, session, app):
    where = panel(session)
    lead, page = where.as_(client, session, "panel_lead"), f"{where.base}/tim"
    made = send(lead, f"{page}/asesor-baru", **NEW)
    html = made.get_data(as_text=True)
    first = re.search(r'class="finger">([a-z0-9-]{23})<', html).group(1)
    assert made.status_code == 201 and "/kelola/pengguna" not in html and page in html
    assert first not in lead.get(page).get_data(as_text=True)
    session.rollback()
    account = session.scalar(select(Account).where(Account.username == "asesor.baru"))
    office = session.scalar(select(Appointment).where(Appointment.person_id == account.person_id))
    assert account.must_change_password and (office.role, office.organization.kind) == ("assessor", "external")
    assert members(session)[account.person_id] == "member"
    again = send(lead, f"{page}/asesor-baru", **NEW | {"username": "lain.lagi"})
    assert again.status_code == 422 and "sudah ada" in again.get_data(as_text=True)
    slug = session.scalar(select(Organization.slug).where(Organization.id == office.organization_id))
    second = NEW | {"institution": slug, "new_institution": ""}
    assert send(lead, f"{page}/asesor-baru", **second).status_code == 422
    assert send(lead, f"{page}/asesor-baru", **second | {"username": "asesor.dua", "role": "reviewer"}).status_code == 201


@pytest.mark.parametrize("wrong", [
    {"name": ""}, {"name": "x" * 121}, {"username": "a b"}, {"username": "197001012000011001"}, {"email": "bukan"},
    {"role": ""}, {"role": "boss"}, {"new_institution": ""}, {"institution": "tidak-ada"}, {"name": "a\u0000b"},
])
def test_bad_words_for_a_new_assessor_stay_on_the_page(client, session, wrong):
    where = panel(session)
    lead = where.as_(client, session, "panel_lead")
    answer = send(lead, f"{where.base}/tim/asesor-baru", **NEW | wrong)
    assert answer.status_code == 422 and "Kesalahan" in answer.get_data(as_text=True)
    assert len(members(session)) == 3 and session.scalar(select(func.count()).where(Account.username == "asesor.baru")) == 0


def test_a_settled_panel_stays_as_it_is(client, session):
    where = panel(session, "settled")
    manager = where.as_(client, session, "round_manager")
    answer = manager.get(f"{where.base}/tim")
    assert answer.status_code == 409 and "sudah final" in answer.get_data(as_text=True)
    assert f"{where.base}/tim" not in manager.get(where.base.replace("/asesmen/", "/pengelolaan/")).get_data(as_text=True)


def test_the_weight_of_the_page_is_the_same_for_three_and_many(client, session):
    where = panel(session)
    where.as_(client, session, "round_manager")
    page = f"{where.base}/tim"
    client.get(page)
    with statements() as few:
        client.get(page)
    for n in range(6):
        office = build.office(session, f"asesor {n}", where.outside.instansi, "assessor")
        session.commit()
        build.seating.seat_member(where.assessment(session), office.person, "member", where.city.actor("round_manager"))
        session.commit()
    with statements() as many:
        client.get(page)
    assert len(many) == len(few) <= 10


def test_everything_missing_of_a_new_assessor_is_said_at_once_each_at_its_field(client, session):
    where = panel(session)
    lead = where.as_(client, session, "panel_lead")
    empty = dict.fromkeys(NEW, "")
    answer = send(lead, f"{where.base}/tim/asesor-baru", **empty)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for id, sentence in (("name", "Isi nama lengkap."), ("institution", "Pilih lembaga asal"), ("username", "Isi nama pengguna."),
                         ("peran-asesor-baru", "Pilih peran.")):
        assert f'href="#{id}"' in html and sentence in html, id
