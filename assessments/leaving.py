"""Somebody leaves an office: what they hold open, to whom it goes, and that it stays with the office where nobody is named.

Answers belong to the agency, so nobody loses them; what goes over is who is expected to finish them, said in the history of
each thing and to the one who takes over. Files on their way belong to who sends them and change hands.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from . import entrusting, staffing
from .actors import Actor
from .clock import today
from .delegating import take_back
from .models import (
    Appointment,
    Assessment,
    Contribution,
    ContributionRevision,
    Organization,
    PanelMember,
    Period,
    Person,
    Question,
    Share,
    Submission,
    TeamMember,
    Upload,
)
from .refusal import Refused, Together
from .workflow import happened

NOBODY_LEFT = {
    "agency_head": "OPD ini tidak akan punya kepala, jadi isiannya tidak dapat ditandatangani.",
    "agency_operator": "OPD ini tidak akan punya operator, jadi isiannya tidak dapat diisi.",
    "coordinator": "Tidak akan ada Koordinator SPBE yang menandatangani berita acara.",
    "responsible_officer": "Tidak akan ada penanggung jawab yang menyetujui dan mengirim.",
    "entry_officer": "Tidak akan ada pelaksana entri data.",
    "round_manager": "Tidak akan ada pengelola penilaian.",
    "inventory_manager": "Tidak akan ada pengelola inventaris.",
}


@dataclass
class Held:
    """What one person holds open in one office."""

    items: list[Contribution]
    questions: list[Question]
    uploads: list[Upload]
    lent: list[Appointment]
    panels: list[Assessment]
    teams: list[Assessment]
    pics: list[Share]
    nobody_left: str = ""

    @property
    def anything(self) -> bool:
        return any((self.items, self.questions, self.uploads, self.lent, self.panels, self.teams, self.pics, self.nobody_left))


def held_by(session: Session, office: Appointment) -> Held:
    """Everything open, in the same few statements however much it is."""
    items = _items(session, office) if office.role in ("agency_operator", "agency_head") else []
    asked = select(Question).where(
        Question.state != "closed",
        Question.contribution.has(Contribution.submission.has(Submission.assessment.has(Assessment.period.has(state="open")))),
        or_(Question.asked_by_id == office.person_id,
            Question.contribution_id.in_([item.id for item in items]) & Question.from_team & (Question.state == "open")),
    )
    return Held(
        items=items,
        questions=list(session.scalars(asked.options(joinedload(Question.contribution)).order_by(Question.id))),
        uploads=list(session.scalars(select(Upload).where(
            Upload.by_id == office.person_id, Upload.organization_id == office.organization_id, Upload.state == "receiving",
        ))),
        lent=_lent(session, office),
        panels=_rounds(session, PanelMember, office),
        teams=_rounds(session, TeamMember, office),
        pics=entrusting.held_by(session, office),
        nobody_left=_nobody_left(session, office),
    )


def _items(session: Session, office: Appointment) -> list[Contribution]:
    """Answers of open rounds that are not ready and that this person wrote last."""
    newest = aliased(ContributionRevision)
    last = (
        select(newest.author_id).where(newest.contribution_id == Contribution.id).order_by(newest.n.desc()).limit(1)
        .correlate(Contribution).scalar_subquery()
    )
    return list(session.scalars(
        select(Contribution).join(Contribution.submission).join(Submission.assessment).join(Assessment.period)
        .join(Share, (Share.assessment_id == Submission.assessment_id) & (Share.item == Contribution.item)
              & (Share.organization_id == Submission.organization_id))
        .where(
            Submission.organization_id == office.organization_id, Submission.state.in_(("empty", "filling", "returned")),
            Period.state == "open", Contribution.state != "ready", last == office.person_id,
        )
        .options(joinedload(Contribution.submission).joinedload(Submission.assessment).joinedload(Assessment.period)
                 .joinedload(Period.instrument_copy))
        .order_by(Contribution.submission_id, Contribution.id)
    ).unique())


def _lent(session: Session, office: Appointment) -> list[Appointment]:
    day = today(office.organization.clock_zone)
    return list(session.scalars(
        select(Appointment).where(
            Appointment.acting_for_id == office.person_id, Appointment.organization_id == office.organization_id,
            Appointment.role == office.role, or_(Appointment.ends_on.is_(None), Appointment.ends_on >= day),
        ).options(joinedload(Appointment.person))
    ))


def _rounds(session: Session, seat, office: Appointment) -> list[Assessment]:
    return list(session.scalars(
        select(Assessment).join(seat, seat.assessment_id == Assessment.id).join(Assessment.period)
        .where(seat.person_id == office.person_id, Period.state == "open", Assessment.state != "published")
        .options(joinedload(Assessment.period)).order_by(Assessment.id)
    ).unique())


def _nobody_left(session: Session, office: Appointment) -> str:
    day = today(office.organization.clock_zone)
    other = session.scalar(select(Appointment.id).where(
        Appointment.organization_id == office.organization_id, Appointment.role == office.role, Appointment.id != office.id,
        Appointment.starts_on <= day, or_(Appointment.ends_on.is_(None), Appointment.ends_on >= day),
    ).limit(1))
    return "" if other is not None else NOBODY_LEFT.get(office.role, "")


def colleagues(session: Session, office: Appointment) -> list[Person]:
    """Those of the same organization who can take over: an active account and an office today."""
    day = today(office.organization.clock_zone)
    return list(session.scalars(
        select(Person).join(Appointment, Appointment.person_id == Person.id).where(
            Appointment.organization_id == office.organization_id, Person.id != office.person_id, Appointment.starts_on <= day,
            or_(Appointment.ends_on.is_(None), Appointment.ends_on >= day), Person.account.has(active=True),
        ).distinct().order_by(Person.name, Person.id).limit(200)
    ))


def leave(
    session: Session, office: Appointment, by: Actor, *, ends_on: date | None = None, to: Person | None = None,
    give_office: bool = False, end_lent: bool = False, move_to: Organization | None = None,
) -> Held:
    """End an office (at once, or after its last day); what was held goes to `to`, else it stays with the office.

    `give_office` appoints `to` into the same office from the day after; `move_to` gives the leaving person the same office
    in another organization. Leaves a line at every thing and at both offices.
    """
    held, day = held_by(session, office), today(office.organization.clock_zone)
    begins = ends_on + timedelta(days=1) if ends_on is not None else day
    with Together() as faults:
        with faults.noted():
            if to is not None and to.id == office.person_id:
                raise Refused("Pilih orang lain sebagai penerus.", field="to")
        with faults.noted():
            if to is not None and not give_office and not _works_here(to, office, begins):
                raise Refused(f"{to.name} belum memegang jabatan di {office.organization.short_name} sesudah tanggal itu. "
                              "Centang pemberian jabatan yang sama, atau pilih orang lain.", field="to")
        with faults.noted():
            if give_office and to is None:
                raise Refused("Pilih siapa yang menerima jabatan ini.", field="to")
        with faults.noted():
            if move_to is not None and move_to.id == office.organization_id:
                raise Refused("Pilih organisasi lain.", field="move_to")
        with faults.noted():
            if move_to is not None and office.kind != "definitive":
                raise Refused("Jabatan titipan tidak dipindahkan; ia berakhir.", field="move_to")
    person, role, title, kind = office.person, office.role, office.title or "", office.kind
    staffing.end_appointment(session, office, by, ends_on)
    session.flush()
    whom = f"dilanjutkan {to.name}" if to is not None else "pekerjaannya tetap pada jabatan"
    happened(office, "leave", f"Jabatan diakhiri, {whom}"[:120], by)
    if end_lent:
        for lent in held.lent:
            take_back(lent, by)
    if to is not None:
        for thing in (*held.items, *held.questions):
            happened(thing, "hand_over", f"Dilanjutkan {to.name}, dari {person.name}", by)
        for upload in held.uploads:
            upload.by = to
        if give_office or _operates(to, office, begins):
            entrusting.hand_over(session, held.pics, to, by)
        if give_office:
            made = staffing.appoint(session, to, office.organization, role, by, title=title if kind == "definitive" else "",
                                    starts_on=begins)
            session.flush()
            happened(made, "hand_over", f"Meneruskan {person.name}", by)
    if move_to is not None:
        moved = staffing.appoint(session, person, move_to, role, by, title=title, starts_on=begins)
        session.flush()
        happened(moved, "move", f"Pindah dari {office.organization.short_name}", by)
    return held


def _works_here(person: Person, office: Appointment, day: date) -> bool:
    return any(each.organization_id == office.organization_id and each.held_on(max(day, each.starts_on))
               and each.id != office.id for each in person.appointments)


def _operates(person: Person, office: Appointment, day: date) -> bool:
    """Whether this person is an operator there then: only such a one can be PIC."""
    return any(each.organization_id == office.organization_id and each.role == entrusting.ROLE and each.id != office.id
               and each.held_on(max(day, each.starts_on)) for each in person.appointments)
