"""What assessors say: who sits on the panel, one person's value for one item at a stage, and the stage's one decision."""

from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    false,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from ..clock import today
from .assessment import Assessment
from .base import Base, Code, one_of
from .evidence import Citation, DocumentVersion
from .organization import Organization
from .people import Appointment, Person
from .period import Period, Subject
from .result import Snapshot

if TYPE_CHECKING:
    from .desk import CriterionMark

PANEL_ROLES = {"lead": "Ketua tim", "member": "Anggota", "reviewer": "Tim Reviu"}
CONFLICTS = {
    "none": "Belum menyatakan",
    "free": "Bebas benturan kepentingan",
    "declared": "Menyatakan benturan kepentingan",
}
JUDGED_STAGES = ("document", "interview", "visit")
# Reasons an assessor may name for evidence that does not carry a level.
EVIDENCE_REASONS = {
    "unfit": "Tidak sesuai kriteria",
    "unsigned": "Belum ditandatangani atau masih konsep",
    "outdated": "Sudah lewat masa berlakunya",
    "unreadable": "Tidak dapat dibuka atau dibaca",
    "wrong_page": "Halaman yang dirujuk tidak memuatnya",
}


# Three clocks, one country: an office counts from the first midnight of its first day to the last one of its last day.
_BEGUN = bindparam("begun", type_=Date, unique=True, callable_=lambda: today("Asia/Jayapura"))
_ENDED = bindparam("ended", type_=Date, unique=True, callable_=lambda: today("Asia/Jakarta"))


class PanelMember(Base):
    """One assessor on the panel of one assessment. A declared conflict of interest ends every right on it.

    So does an office in the instansi that is judged, however late it came (`at_home`): nobody judges the own.
    """

    __tablename__ = "panel_member"
    __table_args__ = (
        one_of("role", *PANEL_ROLES),
        one_of("conflict", *CONFLICTS),
        Index(
            "one_lead_per_panel",
            "assessment_id",
            unique=True,
            sqlite_where=text("role = 'lead'"),
            postgresql_where=text("role = 'lead'"),
        ),
    )
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(Code)
    conflict: Mapped[str] = mapped_column(Code, default="none")
    declared_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text, default="")
    at_home: Mapped[bool] = column_property(
        select(Appointment.id)
        .join(Organization, Organization.id == Appointment.organization_id)
        .join(Period, Period.organiser_id == func.coalesce(Organization.instansi_id, Organization.id))
        .join(Assessment, Assessment.period_id == Period.id)
        .where(
            Assessment.id == assessment_id,
            Appointment.person_id == person_id,
            Appointment.starts_on <= _BEGUN,
            Appointment.ends_on.is_(None) | (Appointment.ends_on >= _ENDED),
        )
        .correlate_except(Appointment, Organization, Period, Assessment)
        .exists()
    )

    assessment: Mapped[Assessment] = relationship(back_populates="panel")
    person: Mapped[Person] = relationship()

    @property
    def active(self) -> bool:
        return self.conflict != "declared" and not self.at_home


class Seat(Base):
    """Who judges an item: the first reader, or the second one where the period has two."""

    __tablename__ = "seat"
    __table_args__ = (
        UniqueConstraint("assessment_id", "item", "person_id"),
        CheckConstraint("seat IN (1, 2)", name="first_or_second"),
    )
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    item: Mapped[str] = mapped_column(String(20), primary_key=True)
    seat: Mapped[int] = mapped_column(primary_key=True, default=1)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)

    assessment: Mapped[Assessment] = relationship(back_populates="seats")
    person: Mapped[Person] = relationship()


class Judgement(Base):
    """One assessor's value for one item at one stage with Fakta, Analisis and Justifikasi (Pedoman 3/2024 p.213-223).

    A draft is its author's own; `team_note` never leaves the panel; `claim_revision_n` is what was judged; `flagged` asks
    the lead to look at it.
    """

    __tablename__ = "judgement"
    __table_args__ = (
        UniqueConstraint("assessment_id", "item", "stage", "person_id"),
        one_of("state", "draft", "sent"),
        one_of("stage", *JUDGED_STAGES),
        CheckConstraint("state = 'draft' OR value IS NOT NULL", name="value_if_sent"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    item: Mapped[str] = mapped_column(String(20))
    stage: Mapped[str] = mapped_column(Code)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    value: Mapped[Fraction | None]
    raw: Mapped[Fraction | None]
    facts: Mapped[str] = mapped_column(Text, default="")
    analysis: Mapped[str] = mapped_column(Text, default="")
    justification: Mapped[str] = mapped_column(Text, default="")
    team_note: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(Code, default="draft")
    flagged: Mapped[bool] = mapped_column(default=False, server_default=false())
    claim_revision_n: Mapped[int]
    saved_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    assessment: Mapped[Assessment] = relationship(back_populates="judgements")
    person: Mapped[Person] = relationship()
    criteria: Mapped[list["CriterionMark"]] = relationship(
        back_populates="judgement", order_by="CriterionMark.level", cascade="all, delete-orphan"
    )


class CitationVerdict(Base):
    """One assessor's word on one cited version of a document at one stage."""

    __tablename__ = "citation_verdict"
    __table_args__ = (
        one_of("verdict", "accepted", "doubtful", "refused"),
        CheckConstraint("verdict = 'accepted' OR reason_kind IS NOT NULL", name="reason_unless_accepted"),
    )
    citation_id: Mapped[int] = mapped_column(ForeignKey("citation.id"), primary_key=True)
    stage: Mapped[str] = mapped_column(Code, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    verdict: Mapped[str] = mapped_column(Code)
    reason_kind: Mapped[str | None] = mapped_column(Code)
    note: Mapped[str] = mapped_column(String(1000), default="")
    at: Mapped[datetime]

    citation: Mapped[Citation] = relationship()
    person: Mapped[Person] = relationship()


class Decision(Base):
    """The one value of an item at a stage and where it came from. Append-only; earlier stages are never overwritten."""

    __tablename__ = "decision"
    __table_args__ = (
        one_of("origin", "judged", "carried", "adjudicated"),
        one_of("stage", *JUDGED_STAGES),
        CheckConstraint("origin <> 'adjudicated' OR reason <> ''", name="adjudicated_with_reason"),
    )
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    item: Mapped[str] = mapped_column(String(20), primary_key=True)
    stage: Mapped[str] = mapped_column(Code, primary_key=True)
    value: Mapped[Fraction]
    raw: Mapped[Fraction | None]
    origin: Mapped[str] = mapped_column(Code)
    judgement_id: Mapped[int | None] = mapped_column(ForeignKey("judgement.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    assessment: Mapped[Assessment] = relationship(back_populates="decisions")
    judgement: Mapped[Judgement | None] = relationship()
    by: Mapped[Person | None] = relationship()


class Proposal(Base):
    """Final values the panel's lead puts forward, frozen as a snapshot; another member confirms or rejects exactly these.

    The first one follows from the decisions; a later one names what it corrects and why (`reason`).
    """

    __tablename__ = "proposal"
    __table_args__ = (
        one_of("state", "open", "confirmed", "rejected"),
        CheckConstraint("state = 'open' OR decided_by_id IS NOT NULL", name="somebody_decided"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> by_id OR state = 'rejected'", name="another_person"),
        CheckConstraint("supersedes_id IS NULL OR reason <> ''", name="correction_with_reason"),
        Index(
            "one_open_proposal",
            "assessment_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    snapshot_sha: Mapped[str] = mapped_column(ForeignKey("snapshot.sha256"))
    embargo_until: Mapped[datetime | None]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("result.id"))
    reason: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[str] = mapped_column(Code, default="open")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(String(1000), default="")
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    assessment: Mapped[Assessment] = relationship(back_populates="proposals")
    by: Mapped[Person] = relationship(foreign_keys=by_id)
    decided_by: Mapped[Person | None] = relationship(foreign_keys=decided_by_id)
    snapshot: Mapped[Snapshot] = relationship()


class ExternalValue(Base):
    """What another body published about a subject: an index some items lean on, with its source document.

    Append-only: a corrected figure is the next `n` of the same index and year, and the newest counts.
    """

    __tablename__ = "external_value"
    __table_args__ = (
        UniqueConstraint("subject_id", "index_key", "year", "n"),
        ForeignKeyConstraint(["document_id", "document_n"], ["document_version.document_id", "document_version.n"]),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"))
    index_key: Mapped[str] = mapped_column(String(60))
    year: Mapped[int]
    n: Mapped[int] = mapped_column(default=1)
    raw: Mapped[Fraction]
    published_on: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(200))
    document_id: Mapped[int]
    document_n: Mapped[int]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    subject: Mapped[Subject] = relationship()
    by: Mapped[Person] = relationship()
    document_version: Mapped[DocumentVersion] = relationship()


class QaNote(Base):
    """The inspectorate's quality note on a consolidated self-assessment, and its sign-off; never a level. Append-only."""

    __tablename__ = "qa_note"
    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(Text)
    signed_off_at: Mapped[datetime | None]
    at: Mapped[datetime]

    assessment: Mapped[Assessment] = relationship(back_populates="qa_notes")
    by: Mapped[Person] = relationship()


