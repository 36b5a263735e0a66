"""What is known from earlier: last round's values beside this one's, and the events of a thing."""

from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import ColumnElement, ScalarSelect, and_, false, null, or_, select, true
from sqlalchemy.orm import Session

from .models import Assessment, Claim, Decision, Event, InstrumentCopy, Judgement, Period, Result, ResultValue
from .models.judgement import JUDGED_STAGES


@dataclass(frozen=True)
class Before:
    """The round before this one: what was claimed and what came out, by item code."""

    title: str
    year: int
    claims: dict[str, Fraction]
    results: dict[str, Fraction]

    def value(self, item: str) -> Fraction | None:
        """The settled value, else the claim."""
        return self.results.get(item, self.claims.get(item))


def _earlier_this_year(period: Period):
    """Agencies are rated several times in a year; the instansi's own past is a year's."""
    if not period.of_agencies:
        return false()
    return and_(Period.year == period.year, Period.term < period.term, Period.subjects == period.subjects)


def _newest_before(assessment: Assessment, counts: ColumnElement[bool]) -> ScalarSelect:
    """SELECT of the id of the newest earlier round of the same subject and instrument that `counts`; no rehearsal does."""
    period = assessment.period
    return (
        select(Assessment.id)
        .join(Assessment.period)
        .join(InstrumentCopy, InstrumentCopy.sha256 == Period.instrument_sha)
        .where(
            Assessment.subject_id == assessment.subject_id,
            or_(Period.year < period.year, _earlier_this_year(period)),
            Period.track != "rehearsal",
            InstrumentCopy.key == period.instrument_copy.key,
            counts,
        )
        .order_by(Period.year.desc(), Period.term.desc())
        .limit(1)
        .scalar_subquery()
    )


def before(session: Session, assessment: Assessment, item: str | None = None) -> Before | None:
    """The newest earlier round of the same subject with the same instrument (any guidance edition of it).

    Only one that was sent or has a result: drafts of others are nobody's past.

    With `item` only the values of that item are fetched, in one statement.
    """
    period = assessment.period
    newest = _newest_before(
        assessment,
        or_(
            Assessment.state.not_in(("preparing", "ready_to_sign", "signed")),
            select(Result.id).where(Result.assessment_id == Assessment.id).exists(),
        ),
    )
    settled_here = (
        select(ResultValue.exact)
        .where(ResultValue.result_id == _result_that_counts(newest), ResultValue.node == item)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Assessment.id, Period.title, Period.year, Claim.item, Claim.value, settled_here if item else null())
        .join(Assessment.period)
        .outerjoin(
            Claim,
            (Claim.assessment_id == Assessment.id)
            & Claim.value.is_not(None)
            & (Claim.item == item if item else true()),
        )
        .where(Assessment.id == newest)
    ).all()
    if not rows:
        return None
    earlier, title, year, *_, exact = rows[0]
    claims = {row.item: row.value for row in rows if row.item is not None}
    if item:
        return Before(title, year, claims, {item: Fraction(exact)} if exact else {})
    codes = {each.code for each in period.instrument.items}
    results = session.execute(
        select(ResultValue.node, ResultValue.exact).where(ResultValue.result_id == _result_that_counts(earlier))
    )
    settled = {node: Fraction(value) for node, value in results if node in codes}
    return Before(title, year, claims, settled)


@dataclass(frozen=True)
class LastWord:
    """What the newest settled round before this one left of an item. `note` is why, where a panel's words are out."""

    title: str
    year: int
    value: Fraction | None
    note: str


def last_word(session: Session, assessment: Assessment, item: str) -> LastWord | None:
    """The value and the note of the newest earlier round of the same subject and instrument, in one statement.

    Only of a round that another body settled (official) or that is published; the note only of a published one, from
    the last stage whose decision or judgement says something.
    """
    settled = select(Result.id).where(
        Result.assessment_id == Assessment.id, (Result.source == "official") | (Assessment.state == "published")
    )
    newest = _newest_before(assessment, settled.exists())
    value = (
        select(ResultValue.exact)
        .where(ResultValue.result_id == _result_that_counts(newest), ResultValue.node == item)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Period.title, Period.year, value, Decision.stage, Decision.reason, Judgement.justification, Judgement.analysis
        )
        .select_from(Assessment)
        .join(Assessment.period)
        .outerjoin(
            Decision,
            (Decision.assessment_id == Assessment.id) & (Decision.item == item) & (Assessment.state == "published"),
        )
        .outerjoin(Judgement, Judgement.id == Decision.judgement_id)
        .where(Assessment.id == newest)
    ).all()
    if not rows:
        return None
    title, year, exact = rows[0][:3]
    notes = {stage: reason or justification or analysis or "" for *_, stage, reason, justification, analysis in rows}
    said = (notes[stage] for stage in reversed(JUDGED_STAGES) if notes.get(stage))
    return LastWord(title, year, Fraction(exact) if exact else None, next(said, ""))


def _result_that_counts(assessment_id: int | ScalarSelect):
    """Its id (also for a SELECT of an assessment): the official result first, and of each source the last version.

    An own result counts once it is published: before that, or under an embargo, it is not an agency's to know.
    """
    return (
        select(Result.id)
        .join(Assessment, Assessment.id == Result.assessment_id)
        .where(Result.assessment_id == assessment_id, (Result.source == "official") | (Assessment.state == "published"))
        .order_by(Result.source, Result.n.desc())
        .limit(1)
        .scalar_subquery()
    )


def events_of(session: Session, *things) -> list[Event]:
    """The history of these rows, newest first."""
    wanted = [(thing.__tablename__, thing.id) for thing in things if thing is not None and thing.id is not None]
    if not wanted:
        return []
    return list(session.scalars(
        select(Event)
        .where(or_(*[(Event.thing == kind) & (Event.thing_id == key) for kind, key in wanted]))
        .order_by(Event.at.desc(), Event.id.desc())
        .limit(100)
    ))
