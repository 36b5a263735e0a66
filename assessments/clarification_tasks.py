"""Questions of a panel as tasks: what waits for the instansi's answer, and what was answered and waits to be read.

Once the stage they were asked in has closed, nobody can answer or ask any more, so they are nobody's task.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, joinedload

from .actors import Actor
from .clock import now
from .models import Assessment, Clarification, ClarificationBatch, Organization, Period, Subject
from .panel_questions import judged_stage
from .policies import visible
from .tasks_shape import Task

BEFORE_PANELS = ("preparation", "self_assessment", "internal_check")


@dataclass(frozen=True)
class Count:
    """Of one assessment: how many wait for the instansi, the nearest end of their clocks, how many were answered."""

    waiting: int = 0
    due: datetime | None = None
    answered: int = 0


NONE = Count()


def counts_of(session: Session, assessments: list[Assessment]) -> dict[int, Count]:
    """{assessment: count} of the stage that runs in each, for their panels; one statement."""
    rows = session.execute(
        _by_assessment(select(Clarification).where(
            Clarification.assessment_id.in_([each.id for each in assessments]), Clarification.state.in_(("sent", "answered"))
        ))
    ).all()
    stages = {each.id: judged_stage(each) for each in assessments}
    return {row.assessment_id: Count(row.waiting, row.due, row.answered) for row in rows if row.stage == stages[row.assessment_id]}


def _by_assessment(rows):
    """Counted for each assessment and stage."""
    waits = Clarification.state == "sent"
    return (
        rows.outerjoin(ClarificationBatch, ClarificationBatch.id == Clarification.batch_id)
        .with_only_columns(
            Clarification.assessment_id,
            Clarification.stage,
            func.sum(case((waits, 1), else_=0)).label("waiting"),
            func.min(case((waits, ClarificationBatch.due_at))).label("due"),
            func.sum(case((waits, 0), else_=1)).label("answered"),
        )
        .group_by(Clarification.assessment_id, Clarification.stage)
    )


def to_answer(session: Session, user: Actor, periods: list[Period]) -> list[Task]:
    """What this office may answer: an agency about items it holds, the team about all; unasked before any panel works."""
    if not any(stage.stage not in BEFORE_PANELS and stage.opens_at <= now() for period in periods for stage in period.stages):
        return []
    counted = _by_assessment(
        visible(user, Clarification).where(
            Clarification.state == "sent",
            Clarification.assessment.has(Assessment.period_id.in_([period.id for period in periods if period.state == "open"])),
        )
    ).subquery()
    rows = session.execute(
        select(Assessment, counted.c.stage, counted.c.waiting, counted.c.due)
        .join(counted, counted.c.assessment_id == Assessment.id)
        .options(joinedload(Assessment.subject).joinedload(Subject.organization).lazyload(Organization.states))
        .order_by(counted.c.due)
    ).all()
    found = []
    for assessment, stage, waiting, due in rows:
        period = assessment.period
        if judged_stage(assessment) != stage or not period.accepts(stage, assessment):
            continue
        found.append(
            Task("clarification", f"Jawab {waiting} pertanyaan tim asesor", f"{period.title}: klarifikasi tentang penilaian.",
                 "Buka pertanyaan", period=period.slug, subject=assessment.subject.organization.slug, due=due, zone=period.zone)
        )
    return found


def to_read(assessment: Assessment, count: Count) -> list[Task]:
    """What the instansi answered and nobody closed or asked back."""
    if not count.answered:
        return []
    period = assessment.period
    return [
        Task("clarifications", f"Baca {count.answered} jawaban klarifikasi {assessment.subject.name}",
             f"{period.title}: tutup bila cukup, atau tanya lagi.", "Buka klarifikasi", period=period.slug,
             subject=assessment.subject.organization.slug, zone=period.zone)
    ]
