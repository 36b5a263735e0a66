"""Inviting many: by an import, and everybody of a list who has not come in; bounded, printable, nobody nagged."""

import re

import pytest
from sqlalchemy import event, func, select

from assessments import staffing
from assessments.actors import SYSTEM
from assessments.models import AccessLog, Account, Appointment, Job, Mail, OneTimeLink
from portal import jobs
from portal.extensions import db
from tests import builders as build
from tests.portal.test_people import carry_out, users_sheet

LIST = "/kelola/pengguna/undangan"


@pytest.fixture
def app(make_app):
    return make_app(smtp_url="smtp://127.0.0.1:9", mail_from="spbe@kota.example")


@pytest.fixture
def town(app, session):
    city = build.city(session)
    session.commit()
    return city


@pytest.fixture
def manager(app, session, town):
    return build.sign_in(app.test_client(), session, town.people["round_manager"])


def newcomers(session, city, many: int, email: bool = True) -> None:
    for n in range(many):
        person = staffing.add_person(session, name=f"Baru {n}", home=city.agencies["dinkes"])
        session.flush()
        staffing.add_account(session, person, username=f"baru.{n}", email=f"baru{n}@kota.example" if email else "",
                             password_hash="!", first=True)
        staffing.appoint(session, person, city.agencies["dinkes"], "agency_operator", SYSTEM)
    session.commit()


def run_jobs(app) -> None:
    with app.app_context():
        jobs.run_due()
        db.session.remove()


def sheet(many: int, email=True):
    return users_sheet([(f"Orang {n}", "", f"orang.{n}", f"orang{n}@kota.example" if email else "", "dinkes-1", "Operator OPD", "")
                        for n in range(many)])


def upload(client, content, **fields):
    from werkzeug.datastructures import FileStorage
    from werkzeug.test import encode_multipart

    body = build.form(client, "/kelola/impor", kind="pengguna") | fields
    boundary, sent = encode_multipart(body | {"file": FileStorage(__import__("io").BytesIO(content), "pengguna.xlsx")})
    return client.post("/kelola/impor", data=sent, content_type=f"multipart/form-data; boundary={boundary}")


def test_an_import_invites_everybody_with_an_address_and_prints_the_others(app, session, town, manager):
    rows = users_sheet([("Ni Satu", "", "ni.satu", "satu@kota.example", "dinkes-1", "Operator OPD", ""),
                        ("Made Dua", "", "made.dua", "", "dinkes-1", "Operator OPD", "")])
    done = carry_out(manager, upload(manager, rows, invite="y"))
    assert done.status_code == 200 and len(re.findall(r'class="finger">', done.text)) == 1 and "made.dua" in done.text
    run_jobs(app)
    session.rollback()
    letters = session.scalars(select(Mail)).all()
    assert [letter.address for letter in letters] == ["satu@kota.example"] and "{tautan}" in letters[0].body
    assert session.scalar(select(Account.password).where(Account.username == "ni.satu")) == "!"


def test_without_the_tick_nobody_is_written_to(app, session, town, manager):
    carry_out(manager, upload(manager, sheet(2)))
    run_jobs(app)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Mail)) == 0


def test_more_first_passwords_than_fit_on_paper_are_refused_in_words(manager):
    page = upload(manager, sheet(201, email=False), invite="y")
    assert page.status_code == 422 and "paling banyak 200" in page.text


def test_an_import_of_three_hundred_asks_as_little_as_one_of_thirty(app, session, town, manager):
    costs = []
    for n, many in enumerate((30, 300)):
        rows = users_sheet([(f"Orang {n}", "", f"o{n}.{k}", f"o{n}.{k}@kota.example", "dinkes-1", "Operator OPD", "") for k in range(many)])
        page, seen = upload(manager, rows, invite="y"), []
        with app.app_context():
            engine = db.engine

        def note(_c, _k, statement, *_rest, seen=seen):
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        assert carry_out(manager, page).status_code == 302
        event.remove(engine, "before_cursor_execute", note)
        costs.append(sum(each.startswith("SELECT") for each in seen))
    session.rollback()
    assert session.scalar(select(func.count()).where(Account.username.startswith("o1."))) == 300
    assert costs[0] == costs[1] <= 26, "what is asked does not grow with the lines"


def test_everybody_of_the_list_is_invited_once_and_not_again_within_days(app, session, town, manager):
    newcomers(session, town, 60)
    page = manager.get(LIST)
    assert "Undang semua yang belum aktif" in page.text and "Belum diundang" in page.text
    assert manager.post(LIST, data=build.form(manager, LIST)).status_code == 302
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Job).where(Job.kind == "invite_people")) == 2, "bounded transactions"
    session.rollback()
    run_jobs(app)
    session.rollback()
    links = session.scalar(select(func.count()).select_from(OneTimeLink))
    assert links == 60 and session.scalar(select(func.count()).select_from(Mail)) == 60
    assert manager.post(LIST, data=build.form(manager, LIST)).status_code == 302
    again = manager.get(LIST)
    assert "60 orang sudah diundang" in again.text and "Menunggu dikirim" in again.text
    run_jobs(app)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(OneTimeLink)) == 60


def test_the_same_invitation_job_twice_writes_nobody_twice(app, session, town, manager):
    newcomers(session, town, 2)
    from portal.invitations import invite_people

    ids, office = list(session.scalars(select(Account.id).where(Account.must_change_password))), town.people["round_manager"].id
    session.rollback()
    for _ in range(2):
        with app.app_context():
            invite_people(db.session, ids, office)
            db.session.commit()
    assert session.scalar(select(func.count()).select_from(Mail)) == 2


def test_only_those_of_the_filter_are_invited(app, session, town, manager):
    newcomers(session, town, 2)
    manager.post(LIST + "?organisasi=kominfo", data=build.form(manager, LIST))
    run_jobs(app)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Mail)) == 0


def test_who_has_no_address_gets_a_code_on_paper(session, town, manager):
    newcomers(session, town, 2, email=False)
    page = manager.get(LIST)
    assert "Tanpa surel" in page.text
    shown = manager.post("/kelola/pengguna/kode-awal", data=build.form(manager, LIST))
    assert shown.status_code == 200 and len(re.findall(r'class="finger">', shown.text)) == 2


def test_the_list_of_people_is_narrowed_by_last_sign_in_and_says_who_confirmed_no_superior(session, town, manager):
    account = town.people["operator"].person.account
    session.add(AccessLog(account_id=account.id, action="sign_in", thing="x", outcome="done"))
    session.commit()
    never = manager.get("/kelola/pengguna?masuk=belum").text
    assert account.username not in never and "head.kota-contoh" in never
    assert "Belum memastikan atasan" in manager.get("/kelola/pengguna").text
    office = session.scalars(select(Appointment).where(Appointment.person_id == account.person_id)).one()
    assert f"/kelola/jabatan/{office.id}/akhir" in manager.get("/kelola/pengguna?q=operator").text


@pytest.mark.parametrize("who", ["operator", "head", "internal_assessor", "executive"])
def test_AC_03_others_invite_nobody(app, session, town, who):
    client = build.sign_in(app.test_client(), session, town.people[who])
    for method, page in (("get", LIST), ("post", LIST), ("post", "/kelola/pengguna/kode-awal")):
        sent = {"data": build.form(client, "/akun")} if method == "post" else {}
        assert getattr(client, method)(page, **sent).status_code == 403
