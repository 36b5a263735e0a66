"""The table of local figures: which agency came out where, for whoever may read them; the same rows as CSV."""

from flask import render_template, url_for

from assessments import local_figures
from assessments.models import Assessment, Period, Result

from ... import charts, plain_tables
from ...access import find, listing, may
from ...extensions import db
from ...formatting import two_places
from . import blueprint
from .places import round_tabs


def _figures(period: str) -> tuple[Period, list[local_figures.Figure]]:
    """Those this reader may read: all that are settled for the team and the leadership, published ones for agencies."""
    found = find(Period, slug=period, to="read_figures")
    return found, local_figures.figures(db.session, found, listing(Result))


@blueprint.get("/pengelolaan/<string:period>/angka-lokal")
def local_table(period: str):
    found, rows = _figures(period)
    instrument = found.instrument
    works_there = may("read", Assessment)
    return render_template(
        "round/local_table.html",
        period=found,
        rows=[(row, url_for("leadership.result", period=period, subject=row.agency.slug)) for row in rows],
        domains=local_figures.tiers(found),
        axis=charts.Axis(instrument.min_value, instrument.max_value),
        charts=charts,
        works_there=works_there,
        tabs=round_tabs(found, "local_table") if works_there else [],
        csv_url=url_for("round.local_csv", period=period),
    )


@blueprint.get("/pengelolaan/<string:period>/angka-lokal/tabel.csv")
def local_csv(period: str):
    """Every row says in words what its figure is."""
    found, rows = _figures(period)
    head = ["Urutan", "OPD", "Indeks", "Predikat", *(node.name for node in local_figures.tiers(found)), "Putaran", "Keterangan"]
    return plain_tables.as_csv(
        head,
        [
            [
                row.place, row.agency.name, two_places(row.index), row.band.name,
                *("" if value is None else two_places(value) for value in row.domains), found.title, found.figure_label,
            ]
            for row in rows
        ],
        f"angka-lokal-{found.slug}",
    )
