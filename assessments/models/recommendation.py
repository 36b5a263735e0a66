"""What should improve, who must do it, what they did, and the inspectorate's word on it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..clock import day_of, today
from .assessment import Assessment
from .base import Base, Code, one_of
from .evidence import DocumentVersion
from .organization import Organization
from .people import Person

SOURCES = {
    "result": "Hasil evaluasi",
    "audit": "Audit",
    "monitoring": "Pemantauan",
    "review": "Reviu",
    "import": "Impor",
}
PRIORITIES = {"high": "Tinggi", "medium": "Sedang", "low": "Rendah"}
# The four of SIPTL and no others (ux.md section 6).
VERDICTS = {
    "followup_conforming": "Sesuai rekomendasi",
    "followup_in_progress": "Belum sesuai/dalam proses",
    "followup_not_started": "Belum ditindaklanjuti",
    "followup_not_applicable": "Tidak dapat ditindaklanjuti",
}
CLOSING = ("followup_conforming", "followup_not_applicable")


class Recommendation(Base):
    """One improvement. Its status is the newest verdict; *selesai menurut OPD* is a flag of progress, not a status."""

    __tablename__ = "recommendation"
    __table_args__ = (
        one_of("source", *SOURCES),
        one_of("priority", *PRIORITIES),
        CheckConstraint("due_on IS NOT NULL OR no_due_reason IS NOT NULL", name="due_or_why_not"),
        CheckConstraint("source <> 'result' OR assessment_id IS NOT NULL", name="result_of_something"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    source: Mapped[str] = mapped_column(Code)
    source_note: Mapped[str] = mapped_column(String(200), default="")
    instansi_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    assessment_id: Mapped[int | None] = mapped_column(ForeignKey("assessment.id"), index=True)
    item: Mapped[str | None] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    priority: Mapped[str] = mapped_column(Code)
    due_on: Mapped[date | None]
    no_due_reason: Mapped[str | None] = mapped_column(String(300))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    instansi: Mapped[Organization] = relationship()
    assessment: Mapped[Assessment | None] = relationship()
    owners: Mapped[list["RecommendationOwner"]] = relationship(
        back_populates="recommendation", order_by="RecommendationOwner.from_day"
    )
    plans: Mapped[list["Plan"]] = relationship(back_populates="recommendation", order_by="Plan.id")
    progress: Mapped[list["Progress"]] = relationship(back_populates="recommendation", order_by="Progress.id")
    verdicts: Mapped[list["Verdict"]] = relationship(back_populates="recommendation", order_by="Verdict.id")

    @property
    def status(self) -> str:
        return self.verdicts[-1].status if self.verdicts else "followup_not_started"

    @property
    def closed(self) -> bool:
        return self.status in CLOSING

    @property
    def current_owners(self) -> list["RecommendationOwner"]:
        return [owner for owner in self.owners if owner.to_day is None]

    @property
    def awaits_verdict(self) -> bool:
        """Progress came in after the newest verdict."""
        if self.closed or not self.progress:
            return False
        return not self.verdicts or self.progress[-1].at > self.verdicts[-1].at

    @property
    def age_days(self) -> int:
        zone = self.instansi.clock_zone
        return max(0, (today(zone) - day_of(self.released_at or self.at, zone)).days)


class RecommendationOwner(Base):
    """The agency that must carry it out, from one day on."""

    __tablename__ = "recommendation_owner"
    __table_args__ = (one_of("part", "lead", "supporting"),)
    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendation.id"), primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True, index=True)
    from_day: Mapped[date] = mapped_column(primary_key=True)
    to_day: Mapped[date | None]
    part: Mapped[str] = mapped_column(Code, default="lead")

    recommendation: Mapped[Recommendation] = relationship(back_populates="owners")
    organization: Mapped[Organization] = relationship()


class Plan(Base):
    """What the owner will do and by when; a changed plan is another row with its reason. Append-only."""

    __tablename__ = "plan"
    id: Mapped[int] = mapped_column(primary_key=True)
    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendation.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(500), default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    recommendation: Mapped[Recommendation] = relationship(back_populates="plans")
    by: Mapped[Person] = relationship()


class Progress(Base):
    """What the owner did, with cited proof; `finished` is the owner's own word. Append-only."""

    __tablename__ = "progress"
    id: Mapped[int] = mapped_column(primary_key=True)
    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendation.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    finished: Mapped[bool] = mapped_column(default=False)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    recommendation: Mapped[Recommendation] = relationship(back_populates="progress")
    by: Mapped[Person] = relationship()
    proofs: Mapped[list["Proof"]] = relationship(back_populates="progress")


class Proof(Base):
    """One version of a document that proves a progress, and where in it to look. Append-only."""

    __tablename__ = "proof"
    __table_args__ = (
        ForeignKeyConstraint(["document_id", "n"], ["document_version.document_id", "document_version.n"]),
    )
    progress_id: Mapped[int] = mapped_column(ForeignKey("progress.id"), primary_key=True)
    document_id: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    locator: Mapped[str] = mapped_column(String(120), default="")

    progress: Mapped[Progress] = relationship(back_populates="proofs")
    cited: Mapped[DocumentVersion] = relationship()


class Verdict(Base):
    """The inspectorate's word, one of four, with a note. Append-only; the newest counts."""

    __tablename__ = "verdict"
    __table_args__ = (
        one_of("status", *VERDICTS),
        CheckConstraint("note <> ''", name="note_given"),
        CheckConstraint(
            "status <> 'followup_not_applicable' OR document_id IS NOT NULL", name="document_if_not_applicable"
        ),
        ForeignKeyConstraint(["document_id", "n"], ["document_version.document_id", "document_version.n"]),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendation.id"), index=True)
    status: Mapped[str] = mapped_column(Code)
    note: Mapped[str] = mapped_column(Text)
    document_id: Mapped[int | None]
    n: Mapped[int | None]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    recommendation: Mapped[Recommendation] = relationship(back_populates="verdicts")
    by: Mapped[Person] = relationship()
    document_version: Mapped[DocumentVersion | None] = relationship()


class Benchmark(Base):
    """One instansi in one published national table, to stand a city among its kind."""

    __tablename__ = "benchmark"
    year: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    kind: Mapped[str] = mapped_column(Code)
    domain_1: Mapped[str | None] = mapped_column(String(10))
    domain_2: Mapped[str | None] = mapped_column(String(10))
    domain_3: Mapped[str | None] = mapped_column(String(10))
    domain_4: Mapped[str | None] = mapped_column(String(10))
    index_shown: Mapped[str] = mapped_column(String(10))
    predicate: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(String(300), default="")
    source: Mapped[str] = mapped_column(String(200))
