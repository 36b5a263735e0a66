"""The offices that are given on these pages, and the organizations they can be in."""

from sqlalchemy import select
from sqlalchemy.orm import aliased

from assessments.models import Account, Appointment, Organization, OrganizationState, Person
from assessments.models.people import ROLES
from assessments.policies import visible

from ...access import actor as asking
from ...access import may
from ...extensions import db
from . import blueprint

# Assessors, panel leads and reviewers come from outside; their offices are given where their panels are.
FROM_OUTSIDE = ("assessor", "panel_lead", "reviewer")
OFFICES = {code: label for code, label in ROLES.items() if code not in FROM_OUTSIDE}


def with_offices(person):
    """Load options: the appointments behind `person`, with what is needed to say which are held today."""
    place = person.selectinload(Person.appointments)
    return (
        place.joinedload(Appointment.organization).joinedload(Organization.instansi).lazyload(Organization.states),
        place.joinedload(Appointment.acting_for),
    )


def office_choices() -> dict[str, str]:
    """{slug: name} of every organization of the own instansi, by name, in one statement."""
    inside = visible(asking(), Organization).with_only_columns(Organization.id, Organization.slug).subquery()
    state = aliased(OrganizationState)
    rows = db.session.execute(
        select(inside.c.slug, state.name)
        .join(state, state.organization_id == inside.c.id)
        .where(state.valid_to.is_(None))
        .order_by(state.name)
    )
    return dict(rows.all())


@blueprint.app_context_processor
def _doors():
    """For the tabs: whether accounts may be read or written by whoever is asking."""
    return {"may_open": lambda action: may(action, Account)}
