"""One subject in one period: how its items are shared out, and the one answer (claim) it gives on each."""

from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..clock import now
from .base import Base, Code, one_of
from .organization import Organization
from .people import Person
from .period import Period, Subject

if TYPE_CHECKING:
    from .analysis import AspectAnalysis, Conclusion, ReviewNote
    from .evidence import Citation
    from .judgement import Decision, Judgement, PanelMember, Proposal, QaNote, Seat
    from .objection import Objection
    from .result import Result
    from .submission import Contribution

ASSESSMENT_STATES = (
    "preparing",
    "ready_to_sign",
    "signed",
    "sent",
    "document",
    "interview",
    "visit",
    "consolidating",
    "reviewing",
    "proposed_final",
    "final",
    "published",
)
TEXT_LIMIT = 4000


class Assessment(Base):
    """`cached_index` is the exact index of the claims so far ("a/b" or a full decimal), proved by recomputation."""

    __tablename__ = "assessment"
    __table_args__ = (UniqueConstraint("period_id", "subject_id"), one_of("state", *ASSESSMENT_STATES))
    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"))
    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"), index=True)
    state: Mapped[str] = mapped_column(Code, default="preparing")
    cached_index: Mapped[str | None] = mapped_column(String(60))
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    period: Mapped[Period] = relationship()
    subject: Mapped[Subject] = relationship()
    shares: Mapped[list["Share"]] = relationship(back_populates="assessment", cascade="all, delete-orphan")
    claims: Mapped[list["Claim"]] = relationship(back_populates="assessment")
    panel: Mapped[list["PanelMember"]] = relationship(back_populates="assessment", order_by="PanelMember.person_id")
    seats: Mapped[list["Seat"]] = relationship(back_populates="assessment")
    judgements: Mapped[list["Judgement"]] = relationship(back_populates="assessment", order_by="Judgement.id")
    decisions: Mapped[list["Decision"]] = relationship(back_populates="assessment")
    proposals: Mapped[list["Proposal"]] = relationship(back_populates="assessment", order_by="Proposal.id")
    results: Mapped[list["Result"]] = relationship(back_populates="assessment", order_by="Result.id")
    qa_notes: Mapped[list["QaNote"]] = relationship(back_populates="assessment", order_by="QaNote.id")
    objections: Mapped[list["Objection"]] = relationship(back_populates="assessment", order_by="Objection.item")
    analyses: Mapped[list["AspectAnalysis"]] = relationship(back_populates="assessment", order_by="AspectAnalysis.node")
    conclusion: Mapped["Conclusion | None"] = relationship(back_populates="assessment")
    review_notes: Mapped[list["ReviewNote"]] = relationship(back_populates="assessment", order_by="ReviewNote.id")

    def claim(self, item: str) -> "Claim | None":
        return next((claim for claim in self.claims if claim.item == item), None)

    @property
    def sent(self) -> bool:
        return self.state not in ("preparing", "ready_to_sign", "signed")


class Share(Base):
    """An item of an assessment given to an agency: one lead, any number of supporting ones.

    `pic` is whom the agency itself named to answer it; everybody who answers for the agency still may.
    """

    __tablename__ = "share"
    __table_args__ = (
        one_of("part", "lead", "supporting"),
        Index(
            "one_lead_per_item",
            "assessment_id",
            "item",
            unique=True,
            sqlite_where=text("part = 'lead'"),
            postgresql_where=text("part = 'lead'"),
        ),
    )
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    item: Mapped[str] = mapped_column(String(20), primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True, index=True)
    part: Mapped[str] = mapped_column(Code)
    pic_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)

    assessment: Mapped[Assessment] = relationship(back_populates="shares")
    organization: Mapped[Organization] = relationship()
    pic: Mapped[Person | None] = relationship()


class Claim(Base):
    """The subject's one answer on one item; what assessors see and judge."""

    __tablename__ = "claim"
    __table_args__ = (
        UniqueConstraint("assessment_id", "item"),
        one_of("origin", "adopted", "written", "external_index", "awaiting"),
        one_of("state", "draft", "proposed", "needs_work", "approved"),
        CheckConstraint("origin <> 'adopted' OR contribution_id IS NOT NULL", name="adopted_from_something"),
        CheckConstraint("state NOT IN ('proposed', 'approved') OR value IS NOT NULL", name="value_if_proposed"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    item: Mapped[str] = mapped_column(String(20))
    value: Mapped[Fraction | None]
    raw: Mapped[Fraction | None]
    facts: Mapped[str] = mapped_column(Text, default="")
    analysis: Mapped[str] = mapped_column(Text, default="")
    service_name: Mapped[str | None] = mapped_column(String(200))
    origin: Mapped[str] = mapped_column(Code)
    contribution_id: Mapped[int | None] = mapped_column(ForeignKey("contribution.id"))
    state: Mapped[str] = mapped_column(Code, default="draft")
    letters: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    assessment: Mapped[Assessment] = relationship(back_populates="claims")
    contribution: Mapped["Contribution | None"] = relationship()
    citations: Mapped[list["Citation"]] = relationship(back_populates="claim", order_by="Citation.id")
    revisions: Mapped[list["ClaimRevision"]] = relationship(back_populates="claim", order_by="ClaimRevision.n")
    approvals: Mapped[list["Approval"]] = relationship(back_populates="claim", order_by="Approval.at")

    @property
    def revision_n(self) -> int:
        return self.revisions[-1].n if self.revisions else 0

    def remember(self, by: Person, taken_over: bool = False) -> "ClaimRevision":
        """Keep what the claim says now as its next revision, under its author's name.

        Only a revision that was taken over from an agency's words is "adopted", whatever the claim's value leans on;
        one somebody made afterwards, such as by changing the evidence, is never that.
        """
        own = "written" if self.origin == "adopted" else self.origin
        revision = ClaimRevision(
            n=self.revision_n + 1,
            author=by,
            at=now(),
            value=self.value,
            facts=self.facts,
            analysis=self.analysis,
            origin="adopted" if taken_over else own,
        )
        self.revisions.append(revision)
        return revision


class ClaimRevision(Base):
    """What a claim said at one time, and who wrote it. Append-only."""

    __tablename__ = "claim_revision"
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    value: Mapped[Fraction | None]
    facts: Mapped[str] = mapped_column(Text, default="")
    analysis: Mapped[str] = mapped_column(Text, default="")
    origin: Mapped[str] = mapped_column(Code)

    claim: Mapped[Claim] = relationship(back_populates="revisions")
    author: Mapped[Person] = relationship()


class Approval(Base):
    """The penanggung jawab's yes to one revision of a claim (PermenPANRB 59/2020 p.85). Append-only."""

    __tablename__ = "approval"
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"), primary_key=True)
    revision_n: Mapped[int] = mapped_column(primary_key=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)

    claim: Mapped[Claim] = relationship(back_populates="approvals")
    by: Mapped[Person] = relationship()
