"""A recommendation of an audit, of monitoring or of a review, as the inspectorate enters it."""

from flask import flash, render_template, url_for
from sqlalchemy.orm import joinedload

from assessments import following_up
from assessments.models import Organization, Recommendation
from assessments.models.organization import ANSWERING
from assessments.refusal import Refused

from ...access import actor, ask, listing
from ...extensions import db
from ...forms import plain_id
from ...once import new_key, once
from . import blueprint
from .forms import NewForm

ADDRESS = "/tindak-lanjut/baru"


@blueprint.get(ADDRESS)
def new():
    ask("create", Recommendation)
    return _page(NewForm(formdata=None), _agencies())


@blueprint.post(ADDRESS)
def add():
    ask("create", Recommendation)
    answer = once()
    form, agencies = NewForm(), _agencies()
    _offer(form, agencies)
    if form.validate():
        try:
            made = following_up.add(
                db.session, db.session.get_one(Organization, actor().instansi_id), form.source.data, form.source_note.data,
                _wish(form, agencies), actor(),
            )
            db.session.flush()
            flash(f"Rekomendasi {made.number} tersimpan dan terlihat oleh OPD pelaksana.")
            return answer(url_for("inspectorate.recommendation", id=made.id))
        except Refused as refusal:
            form.refused(refusal)
    db.session.rollback()
    ask("create", Recommendation)
    return _page(form, _agencies()), 422


def _wish(form: NewForm, agencies: list[Organization]) -> following_up.Wish:
    by_id = {agency.id: agency for agency in agencies}
    chosen = [plain_id(text) for text in (form.lead.data, *(form.owners.data or ()))]
    owners = [by_id[id] for id in dict.fromkeys(chosen) if id in by_id]
    return following_up.Wish(
        form.text.data or "", form.priority.data, form.due_on.day, form.no_due_reason.data or "", owners=owners
    )


def _agencies() -> list[Organization]:
    """The agencies of the instansi that carry work out, by name."""
    found = db.session.scalars(listing(Organization).options(joinedload(Organization.states))).unique()
    return sorted((each for each in found if each.kind in ANSWERING), key=lambda each: each.name.casefold())


def _offer(form: NewForm, agencies: list[Organization]) -> None:
    named = [(str(agency.id), agency.name) for agency in agencies]
    form.lead.choices = [("", "Pilih OPD"), *named]
    form.owners.choices = named


def _page(form: NewForm, agencies: list[Organization]) -> str:
    _offer(form, agencies)
    return render_template(
        "inspectorate/new.html", form=form, key=new_key(), board_url=url_for("inspectorate.board"),
        import_url=url_for("inspectorate.imports"), url=url_for("inspectorate.add"),
    )
