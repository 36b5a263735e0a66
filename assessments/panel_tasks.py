"""What an external assessor has to do today: a word on conflicts, items to judge, a result to settle."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from .actors import Actor
from .blindness import counts
from .clarification_tasks import NONE, counts_of, to_read
from .consolidation_tasks import awaits_window, open_objections, ruling
from .models import Assessment, Judgement, Organization, PanelMember, Period, Proposal, Subject
from .panel_questions import JUDGES, SETTLED, judged_stage, panels_of, seat_on_panel, stage_running
from .tasks_shape import Task


def of_assessor(session: Session, user: Actor, periods: list[Period]) -> list[Task]:
    """The tasks of every panel the actor sits on, in a fixed number of statements."""
    assessments = session.scalars(
        select(Assessment)
        .where(Assessment.id.in_(panels_of(user)), Assessment.state.not_in(SETTLED))
        .options(
            joinedload(Assessment.period).joinedload(Period.instrument_copy),
            joinedload(Assessment.subject).joinedload(Subject.organization).joinedload(Organization.states),
            selectinload(Assessment.panel),
        )
    ).unique().all()
    if not assessments:
        return []
    ids = [assessment.id for assessment in assessments]
    sent = dict(
        session.execute(
            select(Judgement.assessment_id, func.count(func.distinct(Judgement.item)))
            .where(Judgement.assessment_id.in_(ids), counts())
            .where(Judgement.stage == select(Assessment.state).where(Assessment.id == Judgement.assessment_id).scalar_subquery())
            .group_by(Judgement.assessment_id)
        ).all()
    )
    proposed = dict(
        session.execute(
            select(Proposal.assessment_id, Proposal.by_id).where(Proposal.assessment_id.in_(ids), Proposal.state == "open")
        ).all()
    )
    clarified, found = counts_of(session, list(assessments)), []
    objected = open_objections(session, list(assessments))
    for assessment in assessments:
        member = seat_on_panel(user, assessment)
        if member is not None and member.role in JUDGES and member.conflict == "free":
            found += to_read(assessment, clarified.get(assessment.id, NONE))
        if member is not None:
            found += ruling(user, assessment, member, objected.get(assessment.id, 0))
            found += _of_one(user, assessment, member, sent.get(assessment.id, 0), proposed.get(assessment.id))
    return found


def _of_one(user: Actor, assessment: Assessment, member: PanelMember, sent: int, proposed_by: int | None) -> list[Task]:
    period, name = assessment.period, assessment.subject.name
    stage = judged_stage(assessment)
    place: dict[str, Any] = {"period": period.slug, "subject": assessment.subject.organization.slug, "zone": period.zone}
    if member.conflict != "free":
        return [Task("declare", f"Beri pernyataan benturan kepentingan untuk {name}", f"{period.title}: diminta sebelum menilai.",
                     "Beri pernyataan", **place)]
    if member.role == "reviewer":
        return [Task("room", f"Baca ringkasan penilaian {name}", f"{period.title}.", "Buka ringkasan", pressing=False, **place)]
    if stage is not None and stage_running(user, assessment) is None:
        total = len(period.instrument.items)
        why = f"{period.title}: {sent} dari {total} indikator sudah dinilai tim."
        place["due"] = period.closes_at(stage, assessment)
        if sent < total:
            return [Task("judge", f"Nilai indikator {name}", why, "Buka antrean", **place)]
        if member.role == "lead":
            return [Task("room", f"Tutup tahap penilaian {name}", why, "Buka ringkasan", **place)]
    if assessment.state in ("consolidating", "reviewing") and member.role == "lead" and not awaits_window(user, assessment):
        return [Task("settle", f"Usulkan hasil akhir {name}", f"{period.title}: semua indikator sudah bernilai.",
                     "Buka penetapan", **place)]
    if proposed_by is not None and proposed_by != user.person_id:
        return [Task("settle", f"Tetapkan atau tolak usulan hasil {name}", f"{period.title}: ketua tim sudah mengusulkan.",
                     "Buka penetapan", **place)]
    return []
