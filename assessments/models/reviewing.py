"""What keeps a document trustworthy: reviews of policies, and looks at links."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..clock import now
from .base import Base, Code, one_of
from .evidence import Document, DocumentVersion
from .people import Person

REVIEW_KINDS = {"review": "Reviu atau evaluasi", "audit": "Audit TIK", "renewal": "Kebijakan baru atau turunan"}
LINK_STATES = ("waiting", "open", "asks_access", "gone", "unreachable")


class DocumentReview(Base):
    """One review of a document (guidance 3/2024 p.10, 130): when, what was found, and what proves it.

    `proof` is the minutes or report in the same library, where there is one.
    """

    __tablename__ = "document_review"
    __table_args__ = (
        one_of("kind", *REVIEW_KINDS),
        ForeignKeyConstraint(["proof_id", "proof_n"], ["document_version.document_id", "document_version.n"]),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    kind: Mapped[str] = mapped_column(Code)
    reviewed_on: Mapped[date]
    issues: Mapped[str] = mapped_column(Text, default="")
    recommendations: Mapped[str] = mapped_column(Text, default="")
    proof_id: Mapped[int | None]
    proof_n: Mapped[int | None]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=now)

    document: Mapped[Document] = relationship()
    proof: Mapped[DocumentVersion | None] = relationship()
    by: Mapped[Person] = relationship()


class LinkCheck(Base):
    """What was found the last time a link was opened without signing in anywhere."""

    __tablename__ = "link_check"
    __table_args__ = (
        one_of("state", *LINK_STATES),
        ForeignKeyConstraint(["document_id", "n"], ["document_version.document_id", "document_version.n"]),
    )
    document_id: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(Code, default="waiting")
    status: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(300), default="")
    asked_at: Mapped[datetime] = mapped_column(default=now)
    checked_at: Mapped[datetime | None]

    version: Mapped[DocumentVersion] = relationship()
