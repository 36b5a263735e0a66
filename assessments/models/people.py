"""Persons, their accounts, their dated offices, and where they are signed in."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..clock import today
from .base import Base, Code, Digest, one_of
from .organization import Organization

ROLES = {
    "agency_operator": "Operator OPD",
    "agency_head": "Kepala OPD",
    "round_manager": "Pengelola penilaian",
    "internal_assessor": "Asesor internal",
    "entry_officer": "Pelaksana entri data",
    "responsible_officer": "Penanggung jawab",
    "coordinator": "Koordinator SPBE",
    "assessor": "Asesor eksternal",
    "panel_lead": "Ketua tim asesor",
    "reviewer": "Tim Reviu",
    "inspector": "Inspektorat",
    "executive": "Pimpinan",
    "inventory_manager": "Pengelola inventaris",
    "system_admin": "Admin sistem",
}
APPOINTMENT_KINDS = {"definitive": "Definitif", "plt": "Plt.", "plh": "Plh."}


class Person(Base):
    """Somebody who holds offices: with a NIP, or with a local ID given by the home office (no NIP)."""

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("home_org_id", "local_id"),
        CheckConstraint("nip IS NOT NULL OR (home_org_id IS NOT NULL AND local_id IS NOT NULL)", name="identified"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    nip: Mapped[str | None] = mapped_column(String(18), unique=True)
    home_org_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    local_id: Mapped[str | None] = mapped_column(String(30))
    phone: Mapped[str | None] = mapped_column(String(20))

    home_org: Mapped[Organization | None] = relationship()
    account: Mapped["Account | None"] = relationship(back_populates="person")
    appointments: Mapped[list["Appointment"]] = relationship(
        back_populates="person", foreign_keys="Appointment.person_id", order_by="Appointment.starts_on"
    )


class Account(Base):
    """A way to sign in. `username_folded` is what look-alikes are compared by; the password is an argon2id string.

    `zone` is the IANA zone whose clock this person reads; without one that of the office.
    """

    __tablename__ = "account"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    username: Mapped[str] = mapped_column(String(60))
    username_folded: Mapped[str] = mapped_column(String(60), unique=True)
    email: Mapped[str | None] = mapped_column(String(254))
    email_folded: Mapped[str | None] = mapped_column(String(254), unique=True)
    password: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    password_changed_at: Mapped[datetime | None]
    zone: Mapped[str | None] = mapped_column(Code)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    person: Mapped[Person] = relationship(back_populates="account", lazy="joined")


class Appointment(Base):
    """One office of one person, by the day. Plt. and Plh. name the holder they act for and the decision."""

    __tablename__ = "appointment"
    __table_args__ = (
        one_of("role", *ROLES),
        one_of("kind", *APPOINTMENT_KINDS),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_it_begins"),
        CheckConstraint(
            "kind = 'definitive' OR (acting_for_id IS NOT NULL AND decision_no IS NOT NULL AND decision_on IS NOT NULL)",
            name="acting_with_decision",
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    role: Mapped[str] = mapped_column(Code)
    title: Mapped[str | None] = mapped_column(String(160))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    kind: Mapped[str] = mapped_column(Code, default="definitive")
    acting_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decision_no: Mapped[str | None] = mapped_column(String(80))
    decision_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    person: Mapped[Person] = relationship(back_populates="appointments", foreign_keys=[person_id])
    acting_for: Mapped[Person | None] = relationship(foreign_keys=[acting_for_id])
    organization: Mapped[Organization] = relationship()

    def held_on(self, day: date | None = None) -> bool:
        day = day or today(self.organization.clock_zone)
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    @property
    def label(self) -> str:
        prefix = "" if self.kind == "definitive" else APPOINTMENT_KINDS[self.kind] + " "
        return prefix + ROLES[self.role]


class Session(Base):
    """A signed-in browser. Only the hash of its token is kept; deleting the row signs it out at once."""

    __tablename__ = "session"
    token_hash: Mapped[str] = mapped_column(Digest, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"))
    created: Mapped[datetime]
    seen: Mapped[datetime]
    idle_until: Mapped[datetime]
    absolute_until: Mapped[datetime]

    account: Mapped[Account] = relationship()
    appointment: Mapped[Appointment | None] = relationship()


class ApiToken(Base):
    """A key for programs of one account in one office, kept as the SHA-256 of what was shown once."""

    __tablename__ = "api_token"
    token_hash: Mapped[str] = mapped_column(Digest, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id"))
    name: Mapped[str] = mapped_column(String(80))
    created: Mapped[datetime]
    expires: Mapped[datetime]
    ended: Mapped[datetime | None]

    account: Mapped[Account] = relationship()
    appointment: Mapped[Appointment] = relationship()


class Throttle(Base):
    """Wrong sign-ins of one account name or one address, and until when it must wait. Keys are hashed."""

    __tablename__ = "throttle"
    key: Mapped[str] = mapped_column(Digest, primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    first_at: Mapped[datetime]
    blocked_until: Mapped[datetime | None]
