"""Organizations with dated names in a tree, and what became of them."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..clock import today
from ..refusal import Refused
from .base import Base, Code, one_of

KINDS = {
    "instansi": "Instansi",
    "opd": "Perangkat daerah",
    "dinas": "Dinas",
    "badan": "Badan",
    "setda": "Sekretariat Daerah",
    "setwan": "Sekretariat DPRD",
    "bagian": "Bagian",
    "inspektorat": "Inspektorat",
    "kecamatan": "Kecamatan",
    "kelurahan": "Kelurahan",
    "unit": "Unit kerja",
    "upt": "UPT",
    "perumda": "Perusahaan umum daerah",
    "external": "Badan luar",
    "other": "Lainnya",
}
# Kinds that answer items of a round; kecamatan and kelurahan accounts have no task in an SPBE round (access.md).
ANSWERING = ("opd", "dinas", "badan", "setda", "setwan", "bagian", "inspektorat")
ZONES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}


class Organization(Base):
    """Identity only, never deleted. `instansi_id` is empty for an instansi and for an external body."""

    __tablename__ = "organization"
    id: Mapped[int] = mapped_column(primary_key=True)
    instansi_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    zone: Mapped[str | None] = mapped_column(Code)

    states: Mapped[list["OrganizationState"]] = relationship(
        back_populates="organization",
        foreign_keys="OrganizationState.organization_id",
        order_by="OrganizationState.valid_from",
        lazy="selectin",
        cascade="all, delete-orphan",
    )
    instansi: Mapped["Organization | None"] = relationship(remote_side=id)

    @property
    def root_id(self) -> int:
        return self.instansi_id or self.id

    @property
    def clock_zone(self) -> str:
        """IANA zone of the institution's deadlines."""
        return self.zone or (self.instansi.clock_zone if self.instansi else "Asia/Jakarta")

    def on(self, day: date | None = None) -> "OrganizationState":
        """The name, place and code that held on `day`; the nearest one where the day is outside all of them."""
        if len(self.states) == 1:
            return self.states[0]
        day = day or today(self.clock_zone)
        for state in self.states:
            if state.valid_from <= day and (state.valid_to is None or day < state.valid_to):
                return state
        return self.states[0] if self.states and day < self.states[0].valid_from else self.states[-1]

    @property
    def ended_on(self) -> date | None:
        """The first day on which it was no more: it was merged, split or replaced. None while it lives."""
        last = self.states[-1].valid_to if self.states else None
        return last if last is not None and last <= today(self.clock_zone) else None

    @property
    def name(self) -> str:
        return self.on().name

    @property
    def short_name(self) -> str:
        state = self.on()
        return state.short_name or state.name

    @property
    def code(self) -> str | None:
        return self.on().code

    @property
    def kind(self) -> str:
        return self.on().kind

    def rename(self, from_day: date, **changes) -> "OrganizationState":
        """Open a new state from `from_day` on; earlier days keep what they were called.

        `changes`: any of name, short_name, code, kind, parent_id. A day inside or before a later
        state is refused: the past of other rounds stays as it was.
        """
        last = self.states[-1]
        if last.valid_to is not None:
            raise Refused(f"{last.name} sudah berakhir; namanya tidak berubah lagi.", field="valid_from")
        if from_day < last.valid_from:
            raise Refused("Tanggal berlaku mendahului nama yang sekarang.", field="valid_from")
        wanted = {key: getattr(last, key) for key in OrganizationState.CONTENT} | changes
        if from_day == last.valid_from:
            for key, value in wanted.items():
                setattr(last, key, value)
            return last
        last.valid_to = from_day
        state = OrganizationState(valid_from=from_day, **wanted)
        self.states.append(state)
        return state


class OrganizationState(Base):
    """What an organization is called and where it stands, from one day to another."""

    __tablename__ = "organization_state"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="ends_after_it_begins"),
        one_of("kind", *KINDS),
    )
    CONTENT = ("parent_id", "kind", "code", "name", "short_name")

    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    kind: Mapped[str] = mapped_column(Code)
    code: Mapped[str | None] = mapped_column(Code, index=True)
    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str | None] = mapped_column(String(60))

    organization: Mapped[Organization] = relationship(back_populates="states", foreign_keys=[organization_id])
