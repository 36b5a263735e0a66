"""What is known from earlier: last round's values beside this one's, and the events of a thing."""

from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from .models import Assessment, Claim, Event, InstrumentCopy, Period, Result


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


def before(session: Session, assessment: Assessment) -> Before | None:
    """The newest earlier round of the same subject with the same instrument (any guidance edition of it)."""
    period = assessment.period
    newest = (
        select(Assessment.id)
        .join(Assessment.period)
        .join(InstrumentCopy, InstrumentCopy.sha256 == Period.instrument_sha)
        .where(
            Assessment.subject_id == assessment.subject_id,
            Period.year < period.year,
            Period.track != "rehearsal",
            InstrumentCopy.key == period.instrument_copy.key,
        )
        .order_by(Period.year.desc(), Period.term.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Assessment, Period.title, Period.year, Claim.item, Claim.value)
        .join(Assessment.period)
        .outerjoin(Claim, (Claim.assessment_id == Assessment.id) & Claim.value.is_not(None))
        .where(Assessment.id == newest)
    ).all()
    if not rows:
        return None
    earlier, title, year = rows[0][:3]
    claims = {row.item: row.value for row in rows if row.item is not None}
    result = newest_result(session, earlier)
    codes = {item.code for item in period.instrument.items}
    results = {v.node: Fraction(v.exact) for v in result.values if v.node in codes} if result else {}
    return Before(title, year, claims, results)


def newest_result(session: Session, assessment: Assessment) -> Result | None:
    """The result that counts: the official one where there is one, and of each source the last version."""
    return session.scalars(
        select(Result)
        .where(Result.assessment_id == assessment.id)
        .order_by(Result.source, Result.n.desc())
        .options(joinedload(Result.values))
        .limit(1)
    ).unique().first()


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
