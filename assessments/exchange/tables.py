"""Reading a table from a stranger's file, within limits: CSV text here, workbooks in `workbooks.py`.

What comes out is rows of trimmed text with the line each began on. What cannot be read raises `Unreadable`, a
`Refused` whose sentence starts with the line ("Baris 7: ..."), so that a person finds the place.
"""

import csv
import io
import re
import unicodedata
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from assessments.refusal import Refused

_ZIP, _OLD_OFFICE, _UTF16 = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", (b"\xff\xfe", b"\xfe\xff")
_DELIMITERS = (";", ",", "\t")
_TITLES = 10  # lines of title there may be above the one that names the columns
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00")


@dataclass(frozen=True)
class Limits:
    """How much of a file is read at most.

    `cell` bounds the letters of one cell; of a workbook, `cells` bounds the cells of one sheet, `text` the letters of all,
    `inflated` the unpacked bytes and `parts` the files inside. `head` are rows at the top that `rows` does not count.
    """

    bytes: int = 5_000_000
    rows: int = 5_000
    columns: int = 60
    cells: int = 100_000
    cell: int = 5_000
    text: int = 10_000_000
    inflated: int = 20_000_000
    parts: int = 300
    head: int = 0


@dataclass(frozen=True)
class Row:
    """One row that is not blank: the line (or sheet row) it begins on, counted from 1, and its cells as trimmed text."""

    line: int
    cells: tuple[str, ...]


class Unreadable(Refused):
    """A file, or a place in it, that cannot be read as a table."""

    def __init__(self, line: int, sentence: str):
        super().__init__(f"Baris {line}: {sentence}")
        self.line = line


def read_table(source: Path | str | bytes, name: str = "", limits: Limits = Limits()) -> list[Row]:
    """The rows of a CSV or XLSX file given by its path or its bytes; blank rows are left out.

    Content and extension of `name` (or of the path) must agree. CSV is UTF-8, with or without BOM, or UTF-16 with BOM
    ("Unicode text" of Excel), separated by comma, semicolon or tab. Refused with `Unreadable`: empty, too large, other
    encodings, NUL, broken quotes, other formats.
    OSError passes through when the path cannot be read.
    """
    if isinstance(source, bytes):
        content = source
    else:
        name = name or str(source)
        with open(source, "rb") as file:
            content = file.read(limits.bytes + 1)
    if len(content) > limits.bytes:
        raise Unreadable(1, f"berkas lebih besar daripada batas {limits.bytes // 1000} kB.")
    extension = Path(name.lower()).suffix
    if not content.strip():
        raise Unreadable(1, "berkas kosong.")
    if content.startswith(_OLD_OFFICE):
        raise Unreadable(
            1, "berkas ini buku kerja lama (.xls) atau terkunci kata sandi; simpan ulang sebagai .xlsx atau .csv."
        )
    if content.startswith(_ZIP):
        if extension in (".csv", ".txt", ".tsv"):
            raise Unreadable(1, f"nama berkas berakhiran {extension}, tetapi isinya bukan teks.")
        from assessments.exchange.workbooks import read_workbook

        rows = read_workbook(content, limits)
    elif extension in (".xlsx", ".xlsm", ".xls", ".ods"):
        raise Unreadable(1, f"nama berkas berakhiran {extension}, tetapi isinya bukan buku kerja XLSX yang utuh.")
    else:
        rows = _read_text(content, limits)
    if not rows:
        raise Unreadable(1, "berkas kosong.")
    return rows


def _read_text(content: bytes, limits: Limits) -> list[Row]:
    text = _decoded(content)
    if re.match(r"\s*<(!doctype|html|\?xml|table)", text[:200], re.IGNORECASE):
        raise Unreadable(1, "berkas ini halaman HTML atau XML, bukan CSV; simpan ulang sebagai .csv atau .xlsx.")
    lines = io.StringIO(text, newline=None)  # makes CR and CRLF one kind of line end, inside quotes too
    reader = csv.reader(lines, delimiter=_delimiter(text), strict=True)
    rows: list[Row] = []
    start = 1
    try:
        for cells in reader:
            keep(rows, start, [unguarded(cell.strip()) for cell in cells], limits)
            start = reader.line_num + 1
    except csv.Error:
        raise Unreadable(start, "tanda petik tidak berpasangan, atau satu sel terlalu panjang.") from None
    return rows


def guarded(text: str) -> str:
    """The text, behind an apostrophe where a spreadsheet could take it for a formula; full-width signs count too. One
    that already looks so gets another, so that `unguarded` gives every text back."""
    return f"'{text}" if _a_formula(text) or (text.startswith("'") and _a_formula(text.lstrip("'"))) else text


def unguarded(text: str) -> str:
    """What `guarded` was given."""
    return text[1:] if text.startswith("'") and guarded(text[1:]) == text else text


def _a_formula(text: str) -> bool:
    begins = unicodedata.normalize("NFKC", text[:1])
    return begins in _FORMULA or unicodedata.normalize("NFKC", text.lstrip()[:1]) in _FORMULA


def thousands(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _decoded(content: bytes) -> str:
    """The letters of a file: UTF-16 when its first two bytes say so, else UTF-8."""
    wide = content.startswith(_UTF16)
    try:
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as fault:
        if wide:
            raise Unreadable(1, "berkas UTF-16 ini terpotong atau rusak; simpan ulang sebagai CSV UTF-8.") from None
        if b"\0" not in content:
            line = content[: fault.start].count(b"\n") + 1
            raise Unreadable(
                line, "ada huruf yang tidak tersimpan sebagai UTF-8 (mungkin Windows-1252); simpan ulang sebagai CSV UTF-8."
            ) from None
        text = content.decode("utf-8", "replace")
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise Unreadable(line, "berkas memuat karakter NUL, jadi bukan CSV.")
    return text


def _delimiter(text: str) -> str:
    """The sign that separates the first line that says anything, or, below a line of title, the first that has several;
    quoted parts do not count."""
    said = islice((line for line in io.StringIO(text, newline=None) if line.strip()), _TITLES)
    lines = [re.sub(r'"[^"]*"', "", line) for line in said]
    several = (line for line in lines[1:] if max(map(line.count, _DELIMITERS)) > 1)
    bare = lines[0] if lines else ""
    if not any(map(bare.count, _DELIMITERS)):
        bare = next(several, bare)
    return max(_DELIMITERS, key=bare.count)


def keep(rows: list[Row], line: int, cells: list[str], limits: Limits) -> None:
    """Add one row within the limits; blank rows are passed over, blank cells at the end of a row are cut."""
    trimmed = [cell.strip() for cell in cells]
    while trimmed and not trimmed[-1]:
        trimmed.pop()
    if not trimmed:
        return
    if len(rows) >= limits.rows + limits.head:
        raise Unreadable(line, f"jumlah baris melebihi batas {thousands(limits.rows)}.")
    if len(trimmed) > limits.columns:
        raise Unreadable(line, f"jumlah kolom melebihi batas {limits.columns}.")
    if any(len(cell) > limits.cell for cell in trimmed):
        raise Unreadable(line, f"ada sel yang lebih panjang daripada {limits.cell} huruf.")
    rows.append(Row(line, tuple(trimmed)))
