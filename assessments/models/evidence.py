"""Documents in an agency's library with their versions, and where a version is cited."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import JSON, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..clock import now
from .assessment import Claim
from .base import Base, Code, Digest, one_of
from .organization import Organization
from .people import Person
from .submission import Contribution

if TYPE_CHECKING:
    from .reviewing import LinkCheck

DOCUMENT_KINDS = {
    "regulation": "Peraturan atau keputusan",
    "plan": "Rencana atau anggaran",
    "report": "Laporan atau notula",
    "procedure": "Pedoman atau SOP",
    "screenshot": "Tangkapan layar",
    "video": "Video",
    "contract": "Kontrak atau perjanjian",
    "link": "Tautan",
    "other": "Lainnya",
}
SECRECY = {"open": "Terbuka", "limited": "Terbatas", "secret": "Rahasia"}


# What a virus scanner said; "none" where no scanner is configured.
SCAN_STATES = ("none", "waiting", "clean", "quarantined")


class Blob(Base):
    """Facts of bytes, once for each content. The bytes lie in the store under the same SHA-256 before this row is.

    `warnings` are codes of what was found inside (scripts, macros, embedded files); `opening` is the text of the first
    page, at most 4000 letters; `previews` counts the page images that were made, None before that was tried.
    """

    __tablename__ = "blob"
    __table_args__ = (
        one_of("reading_state", "unread", "readable", "locked", "broken"),
        one_of("scan_state", *SCAN_STATES),
        CheckConstraint("size > 0", name="not_empty"),
    )
    sha256: Mapped[str] = mapped_column(Digest, primary_key=True)
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(100))
    pages: Mapped[int | None]
    text_layer: Mapped[bool | None]
    reading_state: Mapped[str] = mapped_column(Code, default="unread")
    reading_note: Mapped[str | None] = mapped_column(String(300))
    warnings: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    opening: Mapped[str] = mapped_column(Text, default="", server_default="", deferred=True)
    previews: Mapped[int | None]
    scan_state: Mapped[str] = mapped_column(Code, default="none", server_default="none")
    scan_note: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(default=now)


class Document(Base):
    """A document in the library of one agency (or of the instansi)."""

    __tablename__ = "document"
    __table_args__ = (one_of("kind", *DOCUMENT_KINDS), one_of("secrecy", *SECRECY))
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_org_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(Code)
    secrecy: Mapped[str] = mapped_column(Code, default="limited")
    tags: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    removed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    owner_org: Mapped[Organization] = relationship()
    versions: Mapped[list["DocumentVersion"]] = relationship(back_populates="document", order_by="DocumentVersion.n")

    @property
    def newest(self) -> "DocumentVersion":
        return self.versions[-1]


class DocumentVersion(Base):
    """One version: bytes or a link, with the number, dates and signatory that belong to it."""

    __tablename__ = "document_version"
    __table_args__ = (CheckConstraint("(sha256 IS NULL) <> (url IS NULL)", name="bytes_or_link"),)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str | None] = mapped_column(ForeignKey("blob.sha256"), index=True)
    url: Mapped[str | None] = mapped_column(String(1000))
    number: Mapped[str | None] = mapped_column(String(80))
    dated: Mapped[date | None]
    effective_on: Mapped[date | None]
    valid_until: Mapped[date | None]
    signatory: Mapped[str | None] = mapped_column(String(120))
    file_name: Mapped[str | None] = mapped_column(String(160))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=now)

    document: Mapped[Document] = relationship(back_populates="versions")
    blob: Mapped[Blob | None] = relationship(lazy="joined")
    by: Mapped[Person] = relationship()
    link_check: Mapped["LinkCheck | None"] = relationship(viewonly=True, uselist=False)


class Citation(Base):
    """One version of a document used for one item: the levels it proves, and where in it to look.

    `article` is the pasal, `locator` the chapter, the pages or the time in a video, `gist` what stands there (uraian).
    It belongs to exactly one of a contribution or a claim. `letter` numbers it within that target for ever
    ("12.a"); `levels` is the list of integer levels it supports.
    """

    __tablename__ = "citation"
    __table_args__ = (
        ForeignKeyConstraint(["document_id", "n"], ["document_version.document_id", "document_version.n"]),
        CheckConstraint("(contribution_id IS NULL) <> (claim_id IS NULL)", name="exactly_one_target"),
        Index(
            "letter_once_per_contribution",
            "contribution_id",
            "letter",
            unique=True,
            sqlite_where=text("contribution_id IS NOT NULL"),
            postgresql_where=text("contribution_id IS NOT NULL"),
        ),
        Index(
            "letter_once_per_claim",
            "claim_id",
            "letter",
            unique=True,
            sqlite_where=text("claim_id IS NOT NULL"),
            postgresql_where=text("claim_id IS NOT NULL"),
        ),
        Index("ix_citation_version", "document_id", "n"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int]
    n: Mapped[int]
    contribution_id: Mapped[int | None] = mapped_column(ForeignKey("contribution.id"))
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claim.id"))
    levels: Mapped[list[int]] = mapped_column(JSON, default=list)
    article: Mapped[str] = mapped_column(String(120), default="", server_default="")
    locator: Mapped[str] = mapped_column(String(120), default="")
    gist: Mapped[str] = mapped_column(String(1000), default="", server_default="")
    letter: Mapped[str] = mapped_column(String(4))
    stage_added: Mapped[str] = mapped_column(Code, default="self_assessment")

    cited: Mapped[DocumentVersion] = relationship(lazy="joined")
    contribution: Mapped[Contribution | None] = relationship(back_populates="citations")
    claim: Mapped[Claim | None] = relationship(back_populates="citations")

