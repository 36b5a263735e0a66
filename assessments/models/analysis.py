"""What is written about an aspect and about the whole before the result (Pedoman 3/2024 p.224-231)."""

from datetime import datetime
from fractions import Fraction

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..clock import now
from .assessment import Assessment
from .base import Base, Code, one_of
from .people import Person

REVIEWED = {"item": "Tingkat indikator", "aspect": "Analisis kekuatan dan kelemahan", "conclusion": "Rekomendasi"}


class AspectAnalysis(Base):
    """Pemenuhan, Kekuatan and Kelemahan of one aspect (Pedoman 3/2024 p.224-226)."""

    __tablename__ = "aspect_analysis"
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    node: Mapped[str] = mapped_column(String(20), primary_key=True)
    fulfilment: Mapped[str] = mapped_column(Text, default="")
    strengths: Mapped[str] = mapped_column(Text, default="")
    weaknesses: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    assessment: Mapped[Assessment] = relationship(back_populates="analyses")
    by: Mapped[Person] = relationship()


class Conclusion(Base):
    """The general recommendation of one instansi in its four parts (Pedoman 3/2024 p.226-228)."""

    __tablename__ = "conclusion"
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    summary: Mapped[str] = mapped_column(Text, default="")
    strength: Mapped[str] = mapped_column(Text, default="")
    weakness: Mapped[str] = mapped_column(Text, default="")
    advice: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    assessment: Mapped[Assessment] = relationship(back_populates="conclusion")
    by: Mapped[Person] = relationship()


class ReviewNote(Base):
    """Tim Reviu's word on one thing: valid, or not with Fakta, Analisis, Justifikasi Hasil (p.228-231). The newest counts.

    `key` is the item's code, the aspect's node, or empty for the conclusion. Append-only.
    """

    __tablename__ = "review_note"
    __table_args__ = (
        one_of("about", *REVIEWED),
        CheckConstraint("valid OR justification <> ''", name="invalid_with_reason"),
        Index("ix_review_note_place", "assessment_id", "about", "key"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    about: Mapped[str] = mapped_column(Code)
    key: Mapped[str] = mapped_column(String(20), default="")
    valid: Mapped[bool]
    facts: Mapped[str] = mapped_column(Text, default="")
    analysis: Mapped[str] = mapped_column(Text, default="")
    justification: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=now)

    assessment: Mapped[Assessment] = relationship(back_populates="review_notes")
    by: Mapped[Person] = relationship()
    answer: Mapped["ReviewAnswer | None"] = relationship(back_populates="note", lazy="joined")


class ReviewAnswer(Base):
    """What the panel answers to a "tidak valid": words, and for an item perhaps another value. Append-only."""

    __tablename__ = "review_answer"
    __table_args__ = (CheckConstraint("text <> ''", name="answered_in_words"),)
    note_id: Mapped[int] = mapped_column(ForeignKey("review_note.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    value: Mapped[Fraction | None]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=now)

    note: Mapped[ReviewNote] = relationship(back_populates="answer")
    by: Mapped[Person] = relationship()


class TargetLevel(Base):
    """The level an instansi aims at for one item, and what a step costs it in its own measure (1 small to 5 large)."""

    __tablename__ = "target_level"
    __table_args__ = (CheckConstraint("effort IS NULL OR effort BETWEEN 1 AND 5", name="effort_on_its_scale"),)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    item: Mapped[str] = mapped_column(String(20), primary_key=True)
    level: Mapped[int | None]
    effort: Mapped[int | None]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    version: Mapped[int] = mapped_column(default=1)  # counted by aiming.py: many rows are saved in few statements

    assessment: Mapped[Assessment] = relationship()
    by: Mapped[Person] = relationship()
