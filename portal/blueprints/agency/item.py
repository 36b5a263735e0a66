"""S21: one item of the own part is read, answered and marked ready."""

from flask import flash, redirect, request

from assessments import answering
from assessments.models import Contribution
from assessments.refusal import Refused, Stale

from ...access import actor, find
from ...extensions import db
from ...forms import plain_version
from . import blueprint
from .answers import address, asked_agency
from .forms import AnswerForm
from .item_page import item_page, neighbours
from .ladder import chosen_value


def find_answer(period: str, item: str, to: str = "read") -> Contribution:
    return find(Contribution, period=period, item=item, organization=asked_agency(), to=to)


@blueprint.route("/penilaian/<string:period>/indikator/<string:item>", methods=["GET", "POST"])
def item(period: str, item: str):
    return _answer(period, item) if request.method == "POST" else item_page(find_answer(period, item))


def _answer(period: str, item: str):
    contribution = find_answer(period, item, to="answer")
    form, then = AnswerForm(), request.form.get("then", "stay")
    asked = contribution.submission.period.instrument.item(contribution.item)
    try:
        value = chosen_value(asked, request.form.get("value"), contribution.value)
        answering.answer(
            contribution, actor(), value, form.facts.data, form.analysis.data, plain_version(request.form.get("version"))
        )
    except Stale as stale:
        return item_page(contribution, failed=form, conflict=stale), 409
    except Refused as refusal:
        form.refused(refusal)
        return item_page(contribution, failed=form), 422
    if then == "ready":
        return _marked_ready(contribution, asked.number)
    url = _after(contribution, then)
    db.session.commit()
    flash(f"Indikator {asked.number} tersimpan.")
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
    return redirect(url)


def _after(contribution: Contribution, then: str) -> str:
    submission = contribution.submission
    if then != "next":
        return address("item", submission, item=contribution.item)
    following = neighbours(contribution)[1]
    return address("item", submission, item=following) if following else address("tasks", submission)
