"""The inventory's list and one record: who sees what, what is typed stays, and tables hold the rows of the page."""

import csv
import io
import re
import zipfile

import pytest
from sqlalchemy import select

from assessments.exchange.tables import guarded
from assessments.inventory import census, keeping, publiccode, publishing
from assessments.inventory.columns import CHECKS
from assessments.inventory.gaps import MOST, known_parts
from assessments.models import Application, ApplicationLink, ApplicationTest
from portal.plain_tables import csv_text
from tests import builders as build
from tests.portal.agency_pages import form_of, statements
from tests.portal.record_pages import LIST, as_, count, hidden_of, page_of, part, typed

PUBLICCODE = b"""publiccodeYmlVersion: '0.4'
name: Usulan Warga
url: https://git.contoh.go.id/usulan
landingURL: https://usulan.contoh.go.id/baru
platforms: [web, android]
description: {id: {longDescription: Mencatat usulan warga sampai selesai., features: [Usulan, Pantau]}}
"""


@pytest.fixture
def city(session):
    return build.city(session)


@pytest.fixture
def one(session, city):
    return build.application(session, city)


@pytest.fixture
def keeper(client, session, city):
    session.commit()
    return as_(client, session, city, "inventory_manager")


def several(session, city):
    """Four records that differ in everything the list can be narrowed by."""
    made = {
        "a": build.application(session, city, name="Antrean Puskesmas", agency="dinkes", kind="common"),
        "b": build.application(session, city, name="Buku Tamu", url="", platforms=["mobile"], year_built="2015"),
        "c": build.application(session, city, name="Catatan Rapat", state="planned", purpose="", audience=""),
        "d": build.application(session, city, name="Data Jalan", year_built="2020", raa_code="01.02", integrated="yes",
                               https=True, personal_data="Umum", pse_number="1", user_count="5", legal_basis="Perwali"),
    }
    made["d"].details = {"hosting": "Server OPD", "database": "PostgreSQL", "languages": "PHP", "data_class": "Terbuka"}
    keeping.set_users(made["b"], [city.agencies["kominfo"]], city.actor("inventory_manager"))
    census.confirm(made["b"], city.actor("operator"), build.datetime.now(build.UTC).year, "inactive")
    publishing.publish(made["a"], city.actor("inventory_manager"))
    session.commit()
    return made


def names_on(client, query: str = "") -> list[str]:
    return re.findall(r'<a class="rowlink" href="[^"]*">([^<]*)</a>', client.get(LIST + query).get_data(as_text=True))


# ---------------------------------------------------------------- the list


@pytest.mark.parametrize(("query", "found"), [
    ("", "abcd"), ("?opd=DINKES", "a"), ("?status=dalam-pembangunan", "c"), ("?jenis=umum", "a"), ("?basis=mobile", "b"),
    ("?basis=desktop", ""), ("?terbit=ya", "a"), ("?terbit=belum", "bcd"), ("?sensus=tidak", "b"), ("?sensus=belum", "acd"),
    ("?kelengkapan=lengkap", "d"), ("?kelengkapan=kurang", "abc"), ("?cari=antre", "a"), ("?cari=rapat&status=aktif", ""),
    ("?urut=tahun", "bdac"), ("?urut=pengguna", "bacd"), ("?urut=status", "cabd"), ("?urut=kelengkapan", "cabd"),
    ("?status=apa&basis=%00&urut='", "abcd"), ("?cari=%25", ""), ("?cari=' OR 1=1--", ""), ("?cari=%00", "abcd"),
    ("?halaman=99999999999999999999", "abcd"), ("?halaman=-1", "abcd"), ("?halaman=%D9%A1", "abcd"),
])
def test_the_list_narrows_sorts_and_searches_and_leaves_as_the_same_rows(keeper, session, city, query, found):
    made = several(session, city)
    expected = [made[letter].name for letter in found]
    query = query.replace("DINKES", city.agencies["dinkes"].slug)
    assert names_on(keeper, query) == expected
    text = keeper.get(f"{LIST}/tabel.csv{query}").get_data(as_text=True).removeprefix("\ufeff")
    assert [line[1] for line in csv.reader(io.StringIO(text), delimiter=";")][1:] == expected
    book = zipfile.ZipFile(io.BytesIO(keeper.get(f"{LIST}/tabel.xlsx{query}").data))
    words = re.findall(r"<t[^>]*>([^<]*)</t>", book.read("xl/sharedStrings.xml").decode())
    assert [word for word in words if word in {one.name for one in made.values()}] == expected


def test_the_database_counts_what_is_known_as_the_domain_does(session, city):
    several(session, city)
    for application, known in session.execute(select(Application, known_parts())):
        assert known / MOST == pytest.approx(keeping.completeness(application)), application.name


@pytest.mark.parametrize("page", [LIST, f"{LIST}?cari=aplikasi&urut=opd", f"{LIST}?kelengkapan=kurang", f"{LIST}/tabel.csv"])
def test_the_list_costs_the_same_for_one_and_for_fifty(keeper, session, city, page):
    build.application(session, city)
    costs = []
    for more in (0, 50):
        for n in range(more):
            build.application(session, city, name=f"Aplikasi {n}", agency=("dinkes", "bappeda", "kominfo")[n % 3])
        session.commit()
        with statements() as seen:
            assert keeper.get(page).status_code == 200
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 10, costs


def test_an_agency_sees_its_own_and_a_stranger_nothing(client, session, city, app):
    several(session, city)
    assert names_on(as_(client, session, city, "operator_other")) == ["Antrean Puskesmas"]
    assert names_on(as_(client, session, city, "head")) == ["Buku Tamu", "Catatan Rapat", "Data Jalan"]
    assert as_(client, session, city, "system_admin").get(LIST).status_code == 403
    assert app.test_client().get(LIST).status_code == 302


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\uff1d1", "\uff0b1", "\uff0d1",
                                  "\uff20A", "\x00=1"])
def test_X7_no_cell_of_a_plain_table_is_a_formula(text):
    assert guarded(text) == f"'{text}"
    (cell,) = next(csv.reader(io.StringIO(csv_text([text], [])), delimiter=";", strict=False))
    assert cell.startswith("'")


# ---------------------------------------------------------------- one record


def test_every_field_is_on_the_page_and_saving_it_unchanged_changes_nothing(keeper, session, one):
    sent = typed(keeper, page_of(one))
    assert {*CHECKS, "hosting", "contract_value", "backup"} <= set(sent)
    assert keeper.post(page_of(one), data=sent).status_code == 302
    assert "Tidak ada yang berubah." in keeper.get(page_of(one)).get_data(as_text=True)


def test_what_is_typed_is_stored_in_columns_and_details(keeper, session, one):
    sent = typed(keeper, page_of(one)) | {
        "name": "Usulan Warga", "category": "", "year_built": "2019", "https": "ya", "platforms": ["", "web", "desktop"],
        "hosting": "Server OPD", "service_bus": "tidak", "backup": "03-03-2026", "contract_value": "1.250.000", "user_count": "1.200",
    }
    assert keeper.post(page_of(one), data=sent).status_code == 302
    session.rollback()
    session.refresh(one)
    assert (one.name, one.category, one.year_built, one.https, one.platforms, one.user_count) == (
        "Usulan Warga", None, 2019, True, ["web", "desktop"], 1200)
    assert one.details == {"hosting": "Server OPD", "service_bus": False, "backup": "2026-03-03", "contract_value": 1250000}
    again = typed(keeper, page_of(one))
    assert (again["backup"], again["service_bus"], again["hosting"]) == ("03-03-2026", "tidak", "Server OPD")


BAD = {
    "T1 no name": ({"name": " "}, "wajib diisi"),
    "T2 limit + 1": ({"name": "a" * 161}, "paling banyak 160"),
    "T2 long text": ({"purpose": "a" * 4001}, "paling banyak 4000"),
    "T3 NUL": ({"audience": "a\x00b"}, "karakter yang tidak dapat ditampilkan"),
    "T5 turned": ({"name": "a\u202efdp"}, "karakter tersembunyi"),
    "T7 javascript": ({"url": "javascript:alert(1)"}, "Alamat harus dimulai dengan"),
    "T7 password": ({"url": "https://a:b@contoh.id/"}, "kata sandi"),
    "T11 CR LF": ({"name": "a\r\nBcc: b"}, "baris baru"),
    "N1 minus": ({"user_count": "-1"}, "bilangan bulat"),
    "N2 comma": ({"yearly_cost": "2,5"}, "bilangan bulat"),
    "N2 exponent": ({"year_built": "1e3"}, "bilangan bulat"),
    "N2 Arabic": ({"user_count": "\u0663"}, "bilangan bulat"),
    "N3 NaN": ({"yearly_cost": "NaN"}, "bilangan bulat"),
    "N4 2^63": ({"user_count": str(2**63)}, "bilangan bulat"),
    "N4 10^400": ({"yearly_cost": "1" + "0" * 400}, "bilangan bulat"),
    "N4 in details": ({"contract_value": "9" * 40}, "bilangan bulat"),
    "N1 year": ({"year_built": "99"}, "1980"),
    "N5 choice": ({"kind": "null"}, "pilih salah satu"),
    "N5 list": ({"platforms": ["", "[]"]}, "Pilih salah satu"),
    "N5 detail": ({"hosting": "Bulan"}, "pilih salah satu"),
    "N8 category": ({"category": "0"}, "pilih salah satu"),
    "day": ({"backup": "31-02-2026"}, "tidak dapat dibaca"),
    "RAA": ({"raa_code": "1.1"}, "Kode RAA"),
}


@pytest.mark.parametrize("shape", BAD)
def test_bad_input_comes_back_with_one_sentence_at_its_field_and_what_was_typed(keeper, session, one, shape):
    fields, sentence = BAD[shape]
    sent = typed(keeper, page_of(one)) | {"how_to_open": "Kata yang diketik"} | fields
    answer = keeper.post(page_of(one), data=sent)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and sentence in page and "Kata yang diketik" in page
    assert f'id="{next(iter(fields))}-salah"' in page
    session.rollback()
    session.refresh(one)
    assert one.how_to_open == "Buka alamatnya, lalu daftar."


def test_what_the_national_tool_and_the_city_ask_of_a_record_is_kept(keeper, session, one):
    said = {
        "description": "Mencatat usulan warga.", "infrastructure": "Pusat data daerah", "cloud_registered": "Terdaftar",
        "fit_for_use": "ya", "security_controls": "Standar: SNI 27001", "verified_by": "Made Contoh", "verified_on": "2026-03-03",
    }
    page = keeper.get(page_of(one)).get_data(as_text=True)
    for words in ("Uraian singkat", "Infrastruktur SPBE terkait", "Penyedia awan terdaftar", "Uji kelayakan", "Kendali keamanan",
                  "Diverifikasi oleh", "Tanggal verifikasi", "tujuh objek keamanan"):
        assert words in page, words
    sent = typed(keeper, page_of(one)) | said
    assert keeper.post(page_of(one), data=sent).status_code == 302
    session.rollback()
    session.refresh(one)
    assert {key: one.details[key] for key in said} == said | {"fit_for_use": True}
    wrong = typed(keeper, page_of(one)) | {"cloud_registered": "Mungkin"}
    assert keeper.post(page_of(one), data=wrong).status_code == 422


def test_every_fault_of_the_record_is_said_at_once_each_at_its_field(keeper, session, one):
    wrong = {"name": " ", "year_built": "99", "user_count": "-1", "url": "ftp://x", "contract_value": "banyak", "hosting": "Bulan",
             "backup": "31-02-2026", "raa_code": "1.1", "repository": "ftp://git.contoh.go.id/a", "indicators": "I13, I99"}
    answer = keeper.post(page_of(one), data=typed(keeper, page_of(one)) | wrong)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and [name for name in wrong if f'id="{name}-salah"' not in page] == []
    assert "I99 tidak ada pada instrumen yang dikenal" in page and "Repositori kode: alamat harus" in page
    domain = {name: wrong[name] for name in ("name", "year_built", "raa_code", "repository", "indicators")}
    page = keeper.post(page_of(one), data=typed(keeper, page_of(one)) | domain).get_data(as_text=True)
    assert [name for name in domain if f'id="{name}-salah"' not in page] == []


@pytest.mark.parametrize(("field", "text", "kept"), [
    ("indicators", "i13; 45 07", "I13, I45, I07"), ("indicators", "I35-3", "I35-3"),
    ("repository", "https://git.contoh.go.id/a", "https://git.contoh.go.id/a"), ("repository", "git@git.contoh.go.id:a/b", None),
    ("repository", "Server Diskominfo, folder aplikasi", None), ("repository", "git.contoh.go.id:8443/a", None),
])
def test_honest_indicators_and_repositories_are_kept(keeper, session, one, field, text, kept):
    assert keeper.post(page_of(one), data=typed(keeper, page_of(one)) | {field: text}).status_code == 302
    session.rollback()
    session.refresh(one)
    assert one.details[field] == (kept or text)


@pytest.mark.parametrize(("field", "text"), [
    ("indicators", "I00"), ("indicators", "99"), ("indicators", "I13-I16"), ("indicators", "=1+1"), ("repository", "javascript:alert(1)"),
    ("repository", "file:///etc/passwd"), ("repository", "https://a:b@git.contoh.go.id/"), ("api_document", "ftp://x"),
])
def test_unknown_indicators_and_odd_addresses_are_refused_at_their_field(keeper, session, one, field, text):
    answer = keeper.post(page_of(one), data=typed(keeper, page_of(one)) | {field: text})
    assert answer.status_code == 422 and f'id="{field}-salah"' in answer.get_data(as_text=True)


def test_small_forms_say_all_their_faults_at_once(keeper, session, city, one):
    page = page_of(one)
    for address, form, wrong in (
        ("uji", "tambah-uji", {"kind": "x", "done_on": "31-02-2026", "by_whom": "", "findings": "-1", "open_findings": "a"}),
        ("uji", "tambah-uji", {"kind": "itsa", "done_on": "", "by_whom": "", "findings": "1", "open_findings": "2"}),
        ("integrasi", "tambah-integrasi", {"other_name": "", "direction": "x", "what": "", "method": "api"}),
        ("pemilik", "serah", {"owner": "", "from_day": "01-01-2001"}),
    ):
        answer = keeper.post(f"{page}/{address}", data=part(keeper, page, form, **wrong))
        text = answer.get_data(as_text=True)
        right = {"method", "findings"} if wrong.get("findings") in (None, "1") else set()
        right |= {"kind"} if wrong.get("kind") == "itsa" else set()
        ids = {"kind": "test-kind"}
        missing = [name for name in wrong if name not in right and f'id="{ids.get(name, name)}-salah"' not in text]
        assert answer.status_code == 422 and missing == [], (address, missing)
    text = new(keeper, name="", owner="", url="ftp://x", kind="x").get_data(as_text=True)
    assert all(f'id="{name}-salah"' in text for name in ("name", "owner", "url", "kind"))


def test_completeness_leaves_as_whole_percent(keeper, session, city):
    several(session, city)
    text = keeper.get(f"{LIST}/tabel.csv").get_data(as_text=True).removeprefix("\ufeff")
    lines = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert all(re.fullmatch(r"[0-9]{1,3}%", line["Kelengkapan"]) for line in lines), lines
    book = zipfile.ZipFile(io.BytesIO(keeper.get(f"{LIST}/tabel.xlsx").data))
    assert not re.search(r"<v>0\.[0-9]{3,}</v>", book.read("xl/worksheets/sheet1.xml").decode())


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><svg onload=alert(1)>', "{{7*7}}", "${7*7}", "\U0001f600"])
def test_T7_markup_is_kept_as_text(keeper, session, one, text):
    keeper.post(page_of(one), data=typed(keeper, page_of(one)) | {"audience": text})
    session.rollback()
    session.refresh(one)
    page = keeper.get(page_of(one)).get_data(as_text=True)
    assert one.audience == text and "<script>alert" not in page and "<svg onload" not in page


def test_S1_a_stale_form_shows_both_texts_and_the_next_save_wins(keeper, client, session, city, one, app):
    mine = typed(keeper, page_of(one)) | {"helpdesk": "Kata saya"}
    other = as_(app.test_client(), session, city, "operator")
    assert other.post(page_of(one), data=typed(other, page_of(one)) | {"helpdesk": "Kata lain"}).status_code == 302
    answer = keeper.post(page_of(one), data=mine)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409 and "Kata saya" in page and "Kata lain" in page
    version = re.search(r'id="catatan".*?name="version" value="(\d+)"', page, re.S).group(1)
    assert keeper.post(page_of(one), data=mine | {"version": version}).status_code == 302
    session.rollback()
    session.refresh(one)
    assert one.helpdesk == "Kata saya"


def test_internal_fields_are_for_the_keepers_and_the_owner_only(client, session, city, one):
    one.details = {"vendor": "PT Rahasia", "hosting": "Server OPD", "imported": {"vendor": "Asal Rahasia"}}
    keeping.add_test(one, city.actor("operator"), kind="itsa", done_on=build.date(2026, 3, 3), by_whom="BSSN", findings=71)
    session.commit()
    for who in ("inventory_manager", "round_manager", "operator", "head"):
        page = as_(client, session, city, who).get(page_of(one)).get_data(as_text=True)
        assert all(word in page for word in ("PT Rahasia", "Asal Rahasia", ">71<")), who
    for who in ("executive", "inspector", "internal_assessor"):
        page = as_(client, session, city, who).get(page_of(one)).get_data(as_text=True)
        assert "Server OPD" in page and not any(word in page for word in ("Rahasia", ">71<")), who
    assert as_(client, session, city, "operator_other").get(page_of(one)).status_code == 404


def test_a_page_and_a_save_cost_few_statements(keeper, session, city, one):
    for n in range(3):
        keeping.add_link(one, city.actor("operator"), other=None, other_name=f"L{n}", direction="in", data="x", method="api")
    keeping.set_users(one, list(city.agencies.values()), city.actor("inventory_manager"))
    session.commit()
    with statements() as page:
        keeper.get(page_of(one))
    sent = typed(keeper, page_of(one)) | {"helpdesk": "Loket 2", "hosting": "Server OPD"}
    with statements() as save:
        assert keeper.post(page_of(one), data=sent).status_code == 302
    assert len(page) <= 10 and len(save) <= 14, (len(page), len(save))


# ---------------------------------------------------------------- new, and what hangs on a record


def new(client, **fields):
    return client.post(f"{LIST}/baru", data=form_of(client, f"{LIST}/baru", "baru") | {"kind": "special", "state": "active"} | fields)


def test_a_new_record_needs_a_name_and_an_owner_and_arrives_once(keeper, session, city):
    owner = str(city.agencies["dinkes"].id)
    for fields, sentence in (({"name": "", "owner": owner}, "wajib diisi"), ({"name": "A", "owner": ""}, "Pilih OPD"),
                             ({"name": "A", "owner": "999999"}, "pilih salah satu"), ({"name": "A", "owner": owner, "url": "ftp://x"}, "Alamat")):
        answer = new(keeper, **fields)
        assert answer.status_code == 422 and sentence in answer.get_data(as_text=True) and count(session) == 0
    sent = form_of(keeper, f"{LIST}/baru", "baru") | {"name": "Baru", "owner": owner, "kind": "special", "state": "planned"}
    assert [keeper.post(f"{LIST}/baru", data=sent).status_code for _ in range(2)] == [302, 302] and count(session) == 1
    assert new(keeper, name="Lain", owner=owner, code=session.scalar(select(Application.code))).status_code == 422


def test_an_operator_writes_only_its_own_agency_s(client, session, city):
    operator = as_(client, session, city, "operator")
    assert new(operator, name="Titipan", owner=str(city.agencies["dinkes"].id)).status_code == 422
    assert new(operator, name="Milik sendiri", owner=str(city.agencies["bappeda"].id)).status_code == 302
    assert as_(client, session, city, "head").get(f"{LIST}/baru").status_code == 403


def test_the_owner_changes_with_a_history_and_only_by_the_keepers(keeper, client, session, city, one):
    page, dinkes = page_of(one), str(city.agencies["dinkes"].id)
    assert keeper.post(f"{page}/pemilik", data=part(keeper, page, "serah", owner="", from_day="")).status_code == 422
    early = part(keeper, page, "serah", owner=dinkes, from_day="01-01-2001")
    answer = keeper.post(f"{page}/pemilik", data=early)
    assert answer.status_code == 422 and "sebelum pemilik sekarang mulai" in answer.get_data(as_text=True)
    token = form_of(as_(client, session, city, "operator"), page, "catatan")
    sent = token | {"owner": dinkes, "key": "k" * 20}
    assert client.post(f"{page}/pemilik", data=sent).status_code == 422
    keeper = as_(client, session, city, "inventory_manager")
    assert keeper.post(f"{page}/pemilik", data=part(keeper, page, "serah", owner=dinkes)).status_code == 302
    shown = keeper.get(page).get_data(as_text=True)
    assert "Pemilik menjadi Dinkes" in shown and "<b>Dinas Kesehatan</b>" in shown
    assert as_(client, session, city, "operator").get(page).status_code == 404


def test_users_are_set_as_a_whole(keeper, session, city, one):
    page, ids = page_of(one), [str(agency.id) for agency in city.agencies.values()]
    for wanted in (ids, ids[:1], []):
        sent = part(keeper, page, "ubah-pengguna", users=wanted)
        assert keeper.post(f"{page}/pengguna", data=sent).status_code == 302
        session.rollback()
        session.expire_all()
        assert sorted(str(user.organization_id) for user in one.users) == sorted(wanted)
    sent = part(keeper, page, "ubah-pengguna", users=["999999"])
    assert keeper.post(f"{page}/pengguna", data=sent).status_code == 422


def test_an_integration_is_noted_tied_to_a_known_record_and_taken_away(keeper, session, city, one):
    other, page = build.application(session, city, name="Buku Tamu", agency="dinkes"), page_of(one)
    session.commit()
    said = {"direction": "in", "what": "Usulan", "method": "api"}
    assert keeper.post(f"{page}/integrasi", data=part(keeper, page, "tambah-integrasi", **said | {"what": ""}, other_name="X")).status_code == 422
    assert keeper.post(f"{page}/integrasi", data=part(keeper, page, "tambah-integrasi", **said, other_name="Buku Tamu")).status_code == 302
    (link,) = session.scalars(select(ApplicationLink))
    assert link.other_id == other.id
    for drop, status in (("999", 422), ("0", 422), (str(link.id), 302)):
        sent = part(keeper, page, "tambah-integrasi") | {"drop": drop}
        assert keeper.post(f"{page}/integrasi", data=sent).status_code == status
    assert session.scalars(select(ApplicationLink)).all() == []


def test_a_test_is_noted_and_taken_away(keeper, session, one):
    page, said = page_of(one), {"kind": "itsa", "done_on": "03-03-2026", "by_whom": "BSSN", "findings": "5", "open_findings": "1"}
    for wrong in ({"done_on": "03-03-2099"}, {"done_on": "kapan"}, {"open_findings": "6"}, {"kind": "x"}, {"by_whom": ""}):
        assert keeper.post(f"{page}/uji", data=part(keeper, page, "tambah-uji", **said | wrong)).status_code == 422
    assert keeper.post(f"{page}/uji", data=part(keeper, page, "tambah-uji", **said)).status_code == 302
    (made,) = session.scalars(select(ApplicationTest))
    assert keeper.post(f"{page}/uji", data=part(keeper, page, "tambah-uji") | {"drop": str(made.id)}).status_code == 302
    assert session.scalars(select(ApplicationTest)).all() == []


def test_a_document_of_the_owner_s_library_is_attached_and_taken_off(client, session, city, one):
    mine = build.document(session, city.agencies["bappeda"], city.actor("operator"))
    foreign = build.document(session, city.agencies["dinkes"], city.actor("operator_other"), b"%PDF-lain")
    session.commit()
    operator, page = as_(client, session, city, "operator"), page_of(one)
    ids = str(mine.document_id), str(foreign.document_id)
    assert operator.post(f"{page}/dokumen", data=part(operator, page, "lampirkan", document=ids[1])).status_code == 422
    assert operator.post(f"{page}/dokumen", data=part(operator, page, "lampirkan", document=ids[0])).status_code == 302
    assert f'href="/bukti/{ids[0]}"' in operator.get(page).get_data(as_text=True)
    seen = as_(client, session, city, "executive").get(page).get_data(as_text=True)
    assert "Dokumen" in seen and "Lepas" not in seen
    operator = as_(client, session, city, "operator")
    sent = form_of(operator, page, part=f"{page}/dokumen") | {"drop": ids[0]}
    assert operator.post(f"{page}/dokumen", data=sent).status_code == 302
    assert f'href="/bukti/{ids[0]}"' not in operator.get(page).get_data(as_text=True)


def send_publiccode(keeper, page: str, content: bytes):
    sent = form_of(keeper, page, "unggah-publiccode") | {"file": (io.BytesIO(content), "publiccode.yml")}
    return keeper.post(f"{page}/publiccode", data=sent, content_type="multipart/form-data")


def test_publiccode_is_shown_first_and_fills_the_record_once_confirmed(keeper, session, one):
    page = page_of(one)
    for wrong in (b"", b"a: &a [1]\nb: *a", b"- 1", b"\x00", b"name: x", b"[" * 5000, b"x" * 300_000, b"!!python/object:os.system x"):
        assert send_publiccode(keeper, page, wrong).status_code == 422, wrong[:20]
    answer = send_publiccode(keeper, page, PUBLICCODE)
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "Terapkan 6 perubahan" in shown and "Belum ada yang diterapkan" in shown
    for words in ("Aplikasi Contoh", "Usulan Warga", "Web, Mobile", "Mencatat usulan warga sampai selesai.", "Repositori kode"):
        assert words in shown, words
    session.rollback()
    session.refresh(one)
    assert (one.name, one.platforms, "services" in one.details) == ("Aplikasi Contoh", ["web"], False)
    sent = hidden_of(shown, "penerapan")
    assert [keeper.post(f"{page}/publiccode", data=sent).status_code for _ in range(2)] == [302, 302]
    session.rollback()
    session.refresh(one)
    assert (one.name, one.platforms, one.details["services"]) == ("Usulan Warga", ["web", "mobile"], "Usulan\nPantau")
    assert one.audience == "Warga kota" and one.details["repository"] == "https://git.contoh.go.id/usulan"
    assert "0 perubahan" in send_publiccode(keeper, page, PUBLICCODE).get_data(as_text=True)


def test_publiccode_costs_few_statements(keeper, one):
    sent = form_of(keeper, page_of(one), "unggah-publiccode") | {"file": (io.BytesIO(PUBLICCODE), "publiccode.yml")}
    with statements() as shown:
        page = keeper.post(f"{page_of(one)}/publiccode", data=sent, content_type="multipart/form-data").get_data(as_text=True)
    with statements() as saved:
        assert keeper.post(f"{page_of(one)}/publiccode", data=hidden_of(page, "penerapan")).status_code == 302
    assert len(shown) <= 10 and len(saved) <= 14, (len(shown), len(saved))


def test_publiccode_with_faults_names_them_all_and_cannot_be_confirmed(keeper, session, one):
    bad = PUBLICCODE.replace(b"https://git.contoh.go.id/usulan", b"ftp://git.contoh.go.id").replace(
        b"https://usulan.contoh.go.id/baru", b"javascript:alert(1)").replace(b"Usulan Warga", b"U" * 161)
    answer = send_publiccode(keeper, page_of(one), bad)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and 'id="penerapan"' not in text
    for words in ("Repositori kode: alamat harus", "Alamat harus dimulai", "paling banyak 160"):
        assert words in text, words
    session.rollback()
    session.refresh(one)
    assert one.name == "Aplikasi Contoh"


def test_publiccode_confirmed_late_or_elsewhere_changes_nothing(keeper, session, city, one, app):
    other = build.application(session, city, name="Lain")
    session.commit()
    sent = hidden_of(send_publiccode(keeper, page_of(one), PUBLICCODE).get_data(as_text=True), "penerapan")
    assert keeper.post(f"{page_of(other)}/publiccode", data=sent).status_code == 409
    assert keeper.post(f"{page_of(one)}/publiccode", data=sent | {"lines": sent["lines"][:-3] + "abc"}).status_code == 409
    colleague = as_(app.test_client(), session, city, "operator")
    token = hidden_of(send_publiccode(colleague, page_of(one), PUBLICCODE).get_data(as_text=True), "penerapan")
    assert colleague.post(f"{page_of(one)}/publiccode", data=token | {"lines": sent["lines"]}).status_code == 409
    assert keeper.post(page_of(one), data=typed(keeper, page_of(one)) | {"helpdesk": "Kata lain"}).status_code == 302
    late = keeper.post(f"{page_of(one)}/publiccode", data=sent)
    assert late.status_code == 409 and "diubah sesudah berkas diperiksa" in late.get_data(as_text=True)
    session.rollback()
    session.refresh(one)
    assert (one.name, one.helpdesk) == ("Aplikasi Contoh", "Kata lain")


@pytest.mark.parametrize("values", [
    {}, {"url": "", "platforms": []}, {"platforms": ["other", "mobile"]}, {"purpose": ""}, {"purpose": "Antre. " * 400},
    {"purpose": "Baris satu:\n\n- dua\n# tiga\n\"empat\" \u2026"}, {"name": "yes", "purpose": "null"},
])
def test_what_goes_out_as_publiccode_comes_back_as_no_change(keeper, session, city, values):
    made = build.application(session, city, **values)
    made.details = {"services": " Satu\n\nDua ", "repository": "https://git.contoh.go.id/a", "licence": "Milik sendiri"}
    publishing.publish(made, city.actor("inventory_manager")) if not keeping.missing_for_publishing(made) else None
    session.commit()
    address = f"{keeper.application.config['SETTINGS'].address}/aplikasi/{made.slug}"
    text = publiccode.written(made, address)
    assert "git.contoh.go.id" not in text
    answer = send_publiccode(keeper, page_of(made), text.encode())
    assert answer.status_code == 200 and "0 perubahan" in answer.get_data(as_text=True)


@pytest.mark.parametrize("key", ["0", "99999999999999999999", "-1", "01x", "1.0"])
def test_N8_an_odd_number_names_no_record(keeper, one, key):
    assert keeper.get(f"{LIST}/catatan/{key}").status_code == 404
