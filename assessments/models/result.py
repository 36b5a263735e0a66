"""Frozen copies, who put which name under them, and the receipts and results that point at them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .assessment import Assessment
from .base import Base, Code, Digest, one_of
from .people import Appointment, Person
from .submission import Submission


class Snapshot(Base):
    """What was vouched for or sent, as canonical JSON under its SHA-256. Append-only."""

    __tablename__ = "snapshot"
    sha256: Mapped[str] = mapped_column(Digest, primary_key=True)
    kind: Mapped[str] = mapped_column(Code)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    at: Mapped[datetime]


class Signature(Base):
    """Who put which name under a snapshot, as it was called that day. Append-only."""

    __tablename__ = "signature"
    id: Mapped[int] = mapped_column(primary_key=True)
    snapshot_sha: Mapped[str] = mapped_column(ForeignKey("snapshot.sha256"), index=True)
    statement: Mapped[str] = mapped_column(Text)
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id"))
    acting_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(160))
    title: Mapped[str] = mapped_column(String(200))
    method: Mapped[str] = mapped_column(Code)
    at: Mapped[datetime]

    snapshot: Mapped[Snapshot] = relationship()
    appointment: Mapped[Appointment] = relationship()
    acting_for: Mapped[Person | None] = relationship()


class Receipt(Base):
    """A number that proves a frozen copy was handed in. A mended submission gets another one; the newest counts."""

    __tablename__ = "receipt"
    __table_args__ = (
        one_of("kind", "attested", "sent"),
        CheckConstraint("(submission_id IS NULL) <> (assessment_id IS NULL)", name="exactly_one_thing"),
        UniqueConstraint("submission_id", "snapshot_sha"),
        UniqueConstraint("assessment_id", "snapshot_sha"),
    )
    number: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(Code)
    snapshot_sha: Mapped[str] = mapped_column(ForeignKey("snapshot.sha256"))
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id"))
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"))
    assessment_id: Mapped[int | None] = mapped_column(ForeignKey("assessment.id"))
    at: Mapped[datetime]

    snapshot: Mapped[Snapshot] = relationship()
    signature: Mapped[Signature] = relationship()
    submission: Mapped[Submission | None] = relationship()
    assessment: Mapped[Assessment | None] = relationship()


class Result(Base):
    """Values, index and predicate that are settled. Append-only: a change is another version with its reason."""

    __tablename__ = "result"
    __table_args__ = (
        UniqueConstraint("assessment_id", "source", "n"),
        one_of("source", "portal", "official"),
        one_of("predicate_rule", "exact", "shown"),
        CheckConstraint("source <> 'portal' OR proposed_by_id <> confirmed_by_id", name="two_people_finalise"),
        CheckConstraint("n = 1 OR (supersedes_id IS NOT NULL AND reason IS NOT NULL)", name="amended_with_reason"),
        CheckConstraint("source <> 'official' OR basis IS NOT NULL", name="official_has_its_source"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    n: Mapped[int] = mapped_column(default=1)
    source: Mapped[str] = mapped_column(Code)
    basis: Mapped[str | None] = mapped_column(String(200))
    index_exact: Mapped[str] = mapped_column(String(60))
    index_shown: Mapped[str] = mapped_column(String(10))
    predicate: Mapped[str] = mapped_column(String(40))
    predicate_rule: Mapped[str] = mapped_column(Code)
    instrument_sha: Mapped[str] = mapped_column(ForeignKey("instrument_copy.sha256"))
    snapshot_sha: Mapped[str | None] = mapped_column(ForeignKey("snapshot.sha256"))
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    embargo_until: Mapped[datetime | None]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("result.id"))
    reason: Mapped[str | None] = mapped_column(String(500))
    at: Mapped[datetime]

    assessment: Mapped[Assessment] = relationship(back_populates="results")
    proposed_by: Mapped[Person] = relationship(foreign_keys=proposed_by_id)
    confirmed_by: Mapped[Person | None] = relationship(foreign_keys=confirmed_by_id)
    values: Mapped[list["ResultValue"]] = relationship(back_populates="result")


class ResultValue(Base):
    """The settled value of one item or one node of the tree. Append-only."""

    __tablename__ = "result_value"
    result_id: Mapped[int] = mapped_column(ForeignKey("result.id"), primary_key=True)
    node: Mapped[str] = mapped_column(String(20), primary_key=True)
    exact: Mapped[str] = mapped_column(String(60))
    shown: Mapped[str] = mapped_column(String(10))

    result: Mapped[Result] = relationship(back_populates="values")
