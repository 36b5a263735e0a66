"""One round of one organiser: its instrument, its calendar, and who is evaluated in it."""

from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..clock import now
from ..instruments import Instrument, from_canonical
from .base import Base, Code, Digest, one_of
from .organization import Organization
from .people import Person

# PermenPANRB 59/2020 p.78-79: an instansi takes part in only one of the two kinds in a year.
PERIOD_KINDS = {"monitoring": "Pemantauan", "evaluation": "Evaluasi"}
TRACKS = {"national": "Nasional", "local": "Lokal", "rehearsal": "Gladi"}
SUBJECT_KINDS = {"instansi": "Satu instansi", "agencies": "Tiap OPD"}
# There is no official index of an agency (PermenPANRB 59/2020 p.21-24, 87), so every figure of one says what it is.
LOCAL_FIGURE = "Angka lokal, bukan indeks SPBE instansi"
PREDICATE_RULES = {"exact": "Nilai eksak", "shown": "Nilai dua desimal"}
CLAIM_RULES = {"adopt_lead": "Diambil dari isian OPD utama", "manual": "Ditulis tim"}
STAGES = {
    "preparation": "Persiapan",
    "self_assessment": "Penilaian mandiri",
    "internal_check": "Pemeriksaan internal dan pengiriman",
    "document": "Penilaian dokumen",
    "interview": "Interviu",
    "visit": "Visitasi",
    "objection": "Tanggapan nilai sementara",
    "consolidation": "Konsolidasi",
    "review": "Reviu",
}


class InstrumentCopy(Base):
    """The canonical pack a period was opened with. Append-only: last year's result must stay what it was."""

    __tablename__ = "instrument_copy"
    sha256: Mapped[str] = mapped_column(Digest, primary_key=True)
    key: Mapped[str] = mapped_column(String(60))
    guidance: Mapped[str] = mapped_column(String(60))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class Period(Base):
    """A round. Its `slug` names it in every address.

    `asks_papers`: nothing is sent before the Koordinator signed the berita acara and the consent (59/2020 p.85).
    `second_reader`: two assessors judge each item, neither sees the other's before both were sent.
    """

    __tablename__ = "period"
    __table_args__ = (
        one_of("kind", *PERIOD_KINDS),
        one_of("track", *TRACKS),
        one_of("subjects", *SUBJECT_KINDS),
        one_of("predicate_rule", *PREDICATE_RULES),
        one_of("claim_rule", *CLAIM_RULES),
        one_of("state", "draft", "open", "closed", "archived"),
        CheckConstraint("year BETWEEN 2018 AND 2100", name="plausible_year"),
        Index(
            "one_round_per_term",
            "organiser_id",
            "kind",
            "track",
            "subjects",
            "year",
            "term",
            unique=True,
            sqlite_where=text("track <> 'rehearsal'"),
            postgresql_where=text("track <> 'rehearsal'"),
        ),
        Index(
            "one_national_round_a_year",
            "organiser_id",
            "year",
            unique=True,
            sqlite_where=text("track = 'national'"),
            postgresql_where=text("track = 'national'"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(120))
    organiser_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    kind: Mapped[str] = mapped_column(Code)
    track: Mapped[str] = mapped_column(Code)
    subjects: Mapped[str] = mapped_column(Code, default="instansi")
    year: Mapped[int]
    term: Mapped[int] = mapped_column(default=1)
    instrument_sha: Mapped[str] = mapped_column(ForeignKey("instrument_copy.sha256"))
    predicate_rule: Mapped[str] = mapped_column(Code, default="exact")
    claim_rule: Mapped[str] = mapped_column(Code, default="adopt_lead")
    zone: Mapped[str] = mapped_column(Code)
    asks_papers: Mapped[bool] = mapped_column(default=False, server_default=false())
    second_reader: Mapped[bool] = mapped_column(default=False, server_default=false())
    state: Mapped[str] = mapped_column(Code, default="draft")
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    organiser: Mapped[Organization] = relationship()
    instrument_copy: Mapped[InstrumentCopy] = relationship()
    stages: Mapped[list["PeriodStage"]] = relationship(
        back_populates="period", order_by="PeriodStage.ordinal", lazy="selectin", cascade="all, delete-orphan"
    )
    extensions: Mapped[list["Extension"]] = relationship(back_populates="period", lazy="selectin")

    @property
    def of_agencies(self) -> bool:
        """Whether each agency is evaluated on its own, so that what comes out is a local figure."""
        return self.subjects == "agencies"

    @property
    def figure_label(self) -> str:
        """What stands beside every figure of this round; empty where it is the index of the instansi."""
        return LOCAL_FIGURE if self.of_agencies else ""

    @property
    def instrument(self) -> Instrument:
        """The pack as it was when the period was made, whatever the code carries today."""
        return _instrument(self.instrument_sha, self.instrument_copy)

    def stage(self, code: str) -> "PeriodStage | None":
        return next((stage for stage in self.stages if stage.stage == code), None)

    def closes_at(self, code: str, assessment=None, submission=None) -> datetime | None:
        """When a stage ends for this assessment or submission, extensions included (grace is apart)."""
        stage = self.stage(code)
        if stage is None:
            return None
        ends = [stage.closes_at]
        for extension in self.extensions:
            if extension.stage == code and extension.touches(assessment, submission):
                ends.append(extension.until)
        return max(ends)

    def accepts(self, code: str, assessment=None, submission=None) -> bool:
        """Whether writing for a stage is open at `now()`: it ends *at* the printed instant plus the grace."""
        stage, ends = self.stage(code), self.closes_at(code, assessment, submission)
        if self.state != "open" or stage is None or ends is None:
            return False
        return stage.opens_at <= now() <= ends + timedelta(seconds=stage.grace_s)

    @property
    def current_stage(self) -> "PeriodStage | None":
        """The stage that is running, else the next one to begin."""
        moment = now()
        running = [stage for stage in self.stages if stage.opens_at <= moment <= stage.closes_at]
        ahead = [stage for stage in self.stages if stage.opens_at > moment]
        return (running or ahead or [None])[0]


_COPIES: dict[str, Instrument] = {}


def _instrument(sha: str, copy: InstrumentCopy) -> Instrument:
    if sha not in _COPIES:
        _COPIES[sha] = from_canonical(copy.content)
    return _COPIES[sha]


class PeriodStage(Base):
    """One stage of the calendar. Opens and closes at instants; `grace_s` covers what began in time."""

    __tablename__ = "period_stage"
    __table_args__ = (
        one_of("stage", *STAGES),
        CheckConstraint("closes_at > opens_at", name="closes_after_it_opens"),
        CheckConstraint("grace_s >= 0", name="grace_not_negative"),
    )
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"), primary_key=True)
    stage: Mapped[str] = mapped_column(Code, primary_key=True)
    ordinal: Mapped[int]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    grace_s: Mapped[int] = mapped_column(default=0)

    period: Mapped[Period] = relationship(back_populates="stages")

    @property
    def label(self) -> str:
        return STAGES[self.stage]


class Extension(Base):
    """More time for all, for one assessment or for one agency's submission, with its reason."""

    __tablename__ = "extension"
    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"), index=True)
    stage: Mapped[str] = mapped_column(Code)
    assessment_id: Mapped[int | None] = mapped_column(ForeignKey("assessment.id"))
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"))
    until: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(500))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    period: Mapped[Period] = relationship(back_populates="extensions")

    def touches(self, assessment, submission) -> bool:
        if self.submission_id is not None:
            return submission is not None and submission.id == self.submission_id
        if self.assessment_id is not None:
            return assessment is not None and assessment.id == self.assessment_id
        return True


class Subject(Base):
    """Who is evaluated: exactly one organization or person (an application joins with its own table)."""

    __tablename__ = "subject"
    __table_args__ = (
        CheckConstraint("(organization_id IS NULL) <> (person_id IS NULL)", name="exactly_one"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), unique=True)

    organization: Mapped[Organization | None] = relationship()
    person: Mapped[Person | None] = relationship()

    @property
    def name(self) -> str:
        return self.organization.name if self.organization else self.person.name
