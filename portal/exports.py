"""Tables as workbooks. A text is always a text: whatever it begins with, no program takes it for a formula or a link."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import xlsxwriter
from flask import Response, make_response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PLAIN = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
LONGEST = 32_767  # letters a cell can hold


@dataclass(frozen=True)
class Column:
    """One column: its head, its width in letters, and how its numbers are shown."""

    label: str
    width: int = 12
    shown: str = "0.00"


@dataclass(frozen=True)
class Sheet:
    """One table: its name, its columns, its rows. A cell is text, a number, a day or nothing."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence]


def workbook(*sheets: Sheet) -> bytes:
    """The sheets as one XLSX file; heads stay in sight and are printed on every page."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, PLAIN) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 2})
        text = book.add_format({"text_wrap": True, "valign": "top"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            page.set_paper(9)
            page.set_landscape()
            page.repeat_rows(0)
            page.freeze_panes(1, 0)
            formats = [book.add_format({"num_format": column.shown, "valign": "top"}) for column in sheet.columns]
            for at, column in enumerate(sheet.columns):
                page.set_column(at, at, column.width)
                page.write_string(0, at, column.label, head)
            for line, row in enumerate(sheet.rows, start=1):
                for at, cell in enumerate(row):
                    _write(page, line, at, cell, formats[at], text)
    return out.getvalue()


def _write(page, line: int, at: int, cell, number, text) -> None:
    if cell is None or cell == "":
        page.write_blank(line, at, None, text)
    elif isinstance(cell, (int, float, Fraction)) and not isinstance(cell, bool):
        page.write_number(line, at, float(cell), number)
    elif isinstance(cell, date):
        page.write_string(line, at, cell.isoformat(), text)
    else:
        page.write_string(line, at, str(cell)[:LONGEST], text)


def as_download(content: bytes, name: str) -> Response:
    """A workbook that is saved, never opened in the page; its name holds only what an address holds."""
    response = make_response(content)
    response.headers["Content-Type"] = XLSX
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
