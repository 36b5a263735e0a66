"""Applications from a file: shown first, applied whole or not at all, twice without effect, and never taken in by it."""

import io
import re
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from sqlalchemy import select

from assessments.exchange.organizations import carry_out_organizations, plan_organizations, read_organizations
from assessments.exchange.tables import read_table
from assessments.inventory import keeping
from assessments.models import Application, Event
from tests import builders as build
from tests.portal.agency_pages import statements
from tests.portal.record_pages import FILE, HEAD, LINES, LIST, as_, as_csv, carry_out, check, count, hidden_of

DEMO = Path(__file__).resolve().parents[2] / "portal" / "demo"
REAL = DEMO / "applications_kota_denpasar.csv"


@pytest.fixture
def city(session):
    return build.city(session)


@pytest.fixture
def keeper(client, session, city):
    session.commit()
    return as_(client, session, city, "inventory_manager")


def workbook(rows) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return out.getvalue()


def repacked(content: bytes, extra: dict[str, bytes], instead: dict[str, bytes] | None = None) -> bytes:
    out, instead = io.BytesIO(), instead or {}
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, instead.get(entry.filename, old.read(entry)))
        for name, part in extra.items():
            new.writestr(name, part)
    return out.getvalue()


@pytest.fixture
def denpasar(session, city):
    """The public list of the agencies of Kota Denpasar."""
    records, _, _ = read_organizations(read_table(DEMO / "opd_kota_denpasar_2022.csv"))
    carry_out_organizations(session, city.actor("round_manager"), city.instansi,
                            plan_organizations(session, city.instansi, records), build.date(2026, 3, 3))
    session.commit()
    return city


def test_IN_10_the_real_list_goes_in_whole_with_its_duplicates_proposed_and_twice_is_nothing(denpasar, keeper, session):
    page = check(keeper, REAL.read_bytes(), REAL.name).get_data(as_text=True)
    assert "Terapkan 189 perubahan" in page and "Mungkin ganda" in page and "nama sama" in page and count(session) == 0
    assert carry_out(keeper, page).status_code == 302 and count(session) == 189
    again = check(keeper, REAL.read_bytes(), REAL.name)
    assert again.status_code == 200 and "0 perubahan" in again.get_data(as_text=True)
    assert "penerapan" not in again.get_data(as_text=True)
    assert carry_out(keeper, page).status_code == 409 and count(session) == 189
    rows = session.scalars(select(Application)).all()
    assert all(row.details["imported"]["name"] for row in rows)


def test_IN_09_one_bad_row_and_nothing_goes_in(denpasar, keeper, session):
    broken = REAL.read_text().splitlines()
    broken[100] = re.sub(r",\d{6},", ",999999,", broken[100], count=1)
    answer = check(keeper, "\n".join(broken).encode(), REAL.name)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "OPD pemilik “999999” tidak dikenal." in page and ">101<" in page
    assert 'id="penerapan"' not in page and count(session) == 0
    forged = hidden_of(check(keeper, as_csv(LINES[:1])).get_data(as_text=True), "penerapan")
    forged["lines"] = hidden_of(page, "kolom-berkas")["lines"] if 'id="kolom-berkas"' in page else forged["lines"][:-2]
    assert keeper.post(f"{FILE}/penerapan", data=forged).status_code in (409, 422) and count(session) == 0


def test_a_changed_line_shows_before_and_after(keeper, session):
    carry_out(keeper, check(keeper, as_csv(LINES)).get_data(as_text=True))
    other = [[*LINES[0][:1], "Antrean Kota", *LINES[0][2:]], LINES[1]]
    page = check(keeper, as_csv(other)).get_data(as_text=True)
    assert "<del>Antrean Puskesmas</del> menjadi Antrean Kota" in page and "Terapkan 1 perubahan" in page
    carry_out(keeper, page)
    assert count(session) == 2
    assert "Antrean Kota" in session.scalars(select(Application.name)).all()


def record_1(session) -> Application:
    session.rollback()
    return session.scalars(select(Application).where(Application.code == "1")).one()


def test_the_preview_speaks_in_words_and_names_columns_as_the_file_does(keeper, session):
    head = ["app_id", "name", "owner_opd_code", "classification", "scope", "platform", "status", "integrated"]
    line = ["1", "Antrean", "dinkes-1", "Umum", "Lokal", "Web, Android", "NAktif", "Belum"]
    page = check(keeper, as_csv([line], head)).get_data(as_text=True)
    said = " ".join(re.search(r'id="tambah".*?</section>', page, re.S).group(0).split())
    for words in ("Jenis: Aplikasi Umum", "Asal: Lokal", "Basis: Web, Mobile", "OPD pemilik: Dinkes", "Status: Tidak aktif",
                  "Terintegrasi: Belum"):
        assert words in said, words
    assert not re.search(r"\b(common|local|inactive|kode_opd|dinkes-1)\b", said)
    carry_out(keeper, page)
    other = [*line[:3], "Khusus", "Pusat", "Desktop", "", "Sudah"]
    page = check(keeper, as_csv([other], head)).get_data(as_text=True)
    assert "<del>Aplikasi Umum</del> menjadi Aplikasi Khusus" in page and "<del>Web, Mobile</del> menjadi Desktop" in page
    wrong = check(keeper, as_csv([[*line[:2], "entah", *line[3:]]], head)).get_data(as_text=True)
    assert "owner_opd_code" in wrong and "kode_opd<" not in wrong


def test_a_line_that_takes_a_hand_over_back_is_a_named_change_with_a_warning(keeper, session, city):
    carry_out(keeper, check(keeper, as_csv(LINES)).get_data(as_text=True))
    one = record_1(session)
    keeping.hand_over(one, session.merge(city.agencies["bappeda"]), city.actor("inventory_manager"))
    session.commit()
    answer = check(keeper, as_csv(LINES))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "Terapkan 1 perubahan" in page
    assert "OPD pemilik: <del>Bappeda</del> menjadi Dinkes" in page
    assert "Perlu Anda perhatikan" in page and "sudah diserahkan ke Bappeda di portal" in page
    bare = check(keeper, as_csv([["1", "Antrean Baru", "Bappeda"]], ["kode", "nama", "kode_opd"])).get_data(as_text=True)
    assert "Perlu Anda perhatikan" not in bare
    assert carry_out(keeper, page).status_code == 302 and record_1(session).current_owner.short_name == "Dinkes"


def test_IN_09_what_applying_would_refuse_is_refused_by_the_check(keeper, session, city):
    carry_out(keeper, check(keeper, as_csv(LINES)).get_data(as_text=True))
    one = record_1(session)
    one.owners[-1].from_day = build.date(2199, 1, 1)
    session.commit()
    moved = [[*LINES[0][:2], "Bappeda", *LINES[0][3:]], LINES[1]]
    answer = check(keeper, as_csv(moved))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Tanggal pergantian sebelum pemilik sekarang mulai." in page
    assert 'id="penerapan"' not in page and record_1(session).current_owner.short_name == "Dinkes"


@pytest.mark.parametrize(("column", "text"), [
    ("basis_data", "a" * 301), ("basis_data", "a\x01b"), ("bahasa_pemrograman", "a\u202eb"), ("sumber", "x\x02"), ("opd_pengguna", "a\x1fb"),
    ("dasar_hukum", "a" * 301), ("fungsi", "a" * 4001),
])
def test_IN_09_every_cell_is_judged_before_anything_is_shown_as_possible(keeper, session, column, text):
    head = ["kode", "nama", "kode_opd", column]
    for lines in ([["1", "A", "dinkes-1", ""]], [["1", "A", "dinkes-1", text]]):
        answer = check(keeper, as_csv([["2", "B", "dinkes-1", text], *lines], head))
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422 and column in page and 'id="penerapan"' not in page
    carry_out(keeper, check(keeper, as_csv([["2", "B", "dinkes-1", ""]], head)).get_data(as_text=True))
    answer = check(keeper, as_csv([["2", "B", "dinkes-1", text]], head))
    assert answer.status_code == 422 and count(session) == 1


def test_every_fault_of_a_line_is_said_at_once(keeper, session):
    wrong = ["9", "", "entah", "entah", "kertas", "https://a.go.id", "entah", "20", "a" * 4001]
    page = check(keeper, as_csv([*LINES, wrong])).get_data(as_text=True)
    for words in ("Nama wajib diisi.", "OPD pemilik “entah” tidak dikenal.", "Jenis “entah” tidak dikenal.", "Basis aplikasi “kertas”",
                  "Status “entah”", "Tahun “20” bukan tahun.", "Fungsi terlalu panjang"):
        assert words in page, words


def test_the_check_costs_the_same_for_one_line_and_for_fifty(keeper, session):
    def lines(count: int, name: str) -> bytes:
        return as_csv([[str(n), f"{name} {n}", "dinkes-1", *LINES[0][3:5], f"{n}.go.id", *LINES[0][6:]] for n in range(1, count + 1)])

    carry_out(keeper, check(keeper, lines(50, "Satu")).get_data(as_text=True))
    costs = []
    for count_ in (1, 50):
        with statements() as seen:
            assert f"Terapkan {count_} perubahan" in check(keeper, lines(count_, "Dua")).get_data(as_text=True)
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 20, costs  # the form's own page is among them
    page = check(keeper, lines(50, "Dua")).get_data(as_text=True)
    with statements() as seen:
        assert carry_out(keeper, page).status_code == 302
    assert len(seen) <= 14 + 5 * 50, len(seen)  # a change, its line of history and its link of the audit chain


def test_a_status_in_the_file_never_moves_a_record_and_says_so(keeper, session):
    carry_out(keeper, check(keeper, as_csv(LINES)).get_data(as_text=True))
    page = check(keeper, as_csv([[*LINES[0][:6], "naktif", *LINES[0][7:]]])).get_data(as_text=True)
    assert "Status “Tidak aktif” pada berkas dilewati" in page and "0 perubahan" in page
    assert record_1(session).state == "active"


def test_a_cell_that_is_empty_or_missing_takes_nothing_away(keeper, session):
    carry_out(keeper, check(keeper, as_csv(LINES)).get_data(as_text=True))
    bare = as_csv([["1", "Antrean Kota", "dinkes-1", ""]], ["kode", "nama", "kode_opd", "alamat"])
    carry_out(keeper, check(keeper, bare).get_data(as_text=True))
    session.rollback()
    made = session.scalars(select(Application).where(Application.code == "1")).one()
    assert (made.name, made.year_built, made.url, made.purpose) == (
        "Antrean Kota", 2019, "https://antre.contoh.go.id", "Antre dari rumah")


def test_a_column_nobody_recognised_can_be_named_and_the_rest_is_passed_over(keeper, session):
    head = ["Nomor Urut", "nama", "kode_opd", "Dipakai sejak", "Warna"]
    lines = [["7", "Sistem Surat", "dinkes-1", "2015", "biru"]]
    answer = check(keeper, as_csv(lines, head))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Kepala tabel tidak memuat kolom kode." in page
    assert all(word in page for word in ("Nomor Urut", "Dipakai sejak", "Warna", "nama sebagai Nama"))
    named = hidden_of(page, "kolom-berkas") | {"column-0": "code", "column-3": "year_built", "column-4": "", "column-1": "code"}
    answer = keeper.post(FILE, data=named)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "Terapkan 1 perubahan" in page
    carry_out(keeper, page)
    made = session.scalars(select(Application)).one()
    assert (made.code, made.year_built, made.name) == ("7", 2015, "Sistem Surat")


def test_two_columns_named_alike_are_refused_in_words(keeper):
    page = check(keeper, as_csv([["7", "8", "A", "dinkes-1"]], ["x", "y", "nama", "kode_opd"])).get_data(as_text=True)
    answer = keeper.post(FILE, data=hidden_of(page, "kolom-berkas") | {"column-0": "code", "column-1": "code"})
    assert answer.status_code == 422 and "Kolom kode tertulis lebih dari sekali." in answer.get_data(as_text=True)


def test_another_office_cannot_apply_what_was_shown_to_this_one(keeper, session, app, city):
    page = check(keeper, as_csv(LINES)).get_data(as_text=True)
    other = as_(app.test_client(), session, city, "round_manager")
    own = hidden_of(check(other, as_csv(LINES)).get_data(as_text=True), "penerapan")
    assert other.post(f"{FILE}/penerapan", data=own | {"lines": hidden_of(page, "penerapan")["lines"]}).status_code == 409
    assert other.post(f"{FILE}/penerapan", data=own | {"lines": "x"}).status_code == 409 and count(session) == 0


@pytest.mark.parametrize("who", ["operator", "head", "executive", "internal_assessor", "system_admin"])
def test_AC_nobody_else_brings_a_file_in(client, session, city, who):
    session.commit()
    assert as_(client, session, city, who).get(FILE).status_code == 403


# ---------------------------------------------------------------- hostile files (IN-08, list X of the security plan)

GOOD = workbook([HEAD, *LINES])
SHEET = "xl/worksheets/sheet1.xml"
SPREAD = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
CORNERS = f'<worksheet xmlns="{SPREAD}"><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
LAUGHS = b'<!DOCTYPE sst [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><sst><si><t>&b;</t></si></sst>'
OUTSIDE = b'<!DOCTYPE sst [<!ENTITY a SYSTEM "file:///etc/passwd">]><sst><si><t>&a;</t></si></sst>'
FORMULA = f'<worksheet xmlns="{SPREAD}"><sheetData><row r="1"><c r="A1"><f>1+1</f><v>2</v></c></row></sheetData></worksheet>'
HOSTILE = {
    "X1 a bomb": (repacked(GOOD, {f"xl/media/{n}.xml": b"0" * 1_000_000 for n in range(60)}), "a.xlsx"),
    "X2 two corners": (repacked(GOOD, {}, {SHEET: CORNERS.encode()}), "a.xlsx"),
    "X3 many parts": (repacked(GOOD, {f"x{n}": b"" for n in range(600)}), "a.xlsx"),
    "X5 laughs": (repacked(GOOD, {}, {"xl/sharedStrings.xml": LAUGHS}), "a.xlsx"),
    "X5 outside": (repacked(GOOD, {}, {"xl/sharedStrings.xml": OUTSIDE}), "a.xlsx"),
    "X8 only a formula": (repacked(GOOD, {}, {SHEET: FORMULA.encode()}), "a.xlsx"),
    "X15 UTF-16 cut off": (as_csv(LINES).decode().encode("utf-16")[:-1], "a.csv"),
    "X15 UTF-16 without its mark": (as_csv(LINES).decode().encode("utf-16-le"), "a.csv"),
    "X15 Windows-1252": (as_csv([["1", "Caf\u00e9", "dinkes-1"]]).decode().encode("cp1252"), "a.csv"),
    "X15 one quote": (b'kode,nama,kode_opd\n1,"A,dinkes-1\n', "a.csv"),
    "X16 too many rows": (as_csv([["1", "A", "dinkes-1"]] * 4000), "a.csv"),
    "X16 a huge cell": (as_csv([["1", "A" * 20_000, "dinkes-1"]]), "a.csv"),
    "X17 empty": (b"", "a.csv"),
    "X18 old workbook": (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "a.xlsx"),
    "X18 a page": (b"<html><table><tr><td>kode</td></tr></table></html>", "a.xls"),
    "X9 missing columns": (as_csv([["1", "A"]], ["kode", "nama"]), "a.csv"),
    "X9 a column twice": (as_csv([["1", "A", "dinkes-1", "2"]], ["kode", "nama", "kode_opd", "KODE"]), "a.csv"),
    "X9 extra cells": (as_csv([["1", "A", "dinkes-1", "2"]], ["kode", "nama", "kode_opd"]), "a.csv"),
    "X10 header in row 3": (as_csv([["", "", ""], ["kode", "nama", "kode_opd"]], ["Daftar", "", ""]), "a.csv"),
    "X11 a code twice": (as_csv([LINES[0], LINES[0]]), "a.csv"),
    "X12 unknown agency": (as_csv([["1", "A", "tidak-ada"]]), "a.csv"),
    "X19 last row": (as_csv([*LINES, ["9", "", "dinkes-1"]]), "a.csv"),
    "T3 NUL": (b"kode,nama,kode_opd\n1,A\0B,dinkes-1\n", "a.csv"),
    "T2 long name": (as_csv([["1", "A" * 161, "dinkes-1"]]), "a.csv"),
    "T5 turned name": (as_csv([["1", "A\u202efdp", "dinkes-1"]]), "a.csv"),
    "T11 CR LF in a name": (as_csv([["1", "A\r\nBcc: x@contoh.id", "dinkes-1"]]), "a.csv"),
    "N2 year in words": (as_csv([[*LINES[0][:7], "\u0662\u0660\u0661\u0669", ""]]), "a.csv"),
    "N1 year zero": (as_csv([[*LINES[0][:7], "0", ""]]), "a.csv"),
    "N4 year 10^400": (as_csv([[*LINES[0][:7], "9" * 400, ""]]), "a.csv"),
    "N3 year NaN": (as_csv([[*LINES[0][:7], "NaN", ""]]), "a.csv"),
    "X13 unknown status": (as_csv([[*LINES[0][:6], "entah", "", ""]]), "a.csv"),
}


@pytest.mark.parametrize("shape", HOSTILE)
def test_IN_08_what_cannot_go_in_is_said_in_a_sentence(keeper, session, shape):
    content, name = HOSTILE[shape]
    answer = check(keeper, content, name)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Kesalahan" in page and 'id="penerapan"' not in page
    assert count(session) == 0


def test_IN_08_a_body_beyond_the_limit_is_refused_unread(keeper, session):
    answer = keeper.post(FILE, data=b"x" * 2_000_000, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413 and count(session) == 0


@pytest.mark.parametrize("content", [
    as_csv(LINES, delimiter=";"), as_csv(LINES, begin="\ufeff"), as_csv(LINES, delimiter="\t"), workbook([HEAD, *LINES]),
    as_csv(LINES).replace(b"\r\n", b"\r"), as_csv(LINES).rstrip(), as_csv(LINES, delimiter="\t").decode().encode("utf-16"),
    b"\xfe\xff" + as_csv(LINES).decode().encode("utf-16-be"),
], ids=["semicolon", "BOM", "tab", "XLSX", "CR only", "no last line end", "Unicode text", "UTF-16 BE"])
def test_X15_honest_shapes_are_all_read(keeper, content):
    name = "a.xlsx" if content.startswith(b"PK") else "a.csv"
    assert "Terapkan 2 perubahan" in check(keeper, content, name).get_data(as_text=True)


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "@SUM(A1)", "+1", "<script>alert(1)</script>", "{{7*7}}", "' OR 1=1--"])
def test_X7_T7_a_name_stays_a_text_on_the_page_and_in_the_tables(keeper, session, name):
    page = check(keeper, as_csv([["1", name, "dinkes-1"]])).get_data(as_text=True)
    assert "<script>alert" not in page
    carry_out(keeper, page)
    assert session.scalars(select(Application.name)).all() == [name]
    table = keeper.get(f"{LIST}/tabel.csv").get_data(as_text=True)
    assert (f";{name}" not in table and f"'{name}" in table) if name[0] in "=@+" else name in table
    assert "<f>" not in zipfile.ZipFile(io.BytesIO(keeper.get(f"{LIST}/tabel.xlsx").data)).read(SHEET).decode()


def test_IN_11_line_ends_in_names_make_no_header_and_no_line_of_the_log(keeper, session, capfd):
    name = "a\r\nSet-Cookie: x=1.csv"
    answer = check(keeper, as_csv([["1", "A\r\nSet-Cookie: x=1", "dinkes-1"]]), name)
    assert answer.status_code == 422 and "x=1" not in str(answer.headers)
    assert count(session) == 0 and session.scalars(select(Event).where(Event.thing == "application")).all() == []
    written = "".join(capfd.readouterr())
    assert not any(line.startswith("Set-Cookie") for line in written.splitlines())
