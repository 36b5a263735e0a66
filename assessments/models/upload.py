"""A file on its way in, piece by piece (tus 1.0): how much of it has arrived, and what it is meant for."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..clock import now
from .base import Base, Code, Digest, one_of
from .evidence import Document
from .organization import Organization
from .people import Person
from .submission import Contribution

UPLOAD_STATES = ("receiving", "complete", "refused")


class Upload(Base):
    """One file being sent. Its target is an answer, a document that gets a new version, or the library alone.

    `length` and `received` are bytes. `fingerprint` is how the sender's device knows the file again (name, size and
    hash of its ends). What was refused says why in `note`; `sha256` and the document it became are known at the end.
    """

    __tablename__ = "upload"
    __table_args__ = (
        one_of("state", *UPLOAD_STATES),
        CheckConstraint("contribution_id IS NULL OR replaces_id IS NULL", name="one_target"),
        CheckConstraint("received >= 0 AND received <= length", name="never_more_than_all"),
        CheckConstraint("length > 0", name="not_empty"),
    )
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    contribution_id: Mapped[int | None] = mapped_column(ForeignKey("contribution.id"), index=True)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    file_name: Mapped[str] = mapped_column(String(160))
    length: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    fingerprint: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(Code, default="receiving")
    note: Mapped[str | None] = mapped_column(String(400))
    sha256: Mapped[str | None] = mapped_column(Digest)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    began_at: Mapped[datetime] = mapped_column(default=now)
    touched_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    organization: Mapped[Organization] = relationship()
    contribution: Mapped[Contribution | None] = relationship()
    replaces: Mapped[Document | None] = relationship(foreign_keys=[replaces_id])
    document: Mapped[Document | None] = relationship(foreign_keys=[document_id])
    by: Mapped[Person] = relationship()

    @property
    def is_arriving(self) -> bool:
        return self.state == "receiving"

    @property
    def was_refused(self) -> bool:
        return self.state == "refused"
