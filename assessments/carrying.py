"""Last year comes along: an agency's earlier answers with their evidence, copied to be looked at again, never unseen.

An answer is offered for the same item of the same instrument, whichever edition of the guidance the rounds went by.
What may have become stale is said of each and not chosen beforehand; the choice is the operator's.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, lazyload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from .actors import Actor
from .answering import next_letter
from .clock import now, today
from .comparing import Reason, reasons
from .instruments import Item
from .inventory import citing
from .models import (
    Assessment,
    Citation,
    Contribution,
    DocumentVersion,
    InstrumentCopy,
    Period,
    Person,
    Result,
    Submission,
    Succession,
)
from .policies import obstacle, visible
from .refusal import Refused
from .results import item_values
from .staleness import Kept, doubts, looked_at
from .workflow import advance, happened


@dataclass(frozen=True)
class Candidate:
    """One item with its earlier answer. `blocked` is why it cannot be chosen, `doubts` why it is not chosen beforehand."""

    item: Item
    target: Contribution
    source: Contribution
    verified: Fraction | None
    note: str
    evidence: tuple[Kept, ...]
    blocked: str
    doubts: tuple[str, ...]

    @property
    def claimed(self) -> Fraction | None:
        return self.source.value

    @property
    def period(self) -> Period:
        return self.source.submission.assessment.period

    @property
    def selectable(self) -> bool:
        return not self.blocked

    @property
    def preselected(self) -> bool:
        return self.selectable and not self.doubts


# ---------------------------------------------------------------- finding them


def earlier_answers(submission: Submission) -> Select:
    """(id, title of the round, place) of what the agency said before on each item; place 1 is the latest.

    Only words of rounds that were no rehearsal and came before this one, asked with the same instrument. What was merged
    into this agency, or is called by its name now, said it too; where both did, its own word comes first.
    """
    period, own = submission.period, submission.organization_id
    whole = select(Succession.predecessor_id).where(
        Succession.successor_id == own, Succession.kind.in_(("merge", "rename"))
    )
    latest_first = (
        Period.year.desc(), Period.term.desc(), Period.id.desc(), (Submission.organization_id == own).desc(), Contribution.id
    )
    said = or_(
        Contribution.value.is_not(None), Contribution.facts != "", Contribution.analysis != "",
        exists().where(Citation.contribution_id == Contribution.id),
    )
    return (
        select(
            Contribution.id,
            Period.title,
            func.row_number().over(partition_by=Contribution.item, order_by=latest_first).label("place"),
        )
        .join(Contribution.submission)
        .join(Submission.assessment)
        .join(Assessment.period)
        .join(InstrumentCopy, InstrumentCopy.sha256 == Period.instrument_sha)
        .where(
            or_(Submission.organization_id == own, Submission.organization_id.in_(whole)),
            Period.organiser_id == period.organiser_id,
            Period.id != period.id,
            Period.track != "rehearsal",
            Period.state != "draft",
            or_(Period.year < period.year, (Period.year == period.year) & (Period.term < period.term)),
            InstrumentCopy.key == period.instrument_copy.key,
            said,
        )
    )


def can_be_copied(session: Session, submission: Submission) -> int:
    """How many empty items of this part have an earlier answer."""
    latest = earlier_answers(submission).add_columns(Contribution.item).subquery()
    empty = select(Contribution.item).where(Contribution.submission_id == submission.id, Contribution.state == "empty")
    return session.scalar(select(func.count()).select_from(latest).where(latest.c.place == 1, latest.c.item.in_(empty)))


def candidates(session: Session, submission: Submission, by: Actor, only: Collection[str] = ()) -> list[Candidate]:
    """Everything that could be copied into this part (or `only` these items), in the order of the instrument.

    A fixed number of statements, however many items there are.
    """
    targets = _targets(session, submission, only)
    sources = _sources(session, submission, targets)
    looks, instrument = looked_back(session, submission, sources, by), submission.period.instrument
    found = {}
    for source in sources:
        (target, filled), item = targets[source.item], instrument.item(source.item)
        found[item.code] = Candidate(
            item, target, source, looks[source.id].verified, looks[source.id].note, looks[source.id].evidence,
            _why_not(by, target, filled), looks[source.id].doubts,
        )
    return [found[item.code] for item in instrument.items if item.code in found]


@dataclass(frozen=True)
class Earlier:
    """An earlier answer as it looks today: the value that came out and why, its evidence, what speaks against it."""

    verified: Fraction | None
    note: str
    evidence: tuple[Kept, ...]
    doubts: tuple[str, ...]


def looked_back(
    session: Session, submission: Submission, sources: Sequence[Contribution], by: Actor, brief: bool = False
) -> dict[int, Earlier]:
    """{id of an earlier answer: how it looks to the round of this part}; a fixed number of statements.

    `brief` leaves out the assessors' words and whether a document has a newer version.
    """
    settled = _settled(session, {source.submission.assessment for source in sources}, by, brief)
    newest = {} if brief else _newest(session, sources)
    ended = _ended(session, sources, by)
    instrument, day = submission.period.instrument, today(submission.period.zone)
    found = {}
    for source in sources:
        verified, note = settled.get(source.submission.assessment_id, ({}, {}))
        kept = tuple(
            looked_at(citation, newest.get(citation.document_id, citation.n), ended, day, submission.organization_id)
            for citation in source.citations
        )
        value = verified.get(source.item)
        found[source.id] = Earlier(
            value, note.get(source.item, ""), kept, doubts(source, instrument.item(source.item), value, kept, submission.period)
        )
    return found


def _targets(session: Session, submission: Submission, only: Collection[str]) -> dict[str, tuple[Contribution, bool]]:
    """{item: (this year's answer, whether anything stands in it)}."""
    cites = exists().where(Citation.contribution_id == Contribution.id)
    rows = select(Contribution, cites).where(Contribution.submission_id == submission.id)
    if only:
        rows = rows.where(Contribution.item.in_(only))
    known = {item.code for item in submission.period.instrument.items}
    found = {}
    for row, cited in session.execute(rows.execution_options(populate_existing=True)):
        set_committed_value(row, "submission", submission)
        if row.item in known:
            found[row.item] = (row, cited or row.value is not None or bool(row.facts or row.analysis or any(row.slots.values())))
    return found


def _sources(session: Session, submission: Submission, items: Collection[str]) -> list[Contribution]:
    latest = earlier_answers(submission).subquery()
    chosen = select(Contribution).join(latest, latest.c.id == Contribution.id)
    return said_before(session, chosen.where(latest.c.place == 1, Contribution.item.in_(items)))


def said_before(session: Session, answers: Select) -> list[Contribution]:
    """Earlier answers with their evidence, their part and their round."""
    return list(session.scalars(
        answers.join(Contribution.submission)
        .join(Submission.assessment)
        .join(Assessment.period)
        .options(
            contains_eager(Contribution.submission)
            .contains_eager(Submission.assessment)
            .contains_eager(Assessment.period)
            .options(joinedload(Period.instrument_copy), lazyload(Period.stages), lazyload(Period.extensions)),
            selectinload(Contribution.citations).joinedload(Citation.cited).joinedload(DocumentVersion.document),
        )
    ).unique())


def _settled(session: Session, assessments, by: Actor, brief: bool) -> dict[int, tuple[dict[str, Fraction], dict[str, str]]]:
    """{assessment: (values that came out, why)}, as far as this reader may see them."""
    if not assessments:
        return {}
    results = session.scalars(
        visible(by, Result)
        .where(Result.assessment_id.in_([each.id for each in assessments]))
        .order_by(Result.source, Result.n.desc())
        .options(selectinload(Result.values))
    ).all()
    found = {}
    for assessment in assessments:
        own = [result for result in results if result.assessment_id == assessment.id]
        if own:
            why = reasons(session, own, by) if own[0].source == "portal" and not brief else {}
            found[assessment.id] = (item_values(own[0]), {item: _words(each) for item, each in why.items()})
    return found


def _words(reason: Reason) -> str:
    return reason.moved or reason.decided or reason.justification


def _newest(session: Session, sources: Sequence[Contribution]) -> dict[int, int]:
    """{document: its newest version}."""
    documents = {citation.document_id for source in sources for citation in source.citations}
    if not documents:
        return {}
    rows = session.execute(
        select(DocumentVersion.document_id, func.max(DocumentVersion.n))
        .where(DocumentVersion.document_id.in_(documents))
        .group_by(DocumentVersion.document_id)
    )
    return dict(rows.all())


def _ended(session: Session, sources: Sequence[Contribution], by: Actor) -> dict[int, str]:
    """{document: sentence} of frozen inventory records whose application runs no more."""
    records = {
        citation.document_id
        for source in sources
        for citation in source.citations
        if citation.cited.blob is not None and citation.cited.blob.media_type == citing.MEDIA_TYPE
    }
    found = citing.cited_records(session, list(records), by) if records else {}
    return {document: one.ended for document, one in found.items() if one.ended}


def _why_not(by: Actor, target: Contribution, filled: bool) -> str:
    if target.state == "needs_review":
        return "Sudah disalin, tinggal ditinjau."
    if filled:
        return "Sudah ada isian tahun ini; salinan tidak menimpanya."
    return obstacle(by, "answer", target) or ""


# ---------------------------------------------------------------- the verbs


def carry_over(session: Session, submission: Submission, items: Sequence[str], by: Actor) -> list[Candidate]:
    """Copy the chosen answers with their evidence, all of them or none; each is to be looked at before it counts.

    The part has to be held by the caller, so that of two who copy at once the second finds what the first one did.
    """
    wanted = set(items)
    if not wanted:
        raise Refused("Pilih sekurang-kurangnya satu indikator untuk disalin.", field="items")
    chosen = [each for each in candidates(session, submission, by, wanted) if each.item.code in wanted]
    refused = [f"Indikator {each.item.number}: {each.blocked}" for each in chosen if each.blocked]
    if len(chosen) < len(wanted):
        refused.append("Ada pilihan yang tidak punya isian tahun lalu untuk disalin. Muat ulang halaman ini.")
    if refused:
        raise Refused(*refused, "Belum ada yang disalin.", field="items")
    author = session.get_one(Person, by.person_id)
    _with_revisions(session, chosen)
    for each in chosen:
        _copy(session, each, author)
    if submission.state == "empty":
        advance(submission, "begin", by, because=True)
    rounds = list(dict.fromkeys(each.period.title for each in chosen))
    happened(submission, "carry_over", f"{len(chosen)} indikator disalin dari {', '.join(rounds)}", by)
    return chosen


def _with_revisions(session: Session, chosen: Sequence[Candidate]) -> None:
    session.scalars(
        select(Contribution)
        .where(Contribution.id.in_([each.target.id for each in chosen]))
        .options(selectinload(Contribution.revisions), selectinload(Contribution.citations))
    ).all()


def _copy(session: Session, each: Candidate, author: Person) -> None:
    source, target = each.source, each.target
    target.value = source.value if source.value is not None and each.item.scale.holds(source.value) else None
    target.raw, target.coverage, target.slots = source.raw, source.coverage, dict(source.slots)
    letters = {}
    for kept in each.evidence:
        if kept.lost:
            continue
        old = kept.citation
        letters[old.letter] = letter = next_letter(target)
        session.add(Citation(
            contribution=target, document_id=old.document_id, n=old.n, cited=old.cited, levels=_known(old.levels, each.item),
            article=old.article, locator=old.locator, gist=old.gist, letter=letter,
        ))
    target.facts, target.analysis = (renamed(text, each.item.number, letters) for text in (source.facts, source.analysis))
    target.slots = {key: renamed(text, each.item.number, letters) for key, text in source.slots.items()}
    target.state, target.carried_from_id, target.saved_at = "needs_review", source.id, now()
    target.remember(author)


def _known(levels: Sequence[int], item: Item) -> list[int]:
    return [level for level in levels if level in {each.value for each in item.scale.levels}]


def renamed(text: str, number: str, letters: Mapping[str, str]) -> str:
    """Codes that the text names ("12.c") follow their evidence to its new letter."""
    return re.sub(
        rf"(?<![\w.]){re.escape(number)}\.([a-z]{{1,3}})\b",
        lambda found: f"{number}.{letters.get(found[1], found[1])}",
        text,
    )


def confirm(contribution: Contribution, by: Actor) -> None:
    """What was copied still holds: it goes on as an answer of this year. Saying so twice is no fault."""
    if contribution.state != "needs_review":
        return
    contribution.state = "filling"
    happened(contribution, "confirm", "Ditinjau: masih berlaku", by, before="needs_review", after="filling")
