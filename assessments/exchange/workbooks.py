"""Reading the first visible sheet of a stranger's XLSX without being drowned by it.

A small file can unpack to gigabytes, and two cells at opposite corners of a sheet make the fast reader reserve room for
all cells between them. So the parts are unpacked here under a bound, looked through with a streaming XML parser, packed
again without compression, and only then given to calamine, which sees nothing that was not counted before.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from xml.parsers import expat

from assessments.exchange.tables import Limits, Row, Unreadable, keep, thousands

_BROKEN = "buku kerja rusak atau bukan XLSX; simpan ulang dari aplikasi spreadsheet."
_ENCRYPTED = 0x1
_CHUNK = 1 << 16
_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")


@dataclass(frozen=True)
class NamedSheet:
    """One sheet: its rows, and the places (row, column; from 1) of cells that hold a formula."""

    rows: list[Row]
    formulas: frozenset[tuple[int, int]]


def read_workbook(content: bytes, limits: Limits) -> list[Row]:
    """The rows of the first visible sheet; numbers that are whole come as "3", dates as "2021-09-01"."""
    parts, _formulas = _opened(content, limits)
    rows: list[Row] = []
    for line, cells in enumerate(_cells(_pack(parts)), 1):
        keep(rows, line, [_text(cell) for cell in cells], limits)
    return rows


def read_sheets(content: bytes, limits: Limits, names: Collection[str]) -> dict[str, NamedSheet]:
    """The sheets of these names that are there, hidden ones too. A row's first cell is column A, whatever is empty."""
    parts, formulas = _opened(content, limits)
    places = _parts_of_sheets(parts)
    found = {}
    for name, (first, lines) in _named_cells(_pack(parts), names).items():
        rows: list[Row] = []
        for line, cells in enumerate(lines, 1):
            keep(rows, line, [""] * first + [_text(cell) for cell in cells], limits)
        found[name] = NamedSheet(rows, formulas.get(places.get(name, ""), frozenset()))
    return found


def _opened(content: bytes, limits: Limits) -> tuple[dict[str, bytes], dict[str, frozenset[tuple[int, int]]]]:
    parts = _unpack(content, limits)
    if "xl/workbook.xml" not in parts:
        raise Unreadable(1, "berkas ini bukan buku kerja XLSX.")
    return parts, _look_through(parts, limits)


def _parts_of_sheets(parts: dict[str, bytes]) -> dict[str, str]:
    """{name of a sheet: name of its part}"""
    targets = {at.get("Id", ""): at.get("Target", "") for _name, at in _elements(parts.get("xl/_rels/workbook.xml.rels", b"<none/>"))}
    found = {}
    for name, attributes in _elements(parts["xl/workbook.xml"]):
        if name == "sheet":
            id = next((text for key, text in attributes.items() if key.rpartition(":")[2] == "id"), "")
            target = targets.get(id, "")
            found[attributes.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return found


def _elements(part: bytes) -> list[tuple[str, dict[str, str]]]:
    """Every element of a part that was looked through before, with its attributes."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: found.append((name.rpartition(":")[2], attributes))
    try:
        parser.Parse(part, True)
    except (expat.ExpatError, ValueError, LookupError):
        raise Unreadable(1, _BROKEN) from None
    return found


def _unpack(content: bytes, limits: Limits) -> dict[str, bytes]:
    """The XML parts by name, counting the bytes that really come out, whatever the directory claims."""
    parts: dict[str, bytes] = {}
    left = limits.inflated
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            entries = packed.infolist()
            if len(entries) > limits.parts or sum(entry.file_size for entry in entries) > limits.inflated:
                raise Unreadable(1, "isi buku kerja terlalu besar setelah dibuka.")
            for entry in entries:
                if entry.flag_bits & _ENCRYPTED:
                    raise Unreadable(1, "buku kerja terkunci kata sandi.")
                if not entry.filename.endswith((".xml", ".rels")):
                    continue
                if entry.filename in parts:
                    raise Unreadable(1, _BROKEN)
                parts[entry.filename] = _inflate(content, entry, left)
                left -= len(parts[entry.filename])
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, NotImplementedError, OverflowError):
        raise Unreadable(1, _BROKEN) from None
    return parts


def _inflate(content: bytes, entry: zipfile.ZipInfo, left: int) -> bytes:
    """The real bytes of one entry, at most `left`; read from its place in the file, not through its declared size."""
    head = content[entry.header_offset : entry.header_offset + 30]
    if len(head) < 30 or head[:4] != b"PK\x03\x04":
        raise Unreadable(1, _BROKEN)
    start = entry.header_offset + 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
    stored = content[start : start + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        inflated = stored
    elif entry.compress_type == zipfile.ZIP_DEFLATED:
        stream = zlib.decompressobj(-zlib.MAX_WBITS)
        inflated = stream.decompress(stored, left + 1)
    else:
        raise Unreadable(1, _BROKEN)
    if len(inflated) > left:
        raise Unreadable(1, "isi buku kerja terlalu besar setelah dibuka.")
    return inflated


def _pack(parts: dict[str, bytes]) -> io.BytesIO:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    packed.seek(0)
    return packed


def _look_through(parts: dict[str, bytes], limits: Limits) -> dict[str, frozenset[tuple[int, int]]]:
    """Refuse what would cost too much to read: far cells, too many cells, too much text, document types.

    Gives the places of formulas by part.
    """
    formulas = {}
    seen = {name: _Part(limits).read(part) for name, part in parts.items() if b"<si" in part or b":si" in part}
    longest = max((look.texts for look in seen.values()), key=sum, default=[])
    for name, part in parts.items():
        if name not in seen or seen[name].cells:
            formulas[name] = frozenset(_Part(limits, longest).read(part).formulas)
    return formulas


class _Part:
    """One pass over one part, without keeping it: lengths of shared texts, places and total text of filled cells."""

    def __init__(self, limits: Limits, shared: list[int] | None = None):
        self.limits, self.shared = limits, shared or []
        self.texts: list[int] = []
        self.formulas: list[tuple[int, int]] = []
        self.row = self.column = self.cells = self.total = 0
        self.in_cell = self.filled = self.by_number = False
        self.value = ""

    def read(self, part: bytes) -> "_Part":
        if part[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise Unreadable(1, _BROKEN)
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = self._characters, self._doctype
        try:
            for at in range(0, len(part), _CHUNK):
                parser.Parse(part[at : at + _CHUNK], at + _CHUNK >= len(part))
        except (expat.ExpatError, ValueError, LookupError):
            raise Unreadable(1, _BROKEN) from None
        return self

    def _doctype(self, *_):
        raise Unreadable(1, "buku kerja memuat definisi dokumen XML yang tidak diterima.")

    def _start(self, name, attributes):
        name = name.rpartition(":")[2]
        if name == "si":
            self.texts.append(0)
        elif name == "row":
            self.row, self.column = self._whole(attributes.get("r"), self.row + 1), 0
        elif name == "c":
            self.column += 1
            self.cells += 1
            if self.cells > self.limits.cells:
                raise Unreadable(max(self.row, 1), "buku kerja mempunyai terlalu banyak sel.")
            place = _ADDRESS.fullmatch(attributes.get("r", ""))
            if place:
                self.column, self.row = _column(place[1]), int(place[2])
            self.by_number, self.value, self.filled, self.in_cell = attributes.get("t") == "s", "", False, True
        elif name in ("v", "t", "f") and self.in_cell:
            self.filled = True
            if name == "f":
                self.formulas.append((self.row, self.column))

    def _characters(self, text):
        if self.in_cell:
            self.value += text if self.by_number and len(self.value) < 12 else ""
            self._count(len(text))
        elif self.texts:
            self.texts[-1] += len(text)
            self._count(len(text))

    def _end(self, name):
        if name.rpartition(":")[2] != "c" or not self.in_cell:
            return
        self.in_cell = False
        if self.by_number:
            at = self._whole(self.value, 0)
            self._count(self.shared[at] if at < len(self.shared) else 0)
        if not self.filled:
            return
        if self.row > self.limits.rows + 1000:
            raise Unreadable(self.row, f"jumlah baris melebihi batas {thousands(self.limits.rows)}.")
        if self.column > self.limits.columns:
            raise Unreadable(max(self.row, 1), f"jumlah kolom melebihi batas {self.limits.columns}.")

    def _count(self, length):
        self.total += length
        if self.total > self.limits.text:
            raise Unreadable(max(self.row, 1), "teks pada buku kerja terlalu banyak.")

    @staticmethod
    def _whole(text, otherwise):
        return int(text) if text and re.fullmatch("[0-9]{1,9}", text) else otherwise


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _cells(packed: io.BytesIO) -> list[list]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    with _reading():
        workbook = _calamine(packed)
        for sheet in workbook.sheets_metadata:
            if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet:
                return list(workbook.get_sheet_by_name(sheet.name).iter_rows())
    raise Unreadable(1, "buku kerja tidak mempunyai lembar yang terlihat.")


def _named_cells(packed: io.BytesIO, names: Collection[str]) -> dict[str, tuple[int, list[list]]]:
    """{name: (empty columns before the first cell, rows)}"""
    found = {}
    with _reading():
        workbook = _calamine(packed)
        for name in workbook.sheet_names:
            if name in names:
                sheet = workbook.get_sheet_by_name(name)
                found[name] = (sheet.start[1] if sheet.start else 0, list(sheet.iter_rows()))
    return found


def _calamine(packed: io.BytesIO):
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_filelike(packed)


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # a panic inside the reader is no Exception
        raise Unreadable(1, _BROKEN) from None


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    return str(cell)
