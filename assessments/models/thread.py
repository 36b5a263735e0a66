"""Talk inside the instansi: questions on an item, their answers, what became help for all, and who is told."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..clock import now
from .base import Base, Code, one_of
from .organization import Organization
from .people import Person
from .submission import Contribution

QUESTION_STATES = ("open", "answered", "closed")


class Question(Base):
    """A question on one agency's answer to one item, asked by the agency or by the team."""

    __tablename__ = "question"
    __table_args__ = (one_of("state", *QUESTION_STATES),)
    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_by_label: Mapped[str] = mapped_column(String(160))
    from_team: Mapped[bool]
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Code, default="open")
    at: Mapped[datetime] = mapped_column(default=now)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    contribution: Mapped[Contribution] = relationship()
    asked_by: Mapped[Person] = relationship()
    replies: Mapped[list["QuestionReply"]] = relationship(back_populates="question", order_by="QuestionReply.id")

    @property
    def is_closed(self) -> bool:
        return self.state == "closed"


class QuestionReply(Base):
    """One answer in a thread. Append-only."""

    __tablename__ = "question_reply"
    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    by_label: Mapped[str] = mapped_column(String(160))
    from_team: Mapped[bool]
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(default=now)

    question: Mapped[Question] = relationship(back_populates="replies")
    by: Mapped[Person] = relationship()


class ItemHelp(Base):
    """What a good answer became: help on an item for every agency of the instansi."""

    __tablename__ = "item_help"
    __table_args__ = (Index("ix_item_help_place", "instansi_id", "instrument_key", "item"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    instansi_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    instrument_key: Mapped[str] = mapped_column(String(60))
    item: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    reply_id: Mapped[int | None] = mapped_column(ForeignKey("question_reply.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]

    instansi: Mapped[Organization] = relationship()
    by: Mapped[Person] = relationship()


class Notice(Base):
    """One sentence for one person, with the page it leads to. The same `dedupe_key` is told once.

    `mailed_at` is when it went into a letter, or when it was clear that it goes into none.
    """

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_mailed", "mailed_at", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(Code)
    sentence: Mapped[str] = mapped_column(String(300))
    path: Mapped[str] = mapped_column(String(400))
    dedupe_key: Mapped[str | None] = mapped_column(String(160), unique=True)
    at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
