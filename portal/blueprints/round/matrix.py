"""S41: what every agency has done on every item, as one table; a cell leads to the answer and to a reminder."""

from dataclasses import dataclass

from flask import abort, render_template, request, url_for
from markupsafe import Markup, escape

from assessments import entrusting
from assessments.chasing import Cell, Planner, Standing, cells
from assessments.instruments import Item
from assessments.models import Contribution, Period
from assessments.progress import progress as progress_of
from assessments.reminding import history
from assessments.workflow import LOOKS

from ...access import find, may
from ...extensions import db
from ...formatting import number
from . import blueprint
from .places import address
from .progress import chase_tabs

# state -> (letter, word that begins with it); letters, so that nothing is said by colour alone
LETTERS = {
    "empty": ("B", "Belum mulai"),
    "needs_review": ("T", "Tinjau: jawaban tahun lalu perlu ditinjau"),
    "filling": ("I", "Isi: sedang diisi"),
    "ready": ("S", "Siap diperiksa"),
    "returned": ("P", "Perlu perbaikan"),
}
VALUES = {"": "Status isian", "tingkat": "Tingkat yang diisi"}


@dataclass(frozen=True)
class Row:
    """One agency with its cells in the order of the columns; None where an item is not shared with it."""

    standing: Standing
    cells: list[Cell | None]
    ready: int
    total: int

    def drawn(self, numbers: list[str], by_value: bool) -> Markup:
        """Its cells as table data. Thousands of them: put together here, a template would take ten times as long."""
        part = self.standing.part
        name, id = escape(part.agency.short_name), part.submission.id
        return Markup("").join(
            Markup("<td></td>") if cell is None else self._cell(cell, f"{name}, butir {at}", id, by_value)
            for cell, at in zip(self.cells, numbers, strict=True)
        )

    def _cell(self, cell: Cell, place: str, id: int, by_value: bool) -> Markup:
        letter, word = LETTERS[cell.state]
        if by_value:
            letter = "–" if cell.value is None else number(cell.value)
            word = f"{letter}, {word}"
        lead, said = (" u", ", OPD utama") if cell.lead else ("", ", OPD pendukung")
        return Markup(  # noqa: S704 - the name is escaped, the rest is ours
            f'<td><a class="k-{cell.state}{lead}" href="matriks/{id}/{escape(cell.item)}" aria-label="{escape(word)}{said}; {place}">{letter}</a></td>'
        )


@dataclass(frozen=True)
class View:
    """The matrix as it was asked for in the address: what the page shows and what the file holds."""

    standings: list[Standing]
    columns: list[Item]
    rows: list[Row]
    domains: list[str]
    domain: str
    by_value: bool
    late_only: bool

    @property
    def asked(self) -> dict[str, str]:
        """The same view again, as the words of an address."""
        words = {"tampil": "tingkat" if self.by_value else "", "domain": self.domain, "terlambat": "1" if self.late_only else ""}
        return {name: text for name, text in words.items() if text}


def viewed(found: Period) -> View:
    """The rows and columns that ?tampil=, ?domain= and ?terlambat= leave."""
    planner = Planner(db.session, found)
    parts = progress_of(db.session, found)
    answers = cells(db.session, found, parts)
    domains = list(dict.fromkeys(item.path[0].name if item.path else "" for item in found.instrument.items))
    domain = request.args.get("domain", "")
    columns = [
        item for item in found.instrument.items
        if not domain or not domain.isdigit() or (item.path[0].name if item.path else "") == _nth(domains, domain)
    ]
    late_only = request.args.get("terlambat") == "1"
    standings = [planner.standing(part) for part in parts]
    rows = [_row(one, answers[one.part.submission.id], columns) for one in standings if one.late or not late_only]
    return View(
        standings, columns, [row for row in rows if row.total], domains, domain, request.args.get("tampil") == "tingkat", late_only
    )


@blueprint.get("/pengelolaan/<string:period>/matriks")
def matrix(period: str):
    found = find(Period, slug=period, to="read_matrix")
    view = viewed(found)
    return render_template(
        "round/matrix.html",
        period=found,
        stage=found.stage("self_assessment"),
        tabs=chase_tabs(found, "matrix"),
        columns=view.columns,
        groups=_groups(view.columns),
        rows=[(row, row.drawn([escape(item.number) for item in view.columns], view.by_value)) for row in view.rows],
        totals=[
            sum(cell is not None and cell.state == "ready" for cell in column)
            for column in zip(*(row.cells for row in view.rows), strict=True)
        ],
        ready=sum(row.ready for row in view.rows),
        total=sum(row.total for row in view.rows),
        letters=LETTERS,
        by_value=view.by_value,
        views=VALUES,
        domains=view.domains,
        domain=view.domain,
        late_only=view.late_only,
        late=sum(one.late for one in view.standings),
        csv_url=url_for("round.matrix_file", period=found.slug, **view.asked),
        may_remind=may("remind", found),
    )


def _nth(domains: list[str], typed: str) -> str | None:
    at = int(typed[:4]) - 1
    return domains[at] if 0 <= at < len(domains) else None


def _row(one: Standing, answers: dict[str, Cell], columns: list) -> Row:
    found = [answers.get(item.code) for item in columns]
    there = [cell for cell in found if cell is not None]
    return Row(one, found, sum(cell.state == "ready" for cell in there), len(there))


def _groups(columns: list) -> list[tuple[str, int]]:
    """(name, how many columns) of each knot of the second tier, in order."""
    groups: list[list] = []
    for item in columns:
        name = item.path[min(1, len(item.path) - 1)].name if item.path else ""
        if not groups or groups[-1][0] != name:
            groups.append([name, 0])
        groups[-1][1] += 1
    return [(name, count) for name, count in groups]


def _part(found: Period, submission: int) -> Standing:
    """One agency's part of this round; a part of another one does not exist here."""
    part = next((one for one in progress_of(db.session, found) if one.submission.id == submission), None)
    if part is None:
        abort(404)
    return Planner(db.session, found).standing(part)


@blueprint.get("/pengelolaan/<string:period>/matriks/<int:submission>")
def matrix_agency(period: str, submission: int):
    found = find(Period, slug=period, to="read_matrix")
    one = _part(found, submission)
    answers = cells(db.session, found, [one.part])[submission]
    return render_template(
        "round/matrix_agency.html",
        period=found,
        one=one,
        look=one.part.look,
        tabs=chase_tabs(found, "matrix"),
        rows=[
            (item, answers[item.code], LOOKS[Contribution][answers[item.code].state], _shown(answers[item.code]),
             url_for("round.matrix_cell", period=found.slug, submission=submission, item=item.code))
            for item in found.instrument.items if item.code in answers
        ],
        pics=entrusting.pics_of(db.session, one.part.submission),
        told=history(db.session, found, submission),
        may_remind=may("remind", found),
    )


@blueprint.get("/pengelolaan/<string:period>/matriks/<int:submission>/<string:item>")
def matrix_cell(period: str, submission: int, item: str):
    found = find(Period, slug=period, to="read_matrix")
    one = _part(found, submission)
    answer = cells(db.session, found, [one.part])[submission].get(item)
    if answer is None:
        abort(404)
    here = found.instrument.item(item)
    return render_template(
        "round/matrix_cell.html",
        period=found,
        one=one,
        item=here,
        cell=answer,
        look=LOOKS[Contribution][answer.state],
        value=_shown(answer),
        tabs=chase_tabs(found, "matrix"),
        told=history(db.session, found, submission),
        check_url=address("check_item", one.part.submission.assessment, agency=one.part.agency.slug, item=item),
        may_remind=may("remind", found),
    )


def _shown(cell: Cell) -> str:
    return "–" if cell.value is None else number(cell.value)
