"""S26, the file: what goes out can be worked in and harms nobody; what comes back is read whole or refused by its cell."""

import io
import zipfile
from fractions import Fraction

import openpyxl
import pytest

from assessments import answering
from assessments.exchange.agency_workbook.making import make_workbook
from assessments.exchange.agency_workbook.reading import LIMITS, Whose, read_returned
from assessments.exchange.agency_workbook.shape import Head, Line, row_id
from assessments.instruments import load
from assessments.refusal import Refused
from tests import builders as build
from tests.portal.agency_pages import answer, answer_of, as_operator, begun, statements
from tests.portal.workbook_pages import (
    COLUMN,
    PAGE,
    applied,
    brought_back,
    edited,
    filled,
    opened,
    row_of,
    saved,
    shown,
    stored_workbooks,
    taken,
)

DECIMAL = load("permenpanrb-8-2026")
HOSTILE = (
    "=1+1", "+CMD|' /C calc'!A0", "-2+3", "@SUM(1;2)", "＝1+1", " =1", "=HYPERLINK(\"http://x\")", "{=1}", "'=1", "#REF!",
    "\u202ebidi\u202c \u200bnol", "😀👩🏽‍🚀 ꦗꦮ العربية", "_x0041_ dan _x000D_", "baris satu\n\n\tbaris dua", "http://contoh.invalid/a b", "1e3", "003",
    "<script>alert(1)</script> & \"'", "TRUE", "2026-01-05", "' OR 1=1--", "{{7*7}}",
)


@pytest.fixture
def where(client, session):
    made = begun(session)
    as_operator(client, session, made)
    return made


def said(session, where, code="I12"):
    return stored_workbooks(session)[-1].lines


# ---------------------------------------------------------------- out


def test_the_workbook_holds_the_items_of_the_agency_with_drop_downs_and_locked_columns(client, session, where):
    build.answered(session, where.city, where.period, "I12")
    session.commit()
    book = opened(taken(client))
    assert book.sheetnames == ["Petunjuk", "Isian", "Bukti", "Penanda"]
    assert [book[name].sheet_state for name in book.sheetnames] == ["visible", "visible", "visible", "veryHidden"]
    sheet = book["Isian"]
    assert [cell.value for cell in sheet[1]] == list(COLUMN)
    row = row_of(book, "I12")
    value, facts, state = (sheet.cell(row, COLUMN[name]) for name in ("Capaian", "Fakta", "Status"))
    assert (value.value, facts.value, state.value) == (3, "Fakta contoh.", "Siap diperiksa")
    assert "operator kota-contoh" in sheet.cell(row, COLUMN["Perubahan terakhir"]).value
    assert sheet.protection.sheet and not value.protection.locked and not facts.protection.locked and state.protection.locked
    assert facts.number_format == "@" and facts.alignment.wrap_text
    choice = next(each for each in sheet.data_validations.dataValidation if value.coordinate in each.sqref)
    assert (choice.type, choice.formula1) == ("list", '"1,2,3,4,5"')
    assert [cell.value for cell in book["Bukti"][2]][:3] == ["12.a", "12", "Peraturan contoh"]
    told = "\n".join(str(cell) for line in book["Petunjuk"].iter_rows(values_only=True) for cell in line if cell)
    assert "Badan Perencanaan Pembangunan Daerah" in told and "WITA" in told and "Batas akhir" in told
    assert [cell.value for cell in book["Penanda"][1]][:4] == ["isian-spbe-1", "2026", "bappeda", where.period.instrument_sha]


def test_items_of_others_are_not_in_it_and_closed_rows_are_locked(client, session, where):
    build.ready(session, where.city, where.period)
    session.commit()
    sheet = opened(taken(client))["Isian"]
    assert sheet.max_row == 3
    assert sheet.cell(2, COLUMN["Fakta"]).protection.locked


def test_IN_07_hostile_texts_are_texts_and_come_back_as_they_were(client, session, where):
    for text in HOSTILE:
        written = answer_of(session, where)
        answering.answer(written, where.city.actor("operator"), Fraction(2), text, text, written.version)
        session.commit()
        out = taken(client)
        book = openpyxl.load_workbook(io.BytesIO(out))
        cell = book["Isian"].cell(row_of(book, "I12"), COLUMN["Fakta"])
        assert (cell.data_type, cell.value.replace("_x005F_", "_")) == ("s", written.facts), text
        assert brought_back(client, out).headers["Location"] == PAGE, text
        with zipfile.ZipFile(io.BytesIO(out)) as parts:
            assert not any(b"<f>" in parts.read(name) for name in parts.namelist() if "worksheets/" in name)
            assert not any("externalLink" in name for name in parts.namelist())
        if "_x0041_" not in text:  # the other program does not read this escape
            assert brought_back(client, saved(book)).headers["Location"] == PAGE, text


def test_a_text_of_four_thousand_letters_comes_back_whole_and_one_more_is_refused(client, session, where):
    longest = ("Kalimat panjang berisi huruf é dan 😀.\n" * 200)[:3999] + "x"
    address, page = shown(client, filled(taken(client), I12={"Fakta": longest}, I01={"Fakta": longest + "y"}))
    assert "Baris 2, kolom Fakta" in page and "Fakta terlalu panjang: 4001 karakter, paling banyak 4000." in page
    applied(client, address, "I12")
    assert answer_of(session, where).facts == longest
    assert "kolom Fakta" in shown(client, filled(taken(client), I01={"Fakta": "z" * 32_767}))[1]


def test_a_decimal_instrument_asks_for_numbers_within_its_range():
    item = DECIMAL.items[0]
    head = Head("2026", "Evaluasi", "bappeda", "Bappeda", DECIMAL.sha256, "hari ini", "besok")
    lines = [Line(row_id(7, item.code), item, Fraction(5, 2), "Fakta.", "", "Sedang diisi", "", 3, True)]
    content = make_workbook(head, lines, [])
    book = opened(content)
    rule = next(each for each in book["Isian"].data_validations.dataValidation if each.type == "decimal")
    assert (rule.formula1, rule.formula2) == ("1", "5") and book["Isian"]["E2"].value == 2.5
    whose = Whose(7, "2026", "bappeda", DECIMAL)
    for typed, stored in ((3.25, "13/4"), ("2,5", None), ("4.75", "19/4"), (3.3000000000000003, "33/10"), (5, "5")):
        book["Isian"]["E2"].value = typed
        read = read_returned(saved(book), "isian.xlsx", whose)
        assert [each.parts for each in read.said] == ([{"value": stored}] if stored else []), typed
    for typed in (0.99, 5.01, 3.255, "tiga", True):
        book["Isian"]["E2"].value = typed
        (place,) = read_returned(saved(book), "isian.xlsx", whose).refused
        assert place.where == "Baris 2, kolom Capaian" and "bukan angka 1,00–5,00 dengan paling banyak 2 desimal" in place.sentence


# ---------------------------------------------------------------- cells that are refused


@pytest.mark.parametrize("typed", ["tiga", "III", "3-4", 0, 6, 99, -1, 2.5, "2,5", "0x3", "٣", "３", "NaN", True, "3.0", "[3]",
                                   2**31, 2**63, 1e300, "1" * 400, "null"])
def test_N_X14_what_is_no_level_is_refused_by_its_cell(client, session, where, typed):
    page = shown(client, filled(taken(client), I12={"Capaian": typed}))[1]
    assert "Baris 3, kolom Capaian" in page and "bukan angka 1–5." in page
    if typed == "tiga":
        assert "“tiga” bukan angka 1–5." in page


@pytest.mark.parametrize("typed", [4, 4.0, "4", " 4 "])
def test_X14_a_level_counts_whatever_a_program_saves_it_as(client, session, where, typed):
    address, _page = shown(client, filled(taken(client), I12={"Capaian": typed}))
    applied(client, address, "I12")
    assert answer_of(session, where).value == 4


def test_dates_and_numbers_typed_as_text_of_an_answer_are_kept_as_they_read(client, session, where):
    from datetime import datetime

    address, _page = shown(client, filled(taken(client), I12={"Fakta": 2026.0, "Analisis": datetime(2026, 1, 5)}))
    applied(client, address, "I12")
    assert (answer_of(session, where).facts, answer_of(session, where).analysis) == ("2026", "2026-01-05")


def test_X8_a_formula_is_refused_by_its_cell_whatever_it_last_showed(client, session, where):
    page = shown(client, filled(taken(client), I12={"Capaian": "=2+1", "Fakta": "=cmd|'/C calc'!A0"}))[1]
    assert page.count("Sel ini berisi rumus") == 2 and "kolom Capaian" in page and "kolom Fakta" in page


def test_a_refused_row_is_refused_alone(client, session, where):
    page = shown(client, filled(taken(client), I01={"Capaian": "tiga", "Fakta": "Ikut ditolak."}, I12={"Fakta": "Diterima."}))[1]
    assert "Diterima." in page and "Ikut ditolak." not in page and "1 </b>" not in page


@pytest.mark.parametrize("name", ["No.", "Indikator", "Kriteria", "Status", "Perubahan terakhir", "Revisi"])
def test_locked_cells_that_were_edited_are_named(client, session, where, name):
    answer(client, where.item(), facts="Ada.")
    page = shown(client, filled(taken(client), I12={name: "Siap diperiksa!" if name != "Revisi" else 9, "Fakta": "Baru."}))[1]
    assert f"Baris 3, kolom {name}" in page and "terkunci" in page and "Baru." not in page


def test_X9_X11_ids_that_are_missing_renamed_doubled_or_of_other_items_are_named(client, session, where):
    out = taken(client)
    id = opened(out)["Isian"]["A3"].value
    for change, sentence in ((None, "Kosong"), ("entah", "“entah” tidak dikenal"), (id.replace("I12", "I02"), "tidak dikenal"),
                             (id.lower(), "tidak dikenal"), (opened(out)["Isian"]["A2"].value, "juga dipakai baris")):
        def put(book, change=change):
            book["Isian"]["A3"].value = change
            book["Isian"]["F3"].value = "Baru."
        page = shown(client, edited(out, put))[1]
        assert "kolom ID" in page and sentence in page and "Akan berubah" not in page


def test_X9_columns_may_move_and_strange_ones_are_named_but_missing_and_doubled_ones_refuse_the_file(client, session, where):
    out = filled(taken(client), I12={"Fakta": "Pindah kolom."})

    def swapped(book):
        sheet = book["Isian"]
        for row in sheet.iter_rows(min_row=1, max_row=sheet.max_row):
            row[5].value, row[6].value = row[6].value, row[5].value
        sheet.cell(1, 11).value = "Catatan saya"
    address, page = shown(client, edited(out, swapped))
    assert "Pindah kolom." in page and "kolom Catatan saya" in page and "tidak dibaca" in page
    applied(client, address, "I12")
    assert (answer_of(session, where).facts, answer_of(session, where).analysis) == ("Pindah kolom.", "")
    for name, sentence in (("Tulisan", "Kolom Analisis tidak ditemukan"), ("Fakta", "Fakta ada dua kali")):
        def renamed(book, name=name):
            book["Isian"]["G1"].value = name
        refused = brought_back(client, edited(out, renamed))
        assert refused.status_code == 422
        assert sentence in refused.get_data(as_text=True) or "Kolom Analisis tidak ditemukan" in refused.get_data(as_text=True)


# ---------------------------------------------------------------- files that are refused


def refusal(client, content, name="isian.xlsx"):
    sent = brought_back(client, content, name)
    assert sent.status_code == 422, sent.status_code
    return sent.get_data(as_text=True)


def marked(content, at, text):
    return edited(content, lambda book: setattr(book["Penanda"].cell(1, at), "value", text))


def test_X12_X13_workbooks_of_another_round_agency_or_instrument_are_refused(app, client, session, where):
    out = taken(client)
    assert "dari periode lain (“2025”)" in refusal(client, marked(out, 2, "2025"))
    assert "milik perangkat daerah lain" in refusal(client, marked(out, 3, "dinkes"))
    assert "instrumen yang lain" in refusal(client, marked(out, 4, "0" * 64))
    assert "bukan buku kerja isian" in refusal(client, marked(out, 1, "lain"))
    assert "bukan buku kerja isian" in refusal(client, edited(out, lambda book: book.remove(book["Penanda"])))
    assert "Lembar Isian tidak ada" in refusal(client, edited(out, lambda book: setattr(book["Isian"], "title", "Lembar1")))
    foreign = edited(out, lambda book: setattr(book["Isian"]["A3"], "value", "999-I12"))
    assert "Baris 3 milik perangkat daerah atau periode lain" in refusal(client, foreign)
    assert stored_workbooks(session) == []


def test_X17_X18_files_that_are_no_such_workbook_are_refused(client, session, where):
    out = taken(client)
    plain = openpyxl.Workbook()
    cases = (
        (b"", "isian.xlsx", "kosong"), (b"\0" * 10, "isian.xlsx", "kosong"), (b"\xd0\xcf\x11\xe0" + b"x" * 500, "isian.xlsx", ".xls"),
        (b"<html><table>", "isian.xls", ".xlsx"), (b"a;b\n1;2", "isian.csv", ".xlsx"), (out, "isian.xlsm", ".xlsx"),
        (out[:2000], "isian.xlsx", "rusak"), (saved(plain), "isian.xlsx", "bukan buku kerja isian"),
        (b"PK\x03\x04" + b"x" * 300, "isian.xlsx", "rusak"), (b"%PDF-1.7", "isian.xlsx", ".xlsx"),
    )
    for content, name, sentence in cases:
        assert sentence in refusal(client, content, name), (name, content[:8])
    no_file = client.post(PAGE, data=brought(client))
    assert no_file.status_code == 422 and "Pilih satu berkas .xlsx." in no_file.get_data(as_text=True)
    headless = edited(out, lambda book: book["Isian"].delete_rows(1))
    assert "Baris nama kolom" in refusal(client, headless)


def brought(client):
    from tests.portal.agency_pages import form_of

    return form_of(client, PAGE, "unggah-excel")


def packed(content, change):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, change.get(entry.filename, bytes)(old.read(entry)))
        for name in set(change) - set(old.namelist()):
            new.writestr(name, change[name](b""))
    return out.getvalue()


def test_X1_to_X6_X16_bombs_and_tricks_of_the_format_are_refused_before_they_cost_anything(client, session, where):
    out = taken(client)
    sheet, shared = "xl/worksheets/sheet2.xml", "xl/sharedStrings.xml"
    doctype = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]>'
    row = b'<row r="900000"><c r="XFD900000" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    many = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(10, 100_000))
    tricks = {
        "zeros": {sheet: lambda old: old + b"\0" * 60_000_000},
        "far cell": {sheet: lambda old: old.replace(b"</sheetData>", row)},
        "entities": {shared: lambda old: old.replace(b"<sst", doctype + b"<sst", 1)},
        "rows": {sheet: lambda old: old.replace(b"</sheetData>", many + b"</sheetData>")},
        "long cell": {shared: lambda old: old.replace(b"<t>Kriteria", b"<t>" + b"x" * 1_000_000, 1)},
        "part twice": {"xl/extra/../worksheets/sheet2.xml": lambda old: b"<x>"},
    }
    for name, change in tricks.items():
        sent = brought_back(client, packed(out, change))
        assert sent.status_code in (302, 422), name
        assert name == "part twice" or sent.status_code == 422, name
    many_parts = packed(out, {f"xl/media/{n}.xml": lambda old: b"<a/>" for n in range(400)})
    assert refusal(client, many_parts)
    big = packed(out, {"xl/media/foto.bin": lambda old: __import__("os").urandom(LIMITS.bytes + 10)})
    assert "paling besar 5 MB" in refusal(client, big)
    linked = packed(out, {"xl/externalLinks/externalLink1.xml": lambda old: b"<externalLink/>"})
    assert brought_back(client, linked).headers["Location"] == PAGE


def test_T_texts_that_cannot_be_stored_are_refused_by_their_cell(client, session, where):
    out = filled(taken(client), I12={"Fakta": "tanda di sini"})
    for bad in (b"_x0000_", b"_x001B_"):
        with zipfile.ZipFile(io.BytesIO(out)) as parts:
            name = next(each for each in parts.namelist() if b"tanda di sini" in parts.read(each))
        page = shown(client, packed(out, {name: lambda old, bad=bad: old.replace(b"tanda di sini", bad)}))[1]
        assert "Baris 3, kolom Fakta" in page and "tidak dapat ditampilkan" in page, bad


def test_two_files_at_once_and_a_missing_key_are_refused(client, session, where):
    out = filled(taken(client), I12={"Fakta": "x"})
    fields = brought(client)
    two = client.post(PAGE, data=fields | {"file": [(io.BytesIO(out), "a.xlsx"), (io.BytesIO(out), "b.xlsx")]},
                      content_type="multipart/form-data", buffered=True)
    assert two.status_code == 422 and "satu buku kerja saja" in two.get_data(as_text=True)
    del fields["key"]
    keyless = client.post(PAGE, data=fields | {"file": (io.BytesIO(out), "a.xlsx")}, content_type="multipart/form-data", buffered=True)
    assert keyless.status_code == 422 and stored_workbooks(session) == []


def test_P_names_of_files_are_shown_without_what_turns_or_breaks_them(client, session, where):
    out = filled(taken(client), I12={"Fakta": "x"})
    for name in ("a\u202efdp.xlsx", "x" * 300 + ".xlsx", "<img src=x onerror=alert(1)>.xlsx", "../../etc/passwd.xlsx"):
        sent = brought_back(client, out, name)
        page = client.get(sent.headers["Location"]).get_data(as_text=True)
        assert sent.status_code == 302 and "<img src=x" not in page
        assert stored_workbooks(session)[-1].file_name.isprintable()


def test_reading_needs_no_transaction_and_no_statement(client, session, where):
    content = taken(client)
    whose = Whose.of(build.submission(session, where.period, where.city.agencies["bappeda"]))
    session.rollback()
    with statements() as seen:
        assert read_returned(content, "isian.xlsx", whose).same == 2
        with pytest.raises(Refused):
            read_returned(content[:100], "isian.xlsx", whose)
    assert seen == []
