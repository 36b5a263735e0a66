"""S30: questions on an item between an agency and the team, their answers, and answers that become help for all."""

from flask import flash, redirect, request, url_for

from assessments import asking, noticing
from assessments.models import Contribution, Question
from assessments.questions import is_team
from assessments.refusal import Refused

from ...access import actor, find, may
from ...extensions import db
from ...forms import plain_id
from ...once import once
from . import blueprint
from .answers import address, asked_agency
from .draft import find_answer, keep_draft
from .item_page import item_page


@blueprint.post("/penilaian/<string:period>/indikator/<string:item>/tanya")
def ask_question(period: str, item: str):
    contribution = find_answer(period, item, to="ask")
    answer = once()
    if "facts" in request.form and may("answer", contribution):
        unstored = keep_draft(contribution)
        if unstored is not None:
            return unstored
    try:
        question = asking.ask(contribution, actor(), request.form.get("question"))
    except Refused as refusal:
        return _again(period, item, "question", refusal)
    db.session.flush()
    agency, number = contribution.submission.organization.short_name, _number(contribution)
    who = "Tim" if question.from_team else agency
    _tell(
        asking.hearers_of_question(db.session, question), question, f"question:{question.id}",
        f"{who} bertanya tentang indikator {number}: {question.text}",
    )
    flash(f"Pertanyaan tentang indikator {number} terkirim.")
    return answer(_back(contribution, question.id))


@blueprint.post("/tanya/<int:id>/jawab")
def answer_question(id: int):
    question = find(Question, to="answer", id=id)
    answer = once()
    contribution = question.contribution
    try:
        reply = asking.reply(question, actor(), request.form.get("reply"))
    except Refused as refusal:
        return _again(contribution.submission.period.slug, contribution.item, id, refusal)
    db.session.flush()
    number = _number(contribution)
    who = "Tim" if reply.from_team else contribution.submission.organization.short_name
    _tell(
        asking.hearers_of_reply(db.session, question, reply), question, f"reply:{reply.id}",
        f"{who} menjawab pertanyaan tentang indikator {number}: {reply.text}",
    )
    flash(f"Jawaban pada indikator {number} terkirim.")
    return answer(_back(contribution, id))


@blueprint.post("/tanya/<int:id>/tutup")
def settle_question(id: int):
    question = find(Question, to="settle", id=id)
    reopening = request.form.get("act") == "reopen"
    (asking.reopen if reopening else asking.close)(question)
    url = _back(question.contribution, id)
    db.session.commit()
    flash("Pertanyaan dibuka lagi." if reopening else "Pertanyaan ditutup.")
    return redirect(url)


@blueprint.post("/tanya/<int:id>/bantuan")
def item_help(id: int):
    question = find(Question, to="make_help", id=id)
    contribution = question.contribution
    url = _back(contribution, id)
    if request.form.get("act") == "end":
        ended = asking.end_help(question)
        db.session.commit()
        flash("Bantuan tidak ditampilkan lagi." if ended else "Tidak ada bantuan dari pertanyaan ini.")
        return redirect(url)
    try:
        asking.make_help(question, plain_id(request.form.get("reply")) or 0, actor(), request.form.get("help"))
    except Refused as refusal:
        return _again(contribution.submission.period.slug, contribution.item, id, refusal)
    number = _number(contribution)
    db.session.commit()
    flash(f"Bantuan tampil pada indikator {number} bagi semua OPD.")
    return redirect(url)


def _again(period: str, item: str, failed: object, refusal: Refused):
    """Nothing is kept of the wish; the page of the item comes back with what was typed."""
    db.session.rollback()
    return item_page(find_answer(period, item), problems=refusal.sentences, failed_talk=failed), 422


def _number(contribution: Contribution) -> str:
    return contribution.submission.period.instrument.item(contribution.item).number


def _tell(people: set[int], question: Question, key: str, sentence: str) -> None:
    """The page of the item names the agency, so that it is the same one for both sides."""
    submission = question.contribution.submission
    path = url_for(
        "agency.item", period=submission.period.slug, item=question.contribution.item, opd=submission.organization.slug,
        _anchor=f"tanya-{question.id}",
    )
    noticing.tell(db.session, people, "question", sentence, path, key)


def _back(contribution: Contribution, question: int) -> str:
    """To the page the form stood on."""
    submission, anchor = contribution.submission, f"tanya-{question}"
    place = request.args.get("dari", "")
    if place == "periksa" and is_team(actor(), None):
        return url_for(
            "round.check_item", period=submission.period.slug, subject=submission.assessment.subject.organization.slug,
            agency=submission.organization.slug, item=contribution.item, _anchor=anchor,
        )
    if place == "klarifikasi":
        opd = None if is_team(actor(), None) else asked_agency() or None
        return url_for("agency.clarifications", period=submission.period.slug, opd=opd, saring="semua", _anchor=anchor)
    return address("item", submission, item=contribution.item, _anchor=anchor)
