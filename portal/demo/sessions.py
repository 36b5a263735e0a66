"""The demo's interviu: in the rehearsal at the desk a session was proposed by the panel and confirmed by the pengelola."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessments import clock, scheduling, sharing
from assessments.actors import Actor
from assessments.models import Assessment, Period

from .judged import ZONE, moment

AGENDA = {
    "I05": "Contoh: bagian mana dari kebijakan ini yang mengatur seluruh perangkat daerah?",
    "I12": "Contoh: tunjukkan pemakaian peta rencana dalam penganggaran tahun ini.",
    "I24": "Contoh: siapa yang menjalankan manajemen ini, dan di mana catatannya?",
}


def arrange_interview(session: Session, actors: dict[str, Actor]) -> None:
    """The rehearsal's calendar gets a stage of interviu after the document stage, and a session on its first morning."""
    today = clock.today(ZONE)
    assessment = session.scalar(select(Assessment).join(Period).where(Period.slug == f"{today.year}-gladi"))
    if assessment is None:
        return
    sharing.set_stage(assessment.period, "interview", moment(today + timedelta(days=10), 8), moment(today + timedelta(days=20), 17))
    session.flush()
    day = today + timedelta(days=11)
    plan = scheduling.Plan(
        moment(day, 9), moment(day, 11), "hybrid", place="Ruang rapat Diskominfo, lantai 2 (contoh)",
        link="https://rapat.contoh.go.id/gladi", note="Contoh: operator membawa dokumen asli.",
    )
    meeting = scheduling.propose(assessment, "interview", actors["asesor.ketua"], plan, AGENDA)
    session.flush()
    scheduling.confirm(meeting, actors["pengelola"], meeting.version)
    session.flush()
