"""What one assessor still has to judge in an assessment: own seats first, then the items nobody was given."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from assessments.blindness import read_blind, seats_that_judge
from assessments.models import Assessment, CriterionMark, Judgement
from assessments.models.judgement import JUDGED_STAGES
from assessments.panel_questions import judged_stage

from ...extensions import db


@dataclass(frozen=True)
class Work:
    """The items of an assessment at one stage, seen by one person. `sent` are those this person sent.

    `clarified` are the only ones that may be valued in a stage of sessions, None elsewhere.
    """

    items: tuple[str, ...]
    own: frozenset[str]
    free: frozenset[str]
    sent: frozenset[str]
    decided: frozenset[str]
    clarified: frozenset[str] | None = None

    @property
    def asked(self) -> int:
        """How many items the panel is to value."""
        return len(self.items if self.clarified is None else self.clarified)

    @property
    def due(self) -> frozenset[str]:
        """Own seats and, while some are free, those too: anybody on the panel may take them."""
        mine = self.own | self.free
        return mine if self.clarified is None else mine & self.clarified

    @property
    def total(self) -> int:
        return len(self.due)

    @property
    def done(self) -> int:
        return len(self.sent & self.due)

    @property
    def divided(self) -> bool:
        return not self.free

    def following(self, here: str | None = None) -> str | None:
        """The next item to judge after this one, and round to the beginning; None when nothing is left."""
        at = self.items.index(here) + 1 if here in self.items else 0
        ahead = [code for code in (*self.items[at:], *self.items[:at]) if code != here]
        left = [code for code in ahead if code in self.due and code not in self.sent and code not in self.decided]
        return next((code for code in left if code in self.own), next(iter(left), None))


def work_of(
    assessment: Assessment, stage: str | None, person_id: int | None, sent: Iterable[str], decided: Iterable[str],
    clarified: Collection[str] | None = None,
) -> Work:
    """`sent` by this person and `decided` by the panel at that stage; seats from what is loaded already."""
    seats = seats_that_judge(assessment, stage)
    held, taken = {seat.item for seat in seats if seat.person_id == person_id}, {seat.item for seat in seats}
    items = tuple(item.code for item in assessment.period.instrument.items)
    return Work(
        items,
        frozenset(code for code in items if code in held),
        frozenset() if read_blind(assessment, stage) else frozenset(code for code in items if code not in taken),
        frozenset(sent),
        frozenset(decided),
        None if clarified is None else frozenset(clarified),
    )


def own_work(assessment: Assessment, person_id: int | None, valued: Collection[str] | None = None) -> Work:
    """From what is loaded already: its seats, its decisions and this person's judgements. `valued`: see `Work.clarified`."""
    stage = stage_shown(assessment)
    return work_of(
        assessment,
        stage,
        person_id,
        [j.item for j in assessment.judgements if (j.person_id, j.stage, j.state) == (person_id, stage, "sent")],
        [decision.item for decision in assessment.decisions if decision.stage == stage],
        valued,
    )


def stage_shown(assessment: Assessment) -> str:
    """The stage that is being judged, else the last one that was."""
    running = judged_stage(assessment)
    if running is not None:
        return running
    ended = {decision.stage for decision in assessment.decisions}
    return next((stage for stage in reversed(JUDGED_STAGES) if stage in ended), "document")


def only_own_judgements(assessment: Assessment, person_id: int | None, item: str) -> None:
    """Let the assessment know this person's judgements alone: what others wrote is not even fetched at a desk.

    Those of `item` come with their marks on criteria.
    """
    rows = db.session.execute(
        select(Judgement, CriterionMark)
        .outerjoin(CriterionMark, (CriterionMark.judgement_id == Judgement.id) & (Judgement.item == item))
        .where(Judgement.assessment_id == assessment.id, Judgement.person_id == (person_id or 0))
        .order_by(Judgement.id, CriterionMark.level)
    ).all()
    own = {judgement.id: judgement for judgement, _mark in rows}
    for judgement in own.values():
        if judgement.item == item:
            set_committed_value(judgement, "criteria", [mark for of, mark in rows if of is judgement and mark is not None])
    set_committed_value(assessment, "judgements", list(own.values()))
