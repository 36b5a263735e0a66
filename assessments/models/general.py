"""Pertanyaan umum: open questions of a round that are answered beside the indicators and never scored (ped. 3/2024 p.6-7)."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..clock import now
from .assessment import Assessment
from .base import Base
from .evidence import DocumentVersion
from .people import Person
from .period import Period


class GeneralQuestion(Base):
    """One open question of a round, in its order."""

    __tablename__ = "general_question"
    __table_args__ = (UniqueConstraint("period_id", "ordinal"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"))
    ordinal: Mapped[int]
    text: Mapped[str] = mapped_column(String(1000))

    period: Mapped[Period] = relationship()


class GeneralAnswer(Base):
    """What one assessment answers to it."""

    __tablename__ = "general_answer"
    question_id: Mapped[int] = mapped_column(ForeignKey("general_question.id"), primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    question: Mapped[GeneralQuestion] = relationship()
    assessment: Mapped[Assessment] = relationship()
    by: Mapped[Person] = relationship()
    files: Mapped[list["GeneralFile"]] = relationship(back_populates="answer", cascade="all, delete-orphan")


class GeneralFile(Base):
    """A version of a document that goes with an answer."""

    __tablename__ = "general_file"
    __table_args__ = (
        ForeignKeyConstraint(
            ["question_id", "assessment_id"], ["general_answer.question_id", "general_answer.assessment_id"]
        ),
        ForeignKeyConstraint(["document_id", "document_n"], ["document_version.document_id", "document_version.n"]),
    )
    question_id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(primary_key=True)
    document_n: Mapped[int] = mapped_column(primary_key=True)

    answer: Mapped[GeneralAnswer] = relationship(back_populates="files")
    document: Mapped[DocumentVersion] = relationship()
