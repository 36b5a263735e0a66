"""Sample evidence: honest about being samples, the same every time, and accepted like any other file."""

import io
import re
from datetime import date

import pypdfium2
import pytest
from openpyxl import load_workbook

from assessments.filetypes import identify
from portal.demo.documents import MARK, make_pdf, make_screenshot, make_sheet

PARAGRAPHS = ["Setiap perangkat daerah menyusun peta rencana. " * 12, "Peninjauan dilakukan setiap tahun."]


def regulation(pages=3):
    return make_pdf("Peraturan Wali Kota tentang Arsitektur SPBE", "21", date(2024, 3, 12), "Wali Kota Denpasar", PARAGRAPHS, pages)


def words(content: bytes) -> list[str]:
    return [re.sub(r"\s+", " ", page.get_textpage().get_text_bounded()) for page in pypdfium2.PdfDocument(content)]


@pytest.mark.parametrize("pages", [1, 2, 7])
def test_a_regulation_has_its_pages_chapters_and_mark(pages):
    pages_read = words(regulation(pages))
    assert len(pages_read) == pages
    assert all(MARK in page for page in pages_read)
    assert "PEMERINTAH KOTA DENPASAR" in pages_read[0]
    assert "NOMOR 21 TAHUN 2024" in pages_read[0]
    assert "BAB I" in pages_read[0]
    assert f"Pasal {pages * 3}" in pages_read[-1]
    assert "12 Maret 2024" in pages_read[-1]
    assert "WALI KOTA DENPASAR" in pages_read[-1]


def test_a_report_has_sections_instead():
    read = " ".join(words(make_pdf("Laporan Evaluasi SPBE", "045/17", date(2025, 1, 2), "Kepala Dinas", PARAGRAPHS)))
    assert "Pendahuluan" in read
    assert "Pasal" not in read


def test_the_same_words_give_the_same_bytes():
    rows = [{"No": 1, "Nama": "Portal", "Sejak": date(2024, 1, 2)}]
    assert regulation() == regulation()
    assert make_screenshot("Layanan") == make_screenshot("Layanan")
    assert make_sheet("Daftar", rows) == make_sheet("Daftar", rows)


@pytest.mark.parametrize(
    ("content", "name"),
    [(regulation(), "a.pdf"), (make_screenshot("Layanan Pengaduan"), "a.png"), (make_sheet("Daftar", [{"No": 1}]), "a.xlsx")],
    ids=["pdf", "png", "xlsx"],
)
def test_samples_are_accepted_as_evidence(content, name):
    assert identify(io.BytesIO(content), name)


def test_a_sheet_holds_its_rows_as_text_and_numbers_never_as_formulas():
    sheet = load_workbook(io.BytesIO(make_sheet("Daftar Aplikasi", [{"No": 1, "Nama": "=1+1"}]))).active
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert rows[0][0] == "Daftar Aplikasi"
    assert rows[1][0] == MARK
    assert rows[3:] == [["No", "Nama"], [1, "=1+1"]]
    assert sheet.cell(5, 2).data_type in ("s", "inlineStr")
