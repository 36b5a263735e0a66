"""Who sits on a panel and who judges which item: members and their role, their word on conflicts of interest, seats.

PermenPANRB 59/2020 hlm. 86-87 (the team), Pedoman 3/2024 hlm. 232-235 (its ethics).
"""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, object_session

from .actors import Actor
from .allowing import allow
from .blindness import BLIND_STAGE, read_blind
from .clock import now, today
from .dividing import divide
from .models import Appointment, Assessment, Organization, PanelMember, Person
from .models.judgement import PANEL_ROLES
from .panel_questions import EXTERNAL, JUDGES, seat_on_panel
from .policies import entitled
from .refusal import Refused
from .texts import clean
from .workflow import Forbidden, happened


def assessors(session: Session) -> list[Appointment]:
    """Everybody who holds an external assessor's office today, by institution and name."""
    found = session.scalars(
        select(Appointment)
        .where(Appointment.role.in_(EXTERNAL))
        .options(joinedload(Appointment.person), joinedload(Appointment.organization).joinedload(Organization.states))
    ).unique()
    return sorted((office for office in found if office.held_on()), key=lambda office: (office.organization.name, office.person.name))


def seat_member(assessment: Assessment, person: Person, role: str, by: Actor) -> PanelMember:
    """Put somebody on the panel, or change the role there. One lead; nobody judges the own organization."""
    allow(by, "seat_panel", assessment)
    if role not in PANEL_ROLES:
        raise Refused("Pilih peran dalam tim.", field="role")
    offices = [office for office in person.appointments if office.held_on(today(assessment.period.zone))]
    if not any(office.role in EXTERNAL for office in offices):
        raise Refused("Orang ini tidak bertugas sebagai asesor eksternal.", field="person")
    if any(office.organization.root_id == assessment.period.organiser_id for office in offices):
        raise Refused("Orang ini bertugas pada instansi yang dinilai, jadi tidak dapat menilainya.", field="person")
    member = _member(assessment, person.id)
    if member is not None and member.conflict == "declared":
        raise Refused(f"{person.name} menyatakan benturan kepentingan, jadi tidak dapat masuk tim ini lagi.", field="person")
    if role == "lead":
        for other in assessment.panel:
            if other.role == "lead" and other.person_id != person.id:
                other.role = "member"
        object_session(assessment).flush()  # one lead at a time, also for the index that says so
    if member is None:
        member = PanelMember(assessment=assessment, person=person, role=role)
        object_session(assessment).add(member)
        happened(assessment, "seat_member", f"{person.name} masuk tim asesor sebagai {PANEL_ROLES[role]}", by)
    elif member.role != role:
        if role not in JUDGES:
            _refuse_reading(assessment, person)
        member.role = role
        if role not in JUDGES:
            _give_up_seats(assessment, person.id)
        happened(assessment, "seat_member", f"{person.name} menjadi {PANEL_ROLES[role]}", by)
    return member


def unseat_member(assessment: Assessment, person: Person, by: Actor) -> None:
    """Take somebody off, as long as nothing of theirs was sent. A declared conflict stays: it outlives the seat."""
    allow(by, "seat_panel", assessment)
    member = _member(assessment, person.id)
    if member is None:
        raise Refused("Orang ini tidak ada pada tim asesor.")
    if member.conflict == "declared":
        raise Refused(f"Pernyataan benturan kepentingan {person.name} tetap tercatat pada tim ini.")
    _refuse_reading(assessment, person)
    if any(j.person_id == person.id and j.state == "sent" for j in assessment.judgements):
        raise Refused(f"{person.name} sudah mengirim penilaian, jadi tidak dapat dikeluarkan dari tim.")
    _give_up_seats(assessment, person.id)
    object_session(assessment).delete(member)
    assessment.panel.remove(member)
    happened(assessment, "unseat_member", f"{person.name} keluar dari tim asesor", by)


def _member(assessment: Assessment, person_id: int) -> PanelMember | None:
    return next((m for m in assessment.panel if m.person_id == person_id), None)


def _refuse_reading(assessment: Assessment, person: Person) -> None:
    """Where two read closed nobody loses a seat by leaving: an opened pair would close again and could be sent anew."""
    if assessment.state != BLIND_STAGE or not read_blind(assessment, BLIND_STAGE):
        return
    if any(seat.person_id == person.id for seat in assessment.seats):
        raise Refused(f"Bagikan dulu indikator {person.name} kepada orang lain; sesudah itu perannya dapat diubah atau ia keluar.")


def _give_up_seats(assessment: Assessment, person_id: int) -> None:
    session = object_session(assessment)
    for seat in [seat for seat in assessment.seats if seat.person_id == person_id]:
        assessment.seats.remove(seat)
        session.delete(seat)


def declare(assessment: Assessment, by: Actor, free: bool, note: str = "") -> PanelMember:
    """An assessor's own word on conflicts of interest (S57). A declared one ends every right on the assessment."""
    if not entitled(by, "declare", assessment):
        raise Forbidden("declare")
    member = seat_on_panel(by, assessment)
    if not free:
        note = clean(note, 1000, "Alasan benturan kepentingan", "note", required=True)
        if any(j.person_id == by.person_id and j.state == "sent" for j in assessment.judgements):
            note = f"{note} (sesudah mengirim penilaian)"
    member.conflict = "free" if free else "declared"
    member.declared_at, member.note = now(), "" if free else note
    if not free:
        _give_up_seats(assessment, by.person_id)
    label = "Menyatakan bebas benturan kepentingan" if free else "Menyatakan benturan kepentingan dan keluar dari tim"
    happened(assessment, "declare", f"{member.person.name}: {label}", by)
    return member


def share_out(assessment: Assessment, items: Iterable[str], person: Person | None, by: Actor) -> None:
    """Give the first seat of items to one member, or free them (person None)."""
    divide(assessment, {item: {1: person} for item in items}, by)
