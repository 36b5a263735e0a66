"""Accounts, lists and the import of agencies and users (S47), by those who may and by those who may not."""

import csv
import io
import re
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from sqlalchemy import event, func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from assessments import staffing
from assessments.actors import SYSTEM
from assessments.clock import today
from assessments.models import Account, AuditHead, Organization, OrganizationState, Person, Session
from portal import passwords
from portal.once import new_key
from tests import builders as build

AGENCIES = Path(__file__).parents[2] / "portal" / "demo" / "opd_kota_denpasar_2022.csv"
WRITERS = ("round_manager", "system_admin")
READERS = ("operator", "head", "internal_assessor", "entry_officer", "responsible_officer", "coordinator", "inspector",
           "executive", "inventory_manager")


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


def new_person(client, **fields):
    wanted = {"name": "Ni Contoh", "nip": "", "username": "ni.contoh", "email": "", "organization": "dinkes",
              "role": "agency_operator"} | fields
    return client.post("/kelola/pengguna/baru", data=build.form(client, "/kelola/pengguna/baru", **wanted))


# ---------------------------------------------------------------- who may open what


@pytest.mark.parametrize("who", READERS)
def test_others_inside_read_organizations_and_no_accounts(app, session, city, who):
    client = signed_in(app, session, city, who)
    target = of(city, "operator_other").id
    assert client.get("/kelola/organisasi").status_code == 200
    assert client.get(f"/kelola/organisasi/{city.agencies['dinkes'].slug}").status_code == 200
    for page in ("/kelola/pengguna", f"/kelola/pengguna/{target}", "/kelola/pengguna/baru", "/kelola/impor",
                 "/kelola/organisasi/baru"):
        assert client.get(page).status_code == 403, page
    fields = build.form(client, "/akun")
    for page in (f"/kelola/pengguna/{target}/akun", f"/kelola/pengguna/{target}/jabatan", "/kelola/impor/penerapan",
                 f"/kelola/jabatan/{city.people['operator_other'].id}/akhir", "/kelola/organisasi/dinkes"):
        assert client.post(page, data=fields | {"akun": "mati"}).status_code == 403, page


def test_assessors_from_outside_do_not_learn_that_these_pages_exist(app, session, city):
    outside = build.outsiders(session)
    client = build.sign_in(app.test_client(), session, outside.people["assessor"])
    for page in ("/kelola/pengguna", "/kelola/organisasi", "/kelola/organisasi/dinkes", "/kelola/impor"):
        assert client.get(page).status_code == 404, page


@pytest.mark.parametrize("who", WRITERS)
def test_what_belongs_to_another_instansi_is_not_there(app, session, city, who):
    abroad = build.city(session, "Kota Lain")
    session.commit()
    client = signed_in(app, session, city, who)
    assert "Kota Lain" not in client.get("/kelola/organisasi").text
    assert "kota-lain" not in client.get("/kelola/pengguna").text
    foreign = of(abroad, "operator").id
    fields = build.form(client, "/akun")
    for address in (f"/kelola/pengguna/{foreign}", "/kelola/pengguna/999999", "/kelola/pengguna/99999999999999999999",
                    f"/kelola/organisasi/{abroad.agencies['dinkes'].slug}"):
        assert client.get(address).status_code == 404, address
    for address in (f"/kelola/pengguna/{foreign}/akun", f"/kelola/pengguna/{foreign}/jabatan",
                    f"/kelola/jabatan/{abroad.people['head'].id}/akhir", "/kelola/jabatan/999999/akhir"):
        assert client.post(address, data=fields | {"akun": "mati"}).status_code == 404, address
    assert new_person(client, organization=abroad.agencies["dinkes"].slug).status_code == 422
    session.rollback()
    assert session.scalar(select(Account).where(Account.username == "ni.contoh")) is None


# ---------------------------------------------------------------- accounts


def test_a_new_person_gets_a_password_that_is_shown_once_and_must_be_replaced(app, session, city, manager):
    page = new_person(manager, nip="199001012015011001", email="ni@kota.example")
    assert page.status_code == 201
    first = re.search(r'class="finger">([a-z0-9-]{23})<', page.text).group(1)
    session.rollback()
    account = session.scalar(select(Account).where(Account.username == "ni.contoh"))
    assert account.must_change_password and passwords.matches(account.password, first)
    assert (account.person.nip, account.person.appointments[0].role) == ("199001012015011001", "agency_operator")
    assert first not in manager.get(f"/kelola/pengguna/{account.id}").text
    client = app.test_client()
    sent = build.form(client, "/masuk", username="199001012015011001", password=first)
    assert client.post("/masuk", data=sent).status_code == 302
    assert client.get("/beranda").location == "/akun/kata-sandi"
    fields = build.form(client, "/akun/kata-sandi", password=first, fresh="kuda baterai jepit", again="kuda baterai jepit")
    assert client.post("/akun/kata-sandi", data=fields).status_code == 302
    assert "Mulai" in client.get("/beranda").text or "tugas" in client.get("/beranda").text


def test_a_lost_first_password_is_made_anew_only_while_it_was_never_used(session, city, manager):
    new_person(manager)
    account = session.scalar(select(Account).where(Account.username == "ni.contoh"))
    address = f"/kelola/pengguna/{account.id}/kata-sandi"
    before = account.password
    page = manager.post(address, data=build.form(manager, "/akun"))
    assert page.status_code == 200 and 'class="finger"' in page.text
    session.rollback()
    assert account.password != before
    account.must_change_password = False
    before = account.password
    assert manager.post(address, data=build.form(manager, "/akun")).status_code == 409
    session.rollback()
    assert account.password == before


@pytest.mark.parametrize(
    ("field", "text"),
    [("name", ""), ("name", "x" * 121), ("nip", "123"), ("nip", "1987010120100110a1"), ("username", ""), ("username", "ab"),
     ("username", "Ada Spasi"), ("username", "198701012010011001"), ("username", "аdmin"), ("email", "bukan"),
     ("organization", ""), ("organization", "tidak-ada"), ("role", ""), ("role", "assessor"), ("role", "raja"),
     ("username", "a\x00bc"), ("name", "a\x00b")],
)
def test_a_wrong_field_is_named_and_the_rest_stays(session, city, manager, field, text):
    page = new_person(manager, **{field: text})
    assert page.status_code == 422 and "Kesalahan" in page.text
    if field != "name":
        assert 'value="Ni Contoh"' in page.text
    session.rollback()
    assert session.scalar(select(Person).where(Person.name == "Ni Contoh")) is None


def test_names_nip_and_email_are_given_once(session, city, manager):
    assert new_person(manager, nip="199001012015011001", email="ni@kota.example").status_code == 201
    for again in ({"username": "NI.contoh"}, {"username": "ni.contoh\u200b"},
                  {"username": "lain", "nip": "199001012015011001"}, {"username": "lain", "email": "NI@kota.example"}):
        assert new_person(manager, **again).status_code == 422, again


def test_AC_06_extra_fields_of_a_new_person_are_ignored(session, city, manager):
    extra = {"must_change_password": "", "active": "", "id": "1", "person_id": "1", "password": "x", "is_admin": "1",
             "instansi_id": "1", "version": "7", "created_at": "2020-01-01"}
    assert new_person(manager, **extra).status_code == 201
    session.rollback()
    account = session.scalar(select(Account).where(Account.username == "ni.contoh"))
    assert account.active and account.must_change_password and account.id > 1


def test_AC_10_switching_off_ends_the_session_at_once_and_on_again_needs_a_new_sign_in(app, session, city, manager):
    victim = signed_in(app, session, city, "operator")
    assert victim.get("/beranda").status_code == 200
    address = f"/kelola/pengguna/{of(city, 'operator').id}"
    for word, status in (("mati", 302), ("nyala", 302), ("", 409), ("entah", 409)):
        assert manager.post(address + "/akun", data=build.form(manager, address, akun=word)).status_code == status
        assert victim.get("/beranda").status_code == 302
    session.rollback()
    assert of(city, "operator").active


@pytest.mark.parametrize("who", WRITERS)
def test_nobody_changes_the_own_account_or_offices(app, session, city, who):
    client = signed_in(app, session, city, who)
    own = of(city, who)
    page = client.get(f"/kelola/pengguna/{own.id}")
    assert page.status_code == 200 and "Beri jabatan" not in page.text
    office = {"organization": "dinkes", "role": "executive", "kind": "definitive", "key": new_key()}
    for address, more in ((f"/kelola/pengguna/{own.id}/akun", {"akun": "mati"}),
                          (f"/kelola/pengguna/{own.id}/jabatan", office),
                          (f"/kelola/jabatan/{city.people[who].id}/akhir", {})):
        assert client.post(address, data=build.form(client, "/akun") | more).status_code == 409, address
    session.rollback()
    assert own.active and city.people[who].ends_on is None
    assert len(own.person.appointments) == 1


# ---------------------------------------------------------------- the lists


def test_the_list_is_searched_and_narrowed(session, city, manager):
    assert "executive kota-contoh" in manager.get("/kelola/pengguna").text
    for query, there, away in (
        ("q=EXECUTIVE", "executive kota-contoh", "inspector kota-contoh"),
        ("peran=inspector", "inspector kota-contoh", "executive kota-contoh"),
        ("organisasi=dinkes", "head other kota-contoh", "executive kota-contoh"),
    ):
        text = manager.get(f"/kelola/pengguna?{query}").text
        assert there in text and away not in text, query


@pytest.mark.parametrize(
    "query", ["q=%25", "q=_", "q=%5c", "q=%27%20OR%201=1--", "q=%00", "q=" + "x" * 5000, "halaman=0", "halaman=-1",
              "halaman=99999999999999999999", "halaman=abc", "peran=x", "organisasi=%00", "q=a&q=b", "halaman=%D9%A3"]
)
def test_odd_searches_find_nothing_odd(session, city, manager, query):
    fitting = 414 if len(query) > 4000 else 200
    page = manager.get(f"/kelola/pengguna?{query}")
    assert page.status_code == fitting
    if query in ("q=%25", "q=_", "q=%5c", "q=%27%20OR%201=1--"):
        assert "Tidak ada akun yang cocok" in page.text
    assert manager.get(f"/kelola/organisasi?{query}").status_code == fitting


def test_lists_take_few_statements_whatever_their_length(app, session, city, manager):
    counts = {}
    pages = ("/kelola/pengguna", "/kelola/organisasi", "/kelola/organisasi/dinkes", f"/kelola/pengguna/{of(city, 'operator').id}")
    for size in ("few", "many"):
        if size == "many":
            for n in range(40):
                agency = staffing.add_organization(
                    session, SYSTEM, name=f"Bidang {n}", kind="unit", instansi=city.instansi, code=f"u{n}",
                    parent=city.agencies["dinkes"],
                )
                build.office(session, f"Orang {n}", agency, "agency_operator")
            session.commit()
        for page in pages:
            counts[page, size] = _statements(app, lambda page=page: manager.get(page))
    assert {page: counts[page, "few"] for page in pages} == {page: counts[page, "many"] for page in pages}
    assert max(counts.values()) <= 10, counts
    assert "Halaman 1 dari 3" in manager.get("/kelola/pengguna").text


def _statements(app, act) -> int:
    count = 0

    def counted(_connection, _cursor, statement, *_):
        nonlocal count
        count += not statement.startswith("BEGIN")

    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    event.listen(engine, "before_cursor_execute", counted)
    try:
        assert act().status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", counted)
    return count


# ---------------------------------------------------------------- import


def check(client, content, name="opd.csv", kind="organisasi"):
    data = content.encode() if isinstance(content, str) else content
    fields = build.form(client, "/kelola/impor", kind=kind)
    boundary, body = encode_multipart(fields | {"file": FileStorage(io.BytesIO(data), name, "file")})
    return client.post("/kelola/impor", data=body, content_type=f"multipart/form-data; boundary={boundary}")


def carry_out(client, page):
    fields = {name: re.search(f'name="{name}" value="([^"]*)"', page.text).group(1)
              for name in ("csrf_token", "office", "lines")}
    return client.post("/kelola/impor/penerapan", data=fields)


def heads(session) -> dict:
    session.rollback()
    return dict(session.execute(select(AuditHead.stream, AuditHead.seq)).all())


def test_the_list_of_denpasar_comes_in_whole_and_a_second_time_changes_nothing(session, city, manager):
    content = AGENCIES.read_bytes()
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    page = check(manager, content)
    assert page.status_code == 200 and f"Terapkan {len(rows)} perubahan" in page.text
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Organization)) == 4
    assert carry_out(manager, page).status_code == 302
    session.rollback()
    by_code = {each.code: each for each in session.scalars(select(Organization)) if each.code}
    assert all(by_code[row["code"]].name == " ".join(row["name"].split()) for row in rows)
    assert by_code["0308010102"].on().parent_id == by_code["03080101"].id
    assert by_code["200010"].on().parent_id == city.instansi.id
    before = heads(session)
    again = check(manager, content)
    assert again.status_code == 200 and "0 perubahan" in again.text and 'name="lines"' not in again.text
    assert heads(session) == before
    assert manager.get("/kelola/organisasi").status_code == 200


def test_the_same_confirmation_twice_changes_nothing_the_second_time(session, city, manager):
    page = check(manager, "kode,nama,jenis\n77,Dinas Uji,dinas\n")
    assert carry_out(manager, page).status_code == 302
    before = heads(session)
    assert carry_out(manager, page).status_code == 409
    assert heads(session) == before


def test_what_changed_in_between_is_shown_again_before_anything_is_done(session, city, manager):
    page = check(manager, "kode,nama,jenis\n77,Dinas Uji,dinas\ndinkes-1,Dinas Kesehatan Baru,dinas\n")
    city.agencies["dinkes"].rename(today("Asia/Makassar"), name="Nama dari orang lain")
    answer = carry_out(manager, page)
    assert answer.status_code == 409 and "Nama dari orang lain" in answer.text
    session.rollback()
    assert session.scalar(select(OrganizationState).where(OrganizationState.code == "77")) is None
    assert carry_out(manager, answer).status_code == 302
    session.rollback()
    assert city.agencies["dinkes"].name == "Dinas Kesehatan Baru"


def test_one_bad_line_refuses_the_whole_file_and_names_the_cell(session, city, manager):
    page = check(manager, "kode,nama,jenis\n77,Dinas Uji,dinas\n78,Dinas Dua,kerajaan\n")
    assert page.status_code == 422 and 'name="lines"' not in page.text
    assert "kerajaan" in page.text and ">3<" in page.text and "jenis" in page.text
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Organization)) == 4


@pytest.mark.parametrize("tampered", ["", "x", "eyJhIjoxfQ.aaa.bbb"])
def test_lines_that_were_not_checked_here_are_not_carried_out(session, city, manager, tampered):
    fields = build.form(manager, "/akun", lines=tampered)
    assert manager.post("/kelola/impor/penerapan", data=fields).status_code == 409


def test_lines_checked_in_one_office_are_not_carried_out_in_another(app, session, city, manager):
    page = check(manager, "kode,nama,jenis\n77,Dinas Uji,dinas\n")
    other = signed_in(app, session, city, "system_admin")
    lines = re.search('name="lines" value="([^"]*)"', page.text).group(1)
    assert other.post("/kelola/impor/penerapan", data=build.form(other, "/akun", lines=lines)).status_code == 409


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"", "a.csv"), (b"PK\x03\x04rusak", "a.xlsx"), (b"\xd0\xcf\x11\xe0lama", "a.xls"), (b"<html>", "a.xls"),
     ("kode,nama\n".encode("utf-16")[:-1], "a.csv"), (b"kode,nama\n1,\x00", "a.csv"), (b'kode,nama\n1,"', "a.csv"), (b"nama\nx\n", "a.csv"),
     (b"x" * 950_000, "a.csv")],
)
def test_files_that_cannot_be_read_are_refused_in_words(session, city, manager, content, name):
    page = check(manager, content, name)
    assert page.status_code == 422 and ("Baris" in page.text or "Kepala tabel" in page.text)


def test_a_file_has_to_be_chosen_and_small(session, city, manager):
    fields = build.form(manager, "/kelola/impor", kind="organisasi")
    assert manager.post("/kelola/impor", data=fields).status_code == 422
    assert check(manager, b"x" * 3_000_000).status_code == 413


def users_sheet(rows) -> bytes:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    sheet = book.add_worksheet()
    head = ("nama", "nip", "nama_pengguna", "surel", "kode_opd", "peran", "mulai")
    for n, row in enumerate([head, *rows]):
        sheet.write_row(n, 0, row)
    book.close()
    return made.getvalue()


USERS = [
    ("Ni Luh Satu", "199001012015012001", "ni.satu", "satu@kota.example", "dinkes-1", "Operator OPD", "01-02-2026"),
    ("Ni Luh Satu", "199001012015012001", "ni.satu", "satu@kota.example", "kominfo-1", "internal_assessor", ""),
    ("Made Dua", "", "made.dua", "", "kominfo-1", "Kepala OPD", "2026-02-01"),
]


def test_users_come_in_with_their_offices_and_first_passwords_once(app, session, city, manager):
    content = users_sheet(USERS)
    page = check(manager, content, "pengguna.xlsx", "pengguna")
    assert page.status_code == 200 and "Terapkan 3 perubahan" in page.text
    done = carry_out(manager, page)
    assert done.status_code == 200
    shown = re.findall(r'class="finger">([a-z0-9-]{23})<', done.text)
    assert len(set(shown)) == 2
    session.rollback()
    account = session.scalar(select(Account).where(Account.username == "ni.satu"))
    assert account.must_change_password and passwords.matches(account.password, shown[0])
    assert next((o.role, o.starts_on) for o in account.person.appointments) == ("agency_operator", date(2026, 2, 1))
    assert len(account.person.appointments) == 2
    before = heads(session)
    again = check(manager, content, "pengguna.xlsx", "pengguna")
    assert "0 perubahan" in again.text and 'name="lines"' not in again.text
    assert heads(session) == before
    more = check(manager, users_sheet([(*USERS[2][:5], "Operator OPD", "")]), "lagi.xlsx", "pengguna")
    assert carry_out(manager, more).status_code == 302
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Session)) >= 1


def test_an_import_does_not_touch_oneself(session, city, manager):
    own = of(city, "round_manager")
    rows = [(own.person.name, "", own.username, "", "dinkes-1", "Asesor internal", "")]
    page = check(manager, users_sheet(rows), "a.xlsx", "pengguna")
    assert page.status_code == 422 and "jabatan Anda sendiri" in page.text
