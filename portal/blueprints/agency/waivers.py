"""Leaving a remark of a rule as it is, with a reason that those who judge read; and taking the reason back."""

from flask import abort, flash, redirect, request

from assessments import lint, waiving
from assessments.models import Contribution
from assessments.refusal import Refused

from ... import evidence
from ...access import actor
from ...extensions import db
from ...forms import plain_id
from . import blueprint
from .answers import address
from .draft import find_answer, keep_draft
from .item_page import item_page

ADDRESS = "/penilaian/<string:period>/indikator/<string:item>/catatan"


@blueprint.post(ADDRESS)
def waive(period: str, item: str):
    """Leave one remark with a reason; what else was typed on the page is stored with it."""
    contribution = find_answer(period, item, to="answer")
    n = plain_id(request.form.get("waive"))
    rule, _, place = request.form.get(f"remark-{n}", "").partition("|")
    unstored = keep_draft(contribution)
    if unstored is not None:
        return unstored
    db.session.flush()
    try:
        found = lint.findings(contribution, _known(contribution))
        made = waiving.waive(contribution, found, rule, place, request.form.get(f"reason-{n}", ""), actor())
    except Refused as refused:
        db.session.rollback()
        return _page_again(period, item, refused)
    url, title = _remarks_of(contribution), waiving.title_of(made)
    db.session.commit()
    flash(f"Catatan “{title}” dibiarkan dengan alasan; asesor membaca alasannya.")
    return redirect(url)


@blueprint.post(f"{ADDRESS}/<int:waiver>/cabut")
def unwaive(period: str, item: str, waiver: int):
    """The remark counts again."""
    contribution = find_answer(period, item, to="answer")
    found = next((each for each in contribution.waivers if each.id == waiver), None) or abort(404)
    unstored = keep_draft(contribution)
    if unstored is not None:
        return unstored
    waiving.take_back(found)
    url = _remarks_of(contribution)
    db.session.commit()
    flash("Alasan dicabut; catatannya tampil lagi.")
    return redirect(url)


def _known(contribution: Contribution) -> lint.Known:
    """What rules know beside one answer: what its page knows."""
    ended = evidence.ended(evidence.records(contribution.citations))
    return lint.look_around([contribution], ended, waiving.beside(contribution).values)


def _remarks_of(contribution: Contribution) -> str:
    return address("item", contribution.submission, item=contribution.item, _anchor="judul-catatan")


def _page_again(period: str, item: str, refused: Refused):
    return item_page(find_answer(period, item), problems=refused.sentences, remark=refused), 422
