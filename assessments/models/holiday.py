"""Days off besides Saturday and Sunday: those of the whole country, and those a city adds for itself."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, Code, one_of
from .organization import Organization

HOLIDAY_KINDS = {"national": "Libur nasional", "joint_leave": "Cuti bersama", "local": "Libur daerah"}


class Holiday(Base):
    """One day off with its name. `instansi_id` is empty for the whole country and names whose day a local one is."""

    __tablename__ = "holiday"
    __table_args__ = (
        one_of("kind", *HOLIDAY_KINDS),
        CheckConstraint("(kind = 'local') = (instansi_id IS NOT NULL)", name="local_says_whose"),
        UniqueConstraint("day", "instansi_id"),
        Index(
            "one_national_holiday_a_day",
            "day",
            unique=True,
            sqlite_where=text("instansi_id IS NULL"),
            postgresql_where=text("instansi_id IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(Code)
    instansi_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)

    instansi: Mapped[Organization | None] = relationship()
