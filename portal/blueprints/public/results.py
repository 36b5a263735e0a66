"""S04: results once everybody may know them: the index and the values of its parts. Nothing of how they came about."""

import re
from dataclasses import dataclass
from fractions import Fraction

from flask import abort, redirect, render_template, url_for

from assessments.announcing import all_announced, announced_for, announced_results, over_the_years
from assessments.comparing import Comparison, compare, earlier_result
from assessments.models import Organization, Result
from assessments.models.period import PREDICATE_RULES

from ... import charts, plain_tables
from ...access import ask, public
from ...extensions import db
from ...formatting import two_places, weight
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


YEAR = re.compile(r"(19|20)[0-9]{2}")


@blueprint.get("/pengumuman")
@public
def announcements():
    """Every round whose result is out; the house's own list of results is another page."""
    ask("read", "public_result")
    return _announcements(None)


def _announcements(year: int | None, status: int = 200):
    """The list, of one year where something is out for it; where nothing is, that is said above the whole list."""
    points = all_announced(db.session)
    here = [point for point in points if point.year == year]
    page = render_template(
        "public/announcements.html", points=here or points, year=year, found=bool(here), canonical=absolute("public.announcements")
    )
    return page, status


@blueprint.get("/hasil/<string:period>")
@public
def result(period: str):
    ask("read", "public_result")
    found = announced_for(db.session, period) if "\x00" not in period else None
    if found is None:
        return _by_year(period)
    lines = _lines(found)
    assessment = found.assessment
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


def _by_year(period: str):
    """A year is how people name a round: to its result, to a choice of several, or to what is out of other years."""
    if not YEAR.fullmatch(period):
        abort(404)
    rounds = all_announced(db.session, int(period))
    if len(rounds) == 1:
        return redirect(url_for("public.result", period=rounds[0].slug))
    return _announcements(int(period), 200 if rounds else 404)


def _lines(found: Result) -> Comparison:
    return compare(found, earlier=earlier_result(db.session, found.assessment, announced_results()))


@blueprint.get("/hasil/<string:period>/tabel.csv")
@public
def result_table(period: str):
    """The rows of the page, with as many decimals as it shows."""
    ask("read", "public_result")
    found = announced_for(db.session, period) if "\x00" not in period else None
    if found is None:
        abort(404)
    lines = _lines(found)
    head = ["Kode", "Bagian", "Jenis", "Bobot", "Nilai"] + ([lines.earlier.title] if lines.earlier else [])
    rows = [["", lines.instrument.index_name, "Indeks", weight(100), _shown(lines.index), *_before(lines, lines.earlier and lines.earlier.index)]]
    rows += [
        [line.code, line.name, line.place, weight(line.knot.weight), _shown(line.result), *_before(lines, line.before)]
        for line in lines.nodes
    ]
    return plain_tables.as_csv(head, rows, f"hasil-{found.assessment.period.slug}")


def _before(lines: Comparison, value: Fraction | None) -> list:
    return [_shown(value)] if lines.earlier else []


def _shown(value: Fraction | None) -> str:
    return "" if value is None else two_places(value)
