"""What the instansi says to provisional values (S32), and how somebody else than the judge ruled on it."""

from datetime import datetime
from fractions import Fraction

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..clock import now
from .assessment import Assessment
from .base import Base, Code, one_of
from .evidence import DocumentVersion
from .organization import Organization
from .people import Person

RULINGS = {"upheld": "Nilai tetap", "changed": "Nilai diubah"}


class Objection(Base):
    """One answer to one lowered item: accepted, or objected to with grounds and the page that shows them.

    `value` is the provisional value it answers; `ruled_by_id` never is who judged the item (checked by the verb).
    """

    __tablename__ = "objection"
    __table_args__ = (
        one_of("answer", "accepted", "objected"),
        one_of("ruling", *RULINGS),
        ForeignKeyConstraint(["document_id", "n"], ["document_version.document_id", "document_version.n"]),
        CheckConstraint("answer = 'accepted' OR grounds <> ''", name="objected_with_grounds"),
        CheckConstraint("ruling IS NULL OR (answer = 'objected' AND ruling_reason <> '')", name="ruled_with_reason"),
        CheckConstraint("(ruling IS NULL) = (ruled_by_id IS NULL)", name="ruled_by_somebody"),
        CheckConstraint("(ruling_value IS NOT NULL) = (ruling IS NOT NULL AND ruling = 'changed')", name="changed_to_a_value"),
    )
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    item: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[Fraction]
    answer: Mapped[str] = mapped_column(Code)
    grounds: Mapped[str] = mapped_column(Text, default="")
    locator: Mapped[str] = mapped_column(String(120), default="")
    document_id: Mapped[int | None]
    n: Mapped[int | None]
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    ruling: Mapped[str | None] = mapped_column(Code)
    ruling_value: Mapped[Fraction | None]
    ruling_reason: Mapped[str] = mapped_column(Text, default="")
    ruled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ruled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    assessment: Mapped[Assessment] = relationship(back_populates="objections")
    organization: Mapped[Organization] = relationship()
    by: Mapped[Person] = relationship(foreign_keys=by_id)
    ruled_by: Mapped[Person | None] = relationship(foreign_keys=ruled_by_id)
    document_version: Mapped[DocumentVersion | None] = relationship()
