"""Who hears that provisional values may be answered (S32): the heads of the agencies they concern, and the round managers."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from .clock import today
from .consolidation_questions import OPEN_STATES, STAGE
from .models import Appointment, Assessment, Organization, Period, Share
from .objecting import lowered


@dataclass(frozen=True)
class News:
    """Of one assessment whose window runs: {person: how many values nobody answered yet}, and until when they may be."""

    assessment: Assessment
    told: Counter
    until: datetime


def news_of(session: Session, period: Period) -> list[News]:
    """What there is to tell in this round now; nothing to read where it has no window."""
    if period.stage(STAGE) is None:
        return []
    running = session.scalars(
        select(Assessment).where(Assessment.period_id == period.id, Assessment.state.in_(OPEN_STATES)).order_by(Assessment.id)
    ).all()
    found = []
    for assessment in running:
        until = period.closes_at(STAGE, assessment)
        if until is None or not period.accepts(STAGE, assessment):
            continue
        waiting = {row.item.code for row in lowered(session, assessment) if row.said is None}
        if waiting:
            found.append(News(assessment, _hearers(session, assessment, waiting), until))
    return found


def _hearers(session: Session, assessment: Assessment, items: set[str]) -> Counter:
    """The heads of the agencies that lead the items, each with their number, and the round managers with that of all."""
    day, organiser = today(assessment.period.zone), assessment.period.organiser_id
    in_office = (Appointment.starts_on <= day, or_(Appointment.ends_on.is_(None), Appointment.ends_on >= day))
    heads = session.scalars(
        select(Appointment.person_id)
        .join(Share, Share.organization_id == Appointment.organization_id)
        .where(
            Share.assessment_id == assessment.id, Share.part == "lead", Share.item.in_(items),
            Appointment.role == "agency_head", *in_office,
        )
    )
    found = Counter(heads)
    managers = session.scalars(
        select(Appointment.person_id)
        .join(Organization, Organization.id == Appointment.organization_id)
        .where(or_(Organization.id == organiser, Organization.instansi_id == organiser), Appointment.role == "round_manager", *in_office)
    )
    return found | Counter(dict.fromkeys(managers, len(items)))
