"""Where recommendations stand, asked of many at once: expressions for lists, and the figures of a board.

They say in SQL what `Recommendation.status` and `.awaits_verdict` say of one row.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from .clock import day_of, today
from .models import Plan, Progress, Proof, Recommendation, Verdict
from .models.recommendation import CLOSING, VERDICTS

_here = Recommendation.id


def _newest(column):
    return (
        select(column).where(Verdict.recommendation_id == _here).order_by(Verdict.id.desc()).limit(1)
        .correlate(Recommendation).scalar_subquery()
    )


STATUS = func.coalesce(_newest(Verdict.status), "followup_not_started")
JUDGED_AT = _newest(Verdict.at)
REPORTED_AT = (
    select(func.max(Progress.at)).where(Progress.recommendation_id == _here).correlate(Recommendation).scalar_subquery()
)
PROOFS = (
    select(func.count())
    .select_from(Proof)
    .join(Progress, Progress.id == Proof.progress_id)
    .where(Progress.recommendation_id == _here)
    .correlate(Recommendation)
    .scalar_subquery()
)
OPEN = STATUS.not_in(CLOSING)
PLANNED = select(Plan.id).where(Plan.recommendation_id == _here).correlate(Recommendation).exists()
AWAITS = and_(OPEN, REPORTED_AT.is_not(None), or_(JUDGED_AT.is_(None), REPORTED_AT > JUDGED_AT))


def late(day: date):
    """Open past its day."""
    return and_(OPEN, Recommendation.due_on < day)


AGES = ((90, "sampai 90 hari"), (180, "91 sampai 180 hari"), (365, "181 sampai 365 hari"), (None, "lebih dari setahun"))


@dataclass
class Figures:
    """What a board says above its list, of all recommendations a reader may see."""

    statuses: Counter = field(default_factory=Counter)
    ages: list[int] = field(default_factory=list)
    awaiting: int = 0
    overdue: int = 0

    @property
    def total(self) -> int:
        return self.statuses.total()

    @property
    def open(self) -> int:
        return len(self.ages)

    @property
    def share_done(self) -> float:
        return self.statuses["followup_conforming"] / self.total if self.total else 0

    @property
    def mean_age(self) -> int:
        return round(sum(self.ages) / len(self.ages)) if self.ages else 0

    @property
    def oldest(self) -> int:
        return max(self.ages, default=0)

    @property
    def by_status(self) -> list[tuple[str, str, int]]:
        return [(status, label, self.statuses[status]) for status, label in VERDICTS.items()]

    @property
    def by_age(self) -> list[tuple[str, int]]:
        """(words, how many) of the open ones, the youngest first."""
        found, lowest = [], -1
        for most, words in AGES:
            found.append((words, sum(lowest < age and (most is None or age <= most) for age in self.ages)))
            lowest = most or 0
        return found


def figures(session: Session, scope: Select, zone: str) -> Figures:
    """Counted in one statement; `scope` is a SELECT of recommendations."""
    made, day = Figures(), today(zone)
    began = func.coalesce(Recommendation.released_at, Recommendation.at)
    columns = (STATUS, AWAITS, Recommendation.due_on, began)
    for status, awaits, due_on, since in session.execute(scope.with_only_columns(*columns)):
        made.statuses[status] += 1
        if status in CLOSING:
            continue
        made.ages.append(max(0, (day - day_of(since, zone)).days))
        made.awaiting += bool(awaits)
        made.overdue += due_on is not None and due_on < day
    return made


def counted(session: Session, scope: Select, *wishes) -> list[int]:
    """How many of the scope fulfil each wish, in one statement."""
    sums = [func.coalesce(func.sum(case((wish, 1), else_=0)), 0) for wish in wishes]
    return [int(count) for count in session.execute(scope.with_only_columns(*sums)).one()]
