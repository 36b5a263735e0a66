"""What came back beside what is stored now: what would change, what clashes with a newer edit, what is refused.

Nothing of this is stored: the lists are made anew each time they are asked for, so that they are true when shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from assessments.actors import Actor
from assessments.instruments import Item
from assessments.models import Contribution, ContributionRevision, ReturnedWorkbook, Submission
from assessments.policies import obstacle

from .reading import Place, Said, stored_lines
from .shape import ID, WRITABLE, fingerprint, writable_texts


@dataclass(frozen=True)
class Part:
    """One cell of a row: its column, what is stored and what came back; `clashes` when both changed since it went out."""

    name: str
    stored: str
    returned: str
    clashes: bool


@dataclass(frozen=True)
class Proposal:
    """What one row would do to its item. `wanted` holds all three parts as they would be stored."""

    line: int
    item: Item
    contribution: Contribution
    parts: tuple[Part, ...]
    wanted: dict[str, str]

    @property
    def clashes(self) -> bool:
        return any(part.clashes for part in self.parts)

    @property
    def value(self) -> Fraction | None:
        return Fraction(self.wanted["value"]) if self.wanted["value"] else None


@dataclass(frozen=True)
class Comparison:
    """The three lists, in the order of the instrument; `same` are numbers of items whose rows are stored already."""

    changes: tuple[Proposal, ...]
    conflicts: tuple[Proposal, ...]
    refused: tuple[Place, ...]
    same: tuple[str, ...]

    @property
    def proposals(self) -> dict[str, Proposal]:
        return {each.item.code: each for each in (*self.changes, *self.conflicts)}


def load_answers(session: Session, submission: Submission) -> dict[str, Contribution]:
    """{item: answer with its newest revision}: two statements, however much was written before."""
    rows = session.scalars(
        select(Contribution)
        .where(Contribution.submission_id == submission.id)
        .order_by(Contribution.id)
        .execution_options(populate_existing=True)
    ).all()
    newest = (
        select(ContributionRevision.contribution_id, func.max(ContributionRevision.n).label("n"))
        .join(Contribution, Contribution.id == ContributionRevision.contribution_id)
        .where(Contribution.submission_id == submission.id)
        .group_by(ContributionRevision.contribution_id)
        .subquery()
    )
    revisions = session.scalars(
        select(ContributionRevision)
        .join(newest, (newest.c.contribution_id == ContributionRevision.contribution_id) & (newest.c.n == ContributionRevision.n))
        .options(joinedload(ContributionRevision.author))
        .execution_options(populate_existing=True)
    ).all()
    by_answer = {revision.contribution_id: revision for revision in revisions}
    for row in rows:
        set_committed_value(row, "submission", submission)
        set_committed_value(row, "revisions", [by_answer[row.id]] if row.id in by_answer else [])
    return {row.item: row for row in rows}


def compare(session: Session, returned: ReturnedWorkbook, by: Actor) -> Comparison:
    """What the stored lines of a workbook would do now."""
    said, refused = stored_lines(returned.lines)
    return compared(load_answers(session, returned.submission), returned.submission, said, refused, by)


def compared(answers: dict[str, Contribution], submission: Submission, said: Sequence[Said], refused: Sequence[Place],
             by: Actor) -> Comparison:
    items = submission.period.instrument.items
    order = {item.code: n for n, item in enumerate(items)}
    found, no, same = [], list(refused), []
    for row in sorted(said, key=lambda each: order.get(each.item, len(order))):
        item, answer = (items[order[row.item]] if row.item in order else None), answers.get(row.item)
        if item is None or answer is None:
            no.append(Place(row.line, ID, "Indikator ini tidak lagi dibagikan kepada perangkat daerah ini."))
            continue
        proposal = _proposal(row, item, answer)
        if not proposal.parts:
            same.append(item.number)
        elif sentence := obstacle(by, "answer", answer):
            no.append(Place(row.line, "", sentence))
        else:
            found.append(proposal)
    return Comparison(
        tuple(each for each in found if not each.clashes), tuple(each for each in found if each.clashes),
        tuple(sorted(no, key=lambda place: place.line)), tuple(same),
    )


def _proposal(row: Said, item: Item, answer: Contribution) -> Proposal:
    stored, wanted, parts = writable_texts(answer), writable_texts(answer), []
    for name, part in WRITABLE.items():
        if part in row.parts and row.parts[part] != stored[part]:
            wanted[part] = row.parts[part]
            parts.append(Part(name, stored[part], row.parts[part], fingerprint(stored[part]) != row.marks[part]))
    return Proposal(row.line, item, answer, tuple(parts), wanted)
