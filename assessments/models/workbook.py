"""A workbook of one agency that came back: what it would change, what was applied, and whether that was undone."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..clock import now
from .base import Base, Code, Digest, one_of
from .people import Person
from .submission import Submission

WORKBOOK_STATES = ("offered", "applied", "undone")


class ReturnedWorkbook(Base):
    """`lines` holds what was read from the rows; `before` what the applied rows said until then, for undoing."""

    __tablename__ = "returned_workbook"
    __table_args__ = (one_of("state", *WORKBOOK_STATES),)
    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    file_name: Mapped[str] = mapped_column(String(200))
    file_sha256: Mapped[str] = mapped_column(Digest)
    state: Mapped[str] = mapped_column(Code, default="offered")
    lines: Mapped[list] = mapped_column(JSON, default=list)
    before: Mapped[list] = mapped_column(JSON, default=list)
    applied_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    submission: Mapped[Submission] = relationship()
    by: Mapped[Person] = relationship(foreign_keys=[by_id])
    undone_by: Mapped[Person | None] = relationship(foreign_keys=[undone_by_id])
