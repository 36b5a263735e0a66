"""Interviu and visitasi (S54-S56): when and where, who was there, what was said on each item, what was promised and seen."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..clock import now
from .assessment import Assessment
from .base import Base, Code, Digest, one_of
from .evidence import DocumentVersion
from .organization import Organization
from .people import Person

MEETING_KINDS = {"interview": "Interviu", "visit": "Visitasi"}
MEETING_STATES = ("proposed", "confirmed", "held", "cancelled")
MEETING_MODES = {"online": "Daring", "onsite": "Luring", "hybrid": "Hibrida"}
SIDES = {"assessor": "Asesor eksternal", "internal": "Tim asesor internal", "respondent": "Responden"}
FINDINGS = {"confirmed": "Sesuai", "partly": "Sebagian", "missing": "Tidak ditemukan"}


class Meeting(Base):
    """One session of a panel with an instansi. `notice_*` is the letter that announces a visit (59/2020 p.86)."""

    __tablename__ = "meeting"
    __table_args__ = (
        one_of("kind", *MEETING_KINDS),
        one_of("state", *MEETING_STATES),
        one_of("mode", *MEETING_MODES),
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True)
    kind: Mapped[str] = mapped_column(Code)
    state: Mapped[str] = mapped_column(Code, default="proposed")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    mode: Mapped[str] = mapped_column(Code)
    place: Mapped[str] = mapped_column(String(300), default="")
    link: Mapped[str] = mapped_column(String(1000), default="")
    notice_no: Mapped[str] = mapped_column(String(80), default="")
    notice_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    cancelled_why: Mapped[str] = mapped_column(String(500), default="")
    began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    assessment: Mapped[Assessment] = relationship()
    proposed_by: Mapped[Person] = relationship(foreign_keys=proposed_by_id)
    confirmed_by: Mapped[Person | None] = relationship(foreign_keys=confirmed_by_id)
    people: Mapped[list["MeetingPerson"]] = relationship(
        back_populates="meeting", order_by="MeetingPerson.n", cascade="all, delete-orphan"
    )
    items: Mapped[list["MeetingItem"]] = relationship(
        back_populates="meeting", order_by="MeetingItem.ordinal", cascade="all, delete-orphan"
    )
    promises: Mapped[list["MeetingPromise"]] = relationship(back_populates="meeting", order_by="MeetingPromise.id")
    photos: Mapped[list["MeetingPhoto"]] = relationship(back_populates="meeting", order_by="MeetingPhoto.n")

    @property
    def running(self) -> bool:
        return self.state == "held" and self.ended_at is None


class MeetingPerson(Base):
    """Somebody invited or present: with an account or without; `present` is None until somebody said so."""

    __tablename__ = "meeting_person"
    __table_args__ = (one_of("side", *SIDES),)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(160))
    office: Mapped[str] = mapped_column(String(200), default="")
    side: Mapped[str] = mapped_column(Code)
    present: Mapped[bool | None]

    meeting: Mapped[Meeting] = relationship(back_populates="people")
    person: Mapped[Person | None] = relationship()


class MeetingItem(Base):
    """One item on the agenda: why (from the document stage), what was said, and on a visit what was seen where."""

    __tablename__ = "meeting_item"
    __table_args__ = (one_of("finding", *FINDINGS),)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    item: Mapped[str] = mapped_column(String(20), primary_key=True)
    ordinal: Mapped[int]
    question: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    seen: Mapped[str] = mapped_column(Text, default="")
    location: Mapped[str] = mapped_column(String(300), default="")
    finding: Mapped[str | None] = mapped_column(Code)
    follow_up: Mapped[bool] = mapped_column(default=False)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    meeting: Mapped[Meeting] = relationship(back_populates="items")
    by: Mapped[Person | None] = relationship()

    @property
    def noted(self) -> bool:
        return bool(self.answer or self.seen or self.finding)


class MeetingPromise(Base):
    """Evidence somebody promised in a session, until when, and the version that came of it."""

    __tablename__ = "meeting_promise"
    __table_args__ = (
        ForeignKeyConstraint(["document_id", "n"], ["document_version.document_id", "document_version.n"]),
        CheckConstraint("(document_id IS NULL) = (delivered_at IS NULL)", name="delivered_with_a_document"),
        Index("ix_meeting_promise_version", "document_id", "n"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    item: Mapped[str] = mapped_column(String(20))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    text: Mapped[str] = mapped_column(String(1000))
    due_at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    document_id: Mapped[int | None]
    n: Mapped[int | None]
    locator: Mapped[str] = mapped_column(String(120), default="")
    delivered_at: Mapped[datetime | None]
    delivered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    meeting: Mapped[Meeting] = relationship(back_populates="promises")
    organization: Mapped[Organization] = relationship()
    document_version: Mapped[DocumentVersion | None] = relationship()

    @property
    def late(self) -> bool:
        """Delivered after its deadline, or still owed past it."""
        return (self.delivered_at or now()) > self.due_at


class MeetingPhoto(Base):
    """A picture taken on a visit; only the panel and the team see it."""

    __tablename__ = "meeting_photo"
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    item: Mapped[str | None] = mapped_column(String(20))
    sha256: Mapped[str] = mapped_column(Digest, ForeignKey("blob.sha256"))
    caption: Mapped[str] = mapped_column(String(300), default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=now)

    meeting: Mapped[Meeting] = relationship(back_populates="photos")
