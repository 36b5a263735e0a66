"""The first day in an office of an agency: who one is, how one is reached, and who one's superior is."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from .actors import Actor
from .clock import now, today
from .models import Account, Appointment, Organization, Person, Superior
from .models.organization import ZONES
from .refusal import Refused, Together
from .staffing import introduce
from .texts import clean_line

IN_AGENCIES = ("agency_operator", "agency_head")
ABOVE_HEADS = ("executive", "coordinator")


@dataclass(frozen=True)
class Known:
    """Somebody who can be picked as superior."""

    person_id: int
    words: str


def is_asked(user: Actor) -> bool:
    return user.role in IN_AGENCIES and user.appointment_id is not None


def confirmed(session: Session, user: Actor) -> Superior | None:
    """Whom this person named in the present office."""
    return session.get(Superior, user.appointment_id, options=[joinedload(Superior.superior)])


def heads(session: Session, user: Actor) -> list[Known]:
    """Who may be above: the heads of the own agency; for a head, those who stand above all agencies."""
    above, roles = (user.instansi_id, ABOVE_HEADS) if user.role == "agency_head" else (user.organization_id, ("agency_head",))
    day = today(user.office_zone)
    held = session.scalars(
        select(Appointment)
        .where(
            Appointment.organization_id == above, Appointment.role.in_(roles), Appointment.person_id != user.person_id,
            _held(day),
        )
        .options(joinedload(Appointment.person), joinedload(Appointment.organization).lazyload(Organization.states))
        .order_by(Appointment.id)
    )
    return list({office.person_id: Known(office.person_id, f"{office.person.name}, {office.title or office.label}")
                 for office in held}.values())


def choose_zone(account: Account, zone: str) -> None:
    """Whose clock this person reads, an IANA zone of Indonesia; empty: that of the office."""
    if zone and zone not in ZONES:
        raise Refused("Zona waktu: pilih salah satu dari daftar.", field="zone")
    account.zone = zone or None


def confirm(
    session: Session, user: Actor, *, name: str, phone: str, superior: int | None, named: str, zone: str | None = None
) -> Superior:
    """Keep what was confirmed on the first day; every fault at once. Without `zone` the clock stays as it is."""
    if not is_asked(user):
        raise Refused("Hanya pejabat OPD yang memastikan atasannya.")
    person = session.get_one(Person, user.person_id)
    known = {head.person_id for head in heads(session, user)}
    with Together() as faults:
        with faults.noted():
            introduce(person, name, phone)
        with faults.noted():
            if zone is not None:
                choose_zone(session.get_one(Account, user.account_id), zone)
        with faults.noted():
            if superior is not None and superior not in known:
                raise Refused("Atasan: pilih salah satu dari daftar.", field="superior")
        with faults.noted():
            named = clean_line(named, 160, "Nama atasan", "named")
            if superior is None and not named:
                raise Refused("Pilih atasan Anda, atau tulis namanya.", field="superior" if known else "named")
            if superior is not None and named:
                raise Refused("Pilih dari daftar atau tulis namanya, salah satu saja.", field="named")
    row = session.get(Superior, user.appointment_id)
    if row is None:
        row = Superior(appointment_id=user.appointment_id)
        session.add(row)
    row.superior_id, row.named, row.confirmed_at = superior, "" if superior is not None else named, now()
    return row


def is_confirmed() -> ColumnElement[bool]:
    """For a list of offices: whether the holder named a superior."""
    return select(Superior.appointment_id).where(Superior.appointment_id == Appointment.id).exists()


def not_yet(day: date) -> ColumnElement[bool]:
    """For a list of offices: those of agencies, held on this day, in which nobody confirmed a superior."""
    return Appointment.role.in_(IN_AGENCIES) & _held(day) & ~is_confirmed()


def superiors_of(session: Session, appointments: list[Appointment]) -> dict[int, str]:
    """{office: whom its holder named}, for offices of a page, in one statement."""
    rows = session.scalars(
        select(Superior)
        .where(Superior.appointment_id.in_([office.id for office in appointments]))
        .options(joinedload(Superior.superior))
    )
    return {row.appointment_id: row.superior.name if row.superior else row.named for row in rows}


def _held(day: date) -> ColumnElement[bool]:
    return (Appointment.starts_on <= day) & or_(Appointment.ends_on.is_(None), Appointment.ends_on >= day)
