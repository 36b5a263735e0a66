"""Consolidation as tasks: lowered values to answer, objections to rule on, and what the lead waits for."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .actors import Actor
from .consolidation_questions import OPEN_STATES, STAGE, window_ends, window_is_over
from .models import Assessment, Claim, Decision, Objection, PanelMember, Period, Share
from .models.judgement import JUDGED_STAGES
from .panel_questions import JUDGES
from .tasks_shape import Task


def to_object(session: Session, user: Actor, periods: list[Period]) -> list[Task]:
    """Lowered values nobody answered yet, of the own agency or, for the round manager, of all; one statement while a window runs."""
    running = {period.id: period for period in periods if period.stage(STAGE) and period.accepts(STAGE)}
    if not running:
        return []
    rows = (
        select(Assessment.period_id, Decision.item, Decision.stage, Decision.value, Claim.value, Objection.item)
        .join(Decision, Decision.assessment_id == Assessment.id)
        .join(Claim, (Claim.assessment_id == Assessment.id) & (Claim.item == Decision.item))
        .join(Share, (Share.assessment_id == Assessment.id) & (Share.item == Decision.item) & (Share.part == "lead"))
        .outerjoin(Objection, (Objection.assessment_id == Assessment.id) & (Objection.item == Decision.item))
        .where(Assessment.period_id.in_(running), Assessment.state.in_(OPEN_STATES))
    )
    if user.role == "agency_head":
        rows = rows.where(Share.organization_id == user.organization_id)
    newest: dict[tuple[int, str], bool] = {}
    for of, item, _stage, value, claimed, said in sorted(
        session.execute(rows), key=lambda row: JUDGED_STAGES.index(row.stage)
    ):
        newest[of, item] = claimed is not None and value < claimed and said is None
    found = []
    for id, period in running.items():
        left = sum(waits for (of, _item), waits in newest.items() if of == id)
        if left:
            found.append(
                Task("object", f"Tanggapi {left} nilai sementara", f"{period.title}: nilainya di bawah klaim.", "Buka tanggapan",
                     period=period.slug, due=period.closes_at(STAGE), zone=period.zone, pressing=user.role == "agency_head")
            )
    return found


def open_objections(session: Session, assessments: list[Assessment]) -> dict[int, int]:
    """{assessment: objections without a ruling}; no statement where no round has a window."""
    ids = [each.id for each in assessments if each.state in OPEN_STATES and each.period.stage(STAGE)]
    if not ids:
        return {}
    rows = session.execute(
        select(Objection.assessment_id, func.count())
        .where(Objection.assessment_id.in_(ids), Objection.answer == "objected", Objection.ruling.is_(None))
        .group_by(Objection.assessment_id)
    )
    return dict(rows.all())


def ruling(user: Actor, assessment: Assessment, member: PanelMember, left: int) -> list[Task]:
    """To those who judge: rule once the window is over."""
    if not left or member.role not in JUDGES or member.conflict != "free" or window_is_over(user, assessment):
        return []
    period = assessment.period
    return [
        Task("objections", f"Putus {left} tanggapan {assessment.subject.name}",
             f"{period.title}: masa tanggapan sudah berakhir.", "Buka tanggapan", period=period.slug,
             subject=assessment.subject.organization.slug, zone=period.zone)
    ]


def awaits_window(user: Actor, assessment: Assessment) -> bool:
    """Whether nothing can be proposed yet because the instansi may still answer."""
    return window_ends(assessment) is not None and window_is_over(user, assessment) is not None
