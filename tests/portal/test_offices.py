"""Offices that begin and end, the last admin, and what organizations are called from one day to another (S47)."""

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from assessments.clock import today
from assessments.models import Account, Appointment, Organization, OrganizationState
from portal.once import new_key
from tests import builders as build


@pytest.fixture
def city(session):
    made = build.city(session)
    session.commit()
    return made


@pytest.fixture
def manager(app, session, city):
    return build.sign_in(app.test_client(), session, city.people["round_manager"])


def signed_in(app, session, city, who):
    return build.sign_in(app.test_client(), session, city.people[who])


def of(city, who) -> Account:
    return city.people[who].person.account


def give(client, city, who, **fields):
    address = f"/kelola/pengguna/{of(city, who).id}"
    wanted = {"organization": "dinkes", "role": "internal_assessor", "kind": "definitive", "title": "", "starts_on": "",
              "ends_on": "", "acting_for": "", "decision_no": "", "decision_on": ""} | fields
    return client.post(address + "/jabatan", data=build.form(client, "/akun") | {"key": new_key()} | wanted)


def test_an_office_begins_on_its_day_and_ends_on_the_next_request(app, session, city, manager):
    tomorrow = (today("Asia/Makassar") + timedelta(days=1)).strftime("%d-%m-%Y")
    assert give(manager, city, "executive", organization="kominfo", starts_on=tomorrow).status_code == 302
    session.rollback()
    office = of(city, "executive").person.appointments[-1]
    assert (office.role, office.held_on(), office.held_on(office.starts_on)) == ("internal_assessor", False, True)
    victim = signed_in(app, session, city, "operator")
    address = f"/kelola/jabatan/{city.people['operator'].id}/akhir"
    assert manager.post(address, data=build.form(manager, "/akun")).status_code == 302
    assert "belum memegang jabatan" in victim.get("/beranda").text


def test_one_definitive_head_at_a_time(session, city, manager):
    page = give(manager, city, "executive", role="agency_head")
    assert page.status_code == 422 and "sudah dijabat" in page.text
    end = {"ends_on": (today("Asia/Makassar") - timedelta(days=1)).isoformat()}
    address = f"/kelola/jabatan/{city.people['head_other'].id}/akhir"
    assert manager.post(address, data=build.form(manager, "/akun") | end).status_code == 302
    assert give(manager, city, "executive", role="agency_head").status_code == 302


def test_plt_and_plh_name_whom_and_by_which_decision(session, city, manager):
    acting = {"role": "agency_head", "kind": "plt", "acting_for": of(city, "head_other").username}
    assert give(manager, city, "executive", **acting).status_code == 422
    assert give(manager, city, "executive", **acting, decision_no="800/1/2026").status_code == 422
    for other in ("tidak.ada", of(city, "executive").username):
        wrong = acting | {"acting_for": other, "decision_no": "800/1/2026", "decision_on": "01-02-2026"}
        assert give(manager, city, "executive", **wrong).status_code == 422, other
    right = acting | {"decision_no": "800/1/2026", "decision_on": "01-02-2026"}
    assert give(manager, city, "executive", **right).status_code == 302
    session.rollback()
    office = of(city, "executive").person.appointments[-1]
    assert (office.label, office.acting_for.name, office.decision_on) == (
        "Plt. Kepala OPD", city.people["head_other"].person.name, date(2026, 2, 1))


@pytest.mark.parametrize(
    ("field", "text"),
    [("starts_on", "32-13-2026"), ("starts_on", "besok"), ("ends_on", "01-01-2001"), ("role", "assessor"), ("kind", "raja"),
     ("organization", "tidak-ada"), ("title", "x" * 161)],
)
def test_a_wrong_office_is_refused_at_its_field(session, city, manager, field, text):
    assert give(manager, city, "executive", **{field: text}).status_code == 422
    session.rollback()
    assert len(of(city, "executive").person.appointments) == 1


def test_an_end_before_the_beginning_is_refused(session, city, manager):
    address = f"/kelola/jabatan/{city.people['operator'].id}/akhir"
    for day in ("2000-01-01", "kemarin", "2026-02-30"):
        assert manager.post(address, data=build.form(manager, "/akun") | {"ends_on": day}).status_code == 422
    session.rollback()
    assert city.people["operator"].ends_on is None


# ---------------------------------------------------------------- the last admin


def test_AC_11_the_last_admin_stays(session, city, manager):
    admin = city.people["system_admin"]
    address = f"/kelola/jabatan/{admin.id}/akhir"
    assert manager.post(address, data=build.form(manager, "/akun")).status_code == 409
    off = f"/kelola/pengguna/{admin.person.account.id}/akun"
    assert manager.post(off, data=build.form(manager, "/akun", akun="mati")).status_code == 409
    session.rollback()
    assert admin.ends_on is None and admin.person.account.active


def test_AC_11_a_switched_off_admin_does_not_count_as_one_who_stays(session, city, manager):
    second = build.office(session, "admin dua", city.instansi, "system_admin")
    second.person.account.active = False
    address = f"/kelola/jabatan/{city.people['system_admin'].id}/akhir"
    assert manager.post(address, data=build.form(manager, "/akun")).status_code == 409


@pytest.mark.parametrize("deed", ["end", "switch_off", "one_of_each"])
def test_AC_11_two_requests_at_once_do_not_remove_the_last_two_admins(app, session, city, deed):
    second = build.office(session, "admin dua", city.instansi, "system_admin")
    admins = [city.people["system_admin"], second]
    ends = [(f"/kelola/jabatan/{admin.id}/akhir", {}) for admin in admins]
    offs = [(f"/kelola/pengguna/{admin.person.account.id}/akun", {"akun": "mati"}) for admin in admins]
    wishes = {"end": ends, "switch_off": offs, "one_of_each": [ends[0], offs[1]]}[deed]
    clients = [signed_in(app, session, city, "round_manager") for _ in wishes]
    forms = [build.form(client, "/akun") for client in clients]
    session.commit()
    answers, start = [], threading.Barrier(2)
    app.extensions["test_session"] = None  # the requests of other threads do not commit for the test

    def act(client, form, address, more):
        start.wait()
        answers.append(client.post(address, data=form | more).status_code)

    threads = [threading.Thread(target=act, args=(c, f, *w)) for c, f, w in zip(clients, forms, wishes, strict=True)]
    session.rollback()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [302, 409]
    left = [
        row for row in session.scalars(select(Appointment).where(Appointment.role == "system_admin"))
        if row.held_on() and row.person.account.active
    ]
    assert len(left) == 1


def test_two_who_appoint_a_head_at_once_give_one_head(app, session, city):
    clients = [signed_in(app, session, city, "round_manager") for _ in range(2)]
    forms = [build.form(client, "/akun") for client in clients]
    people = [of(city, who).id for who in ("executive", "inspector")]
    office = {"organization": city.agencies["kominfo"].slug, "role": "agency_head", "kind": "definitive"}
    session.commit()
    answers, start = [], threading.Barrier(2)
    app.extensions["test_session"] = None  # the requests of other threads do not commit for the test

    def act(client, form, account):
        start.wait()
        answers.append(client.post(f"/kelola/pengguna/{account}/jabatan", data=form | office | {"key": new_key()}).status_code)

    threads = [threading.Thread(target=act, args=each) for each in zip(clients, forms, people, strict=True)]
    session.rollback()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [302, 422]


# ---------------------------------------------------------------- organizations


def organization_form(client, page, **fields):
    wanted = {"name": "Dinas Contoh", "short_name": "Discontoh", "code": "99", "kind": "dinas",
              "parent": "pemerintah-kota-contoh", "valid_from": ""} | fields
    return client.post(page, data=build.form(client, page, **wanted))


def test_an_organization_is_added_and_named_otherwise_from_a_day_on(session, city, manager):
    answer = organization_form(manager, "/kelola/organisasi/baru", valid_from="01-01-2025")
    assert (answer.status_code, answer.location) == (302, "/kelola/organisasi/discontoh")
    renamed = organization_form(manager, "/kelola/organisasi/discontoh", name="Badan Contoh", kind="badan",
                                parent="dinkes", valid_from="01-07-2025")
    assert renamed.status_code == 302
    session.rollback()
    made = session.scalar(select(Organization).where(Organization.slug == "discontoh"))
    assert [made.on(day).name for day in (date(2025, 6, 30), date(2025, 7, 1))] == ["Dinas Contoh", "Badan Contoh"]
    assert made.on().parent_id == city.agencies["dinkes"].id
    assert "Dinas Contoh" in manager.get("/kelola/organisasi/discontoh").text


def test_the_same_form_twice_adds_one_organization_and_one_office(session, city, manager):
    page = "/kelola/organisasi/baru"
    form = build.form(manager, page, name="Unit Uji", short_name="", code="", kind="unit", parent="dinkes", valid_from="")
    assert {manager.post(page, data=form).location for _ in range(3)} == {"/kelola/organisasi/unit-uji"}
    page = f"/kelola/pengguna/{of(city, 'executive').id}"
    office = build.form(manager, page, organization="dinkes", role="inspector", kind="definitive", key=new_key())
    assert {manager.post(page + "/jabatan", data=office).location for _ in range(3)} == {page}
    session.rollback()
    assert session.scalar(select(func.count()).where(OrganizationState.name == "Unit Uji")) == 1
    assert len(of(city, "executive").person.appointments) == 2


def test_a_name_is_not_written_over_one_that_was_not_seen(session, city, manager):
    page = "/kelola/organisasi/dinkes"
    stale = build.form(manager, page, name="Nama A", short_name="", code="dinkes-1", kind="dinas",
                       parent="pemerintah-kota-contoh", valid_from="")
    assert organization_form(manager, page, name="Nama B", code="dinkes-1").status_code == 302
    assert manager.post(page, data=stale).status_code == 409
    session.rollback()
    assert city.agencies["dinkes"].name == "Nama B"


@pytest.mark.parametrize(
    ("field", "text"),
    [("name", ""), ("name", "x" * 201), ("code", "dinkes-1"), ("code", "x" * 41), ("kind", "instansi"), ("kind", ""),
     ("parent", "tidak-ada"), ("parent", ""), ("valid_from", "entah"), ("valid_from", "01-01-1999"), ("parent", "bappeda"),
     ("name", "a\x00b")],
)
def test_a_wrong_name_is_refused_at_its_field(session, city, manager, field, text):
    page = "/kelola/organisasi/bappeda"
    before = session.scalar(select(func.count()).select_from(OrganizationState))
    fields = {"code": "bappeda-1"} | {field: text}
    assert organization_form(manager, page, **fields).status_code == 422
    session.rollback()
    assert session.scalar(select(func.count()).select_from(OrganizationState)) == before
