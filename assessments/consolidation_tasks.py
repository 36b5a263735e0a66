"""Consolidation as tasks: lowered values to answer, objections to rule on, and what the lead waits for."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, case, exists, func, literal, select, union_all
from sqlalchemy.orm import Session, aliased

from .actors import Actor
from .analysing import aspects
from .consolidation_questions import OPEN_STATES, STAGE, window_ends, window_is_over
from .models import (
    AspectAnalysis,
    Assessment,
    Claim,
    Conclusion,
    Decision,
    Judgement,
    Objection,
    PanelMember,
    PanelPaper,
    Period,
    Proposal,
    Result,
    ReviewAnswer,
    ReviewNote,
    Share,
)
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
    """Of one assessment: who put its result forward, how many values were lowered, how many objections have no ruling (and
    of how many the reader may be the one who rules), texts that are written, things Tim Reviu marked and those of them
    that wait for the panel's answer, and whether the report of the newest result is signed."""

    proposed_by: int | None = None
    lowered: int = 0
    objected: int = 0
    mine: int = 0
    texts: int = 0
    reviewed: int = 0
    invalid: int = 0
    signed: int = 0


NOTHING = Waiting()


def waiting_of(session: Session, user: Actor, assessments: list[Assessment]) -> dict[int, Waiting]:
    """{assessment: what its result waits for}; one statement. Values and objections only where a round has a window."""
    ids = [each.id for each in assessments]
    answered = [each.id for each in assessments if each.state in OPEN_STATES and each.period.stage(STAGE)]
    parts = [
        select(literal("proposed_by"), Proposal.assessment_id, Proposal.by_id)
        .where(Proposal.assessment_id.in_(ids), Proposal.state == "open")
    ]
    if consolidating := [each.id for each in assessments if each.state in OPEN_STATES]:
        parts += _written(consolidating)
    if settled := [each.id for each in assessments if each.state == "final"]:
        newest = select(func.max(Result.id)).where(Result.source == "portal", Result.assessment_id == PanelPaper.assessment_id)
        parts.append(
            select(literal("signed"), PanelPaper.assessment_id, func.count())
            .where(
                PanelPaper.assessment_id.in_(settled), PanelPaper.withdrawn_at.is_(None),
                PanelPaper.result_id == newest.scalar_subquery(),
            )
            .group_by(PanelPaper.assessment_id)
        )
    if answered:
        parts.append(_ruled_by(user, answered))
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


def _written(ids: list[int]) -> list[Select]:
    """How many texts the panel wrote, how many things Tim Reviu marked, and of those how many wait for an answer."""
    newest = select(func.max(ReviewNote.id)).where(ReviewNote.assessment_id.in_(ids)).group_by(
        ReviewNote.assessment_id, ReviewNote.about, ReviewNote.key
    )
    texts = union_all(
        select(AspectAnalysis.assessment_id.label("of")).where(AspectAnalysis.assessment_id.in_(ids)),
        select(Conclusion.assessment_id).where(Conclusion.assessment_id.in_(ids)),
    ).subquery()
    marked = select(ReviewNote.assessment_id, func.count()).where(ReviewNote.id.in_(newest)).group_by(ReviewNote.assessment_id)
    unanswered = ~exists().where(ReviewAnswer.note_id == ReviewNote.id)
    return [
        select(literal("texts"), texts.c.of, func.count()).group_by(texts.c.of),
        marked.with_only_columns(literal("reviewed"), ReviewNote.assessment_id, func.count()),
        marked.with_only_columns(literal("invalid"), ReviewNote.assessment_id, func.count())
        .where(ReviewNote.valid.is_(False), unanswered),
    ]


def _ruled_by(user: Actor, ids: list[int]) -> Select:
    """Open objections on items the actor did not judge: only those are the actor's to rule on (`objecting.who_judged`)."""
    judged = exists().where(
        Judgement.assessment_id == Objection.assessment_id, Judgement.item == Objection.item, Judgement.state == "sent",
        Judgement.person_id == user.person_id,
    )
    decided = exists().where(
        Decision.assessment_id == Objection.assessment_id, Decision.item == Objection.item, Decision.by_id == user.person_id
    )
    return (
        select(literal("mine"), Objection.assessment_id, func.count())
        .where(
            Objection.assessment_id.in_(ids), Objection.answer == "objected", Objection.ruling.is_(None), ~judged, ~decided
        )
        .group_by(Objection.assessment_id)
    )


def ruling(user: Actor, assessment: Assessment, member: PanelMember, left: int) -> list[Task]:
    """To those who judge and may rule on some of them: rule once the window is over."""
    if not left or member.role not in JUDGES or member.conflict != "free" or window_is_over(user, assessment):
        return []
    period = assessment.period
    return [
        Task("objections", f"Putus {left} tanggapan {assessment.subject.name}",
             f"{period.title}: masa tanggapan sudah berakhir.", "Buka tanggapan", period=period.slug,
             subject=assessment.subject.organization.slug, zone=period.zone)
    ]


def texts_and_reviews(assessment: Assessment, member: PanelMember, waiting: Waiting) -> list[Task]:
    """While the values are consolidated: the texts nobody wrote, what Tim Reviu waits for an answer to, what it has to mark."""
    if assessment.state not in OPEN_STATES or member.conflict != "free":
        return []
    period, name = assessment.period, assessment.subject.name
    place: dict[str, Any] = {"period": period.slug, "subject": assessment.subject.organization.slug, "zone": period.zone}
    texts = len(aspects(period.instrument)) + 1
    if member.role not in JUDGES:
        all_of_it = len(period.instrument.items) + texts
        if waiting.reviewed >= all_of_it:
            return []
        return [Task("reviews", f"Reviu hasil {name}", f"{period.title}: {waiting.reviewed} dari {all_of_it} bagian sudah ditandai.",
                     "Buka reviu", **place)]
    found = []
    if waiting.invalid:
        found.append(Task("reviews", f"Jawab {waiting.invalid} catatan Tim Reviu tentang {name}",
                          f"{period.title}: hasil akhir menunggu jawabannya.", "Buka reviu", **place))
    if period.kind == "evaluation" and waiting.texts < texts:
        found.append(Task("analyses", f"Tulis analisis dan rekomendasi umum {name}",
                          f"{period.title}: {waiting.texts} dari {texts} teks tersimpan.", "Buka analisis", **place))
    return found


def awaits_window(user: Actor, assessment: Assessment, waiting: Waiting) -> bool:
    """Whether nothing can be proposed yet because of a lowered value: the instansi may still answer, or nobody ruled."""
    if window_ends(assessment) is None or not waiting.lowered:
        return False
    return bool(waiting.objected) or window_is_over(user, assessment) is not None
