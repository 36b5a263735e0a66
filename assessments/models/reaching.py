"""How the portal reaches people outside its pages: links used once, mail that waits, reminders, a calendar to follow."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..clock import now
from .base import Base, Code, Digest, one_of
from .people import Account, Appointment, Person
from .submission import Submission
from .thread import Notice

LINK_PURPOSES = ("invite", "reset")
MAIL_STATES = ("waiting", "sent", "given_up")
REMINDER_CHANNELS = ("portal", "email", "whatsapp")


class OneTimeLink(Base):
    """A link that lets one person choose a password, once. Only the SHA-256 of what was sent is kept.

    `ended_at` is set when it was used, replaced by a newer one, or when the password was changed meanwhile.
    """

    __tablename__ = "one_time_link"
    __table_args__ = (one_of("purpose", *LINK_PURPOSES),)
    token_hash: Mapped[str] = mapped_column(Digest, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    purpose: Mapped[str] = mapped_column(Code)
    made_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship()


class Superior(Base):
    """Whom somebody named as superior on the first day in an office: a known person, or a name as it was typed."""

    __tablename__ = "superior"
    __table_args__ = (CheckConstraint("(superior_id IS NULL) = (named <> '')", name="known_or_named"),)
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id"), primary_key=True)
    superior_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    named: Mapped[str] = mapped_column(String(160), default="")
    confirmed_at: Mapped[datetime] = mapped_column(default=now)

    appointment: Mapped[Appointment] = relationship()
    superior: Mapped[Person | None] = relationship()


class NoticeChoice(Base):
    """How one person wants to be told: by e-mail at all, gathered once a day, and which kinds not."""

    __tablename__ = "notice_choice"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    by_mail: Mapped[bool] = mapped_column(default=True)
    daily: Mapped[bool] = mapped_column(default=False)
    muted: Mapped[list[str]] = mapped_column(JSON, default=list)


class Mail(Base):
    """A letter that waits to be sent, and what became of it. The same `dedupe_key` is written once.

    `message_id` is made with the row, so that a letter that was sent twice by a crash is recognised as one. An `urgent`
    one does not wait for the end of the quiet hours.
    """

    __tablename__ = "mail"
    __table_args__ = (one_of("state", *MAIL_STATES), Index("ix_mail_due", "state", "not_before"))
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"))
    address: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    dedupe_key: Mapped[str] = mapped_column(String(160), unique=True)
    state: Mapped[str] = mapped_column(Code, default="waiting")
    urgent: Mapped[bool] = mapped_column(default=False)
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]
    at: Mapped[datetime] = mapped_column(default=now)
    sent_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(300), default="")

    person: Mapped[Person | None] = relationship()
    notice: Mapped[Notice | None] = relationship()


class Reminder(Base):
    """That somebody of an agency was reminded of its open items: by whom, how, with which words. Append-only.

    Nobody is reminded twice on one `day` (of the round's zone) in the same way. `reason` says why it was sent although
    offices were closed.
    """

    __tablename__ = "reminder"
    __table_args__ = (one_of("channel", *REMINDER_CHANNELS), UniqueConstraint("person_id", "channel", "day"))
    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    channel: Mapped[str] = mapped_column(Code)
    text: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(300), default="")
    day: Mapped[date]
    at: Mapped[datetime] = mapped_column(default=now)

    submission: Mapped[Submission] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    by: Mapped[Person | None] = relationship(foreign_keys=[by_id])


class CalendarFeed(Base):
    """A secret address under which one person's deadlines can be followed by a calendar program."""

    __tablename__ = "calendar_feed"
    token_hash: Mapped[str] = mapped_column(Digest, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship()
