"""What happened: events people see, the hash chain auditors check, who read what, and work that waits for a commit."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..clock import now
from .base import Base, Code, Digest, one_of
from .people import Person


class Event(Base):
    """One step of the process, shown as history: `thing`/`thing_id` name the row it happened to. Append-only."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_thing", "thing", "thing_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now)
    thing: Mapped[str] = mapped_column(Code)
    thing_id: Mapped[int]
    verb: Mapped[str] = mapped_column(Code)
    label: Mapped[str] = mapped_column(String(120))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    by_label: Mapped[str] = mapped_column(String(120), default="Sistem")
    from_state: Mapped[str | None] = mapped_column(Code)
    to_state: Mapped[str | None] = mapped_column(Code)
    note: Mapped[str] = mapped_column(Text, default="")

    by: Mapped[Person | None] = relationship()


class AuditHead(Base):
    """The newest link of one stream's chain."""

    __tablename__ = "audit_head"
    stream: Mapped[str] = mapped_column(String(60), primary_key=True)
    seq: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(Digest)


class AuditEntry(Base):
    """One link: what a transaction changed in one stream, chained to the link before. Append-only."""

    __tablename__ = "audit_entry"
    stream: Mapped[str] = mapped_column(String(60), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(120))
    request_id: Mapped[str | None] = mapped_column(Code)
    payload: Mapped[str] = mapped_column(Text)
    prev: Mapped[str] = mapped_column(Digest)
    hash: Mapped[str] = mapped_column(Digest)


class AuditAnchor(Base):
    """A day's digest over all heads, so that a cut tail shows. Append-only."""

    __tablename__ = "audit_anchor"
    day: Mapped[date] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(Digest)
    streams: Mapped[int]


class AccessLog(Base):
    """Who read which evidence, and who was refused what. Append-only, no content."""

    __tablename__ = "access_log"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    action: Mapped[str] = mapped_column(String(60))
    thing: Mapped[str] = mapped_column(String(120))
    outcome: Mapped[str] = mapped_column(Code)
    address: Mapped[str | None] = mapped_column(String(45))
    request_id: Mapped[str | None] = mapped_column(Code)


class Job(Base):
    """Work that waits for the commit: written with the change, carried out by the worker, at least once."""

    __tablename__ = "job"
    __table_args__ = (one_of("state", "waiting", "running", "done", "failed"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Code)
    args: Mapped[dict] = mapped_column(JSON, default=dict)
    dedupe_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    state: Mapped[str] = mapped_column(Code, default="waiting", index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(default=now)
    done_at: Mapped[datetime | None]


class Idempotency(Base):
    """The first answer to a form sent with one key, given again when the same form comes again."""

    __tablename__ = "idempotency"
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    body_hash: Mapped[str] = mapped_column(Digest)
    location: Mapped[str] = mapped_column(String(400))
    at: Mapped[datetime] = mapped_column(default=now)
