"""Leaving a remark of a rule as it is, with a reason that those who judge read beside the answer.

A waiver holds until it is taken back, also when the answer or the document changes afterwards: its reason is about the
document ("SK lama masih berlaku"), and a mended comma would otherwise ask for it again, until reasons are pasted unread.
So its day is shown beside it, with a word where the answer was saved later; who reads it weighs that. A remark that no
longer arises is not shown, nor is its reason; another document on the same item is another remark.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import String, cast, func, inspect, literal, select
from sqlalchemy.orm import Session, joinedload, object_session
from sqlalchemy.orm.attributes import set_committed_value

from . import entrusting
from .actors import Actor
from .clock import now
from .entrusting import Pic
from .lint import TITLES, Finding, findings, look_around
from .models import Citation, Contribution, Document, Person, Share, Waiver
from .refusal import Refused
from .texts import clean

SHORTEST, LONGEST = 10, 500


@dataclass(frozen=True)
class Waived:
    """A remark that still arises, with the reason why it was left."""

    finding: Finding
    waiver: Waiver
    changed_since: bool


@dataclass(frozen=True)
class Remarks:
    """What the rules find in one answer, apart from what was left with a reason."""

    open: tuple[Finding, ...]
    waived: tuple[Waived, ...]


def remarks_on(
    contributions: Sequence[Contribution], ended: Mapping[int, str] | None = None, values: Mapping[str, Fraction | None] | None = None
) -> dict[str, Remarks]:
    """{item: remarks} of answers whose citations are loaded, in two statements; `ended`, `values` as in `look_around`.

    Waivers that are loaded already are not fetched again.
    """
    load_waivers([each for each in contributions if "waivers" in inspect(each).unloaded])
    known = look_around(contributions, ended, values)
    return {each.item: sorted_out(each, findings(each, known)) for each in contributions}


def load_waivers(contributions: Sequence[Contribution]) -> None:
    """Fetch the waivers of all these answers, with who wrote them."""
    if not contributions:
        return
    by_answer: dict[int, list[Waiver]] = {each.id: [] for each in contributions}
    query = select(Waiver).where(Waiver.contribution_id.in_(by_answer)).options(joinedload(Waiver.by)).order_by(Waiver.id)
    for waiver in object_session(contributions[0]).scalars(query):
        by_answer[waiver.contribution_id].append(waiver)
    for each in contributions:
        set_committed_value(each, "waivers", by_answer[each.id])


@dataclass(frozen=True)
class Beside:
    """What stands beside one answer: the values of the whole part, {item: value}, all that its agency sees; how many
    agencies hold the item; and who answers it in this one."""

    values: dict[str, Fraction | None]
    holders: int
    pic: Pic | None = None


def beside(contribution: Contribution) -> Beside:
    """One statement, in which the waivers of this answer come along."""
    mine = (Waiver.contribution_id == Contribution.id) & (Contribution.id == contribution.id)
    sharing = (
        select(func.count())
        .where(Share.assessment_id == contribution.submission.assessment_id, Share.item == contribution.item)
        .scalar_subquery()
    )
    rows = object_session(contribution).execute(
        select(Contribution.item, Contribution.value, Waiver, sharing, *entrusting.columns_of(contribution))
        .outerjoin(Waiver, mine)
        .where(Contribution.submission_id == contribution.submission_id)
        .options(joinedload(Waiver.by))
        .order_by(Contribution.id, Waiver.id)
    ).all()
    set_committed_value(contribution, "waivers", [row[2] for row in rows if row[2] is not None])
    values = {row[0]: row[1] for row in rows}
    return Beside(values, rows[0][3], entrusting.read(rows[0][4:])) if rows else Beside(values, 0)


def sorted_out(contribution: Contribution, found: Iterable[Finding]) -> Remarks:
    """The findings of one answer whose waivers are loaded."""
    kept = {(waiver.rule, waiver.place): waiver for waiver in in_force(contribution)}
    still, left = [], []
    for finding in found:
        waiver = kept.get((finding.rule, finding.place)) if finding.may_be_waived else None
        if waiver is None:
            still.append(finding)
        else:
            later = contribution.saved_at is not None and contribution.saved_at > waiver.at
            left.append(Waived(finding, waiver, later))
    return Remarks(tuple(still), tuple(left))


def in_force(contribution: Contribution) -> list[Waiver]:
    return [waiver for waiver in contribution.waivers if waiver.ended_at is None]


def title_of(waiver: Waiver) -> str:
    """What the remark is called where the answer does not stand beside it; a rule that is gone keeps its name."""
    return TITLES.get(waiver.rule, waiver.rule)


def waive(contribution: Contribution, found: Iterable[Finding], rule: str, place: str, reason: str, by: Actor) -> Waiver:
    """Leave one remark of `found`. Another reason for the same remark takes the place of the first, which is kept."""
    finding = next((each for each in found if (each.rule, each.place) == (rule, place)), None)
    if finding is None:
        raise Refused("Catatan ini sudah tidak ada pada isian yang tersimpan, jadi tidak perlu alasan.", field="remark")
    if not finding.may_be_waived:
        raise Refused("Catatan wajib tidak dapat dibiarkan; lengkapi isiannya.", field="remark")
    reason = clean(reason, LONGEST, "Alasan", "reason", required=True)
    if len(reason) < SHORTEST:
        raise Refused(f"Alasan terlalu pendek; tulis sedikitnya {SHORTEST} karakter agar asesor mengerti.", field="reason")
    session = object_session(contribution)
    standing = next((each for each in in_force(contribution) if (each.rule, each.place) == (rule, place)), None)
    if standing is not None:
        if standing.reason == reason:
            return standing
        standing.ended_at = now()
        session.flush()  # one in force for each remark
    made = Waiver(rule=rule, place=place, reason=reason, by=session.get_one(Person, by.person_id), at=now())
    contribution.waivers.append(made)
    return made


@dataclass(frozen=True)
class Left:
    """A waiver as those read it who see a claim and not the answer: what it is about in words, without the rule's sentence."""

    title: str
    document: str
    reason: str
    at: datetime


def left_with_reason(session: Session, answer: int) -> list[Left]:
    """The waivers in force of one answer, in one statement. One about evidence that was detached since is none."""
    about = (Citation.contribution_id == Waiver.contribution_id) & (
        Waiver.place == literal("citation:") + cast(Citation.id, String)
    )
    rows = session.execute(
        select(Waiver, Document.title)
        .outerjoin(Citation, about)
        .outerjoin(Document, Document.id == Citation.document_id)
        .where(Waiver.contribution_id == answer, Waiver.ended_at.is_(None))
        .order_by(Waiver.id)
    )
    return [
        Left(title_of(waiver), title or "", waiver.reason, waiver.at)
        for waiver, title in rows
        if title is not None or not waiver.place.startswith("citation:")
    ]


def left_in(contribution: Contribution) -> list[Left]:
    """The same for one answer whose waivers and citations are loaded."""
    titles = {f"citation:{each.id}": each.cited.document.title for each in contribution.citations}
    return [
        Left(title_of(waiver), titles.get(waiver.place, ""), waiver.reason, waiver.at)
        for waiver in in_force(contribution)
        if waiver.place in titles or not waiver.place.startswith("citation:")
    ]


def take_back(waiver: Waiver) -> None:
    """The remark counts again; doing so twice is no fault."""
    if waiver.ended_at is None:
        waiver.ended_at = now()
