"""Settled results: index, predicate, and the value of every node and item. Reasons stay on the page."""

from sqlalchemy.orm import joinedload

from assessments.instruments import decimal_text
from assessments.models import Assessment, Organization, Period, Result, Subject

from ..access import ask, find, listing
from . import blueprint, schemas
from .lists import part_of
from .rounds import named


def _result(result: Result) -> dict:
    assessment = result.assessment
    return {
        "period": assessment.period.slug, "subject": named(assessment.subject.organization), "source": result.source,
        "figure": "local" if assessment.period.of_agencies else "instansi", "figure_label": assessment.period.figure_label,
        "version": result.n, "published": result.source == "official" or assessment.state == "published",
        "index": result.index_exact, "index_shown": result.index_shown, "predicate": result.predicate,
        "predicate_rule": result.predicate_rule, "at": result.at, "basis": result.basis,
    }


def _values(result: Result, knots, kind) -> list[dict]:
    stored = {row.node: row for row in result.values}
    return [
        {
            "code": knot.code, "number": knot.number, "name": knot.name, "kind": kind(knot),
            "weight": decimal_text(knot.weight), "exact": stored[knot.code].exact, "shown": stored[knot.code].shown,
        }
        for knot in knots
        if knot.code in stored
    ]


@blueprint.get("/v1/results")
@blueprint.arguments(schemas.Page, location="query")
@blueprint.response(200, schemas.ResultList)
def results(page):
    """Every version of every result that may be read, the newest first."""
    ask("read", Result)
    whole = joinedload(Result.assessment)
    return part_of(
        listing(Result).order_by(Result.at.desc(), Result.id.desc()),
        page,
        _result,
        whole.joinedload(Assessment.period).lazyload(Period.stages),
        whole.joinedload(Assessment.subject).joinedload(Subject.organization).joinedload(Organization.states),
    )


@blueprint.get("/v1/results/<string:period>/<string:subject>")
@blueprint.arguments(schemas.Version, location="query")
@blueprint.response(200, schemas.ResultOne)
def result(wanted, period: str, subject: str):
    """One version of a result: the one that counts, or the one that was named."""
    found = find(Result, period=period, subject=subject, source=wanted["source"], n=wanted["version"])
    instrument = found.assessment.period.instrument
    return _result(found) | {
        "instrument": instrument.key, "instrument_sha256": found.instrument_sha,
        "nodes": _values(found, instrument.nodes(), lambda node: node.kind),
        "items": _values(found, instrument.items, lambda item: "item"),
    }
