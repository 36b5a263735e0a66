"""Questions of the demo's panel in its rehearsal: one answered with a document, one that waits, one still in draft."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessments import clarification_hearers, clarifying, clock, noticing
from assessments.actors import Actor
from assessments.clarifying import Carried
from assessments.models import Assessment, Clarification, Document, DocumentVersion, Organization, Period, Share
from assessments.refusal import Refused

from .people import BAPPEDA, KOMINFO

QUESTIONS = (
    "Contoh pertanyaan: halaman berapa yang memuat jadwal dan penanggung jawabnya?",
    "Contoh pertanyaan: sertakan laporan reviu yang terakhir beserta tanggalnya.",
    "Contoh draf: apakah hal ini sudah diterapkan di seluruh perangkat daerah?",
)


def build_clarifications(session: Session, agencies: dict[str, Organization], actors: dict[str, Actor]) -> None:
    """In the rehearsal at the desk. Where so many days off lie ahead that no clock fits its stage, drafts stay drafts."""
    lead, year = actors["asesor.ketua"], clock.today("Asia/Makassar").year
    assessment = session.scalars(select(Assessment).join(Period).where(Period.slug == f"{year}-gladi")).one()
    bappeda, kominfo = (_led_by(session, assessment, agencies[code]) for code in (BAPPEDA, KOMINFO))
    with clock.judged_at(clock.now() - timedelta(days=1)):
        made = [clarifying.write_draft(assessment, item, lead, text)
                for item, text in zip((bappeda, kominfo, bappeda), QUESTIONS, strict=True)]
        session.flush()
        if not _sent(session, assessment, made[:2], lead):
            return
        clarifying.answer(made[0], actors["operator.bappeda"], "Contoh jawaban: jadwal dan penanggung jawab ada pada Bab IV.",
                          [Carried(_newest(session, agencies[BAPPEDA]), "hlm. 2")], agencies[BAPPEDA].id)
    session.flush()


def _led_by(session: Session, assessment: Assessment, agency: Organization) -> str:
    wanted = Share.assessment_id == assessment.id, Share.organization_id == agency.id, Share.part == "lead"
    return session.scalars(select(Share.item).where(*wanted).order_by(Share.item)).first() or "I01"


def _newest(session: Session, agency: Organization) -> DocumentVersion:
    return session.scalars(
        select(DocumentVersion).join(Document).where(Document.owner_org_id == agency.id).order_by(Document.id)
    ).first()


def _sent(session: Session, assessment: Assessment, questions: list[Clarification], by: Actor) -> bool:
    for days in (3, 2, 1):
        try:
            batch = clarifying.send(assessment, questions, days, by)
        except Refused:
            continue
        session.flush()
        place = f"/penilaian/{assessment.period.slug}/klarifikasi/{assessment.subject.organization.slug}"
        heard = clarification_hearers.holders_of(session, assessment, [each.item for each in questions])
        noticing.tell(session, heard, "clarification", "Tim asesor mengirim pertanyaan klarifikasi.", place,
                      f"clarification_batch:{batch.id}")
        return True
    return False
