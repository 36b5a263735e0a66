"""Remarks of the rules as pages of an agency show them: on one item, and for all of a part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request

from assessments.lint import Finding
from assessments.refusal import Refused
from assessments.waiving import Remarks, Waived

from .answers import Row
from .ladder import where


@dataclass(frozen=True)
class Remark:
    """One remark on the page of its item: `anchor` is where it is mended, `words` what the link says. `typed` is the
    reason that was sent and refused, `faults` say why."""

    n: int
    finding: Finding
    anchor: str
    words: str
    typed: str = ""
    faults: tuple[str, ...] = ()


def shown_remarks(remarks: Remarks, decimal: bool, refused: Refused | None = None) -> list[Remark]:
    """The open remarks of one answer in the order of their weight, numbered for their fields."""
    shown = []
    for n, finding in enumerate(remarks.open, start=1):
        # A button pressed elsewhere on the page brings these fields along; what was typed stays.
        mine = request.method == "POST" and request.form.get(f"remark-{n}") == finding.key
        wrong = refused.sentences if refused is not None and mine and request.form.get("waive") == str(n) else ()
        typed = request.form.get(f"reason-{n}", "") if mine else ""
        shown.append(Remark(n, finding, *where(finding, decimal), typed, wrong))
    return shown


@dataclass(frozen=True)
class Weighed:
    """What the rules say of all answers of a part, sorted for a page of all: (row, finding, address)."""

    weak: list[tuple[Row, Finding, str]]
    tips: list[tuple[Row, Finding, str]]
    waived: list[tuple[Row, Waived]]


def weighed(rows: Sequence[Row], remarks: Mapping[str, Remarks]) -> Weighed:
    weak, tips, seen = [], [], set()
    for row in rows:
        for finding in remarks[row.item.code].open:
            if finding.weight == "must" or (finding.rule == "inconsistent_pair" and finding.sentence in seen):
                continue  # what is missing stands with the items that wait; two items that disagree are told once
            seen.add(finding.sentence)
            (weak if finding.weight == "weak" else tips).append((row, finding, f"{row.url}#{where(finding)[0]}"))
    waived = [(row, each) for row in rows for each in remarks[row.item.code].waived]
    return Weighed(weak, tips, waived)
