"""Who is evaluated in a round: the instansi itself, or each agency on its own (docs/decisions/019-local-figures.md)."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from .actors import Actor
from .models import Assessment, Contribution, Organization, Period, Share, Subject, Submission
from .refusal import Refused
from .workflow import happened


def refuse_as_local(fields: dict) -> None:
    """A round of agencies is the organiser's own: never the national one, and its claims are what the agencies say."""
    if fields.get("track") == "national":
        raise Refused(
            "Putaran nasional menilai instansi, tidak tiap OPD. Pilih jalur lokal atau gladi.", field="track"
        )
    if fields.get("claim_rule", "adopt_lead") != "adopt_lead":
        raise Refused("Pada putaran tiap OPD, klaim selalu diambil dari isian OPD itu sendiri.", field="claim_rule")
    if fields.get("asks_papers"):
        raise Refused(
            "Berita acara dan pernyataan publikasi menyangkut penilaian instansi, jadi tidak diminta pada putaran tiap OPD.",
            field="papers",
        )


def subject_for(session: Session, organization: Organization) -> Subject:
    found = session.scalar(select(Subject).where(Subject.organization_id == organization.id))
    if found is None:
        found = Subject(organization=organization)
        session.add(found)
    return found


def add_subjects(session: Session, period: Period, agencies: Sequence[Organization], by: Actor) -> list[Assessment]:
    """Agencies that are evaluated on their own: each leads every item, nobody supports it.

    Gives the assessments that are new; who is there already stays as it is. Eight statements for any number of them.
    """
    if not period.of_agencies:
        raise Refused("Periode ini menilai seluruh instansi, bukan tiap OPD.", field="agencies")
    if any(agency.instansi_id != period.organiser_id for agency in agencies):
        raise Refused("Yang dinilai pada putaran ini hanya OPD dari instansi sendiri.", field="agencies")
    ids = [agency.id for agency in agencies]
    subjects = {
        subject.organization_id: subject
        for subject in session.scalars(select(Subject).where(Subject.organization_id.in_(ids)))
    }
    known = set(session.scalars(select(Assessment.subject_id).where(Assessment.period_id == period.id)))
    added = []
    for agency in agencies:
        subject = subjects.get(agency.id)
        if subject is not None and subject.id in known:
            continue
        assessment = Assessment(period=period, subject=subject or Subject(organization=agency))
        submission = Submission(assessment=assessment, organization=agency)
        session.add_all([assessment, submission])
        added.append((agency, assessment, submission))
    session.flush()
    for agency, assessment, submission in added:
        for item in period.instrument.items:
            session.add(Share(assessment_id=assessment.id, item=item.code, organization_id=agency.id, part="lead"))
            session.add(Contribution(submission=submission, item=item.code))
    if added:
        names = ", ".join(agency.short_name for agency, _, _ in added)
        happened(period, "subjects", f"{len(added)} OPD ditambahkan sebagai yang dinilai", by, names)
    session.flush()
    return [assessment for _, assessment, _ in added]


def add_subject(session: Session, period: Period, agency: Organization, by: Actor) -> Assessment:
    """One agency that is evaluated on its own."""
    added = add_subjects(session, period, [agency], by)
    if not added:
        raise Refused(f"{agency.short_name} sudah dinilai pada periode ini.", field="agencies")
    return added[0]


def remove_subject(session: Session, period: Period, agency: Organization, by: Actor) -> None:
    """Take an agency out again, as long as the round is a draft: nobody can have written anything yet."""
    if period.state != "draft":
        raise Refused("OPD hanya dapat dikeluarkan selama putaran masih draf.", field="agencies")
    assessment = session.scalar(
        select(Assessment).where(
            Assessment.period_id == period.id, Assessment.subject.has(Subject.organization_id == agency.id)
        )
    )
    if assessment is None:
        raise Refused(f"{agency.short_name} tidak dinilai pada periode ini.", field="agencies")
    part = session.scalar(
        select(Submission).where(Submission.assessment_id == assessment.id).options(selectinload(Submission.contributions))
    )
    for row in (*part.contributions, part) if part else ():
        session.delete(row)
    session.flush()
    session.delete(assessment)  # with its shares
    happened(period, "subjects", f"{agency.short_name} dikeluarkan dari yang dinilai", by)
