"""The Tim Asesor Internal of an assessment: its decision, who does what in it, what is missing (59/2020 p.5, 82-84).

A team has at most one Koordinator, one penanggung jawab and one pelaksana entri data; everybody else is a member with one of
the fifteen functions. Being named in a team gives no right in the portal: rights come from an office (`Appointment`), and
`mismatches` says where the two disagree.
"""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, joinedload, object_session

from .actors import Actor
from .canonical import canonical, digest
from .clock import day_of, now
from .models import (
    Appointment,
    Assessment,
    DocumentVersion,
    Organization,
    OrganizationState,
    Period,
    Person,
    TeamDecision,
    TeamMember,
)
from .models.people import ROLES
from .models.team import TEAM_FUNCTIONS, TEAM_ROLES
from .policies import obstacle
from .refusal import Refused, Stale, Together
from .texts import clean_line, written_day
from .workflow import happened

NAMED = ("coordinator", "responsible_officer", "entry_officer")  # one person each; the codes are those of the offices
EARLIEST = date(2018, 1, 1)
SAID = ("number", "dated", "subject", "signatory", "starts_on", "ends_on", "document_id", "document_n")
FOUND = 20  # people a search shows


# ---------------------------------------------------------------- what there is


def decision_of(session: Session, assessment: Assessment) -> TeamDecision | None:
    """The decision that holds: the newest by its date, later corrections of the same day last."""
    return session.scalar(
        select(TeamDecision).where(TeamDecision.assessment_id == assessment.id)
        .order_by(TeamDecision.dated.desc(), TeamDecision.id.desc()).limit(1)
    )


def decisions_of(session: Session, assessment: Assessment) -> list[TeamDecision]:
    """All decisions about a team, the one that holds first, with their files."""
    return list(session.scalars(
        select(TeamDecision).where(TeamDecision.assessment_id == assessment.id)
        .options(joinedload(TeamDecision.document).joinedload(DocumentVersion.document), joinedload(TeamDecision.by))
        .order_by(TeamDecision.dated.desc(), TeamDecision.id.desc())
    ))


def team_of(session: Session, assessment: Assessment) -> list[TeamMember]:
    """Everybody in it: Koordinator, penanggung jawab, pelaksana entri data, then the members by function and name."""
    rows = session.scalars(
        select(TeamMember).where(TeamMember.assessment_id == assessment.id).options(joinedload(TeamMember.person))
    )
    order = list(TEAM_ROLES)
    return sorted(rows, key=lambda one: (order.index(one.role), one.function or 0, one.person.name, one.person_id))


def holder(members: list[TeamMember], role: str) -> TeamMember | None:
    """Who is named for one of the roles that only one person has."""
    return next((one for one in members if one.role == role), None)


def functions(members: list[TeamMember]) -> list[tuple[int, str, list[TeamMember]]]:
    """(number, name, who comes from there) for each of the fifteen functions."""
    return [(n, name, [one for one in members if one.function == n]) for n, name in TEAM_FUNCTIONS.items()]


def serving(session: Session, instansi_id: int, zone: str):
    """Offices of an instansi and its living agencies that are held today."""
    today = day_of(now(), zone)
    lives = exists().where(
        OrganizationState.organization_id == Organization.id,
        or_(OrganizationState.valid_to.is_(None), OrganizationState.valid_to > today),
    )
    return (
        select(Appointment)
        .join(Organization, Organization.id == Appointment.organization_id)
        .where(
            or_(Organization.id == instansi_id, Organization.instansi_id == instansi_id),
            lives,
            Appointment.starts_on <= today,
            or_(Appointment.ends_on.is_(None), Appointment.ends_on >= today),
        )
    )


def officers(session: Session, assessment: Assessment) -> list[Appointment]:
    """Who holds, or acts in, the three offices today, with the person."""
    period = assessment.period
    return list(session.scalars(
        serving(session, period.organiser_id, period.zone)
        .where(Appointment.role.in_(NAMED))
        .options(joinedload(Appointment.person), joinedload(Appointment.organization).lazyload(Organization.states))
        .order_by(Appointment.id)
    ))


def gone(session: Session, assessment: Assessment, members: list[TeamMember]) -> set[int]:
    """Who of the team holds no office in the instansi any more, by person: the title in the decision is a past one."""
    people, period = {one.person_id for one in members}, assessment.period
    held = serving(session, period.organiser_id, period.zone).where(Appointment.person_id.in_(people))
    return people - set(session.scalars(held.with_only_columns(Appointment.person_id)))


def mismatches(members: list[TeamMember], offices: list[Appointment]) -> list[str]:
    """Where the team and the offices of the portal disagree, in sentences; acting officials stand for whom they act for."""
    found = []
    for role in NAMED:
        label, named = ROLES[role], holder(members, role)
        holders = [one for one in offices if one.role == role]
        who = named.person_id if named else None
        if named and not any(who in (one.person_id, one.acting_for_id) for one in holders):
            found.append(
                f"{named.person.name} disebut sebagai {TEAM_ROLES[role]}, tetapi di portal tidak memegang peran {label}, "
                "jadi tidak dapat menjalankan tugasnya di sini."
            )
        for one in holders:
            if named and who not in (one.person_id, one.acting_for_id):
                found.append(f"{one.person.name} memegang peran {label} di portal, tetapi tim menyebut {named.person.name}.")
            elif named is None and one.kind == "definitive":
                found.append(f"{one.person.name} memegang peran {label} di portal, tetapi belum disebut dalam tim.")
    return found


# ---------------------------------------------------------------- people


def candidates(session: Session, assessment: Assessment, search: str = "") -> list[tuple[Person, str]]:
    """(person, position) of people who serve in the instansi today and are not in the team: by name or NIP, else its officers."""
    period = assessment.period
    taken = select(TeamMember.person_id).where(TeamMember.assessment_id == assessment.id)
    wanted = (
        serving(session, period.organiser_id, period.zone)
        .join(Person, Person.id == Appointment.person_id)
        .where(Appointment.person_id.not_in(taken))
        .options(joinedload(Appointment.person), joinedload(Appointment.organization).joinedload(Organization.states))
    )
    search = search.replace("\0", "").strip()[:100]
    if search:
        wanted = wanted.where(Person.name.icontains(search, autoescape=True) | (Person.nip == search.replace(" ", "")))
    else:
        wanted = wanted.where(Appointment.role.in_((*NAMED, "internal_assessor", "round_manager")))
    found: dict[int, tuple[Person, str]] = {}
    for office in session.scalars(wanted.order_by(Person.name, Appointment.id).limit(FOUND * 3)).unique():
        found.setdefault(office.person_id, (office.person, position(office)))
    return list(found.values())[:FOUND]


def position(office: Appointment) -> str:
    """The position and unit as a decision would print them."""
    return f"{office.title or office.label}, {office.organization.short_name}"[:200]


def demand(assessment: Assessment, by: Actor) -> None:
    sentence = obstacle(by, "write_team", assessment)
    if sentence:
        raise Refused(sentence)


def checked_place(role: str, function: int | None, title: str) -> str:
    """The title as it is kept; refused with everything that is wrong with a place in the team."""
    with Together() as faults:
        with faults.noted():
            if role not in TEAM_ROLES:
                raise Refused("Pilih peran dalam tim.", field="role")
        with faults.noted():
            if function is not None and function not in TEAM_FUNCTIONS:
                raise Refused("Pilih salah satu dari 15 fungsi.", field="function")
            if function is None and role == "member":
                raise Refused("Pilih fungsi asal anggota ini.", field="function")
        with faults.noted():
            title = clean_line(title, 200, "Jabatan dan unit", "title")
    return title


def _refuse_second(session: Session, assessment: Assessment, role: str, person_id: int) -> None:
    """One holder each; who comes by a page holds the assessment already, and an index of the database keeps the rest."""
    if role == "member":
        return
    rival = session.scalar(
        select(TeamMember).where(TeamMember.assessment_id == assessment.id, TeamMember.role == role)
        .options(joinedload(TeamMember.person))
    )
    if rival is not None and rival.person_id != person_id:
        raise Refused(
            f"{TEAM_ROLES[role]} hanya satu orang, sekarang {rival.person.name}. Ubah dulu peran orang itu.", field="role"
        )


def add_member(
    session: Session, assessment: Assessment, person: Person, by: Actor, *, role: str, function: int | None = None, title: str = ""
) -> TeamMember:
    """Name somebody who serves in the instansi; without a title the position of the office is taken."""
    demand(assessment, by)
    title = checked_place(role, function, title)
    _refuse_second(session, assessment, role, person.id)
    if session.get(TeamMember, (assessment.id, person.id)) is not None:
        raise Refused(f"{person.name} sudah ada dalam tim.", field="person")
    period = assessment.period
    office = session.scalars(
        serving(session, period.organiser_id, period.zone).where(Appointment.person_id == person.id)
        .options(joinedload(Appointment.organization).joinedload(Organization.states)).order_by(Appointment.id).limit(1)
    ).unique().one_or_none()
    if office is None:
        raise Refused(f"{person.name} tidak sedang bertugas di instansi ini.", field="person")
    member = TeamMember(assessment=assessment, person=person, role=role, function=function, title=title or position(office))
    session.add(member)
    happened(assessment, "team", f"{person.name} masuk tim: {_said(member)}", by)
    return member


def change_member(member: TeamMember, by: Actor, *, role: str, function: int | None = None, title: str = "") -> None:
    """Another role, function or title of somebody in the team."""
    demand(member.assessment, by)
    title = checked_place(role, function, title)
    _refuse_second(object_session(member), member.assessment, role, member.person_id)
    if (member.role, member.function, member.title) == (role, function, title):
        return
    before = _said(member)
    member.role, member.function, member.title = role, function, title
    happened(member.assessment, "team", f"{member.person.name} dalam tim: {_said(member)}", by, f"Sebelumnya: {before}.")


def end_member(member: TeamMember, by: Actor) -> None:
    """Somebody leaves the team; the history keeps what he was."""
    demand(member.assessment, by)
    happened(member.assessment, "team", f"{member.person.name} keluar dari tim", by, f"Sebelumnya: {_said(member)}.")
    object_session(member).delete(member)


def _said(member: TeamMember) -> str:
    function = f" ({TEAM_FUNCTIONS[member.function]})" if member.function else ""
    return TEAM_ROLES[member.role] + function


# ---------------------------------------------------------------- decisions


@dataclass(frozen=True)
class Decree:
    """What is recorded of a decision (forms.md 3): its days are calendar days, `document` is one of the instansi's library."""

    number: str
    dated: date | None
    signatory: str
    starts_on: date | None
    subject: str = ""
    ends_on: date | None = None
    document: DocumentVersion | None = None


def record_decision(session: Session, assessment: Assessment, by: Actor, decree: Decree) -> TeamDecision:
    """The decision that sets the team, or one that changes it later."""
    demand(assessment, by)
    decision = TeamDecision(assessment=assessment, by_id=by.person_id)
    _put(decision, _checked(session, assessment, decision, decree))
    session.add(decision)
    happened(assessment, "team_decision", f"Keputusan tim {decision.number} dicatat", by)
    return decision


def mark_of(decision: TeamDecision) -> str:
    """What the decision says, as one short text: a page keeps it to know whether somebody corrected it meanwhile."""
    return digest(canonical([getattr(decision, name) for name in SAID]))[:24]


def correct_decision(session: Session, decision: TeamDecision, by: Actor, decree: Decree, seen: str) -> None:
    """What was typed wrong is put right; what it was before stays in the history.

    `seen` is the `mark_of` that the page was opened with. Raises Stale where another correction came first, unless both
    say the same.
    """
    demand(decision.assessment, by)
    decree = _checked(session, decision.assessment, decision, decree)
    if _put_apart(decision) == decree:
        return
    if seen != mark_of(decision):
        raise Stale("Keputusan ini diperbaiki orang lain sesudah Anda membukanya. Bandingkan keduanya, lalu simpan lagi.",
                    theirs=_told(decision))
    before = f"Sebelumnya: nomor {decision.number}, tanggal {decision.dated:%d-%m-%Y}, oleh {decision.signatory}."
    _put(decision, decree)
    happened(decision.assessment, "team_decision", f"Keputusan tim {decision.number} diperbaiki", by, before)


def attach_file(decision: TeamDecision, version: DocumentVersion) -> None:
    """The document in the instansi's library that holds the signed decision."""
    _refuse_elsewhere(decision.assessment.period, version)
    decision.document = version


def _put_apart(decision: TeamDecision) -> Decree:
    """What is on record, as it would be typed."""
    return Decree(decision.number, decision.dated, decision.signatory, decision.starts_on, decision.subject, decision.ends_on,
                  decision.document)


def _told(decision: TeamDecision) -> dict[str, str]:
    days = {name: written_day(day) if (day := getattr(decision, name)) else "" for name in ("dated", "starts_on", "ends_on")}
    file = decision.document.document.title if decision.document else ""
    return {"number": decision.number, "subject": decision.subject, "signatory": decision.signatory, "document": file} | days


def _put(decision: TeamDecision, decree: Decree) -> None:
    for name in ("number", "dated", "subject", "signatory", "starts_on", "ends_on", "document"):
        setattr(decision, name, getattr(decree, name))


def _checked(session: Session, assessment: Assessment, decision: TeamDecision, decree: Decree) -> Decree:
    """The decree with its words cleaned; every fault at once, at its field."""
    period, number = assessment.period, ""
    with Together() as faults:
        with faults.noted():
            number = clean_line(decree.number, 80, "Nomor keputusan", "number", required=True)
        with faults.noted():
            subject = clean_line(decree.subject, 300, "Tentang", "subject")
        with faults.noted():
            signatory = clean_line(decree.signatory, 160, "Penanda tangan", "signatory", required=True)
        with faults.noted():
            if decree.dated is None:
                raise Refused("Tulis tanggal keputusan.", field="dated")
            if decree.dated < EARLIEST or decree.dated > day_of(now(), period.zone):
                raise Refused("Tanggal keputusan antara tahun 2018 dan hari ini.", field="dated")
        with faults.noted():
            if decree.starts_on is None:
                raise Refused("Tulis sejak kapan keputusan berlaku.", field="starts_on")
        with faults.noted():
            if decree.ends_on and decree.starts_on and decree.ends_on < decree.starts_on:
                raise Refused("Akhir masa berlaku mendahului awalnya.", field="ends_on")
        with faults.noted():
            if decree.document is not None:
                _refuse_elsewhere(period, decree.document)
        with faults.noted():
            known = decision_named(session, assessment, number, decree.dated)
            if known is not None and known != decision.id:
                raise Refused("Keputusan dengan nomor dan tanggal ini sudah dicatat.", field="number")
    return replace(decree, number=number, subject=subject, signatory=signatory)


def _refuse_elsewhere(period: Period, version: DocumentVersion) -> None:
    if version.document.owner_org_id != period.organiser_id or version.document.removed_at is not None:
        raise Refused("Pilih dokumen dari pustaka instansi.", field="document")


def decision_named(session: Session, assessment: Assessment, number: str, dated: date | None) -> int | None:
    """The decision of this number and day that is on record, by its id."""
    if dated is None or not number:
        return None
    with session.no_autoflush:
        return session.scalar(
            select(TeamDecision.id).where(
                TeamDecision.assessment_id == assessment.id, TeamDecision.number == number, TeamDecision.dated == dated
            )
        )
