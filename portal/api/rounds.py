"""Rounds and the assessments in them. What is not yet sent shows its state only, never a draft."""

from fractions import Fraction

from sqlalchemy.orm import joinedload, lazyload

from assessments.models import Assessment, Organization, Period, Subject
from assessments.scoring import shown
from assessments.workflow import look

from ..access import ask, find, listing
from ..extensions import db
from . import blueprint, schemas
from .lists import part_of


def _period(period: Period) -> dict:
    return {
        "slug": period.slug, "title": period.title, "year": period.year, "term": period.term, "kind": period.kind,
        "track": period.track, "subjects": period.subjects, "instrument": period.instrument.key, "zone": period.zone,
        "state": period.state, "state_label": look(period).label,
    }


def _stages(period: Period) -> list[dict]:
    return [
        {"stage": row.stage, "label": row.label, "opens_at": row.opens_at, "closes_at": row.closes_at}
        for row in period.stages
    ]


def named(organization: Organization) -> dict:
    return {"slug": organization.slug, "name": organization.name}


def _assessment(assessment: Assessment) -> dict:
    return {
        "subject": named(assessment.subject.organization), "state": assessment.state,
        "state_label": look(assessment).label,
    }


@blueprint.get("/v1/periods")
@blueprint.arguments(schemas.Page, location="query")
@blueprint.response(200, schemas.PeriodList)
def periods(page):
    """Rounds of the own instansi, the newest first."""
    ask("read", Period)
    query = listing(Period).order_by(Period.year.desc(), Period.term.desc(), Period.id.desc())
    return part_of(
        query, page, _period, joinedload(Period.instrument_copy), lazyload(Period.extensions), lazyload(Period.stages)
    )


@blueprint.get("/v1/periods/<string:period>")
@blueprint.response(200, schemas.PeriodOne)
def period(period: str):
    """One round with its calendar, and the assessments in it that may be read."""
    found = find(Period, slug=period)
    rows = db.session.scalars(
        listing(Assessment)
        .where(Assessment.period_id == found.id)
        .options(joinedload(Assessment.subject).joinedload(Subject.organization).joinedload(Organization.states))
        .order_by(Assessment.id)
    ).unique()
    return _period(found) | {
        "instrument_sha256": found.instrument_sha, "predicate_rule": found.predicate_rule, "stages": _stages(found),
        "assessments": [_assessment(row) for row in rows],
    }


@blueprint.get("/v1/assessments/<string:period>/<string:subject>")
@blueprint.response(200, schemas.AssessmentOne)
def assessment(period: str, subject: str):
    """The state of one assessment; its claim index once it was sent."""
    found = find(Assessment, period=period, subject=subject)
    index = found.cached_index if found.sent else None
    return _assessment(found) | {
        "period": found.period.slug, "figure_label": found.period.figure_label, "stages": _stages(found.period), "claim_index": index,
        "claim_index_shown": shown(Fraction(index)) if index else None,
    }
