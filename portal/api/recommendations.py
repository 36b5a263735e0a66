"""Recommendations that were released, with what became of them; a panel also finds those it has not handed out yet."""

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from assessments.models import Assessment, Organization, Recommendation, RecommendationOwner, Verdict
from assessments.models.recommendation import VERDICTS

from ..access import ask, find, listing
from . import blueprint, schemas
from .lists import part_of
from .rounds import named


def _recommendation(row: Recommendation) -> dict:
    return {
        "id": row.id, "number": row.number, "source": row.source,
        "period": row.assessment.period.slug if row.assessment else None, "item": row.item, "text": row.text,
        "priority": row.priority, "due_on": row.due_on, "status": row.status, "status_label": VERDICTS[row.status],
        "owners": [named(owner.organization) | {"part": owner.part} for owner in row.current_owners],
    }


@blueprint.get("/v1/recommendations")
@blueprint.arguments(schemas.RecommendationPage, location="query")
@blueprint.response(200, schemas.RecommendationList)
def recommendations(page):
    """The recommendations this office may read; by status (the newest verdict) and by the agency that owns them."""
    ask("read", Recommendation)
    query = listing(Recommendation)
    if page["status"]:
        newest = (
            select(Verdict.status)
            .where(Verdict.recommendation_id == Recommendation.id)
            .order_by(Verdict.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        query = query.where(func.coalesce(newest, "followup_not_started") == page["status"])
    if page["organization"]:
        here = Organization.slug == page["organization"].replace("\0", "")
        query = query.where(
            Recommendation.owners.any(
                RecommendationOwner.to_day.is_(None) & RecommendationOwner.organization.has(here)
            )
        )
    return part_of(
        query.order_by(Recommendation.id.desc()),
        page,
        _recommendation,
        joinedload(Recommendation.assessment).joinedload(Assessment.period),
        selectinload(Recommendation.owners)
        .joinedload(RecommendationOwner.organization)
        .joinedload(Organization.states),
        selectinload(Recommendation.verdicts),
    )


@blueprint.get("/v1/recommendations/<int:id>")
@blueprint.response(200, schemas.RecommendationOne)
def recommendation(id: int):
    """One recommendation with its plans, its progress and every verdict."""
    row = find(Recommendation, id=id)
    return _recommendation(row) | {
        "plans": [{"text": plan.text, "due_on": plan.due_on, "at": plan.at} for plan in row.plans],
        "progress": [{"text": one.text, "finished": one.finished, "at": one.at} for one in row.progress],
        "verdicts": [
            {"status": one.status, "status_label": VERDICTS[one.status], "note": one.note, "at": one.at}
            for one in row.verdicts
        ],
    }
