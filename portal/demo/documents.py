"""Sample evidence of our own: every document says that it is not an official one.

The same arguments give the same bytes. No person is named; offices sign.
"""

import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

import typst
import xlsxwriter
from babel.dates import format_date

MARK = "CONTOH - BUKAN DOKUMEN RESMI"
TEMPLATES = Path(__file__).parent
LEGAL = ("Peraturan", "Keputusan", "Instruksi", "Surat Edaran")
ARTICLES = 3  # articles or sections on a page
MADE = datetime(2026, 1, 1, tzinfo=UTC)
_FONTS = typst.Fonts(include_system_fonts=False)


def make_pdf(title: str, number: str, dated: date, signatory_role: str,
             paragraphs: Sequence[str], pages: int = 2) -> bytes:
    """A document of exactly `pages` A4 pages: Bab and Pasal when the title is that of a regulation,
    numbered sections otherwise. Paragraphs of up to about 600 characters are repeated as needed.
    """
    if not paragraphs or pages < 1:
        raise ValueError("at least one paragraph and one page are needed")
    legal = title.startswith(LEGAL)
    chapters = []
    for page in range(pages):
        first = page * ARTICLES
        chapters.append({
            "name": _chapter_name(page, pages, legal),
            "articles": [paragraphs[n % len(paragraphs)] for n in range(first, first + ARTICLES)],
        })
    content = {"title": title, "number": number, "dated": format_date(dated, "d MMMM y", locale="id"),
               "year": dated.year, "role": signatory_role, "legal": legal, "chapters": chapters,
               "mark": MARK, "per_page": ARTICLES}
    return _typeset("document.typ", content, "pdf")


def _chapter_name(page: int, pages: int, legal: bool) -> str:
    names = (("Ketentuan Umum", "Penyelenggaraan", "Tanggung Jawab", "Pemantauan dan Evaluasi", "Pembiayaan")
             if legal else
             ("Pendahuluan", "Pelaksanaan", "Hasil", "Kendala dan Tindak Lanjut", "Rencana"))
    if page and page == pages - 1:
        return "Ketentuan Penutup" if legal else "Penutup"
    return names[page % len(names)]


def make_screenshot(title: str, rows: Sequence[tuple[str, str]] = ()) -> bytes:
    """A PNG of an application's page with a table of `rows` (name, state)."""
    shown = rows or (("Permohonan diterima", "128"), ("Sedang diproses", "14"),
                     ("Selesai tepat waktu", "109"), ("Dikembalikan untuk dilengkapi", "5"))
    return _typeset("screenshot.typ", {"title": title, "rows": [list(row) for row in shown],
                                       "mark": MARK}, "png")


def make_sheet(title: str, rows: Sequence[Mapping[str, object]]) -> bytes:
    """An XLSX with one sheet: the title, the mark, a header and one line for each row."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False,
                                      "strings_to_urls": False})
    book.set_properties({"title": title, "company": "Pemerintah Kota Denpasar", "comments": MARK,
                         "created": MADE.replace(tzinfo=None)})
    bold = book.add_format({"bold": True, "font_size": 13})
    mark = book.add_format({"italic": True, "font_color": "#9C1C1C"})
    head = book.add_format({"bold": True, "bg_color": "#DCE6F1", "border": 1, "text_wrap": True})
    cell = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    day = book.add_format({"border": 1, "num_format": "dd-mm-yyyy", "valign": "top"})
    sheet = book.add_worksheet("Daftar")
    sheet.write_string(0, 0, title, bold)
    sheet.write_string(1, 0, MARK, mark)
    columns = list(rows[0]) if rows else []
    for at, column in enumerate(columns):
        widest = max(len(column), *(len(str(row.get(column, ""))) for row in rows))
        sheet.set_column(at, at, min(50, widest + 3))
        sheet.write_string(3, at, column, head)
    for line, row in enumerate(rows, start=4):
        for at, column in enumerate(columns):
            value = row.get(column, "")
            sheet.write(line, at, value, day if isinstance(value, date) else cell)
    sheet.freeze_panes(4, 0)
    book.close()
    return made.getvalue()


def _typeset(template: str, content: Mapping[str, object], form: Literal["pdf", "png"]) -> bytes:
    made = typst.compile(TEMPLATES / template, format=form, ppi=96, font_paths=_FONTS, root=TEMPLATES,
                         sys_inputs={"content": json.dumps(content)}, timestamp=int(MADE.timestamp()))
    if not isinstance(made, bytes):
        raise ValueError("a picture has one page")
    return made
