"""Pertanyaan umum of a round: its manager writes and orders them (ped. 3/2024 p.6-7); afterwards every assessment answers."""

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from wtforms import TextAreaField

from assessments import general_questions
from assessments.models import Assessment, GeneralQuestion, Organization, Period, Subject
from assessments.refusal import Refused, Stale

from ...access import actor, find
from ...extensions import db
from ...forms import Form
from ...loading import LARGEST_ID
from ...once import new_key, once
from . import blueprint
from .places import address

STEPS = {"naik": True, "turun": False}


class QuestionForm(Form):
    text = TextAreaField("Pertanyaan")


def _round(slug: str) -> Period:
    """A round its manager has in hand; one of agencies asks no pertanyaan umum."""
    found: Period = find(Period, slug=slug, to="write")
    if found.of_agencies:
        abort(404)
    return found


def _page(period: Period, form: QuestionForm | None = None, changed: int = 0, theirs: Stale | None = None, problems=()):
    """The list. `form` is what was refused: for the question `changed`, or for a new one where that is 0."""
    questions = general_questions.questions_of(db.session, period)
    earlier = general_questions.earlier_round(db.session, period)
    still = general_questions.stand_still(period)
    page = render_template(
        "round/general_questions.html",
        period=period,
        questions=questions,
        still=still,
        earlier=earlier,
        topics=len(general_questions.TOPICS),
        subjects=[(one.subject.name, address("general_answers", one)) for one in _assessments(period)],
        form=form,
        fresh=form if form is not None and not changed else QuestionForm(formdata=None),
        changed=changed,
        edited=form if changed else None,
        open_one=changed or _opened(questions),
        theirs=theirs,
        problems=list(problems),
        limit=general_questions.QUESTION_LIMIT,
        key=new_key,
        again=lambda question: QuestionForm(formdata=None, text=question.text, prefix=f"q{question.id}-"),
    )
    return page, 409 if theirs else 422 if form is not None or problems else 200


def _opened(questions: list[GeneralQuestion]) -> int:
    wanted = request.args.get("ubah", "")
    return next((question.id for question in questions if str(question.id) == wanted), 0)


def _assessments(period: Period) -> list[Assessment]:
    return list(
        db.session.scalars(
            select(Assessment)
            .where(Assessment.period_id == period.id)
            .options(
                joinedload(Assessment.subject).joinedload(Subject.organization).joinedload(Organization.states),
                joinedload(Assessment.period),
            )
            .order_by(Assessment.id)
            .limit(100)
        ).unique()
    )


def _question(period: Period, number: int) -> GeneralQuestion:
    """One of this round; of another round there is none."""
    found = db.session.get(GeneralQuestion, number) if 0 < number <= LARGEST_ID else None
    if found is None or found.period_id != period.id:
        abort(404)
    return found


def _list(period: str, **more) -> str:
    return url_for("round.general_questions", period=period, **more)


@blueprint.route("/kelola/periode/<string:period>/pertanyaan-umum", methods=["GET", "POST"], endpoint="general_questions")
def questions(period: str):
    found = _round(period)
    if request.method != "POST":
        return _page(found)
    answer = once()
    form = QuestionForm()
    try:
        general_questions.add_question(db.session, found, form.text.data or "", actor())
    except Refused as refused:
        if refused.field is None:
            raise
        db.session.rollback()
        form.refused(refused)
        return _page(find(Period, slug=period), form)
    flash("Pertanyaan ditambahkan.")
    return answer(_list(period))


@blueprint.post('/kelola/periode/<string:period>/pertanyaan-umum/<any("pedoman","salinan"):start>')
def start_general_questions(period: str, start: str):
    """The four topics of the guidance, or those of the round before."""
    found = _round(period)
    answer = once()
    if start == "pedoman":
        made = general_questions.add_questions(db.session, found, general_questions.TOPICS, actor())
    else:
        made = general_questions.copy_questions(db.session, found, actor())
    flash(f"{len(made)} pertanyaan ditambahkan." if made else "Semua pertanyaan itu sudah ada.", "ok" if made else "note")
    return answer(_list(period))


@blueprint.post("/kelola/periode/<string:period>/pertanyaan-umum/<int:question>")
def reword_general_question(period: str, question: int):
    found = _round(period)
    form, asked = QuestionForm(), _question(found, question)
    try:
        general_questions.reword(asked, form.text.data or "", request.form.get("seen", ""), actor())
    except Refused as refused:
        if refused.field is None and not isinstance(refused, Stale):
            raise
        db.session.rollback()
        if not isinstance(refused, Stale):
            form.refused(refused)
        return _page(find(Period, slug=period), form, question, refused if isinstance(refused, Stale) else None)
    db.session.commit()
    flash("Pertanyaan disimpan.")
    return _back(period)


@blueprint.post('/kelola/periode/<string:period>/pertanyaan-umum/<int:question>/<any("naik","turun"):step>')
def move_general_question(period: str, question: int, step: str):
    found = _round(period)
    general_questions.move(_question(found, question), STEPS[step], actor())
    db.session.commit()
    return _back(period, _anchor=f"q{question}")


@blueprint.post("/kelola/periode/<string:period>/pertanyaan-umum/<int:question>/penghapusan")
def remove_general_question(period: str, question: int):
    found = _round(period)
    general_questions.take_out(_question(found, question), actor())
    db.session.commit()
    flash("Pertanyaan dihapus.")
    return _back(period)


def _back(period: str, **more):
    return redirect(_list(period, **more))
