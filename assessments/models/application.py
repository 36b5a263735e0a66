"""The inventory: applications of an instansi, their life, who owns and uses them, and what citizens see of them."""

from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, Code, one_of
from .evidence import Document
from .organization import Organization
from .people import Person

APPLICATION_KINDS = {"common": "Aplikasi Umum", "special": "Aplikasi Khusus"}
ORIGINS = {"central": "Pusat", "province": "Provinsi", "local": "Lokal"}
PLATFORMS = {"web": "Web", "mobile": "Mobile", "desktop": "Desktop", "other": "Lainnya"}
APPLICATION_STATES = ("planned", "active", "inactive", "migrating", "merged", "retired")
INTEGRATION = {"no": "Belum", "partly": "Sebagian", "yes": "Sudah"}
CONFIRMATIONS = {"active": "Masih dipakai", "inactive": "Tidak dipakai", "unknown": "Tidak tahu"}
LINK_STATES = {"unchecked": "Belum diperiksa", "alive": "Terbuka", "dead": "Tidak terbuka"}


class Category(Base):
    """A need that brings citizens here (Kesehatan, Kependudukan ...), with words they use for it."""

    __tablename__ = "category"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    ordinal: Mapped[int] = mapped_column(default=0)


class Application(Base):
    """One application. `details` holds the declared long tail of fields (assessments/inventory/fields.py).

    `state` moves only by transitions; a retired or merged one stays in history and leaves every count.
    """

    __tablename__ = "application"
    __table_args__ = (
        one_of("state", *APPLICATION_STATES),
        one_of("kind", *APPLICATION_KINDS),
        one_of("origin", *ORIGINS),
        one_of("integrated", *INTEGRATION),
        one_of("link_state", *LINK_STATES),
        CheckConstraint("state NOT IN ('merged', 'migrating') OR successor_id IS NOT NULL", name="successor_where_it_goes"),
        CheckConstraint(
            "state <> 'retired' OR (decided_on IS NOT NULL AND reason <> '' AND data_fate <> '' AND account_fate <> '')",
            name="retired_says_why",
        ),
        CheckConstraint("successor_id IS NULL OR successor_id <> id", name="not_its_own_successor"),
        CheckConstraint("yearly_saving IS NULL OR yearly_saving >= 0", name="saving_not_negative"),
        CheckConstraint("year_built IS NULL OR year_built BETWEEN 1980 AND 2100", name="plausible_year"),
        UniqueConstraint("instansi_id", "code"),
        Index("ix_application_public", "instansi_id", "published_at"),
        Index(
            "ix_application_facets", "state", "category_id", "current_owner_id",
            sqlite_where=text("published_at IS NOT NULL"), postgresql_where=text("published_at IS NOT NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    instansi_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    code: Mapped[str] = mapped_column(String(40))
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    state: Mapped[str] = mapped_column(Code, default="active")
    current_owner_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"), index=True)
    # what it is for
    purpose: Mapped[str] = mapped_column(Text, default="")
    audience: Mapped[str] = mapped_column(String(300), default="")
    how_to_open: Mapped[str] = mapped_column(Text, default="")
    helpdesk: Mapped[str] = mapped_column(String(200), default="")
    url: Mapped[str | None] = mapped_column(String(500))
    link_state: Mapped[str] = mapped_column(Code, default="unchecked")
    link_checked_at: Mapped[datetime | None]
    # what it is
    kind: Mapped[str] = mapped_column(Code, default="special")
    origin: Mapped[str] = mapped_column(Code, default="local")
    raa_code: Mapped[str] = mapped_column(String(20), default="")
    platforms: Mapped[list[str]] = mapped_column(JSON, default=list)
    year_built: Mapped[int | None]
    integrated: Mapped[str | None] = mapped_column(Code)
    https: Mapped[bool | None]
    personal_data: Mapped[str] = mapped_column(String(20), default="")
    pse_number: Mapped[str] = mapped_column(String(60), default="")
    user_count: Mapped[int | None] = mapped_column(BigInteger)
    yearly_cost: Mapped[int | None] = mapped_column(BigInteger)
    legal_basis: Mapped[str] = mapped_column(String(300), default="")
    details: Mapped[dict] = mapped_column(JSON, default=dict)
    # its life
    state_since: Mapped[date | None]
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"))
    decision_no: Mapped[str] = mapped_column(String(80), default="")
    decided_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(1000), default="")
    data_fate: Mapped[str] = mapped_column(String(500), default="")
    account_fate: Mapped[str] = mapped_column(String(500), default="")
    yearly_saving: Mapped[int | None] = mapped_column(BigInteger)
    # its publication and its source
    published_at: Mapped[datetime | None]
    source: Mapped[str] = mapped_column(String(200), default="")
    source_updated_on: Mapped[date | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    instansi: Mapped[Organization] = relationship(foreign_keys=[instansi_id])
    current_owner: Mapped[Organization] = relationship(foreign_keys=[current_owner_id])
    category: Mapped[Category | None] = relationship()
    successor: Mapped["Application | None"] = relationship(remote_side=[id], foreign_keys=[successor_id])
    owners: Mapped[list["ApplicationOwner"]] = relationship(
        back_populates="application", order_by="ApplicationOwner.from_day"
    )
    users: Mapped[list["ApplicationUser"]] = relationship(back_populates="application", cascade="all, delete-orphan")
    links: Mapped[list["ApplicationLink"]] = relationship(
        back_populates="application", foreign_keys="ApplicationLink.application_id", cascade="all, delete-orphan"
    )
    tests: Mapped[list["ApplicationTest"]] = relationship(back_populates="application", cascade="all, delete-orphan")
    documents: Mapped[list["ApplicationDocument"]] = relationship(back_populates="application")
    confirmations: Mapped[list["Confirmation"]] = relationship(
        back_populates="application", order_by="Confirmation.year"
    )

    @property
    def counts(self) -> bool:
        """Whether it is part of the figures: a retired or merged one is history."""
        return self.state not in ("retired", "merged")


class ApplicationOwner(Base):
    """The agency that answers for an application, from one day on."""

    __tablename__ = "application_owner"
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    from_day: Mapped[date] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    to_day: Mapped[date | None]

    application: Mapped[Application] = relationship(back_populates="owners")
    organization: Mapped[Organization] = relationship()


class ApplicationUser(Base):
    """An agency that uses it."""

    __tablename__ = "application_user"
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True, index=True)

    application: Mapped[Application] = relationship(back_populates="users")
    organization: Mapped[Organization] = relationship()


class ApplicationLink(Base):
    """Data that goes from or to another application."""

    __tablename__ = "application_link"
    __table_args__ = (one_of("direction", "in", "out", "both"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    other_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"))
    other_name: Mapped[str] = mapped_column(String(160), default="")
    direction: Mapped[str] = mapped_column(Code)
    data: Mapped[str] = mapped_column(String(300), default="")
    method: Mapped[str] = mapped_column(Code)

    application: Mapped[Application] = relationship(back_populates="links", foreign_keys=[application_id])
    other: Mapped[Application | None] = relationship(foreign_keys=[other_id])


class ApplicationDocument(Base):
    """A document of the evidence store that belongs to an application: an attachment, or the one that carries its
    frozen records as evidence."""

    __tablename__ = "application_document"
    __table_args__ = (one_of("part", "attachment", "record"),)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True, unique=True)
    part: Mapped[str] = mapped_column(Code, default="attachment")

    application: Mapped[Application] = relationship(back_populates="documents")
    document: Mapped[Document] = relationship()


class ApplicationTest(Base):
    """A security test or an audit: when, of which kind, by whom, what stayed open."""

    __tablename__ = "application_test"
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    kind: Mapped[str] = mapped_column(Code)
    done_on: Mapped[date]
    by_whom: Mapped[str] = mapped_column(String(120), default="")
    findings: Mapped[int | None]
    open_findings: Mapped[int | None]

    application: Mapped[Application] = relationship(back_populates="tests")


class Confirmation(Base):
    """What the owner said in the census of one year; no row is *belum dikonfirmasi*."""

    __tablename__ = "confirmation"
    __table_args__ = (one_of("answer", *CONFIRMATIONS),)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    answer: Mapped[str] = mapped_column(Code)
    note: Mapped[str] = mapped_column(String(500), default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    application: Mapped[Application] = relationship(back_populates="confirmations")
    by: Mapped[Person] = relationship()


class LinkReport(Base):
    """Somebody without an account says that an address does not open."""

    __tablename__ = "link_report"
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    note: Mapped[str] = mapped_column(String(300), default="")
    at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    application: Mapped[Application] = relationship()


class SearchWords(Base):
    """What the directory finds an application by: roots of the words of its name, and of all else."""

    __tablename__ = "search_words"
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
