"""What a session could be about and who should come, from what is stored: differences, flags, evidence, open questions.

Reasons are for the panel alone. The proposed question is for both sides, so it holds nothing but what was asked of the
instansi already, or a neutral sentence.
"""

from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from .clock import today
from .models import (
    Appointment,
    Assessment,
    Citation,
    CitationVerdict,
    Claim,
    Clarification,
    Decision,
    Judgement,
    Meeting,
    MeetingItem,
    MeetingPerson,
    Organization,
    PanelMember,
    Person,
    Share,
    TeamMember,
)
from .models.judgement import JUDGED_STAGES, PANEL_ROLES
from .models.team import TEAM_ROLES
from .panel_questions import judged_stage

ASK = "Mohon jelaskan penerapannya dan tunjukkan buktinya."
SHOWN = 30  # heads and operators that are offered


@dataclass
class Suggested:
    """Why an item should be spoken about, and what could be asked."""

    item: str
    reasons: list[str] = field(default_factory=list)
    question: str = ASK


def suggestions(session: Session, assessment: Assessment, kind: str) -> dict[str, Suggested]:
    """{item: what speaks for it}, in four statements. Of a stage that still runs nothing counts, not even the reader's own
    work: an agenda is read by the partner and by the instansi, and what is on it would tell which values are lowered.
    """
    found: dict[str, Suggested] = {}

    def add(item: str, reason: str) -> Suggested:
        one = found.setdefault(item, Suggested(item))
        if reason not in one.reasons:
            one.reasons.append(reason)
        return one

    running = judged_stage(assessment)
    ended = JUDGED_STAGES[: JUDGED_STAGES.index(running)] if running else JUDGED_STAGES
    _differing(session, assessment, ended, add)
    _doubted(session, assessment, ended, add)
    questions = session.execute(
        select(Clarification.item, Clarification.text)
        .where(Clarification.assessment_id == assessment.id, Clarification.state == "sent")
        .order_by(Clarification.id)
    )
    for item, text in questions:
        one = add(item, "klarifikasi belum dijawab")
        one.question = text if one.question == ASK else f"{one.question}\n\n{text}"
    if kind == "visit":
        followed = session.execute(
            select(MeetingItem.item, MeetingItem.question)
            .join(MeetingItem.meeting)
            .where(Meeting.assessment_id == assessment.id, Meeting.kind == "interview", MeetingItem.follow_up)
        )
        for item, question in followed:
            one = add(item, "perlu tindak lanjut menurut interviu")
            one.question = question if one.question == ASK and question else one.question
    return found


def _differing(session: Session, assessment: Assessment, ended, add) -> None:
    """Another value than claimed, or asked to be looked at again, by what a stage left."""
    rows = session.execute(
        select(Judgement.item, Judgement.value, Judgement.flagged, Claim.value, Decision.value)
        .join(Claim, (Claim.assessment_id == Judgement.assessment_id) & (Claim.item == Judgement.item))
        .outerjoin(
            Decision,
            (Decision.assessment_id == Judgement.assessment_id) & (Decision.item == Judgement.item)
            & (Decision.stage == Judgement.stage),
        )
        .where(Judgement.assessment_id == assessment.id, Judgement.stage.in_(ended), Judgement.state == "sent")
    )
    for item, value, flagged, claimed, decided in rows:
        stands = value if decided is None else decided
        if stands is not None and claimed is not None and stands != claimed:
            add(item, "nilai berbeda dari klaim")
        if flagged:
            add(item, "ditandai untuk dilihat lagi")


def _doubted(session: Session, assessment: Assessment, ended, add) -> None:
    rows = session.execute(
        select(Claim.item, func.count(Citation.id.distinct()))
        .join(Citation, Citation.claim_id == Claim.id)
        .join(CitationVerdict, CitationVerdict.citation_id == Citation.id)
        .where(
            Claim.assessment_id == assessment.id, CitationVerdict.verdict.in_(("doubtful", "refused")),
            CitationVerdict.stage.in_(ended),
        )
        .group_by(Claim.item)
    )
    for item, count in rows:
        add(item, f"{count} bukti meragukan atau tidak diterima")


# ---------------------------------------------------------------- who comes


@dataclass(frozen=True)
class Guest:
    """Somebody with an account who could be invited."""

    person_id: int
    name: str
    office: str
    side: str


def guests(session: Session, assessment: Assessment, items: list[str]) -> list[Guest]:
    """The panel, the Tim Asesor Internal, then heads and operators of the agencies that hold the items; each once."""
    found: dict[int, Guest] = {}
    panel = session.scalars(
        select(PanelMember)
        .where(PanelMember.assessment_id == assessment.id, PanelMember.conflict != "declared", ~PanelMember.at_home)
        .options(joinedload(PanelMember.person).lazyload(Person.home_org))
        .order_by(PanelMember.role, PanelMember.person_id)
    )
    for member in panel:
        found[member.person_id] = Guest(member.person_id, member.person.name, PANEL_ROLES[member.role], "assessor")
    team = session.execute(
        select(TeamMember.person_id, Person.name, TeamMember.role, TeamMember.title)
        .join(Person, Person.id == TeamMember.person_id)
        .where(TeamMember.assessment_id == assessment.id)
        .order_by(TeamMember.function, Person.name)
    )
    for person, name, role, title in team:
        found.setdefault(person, Guest(person, name, title or TEAM_ROLES[role], "internal"))
    for office in _holders(session, assessment, items):
        label = office.title or f"{'Kepala' if office.role == 'agency_head' else 'Operator'} {office.organization.short_name}"
        found.setdefault(office.person_id, Guest(office.person_id, office.person.name, label[:200], "respondent"))
    return list(found.values())


def _holders(session: Session, assessment: Assessment, items: list[str]) -> list[Appointment]:
    day = today(assessment.period.zone)
    holding = select(Share.organization_id).where(Share.assessment_id == assessment.id, Share.item.in_(items))
    return list(
        session.scalars(
            select(Appointment)
            .where(
                Appointment.organization_id.in_(holding), Appointment.role.in_(("agency_head", "agency_operator")),
                Appointment.starts_on <= day, Appointment.ends_on.is_(None) | (Appointment.ends_on >= day),
            )
            .options(
                joinedload(Appointment.person).lazyload(Person.home_org),
                joinedload(Appointment.organization).joinedload(Organization.states),
            )
            .order_by(Appointment.organization_id, Appointment.role, Appointment.id)
            .limit(SHOWN)
        ).unique()
    )


def invited_at_first(session: Session, assessment: Assessment, items: list[str]) -> list[MeetingPerson]:
    """The panel, the team and the heads of the agencies that hold the items; people change the list afterwards."""
    heads = {office.person_id for office in _holders(session, assessment, items) if office.role == "agency_head"}
    first = [each for each in guests(session, assessment, items) if each.side != "respondent" or each.person_id in heads]
    return [
        MeetingPerson(n=n, person_id=each.person_id, name=each.name, office=each.office, side=each.side)
        for n, each in enumerate(first, start=1)
    ]
