"""S21: one item of the own part is read, answered and marked ready."""

from flask import flash, redirect, request

from assessments import answering
from assessments.models import Contribution
from assessments.refusal import Refused

from ...access import actor
from ...extensions import db
from . import blueprint
from .answers import address
from .draft import find_answer, keep_draft, say_what_is_left
from .item_page import item_page, neighbours


@blueprint.route("/penilaian/<string:period>/indikator/<string:item>", methods=["GET", "POST"])
def item(period: str, item: str):
    return _answer(period, item) if request.method == "POST" else item_page(find_answer(period, item))


def _answer(period: str, item: str):
    contribution = find_answer(period, item, to="answer")
    then, number = request.form.get("then", "stay"), contribution.submission.period.instrument.item(item).number
    refused = keep_draft(contribution, saving=True)
    if refused is not None:
        return refused
    if then == "ready":
        return _marked_ready(contribution, number)
    url = _after(contribution, then)
    db.session.commit()
    flash(f"Indikator {number} tersimpan.")
    say_what_is_left()
    return redirect(url)


def _marked_ready(contribution: Contribution, number: str):
    """The text is kept whether or not the item can be ready."""
    period, code, url = contribution.submission.period.slug, contribution.item, _after(contribution, "stay")
    try:
        answering.mark_item_ready(contribution, actor())
    except Refused as refusal:
        db.session.commit()
        flash("Tulisan Anda tersimpan, tetapi indikator ini belum dapat ditandai siap.", "warn")
        return item_page(find_answer(period, code), problems=refusal.sentences), 422
    db.session.commit()
    flash(f"Indikator {number} ditandai siap diperiksa.")
    say_what_is_left()
    return redirect(url)


def _after(contribution: Contribution, then: str) -> str:
    submission = contribution.submission
    if then != "next":
        return address("item", submission, item=contribution.item)
    following = neighbours(contribution)[1]
    return address("item", submission, item=following) if following else address("tasks", submission)
