"""What became of organizations: merged, split, renamed, or their work given to another (model.md)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..clock import now
from .base import Base, Code, one_of
from .organization import Organization
from .people import Person

SUCCESSIONS = {
    "merge": "Digabung ke",
    "split": "Dipecah menjadi",
    "rename": "Berganti nama menjadi",
    "transfer": "Sebagian urusan dialihkan ke",
}


class Succession(Base):
    """One organization handed its work to another on one day, by a decision. Append-only."""

    __tablename__ = "succession"
    __table_args__ = (
        one_of("kind", *SUCCESSIONS),
        CheckConstraint("predecessor_id <> successor_id", name="two_organizations"),
    )
    predecessor_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    successor_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    effective_on: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Code)
    decision_no: Mapped[str] = mapped_column(String(80))
    decision_on: Mapped[date]
    note: Mapped[str] = mapped_column(String(500), default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=now)

    predecessor: Mapped[Organization] = relationship(foreign_keys=[predecessor_id])
    successor: Mapped[Organization] = relationship(foreign_keys=[successor_id])
    by: Mapped[Person] = relationship()
