"""The part of an assessment that one agency fills and its head vouches for."""

from datetime import datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..clock import now
from .assessment import Assessment
from .base import Base, Code, one_of
from .organization import Organization
from .people import Person

if TYPE_CHECKING:
    from .evidence import Citation

ONE_SITTING = timedelta(minutes=10)
TAKEN_BACK = 0  # the revision of a check mark that takes the one before it back
SUBMISSION_STATES = ("empty", "filling", "ready", "signed", "returned", "accepted")
CONTRIBUTION_STATES = ("empty", "needs_review", "filling", "ready", "returned")
# Reasons an internal assessor may name: completeness, fitness, validity (process.md 4, checklist of practice).
REASONS = {
    "incomplete": "Bukti belum lengkap",
    "unfit": "Bukti tidak sesuai kriteria",
    "invalid": "Bukti tidak sah (belum ditandatangani, kedaluwarsa, atau dasar hukum tidak jelas)",
    "explanation": "Penjelasan belum memadai",
    "level": "Tingkat tidak didukung bukti",
}


class Submission(Base):
    """One agency's part of one assessment."""

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("assessment_id", "organization_id"), one_of("state", *SUBMISSION_STATES))
    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    state: Mapped[str] = mapped_column(Code, default="empty")
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    assessment: Mapped[Assessment] = relationship()
    organization: Mapped[Organization] = relationship()
    contributions: Mapped[list["Contribution"]] = relationship(back_populates="submission")

    @property
    def period(self):
        return self.assessment.period

    @property
    def closes_at(self) -> datetime | None:
        return self.period.closes_at("self_assessment", self.assessment, self)


class Contribution(Base):
    """What one agency says on one item. `returned_n` is the revision that was sent back, while it is being mended, and
    `mend_by` until when whoever sent it back wants it mended, where that was said.

    `slots` are the short answers from which Fakta and Analisis can be composed (guidance 3/2024 p.195-200); what counts
    is the text.
    """

    __tablename__ = "contribution"
    __table_args__ = (UniqueConstraint("submission_id", "item"), one_of("state", *CONTRIBUTION_STATES))
    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    item: Mapped[str] = mapped_column(String(20))
    value: Mapped[Fraction | None]
    raw: Mapped[Fraction | None]
    facts: Mapped[str] = mapped_column(Text, default="")
    analysis: Mapped[str] = mapped_column(Text, default="")
    coverage: Mapped[str | None] = mapped_column(String(200))
    slots: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")
    state: Mapped[str] = mapped_column(Code, default="empty")
    returned_n: Mapped[int | None]
    mend_by: Mapped[datetime | None]
    letters: Mapped[int] = mapped_column(default=0)
    carried_from_id: Mapped[int | None] = mapped_column(ForeignKey("contribution.id"))
    saved_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    submission: Mapped[Submission] = relationship(back_populates="contributions")
    revisions: Mapped[list["ContributionRevision"]] = relationship(
        back_populates="contribution", order_by="ContributionRevision.n"
    )
    check_marks: Mapped[list["CheckMark"]] = relationship(back_populates="contribution", order_by="CheckMark.id")
    waivers: Mapped[list["Waiver"]] = relationship(back_populates="contribution", order_by="Waiver.id")
    citations: Mapped[list["Citation"]] = relationship(back_populates="contribution", order_by="Citation.id")

    @property
    def revision_n(self) -> int:
        return self.revisions[-1].n if self.revisions else 0

    @property
    def mark(self) -> "CheckMark | None":
        """The internal assessor's newest word on what the contribution says now; none after a change."""
        newest = self.check_marks[-1] if self.check_marks else None
        return newest if newest and not newest.takes_back and newest.revision_n == self.revision_n else None

    @property
    def awaits_review(self) -> bool:
        """*Perlu ditinjau*: brought along from an earlier round and not confirmed yet."""
        return self.state == "needs_review"

    @property
    def mended(self) -> bool:
        """*Sudah diperbaiki*: changed since it was returned."""
        return self.returned_n is not None and self.revision_n > self.returned_n

    @property
    def mends_until(self) -> datetime | None:
        """Until when it should be mended, while that is still to be done; the end of the stage holds whatever was asked."""
        return self.mend_by if self.returned_n is not None and self.state != "ready" else None

    def remember(self, by: Person) -> "ContributionRevision":
        """Keep what the contribution says now as its next revision, under its author's name."""
        revision = ContributionRevision(
            n=self.revision_n + 1, author=by, at=now(), value=self.value, facts=self.facts, analysis=self.analysis
        )
        self.revisions.append(revision)
        return revision

    def running(self, author_id: int, at: datetime) -> "ContributionRevision | None":
        """The revision that savings without a button may still change: the newest one, of this author, begun less than
        ten minutes ago, closed by no deliberate saving, and nothing points at it.

        A revision is pointed at by check marks and by `returned_n`. Receipts name one only while the part is locked;
        it opens again by a return, after which every revision a receipt names is at most `returned_n`, or by a
        withdrawal, which closes them all.
        """
        newest = self.revisions[-1] if self.revisions else None
        if newest is None or not newest.autosaved or newest.author_id != author_id or at - newest.at >= ONE_SITTING:
            return None
        pointed_at = newest.n <= (self.returned_n or 0) or any(mark.revision_n == newest.n for mark in self.check_marks)
        return None if pointed_at else newest


class ContributionRevision(Base):
    """What a contribution said at one time, and who wrote it. `autosaved` ones may grow for some minutes."""

    __tablename__ = "contribution_revision"
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime]
    value: Mapped[Fraction | None]
    facts: Mapped[str] = mapped_column(Text, default="")
    analysis: Mapped[str] = mapped_column(Text, default="")
    autosaved: Mapped[bool] = mapped_column(default=False, server_default=false())

    def say_again(self, contribution: Contribution, at: datetime) -> None:
        """Let this revision hold what the contribution says now."""
        self.value, self.facts, self.analysis = contribution.value, contribution.facts, contribution.analysis
        self.at = at

    contribution: Mapped[Contribution] = relationship(back_populates="revisions")
    author: Mapped[Person] = relationship()


class CheckMark(Base):
    """The internal check of one revision: agreed, or to be mended with a reason; of revision 0: the one before it is
    taken back. Append-only."""

    __tablename__ = "check_mark"
    __table_args__ = (one_of("verdict", "agreed", "needs_work"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id"), index=True)
    revision_n: Mapped[int]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    verdict: Mapped[str] = mapped_column(Code)
    reason_kind: Mapped[str | None] = mapped_column(Code)
    note: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]

    @property
    def takes_back(self) -> bool:
        return self.revision_n == TAKEN_BACK

    contribution: Mapped[Contribution] = relationship(back_populates="check_marks")
    by: Mapped[Person] = relationship()


class Waiver(Base):
    """Why a remark of a rule is left as it is; the assessor reads the reason. `place` says which remark of the rule."""

    __tablename__ = "waiver"
    __table_args__ = (
        Index(
            "one_waiver_in_force",
            "contribution_id",
            "rule",
            "place",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id"), index=True)
    rule: Mapped[str] = mapped_column(Code)
    place: Mapped[str] = mapped_column(Code, default="")
    reason: Mapped[str] = mapped_column(String(500))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]

    contribution: Mapped[Contribution] = relationship(back_populates="waivers")
    by: Mapped[Person] = relationship()
