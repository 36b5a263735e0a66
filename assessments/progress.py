"""How far the agencies of a round are: counted by the database, in the same few statements for any number of them."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from .models import Assessment, Contribution, Organization, Period, Subject, Submission


@dataclass
class Progress:
    """One agency's part: its items by state ("ready": 7), when something was last saved, when it closes."""

    submission: Submission
    items: dict[str, int] = field(default_factory=dict)
    last_saved: datetime | None = None

    @property
    def agency(self) -> Organization:
        return self.submission.organization

    @property
    def total(self) -> int:
        return sum(self.items.values())

    @property
    def ready(self) -> int:
        return self.items.get("ready", 0)

    @property
    def returned(self) -> int:
        return self.items.get("returned", 0)

    @property
    def vouched(self) -> bool:
        """Whether its head stands for what it says now."""
        return self.submission.state in ("signed", "accepted")

    @property
    def closes_at(self) -> datetime | None:
        return self.submission.closes_at


def progress(session: Session, period: Period, assessment: Assessment | None = None) -> list[Progress]:
    """The agencies that have items in a round (or in one assessment of it), by their code and name."""
    wanted = Submission.assessment_id == assessment.id if assessment else Assessment.period_id == period.id
    submissions = session.scalars(
        select(Submission)
        .join(Submission.assessment)
        .where(wanted)
        .options(
            joinedload(Submission.organization).joinedload(Organization.states),
            joinedload(Submission.assessment).joinedload(Assessment.subject).joinedload(Subject.organization),
        )
    ).unique()
    found = {submission.id: Progress(submission) for submission in submissions}
    counted = session.execute(
        select(Contribution.submission_id, Contribution.state, func.count(), func.max(Contribution.saved_at))
        .join(Contribution.submission)
        .join(Submission.assessment)
        .where(wanted)
        .group_by(Contribution.submission_id, Contribution.state)
    )
    for submission_id, state, count, saved in counted:
        one = found[submission_id]
        one.items[state] = count
        one.last_saved = max(filter(None, (one.last_saved, saved)), default=None)
    return sorted((one for one in found.values() if one.total), key=lambda one: _place(one.agency))


def _place(agency: Organization) -> tuple:
    return (agency.code is None, agency.code or "", agency.name)
