"""Who may hold which office, and what an account is made of."""

from datetime import date, timedelta

import pytest

from assessments import staffing
from assessments.actors import SYSTEM
from assessments.clock import today
from assessments.models import Session
from assessments.refusal import Refused
from tests import builders as build

ZONE = "Asia/Makassar"


@pytest.fixture
def city(session):
    return build.city(session)


def test_names_that_look_alike_cannot_coexist(session, city):
    taken = city.people["operator"].person.account.username
    for twin in (taken.upper(), f" {taken} ", taken.replace("o", "\uff4f", 1), f"{taken}\u200b"):
        person = staffing.add_person(session, name="Kembaran", home=city.instansi)
        with pytest.raises(Refused, match="sudah dipakai"):
            staffing.add_account(session, person, username=twin, password_hash="!")


def test_cyrillic_letters_are_no_user_name(session, city):
    person = staffing.add_person(session, name="Kembaran", home=city.instansi)
    with pytest.raises(Refused, match="huruf kecil"):
        staffing.add_account(session, person, username="аdmin", password_hash="!")


def test_somebody_without_nip_gets_a_local_id_of_the_home_office(session, city):
    office = city.agencies["dinkes"]
    first = staffing.add_person(session, name="Satu", home=office)
    session.flush()
    second = staffing.add_person(session, name="Dua", home=office)
    assert first.local_id.startswith("dinkes-1-") and first.local_id != second.local_id
    with pytest.raises(Refused, match="organisasi asal"):
        staffing.add_person(session, name="Tiga")


def test_a_head_follows_a_head_without_a_day_for_two(session, city):
    person = build.person(session, "kepala baru", city.agencies["dinkes"])
    leaving = city.people["head_other"]
    day = today(ZONE)
    with pytest.raises(Refused, match="sudah dijabat"):
        staffing.appoint(session, person, leaving.organization, "agency_head", SYSTEM, starts_on=day)
    staffing.end_appointment(session, leaving, city.actor("system_admin"), day)
    with pytest.raises(Refused, match="sudah dijabat"):
        staffing.appoint(session, person, leaving.organization, "agency_head", SYSTEM, starts_on=day)
    made = staffing.appoint(session, person, leaving.organization, "agency_head", SYSTEM, starts_on=day + timedelta(days=1))
    assert leaving.held_on(day) and not made.held_on(day) and made.held_on(day + timedelta(days=1))


def test_a_plt_sits_beside_the_definitive_head(session, city):
    person = build.person(session, "pelaksana", city.agencies["dinkes"])
    holder = city.people["head_other"].person
    with pytest.raises(Refused, match="nomor dan tanggal keputusan"):
        staffing.appoint(session, person, city.agencies["dinkes"], "agency_head", SYSTEM, kind="plt", acting_for=holder)
    made = staffing.appoint(session, person, city.agencies["dinkes"], "agency_head", SYSTEM, kind="plh", acting_for=holder,
                            decision_no="800/1", decision_on=date(2026, 1, 2))
    assert made.label == "Plh. Kepala OPD"
    with pytest.raises(Refused, match="orang lain"):
        staffing.appoint(session, person, city.agencies["dinkes"], "agency_head", SYSTEM, kind="plt", acting_for=person,
                         decision_no="800/1", decision_on=date(2026, 1, 2))


def test_an_office_ended_now_counts_no_more_and_keeps_its_beginning(session, city):
    office = city.people["operator"]
    staffing.end_appointment(session, office, city.actor("round_manager"))
    assert not office.held_on() and office.starts_on == build.SINCE
    with pytest.raises(Refused, match="mendahului"):
        staffing.end_appointment(session, office, city.actor("round_manager"), build.SINCE - timedelta(days=1))


def test_nobody_appoints_or_ends_or_switches_off_oneself(session, city):
    by, own = city.actor("round_manager"), city.people["round_manager"]
    for deed in (
        lambda: staffing.appoint(session, own.person, city.instansi, "system_admin", by),
        lambda: staffing.end_appointment(session, own, by),
        lambda: staffing.set_active(session, own.person.account, False, by),
    ):
        with pytest.raises(Refused, match="sendiri"):
            deed()


def test_AC_11_the_last_admin_of_an_instansi_stays_however_many_others_have(session, city):
    build.city(session, "Kota Lain")
    admin, by = city.people["system_admin"], city.actor("round_manager")
    with pytest.raises(Refused, match="admin sistem terakhir"):
        staffing.end_appointment(session, admin, by)
    with pytest.raises(Refused, match="admin sistem terakhir"):
        staffing.set_active(session, admin.person.account, False, by)
    build.office(session, "admin dua", city.instansi, "system_admin")
    staffing.end_appointment(session, admin, by)
    assert not admin.held_on()


def test_an_office_that_is_over_cannot_be_ended_into_the_future(session, city):
    head, by = city.people["head"], city.actor("round_manager")
    staffing.end_appointment(session, head, by)
    later = build.day(365)
    with pytest.raises(Refused, match="sudah berakhir"):
        staffing.end_appointment(session, head, by, later)
    with pytest.raises(Refused, match="sudah berakhir"):
        staffing.end_appointment(session, head, by)
    assert not head.held_on()


def test_the_same_office_is_not_given_twice_to_one_person(session, city):
    operator, by = city.people["operator"], city.actor("round_manager")
    with pytest.raises(Refused, match="sudah memegang jabatan itu"):
        staffing.appoint(session, operator.person, operator.organization, "agency_operator", by)
    staffing.end_appointment(session, operator, by)
    assert staffing.appoint(session, operator.person, operator.organization, "agency_operator", by).held_on()


def test_a_new_password_signs_out_everywhere_and_leaves_a_line(app, session, city):
    client = app.test_client()
    build.sign_in(client, session, city.people["operator"])
    account = city.people["operator"].person.account
    account.must_change_password = True
    staffing.change_password(session, account, "$argon2id$baru", city.actor("operator"))
    session.flush()
    assert session.query(Session).all() == [] and not account.must_change_password and account.password_changed_at


def test_a_first_password_is_only_for_an_account_nobody_used(session, city):
    account, by = city.people["operator"].person.account, city.actor("round_manager")
    with pytest.raises(Refused, match="sudah memakai kata sandinya sendiri"):
        staffing.issue_first_password(account, "$argon2id$lain", by)
    account.must_change_password = True
    staffing.issue_first_password(account, "$argon2id$lain", by)
    assert account.password == "$argon2id$lain"


def test_an_organization_keeps_what_it_was_called(session, city):
    agency, by = city.agencies["dinkes"], city.actor("round_manager")
    staffing.rename_organization(session, agency, by, date(2025, 7, 1), name="Badan Kesehatan", short_name="", code="bk-1",
                                 kind="badan", parent=city.agencies["kominfo"])
    session.flush()
    assert agency.on(date(2025, 6, 30)).name == "Dinas Kesehatan" and agency.on(date(2025, 7, 1)).name == "Badan Kesehatan"
    assert agency.states[-1].parent_id == city.agencies["kominfo"].id
    with pytest.raises(Refused, match="di bawah dirinya sendiri"):
        staffing.rename_organization(session, city.agencies["kominfo"], by, date(2025, 8, 1), name="Kominfo",
                                     short_name="", code="kominfo-1", kind="dinas", parent=agency)
    with pytest.raises(Refused, match="sudah dipakai"):
        staffing.rename_organization(session, agency, by, date(2025, 8, 1), name="X", short_name="", code="kominfo-1",
                                     kind="badan", parent=None)
