"""The matrix as a file, and as a list for one item or one agency: what fits a phone."""

from flask import abort, redirect, render_template, request, url_for

from assessments.chasing import Planner, cells
from assessments.models import Contribution, Period
from assessments.progress import progress as progress_of
from assessments.workflow import LOOKS

from ...access import find, may
from ...extensions import db
from ...formatting import number
from ...forms import plain_id
from ...plain_tables import as_csv
from . import blueprint
from .matrix import LETTERS, viewed
from .progress import chase_tabs


@blueprint.get("/pengelolaan/<string:period>/matriks/tabel.csv")
def matrix_file(period: str):
    """Exactly the rows and columns of the page with the same filters; words in place of letters."""
    found = find(Period, slug=period, to="read_matrix")
    view = viewed(found)

    def said(cell) -> object:
        if cell is None:
            return ""
        if view.by_value:
            return "" if cell.value is None else number(cell.value)
        return LETTERS[cell.state][1].partition(":")[0]

    return as_csv(
        ["OPD", *(f"{item.number} {item.name}" for item in view.columns), "Siap", "Butir", "Terlambat"],
        (
            [row.standing.part.agency.name, *map(said, row.cells), row.ready, row.total, "ya" if row.standing.late else "tidak"]
            for row in view.rows
        ),
        f"matriks-{found.slug}",
    )


@blueprint.get("/pengelolaan/<string:period>/matriks/daftar")
def matrix_pick(period: str):
    """An agency or an item was picked: on to its list."""
    find(Period, slug=period, to="read_matrix")
    part, item = plain_id(request.args.get("opd")), request.args.get("butir", "")
    if part is not None:
        return redirect(url_for("round.matrix_agency", period=period, submission=part))
    if item:
        return redirect(url_for("round.matrix_item", period=period, item=item))
    return redirect(url_for("round.matrix", period=period))


@blueprint.get("/pengelolaan/<string:period>/matriks/butir/<string:item>")
def matrix_item(period: str, item: str):
    """Every agency that answers one item, with how far it is."""
    found = find(Period, slug=period, to="read_matrix")
    here = next((one for one in found.instrument.items if one.code == item), None) or abort(404)
    planner = Planner(db.session, found)
    parts = progress_of(db.session, found)
    answers = cells(db.session, found, parts)
    rows = [(planner.standing(part), answers[part.submission.id][item]) for part in parts if item in answers[part.submission.id]]
    return render_template(
        "round/matrix_item.html",
        period=found,
        item=here,
        tabs=chase_tabs(found, "matrix"),
        rows=[
            (one, cell, LOOKS[Contribution][cell.state], "–" if cell.value is None else number(cell.value),
             url_for("round.matrix_cell", period=found.slug, submission=one.part.submission.id, item=item))
            for one, cell in rows
        ],
        ready=sum(cell.state == "ready" for _one, cell in rows),
        may_remind=may("remind", found),
    )
