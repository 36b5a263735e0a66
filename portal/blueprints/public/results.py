"""S04: a result once everybody may know it: the index and the values of its parts. Nothing of how it came about."""

from dataclasses import dataclass
from fractions import Fraction

from flask import abort, render_template, url_for

from assessments.announcing import announced_for, announced_results, over_the_years
from assessments.comparing import compare, earlier_result
from assessments.models import Organization
from assessments.models.period import PREDICATE_RULES

from ... import charts
from ...access import ask, public
from ...extensions import db
from . import blueprint
from .directory import absolute


@dataclass(frozen=True)
class Step:
    """One year of the trend; `url` is None for the page itself."""

    title: str
    index: Fraction
    predicate: str
    instrument: str
    url: str | None


@blueprint.get("/hasil/<string:period>")
@public
def result(period: str):
    ask("read", "public_result")
    found = announced_for(db.session, period) if "\x00" not in period else None
    if found is None:
        abort(404)
    assessment = found.assessment
    lines = compare(found, earlier=earlier_result(db.session, assessment, announced_results()))
    years = [
        Step(point.title, point.index, point.predicate, point.instrument,
             None if point.slug == period else url_for("public.result", period=point.slug))
        for point in over_the_years(db.session, assessment)
    ]
    subject: Organization = assessment.subject.organization
    return render_template(
        "public/result.html",
        lines=lines,
        result=found,
        period=assessment.period,
        subject=subject,
        years=years,
        axis=charts.Axis(lines.instrument.min_value, lines.instrument.max_value),
        charts=charts,
        rules=PREDICATE_RULES,
        canonical=absolute("public.result", period=period),
    )
