"""An office is lent for some days: Plh. while its holder is away, Plt. while it has none of its own (access.md).

Who lends does it by a dated decision; both names stand under what the acting official signs. One acting official at a
time, and what was lent is never lent on.
"""

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, object_session

from .actors import Actor
from .clock import today
from .models import (
    Account,
    Appointment,
    Assessment,
    Contribution,
    ContributionRevision,
    Organization,
    Period,
    Person,
    Submission,
)
from .models.people import APPOINTMENT_KINDS
from .policies import entitled, obstacle
from .refusal import Faults, Refused
from .staffing import appoint
from .workflow import Forbidden, happened

LONGEST_DAYS = 366
ACTING = {code: label for code, label in APPOINTMENT_KINDS.items() if code != "definitive"}


def delegate(
    own: Appointment, to: Person | None, by: Actor, *, kind: str, starts_on: date | None, ends_on: date | None,
    decision_no: str, decision_on: date | None,
) -> Appointment:
    """Lend one's own office to somebody of the same instansi. All faults are said at once, each at its field."""
    if not entitled(by, "delegate", own):
        raise Forbidden("delegate")
    if sentence := obstacle(by, "delegate", own):
        raise Refused(sentence)
    session, day = object_session(own), today(own.organization.clock_zone)
    wrong: list[Refused] = []
    if kind not in ACTING:
        wrong.append(Refused("Pilih Plt. atau Plh.", field="kind"))
    if to is None or not _belongs(to, own):
        wrong.append(Refused("Pilih orang dari instansi ini yang memiliki akun aktif.", field="person"))
    elif to.id == own.person_id:
        wrong.append(Refused("Jabatan dititipkan kepada orang lain.", field="person"))
    if starts_on is None:
        wrong.append(Refused("Tanggal mulai wajib diisi.", field="starts_on"))
    elif starts_on < day:
        wrong.append(Refused("Delegasi paling awal mulai hari ini.", field="starts_on"))
    if ends_on is None:
        wrong.append(Refused("Tanggal selesai wajib diisi.", field="ends_on"))
    elif starts_on and ends_on < starts_on:
        wrong.append(Refused("Tanggal selesai mendahului tanggal mulai.", field="ends_on"))
    elif starts_on and (ends_on - starts_on).days >= LONGEST_DAYS:
        wrong.append(Refused("Delegasi paling lama satu tahun; perpanjang dengan keputusan baru.", field="ends_on"))
    if not decision_no.strip():
        wrong.append(Refused("Nomor keputusan wajib diisi.", field="decision_no"))
    if decision_on is None:
        wrong.append(Refused("Tanggal keputusan wajib diisi.", field="decision_on"))
    elif ends_on and decision_on > ends_on:
        wrong.append(Refused("Keputusan bertanggal sesudah delegasi selesai.", field="decision_on"))
    if wrong:
        raise Faults(wrong)
    lent = appoint(
        session, to, own.organization, own.role, by, title=own.title or "", starts_on=starts_on, ends_on=ends_on, kind=kind,
        acting_for=own.person, decision_no=decision_no, decision_on=decision_on,
    )
    session.flush()
    happened(lent, "delegate", f"{lent.label} dititipkan kepada {to.name}", by, note=f"Keputusan {lent.decision_no}")
    return lent


def wrote_here(session: Session, lent: Appointment) -> list[str]:
    """Titles of the running rounds in which who acts for a head wrote answers of the same agency, and so cannot sign them."""
    if lent.role != "agency_head":
        return []
    return list(session.scalars(
        select(Period.title)
        .where(Period.state == "open", Period.id.in_(
            select(Assessment.period_id)
            .join(Submission, Submission.assessment_id == Assessment.id)
            .join(Contribution, Contribution.submission_id == Submission.id)
            .join(ContributionRevision, ContributionRevision.contribution_id == Contribution.id)
            .where(
                Submission.organization_id == lent.organization_id, Submission.state != "accepted",
                ContributionRevision.author_id == lent.person_id,
            )
        ))
        .order_by(Period.id)
    ))


def take_back(lent: Appointment, by: Actor) -> None:
    """The holder is back: from today on the office is lent no more."""
    day = today(lent.organization.clock_zone)
    if lent.ends_on is not None and lent.ends_on < day:
        raise Refused("Delegasi ini sudah berakhir.")
    yesterday = date.fromordinal(day.toordinal() - 1)
    if yesterday < lent.starts_on:
        lent.starts_on = yesterday
    lent.ends_on = yesterday
    happened(lent, "end", f"{lent.label} diakhiri", by)


def lent_out(session: Session, own: Appointment) -> list[Appointment]:
    """Who acts or acted in this office for this holder, the newest first."""
    return list(session.scalars(
        select(Appointment)
        .where(
            Appointment.organization_id == own.organization_id, Appointment.role == own.role,
            Appointment.acting_for_id == own.person_id,
        )
        .options(joinedload(Appointment.person), joinedload(Appointment.organization).joinedload(Organization.states))
        .order_by(Appointment.starts_on.desc(), Appointment.id.desc())
        .limit(50)
    ).unique())


def can_act(session: Session, own: Appointment) -> list[Person]:
    """Those of the own organization who could act: an active account and an office today."""
    day = today(own.organization.clock_zone)
    return list(session.scalars(
        select(Person)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(
            Appointment.organization_id == own.organization_id, Person.id != own.person_id,
            Appointment.starts_on <= day, or_(Appointment.ends_on.is_(None), Appointment.ends_on >= day),
            Person.account.has(active=True),
        )
        .distinct().order_by(Person.name, Person.id).limit(200)
    ))


def named(session: Session, own: Appointment, typed: str) -> Person | None:
    """Somebody of the same instansi with an active account, by NIP or user name."""
    person = session.scalar(
        select(Person)
        .join(Account, Account.person_id == Person.id)
        .where((Person.nip == typed) | (Account.username_folded == typed.casefold()), Account.active)
        .limit(1)
    )
    return person if person is not None and _belongs(person, own) else None


def _belongs(person: Person, own: Appointment) -> bool:
    roots = {own.organization.root_id}
    return (
        person.account is not None and person.account.active
        and any(appointment.organization.root_id in roots for appointment in person.appointments)
    )

