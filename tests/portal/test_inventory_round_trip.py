"""What leaves the inventory comes back as it was; what a file says wrongly is named, and what people typed stays."""

import io
import re

import pytest
import xlsxwriter
from sqlalchemy import select

from assessments.exchange.organizations import carry_out_organizations, plan_organizations, read_organizations
from assessments.exchange.tables import guarded, read_table, unguarded
from assessments.inventory import keeping
from assessments.models import Application
from portal.demo import building
from portal.demo.inventory import build_inventory
from tests import builders as build
from tests.portal.record_pages import FILE, HEAD, LINES, LIST, as_, as_csv, carry_out, check, count, hidden_of

SHORT = ["kode", "nama", "kode_opd"]


@pytest.fixture
def city(session):
    return build.city(session)


@pytest.fixture
def keeper(client, session, city):
    session.commit()
    return as_(client, session, city, "inventory_manager")


@pytest.fixture
def demo(session, city):
    """The demo's list, two of it retired, some used by several agencies."""
    records, _, _ = read_organizations(read_table(building.HERE / "opd_kota_denpasar_2022.csv"))
    carry_out_organizations(session, city.actor("round_manager"), city.instansi,
                            plan_organizations(session, city.instansi, records), build.SINCE)
    session.flush()
    by = city.actor("inventory_manager")
    build_inventory(session, city.instansi, by, lambda _: None)
    rows = {row.code: row for row in session.scalars(select(Application))}
    keeping.set_users(rows["5"], [city.agencies["dinkes"], city.agencies["bappeda"], rows["1"].current_owner], by)
    keeping.change(rows["8"], by, {"name": "=cmd|' /C calc'!A0", "purpose": "- satu\n- dua; \"tiga\""}, None, rows["8"].version)
    keeping.change(rows["11"], by, {"name": "'=bukan rumus"}, None, rows["11"].version)
    session.commit()
    return city


def text_of(answer) -> str:
    return " ".join(answer.get_data(as_text=True).split())


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_table_taken_out_comes_back_without_a_change(demo, keeper, session, kind):
    table = keeper.get(f"{LIST}/tabel.{kind}").data
    answer = check(keeper, table, f"inventaris.{kind}")
    page = text_of(answer)
    assert answer.status_code == 200 and "0 perubahan: semua isi berkas ini" in page
    assert "OPD pemilik sebagai OPD pemilik" in page and "Perlu Anda perhatikan" not in page
    rows = read_table(table, f"a.{kind}")
    head = rows[0].cells
    at = head.index("OPD pengguna")
    one = next(row for row in rows if row.cells[0] == "5")
    assert one.cells[at].count(";") == 2 and one.cells[head.index("Jumlah OPD pengguna")] == "3" and len(rows) == 190


def test_one_change_in_a_table_taken_out_is_the_only_one(demo, keeper):
    table = keeper.get(f"{LIST}/tabel.csv").data.replace(b"=bukan rumus", b"=tetap bukan")
    page = text_of(check(keeper, table, "a.csv"))
    assert "Terapkan 1 perubahan" in page and "&#39;=tetap bukan" in page


@pytest.mark.parametrize("text", ["1", "Dinas Entah", "Bappeda; Dinas Entah"])
def test_a_user_nobody_knows_is_refused_and_empties_nothing(keeper, session, city, text):
    head = [*SHORT, "OPD pengguna"]
    carry_out(keeper, check(keeper, as_csv([["1", "A", "dinkes-1", "Bappeda"]], head)).get_data(as_text=True))
    answer = check(keeper, as_csv([["1", "A", "dinkes-1", text]], head))
    page = text_of(answer)
    assert answer.status_code == 422 and f"OPD pengguna “{text.split('; ')[-1]}” tidak dikenal" in page
    everybody = text_of(check(keeper, as_csv([["1", "A", "dinkes-1", "Seluruh Perangkat Daerah"]], head)))
    assert "0 perubahan: semua isi berkas ini" in everybody


@pytest.mark.parametrize("text", ["=1+1", "'=1+1", "''=1", "-", "+62", "@a", "\uff1d1", "'", "'a", "' OR 1", "a'=1", ""])
def test_the_guard_of_a_cell_is_taken_off_exactly(text):
    assert unguarded(guarded(text)) == text
    assert guarded(text)[:1] not in "=+-@" or not text


def test_a_refused_address_goes_below_the_note_and_only_once(keeper, session, city):
    head = [*SHORT, "alamat"]
    carry_out(keeper, check(keeper, as_csv([["1", "A", "dinkes-1", ""]], head)).get_data(as_text=True))
    one = session.scalars(select(Application)).one()
    keeping.change(one, city.actor("inventory_manager"), {}, {"note": "Ketikan pengelola"}, one.version)
    session.commit()
    wrong = as_csv([["1", "A", "dinkes-1", "javascript:alert(1)"]], head)
    carry_out(keeper, check(keeper, wrong).get_data(as_text=True))
    session.expire_all()
    assert one.details["note"] == "Ketikan pengelola\nAlamat pada berkas asal: javascript:alert(1)"
    assert "0 perubahan: semua" in text_of(check(keeper, wrong))
    keeping.change(one, city.actor("inventory_manager"), {}, {"note": "n" * 1990}, one.version)
    session.commit()
    full = text_of(check(keeper, wrong))
    assert "Catatan sudah penuh" in full and "0 perubahan" in full


def test_what_has_ended_is_counted_apart_and_asked_nothing(demo, keeper):
    page = text_of(keeper.get(LIST))
    assert "187 aplikasi" in page and "2 sudah dihentikan atau digabung" in page and "189 aplikasi" not in page
    ended = text_of(keeper.get(f"{LIST}?status=dihentikan"))
    assert "Tidak ikut sensus" in ended and ended.count("Belum dikonfirmasi") == 1  # the filter's own word
    assert "187 aplikasi" in text_of(keeper.get(f"{LIST}?sensus=belum"))
    assert "sudah dihentikan" not in text_of(keeper.get(f"{LIST}?sensus=belum"))


def test_a_code_that_lost_its_zeros_is_the_agency_when_only_one_fits(demo, keeper):
    page = text_of(check(keeper, as_csv([["X1", "Satu", "30801"]], SHORT)))
    assert "Terapkan 1 perubahan" in page
    assert "tidak dikenal" in text_of(check(keeper, as_csv([["X1", "Satu", "930801"]], SHORT)))


def test_the_column_with_the_names_of_owners_stands_in_for_their_codes(keeper, session):
    head = ["app_id", "name", "owner_opd_code", "owner_opd"]
    page = check(keeper, as_csv([["1", "A", "entah", "Bappeda"]], head)).get_data(as_text=True)
    answer = keeper.post(FILE, data=hidden_of(page, "kolom-berkas") | {"column-3": "owner"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "Terapkan 1 perubahan" in page and "owner_opd_code sebagai" not in page
    carry_out(keeper, page)
    assert session.scalars(select(Application)).one().current_owner.short_name == "Bappeda"
    alone = check(keeper, as_csv([["2", "B", "Bappeda"]], ["app_id", "name", "owner_opd"]))
    assert "Terapkan 1 perubahan" in alone.get_data(as_text=True)


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_lines_of_title_above_the_head_are_passed_over(keeper, delimiter):
    content = b"Daftar Aplikasi\r\nKeadaan 2024\r\n" + as_csv(LINES, delimiter=delimiter)
    assert "Terapkan 2 perubahan" in check(keeper, content).get_data(as_text=True)
    wrong = check(keeper, content.replace(b"dinkes-1", b"entah")).get_data(as_text=True)
    assert re.search(r">\s*4\s*</", wrong)  # the line of the file, titles counted


def test_titles_of_a_workbook_are_passed_over(keeper):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate([["Daftar"], ["2024"], HEAD, *LINES]):
            sheet.write_row(at, 0, row)
    assert "Terapkan 2 perubahan" in check(keeper, out.getvalue(), "a.xlsx").get_data(as_text=True)


def test_a_file_without_a_head_is_said_once(keeper):
    answer = check(keeper, as_csv([["1", "A", "dinkes-1"]] * 40, ["Daftar"]))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Tidak ada kepala tabel pada 10 baris pertama" in page and "sel, padahal" not in page


def test_a_file_with_only_a_head_says_so(keeper):
    answer = check(keeper, as_csv([]))
    assert answer.status_code == 422 and "hanya memuat kepala tabel" in answer.get_data(as_text=True)


def test_a_code_beside_its_number_is_asked_about(keeper, session):
    answer = check(keeper, as_csv([["5", "A", "dinkes-1"], ["05", "B", "dinkes-1"]], SHORT))
    assert answer.status_code == 422 and "Kode 05 tampak sama dengan kode 5 di baris 2." in answer.get_data(as_text=True)
    carry_out(keeper, check(keeper, as_csv([["5", "A", "dinkes-1"]], SHORT)).get_data(as_text=True))
    answer = check(keeper, as_csv([["05", "B", "dinkes-1"]], SHORT))
    assert answer.status_code == 422 and "tampak sama dengan kode 5 yang sudah dicatat" in answer.get_data(as_text=True)
    assert count(session) == 1


def test_no_new_record_begins_as_ended(keeper, session):
    answer = check(keeper, as_csv([["5", "A", "dinkes-1", "Dihentikan"]], [*SHORT, "status"]))
    assert answer.status_code == 422 and "hanya diberikan lewat daur hidup" in answer.get_data(as_text=True)


def test_what_may_be_one_is_shown_by_name(keeper):
    page = check(keeper, as_csv([["5", "Surat Kota", "dinkes-1"], ["6", "Surat Kota", "Bappeda"]], SHORT)).get_data(as_text=True)
    section = re.search(r'id="ganda".*?</section>', page, re.S).group(0)
    assert section.count("Surat Kota") == 2 and ">5<" in section and ">6<" in section


@pytest.mark.parametrize("rows", [3_000, 3_001])
def test_the_limit_of_rows_is_the_one_the_page_says(keeper, rows):
    assert "3.000 baris" in keeper.get(FILE).get_data(as_text=True)
    content = b"Daftar\r\n" + as_csv([["5", "", ""]] * rows, SHORT)
    said = "Jumlah baris melebihi batas 3.000." in check(keeper, content).get_data(as_text=True)
    assert said == (rows > 3_000)
