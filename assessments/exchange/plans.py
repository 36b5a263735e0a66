"""What an import would do, before it does anything: lines read, lines planned, and what is wrong with which cell."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .tables import Row


@dataclass(frozen=True)
class Record:
    """One line of a file by the names of its columns; texts are trimmed, missing cells are empty."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True)
class Complaint:
    """What is wrong, and where: the line of the file and the column, where one is to blame."""

    line: int
    column: str
    sentence: str


@dataclass(frozen=True)
class Step:
    """One line that will add something or change it: `said` are (what, before, after) for people to read."""

    line: int
    name: str
    said: tuple[tuple[str, str, str], ...]
    record: Record


@dataclass
class Plan:
    """All of an import. It is carried out whole, or, with one complaint, not at all; warnings stop nothing."""

    adds: list[Step] = field(default_factory=list)
    changes: list[Step] = field(default_factory=list)
    same: int = 0
    complaints: list[Complaint] = field(default_factory=list)
    warnings: list[Complaint] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)
    refused_lines: set[int] = field(default_factory=set)

    @property
    def count(self) -> int:
        return len(self.adds) + len(self.changes)

    @property
    def can_be_carried_out(self) -> bool:
        return not self.complaints and self.count > 0

    def complain(self, record: Record, column: str, sentence: str) -> None:
        self.complaints.append(Complaint(record.line, column, sentence))
        self.refused_lines.add(record.line)

    def warn(self, record: Record, column: str, sentence: str) -> None:
        self.warnings.append(Complaint(record.line, column, sentence))

    def refuses(self, record: Record) -> bool:
        """Whether this line was complained of."""
        return record.line in self.refused_lines


def records_of(
    rows: list[Row], columns: Mapping[str, tuple[str, ...]], required: tuple[str, ...]
) -> tuple[list[Record], list[Complaint], list[str]]:
    """(records, complaints, columns that were passed over) of a table whose first row names its columns.

    `columns` maps our name of a column to the names it may bear in a file, compared without case.
    """
    head, *rest = rows
    names = [cell.casefold().replace(" ", "_") for cell in head.cells]
    places: dict[str, int] = {}
    complaints = []
    for ours, theirs in columns.items():
        found = [at for at, name in enumerate(names) if name in theirs]
        if len(found) > 1:
            complaints.append(Complaint(head.line, theirs[0], f"Kolom {theirs[0]} tertulis lebih dari sekali."))
        elif found:
            places[ours] = found[0]
        elif ours in required:
            complaints.append(Complaint(head.line, theirs[0], f"Kepala tabel tidak memuat kolom {theirs[0]}."))
    records = [
        Record(row.line, {ours: row.cells[at] for ours, at in places.items() if at < len(row.cells)}) for row in rest
    ]
    for row in rest:
        if len(row.cells) > len(head.cells):
            complaints.append(
                Complaint(row.line, "", f"Ada {len(row.cells)} sel, padahal kepala tabel {len(head.cells)} kolom.")
            )
    passed_over = [cell for at, cell in enumerate(head.cells) if at not in places.values() and cell]
    return records, complaints, passed_over
