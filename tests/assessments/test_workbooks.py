"""Workbooks from strangers: read when they are honest, refused before they cost anything when they are not."""

import io
import zipfile

import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.exchange.levels import read_levels
from assessments.exchange.tables import Row, read_table
from assessments.instruments import load

SPBE = load("permenpanrb-59-2020")


def complaints_of(content, **more):
    _, complaints = read_levels(content, SPBE, **more)
    assert all(line.startswith("Baris ") and line.isprintable() and len(line) < 220 for line in complaints)
    return complaints


def workbook(rows, **options):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, **options}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return stream.getvalue()


def complete_workbook():
    return workbook([["indicator", "level"], *([item.code, 3] for item in SPBE.items)])


def repacked(content, change=None, extra=None, method=zipfile.ZIP_DEFLATED):
    """The same workbook with some parts changed ({name: function of bytes}) and others added ({name: bytes})."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", method) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, (change or {}).get(entry.filename, bytes)(old.read(entry)))
        for name, part in (extra or {}).items():
            new.writestr(name, part)
    return stream.getvalue()


def sheet_with(cells):
    text = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{cells}</sheetData></worksheet>'
    return repacked(complete_workbook(), {"xl/worksheets/sheet1.xml": lambda _: text.encode()})


def test_numbers_of_a_workbook_count_as_what_they_are():
    rows = [["indicator", "level"], *([item.code, 3.0] for item in SPBE.items)]
    rows[1], rows[2], rows[3] = [1, 4.0], ["02", "5"], [3.0, 2.0]
    values, complaints = read_levels(workbook(rows), SPBE, name="nilai.xlsx")
    assert complaints == [] and [values[code] for code in ("I01", "I02", "I03", "I04")] == [4, 5, 2, 3]


def test_a_workbook_gets_complaints_with_its_rows():
    rows = [["indicator", "level"], *([item.code, 3] for item in SPBE.items)]
    rows[1][1], rows[2][1], rows[3][1], rows[4][1], rows[5][1] = 2.5, True, 1e300, "III", None
    rows.insert(3, [])
    assert [line.split(" tidak ")[0] for line in complaints_of(workbook(rows))] == [
        "Baris 2: indikator 1: Nilai “2.5”",
        "Baris 3: indikator 2: Nilai “TRUE”",
        "Baris 5: indikator 3: Nilai “1e+300”",
        "Baris 6: indikator 4: Nilai “III”",
        "Baris 7: nilai indikator 5",
    ]


def test_the_first_visible_sheet_is_read():
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        hidden, shown = book.add_worksheet("A"), book.add_worksheet("B")
        hidden.write(0, 0, "tersembunyi")
        shown.write(0, 0, "terlihat")
        shown.activate()
        hidden.hide()
    assert read_table(stream.getvalue()) == [Row(1, ("terlihat",))]


def test_a_workbook_that_unpacks_to_hundreds_of_megabytes_is_refused_unread():
    zeros = b"0" * 1_000_000
    bomb = repacked(complete_workbook(), extra={f"xl/media/{n}.xml": zeros for n in range(50)})
    assert len(bomb) < 200_000
    assert complaints_of(bomb) == ["Baris 1: isi buku kerja terlalu besar setelah dibuka."]


def test_a_workbook_that_lies_about_its_unpacked_size_is_measured_anyway():
    honest = repacked(complete_workbook(), extra={"xl/big.xml": b"0" * 9_000_000})
    lying = honest.replace((9_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != honest
    assert complaints_of(lying) == ["Baris 1: isi buku kerja terlalu besar setelah dibuka."]


def test_a_workbook_with_a_hundred_thousand_parts_is_refused():
    many = repacked(complete_workbook(), extra={f"x{n}": b"" for n in range(500)})
    assert complaints_of(many) == ["Baris 1: isi buku kerja terlalu besar setelah dibuka."]


def test_two_cells_in_opposite_corners_do_not_reserve_the_whole_sheet():
    row = complaints_of(
        sheet_with('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>')
    )
    assert row == ["Baris 1048576: jumlah baris melebihi batas 2.000."]
    column = complaints_of(sheet_with('<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>'))
    assert column == ["Baris 1: jumlah kolom melebihi batas 30."]


def test_empty_styled_cells_far_away_do_no_harm():
    assert read_table(sheet_with('<row r="1"><c r="A1"><v>1</v></c></row><row r="9"><c r="XFD9" s="0"/></row>')) == [
        Row(1, ("1",))
    ]


def test_one_long_text_shared_by_many_cells_is_counted_each_time():
    text = (
        "<sst xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><si><t>"
        + "a" * 30_000
        + "</t></si></sst>"
    ).encode()
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 1500))
    content = repacked(sheet_with(cells), {"xl/sharedStrings.xml": lambda _: text})
    (told,) = complaints_of(content)
    assert told.endswith("teks pada buku kerja terlalu banyak.")


def test_document_types_and_entities_are_refused():
    laughs = b'<!DOCTYPE sst [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><sst><si><t>&b;</t></si></sst>'
    for part in (laughs, b'<!DOCTYPE sst SYSTEM "file:///etc/passwd"><sst/>'):
        content = repacked(complete_workbook(), {"xl/sharedStrings.xml": lambda _, part=part: part})
        assert complaints_of(content) == ["Baris 1: buku kerja memuat definisi dokumen XML yang tidak diterima."]


def test_parts_with_climbing_names_are_of_no_consequence():
    content = repacked(complete_workbook(), extra={"../../naik.xml": b"<a/>", "/mutlak.bin": b"x"})
    assert complaints_of(content) == []


def test_a_zip_that_is_no_workbook_is_told():
    assert complaints_of(repacked(complete_workbook(), {"xl/workbook.xml": lambda _: b"<x"})) == [
        "Baris 1: buku kerja rusak atau bukan XLSX; simpan ulang dari aplikasi spreadsheet."
    ]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("surat.txt", "halo")
    assert complaints_of(stream.getvalue()) == ["Baris 1: berkas ini bukan buku kerja XLSX."]


GOOD = complete_workbook()


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=8),
    st.integers(0, len(GOOD)),
)
def test_a_damaged_workbook_is_read_or_complained_of_never_a_crash(flips, cut):
    content = bytearray(GOOD)
    for place, byte in flips:
        content[place] = byte
    for damaged in (bytes(content), GOOD[:cut]):
        complaints_of(damaged)


def test_an_empty_workbook_is_an_empty_file():
    assert complaints_of(workbook([])) == ["Baris 1: berkas kosong."]


def test_too_many_cells_are_refused_wherever_they_stand():
    same_place = '<row r="1">' + '<c r="A1"><v>1</v></c>' * 100_001 + "</row>"
    assert complaints_of(sheet_with(same_place)) == ["Baris 1: buku kerja mempunyai terlalu banyak sel."]
