"""The revisions of an answer as its pages need them: the newest one, a page of them, and what changed in each."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from sqlalchemy import select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from assessments.instruments import Item
from assessments.models import Contribution, ContributionRevision

from ...extensions import db
from .ladder import shown_value

WORDS = re.compile(r"\w+|\s+|[^\w\s]")
COMPARED_AT_MOST = 400_000  # pairs of words; what differs more than that is shown as taken out and put in
AROUND = 80  # letters of the unchanged text on each side of a change


@dataclass(frozen=True)
class Stretch:
    """A piece of a text: `kind` is same, added or removed."""

    kind: str
    text: str


@dataclass(frozen=True)
class Shown:
    """One revision of the list, with what it changed against the one before."""

    revision: ContributionRevision
    level: tuple[str, str] | None
    parts: tuple[tuple[str, list[Stretch]], ...]

    @property
    def evidence_only(self) -> bool:
        return self.level is None and not self.parts


def _newest_first(contribution: Contribution):
    return (
        select(ContributionRevision)
        .where(ContributionRevision.contribution_id == contribution.id)
        .order_by(ContributionRevision.n.desc())
        .options(joinedload(ContributionRevision.author))
    )


def with_newest_revision(contribution: Contribution) -> Contribution:
    """Saving needs no older one, however many there are."""
    newest = db.session.scalars(_newest_first(contribution).limit(1)).all()
    set_committed_value(contribution, "revisions", list(newest))
    return contribution


def revisions_shown(contribution: Contribution, item: Item, page: int, size: int) -> list[Shown]:
    """One page of the revisions, the newest first."""
    rows = db.session.scalars(_newest_first(contribution).offset((page - 1) * size).limit(size + 1)).all()
    return [
        _shown(row, rows[at + 1] if at + 1 < len(rows) else None, item) for at, row in enumerate(rows[:size])
    ]


def _shown(after: ContributionRevision, before: ContributionRevision | None, item: Item) -> Shown:
    old = before.value if before else None
    level = (shown_value(item, old), shown_value(item, after.value)) if old != after.value else None
    texts = (
        ("Fakta", before.facts if before else "", after.facts),
        ("Analisis", before.analysis if before else "", after.analysis),
    )
    return Shown(after, level, tuple((name, difference(old, new)) for name, old, new in texts if old != new))


def difference(before: str, after: str) -> list[Stretch]:
    """What was taken out and put in, word by word, with a little of the text around it."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    found = [Stretch("same", "".join(old[:head])), *_compared(middle_old, middle_new),
             Stretch("same", "".join(old[len(old) - tail :]))]
    found = [stretch for stretch in found if stretch.text]
    return [_shortened(stretch, at == 0, at == len(found) - 1) for at, stretch in enumerate(found)]


def _compared(old: list[str], new: list[str]) -> list[Stretch]:
    if len(old) * len(new) > COMPARED_AT_MOST:
        return [Stretch("removed", "".join(old)), Stretch("added", "".join(new))]
    found = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Stretch("same", "".join(old[a:b])))
        else:
            found += [Stretch("removed", "".join(old[a:b])), Stretch("added", "".join(new[c:d]))]
    return found


def _shortened(stretch: Stretch, first: bool, last: bool) -> Stretch:
    text = stretch.text
    if stretch.kind != "same" or len(text) <= 2 * AROUND + 10:
        return stretch
    before, after = "" if first else text[:AROUND], "" if last else text[-AROUND:]
    return Stretch("same", f"{before} … {after}")
