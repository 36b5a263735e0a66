"""An assessor from outside: institution, person, account, office and place on a panel, in one go (S58)."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, object_session

from . import staffing
from .actors import Actor
from .models import Account, Assessment, Organization, OrganizationState
from .models.judgement import PANEL_ROLES
from .policies import entitled, obstacle
from .refusal import Refused
from .seating import seat_member
from .texts import clean_line
from .workflow import Forbidden, happened

# The office somebody gets for a place on a panel.
OFFICE_FOR = {"lead": "panel_lead", "member": "assessor", "reviewer": "reviewer"}


@dataclass(frozen=True)
class Invitation:
    """Who is asked to judge, as it was typed; `institution` is one that is known, else `new_institution` names it."""

    name: str
    username: str
    role: str
    email: str = ""
    institution: Organization | None = None
    new_institution: str = ""


def institutions(session: Session) -> list[Organization]:
    """Bodies outside every instansi, by name."""
    found = session.scalars(
        select(Organization)
        .join(OrganizationState, OrganizationState.organization_id == Organization.id)
        .where(
            Organization.instansi_id.is_(None), OrganizationState.kind == "external", OrganizationState.valid_to.is_(None)
        )
        .options(joinedload(Organization.states))
    ).unique()
    return sorted(found, key=lambda organization: organization.name.casefold())


def invite_assessor(assessment: Assessment, wish: Invitation, by: Actor, password_hash: str) -> Account:
    """Make the account (its first password must be changed), appoint, and seat on the panel of this assessment."""
    if not entitled(by, "seat_panel", assessment):
        raise Forbidden("seat_panel")
    sentence = obstacle(by, "seat_panel", assessment)
    if sentence:
        raise Refused(sentence)
    if wish.role not in PANEL_ROLES:
        raise Refused("Pilih peran dalam tim.", field="role")
    session = object_session(assessment)
    institution = _institution(session, wish, by)
    session.flush()
    person = staffing.add_person(session, name=wish.name, home=institution)
    session.flush()
    account = staffing.add_account(
        session, person, username=wish.username, email=wish.email, password_hash=password_hash, first=True
    )
    staffing.appoint(session, person, institution, OFFICE_FOR[wish.role], by)
    session.flush()
    seat_member(assessment, person, wish.role, by)
    happened(account, "create", f"Akun asesor dibuat untuk {assessment.period.title}", by)
    return account


def _institution(session: Session, wish: Invitation, by: Actor) -> Organization:
    if wish.institution is not None:
        if wish.institution.instansi_id is not None or wish.institution.kind != "external":
            raise Refused("Asesor eksternal berasal dari lembaga luar.", field="institution")
        return wish.institution
    name = clean_line(wish.new_institution, 200, "Nama lembaga", "new_institution")
    if not name:
        raise Refused("Pilih lembaga asal, atau tulis nama lembaga baru.", field="institution")
    if any(known.name.casefold() == name.casefold() for known in institutions(session)):
        raise Refused("Lembaga dengan nama ini sudah ada. Pilih dari daftar.", field="new_institution")
    return staffing.add_organization(session, by, name=name, kind="external", instansi=None)
