"""The agencies of the own instansi that can be given items."""

from sqlalchemy import func, select

from assessments.clock import today
from assessments.models import Organization, OrganizationState
from assessments.models.organization import ANSWERING

from ...access import actor, listing
from ...extensions import db


def _standing():
    day = today(actor().zone)
    return (
        select(OrganizationState.organization_id)
        .where(
            OrganizationState.kind.in_(ANSWERING),
            OrganizationState.valid_from <= day,
            (OrganizationState.valid_to.is_(None)) | (OrganizationState.valid_to > day),
        )
    )


def count_of_those_that_answer() -> int:
    mine = listing(Organization).where(Organization.id.in_(_standing())).with_only_columns(Organization.id)
    return db.session.scalar(select(func.count()).select_from(mine.subquery())) or 0


def agencies_that_answer() -> list[Organization]:
    """Those that stand today and are of a kind that answers, by code and name: two statements for any number."""
    rows = db.session.scalars(listing(Organization).where(Organization.id.in_(_standing()))).all()
    return sorted(rows, key=lambda agency: (agency.code is None, agency.code or "", agency.name))
