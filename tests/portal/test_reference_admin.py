"""Row 22: the reference data in Flask-Admin: for the system admin alone, through verbs, into the record."""

import re
from urllib.parse import urljoin, urlsplit

import pytest
from sqlalchemy import select

from assessments import audit
from assessments.inventory import publishing
from assessments.inventory.categories import make_first_categories
from assessments.models import AccessLog, AuditEntry, Category, Person
from tests import builders as build
from tests.portal.agency_pages import statements

PAGES = ("/admin/", "/admin/organisasi/", "/admin/orang/", "/admin/jabatan/", "/admin/kategori/", "/admin/kategori/new/")
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
    assert admin.post("/admin/kategori/delete/", data=token | {"id": used}).status_code == 302
    assert "masih dipakai 1 aplikasi" in admin.get("/admin/kategori/").get_data(as_text=True)
    assert admin.post("/admin/kategori/delete/", data=token | {"id": free}).status_code == 302
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
    for address in ("/admin/organisasi/", "/admin/orang/", "/admin/jabatan/", "/admin/kategori/"):
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
