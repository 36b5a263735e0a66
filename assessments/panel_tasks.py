"""What an external assessor has to do today: a word on conflicts, items to judge, a result to settle."""

from typing import Any

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from .actors import Actor
from .blindness import counts
from .clarification_tasks import NONE, counts_of, to_read
from .consolidation_tasks import NOTHING, OPEN_STATES, Waiting, awaits_window, ruling, texts_and_reviews, waiting_of
from .meeting_questions import count_valued
from .models import Assessment, Judgement, Organization, PanelMember, Period, Subject
from .models.meeting import MEETING_KINDS
from .panel_questions import JUDGES, judged_stage, panels_of, seat_on_panel, stage_running
from .tasks_shape import Task


def of_assessor(session: Session, user: Actor, periods: list[Period]) -> list[Task]:
    """The tasks of every panel the actor sits on, in a fixed number of statements."""
    assessments = session.scalars(
        select(Assessment)
        .where(Assessment.id.in_(panels_of(user)), Assessment.state != "published")
        .options(
            joinedload(Assessment.subject).joinedload(Subject.organization).joinedload(Organization.states),
            selectinload(Assessment.panel),
        )
    ).unique().all()
    if not assessments:
        return []
    _with_periods(session, list(assessments), periods)
    ids = [assessment.id for assessment in assessments]
    judged = (
        select(Judgement.assessment_id, func.count(func.distinct(Judgement.item)))
        .where(Judgement.assessment_id.in_(ids), counts())
        .where(Judgement.stage == select(Assessment.state).where(Assessment.id == Judgement.assessment_id).scalar_subquery())
        .group_by(Judgement.assessment_id)
    )
    meeting = [assessment.id for assessment in assessments if judged_stage(assessment) in MEETING_KINDS]
    asked = [judged.add_columns(literal("sent"))]
    if meeting:
        asked.append(count_valued(meeting).add_columns(literal("valued")))
    sent: dict[int, int] = {}
    valued: dict[int, int] = dict.fromkeys(meeting, 0)
    for of, n, what in session.execute(union_all(*asked)):
        (sent if what == "sent" else valued)[of] = n
    clarified, found = counts_of(session, list(assessments)), []
    waiting = waiting_of(session, user, list(assessments))
    for assessment in assessments:
        waits = waiting.get(assessment.id, NOTHING)
        member = seat_on_panel(user, assessment)
        if member is not None and member.role in JUDGES and member.conflict == "free" and assessment.state != "final":
            found += to_read(assessment, clarified.get(assessment.id, NONE))
        if member is not None:
            found += ruling(user, assessment, member, waits.mine)
            found += texts_and_reviews(assessment, member, waits)
            found += _of_one(user, assessment, member, sent.get(assessment.id, 0), waits, valued.get(assessment.id))
    return found


def _with_periods(session: Session, assessments: list[Assessment], periods: list[Period]) -> None:
    """The rounds the start page knows already, and those that were closed since in one statement."""
    known = {period.id: period for period in periods}
    if missing := {assessment.period_id for assessment in assessments} - set(known):
        others = session.scalars(
            select(Period).where(Period.id.in_(missing)).options(joinedload(Period.instrument_copy), joinedload(Period.stages))
        ).unique()
        known |= {period.id: period for period in others}
    for assessment in assessments:
        set_committed_value(assessment, "period", known[assessment.period_id])


def _of_one(
    user: Actor, assessment: Assessment, member: PanelMember, sent: int, waits: Waiting, valued: int | None
) -> list[Task]:
    period, name = assessment.period, assessment.subject.name
    stage = judged_stage(assessment)
    place: dict[str, Any] = {"period": period.slug, "subject": assessment.subject.organization.slug, "zone": period.zone}
    if assessment.state == "final":
        if member.role != "lead" or member.conflict != "free" or waits.signed:
            return []
        return [Task("report", f"Tandatangani laporan hasil {name}", f"{period.title}: hasilnya sudah ditetapkan.",
                     "Buka laporan", **place)]
    if member.conflict != "free":
        return [Task("declare", f"Beri pernyataan benturan kepentingan untuk {name}", f"{period.title}: diminta sebelum menilai.",
                     "Beri pernyataan", **place)]
    if member.role == "reviewer":
        return [Task("room", f"Baca ringkasan penilaian {name}", f"{period.title}.", "Buka ringkasan", pressing=False, **place)]
    if stage is not None and stage_running(user, assessment) is None:
        total = len(period.instrument.items)
        why = f"{period.title}: {sent} dari {total} indikator sudah dinilai tim."
        place["due"] = period.closes_at(stage, assessment)
        if valued is not None:
            return _in_sessions(name, period.title, stage, sent, valued, member, place)
        if sent < total:
            return [Task("judge", f"Nilai indikator {name}", why, "Buka antrean", **place)]
        if member.role == "lead":
            return [Task("room", f"Tutup tahap penilaian {name}", why, "Buka ringkasan", **place)]
    held = waits.invalid or awaits_window(user, assessment, waits)
    if assessment.state in OPEN_STATES and member.role == "lead" and not held:
        return [Task("settle", f"Usulkan hasil akhir {name}", f"{period.title}: semua indikator sudah bernilai.",
                     "Buka penetapan", **place)]
    if waits.proposed_by is not None and waits.proposed_by != user.person_id:
        return [Task("settle", f"Tetapkan atau tolak usulan hasil {name}", f"{period.title}: ketua tim sudah mengusulkan.",
                     "Buka penetapan", **place)]
    return []


def _in_sessions(name: str, title: str, stage: str, sent: int, valued: int, member: PanelMember, place: dict[str, Any]) -> list[Task]:
    """Interviu and Visitasi: the session first, then a value for what was spoken about there, then the end of the stage."""
    kind = MEETING_KINDS[stage].lower()
    if not valued:
        why = f"{title}: belum ada indikator yang diklarifikasi; tanpa sesi, nilai tahap sebelumnya terbawa."
        return [Task(f"sessions_{stage}", f"Jalankan {kind} {name}", why, "Buka jadwal", **place)]
    why = f"{title}: {sent} dari {valued} indikator yang diklarifikasi sudah dinilai tim."
    if sent < valued:
        return [Task("judge", f"Nilai indikator {name}", why, "Buka antrean", **place)]
    return [Task("room", f"Tutup tahap penilaian {name}", why, "Buka ringkasan", **place)] if member.role == "lead" else []
