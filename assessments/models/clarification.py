"""What assessors ask the instansi about an item (S53), and what it answers (S30) before the clock runs out."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..clock import now
from .assessment import Assessment
from .base import Base, Code, one_of
from .evidence import DocumentVersion
from .judgement import JUDGED_STAGES
from .organization import Organization
from .people import Person

CLARIFICATION_STATES = ("draft", "sent", "answered", "closed")


class ClarificationBatch(Base):
    """Questions that went out together; `days` working days from that day make `due_at`. Append-only."""

    __tablename__ = "clarification_batch"
    __table_args__ = (CheckConstraint("days > 0", name="some_days"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    days: Mapped[int]
    due_at: Mapped[datetime]

    assessment: Mapped[Assessment] = relationship()
    by: Mapped[Person] = relationship()


class Clarification(Base):
    """One question on one item. A draft belongs to the panel; once sent it is the instansi's too."""

    __tablename__ = "clarification"
    __table_args__ = (
        one_of("state", *CLARIFICATION_STATES),
        one_of("stage", *JUDGED_STAGES),
        CheckConstraint("(state = 'draft') = (batch_id IS NULL)", name="sent_in_a_batch"),
        Index("ix_clarification_place", "assessment_id", "item"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    item: Mapped[str] = mapped_column(String(20))
    stage: Mapped[str] = mapped_column(Code)
    text: Mapped[str] = mapped_column(Text)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("clarification_batch.id"), index=True)
    state: Mapped[str] = mapped_column(Code, default="draft")
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    assessment: Mapped[Assessment] = relationship()
    asked_by: Mapped[Person] = relationship()
    batch: Mapped[ClarificationBatch | None] = relationship()
    replies: Mapped[list["ClarificationReply"]] = relationship(back_populates="clarification", order_by="ClarificationReply.id")


class ClarificationReply(Base):
    """One answer of the instansi, or what the panel wrote back (`from_panel`). Append-only."""

    __tablename__ = "clarification_reply"
    id: Mapped[int] = mapped_column(primary_key=True)
    clarification_id: Mapped[int] = mapped_column(ForeignKey("clarification.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    by_label: Mapped[str] = mapped_column(String(160))
    from_panel: Mapped[bool]
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    text: Mapped[str] = mapped_column(Text)
    late: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(default=now)

    clarification: Mapped[Clarification] = relationship(back_populates="replies")
    by: Mapped[Person] = relationship()
    organization: Mapped[Organization | None] = relationship()
    files: Mapped[list["ClarificationFile"]] = relationship(back_populates="reply")


class ClarificationFile(Base):
    """A version of a document that goes with an answer, and where in it to look. Append-only."""

    __tablename__ = "clarification_file"
    __table_args__ = (
        ForeignKeyConstraint(["document_id", "n"], ["document_version.document_id", "document_version.n"]),
        Index("ix_clarification_file_version", "document_id", "n"),
    )
    reply_id: Mapped[int] = mapped_column(ForeignKey("clarification_reply.id"), primary_key=True)
    document_id: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    locator: Mapped[str] = mapped_column(String(120), default="")

    reply: Mapped[ClarificationReply] = relationship(back_populates="files")
    document_version: Mapped[DocumentVersion] = relationship(lazy="joined")
