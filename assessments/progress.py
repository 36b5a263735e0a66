"""How far the agencies of a round are: in the same few statements for any number of them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, lazyload, load_only

from .models import (
    Assessment,
    Citation,
    Contribution,
    ContributionRevision,
    Organization,
    Period,
    Share,
    Subject,
    Submission,
)
from .workflow import LOOKS, Look, look

# What a successor took over stays with its agency as history, without a share.
SHARED = (
    (Share.assessment_id == Submission.assessment_id)
    & (Share.organization_id == Submission.organization_id)
    & (Share.item == Contribution.item)
)
# The tones of answers in the order of the meter, with what is counted under each.
METER = (
    ("ok", "siap diperiksa"),
    ("work", "sedang diisi"),
    ("warn", "perlu dilengkapi atau ditinjau"),
    ("bad", "perlu perbaikan"),
    ("off", "belum mulai"),
)


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
    def look(self) -> Look:
        """The look of the part; one the head gave back reads like one an assessor gave back."""
        if self.submission.state == "filling" and self.returned:
            return LOOKS[Submission]["returned"]
        return look(self.submission)

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
        .join(Share, SHARED)
        .where(wanted)
        .group_by(Contribution.submission_id, Contribution.state)
    )
    for submission_id, state, count, saved in counted:
        one = found[submission_id]
        one.items[state] = count
        one.last_saved = max(filter(None, (one.last_saved, saved)), default=None)
    return sorted((one for one in found.values() if one.total), key=lambda one: _place(one.agency))


def meter(looks: Iterable[Look]) -> list[tuple[str, int, str]]:
    """(tone, how many, words) in the order of the meter, from the looks of answers; what is nobody's is left out."""
    tones = Counter("off" if one.tone == "plain" else one.tone for one in looks)
    return [(tone, tones[tone], words) for tone, words in METER if tones[tone]]


def answer_looks(session: Session, assessment: Assessment) -> list[Look]:
    """How each answer of an assessment stands, as its own page says it; after `progress`, in one statement."""
    rows = session.scalars(
        select(Contribution)
        .join(Contribution.submission)
        .join(Share, SHARED)
        .where(Submission.assessment_id == assessment.id)
        .options(
            joinedload(Contribution.citations).options(load_only(Citation.id), lazyload(Citation.cited)),
            joinedload(Contribution.revisions).load_only(ContributionRevision.n),
        )
    ).unique()
    return [look(row) for row in rows]


def _place(agency: Organization) -> tuple:
    return (agency.code is None, agency.code or "", agency.name)
