"""The Tim Asesor Internal of an assessment: the decision that set it, and who does what in it (59/2020 p.5, 82-84)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..clock import now
from .assessment import Assessment
from .base import Base, Code, one_of
from .evidence import DocumentVersion
from .people import Person

# PermenPANRB 59/2020 p.82: a Koordinator, a penanggung jawab, one pelaksana entri data, other members.
TEAM_ROLES = {
    "coordinator": "Koordinator SPBE",
    "responsible_officer": "Penanggung jawab",
    "entry_officer": "Pelaksana entri data",
    "member": "Anggota",
}
# The fields of work the members come from, in the order of the regulation (59/2020 p.82).
TEAM_FUNCTIONS = {
    1: "Organisasi dan ketatalaksanaan",
    2: "Pengelolaan data dan informasi",
    3: "Teknologi informasi dan komunikasi",
    4: "Keamanan informasi",
    5: "Hukum",
    6: "Perencanaan",
    7: "Penganggaran",
    8: "Akuntabilitas kinerja",
    9: "Keuangan",
    10: "Pengadaan barang/jasa",
    11: "Pengelolaan barang milik negara/daerah",
    12: "Sumber daya manusia",
    13: "Kearsipan",
    14: "Pengawasan",
    15: "Pelayanan publik",
}


class TeamDecision(Base):
    """The decision that set the team, or one that changed it later; the newest by date holds. The file is a document."""

    __tablename__ = "team_decision"
    __table_args__ = (
        ForeignKeyConstraint(["document_id", "document_n"], ["document_version.document_id", "document_version.n"]),
        CheckConstraint("(document_id IS NULL) = (document_n IS NULL)", name="document_with_version"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_it_begins"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True)
    number: Mapped[str] = mapped_column(String(80))
    dated: Mapped[date]
    subject: Mapped[str] = mapped_column(String(300), default="")
    signatory: Mapped[str] = mapped_column(String(160))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    document_id: Mapped[int | None]
    document_n: Mapped[int | None]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=now)

    assessment: Mapped[Assessment] = relationship()
    document: Mapped[DocumentVersion | None] = relationship()
    by: Mapped[Person] = relationship()


class TeamMember(Base):
    """One person of the team. `function` is one of the 15 fields; `title` is the position and unit as the decision says."""

    __tablename__ = "team_member"
    __table_args__ = (
        one_of("role", *TEAM_ROLES),
        CheckConstraint("function IS NULL OR function BETWEEN 1 AND 15", name="known_function"),
        Index(
            "one_holder_per_team_role",
            "assessment_id",
            "role",
            unique=True,
            sqlite_where=text("role <> 'member'"),
            postgresql_where=text("role <> 'member'"),
        ),
    )
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    role: Mapped[str] = mapped_column(Code)
    function: Mapped[int | None]
    title: Mapped[str] = mapped_column(String(200), default="")

    assessment: Mapped[Assessment] = relationship()
    person: Mapped[Person] = relationship()
