"""Papers of the panel: minutes of its sessions, the report of a result, the sheets of its items, a member's report."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..clock import now
from .assessment import Assessment
from .base import Base, Code, one_of
from .meeting import Meeting
from .people import Person
from .result import Result, Signature, Snapshot

PANEL_PAPER_KINDS = {
    "interview_minutes": "Berita Acara Interviu",
    "visit_minutes": "Berita Acara Visitasi",
    "result_report": "Laporan Hasil",
    "item_sheets": "Lembar Indikator",
    "member_report": "Laporan Anggota Tim Asesor Eksternal",
}


class PanelPaper(Base):
    """One signed paper of the panel; only one about the same thing is in force. Taking it back keeps the row."""

    __tablename__ = "panel_paper"
    __table_args__ = (
        one_of("kind", *PANEL_PAPER_KINDS),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)", name="withdrawn_by_somebody"),
        CheckConstraint("meeting_id IS NULL OR result_id IS NULL", name="about_one_thing"),
        Index(
            "one_minutes_in_force", "kind", "meeting_id", unique=True,
            sqlite_where=text("withdrawn_at IS NULL AND meeting_id IS NOT NULL"),
            postgresql_where=text("withdrawn_at IS NULL AND meeting_id IS NOT NULL"),
        ),
        Index(
            "one_report_in_force", "kind", "result_id", unique=True,
            sqlite_where=text("withdrawn_at IS NULL AND result_id IS NOT NULL"),
            postgresql_where=text("withdrawn_at IS NULL AND result_id IS NOT NULL"),
        ),
    )
    number: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(Code)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True)
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"))
    result_id: Mapped[int | None] = mapped_column(ForeignKey("result.id"))
    snapshot_sha: Mapped[str] = mapped_column(ForeignKey("snapshot.sha256"))
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_why: Mapped[str] = mapped_column(Text, default="")

    assessment: Mapped[Assessment] = relationship()
    meeting: Mapped[Meeting | None] = relationship()
    result: Mapped[Result | None] = relationship()
    snapshot: Mapped[Snapshot] = relationship()
    signature: Mapped[Signature] = relationship()
    withdrawn_by: Mapped[Person | None] = relationship()
