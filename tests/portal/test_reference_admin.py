"""Row 22: the reference data in Flask-Admin: for the system admin alone, through verbs, into the record."""

import re
from datetime import date
from urllib.parse import urljoin, urlsplit

import pytest
from sqlalchemy import select

from assessments import audit
from assessments.inventory import publishing
from assessments.inventory.categories import make_first_categories
from assessments.models import AccessLog, Appointment, AuditEntry, Category, Holiday, Person
from assessments.staffing import add_person, appoint
from assessments.working_days import save_holiday
from tests import builders as build
from tests.portal.agency_pages import statements

PAGES = ("/admin/", "/admin/organisasi/", "/admin/orang/", "/admin/jabatan/", "/admin/kategori/", "/admin/kategori/new/",
         "/admin/hari-libur/", "/admin/hari-libur/new/")
ODD = ("\x00", "a\x00b", "0", "-1", "1.0", "99999999999999999999", "٣", "' OR 1=1--", "%", "😀", "x" * 5000, "<script>")


@pytest.fixture
def city(session):
    made = build.city(session)
    make_first_categories(session)
    session.commit()
    return made


@pytest.fixture
def admin(client, session, city):
    return build.sign_in(client, session, city.people["system_admin"])


def sent(client, page, **fields):
    return client.post(page, data=_token(client, page) | fields)


def _token(client, page="/admin/kategori/") -> dict:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(page).get_data(as_text=True))
    return {"csrf_token": found.group(1)}


def by_slug(session, slug):
    session.rollback()
    session.expire_all()
    return session.scalar(select(Category).where(Category.slug == slug))


@pytest.mark.parametrize("page", PAGES)
def test_only_the_system_admin_opens_the_reference_data(app, session, city, page):
    expected = {"system_admin": 200, "round_manager": 403, "executive": 403, "operator": 403, "inventory_manager": 403}
    for who, status in expected.items():
        client = build.sign_in(app.test_client(), session, city.people[who])
        assert client.get(page).status_code == status, who
    outside = build.sign_in(app.test_client(), session, build.outsiders(session).people["assessor"])
    assert outside.get(page).status_code == 404
    answer = app.test_client().get(page)
    assert answer.status_code == 302 and "/masuk" in answer.location


def test_its_pages_speak_our_language_obey_the_same_policy_and_run_no_scripts(admin):
    for page in PAGES:
        with statements() as seen:
            answer = admin.get(page)
        html = answer.get_data(as_text=True)
        assert len(seen) <= 10, page
        assert '<html lang="id">' in html and html.count("<h1") == 1 and "<script" not in html and "style=" not in html
        assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
        for english in (">Create<", ">List<", "Search:", "Save", "There are no items", "Record"):
            assert english not in html, (page, english)


def test_a_change_goes_through_its_verb_and_into_the_record(admin, session, city):
    answer = sent(admin, "/admin/kategori/new/", name="Pariwisata  dan budaya", slug="", ordinal="13")
    assert answer.status_code == 302 and answer.location == "/admin/kategori/"
    assert "Tersimpan." in admin.get("/admin/kategori/").get_data(as_text=True)
    made = by_slug(session, "pariwisata-dan-budaya")
    assert (made.name, made.ordinal) == ("Pariwisata dan budaya", 13)
    page = f"/admin/kategori/edit/?id={made.id}"
    assert sent(admin, page, name="Wisata", slug="wisata", ordinal="2").status_code == 302
    assert by_slug(session, "wisata").name == "Wisata"
    person = session.scalar(select(Person).where(Person.name.like("operator other%")))
    assert sent(admin, f"/admin/orang/edit/?id={person.id}", name="Ni Made Contoh", phone="0361 123456").status_code == 302
    session.rollback()
    assert session.get(Person, person.id, populate_existing=True).name == "Ni Made Contoh"
    entries = session.scalars(select(AuditEntry).where(AuditEntry.stream.in_(("category", "account")))).all()
    told = " ".join(entry.payload for entry in entries if "system admin" in entry.actor)
    assert "Wisata" in told and "Ni Made Contoh" in told
    assert list(audit.broken_links(session)) == []


def test_a_renamed_category_is_found_by_its_new_name(admin, session, city):
    made = build.application(session, city, name="Contoh")
    publishing.publish(made, city.actor("inventory_manager"))
    number = made.category_id
    session.commit()
    assert sent(admin, f"/admin/kategori/edit/?id={number}", name="Selancar", slug="selancar", ordinal="1").status_code == 302
    assert "Contoh" in admin.get("/aplikasi?q=selancar").get_data(as_text=True).split("daftar")[-1]


def test_a_category_that_is_used_stays_and_one_that_is_not_goes(admin, session, city):
    used = build.application(session, city).category_id
    free = by_slug_id(session, "transportasi")
    session.commit()
    token = _token(admin)
    assert admin.post("/admin/kategori/delete/", data=token | {"id": used, "sure": "ya"}).status_code == 302
    assert "masih dipakai 1 aplikasi" in admin.get("/admin/kategori/").get_data(as_text=True)
    asked = admin.post("/admin/kategori/delete/", data=token | {"id": free})
    html = asked.get_data(as_text=True)
    assert asked.status_code == 200 and "Hapus Transportasi" in html and "Ya, hapus" in html and 'name="sure" value="ya"' in html
    assert by_slug(session, "transportasi") is not None, "it went before anybody was asked"
    assert admin.post("/admin/kategori/delete/", data=token | {"id": free, "sure": "ya"}).status_code == 302
    assert by_slug(session, "transportasi") is None and session.get(Category, used) is not None


def test_what_is_wrong_is_told_at_its_field_and_what_was_typed_stays(admin, session, city):
    for fields, sentence in (
        ({"name": ""}, "Nama wajib diisi."), ({"name": "Lain", "slug": "kesehatan"}, "Alamat ini sudah dipakai"),
        ({"name": "Lain", "slug": "A B"}, "Alamat hanya huruf kecil"), ({"name": "Lain", "ordinal": "10000"}, "antara 0 dan 9999"),
    ):
        answer = sent(admin, "/admin/kategori/new/", **fields)
        html = answer.get_data(as_text=True)
        assert answer.status_code == 422 and sentence in html and f'value="{fields["name"]}"' in html, fields
    number = session.scalar(select(Person.id).where(Person.name.like("operator other%")))
    answer = sent(admin, f"/admin/orang/edit/?id={number}", name="Tetap", phone="javascript:alert(1)")
    assert answer.status_code == 422 and "Nomor telepon hanya angka" in answer.get_data(as_text=True)
    session.rollback()
    assert session.get(Person, number).name != "Tetap"


def by_slug_id(session, slug) -> int:
    return session.scalar(select(Category.id).where(Category.slug == slug))


def test_SE_02_without_a_token_nothing_is_changed(admin, session, city):
    number = by_slug_id(session, "kesehatan")
    for page, fields in (("/admin/kategori/new/", {"name": "X"}), (f"/admin/kategori/edit/?id={number}", {"name": "X"}),
                         ("/admin/kategori/delete/", {"id": number})):
        assert admin.post(page, data=fields).status_code == 400
    assert by_slug(session, "kesehatan").name == "Kesehatan" and by_slug(session, "x") is None


def test_a_refused_wish_changes_nothing_and_leaves_a_line(app, session, city):
    client = build.sign_in(app.test_client(), session, city.people["round_manager"])
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/akun").get_data(as_text=True)).group(1)
    assert client.post("/admin/kategori/new/", data={"csrf_token": token, "name": "Xyz"}).status_code == 403
    assert by_slug(session, "xyz") is None
    assert session.scalar(select(AccessLog.action).where(AccessLog.outcome == "refused")) == "administer"


@pytest.mark.parametrize("odd", ODD)
def test_T_R_odd_input_gets_a_sentence_and_never_a_fault(admin, session, city, odd):
    for address in ("/admin/organisasi/", "/admin/orang/", "/admin/jabatan/", "/admin/kategori/", "/admin/hari-libur/"):
        for name in ("search", "page", "sort", "desc", "page_size", "flt0_0"):
            assert admin.get(address, query_string={name: odd}).status_code == 200, (address, name)
    for address in ("/admin/orang/edit/", "/admin/kategori/edit/"):
        assert admin.get(address, query_string={"id": odd}).status_code in (200, 302)
    for fields in ({"name": odd, "ordinal": "1"}, {"name": "Baru", "slug": odd}, {"name": "Lain", "ordinal": odd}):
        assert sent(admin, "/admin/kategori/new/", **fields).status_code in (422, 302)
    assert admin.post("/admin/kategori/delete/", data=_token(admin) | {"id": odd}).status_code == 302
    assert "<script>" not in admin.get("/admin/kategori/").get_data(as_text=True)


def test_a_way_back_never_leads_to_another_site(admin, session, city):
    number = by_slug_id(session, "kesehatan")
    for evil in ("//evil.example", "/\\evil.example", "https:evil.example", "/%09/evil.example", "http://evil.example/"):
        answer = admin.post(
            "/admin/kategori/edit/", query_string={"id": number, "url": evil},
            data=_token(admin) | {"name": "Kesehatan", "slug": "kesehatan", "ordinal": "2"},
        )
        assert answer.status_code == 302 and answer.location == "/admin/kategori/"
        for answer in (admin.post("/admin/kategori/delete/", data=_token(admin) | {"id": "0", "url": evil}),
                       admin.get("/admin/kategori/edit/", query_string={"url": evil})):
            location = answer.location.replace("\\", "/").replace("\t", "")
            assert urlsplit(urljoin("http://localhost/", location)).hostname == "localhost", answer.location


def test_another_instansi_is_not_listed(admin, session, city):
    abroad = build.city(session, "Kota Lain")
    name = abroad.people["operator"].person.name
    number = abroad.people["operator"].person_id
    session.commit()
    assert name not in admin.get("/admin/orang/?search=kota-lain").get_data(as_text=True)
    assert admin.get(f"/admin/orang/edit/?id={number}").status_code == 302
    assert name not in admin.get("/admin/jabatan/").get_data(as_text=True)
    assert abroad.instansi.slug not in admin.get("/admin/organisasi/").get_data(as_text=True)


def test_a_day_off_is_made_changed_and_deleted_through_its_verbs_and_into_the_record(admin, session, city):
    new = "/admin/hari-libur/new/"
    answer = sent(admin, new, day="17-08-2026", name="Hari  Kemerdekaan", kind="national")
    assert answer.status_code == 302 and answer.location == "/admin/hari-libur/"
    assert sent(admin, new, day="2026-02-27", name="HUT kota", kind="local").status_code == 302
    made = {each.name: each for each in session.scalars(select(Holiday))}
    assert made["Hari Kemerdekaan"].instansi_id is None and made["HUT kota"].instansi_id == city.instansi.id
    number = made["Hari Kemerdekaan"].id
    html = admin.get("/admin/hari-libur/").get_data(as_text=True)
    assert "17 Agu 2026" in html and "Libur nasional" in html and "Libur daerah" in html
    assert 'value="2026-08-17"' in admin.get(f"/admin/hari-libur/edit/?id={number}").get_data(as_text=True)
    edit = f"/admin/hari-libur/edit/?id={number}"
    assert sent(admin, edit, day="2026-08-17", name="Proklamasi", kind="national").status_code == 302
    assert admin.post("/admin/hari-libur/delete/", data=_token(admin) | {"id": number, "sure": "ya"}).status_code == 302
    session.rollback()
    assert [each.name for each in session.scalars(select(Holiday))] == ["HUT kota"]
    told = " ".join(session.scalars(select(AuditEntry.payload).where(AuditEntry.stream == "holiday")))
    assert "Proklamasi" in told and "HUT kota" in told
    assert list(audit.broken_links(session)) == []


def test_all_that_is_wrong_with_a_day_off_is_told_at_once(admin, session, city):
    save_holiday(session, None, day=date(2026, 8, 17), name="Proklamasi", kind="national", instansi_id=None)
    session.commit()
    new = "/admin/hari-libur/new/"
    html = sent(admin, new, day="1999-01-01", name=" ", kind="x").get_data(as_text=True)
    for sentence in ("antara tahun 2018 dan 2100", "Nama wajib diisi.", "pilih salah satu"):
        assert sentence in html, sentence
    for fields, sentence in (({"day": ""}, "Tanggal wajib diisi."), ({"day": "30-02-2026"}, "tidak dapat dibaca"),
                             ({"day": "2026-08-17"}, "sudah terdaftar sebagai Proklamasi"), ({"name": "x" * 121}, "terlalu panjang")):
        answer = sent(admin, new, **({"day": "2026-08-18", "name": "Contoh", "kind": "national"} | fields))
        assert answer.status_code == 422 and sentence in answer.get_data(as_text=True), fields


def test_another_instansi_keeps_its_days_off(admin, session, city):
    abroad = build.city(session, "Kota Lain")
    theirs = save_holiday(session, None, day=date(2026, 2, 27), name="HUT lain", kind="local", instansi_id=abroad.instansi.id)
    session.commit()
    assert "HUT lain" not in admin.get("/admin/hari-libur/").get_data(as_text=True)
    assert admin.get(f"/admin/hari-libur/edit/?id={theirs.id}").status_code == 302
    admin.post("/admin/hari-libur/delete/", data=_token(admin) | {"id": theirs.id, "sure": "ya"})
    session.rollback()
    assert session.get(Holiday, theirs.id) is not None


def test_codes_are_shown_as_words_and_lists_are_narrowed_by_them(admin, session, city):
    save_holiday(session, None, day=date(2021, 5, 1), name="Hari Buruh lama", kind="national", instansi_id=None)
    save_holiday(session, None, day=date(2026, 5, 15), name="Cuti contoh", kind="joint_leave", instansi_id=None)
    session.commit()
    html = admin.get("/admin/jabatan/").get_data(as_text=True)
    cells = html.split("<tbody")[-1].split("<thead")[-1]
    assert "Definitif" in cells and ">definitive<" not in html.replace("\n", "").replace(" ", "")
    narrowed = admin.get("/admin/jabatan/?peran=executive").get_data(as_text=True)
    assert "1 baris" in narrowed and 'value="executive" selected' in narrowed
    assert "0 baris" in admin.get("/admin/jabatan/?sifat=plt").get_data(as_text=True)
    assert "Kepala" not in admin.get("/admin/organisasi/?jenis=kelurahan").get_data(as_text=True).split("</thead>")[-1]
    year = admin.get("/admin/hari-libur/?tahun=2021").get_data(as_text=True)
    assert "Hari Buruh lama" in year and "Cuti contoh" not in year
    kind = admin.get("/admin/hari-libur/?jenis=joint_leave").get_data(as_text=True)
    assert "Cuti contoh" in kind and "Hari Buruh lama" not in kind
    for odd in ODD:
        for page, name in (("jabatan", "peran"), ("organisasi", "jenis"), ("hari-libur", "tahun")):
            assert admin.get(f"/admin/{page}/", query_string={name: odd}).status_code == 200


def test_offices_and_organizations_lead_to_the_pages_where_they_are_changed(admin, session, city):
    operator = city.people["operator"]
    html = admin.get("/admin/jabatan/?peran=agency_operator").get_data(as_text=True)
    assert f'href="/kelola/pengguna/{operator.person.account.id}"' in html and "halaman pengguna" in html
    html = admin.get("/admin/organisasi/").get_data(as_text=True)
    assert 'href="/kelola/organisasi/baru"' in html and f'href="/kelola/organisasi/{city.instansi.slug}"' in html
    bare = add_person(session, name="Tanpa Akun", home=city.instansi)
    office = appoint(session, bare, city.instansi, "executive", city.actor("system_admin"))
    session.commit()
    html = admin.get("/admin/jabatan/?peran=executive").get_data(as_text=True)
    assert f'action="/kelola/jabatan/{office.id}/akhir"' in html
    assert admin.post(f"/kelola/jabatan/{office.id}/akhir", data=_token(admin)).status_code == 302
    session.rollback()
    assert not session.get(Appointment, office.id, populate_existing=True).held_on()
