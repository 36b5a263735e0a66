"""Opening a round and sharing its items out to agencies."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import instruments
from .actors import Actor
from .clock import now
from .models import (
    Assessment,
    Contribution,
    Extension,
    InstrumentCopy,
    Organization,
    Period,
    PeriodStage,
    Share,
    Subject,
    Submission,
)
from .models.period import STAGES
from .policies import obstacle
from .refusal import Refused
from .workflow import happened

def keep_instrument(session: Session, key: str, guidance: str | None) -> InstrumentCopy:
    """The canonical pack under its SHA-256, stored once."""
    instrument = instruments.load(key, guidance)
    copy = session.get(InstrumentCopy, instrument.sha256)
    if copy is None:
        copy = InstrumentCopy(
            sha256=instrument.sha256, key=key, guidance=instrument.guidance, content=instrument.canonical()
        )
        session.add(copy)
    return copy


def subject_for(session: Session, organization: Organization) -> Subject:
    found = session.scalar(select(Subject).where(Subject.organization_id == organization.id))
    if found is None:
        found = Subject(organization=organization)
        session.add(found)
    return found


def draft_round(session: Session, organiser: Organization, by: Actor, *, key: str, guidance: str | None, **fields) -> Period:
    """A round in draft, with the instrument it will be judged by and its assessments.

    `fields` are the columns of Period (slug, title, kind, track, subjects, year, term, zone, predicate_rule,
    claim_rule). A round of the whole instansi gets its one assessment at once; a round of agencies gets one
    for each agency through `add_subject`.
    """
    if session.scalar(select(Period.id).where(Period.slug == fields["slug"])):
        raise Refused("Kode periode ini sudah dipakai.", field="slug")
    _refuse_twin(session, organiser, fields)
    period = Period(organiser=organiser, instrument_copy=keep_instrument(session, key, guidance), **fields)
    session.add(period)
    session.flush()
    if period.subjects == "instansi":
        session.add(Assessment(period=period, subject=subject_for(session, organiser)))
    happened(period, "draft", "Periode dibuat", by)
    return period


def _refuse_twin(session: Session, organiser: Organization, fields: dict) -> None:
    """PermenPANRB 59/2020 p.78-79: pemantauan or evaluasi, not both, in one year of the national track."""
    if fields["track"] == "rehearsal":
        return
    same_year = select(Period).where(Period.organiser_id == organiser.id, Period.year == fields["year"])
    if fields["track"] == "national":
        twin = session.scalar(same_year.where(Period.track == "national"))
        if twin:
            raise Refused(
                f"Tahun {fields['year']} sudah punya periode nasional ({twin.title}). "
                "Satu instansi hanya mengikuti pemantauan atau evaluasi dalam satu tahun.",
                field="track",
            )
        return
    twin = session.scalar(
        same_year.where(
            Period.kind == fields["kind"],
            Period.track == fields["track"],
            Period.subjects == fields.get("subjects", "instansi"),
            Period.term == fields.get("term", 1),
        )
    )
    if twin:
        raise Refused(f"Sudah ada periode dengan jenis, jalur, tahun, dan termin yang sama: {twin.title}.", field="term")


def set_stage(period: Period, code: str, opens_at: datetime, closes_at: datetime, grace_s: int = 0) -> PeriodStage:
    """Put a stage into the calendar, or move it."""
    if closes_at <= opens_at:
        raise Refused("Tanggal tutup harus sesudah tanggal buka.", field="closes_at")
    stage = period.stage(code)
    if stage is None:
        stage = PeriodStage(stage=code, ordinal=list(STAGES).index(code))
        period.stages.append(stage)
    stage.opens_at, stage.closes_at, stage.grace_s = opens_at, closes_at, grace_s
    return stage


def extend(
    period: Period, stage: str, until: datetime, reason: str, by: Actor, submission: Submission | None = None
) -> Extension:
    """More time, for everybody or for one agency, with a reason that stays."""
    current = period.closes_at(stage, submission.assessment if submission else None, submission)
    if current is None:
        raise Refused("Tahap ini tidak ada pada kalender periode.", field="stage")
    if until <= current:
        raise Refused("Batas baru harus sesudah batas yang berlaku sekarang.", field="until")
    if until <= now():
        raise Refused("Batas baru sudah lewat.", field="until")
    if not reason.strip():
        raise Refused("Tulis alasan perpanjangan.", field="reason")
    extension = Extension(
        stage=stage, until=until, reason=reason.strip(), by_id=by.person_id, at=now(),
        submission_id=submission.id if submission else None,
    )
    period.extensions.append(extension)
    whom = submission.organization.name if submission else "semua OPD"
    happened(period, "extend", f"{STAGES[stage]} diperpanjang untuk {whom}", by, reason)
    return extension


def add_subject(session: Session, period: Period, agency: Organization, by: Actor) -> Assessment:
    """An agency that is evaluated on its own: it answers every item itself."""
    assessment = Assessment(period=period, subject=subject_for(session, agency))
    session.add(assessment)
    session.flush()
    for item in period.instrument.items:
        share_out(session, assessment, item.code, agency, [], by)
    return assessment


def submission_of(session: Session, assessment: Assessment, organization: Organization) -> Submission:
    found = session.scalar(
        select(Submission).where(
            Submission.assessment_id == assessment.id, Submission.organization_id == organization.id
        )
    )
    if found is None:
        found = Submission(assessment=assessment, organization=organization)
        session.add(found)
        session.flush()
    return found


def share_out(
    session: Session,
    assessment: Assessment,
    item: str,
    lead: Organization | None,
    supporting: list[Organization],
    by: Actor,
) -> None:
    """Give one item to its lead and supporting agencies; takes it away from those no longer named.

    What an agency has begun to answer cannot be taken away, and a signed part cannot be enlarged.
    """
    assessment.period.instrument.item(item)
    wanted: dict[int, tuple[Organization, str]] = {}
    if lead is not None:
        wanted[lead.id] = (lead, "lead")
    for agency in supporting:
        wanted.setdefault(agency.id, (agency, "supporting"))
    present = {
        share.organization_id: share
        for share in session.scalars(
            select(Share).where(Share.assessment_id == assessment.id, Share.item == item)
        )
    }
    for organization_id in present.keys() - wanted.keys():
        _withdraw(session, assessment, item, organization_id, by)
    session.flush()
    # The one-lead index holds at every statement: step down before stepping up.
    for organization_id in present.keys() & wanted.keys():
        if present[organization_id].part == "lead" and wanted[organization_id][1] != "lead":
            present[organization_id].part = "supporting"
            session.flush()
    for organization_id, (agency, part) in wanted.items():
        if organization_id in present:
            if present[organization_id].part != part:
                present[organization_id].part = part
            continue
        submission = submission_of(session, assessment, agency)
        sentence = obstacle(by, "share_out", submission) or _signed(submission)
        if sentence:
            raise Refused(f"{agency.short_name}: {sentence}")
        session.add(Share(assessment_id=assessment.id, item=item, organization_id=agency.id, part=part))
        session.add(Contribution(submission=submission, item=item))
        if submission.state == "ready":
            submission.state = "filling"
            happened(submission, "share", "Mendapat indikator tambahan", by, before="ready", after="filling")
    session.flush()


def _signed(submission: Submission) -> str | None:
    if submission.state in ("signed", "accepted"):
        return "isiannya sudah ditandatangani, jadi tidak dapat diberi indikator lagi."
    return None


def _withdraw(session: Session, assessment: Assessment, item: str, organization_id: int, by: Actor) -> None:
    submission = session.scalar(
        select(Submission).where(
            Submission.assessment_id == assessment.id, Submission.organization_id == organization_id
        )
    )
    contribution = session.scalar(
        select(Contribution).where(Contribution.submission_id == submission.id, Contribution.item == item)
    )
    if contribution is not None:
        if contribution.state != "empty" or contribution.citations or contribution.revisions:
            number = assessment.period.instrument.item(item).number
            raise Refused(
                f"{submission.organization.short_name} sudah mengisi indikator {number}, jadi tidak dapat dicabut."
            )
        session.delete(contribution)
    session.delete(session.get_one(Share, (assessment.id, item, organization_id)))


def proposed_shares(period: Period, agencies: list[Organization]) -> dict[str, list[Organization]]:
    """For each item the agencies whose names fit its usual owners, the first one as lead.

    Local practice, not a rule (`owners` of the pack): only a first proposal that people change.
    """
    found: dict[str, list[Organization]] = {}
    for item in period.instrument.items:
        fitting: list[Organization] = []
        for owner in item.typical_owners:
            match = _fits(owner, agencies)
            if match is not None and match not in fitting:
                fitting.append(match)
        found[item.code] = fitting
    return found


# Usual short names of offices and the words by which a list of agencies knows them.
SYNONYMS = {
    "diskominfo": ("komunikasi", "informatika"),
    "bappeda": ("perencanaan pembangunan",),
    "bpkad": ("pengelola keuangan", "keuangan dan aset", "pengelolaan keuangan"),
    "bkpsdm": ("kepegawaian",),
    "bagian hukum": ("bagian hukum",),
    "bagian organisasi": ("bagian organisasi",),
    "inspektorat": ("inspektorat",),
    "sekretariat daerah": ("sekretaris daerah", "sekretariat daerah"),
    "bagian pengadaan": ("pengadaan barang", "layanan pengadaan"),
    "dinas perpustakaan": ("perpustakaan", "kearsipan"),
}


def _fits(owner: str, agencies: list[Organization]) -> Organization | None:
    owner = owner.lower()
    for short, words in SYNONYMS.items():
        if owner.startswith(short):
            for agency in agencies:
                state = agency.on()
                name = f"{state.name} {state.short_name or ''}".lower()
                if state.kind not in ("kecamatan", "kelurahan", "upt", "external") and any(w in name for w in words):
                    return agency
    return None
