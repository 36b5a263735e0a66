"""Where an assessment stands: its agencies, its claims, and the index it would have today."""

from fractions import Fraction

from flask import render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from assessments import claiming
from assessments.models import Assessment, Claim, Organization, Period, Subject
from assessments.progress import answer_looks, meter, progress
from assessments.workflow import LOOKS, look

from ...access import ask, find, may
from ...extensions import db
from . import blueprint
from .agency_round import agency_round_page
from .places import address, tabs


@blueprint.get("/pengelolaan/<string:period>")
@blueprint.get("/pengelolaan/<string:period>/<string:subject>")
def overview(period: str, subject: str = ""):
    """One assessment; without a subject the only one of the round, or the list where there are several."""
    if subject:
        return _page(find(Assessment, period=period, subject=subject))
    found = find(Period, slug=period)
    if found.of_agencies:
        ask("run_agencies", found)
        return agency_round_page(found)
    assessments = list(
        db.session.scalars(
            select(Assessment)
            .where(Assessment.period_id == found.id)
            .options(joinedload(Assessment.subject).joinedload(Subject.organization).joinedload(Organization.states))
        ).unique()
    )
    if not assessments:
        ask("read", Assessment)
        return render_template("round/assessments.html", period=found, rows=[])
    # An agency that takes part may know of it; whoever does not, learns nothing.
    ask("read", next((one for one in assessments if may("know", one)), assessments[0]))
    if len(assessments) == 1:
        return _page(assessments[0])
    assessments.sort(key=lambda one: (one.subject.organization.code or "~", one.subject.name))
    return render_template(
        "round/assessments.html",
        period=found,
        rows=[(one, look(one), Fraction(one.cached_index) if one.cached_index else None, address("overview", one))
              for one in assessments],
    )


def _page(assessment: Assessment):
    parts = progress(db.session, assessment.period, assessment)
    now = claiming.provisional(assessment)
    total = len(assessment.period.instrument.items)
    items = sum(part.total for part in parts)
    claims = {state: sum(claim.state == state for claim in assessment.claims) for state in LOOKS[Claim]}
    return render_template(
        "round/overview.html",
        assessment=assessment,
        period=assessment.period,
        state=look(assessment),
        tabs=tabs(assessment, "overview"),
        parts=[(part, part.look, address("check_agency", assessment, agency=part.agency.slug))
               for part in parts],
        items=items,
        ready=sum(part.ready for part in parts),
        counts=meter(answer_looks(db.session, assessment)) if items else [],
        claims=[(LOOKS[Claim][state], count) for state, count in claims.items() if count],
        unclaimed=total - sum(claims.values()),
        total=total,
        now=now,
        band=now.score.predicate(assessment.period.predicate_rule) if now.score else None,
        links={name: address(name, assessment) for name in ("sharing", "claims", "finalise")},
        team_url=_team(assessment),
    )


def _team(assessment: Assessment) -> str:
    """Where the panel is put together, for whoever may."""
    if not may("seat_panel", assessment):
        return ""
    return url_for("assessor.team", period=assessment.period.slug, subject=assessment.subject.organization.slug)
