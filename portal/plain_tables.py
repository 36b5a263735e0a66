"""Tables as CSV. No cell is a formula to any program that opens the file, whatever it begins with."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date

from flask import Response, make_response

from assessments.exchange.tables import guarded


def csv_text(head: Sequence[str], rows: Iterable[Sequence]) -> str:
    """Separated by semicolons, as spreadsheets of Indonesia expect; numbers stay numbers."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(map(guarded, head))
    for row in rows:
        writer.writerow([_cell(cell) for cell in row])
    return out.getvalue()


def _cell(cell) -> object:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return cell
    return guarded(str(cell).replace("\x00", ""))


def as_csv(head: Sequence[str], rows: Iterable[Sequence], name: str) -> Response:
    """A file that is saved, never opened in the page; the mark at its start tells spreadsheets that it is UTF-8."""
    response = make_response(("\ufeff" + csv_text(head, rows)).encode("utf-8", "replace"))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
