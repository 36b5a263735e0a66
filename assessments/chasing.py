"""Progress against plan: how much of the time is gone, how much is done, and who is behind.

The plan is a straight line: after half of the stage's working days half of the items should be ready. Each agency is held to
its own deadline, extensions included.
"""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .clock import day_of, now
from .models import Contribution, Period, Share
from .progress import Progress
from .working_days import DAY, holidays_of, working_days_between

STAGE = "self_assessment"
WRITTEN = ("filling", "ready", "returned")  # states in which an item holds something of this year


@dataclass(frozen=True)
class Plan:
    """The working days of the stage for one deadline: how many there are, and how many of them are over."""

    gone: int
    days: int
    over: bool = False

    @property
    def share(self) -> Fraction:
        if self.over:
            return Fraction(1)
        return Fraction(self.gone, self.days) if self.days else Fraction(0)

    def expected(self, total: int) -> int:
        """How many whole items should be ready by now."""
        return int(self.share * total)


@dataclass(frozen=True)
class Standing:
    """One agency's part beside its plan."""

    part: Progress
    plan: Plan

    @property
    def written(self) -> int:
        return sum(self.part.items.get(state, 0) for state in WRITTEN)

    @property
    def expected(self) -> int:
        return self.plan.expected(self.part.total)

    @property
    def done(self) -> bool:
        """Its head stands for it, or nothing of the round is open any more."""
        return self.part.vouched or self.part.submission.assessment.sent

    @property
    def behind(self) -> int:
        """How many items are missing to the plan; none where the operators have handed everything over."""
        if self.done or self.part.submission.state == "ready":
            return 0
        return max(0, self.expected - self.part.ready)

    @property
    def late(self) -> bool:
        """Behind its plan, or past its deadline without its head's signature."""
        return not self.done and (self.behind > 0 or self.plan.over)


class Planner:
    """The plan of one round: its days off are read once, whatever the number of agencies."""

    def __init__(self, session: Session, period: Period):
        self.period, self.moment = period, now()
        self.stage = period.stage(STAGE)
        if self.stage is None:
            return
        ends = [self.stage.closes_at, *(more.until for more in period.extensions if more.stage == STAGE)]
        self.first = day_of(self.stage.opens_at, period.zone)
        last = max(day_of(max(ends), period.zone), day_of(self.moment, period.zone))
        self.holidays = holidays_of(session, period.organiser_id, min(self.first, day_of(self.moment, period.zone)), last)

    def plan(self, closes_at: datetime | None = None) -> Plan:
        """The plan up to a deadline: the stage's own, or an agency's."""
        if self.stage is None:
            return Plan(0, 0)
        ends = closes_at or self.stage.closes_at
        return Plan(
            min(self._days(day_of(self.moment, self.period.zone) - DAY), self._days(day_of(ends, self.period.zone))),
            self._days(day_of(ends, self.period.zone)),
            self.moment > ends,
        )

    def _days(self, last: date) -> int:
        """Working days from the first of the stage up to and with `last`."""
        return max(0, working_days_between(self.first - DAY, last, self.holidays))

    def standing(self, part: Progress) -> Standing:
        return Standing(part, self.plan(part.closes_at))


@dataclass(frozen=True)
class Cell:
    """One agency's answer to one item as the matrix shows it."""

    item: str
    state: str
    value: Fraction | None
    lead: bool


def cells(session: Session, period: Period, parts: list[Progress]) -> dict[int, dict[str, Cell]]:
    """{submission: {item: cell}} of all parts of a round, in two statements for any number of them."""
    ids = [part.submission.id for part in parts]
    leads = {
        (assessment, item, agency)
        for assessment, item, agency in session.execute(
            select(Share.assessment_id, Share.item, Share.organization_id).where(
                Share.part == "lead", Share.assessment_id.in_({part.submission.assessment_id for part in parts})
            )
        )
    }
    found: dict[int, dict[str, Cell]] = {part.submission.id: {} for part in parts}
    place = {part.submission.id: (part.submission.assessment_id, part.submission.organization_id) for part in parts}
    rows = session.execute(
        select(Contribution.submission_id, Contribution.item, Contribution.state, Contribution.value).where(
            Contribution.submission_id.in_(ids)
        )
    )
    for submission, item, state, value in rows:
        assessment, agency = place[submission]
        found[submission][item] = Cell(item, state, value, (assessment, item, agency) in leads)
    return found


def unready(session: Session, submission_ids: list[int]) -> dict[int, list[str]]:
    """{submission: codes of its items that are not ready}, in one statement."""
    found: dict[int, list[str]] = {one: [] for one in submission_ids}
    rows = session.execute(
        select(Contribution.submission_id, Contribution.item).where(
            Contribution.submission_id.in_(submission_ids), Contribution.state != "ready"
        ).order_by(Contribution.submission_id, func.length(Contribution.item), Contribution.item)
    )
    for submission, item in rows:
        found[submission].append(item)
    return found
