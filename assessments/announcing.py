"""What everybody may know of a round: its settled index and values, never the way there.

Another body's result is public from the start, an own one once it is published; a rehearsal never is, and neither is the
figure of one agency: it is no index of the instansi.
"""

from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload, lazyload

from .models import Assessment, Organization, Period, Result, Subject

WITH_ROUND = joinedload(Result.assessment).options(
    joinedload(Assessment.period).options(
        joinedload(Period.instrument_copy), lazyload(Period.stages), lazyload(Period.extensions)
    ),
    joinedload(Assessment.subject).joinedload(Subject.organization).joinedload(Organization.states),
)


@dataclass(frozen=True)
class Point:
    """One announced result on the line of years."""

    slug: str
    title: str
    year: int
    index: Fraction
    predicate: str
    instrument: str


def announced_results() -> Select:
    """SELECT of the results everybody may read."""
    real = select(Assessment.id).join(Period, Period.id == Assessment.period_id).where(
        Period.track != "rehearsal", Period.subjects == "instansi"
    )
    out = select(Assessment.id).where(Assessment.state == "published")
    return (
        select(Result)
        .where(Result.assessment_id.in_(real))
        .where(or_(Result.source == "official", Result.assessment_id.in_(out)))
    )


def _ordered() -> Select:
    """Newest round first; in each the version that counts first: the official one, then the highest number."""
    return (
        announced_results()
        .join(Assessment, Assessment.id == Result.assessment_id)
        .join(Period, Period.id == Assessment.period_id)
        .join(Subject, Subject.id == Assessment.subject_id)
        .join(Organization, Organization.id == Subject.organization_id)
        .where(Organization.instansi_id.is_(None))
        .order_by(Period.year.desc(), Period.term.desc(), Period.id.desc(), Assessment.id, Result.source, Result.n.desc())
    )


def newest_announced(session: Session) -> Result | None:
    """The result the front page speaks of: that of a whole instansi, of the newest round."""
    return session.scalars(_ordered().options(WITH_ROUND, joinedload(Result.values)).limit(1)).unique().first()


def announced_for(session: Session, period: str) -> Result | None:
    """The version that counts in a round named by its slug, with its values; None where nothing is announced."""
    found = _ordered().where(Period.slug == period).options(WITH_ROUND, joinedload(Result.values)).limit(1)
    return session.scalars(found).unique().first()


def all_announced(session: Session, year: int | None = None) -> list[Point]:
    """The rounds of whole instansi that have something to read, newest first; of one year, where it is given."""
    wanted = _ordered() if year is None else _ordered().where(Period.year == year)
    newest: dict[int, Result] = {}
    for result in session.scalars(wanted.options(WITH_ROUND)).unique():
        newest.setdefault(result.assessment.period_id, result)
    return [_point(result) for result in newest.values()]


def over_the_years(session: Session, assessment: Assessment) -> list[Point]:
    """Every announced result of the same subject, oldest first, one for each round."""
    rows = session.scalars(_ordered().where(Assessment.subject_id == assessment.subject_id).options(WITH_ROUND)).unique()
    newest: dict[int, Result] = {}
    for result in rows:
        newest.setdefault(result.assessment_id, result)
    return [_point(result) for result in reversed(newest.values())]


def _point(result: Result) -> Point:
    period = result.assessment.period
    return Point(
        period.slug, period.title, period.year, Fraction(result.index_exact), result.predicate, period.instrument.title
    )
