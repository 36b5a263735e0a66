"""What the room of a panel shows (S52): each item with its claim, what was judged and decided, and what to look at again.

Read through the eyes of one member: another's draft is not even fetched, and neither is a word on evidence whose
author has not sent a judgement of that item.
"""

from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import exists, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, joinedload

from .blindness import blind_round, in_force, judged_and_open, open_to, read_blind
from .instruments import Item
from .models import (
    Assessment,
    Citation,
    CitationVerdict,
    Claim,
    ClaimRevision,
    Decision,
    DocumentVersion,
    Judgement,
    Objection,
    Person,
    ReviewAnswer,
    ReviewNote,
    Seat,
)
from .models.judgement import JUDGED_STAGES
from .panel_questions import judged_stage
from .scoring import Score, score

ORIGINS = {"judged": "dari penilaian asesor", "carried": "terbawa dari tahap sebelumnya", "adjudicated": "diputuskan ketua"}


@dataclass(frozen=True)
class Said:
    """One value somebody gave: the reader's own, draft or sent, or another's once it was sent."""

    name: str
    value: Fraction | None
    revision: int
    sent: bool
    mine: bool
    flagged: bool


@dataclass(frozen=True)
class Decided:
    """The value of the stage, where it came from and who stands for it."""

    value: Fraction
    origin: str
    reason: str
    by: str

    @property
    def words(self) -> str:
        return ORIGINS[self.origin]


@dataclass(frozen=True)
class Row:
    """One item as the panel sees it."""

    item: Item
    claimed: Fraction | None
    seat: str
    sent: tuple[Said, ...]
    own: Said | None
    decided: Decided | None
    carried: Fraction | None
    changed: bool
    replaced: int
    doubtful: int
    refused: int
    blind: bool = False

    @property
    def split(self) -> bool:
        """Two closed readers gave different values and nobody has decided yet."""
        return self.blind and self.decided is None and len({one.value for one in self.sent}) > 1

    @property
    def value(self) -> Fraction | None:
        """What the panel stands at: decided, else sent last, else what an earlier stage left; none while two differ."""
        if self.decided is not None:
            return self.decided.value
        if self.split:
            return None
        return self.sent[-1].value if self.sent else self.carried

    @property
    def difference(self) -> Fraction | None:
        return None if self.value is None or self.claimed is None else self.value - self.claimed

    @property
    def differs(self) -> bool:
        return bool(self.difference)

    @property
    def flagged(self) -> list[str]:
        """Who asks the lead to look at it, of those the reader may hear."""
        return list(dict.fromkeys(one.name for one in (*self.sent, self.own) if one is not None and one.flagged))

    @property
    def judged(self) -> bool:
        return bool(self.sent) or self.decided is not None


@dataclass(frozen=True)
class Room:
    """The rows of the running stage, or of the last one that ended (`open` is False then)."""

    stage: str | None
    open: bool
    rows: tuple[Row, ...]
    score: Score | None
    blind: bool = False

    @property
    def undecided(self) -> list[Row]:
        return [row for row in self.rows if row.decided is None]

    @property
    def valueless(self) -> list[Row]:
        """What keeps the stage from ending."""
        return [row for row in self.rows if row.value is None]


def room(session: Session, assessment: Assessment, reader: int | None) -> Room:
    """Everything of one assessment that this member may see, in four statements for any number of items."""
    decided = _decisions(session, assessment)
    running = judged_stage(assessment)
    stage = running or max((key[1] for key in decided), key=JUDGED_STAGES.index, default=None)
    before: dict[str, Fraction] = {}
    for earlier in JUDGED_STAGES[: JUDGED_STAGES.index(stage)] if stage else ():
        before |= {item: found.value for (item, at), found in decided.items() if at == earlier}
    said, words, claims = (
        _said(session, assessment, stage, reader), _words(session, assessment, stage, reader), _claims(session, assessment)
    )
    rows, blind = [], read_blind(assessment, stage)
    for item in assessment.period.instrument.items:
        claimed, revision, replaced, seat = claims.get(item.code, (None, 0, 0, ""))
        sent = tuple(one for one in said.get(item.code, ()) if one.sent)
        if blind and len(sent) < 2:
            sent = ()  # one of two closed readings is no word of the panel, not even to its author
        own = next((one for one in said.get(item.code, ()) if one.mine), None)
        seen = [one for one in (*sent, own) if one is not None]
        rows.append(
            Row(
                item, claimed, seat or "", sent, own, decided.get((item.code, stage)), before.get(item.code),
                any(one.revision != revision for one in seen), replaced,
                words.get((item.code, "doubtful"), 0), words.get((item.code, "refused"), 0), blind,
            )
        )
    values = {row.item.code: row.value for row in rows if row.value is not None}
    found = score(assessment.period.instrument, values, partial=True) if values else None
    return Room(stage, running is not None, tuple(rows), found, blind)


def values_so_far(session: Session, assessment: Assessment) -> dict[str, Fraction]:
    """{item: value} as the panel stands at: of the latest stage, decided before merely sent, changed since then before
    decided; in one statement.
    """
    sent = select(
        Judgement.item, Judgement.stage, literal(0).label("decided"), Judgement.sent_at.label("at"), Judgement.value
    ).where(Judgement.assessment_id == assessment.id, Judgement.state == "sent", ~blind_round(), in_force())
    decided = select(Decision.item, Decision.stage, literal(1), Decision.at, Decision.value).where(
        Decision.assessment_id == assessment.id
    )
    ruled = select(Objection.item, literal(JUDGED_STAGES[-1]), literal(2), Objection.ruled_at, Objection.ruling_value).where(
        Objection.assessment_id == assessment.id, Objection.ruling == "changed"
    )
    answered = (
        select(ReviewNote.key, literal(JUDGED_STAGES[-1]), literal(2), ReviewAnswer.at, ReviewAnswer.value)
        .join(ReviewAnswer, ReviewAnswer.note_id == ReviewNote.id)
        .where(ReviewNote.assessment_id == assessment.id, ReviewNote.about == "item", ReviewAnswer.value.is_not(None))
    )
    rows = session.execute(union_all(sent, decided, ruled, answered)).all()
    order = sorted(rows, key=lambda row: (JUDGED_STAGES.index(row.stage), row.decided, row.at))
    return {row.item: row.value for row in order}


def sent_words(session: Session, assessment: Assessment, item: str, stage: str, reader: int | None) -> list[Judgement]:
    """What members wrote about an item at a stage, the notes of the team included: for the panel alone, once sent and,
    where two read closed, once both sent; the reader's own from the start.
    """
    return list(
        session.scalars(
            select(Judgement)
            .where(
                Judgement.assessment_id == assessment.id, Judgement.item == item, Judgement.stage == stage,
                Judgement.state == "sent", open_to(reader),
            )
            .options(joinedload(Judgement.person))
            .order_by(Judgement.sent_at, Judgement.id)
        )
    )


def claimed_now(session: Session, assessment: Assessment) -> dict[str, Fraction]:
    """{item: claimed value} of a sent self-assessment, in one statement."""
    rows = session.execute(select(Claim.item, Claim.value).where(Claim.assessment_id == assessment.id))
    return {item: value for item, value in rows if value is not None}


def _claims(session: Session, assessment: Assessment) -> dict[str, tuple]:
    """{item: (claim, its revision, how much of its evidence has a newer version, who has the seats)}."""
    newest = select(func.max(ClaimRevision.n)).where(ClaimRevision.claim_id == Claim.id).correlate(Claim).scalar_subquery()
    newer = exists().where(DocumentVersion.document_id == Citation.document_id, DocumentVersion.n > Citation.n)
    replaced = (
        select(func.count(Citation.id)).where(Citation.claim_id == Claim.id, newer.correlate(Citation)).correlate(Claim)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Claim.item, Claim.value, func.coalesce(newest, 0), replaced, Person.name)
        .outerjoin(
            Seat,
            (Seat.assessment_id == Claim.assessment_id) & (Seat.item == Claim.item)
            & Seat.seat.in_((1, 2) if assessment.period.second_reader else (1,)),
        )
        .outerjoin(Person, Person.id == Seat.person_id)
        .where(Claim.assessment_id == assessment.id)
        .order_by(Seat.seat)
    )
    found: dict[str, tuple] = {}
    for item, *facts, name in rows:
        first = found.get(item)
        found[item] = (*facts, f"{first[-1]} dan {name}" if first else name)
    return found


def _said(session: Session, assessment: Assessment, stage: str | None, reader: int | None) -> dict[str, list[Said]]:
    rows = session.execute(
        select(
            Judgement.item, Person.name, Judgement.value, Judgement.claim_revision_n, Judgement.state, Judgement.person_id,
            Judgement.flagged,
        )
        .join(Person, Person.id == Judgement.person_id)
        .where(
            Judgement.assessment_id == assessment.id, Judgement.stage == stage,
            open_to(reader),
        )
        .order_by(Judgement.sent_at, Judgement.id)
    )
    found: dict[str, list[Said]] = {}
    for item, name, value, revision, state, person, flagged in rows:
        found.setdefault(item, []).append(Said(name, value, revision, state == "sent", person == reader, flagged))
    return found


def _decisions(session: Session, assessment: Assessment) -> dict[tuple[str, str], Decided]:
    rows = session.execute(
        select(Decision.item, Decision.stage, Decision.value, Decision.origin, Decision.reason, Person.name)
        .outerjoin(Person, Person.id == Decision.by_id)
        .where(Decision.assessment_id == assessment.id)
    )
    return {(item, stage): Decided(value, origin, reason, by or "") for item, stage, value, origin, reason, by in rows}


def _words(session: Session, assessment: Assessment, stage: str | None, reader: int | None) -> dict[tuple[str, str], int]:
    """{(item, verdict): how many pieces of evidence} for doubtful and refused ones."""
    rows = session.execute(
        select(Claim.item, CitationVerdict.verdict, func.count(Citation.id.distinct()))
        .join(Citation, Citation.id == CitationVerdict.citation_id)
        .join(Claim, Claim.id == Citation.claim_id)
        .where(
            Claim.assessment_id == assessment.id, CitationVerdict.stage == stage,
            CitationVerdict.verdict.in_(("doubtful", "refused")),
            or_(CitationVerdict.person_id == (reader or 0), judged_and_open(CitationVerdict.stage, CitationVerdict.person_id)),
        )
        .group_by(Claim.item, CitationVerdict.verdict)
    )
    return {(item, verdict): count for item, verdict, count in rows}
