"""What came back: which rows a person changed, and every cell that cannot be taken, by its place.

The file is a stranger's. It is read within bounds, and refused as a whole when it is no workbook of this part of this
round; a single row that says something impossible is refused alone.
"""

import re
from collections import Counter
from dataclasses import asdict, dataclass, field

from assessments.exchange.tables import Limits, Row
from assessments.exchange.workbooks import NamedSheet, read_sheets
from assessments.instruments import Instrument, Item
from assessments.instruments.scales import Scale, quoted
from assessments.models import Submission
from assessments.models.assessment import TEXT_LIMIT
from assessments.refusal import Refused
from assessments.texts import clean

from .shape import (
    ANALYSIS,
    COLUMNS,
    FACTS,
    ID,
    KIND,
    LOCKED,
    MARKS,
    ROWS,
    VALUE,
    WRITABLE,
    fingerprint,
    plain,
    row_id,
    value_text,
)

LIMITS = Limits(bytes=5_000_000, rows=500, columns=40, cells=40_000, cell=40_000, text=6_000_000, inflated=30_000_000, head=20)
HEAD_WITHIN = 10  # rows in which the one with the names of the columns is looked for
AGAIN = "Unduh buku kerja yang baru, lalu pindahkan tulisan Anda ke sana."
TOO_LARGE = "Berkas terlalu besar: paling besar 5 MB. Hapus gambar atau lembar tambahan dari buku kerja ini."
LOOKS_DECIMAL = re.compile(r"[0-9]{1,6}\.[0-9]{9,20}")


@dataclass(frozen=True)
class Place:
    """Why a row, or a cell of it, is refused. `line` 0 is the whole sheet."""

    line: int
    column: str
    sentence: str

    @property
    def where(self) -> str:
        parts = ([f"Baris {self.line}"] if self.line else []) + ([f"kolom {self.column}"] if self.column else [])
        return ", ".join(parts) or f"Lembar {ROWS}"


@dataclass(frozen=True)
class Said:
    """What a person changed in one row: {part: text} of the changed cells alone, and the marks of what stood there."""

    line: int
    item: str
    parts: dict[str, str]
    marks: dict[str, str]


@dataclass
class Returned:
    """A workbook as it was read. `same` counts the rows that came back as they went out."""

    said: list[Said] = field(default_factory=list)
    refused: list[Place] = field(default_factory=list)
    same: int = 0

    def stored(self) -> list[dict]:
        """As lines that a row of the database keeps."""
        return [{"said": asdict(each)} for each in self.said] + [{"refused": asdict(each)} for each in self.refused]


def stored_lines(lines: list[dict]) -> tuple[list[Said], list[Place]]:
    """What `Returned.stored` gave."""
    return ([Said(**each["said"]) for each in lines if "said" in each],
            [Place(**each["refused"]) for each in lines if "refused" in each])


@dataclass(frozen=True)
class Whose:
    """The part a workbook has to belong to, read before the file is, so that no transaction waits for it."""

    submission: int
    period: str
    agency: str
    instrument: Instrument

    @classmethod
    def of(cls, submission: Submission) -> "Whose":
        period = submission.period
        return cls(submission.id, period.slug, submission.organization.slug, period.instrument)


def read_returned(content: bytes, name: str, whose: Whose) -> Returned:
    """What the file says of this part.

    Raises `Refused` for a file that cannot be read, is another kind of file, or belongs to another round, agency or
    edition of the instrument.
    """
    _must_be_a_workbook(content, name)
    sheets = read_sheets(content, LIMITS, (ROWS, MARKS))
    marks = _marks(sheets, whose)
    if ROWS not in sheets or not sheets[ROWS].rows:
        raise Refused(f"Lembar {ROWS} tidak ada di berkas ini. {AGAIN}", field="file")
    head, columns = _columns(sheets[ROWS])
    found = Returned()
    missing = [name for name in (ID, *WRITABLE, *LOCKED) if name not in columns]
    if missing:
        raise Refused(f"Kolom {', '.join(missing)} tidak ditemukan pada lembar {ROWS}. {AGAIN}", field="file")
    for at, cell in enumerate(head.cells):
        if cell and cell not in COLUMNS:
            found.refused.append(Place(head.line, quoted(cell)[1:-1], "Kolom ini bukan kolom buku kerja, jadi tidak dibaca."))
        elif cell and columns[cell] != at:
            raise Refused(f"Kolom {cell} ada dua kali pada lembar {ROWS}. Hapus salah satunya.", field="file")
    _rows(sheets[ROWS], head, columns, marks, whose, found)
    return found


def _must_be_a_workbook(content: bytes, name: str) -> None:
    if not content.strip(b"\0 \r\n\t"):
        raise Refused("Berkas ini kosong.", field="file")
    if len(content) > LIMITS.bytes:
        raise Refused(TOO_LARGE, field="file")
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused("Berkas ini buku kerja lama (.xls) atau terkunci kata sandi. Simpan ulang sebagai .xlsx tanpa kata sandi.",
                      field="file")
    if not content.startswith(b"PK\x03\x04") or not name.lower().endswith(".xlsx"):
        raise Refused("Yang diterima hanya berkas .xlsx yang diunduh dari halaman ini.", field="file")


def _marks(sheets: dict[str, NamedSheet], whose: Whose) -> dict[str, tuple[str, ...]]:
    """{id of a row: fingerprints}, once it is sure that this is a workbook of this part."""
    rows = sheets[MARKS].rows if MARKS in sheets else []
    first = (*rows[0].cells, "", "", "", "")[:4] if rows else ("", "", "", "")
    kind, period, agency, instrument = first
    if kind != KIND:
        raise Refused("Berkas ini bukan buku kerja isian yang diunduh dari portal, atau lembar tersembunyinya hilang. " + AGAIN,
                      field="file")
    if period != whose.period:
        raise Refused(f"Buku kerja ini dari periode lain ({quoted(period)}). Unduh yang dari periode ini.", field="file")
    if agency != whose.agency:
        raise Refused("Buku kerja ini milik perangkat daerah lain. Tidak ada yang dibaca darinya.", field="file")
    if instrument != whose.instrument.sha256:
        raise Refused(f"Buku kerja ini dibuat dengan instrumen yang lain dari yang berlaku sekarang. {AGAIN}", field="file")
    width = 1 + len(WRITABLE) + len(LOCKED)
    return {row.cells[0]: row.cells for row in rows[1:] if len(row.cells) == width}


def _columns(sheet: NamedSheet) -> tuple[Row, dict[str, int]]:
    """The row with the names of the columns, and {name: place} of ours."""
    for row in sheet.rows[:HEAD_WITHIN]:
        if ID in row.cells and (set(row.cells) & set(WRITABLE)):
            return row, {name: row.cells.index(name) for name in COLUMNS if name in row.cells}
    raise Refused(f"Baris nama kolom ({ID}, {VALUE}, {FACTS}, {ANALYSIS}) tidak ditemukan pada lembar {ROWS}. {AGAIN}", field="file")


def _rows(sheet, head: Row, columns: dict[str, int], marks, whose: Whose, found: Returned) -> None:
    items = {row_id(whose.submission, item.code): item for item in whose.instrument.items}
    rows = [row for row in sheet.rows if row.line > head.line]
    times = Counter(_cell(row, columns[ID]) for row in rows)
    for row in rows:
        id = _cell(row, columns[ID])
        if not id:
            found.refused.append(Place(row.line, ID, "Kosong, jadi baris ini tidak dikenali. Kembalikan ID-nya."))
        elif times[id] > 1:
            others = [str(other.line) for other in rows if _cell(other, columns[ID]) == id and other is not row]
            found.refused.append(Place(row.line, ID, f"{quoted(id)} juga dipakai baris {', '.join(others[:5])}. Sisakan satu baris."))
        elif id not in items or id not in marks:
            if re.fullmatch(r"[0-9]{1,10}-\S+", id) and not id.startswith(f"{whose.submission}-"):
                raise Refused(f"Baris {row.line} milik perangkat daerah atau periode lain ({quoted(id)}). "
                              "Tidak ada yang dibaca dari berkas ini.", field="file")
            found.refused.append(Place(row.line, ID, f"{quoted(id)} tidak dikenal. Kembalikan ID-nya seperti saat diunduh."))
        else:
            _row(row, items[id], columns, marks[id], sheet.formulas, found)


def _row(row: Row, item: Item, columns: dict[str, int], marks: tuple[str, ...], formulas, found: Returned) -> None:
    """One row of ours: refused where a locked cell was changed or a cell is impossible, else what was changed in it."""
    faults: list[Place] = []
    seen = dict(zip((*WRITABLE.values(), *LOCKED), marks[1:], strict=True))
    for name in LOCKED:
        if fingerprint(plain(_cell(row, columns[name]))) != seen[name]:
            faults.append(Place(row.line, name, "Kolom ini terkunci, tetapi isinya diubah. Kembalikan isinya, atau salin "
                                                "tulisan Anda ke buku kerja yang baru diunduh."))
    said: dict[str, str] = {}
    for name, part in WRITABLE.items():
        text = _cell(row, columns[name])
        if (row.line, columns[name] + 1) in formulas:
            faults.append(Place(row.line, name, "Sel ini berisi rumus. Ganti dengan tulisan atau angkanya."))
            continue
        try:
            said[part] = _value(text, item.scale) if part == "value" else _words(text, name, seen[part])
        except Refused as refusal:
            faults.append(Place(row.line, name, " ".join(refusal.sentences)))
    found.refused.extend(faults)
    changed = {part: text for part, text in said.items() if fingerprint(text) != seen[part]}
    if faults:
        return
    if not changed:
        found.same += 1
        return
    found.said.append(Said(row.line, item.code, changed, {part: seen[part] for part in changed}))


def _words(text: str, name: str, seen: str) -> str:
    """Fakta or Analisis. What stood there may be over the limit (a merge puts two texts side by side); new words may not."""
    words = clean(text, LIMITS.text, name)
    return words if fingerprint(words) == seen else clean(words, TEXT_LIMIT, name)


def _value(text: str, scale: Scale) -> str:
    if not text:
        return ""
    typed = text
    if scale.decimals and LOOKS_DECIMAL.fullmatch(text):  # 3.3000000000000003 as programs reckon it
        typed = f"{float(text):.8f}".rstrip("0").rstrip(".")
    try:
        return value_text(scale.parse(typed))
    except Refused:
        places = f" dengan paling banyak {scale.decimals} desimal" if scale.decimals else ""
        raise Refused(f"{quoted(text)} bukan angka {scale.allowed.replace(' sampai ', '–')}{places}.") from None


def _cell(row: Row, at: int) -> str:
    return row.cells[at] if at < len(row.cells) else ""

