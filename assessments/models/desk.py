"""What an assessor leaves at the desk beside the judgement: words on criteria, files looked at, phrases to use again."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..clock import now
from .assessment import Assessment
from .base import Base, Code, Digest, one_of
from .judgement import Judgement
from .people import Person

CRITERION_MARKS = {"met": "Terpenuhi", "doubtful": "Meragukan", "unmet": "Tidak terpenuhi"}
PHRASE_FIELDS = {
    "facts": "Fakta",
    "analysis": "Analisis",
    "justification": "Justifikasi",
    "clarification": "Pertanyaan klarifikasi",
}


class CriterionMark(Base):
    """Whether the criteria of one level are met, in the eyes of one judgement's author. A draft like the judgement."""

    __tablename__ = "criterion_mark"
    __table_args__ = (one_of("mark", *CRITERION_MARKS),)
    judgement_id: Mapped[int] = mapped_column(ForeignKey("judgement.id"), primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(Code)

    judgement: Mapped[Judgement] = relationship(back_populates="criteria")


class FileSeen(Base):
    """An assessor looked at this version for this assessment; the author's own, told to nobody outside the panel."""

    __tablename__ = "file_seen"
    __table_args__ = (
        ForeignKeyConstraint(["document_id", "n"], ["document_version.document_id", "document_version.n"]),
    )
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    document_id: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now)

    assessment: Mapped[Assessment] = relationship()


class Phrase(Base):
    """A sentence its author uses again, for one field of the desk or for questions."""

    __tablename__ = "phrase"
    __table_args__ = (one_of("field", *PHRASE_FIELDS),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    field: Mapped[str] = mapped_column(Code)
    text: Mapped[str] = mapped_column(String(1000))
    at: Mapped[datetime] = mapped_column(default=now)

    person: Mapped[Person] = relationship()


class PageText(Base):
    """The text of one page of a file, and `words`: the roots by which it is found. Made from the bytes, kept by their hash."""

    __tablename__ = "page_text"
    __table_args__ = (Index("ix_page_text_place", "sha256", "page", unique=True),)
    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(Digest, ForeignKey("blob.sha256"))
    page: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
