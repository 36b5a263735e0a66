"""Fakta and Analisis from short answers and evidence: the proposal is shown, and taken over when the operator says so."""

from flask import flash, redirect, request

from assessments import answering, composing
from assessments.models import Contribution
from assessments.refusal import Refused

from ...access import actor
from ...extensions import db
from . import blueprint
from .answers import address
from .citations import ADDRESS
from .draft import find_answer, keep_draft, page_again
from .forms import AnswerForm

TAKEN = {"append": "ditambahkan di bawah tulisan Anda", "replace": "menggantikan tulisan sebelumnya, yang tetap ada di riwayat"}


@blueprint.post(f"{ADDRESS}/susun")
def compose(period: str, item: str):
    """Keep what was typed; then show the proposal, or take it over: under the text, or instead of it."""
    contribution = find_answer(period, item, to="answer")
    unstored = keep_draft(contribution)
    if unstored is not None:
        return unstored
    then = request.form.get("then", "preview")
    if then in TAKEN:
        try:
            _take_over(contribution, then)
        except Refused as refusal:
            return page_again(period, item, AnswerForm(), refusal)
        flash(f"Susunan dari bukti {TAKEN[then]}. Baca dan sempurnakan.")
    url = address("item", contribution.submission, item=contribution.item, susun="ya", _anchor="susunan")
    db.session.commit()
    return redirect(url)


def _take_over(contribution: Contribution, then: str) -> None:
    proposal = composing.compose(contribution)
    if not proposal:
        raise Refused("Belum ada yang dapat disusun. Isi bahan susunan atau lampirkan bukti dulu.")
    db.session.flush()
    facts, analysis = composing.taken_over(contribution, proposal, then == "replace")
    answering.answer(contribution, actor(), contribution.value, facts, analysis, contribution.version)
