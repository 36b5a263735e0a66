"""What the workbook of an agency looks like: sheets, columns, and the marks by which a returned one is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from assessments.canonical import digest
from assessments.instruments import Item
from assessments.models import Contribution, Submission

HELP, ROWS, PROOFS, MARKS = "Petunjuk", "Isian", "Bukti", "Penanda"
KIND = "isian-spbe-1"  # the first mark: what this file is, and how it is laid out
ID, NUMBER, NAME, CRITERIA, STATE, CHANGED, REVISION = (
    "ID", "No.", "Indikator", "Kriteria", "Status", "Perubahan terakhir", "Revisi"
)
VALUE, FACTS, ANALYSIS = "Capaian", "Fakta", "Analisis"
# In the order of the sheet; widths in letters.
COLUMNS = {
    ID: 11, NUMBER: 6, NAME: 28, CRITERIA: 42, VALUE: 10, FACTS: 62, ANALYSIS: 62, STATE: 16, CHANGED: 24, REVISION: 8,
}
WRITABLE = {VALUE: "value", FACTS: "facts", ANALYSIS: "analysis"}
LOCKED = (NUMBER, NAME, CRITERIA, STATE, CHANGED, REVISION)


@dataclass(frozen=True)
class Head:
    """What the first sheet says: of which round and agency, made when, to be back by when (instants in words)."""

    period: str
    title: str
    agency: str
    agency_name: str
    instrument: str
    made: str
    closes: str


@dataclass(frozen=True)
class Line:
    """One item as it goes out. `state` and `changed` are words; a line that is not `open` is locked as a whole."""

    id: str
    item: Item
    value: Fraction | None
    facts: str
    analysis: str
    state: str
    changed: str
    revision: int
    open: bool


@dataclass(frozen=True)
class Proof:
    """A piece of cited evidence, to be read only."""

    code: str
    item: str
    title: str
    place: str
    levels: str
    source: str


def row_id(submission: int, item: str) -> str:
    """The id of a row: it names the part too, so that a row of another agency or round is known as such."""
    return f"{submission}-{item}"


def fingerprint(text: str) -> str:
    """16 hex digits that stand for a text."""
    return digest(text.encode("utf-8", "surrogatepass"))[:16]


def plain(text: str) -> str:
    """A locked text, whatever its blanks and line ends became on the way."""
    return " ".join(text.split())


def value_text(value: Fraction | None) -> str:
    """A value as marks and stored lines write it: "3", "5/2", or nothing."""
    return "" if value is None else str(value)


def criteria_text(item: Item) -> str:
    """What each level asks, one line for each."""
    return "\n".join(f"{level.value}. {item.criteria[level.value]}" for level in item.scale.levels if level.value in item.criteria)


def locked_texts(line: Line) -> dict[str, str]:
    """What stands in the locked columns of a line."""
    return {
        NUMBER: line.item.number, NAME: line.item.name, CRITERIA: criteria_text(line.item), STATE: line.state,
        CHANGED: line.changed, REVISION: str(line.revision),
    }


def writable_texts(line: Line | Contribution) -> dict[str, str]:
    """What is compared of the columns a person may change."""
    return {"value": value_text(line.value), "facts": line.facts, "analysis": line.analysis}


def in_order(submission: Submission, codes: Sequence[str]) -> list[str]:
    """Items as their numbers, in the order of the instrument."""
    return [item.number for item in submission.period.instrument.items if item.code in set(codes)]
