"""What became of a part since its head last vouched for it: the frozen copy of then beside the answers of now.

The same for items that were returned and for a part that was taken back: whoever checks or signs again reads what is
different, not everything anew.
"""

import json
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import object_session

from .models import Contribution, Receipt, Snapshot, Submission

VOUCHED = ("signed", "accepted")


@dataclass(frozen=True)
class Mended:
    """One answer that differs: what it said before, and evidence as {"12.a Judul": ...} names that came, went or moved."""

    value: Fraction | None
    facts: str
    analysis: str
    coverage: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    restated: tuple[str, ...]


def mended_since(submission: Submission, contributions: list[Contribution]) -> dict[str, Mended]:
    """{item: what is different} since the copy before the one that counts; empty where there is none.

    A part that stands is compared with what was signed before; one that is open with what was signed last.
    `contributions` have their citations with version and document. One statement.
    """
    content = object_session(submission).scalar(
        select(Snapshot.content)
        .join(Receipt, Receipt.snapshot_sha == Snapshot.sha256)
        .where(Receipt.submission_id == submission.id)
        .order_by(Receipt.at.desc(), Receipt.number)
        .offset(1 if submission.state in VOUCHED else 0)
        .limit(1)
    )
    if content is None:
        return {}
    before = {line["item"]: line for line in json.loads(content)["items"]}
    found = {c.item: _compared(before[c.item], c) for c in contributions if c.item in before}
    return {item: mended for item, mended in found.items() if mended is not None}


def _compared(then: dict, now: Contribution) -> Mended | None:
    value = None if then["value"] is None else Fraction(then["value"])
    old = {_same(line): line for line in then["citations"]}
    new = {(c.cited.document.title, c.n, c.cited.sha256 or c.cited.url): c for c in now.citations}
    number = now.submission.period.instrument.item(now.item).number
    added = tuple(f"{number}.{c.letter} {c.cited.document.title}" for key, c in new.items() if key not in old)
    removed = tuple(f"{number}.{line['code']} {line['title']}" for key, line in old.items() if key not in new)
    restated = tuple(
        f"{number}.{c.letter} {c.cited.document.title}"
        for key, c in new.items()
        if key in old and _said(old[key]) != (list(c.levels), c.article, c.locator, c.gist)
    )
    coverage = then.get("coverage") or ""
    same_words = (value, then["facts"], then["analysis"], coverage) == (now.value, now.facts, now.analysis, now.coverage or "")
    if same_words and not (added or removed or restated):
        return None
    return Mended(value, then["facts"], then["analysis"], coverage, added, removed, restated)


def _same(line: dict) -> tuple:
    return line["title"], line["version"], line["sha256"] or line["url"]


def _said(line: dict) -> tuple:
    return list(line["levels"]), line["article"], line["locator"], line["gist"]
