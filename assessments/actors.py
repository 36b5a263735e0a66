"""Who is asking: a person acting in one office today, nobody (public), or the system itself."""

from dataclasses import dataclass

from .models.people import APPOINTMENT_KINDS, ROLES, Appointment


@dataclass(frozen=True)
class Actor:
    """One person in one office. Everything the policy needs, and nothing that has to be fetched again.

    `zone` is the clock the person reads, `office_zone` the one whose days the office counts by.
    """

    account_id: int | None = None
    person_id: int | None = None
    person_name: str = ""
    appointment_id: int | None = None
    role: str | None = None
    organization_id: int | None = None
    organization_name: str = ""
    instansi_id: int | None = None
    zone: str = "Asia/Jakarta"
    office_zone: str = "Asia/Jakarta"
    acting_kind: str = "definitive"
    acting_for_id: int | None = None
    system: bool = False
    signed_in: bool = False

    @property
    def stands_for(self) -> tuple[int, ...]:
        """Whose names stand under what is signed here: the own, and that of the holder an acting official stands in for."""
        return tuple(id for id in (self.person_id, self.acting_for_id) if id is not None)

    @property
    def office_label(self) -> str:
        """Role and organization as people say it, with Plt. or Plh. before it."""
        if self.role is None:
            return ""
        prefix = "" if self.acting_kind == "definitive" else APPOINTMENT_KINDS[self.acting_kind] + " "
        return f"{prefix}{ROLES[self.role]}"

    @property
    def label(self) -> str:
        """How history names this actor: person and office."""
        if self.system:
            return "Sistem"
        return f"{self.person_name} ({self.office_label}, {self.organization_name})" if self.role else self.person_name


PUBLIC = Actor()
SYSTEM = Actor(system=True, person_name="Sistem")


def acting(appointment: Appointment, account_id: int | None = None, zone: str | None = None) -> Actor:
    """The actor of one appointment; its organization and person should be loaded. `zone` is the one the account chose."""
    organization = appointment.organization
    return Actor(
        account_id=account_id,
        person_id=appointment.person_id,
        person_name=appointment.person.name,
        appointment_id=appointment.id,
        role=appointment.role,
        organization_id=organization.id,
        organization_name=organization.short_name,
        instansi_id=organization.root_id,
        zone=zone or organization.clock_zone,
        office_zone=organization.clock_zone,
        acting_kind=appointment.kind,
        acting_for_id=appointment.acting_for_id,
        signed_in=True,
    )
