"""How far the two closed readers agree: figures, leanings and a map of the items, of one instansi or of the whole round.

Read by the panel alone, over what both readers have opened. What is said of each assessor by name - leanings, the whole
round, the table to download - is for the lead and Tim Reviu, on panels where they are that.
"""

from flask import render_template, request
from sqlalchemy import exists
from sqlalchemy.orm import joinedload

from assessments.agreeing import Figures, decided_values, figures
from assessments.agreement import LEAST_PAIRS, least_for_coefficients
from assessments.models import Assessment, Organization, PanelMember, Subject
from assessments.panel_questions import panels_of
from assessments.workflow import look

from ...access import actor, ask, find, listing, may
from ...extensions import db
from ...plain_tables import as_csv
from . import blueprint
from .harmony import blind_only
from .ways import address, by_aspect, tabs

HEAD = ("Instansi", "Nomor", "Indikator", "Penilai pertama", "Nilai pertama", "Penilai kedua", "Nilai kedua", "Selisih",
        "Nilai tahap")


@blueprint.get("/asesmen/<string:period>/<string:subject>/kesepakatan")
def agreed(period: str, subject: str):
    assessment = blind_only(find(Assessment, to="see_room", period=period, subject=subject))
    if request.args.get("putaran"):
        ask("see_agreement", assessment)
    by_name = may("see_agreement", assessment)
    panels = _panels(assessment) if by_name else [assessment]
    whole = bool(request.args.get("putaran")) and len(panels) > 1
    found = figures(db.session, panels if whole else [assessment])
    lines = {line.item.code: line for line in found.lines}
    return render_template(
        "assessor/agreed.html",
        assessment=assessment,
        period=assessment.period,
        state=look(assessment),
        tabs=tabs(assessment, "harmony"),
        found=found,
        groups=by_aspect(assessment.period.instrument, lambda item: lines[item.code]),
        panels=len(panels),
        whole=whole,
        by_name=by_name,
        least=LEAST_PAIRS,
        least_for=least_for_coefficients,
        links={
            "harmony": address("harmony", assessment),
            "one": address("agreed", assessment),
            "round": address("agreed", assessment, putaran=1),
            "csv": address("agreed_csv", assessment, **({"putaran": 1} if whole else {})),
        },
    )


@blueprint.get("/asesmen/<string:period>/<string:subject>/kesepakatan.csv")
def agreed_csv(period: str, subject: str):
    """Every opened pair: what all figures of the page are made of."""
    assessment = blind_only(find(Assessment, to="see_room", period=period, subject=subject))
    ask("see_agreement", assessment)
    panels = _panels(assessment) if request.args.get("putaran") else [assessment]
    name = f"kesepakatan-{assessment.period.slug}" + ("" if len(panels) > 1 else f"-{assessment.subject.organization.slug}")
    return as_csv(HEAD, _lines(figures(db.session, panels), panels), name)


def _lines(found: Figures, panels: list[Assessment]):
    names = {one.id: one.subject.name for one in panels}
    decided = decided_values(db.session, panels)
    for pair in found.pairs:
        item, value = pair.item, decided.get((pair.assessment_id, pair.item.code))
        yield (
            names[pair.assessment_id], item.number, item.short_name, pair.first, _plain(pair.one), pair.second,
            _plain(pair.other), _plain(pair.difference), None if value is None else _plain(value),
        )


def _plain(value) -> int | float:
    return value.numerator if value.denominator == 1 else float(value)


def _panels(assessment: Assessment) -> list[Assessment]:
    """The assessments of the same round whose panel the reader leads or reviews; the present one first."""
    here = exists().where(
        PanelMember.assessment_id == Assessment.id, PanelMember.person_id == (actor().person_id or 0),
        PanelMember.role.in_(("lead", "reviewer")),
    )
    rows = db.session.scalars(
        listing(Assessment)
        .where(Assessment.period_id == assessment.period_id, Assessment.id.in_(panels_of(actor())), here)
        .options(joinedload(Assessment.subject).joinedload(Subject.organization).joinedload(Organization.states))
    ).unique()
    return sorted(rows, key=lambda one: (one.id != assessment.id, one.subject.name))
