"""Whom more time would touch, before anybody gives it: names, counts, who has already sent, the old and the new instant."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from .canonical import canonical, digest
from .chasing import STAGE
from .clock import day_of
from .models import Assessment, Extension, Organization, Period, Person, Subject, Submission
from .progress import progress
from .refusal import Refused
from .stage_order import contradictions
from .workflow import Look, look

EVERYBODY = "semua"


@dataclass(frozen=True)
class Touched:
    """One agency (or subject): its deadline now and then (aware UTC), and whether it has already handed in."""

    id: int
    name: str
    before: datetime
    after: datetime
    sent: bool
    look: Look

    @property
    def moves(self) -> bool:
        return self.after > self.before


@dataclass(frozen=True)
class Impact:
    """What more time for one stage would do: `rows` in the order of the agencies' codes."""

    period: Period
    stage: str
    until: datetime
    rows: list[Touched]
    submission: Submission | None = None
    assessment: Assessment | None = None

    @property
    def moved(self) -> list[Touched]:
        return [row for row in self.rows if row.moves]

    @property
    def sent(self) -> list[Touched]:
        return [row for row in self.moved if row.sent]

    @property
    def days(self) -> tuple[int, int]:
        """The fewest and the most calendar days, in the zone of the round, that a deadline moves."""
        zone = self.period.zone
        found = [(day_of(row.after, zone) - day_of(row.before, zone)).days for row in self.moved]
        return (min(found), max(found)) if found else (0, 0)

    @property
    def sentence(self) -> str:
        """ "Memperpanjang 2 hari untuk 45 OPD"."""
        fewest, most = self.days
        long = f"{most} hari" if fewest == most else f"{fewest} sampai {most} hari"
        if not most:
            long = "beberapa jam pada hari yang sama"
        return f"Memperpanjang {long} untuk {len(self.moved)} {'OPD' if self.stage == STAGE else 'penilaian'}"

    @property
    def contradictions(self) -> list[str]:
        """Stages that would no longer follow one another."""
        return [sentence for _code, sentence in contradictions(self.period, {self.stage: self.until})]

    @property
    def fingerprint(self) -> str:
        """The same as long as the same rows move from the same instants: what was shown is what is done."""
        return digest(canonical([
            self.stage, self.until.isoformat(), [[row.id, row.before.isoformat(), row.sent] for row in self.rows]
        ]))


def choices(session: Session, period: Period) -> dict[str, str]:
    """{code: words} of whom time can be given to: everybody, one assessment where there are several, one agency."""
    parts = progress(session, period)
    found = {EVERYBODY: f"Semua OPD ({len(parts)})" if period.subjects != "agencies" else f"Semua penilaian ({len(parts)})"}
    if period.subjects == "agencies":
        return found | {f"p{one.submission.assessment_id}": f"Penilaian {one.agency.name}" for one in parts}
    return found | {str(one.submission.id): one.agency.name for one in parts}


def impact(session: Session, period: Period, stage: str, whom: str, until: datetime) -> Impact:
    """Who is touched by more time for a stage; `whom` is one of the codes of `choices`."""
    parts = progress(session, period)
    if whom.startswith("p"):
        parts = [part for part in parts if f"p{part.submission.assessment_id}" == whom]
        assessment, submission = next((part.submission.assessment for part in parts), None), None
    elif whom == EVERYBODY:
        assessment = submission = None
    else:
        parts = [part for part in parts if str(part.submission.id) == whom]
        assessment, submission = None, next((part.submission for part in parts), None)
    if whom != EVERYBODY and not parts:
        raise Refused("Pilih salah satu dari daftar.", field="whom")
    if submission is not None and stage != STAGE:
        raise Refused("Hanya penilaian mandiri dapat diperpanjang untuk satu OPD; tahap lain berlaku untuk seluruh penilaian.",
                      field="whom")
    if stage == STAGE:
        rows = [
            _touched(part.submission.id, part.agency.name, part.closes_at, until, part.vouched or part.submission.assessment.sent, part.look)
            for part in parts
        ]
    else:
        rows = _assessments(session, period, stage, until, assessment)
    found = Impact(period, stage, until, rows, submission, assessment)
    if not found.moved:
        raise Refused("Batas baru harus sesudah batas yang berlaku sekarang.", field="until")
    return found


def _touched(id: int, name: str, before: datetime, until: datetime, sent: bool, shown: Look) -> Touched:
    return Touched(id, name, before, max(before, until), sent, shown)


def _assessments(session: Session, period: Period, stage: str, until: datetime, only: Assessment | None) -> list[Touched]:
    """For stages that are no agency's own: the assessments of the round."""
    rows = session.scalars(
        select(Assessment).where(Assessment.period_id == period.id)
        .options(joinedload(Assessment.subject).joinedload(Subject.organization).joinedload(Organization.states))
        .order_by(Assessment.id)
    ).unique()
    return [
        _touched(one.id, one.subject.name, before, until, one.sent, look(one))
        for one in rows
        if (only is None or one.id == only.id) and (before := period.closes_at(stage, one)) is not None
    ]


def given(session: Session, period: Period) -> list[tuple[Extension, str, str]]:
    """(extension, for whom, who gave it) of a round, the newest first."""
    rows = session.execute(
        select(Extension, Person.name, Submission, Assessment)
        .join(Person, Person.id == Extension.by_id)
        .outerjoin(Submission, Submission.id == Extension.submission_id)
        .outerjoin(Assessment, Assessment.id == Extension.assessment_id)
        .where(Extension.period_id == period.id)
        .options(
            joinedload(Submission.organization).joinedload(Organization.states),
            joinedload(Assessment.subject).joinedload(Subject.organization).joinedload(Organization.states),
        )
        .order_by(Extension.at.desc(), Extension.id.desc())
    ).unique()
    return [
        (extension, part.organization.short_name if part else f"Penilaian {whole.subject.name}" if whole else "Semua OPD", by)
        for extension, by, part, whole in rows
    ]
