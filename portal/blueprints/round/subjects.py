"""A round of agencies: who is evaluated in it."""

from flask import abort, flash, render_template, request, url_for
from sqlalchemy import select

from assessments import subjects as verbs
from assessments.models import Assessment, Organization, Period, Subject
from assessments.models.organization import KINDS

from ...access import actor, find
from ...extensions import db
from ...once import new_key, once
from . import blueprint
from .agencies import agencies_that_answer


def _page(period: Period, problem: str = ""):
    chosen = set(
        db.session.scalars(
            select(Subject.organization_id).join(Assessment, Assessment.subject_id == Subject.id)
            .where(Assessment.period_id == period.id)
        )
    )
    agencies = agencies_that_answer()
    page = render_template(
        "round/subjects.html",
        period=period,
        removable=period.state == "draft",
        chosen=[agency for agency in agencies if agency.id in chosen],
        free=[agency for agency in agencies if agency.id not in chosen],
        kinds=KINDS,
        problems=[problem] if problem else [],
        key=new_key,
    )
    return page, 422 if problem else 200


@blueprint.route("/kelola/periode/<string:period>/yang-dinilai", methods=["GET", "POST"])
def subjects(period: str):
    found = find(Period, slug=period, to="write")
    if request.method != "POST":
        return _page(found)
    answer = once()
    known: dict[str, Organization] = {agency.slug: agency for agency in agencies_that_answer()}
    everybody = "everybody" in request.form
    slugs = list(known) if everybody else list(dict.fromkeys(request.form.getlist("agencies")))
    if not slugs or not set(slugs) <= known.keys():
        db.session.rollback()
        return _page(find(Period, slug=period), "Pilih sedikitnya satu OPD dari daftar.")
    added = verbs.add_subjects(db.session, found, [known[slug] for slug in slugs], actor())
    flash(f"{len(added)} OPD ditambahkan; setiap OPD mengisi semua butir.")
    return answer(url_for("round.period", period=period))


@blueprint.post("/kelola/periode/<string:period>/yang-dinilai/pengeluaran")
def remove_subject(period: str):
    """Take one agency out again while the round is a draft."""
    found = find(Period, slug=period, to="write")
    answer = once()
    agency = next((one for one in agencies_that_answer() if one.slug == request.form.get("agency")), None) or abort(404)
    verbs.remove_subject(db.session, found, agency, actor())
    flash(f"{agency.short_name} dikeluarkan dari yang dinilai.")
    return answer(url_for("round.subjects", period=period))
