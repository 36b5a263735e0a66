"""Consolidation as tasks: lowered values to answer, objections to rule on, and what the lead waits for."""

from dataclasses import dataclass, replace

from sqlalchemy import case, exists, func, literal, select, union_all
from sqlalchemy.orm import Session, aliased

from .actors import Actor
from .consolidation_questions import OPEN_STATES, STAGE, window_ends, window_is_over
from .models import Assessment, Claim, Decision, Objection, PanelMember, Period, Proposal, Share
from .models.judgement import JUDGED_STAGES
from .panel_questions import JUDGES
from .tasks_shape import Task

ORDER = {stage: place for place, stage in enumerate(JUDGED_STAGES)}


def to_object(session: Session, user: Actor, periods: list[Period]) -> list[Task]:
    """Lowered values nobody answered yet, of the own agency or, for the round manager, of all; one statement while a window runs."""
    running = {period.id: period for period in periods if period.stage(STAGE) and _runs_for_anybody(period)}
    if not running:
        return []
    rows = (
        select(Assessment.id, Assessment.period_id, Decision.item, Decision.stage, Decision.value, Claim.value, Objection.item)
        .join(Decision, Decision.assessment_id == Assessment.id)
        .join(Claim, (Claim.assessment_id == Assessment.id) & (Claim.item == Decision.item))
        .join(Share, (Share.assessment_id == Assessment.id) & (Share.item == Decision.item) & (Share.part == "lead"))
        .outerjoin(Objection, (Objection.assessment_id == Assessment.id) & (Objection.item == Decision.item))
        .where(Assessment.period_id.in_(running), Assessment.state.in_(OPEN_STATES))
    )
    if user.role == "agency_head":
        rows = rows.where(Share.organization_id == user.organization_id)
    newest: dict[tuple[int, int, str], bool] = {}
    for id, of, item, _stage, value, claimed, said in sorted(
        session.execute(rows), key=lambda row: JUDGED_STAGES.index(row.stage)
    ):
        newest[of, id, item] = claimed is not None and value < claimed and said is None
    open_ones = [(of, Whose(id)) for (of, id, _item), waits in newest.items() if waits and running[of].accepts(STAGE, Whose(id))]
    found = []
    for id, period in running.items():
        ends = [period.closes_at(STAGE, whose) for of, whose in open_ones if of == id]
        if left := len(ends):
            found.append(
                Task("object", f"Tanggapi {left} nilai sementara", f"{period.title}: nilainya di bawah klaim.", "Buka tanggapan",
                     period=period.slug, due=min(ends), zone=period.zone, pressing=user.role == "agency_head")
            )
    return found


@dataclass(frozen=True)
class Whose:
    """An assessment by its id alone, which is all that time given to one of them asks for."""

    id: int


def _runs_for_anybody(period: Period) -> bool:
    """Whether the window is open for all or, with more time, for one assessment."""
    given = {each.assessment_id for each in period.extensions if each.stage == STAGE and each.assessment_id is not None}
    return period.accepts(STAGE) or any(period.accepts(STAGE, Whose(id)) for id in given)


@dataclass(frozen=True)
class Waiting:
    """Of one assessment: who put its result forward, how many values were lowered, how many objections have no ruling."""

    proposed_by: int | None = None
    lowered: int = 0
    objected: int = 0


NOTHING = Waiting()


def waiting_of(session: Session, assessments: list[Assessment]) -> dict[int, Waiting]:
    """{assessment: what its result waits for}; one statement. Values and objections only where a round has a window."""
    ids = [each.id for each in assessments]
    answered = [each.id for each in assessments if each.state in OPEN_STATES and each.period.stage(STAGE)]
    parts = [
        select(literal("proposed_by"), Proposal.assessment_id, Proposal.by_id)
        .where(Proposal.assessment_id.in_(ids), Proposal.state == "open")
    ]
    if answered:
        later = aliased(Decision)
        rank, later_rank = (case(ORDER, value=each.stage) for each in (Decision, later))
        newer = exists().where(
            later.assessment_id == Decision.assessment_id, later.item == Decision.item, later_rank > rank
        )
        parts += [
            select(literal("objected"), Objection.assessment_id, func.count())
            .where(Objection.assessment_id.in_(answered), Objection.answer == "objected", Objection.ruling.is_(None))
            .group_by(Objection.assessment_id),
            select(literal("lowered"), Decision.assessment_id, func.count())
            .join(Claim, (Claim.assessment_id == Decision.assessment_id) & (Claim.item == Decision.item))
            .where(Decision.assessment_id.in_(answered), Decision.value < Claim.value, ~newer)
            .group_by(Decision.assessment_id),
        ]
    found: dict[int, Waiting] = {}
    for name, of, value in session.execute(union_all(*parts)):
        found[of] = replace(found.get(of, NOTHING), **{name: value})
    return found


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


def awaits_window(user: Actor, assessment: Assessment, waiting: Waiting) -> bool:
    """Whether nothing can be proposed yet because of a lowered value: the instansi may still answer, or nobody ruled."""
    if window_ends(assessment) is None or not waiting.lowered:
        return False
    return bool(waiting.objected) or window_is_over(user, assessment) is not None
