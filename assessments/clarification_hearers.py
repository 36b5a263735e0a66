"""Who is told of a clarification: the agencies that hold the item and the team on one side, the panel on the other."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import literal, or_, select, union_all
from sqlalchemy.orm import Session

from .clock import today
from .models import Appointment, Assessment, Organization, Share
from .panel_questions import JUDGES

AGENCY = ("agency_operator", "agency_head")
TEAM = ("round_manager", "entry_officer", "internal_assessor")


def holders_of(session: Session, assessment: Assessment, items: Iterable[str]) -> dict[int, set[str]]:
    """{person: codes of the items they hold}: operators and heads of lead and supporting agencies today, and the whole team."""
    wanted = set(items)
    day, organiser = today(assessment.period.zone), assessment.period.organiser_id
    in_office = (Appointment.starts_on <= day, or_(Appointment.ends_on.is_(None), Appointment.ends_on >= day))
    agencies = (
        select(Appointment.person_id, Share.item.label("item"))
        .join(Share, Share.organization_id == Appointment.organization_id)
        .where(Share.assessment_id == assessment.id, Share.item.in_(wanted), Appointment.role.in_(AGENCY), *in_office)
    )
    team = (
        select(Appointment.person_id, literal("").label("item"))
        .join(Organization, Organization.id == Appointment.organization_id)
        .where(or_(Organization.id == organiser, Organization.instansi_id == organiser), Appointment.role.in_(TEAM), *in_office)
    )
    found: dict[int, set[str]] = defaultdict(set)
    for person, item in session.execute(union_all(agencies, team)):
        found[person] |= {item} if item else wanted
    return dict(found)


def judges_of(assessment: Assessment) -> set[int]:
    """The persons who set values on this panel and have no conflict there."""
    return {member.person_id for member in assessment.panel if member.active and member.role in JUDGES}
