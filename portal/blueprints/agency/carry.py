"""S25: last year's answers and evidence come along, chosen by the operator and marked to be looked at again."""

from flask import flash, redirect, render_template, request

from assessments import carrying
from assessments.models import Submission
from assessments.refusal import Refused

from ... import evidence
from ...access import actor, find
from ...extensions import db
from ...once import new_key, once
from . import blueprint
from .answers import address, asked_agency, grouped
from .draft import find_answer, keep_draft, say_what_is_left


@blueprint.route("/penilaian/<string:period>/salin", methods=["GET", "POST"])
def carry_over(period: str):
    submission = find(Submission, to="carry_over", period=period, organization=asked_agency())
    return _copy(submission) if request.method == "POST" else _page(submission)


def _copy(submission: Submission):
    answer = once()
    chosen, slug = list(dict.fromkeys(request.form.getlist("items"))), submission.period.slug
    try:
        copied = carrying.carry_over(db.session, submission, chosen, actor())
    except Refused as refusal:
        db.session.rollback()
        again = find(Submission, period=slug, organization=asked_agency())
        return _page(again, problems=refusal.sentences, ticked=chosen), 422
    pieces = sum(not kept.lost for each in copied for kept in each.evidence)
    flash(f"{len(copied)} indikator dan {pieces} bukti disalin. Tinjau isinya, lalu nyatakan masih berlaku.")
    if request.form.get("then") == "item" and len(copied) == 1:
        return answer(address("item", submission, item=copied[0].item.code))
    return answer(address("carry_over", submission))


def _page(submission: Submission, problems: tuple[str, ...] = (), ticked: list[str] | None = None) -> str:
    only = request.args.get("indikator", "")
    rows = carrying.candidates(db.session, submission, actor(), {only} if only else ())
    copied = [row for row in rows if row.target.state == "needs_review"]
    open_rows = [row for row in rows if row not in copied]
    return render_template(
        "agency/carry.html",
        submission=submission,
        period=submission.period,
        groups=grouped(open_rows),
        rounds=list(dict.fromkeys(row.period.title for row in rows)),
        copied=copied,
        selectable=sum(row.selectable for row in open_rows),
        doubtful=sum(row.selectable and bool(row.doubts) for row in open_rows),
        chosen=lambda row: row.selectable and (row.item.code in ticked if ticked is not None else row.preselected),
        only=only,
        problems=problems,
        evidence=evidence,
        key=new_key(),
        home=address("tasks", submission),
        here=address("carry_over", submission, indikator=only or None),
        every=address("carry_over", submission),
        item_url=lambda row: address("item", submission, item=row.item.code),
    )


@blueprint.post("/penilaian/<string:period>/indikator/<string:item>/tinjauan")
def confirm(period: str, item: str):
    """What was copied still holds. What is typed on the page goes along."""
    contribution = find_answer(period, item, to="answer")
    number = contribution.submission.period.instrument.item(item).number
    unstored = keep_draft(contribution)
    if unstored is not None:
        return unstored
    carrying.confirm(contribution, actor())
    url = address("item", contribution.submission, item=item)
    db.session.commit()
    flash(f"Indikator {number} sudah ditinjau dan masih berlaku. Tandai siap bila tidak ada lagi yang perlu diubah.")
    say_what_is_left()
    return redirect(url)
