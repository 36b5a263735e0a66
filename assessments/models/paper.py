"""Papers that go with an assessment: what the Koordinator signs, and the printed files of what was signed."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..clock import now
from .assessment import Assessment
from .base import Base, Code, Digest, one_of
from .people import Person
from .result import Signature, Snapshot

# PermenPANRB 59/2020 p.85: both are prepared by the team, signed by the Koordinator and sent with the answers.
PAPER_KINDS = {
    "minutes": "Berita Acara Penilaian Mandiri",
    "consent": "Pernyataan Persetujuan Publikasi",
}


class Paper(Base):
    """One signed paper; only one of a kind is in force. Taking it back keeps the row and says who, when and why."""

    __tablename__ = "paper"
    __table_args__ = (
        one_of("kind", *PAPER_KINDS),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)", name="withdrawn_by_somebody"),
        Index(
            "one_paper_in_force",
            "assessment_id",
            "kind",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )
    number: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(Code)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True)
    snapshot_sha: Mapped[str] = mapped_column(ForeignKey("snapshot.sha256"))
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_why: Mapped[str] = mapped_column(Text, default="")

    assessment: Mapped[Assessment] = relationship()
    snapshot: Mapped[Snapshot] = relationship()
    signature: Mapped[Signature] = relationship()
    withdrawn_by: Mapped[Person | None] = relationship()


class PrintedPaper(Base):
    """The PDF of a receipt or of a paper, as it was printed once: `number` is theirs. Append-only.

    The bytes lie in the store under `sha256`. `sealed` tells whether the institution's certificate is on it (PAdES).
    """

    __tablename__ = "printed_paper"
    number: Mapped[str] = mapped_column(String(40), primary_key=True)
    sha256: Mapped[str] = mapped_column(Digest, index=True)
    size: Mapped[int]
    sealed: Mapped[bool]
    at: Mapped[datetime] = mapped_column(default=now)
