"""S40: the agencies of a round beside its plan, with whoever is behind first; every number opens its rows."""

from dataclasses import dataclass
from fractions import Fraction

from flask import render_template, request, url_for

from assessments.chasing import STAGE, Planner, Standing
from assessments.models import Period
from assessments.opening_list import opening_checklist
from assessments.progress import progress as progress_of
from assessments.workflow import open_transitions

from ... import charts
from ...access import actor, find, may
from ...extensions import db
from . import blueprint
from .periods import mending
from .places import address

# ?saring=... -> (what it is called, which agencies it shows)
FILTERS = {
    "terlambat": ("Terlambat", lambda one: one.late),
    "terisi": ("Sudah ada isinya", lambda one: one.written > 0),
    "perbaikan": ("Ada yang perlu diperbaiki", lambda one: one.part.returned > 0),
    "menunggu-kepala": ("Menunggu kepala OPD", lambda one: one.part.submission.state == "ready"),
    "ditandatangani": ("Ditandatangani", lambda one: one.part.submission.state == "signed"),
    "diterima": ("Diterima", lambda one: one.part.submission.state == "accepted"),
}


@dataclass(frozen=True)
class Sum:
    """What a choice of agencies adds up to."""

    agencies: int
    ready: int
    written: int
    returned: int
    total: int


def added_up(rows: list[Standing]) -> Sum:
    return Sum(
        len(rows), sum(one.part.ready for one in rows), sum(one.written for one in rows),
        sum(one.part.returned for one in rows), sum(one.part.total for one in rows),
    )


def chase_tabs(period: Period, here: str) -> list[tuple[str, str, bool]]:
    """The pages on which a round is kept an eye on; reminding is for whoever may."""
    pages = [("progress", "Kemajuan"), ("matrix", "Matriks")]
    if may("remind", period):
        pages += [("reminders", "Pengingat"), ("reminded", "Riwayat pengingat")]
    if period.of_agencies:
        pages = [("overview", "OPD"), *pages, ("local_table", "Angka lokal")]
    return [(label, url_for(f"round.{name}", period=period.slug), name == here) for name, label in pages]


@blueprint.get("/pengelolaan/<string:period>/kemajuan")
def progress(period: str):
    found = find(Period, slug=period, to="read_matrix")
    planner = Planner(db.session, found)
    rows = [planner.standing(part) for part in progress_of(db.session, found)]
    chosen = request.args.get("saring", "")
    shown = [one for one in rows if FILTERS[chosen][1](one)] if chosen in FILTERS else rows
    shown.sort(key=lambda one: (not one.late, -one.behind))
    whole, plan = added_up(rows), planner.plan()
    done = Fraction(whole.ready, whole.total) if whole.total else Fraction(0)
    return render_template(
        "round/progress.html",
        period=found,
        stage=found.stage(STAGE),
        tabs=chase_tabs(found, "progress"),
        plan=plan,
        done=done,
        whole=whole,
        expected=sum(one.expected for one in rows),
        shown=added_up(shown),
        chart=charts.progress_and_plan(
            done, plan.share, f"{whole.ready} dari {whole.total} butir siap; menurut rencana {sum(one.expected for one in rows)} butir."
        ),
        rows=[(one, one.part.look, _check(one), _bar(one)) for one in shown],
        filters=[(code, label, sum(map(test, rows)), code == chosen) for code, (label, test) in FILTERS.items()],
        chosen=FILTERS[chosen][0] if chosen in FILTERS else "",
        checklist=_before_opening(found),
        may_remind=may("remind", found),
    )


def _before_opening(period: Period) -> list:
    """What the round still needs, as long as it can be opened."""
    if not any(step.name == "open" for step in open_transitions(period, actor())):
        return []
    return [(line, mending(period, line.place)) for line in opening_checklist(period)]


def _check(one: Standing) -> str:
    return address("check_agency", one.part.submission.assessment, agency=one.part.agency.slug)


def _bar(one: Standing):
    return charts.against_plan(one.part.ready / one.part.total, float(one.plan.share))
