"""A file of levels: what is read, and every complaint with its line."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.exchange.levels import LIMITS, read_levels
from assessments.exchange.tables import Limits, Row, Unreadable, read_table
from assessments.instruments import load

DENPASAR = Path(__file__).parents[2] / "portal" / "demo" / "levels_kota_denpasar_2021.csv"
SPBE = load("permenpanrb-59-2020")
OLDER = load("permenpanrb-5-2018")
PEMDI = load("permenpanrb-8-2026")


def table(changes=None, *, instrument=SPBE, level="3", header="indicator,level", mark=","):
    """A complete file as text, with the rows of some item codes replaced (None: left out)."""
    rows = {item.code: f"{item.code}{mark}{level}" for item in instrument.items} | (changes or {})
    return "\n".join([header.replace(",", mark), *(row for row in rows.values() if row is not None)]) + "\n"


def complaints_of(content, **more):
    content = content.encode() if isinstance(content, str) else content
    _, complaints = read_levels(content, SPBE, **more)
    assert all(line.startswith("Baris ") and line.isprintable() and len(line) < 220 for line in complaints)
    return complaints


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_comma_semicolon_tab_bom_and_any_line_end_are_read(mark, start, end):
    content = (start + table(mark=mark).replace("\n", end)).encode()
    values, complaints = read_levels(content, SPBE)
    assert complaints == [] and values == {item.code: 3 for item in SPBE.items}


def test_indicators_may_be_written_as_code_or_number():
    rows = {"I01": "1,2", "I02": "02,4", "I03": "i03,1", "I35": " 35 , 5 ", "I47": '"I47","4"'}
    values, complaints = read_levels(table(rows).encode(), SPBE)
    assert complaints == []
    assert [values[code] for code in rows] == [2, 4, 1, 5, 4]


def test_slots_are_written_with_a_dash():
    rows = {"I35-2": "35-2,1", "I35-3": "I35-3,0"}
    values, complaints = read_levels(table(rows, instrument=OLDER).encode(), OLDER)
    assert complaints == [] and (values["I35-2"], values["I35-3"]) == (1, 0)


def test_decimal_levels_are_read_where_the_scale_has_them():
    rows = {"I01": "1;2,5", "I02": "2;1.26"}
    values, complaints = read_levels(table(rows, instrument=PEMDI, mark=";").encode(), PEMDI)
    assert complaints == [] and (values["I01"], values["I02"]) == (Fraction(5, 2), Fraction(63, 50))


def test_other_columns_and_blank_lines_are_passed_over_and_lines_still_count():
    content = (
        "\n\nCatatan,LEVEL,Indicator\n\n"
        + "\n".join(f'"dua\nbaris",3,{item.code}' for item in SPBE.items[:-1])
        + "\nx,9,47\n"
    )
    assert complaints_of(content) == [
        "Baris 97: indikator 47: Nilai “9” tidak dapat dipakai; isi bilangan bulat 1 sampai 5."
    ]


def test_another_column_can_be_named():
    values, complaints = read_levels(DENPASAR, SPBE, column="external")
    assert complaints == [] and values["I02"] == 1 and len(values) == len(SPBE.items)


def test_a_missing_indicator_is_complained_of_at_the_last_line():
    assert complaints_of(table({"I12": None})) == ["Baris 47: berkas berakhir tanpa indikator 12."]


def test_a_duplicate_indicator_names_both_lines():
    assert complaints_of(table() + "1,4\n") == ["Baris 49: indikator 1 tertulis dua kali; yang pertama di baris 2."]


@pytest.mark.parametrize(
    "written", ["48", "0", "I00", "I48", "35-2", "-1", "1.0", "A1", "٣", "１", "I 1", "9" * 400, "1e0"]
)
def test_an_unknown_indicator_is_quoted(written):
    (complaint,) = complaints_of(table() + f"{written},3\n")
    assert complaint.startswith("Baris 49: indikator “") and complaint.endswith("” tidak dikenal.")


def test_a_row_without_an_indicator_is_told():
    assert complaints_of(table() + ",3\n") == ["Baris 49: indikator tidak diisi."]


@pytest.mark.parametrize(
    "level", ["6", "0", "-1", "2.5", "III", "٣", "３", "1e0", "0x3", "NaN", "9" * 400, "TRUE", "=3", "3-4", "3.0"]
)
def test_a_value_beside_the_scale_is_quoted_with_what_is_allowed(level):
    (complaint,) = complaints_of(table({"I05": f"5,{level}"}))
    assert complaint.startswith("Baris 6: indikator 5: Nilai “") and "isi bilangan bulat 1 sampai 5" in complaint


@pytest.mark.parametrize("row", ['5,"2,5"', "5,2,5"])
def test_a_decimal_comma_is_one_complaint_quoted_or_not(row):
    (complaint,) = complaints_of(table({"I05": row}))
    assert complaint.startswith("Baris 6: ")


def test_an_empty_value_is_a_complaint_unless_the_file_may_be_partial():
    assert complaints_of(table({"I05": "5,"})) == ["Baris 6: nilai indikator 5 tidak diisi."]
    assert complaints_of(table({"I05": "5,", "I06": None}), partial=True) == []


def test_all_complaints_come_at_once_in_order():
    content = table({"I02": "2,III", "I03": None, "I04": "4,6"}) + "1,3\n99,1\n"
    assert [line.split(":")[0] for line in complaints_of(content)] == [f"Baris {n}" for n in (3, 4, 48, 49, 49)]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
@pytest.mark.parametrize("delimiter", ["\t", ";", ","])
def test_unicode_text_of_a_spreadsheet_is_read(encoding, delimiter):
    text = table().replace(",", delimiter).replace("\n", "\r\n")
    content = (b"" if encoding == "utf-16" else b"\xfe\xff") + text.encode(encoding)
    assert read_table(content, "a.txt") == read_table(table().encode(), "a.csv")


@pytest.mark.parametrize("content", [b"", b" \r\n\n", b"\xef\xbb\xbf", b";;;\n;;\n", b"\xff\xfe"], ids=repr)
def test_an_empty_file_is_told(content):
    assert complaints_of(content) == ["Baris 1: berkas kosong."]


@pytest.mark.parametrize(
    ("header", "complaint"),
    [
        ("nomor,level", "Baris 1: kepala tabel tidak memuat kolom “indicator”."),
        ("indicator,nilai", "Baris 1: kepala tabel tidak memuat kolom “level”."),
        ("I01,3", "Baris 1: kepala tabel tidak memuat kolom “indicator”."),
        ("indicator,level,Level", "Baris 1: kepala tabel memuat kolom “level” lebih dari sekali."),
    ],
)
def test_a_wrong_header_is_told(header, complaint):
    assert complaint in complaints_of(table(header=header))


def test_a_header_alone_lacks_every_indicator():
    assert len(complaints_of("indicator,level\n")) == len(SPBE.items)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (table().encode("utf-16")[:-1], "Baris 1: berkas UTF-16 ini terpotong atau rusak"),
        (table().encode("utf-16-le"), "Baris 1: berkas memuat karakter NUL"),
        (table().encode("utf-32"), "Baris 1: berkas memuat karakter NUL"),
        (table({"I02": "2,é"}).encode("cp1252"), "Baris 3: ada huruf yang tidak tersimpan sebagai UTF-8"),
        (table({"I02": "2,\0"}).encode(), "Baris 3: berkas memuat karakter NUL"),
        (table({"I02": '2,"3'}).encode(), "Baris 3: tanda petik tidak berpasangan"),
        (table({"I02": '2,"3"4'}).encode(), "Baris 3: tanda petik tidak berpasangan"),
        (table({"I02": "2," + "3" * 5000}).encode(), "Baris 3: ada sel yang lebih panjang"),
        (
            table({"I02": "2," + "3" * 200_000}).encode(),
            "Baris 3: tanda petik tidak berpasangan, atau satu sel terlalu panjang",
        ),
        (table({"I02": "2" + "," * 40 + "3"}).encode(), "Baris 3: jumlah kolom melebihi batas 30"),
        (b"indicator,level\n" + b"1,3\n" * 3000, "Baris 2001: jumlah baris melebihi batas 2.000"),
        (b"indicator,level\n" + b"1,3\n" * 300_000, "Baris 1: berkas lebih besar daripada batas 1000 kB"),
        (b"<html><table><tr><td>1</td></tr></table>", "Baris 1: berkas ini halaman HTML"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "Baris 1: berkas ini buku kerja lama (.xls) atau terkunci"),
        (b"PK\x03\x04 broken", "Baris 1: buku kerja rusak"),
        (b"PK\x05\x06" + b"\0" * 18, "Baris 1: berkas memuat karakter NUL"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(content, complaint):
    (told,) = complaints_of(content)
    assert told.startswith(complaint)


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.csv", b"PK\x03\x04"), ("a.xlsx", table().encode()), ("a.ods", table().encode())],
    ids=["csv", "xlsx", "ods"],
)
def test_name_and_content_must_agree(name, content):
    (told,) = complaints_of(content, name=name)
    assert told.startswith(f"Baris 1: nama berkas berakhiran {Path(name).suffix}")


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_complained_of(content):
    assert complaints_of(content)


@given(st.text(max_size=300))
def test_any_text_is_a_table_or_unreadable(text):
    try:
        rows = read_table(text.encode("utf-8", "surrogatepass"), limits=LIMITS)
    except Unreadable as refusal:
        assert str(refusal).startswith(f"Baris {refusal.line}: ")
    else:
        assert rows and all(row.cells and row.cells[-1] for row in rows)


def test_rows_are_found_for_other_imports_too(tmp_path):
    file = tmp_path / "opd.csv"
    file.write_text('﻿nama;singkatan\n"Dinas ""X""\nKota";DX\n\n  Kecamatan ; \n', encoding="utf-8")
    assert read_table(file) == [
        Row(1, ("nama", "singkatan")),
        Row(2, ('Dinas "X"\nKota', "DX")),
        Row(5, ("Kecamatan",)),
    ]
    with pytest.raises(Unreadable, match="Baris 2: jumlah baris melebihi batas 1"):
        read_table(file, limits=Limits(rows=1))
    with pytest.raises(OSError):
        read_table(tmp_path)
