"""What an assessment answers to the pertanyaan umum of its round, with documents of the instansi's library; never scored.

The team reads and writes until the answers are sent; from then on nobody changes them and the assessors read them too.
"""

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request
from wtforms import TextAreaField

from assessments import general_questions
from assessments.general_questions import Asked
from assessments.models import Assessment, DocumentVersion
from assessments.models.assessment import TEXT_LIMIT
from assessments.panel_questions import is_external
from assessments.refusal import Refused, Stale
from assessments.workflow import look

from ... import evidence
from ...access import actor, find, for_panels, may
from ...extensions import db
from ...forms import Form, plain_id, plain_version
from ...once import new_key, once
from . import blueprint
from .places import address, tabs

SEARCH_LENGTH = 100


class AnswerForm(Form):
    text = TextAreaField("Jawaban")


@dataclass(frozen=True)
class Carried:
    """One document that goes with an answer, in words."""

    version: DocumentVersion
    name: str
    url: str
    facts: str
    state: object


def _carried(asked: Asked, zone: str) -> list[Carried]:
    versions = [one.document for one in asked.answer.files] if asked.answer else []
    return [
        Carried(version, version.document.title, evidence.source(version), evidence.about(version, zone), evidence.reading(version))
        for version in versions
    ]


def _one(assessment: Assessment, question: int) -> tuple[Asked, list[Asked]]:
    """The question of this round with its answer, and all of them."""
    every = general_questions.asked_of(db.session, assessment)
    return next((asked for asked in every if asked.question.id == question), None) or abort(404), every


@blueprint.get("/pengelolaan/<string:period>/<string:subject>/pertanyaan-umum")
@for_panels
def general_answers(period: str, subject: str):
    assessment = find(Assessment, to="read_general", period=period, subject=subject)
    every = general_questions.asked_of(db.session, assessment)
    outside = is_external(actor(), "page")
    return render_template(
        "round/general_answers.html",
        assessment=assessment,
        period=assessment.period,
        state=look(assessment),
        tabs=[] if outside else tabs(assessment, "general_answers"),
        outside=outside,
        rows=[(asked, _carried(asked, assessment.period.zone)) for asked in every],
        done=sum(asked.answered for asked in every),
        writes=may("answer_general", assessment),
        manages=may("write", assessment.period),
        address=lambda name, asked: address(name, assessment, question=asked.question.id),
    )


@blueprint.route(
    "/pengelolaan/<string:period>/<string:subject>/pertanyaan-umum/<int:question>",
    methods=["GET", "POST"],
    endpoint="general_answer",
)
def answer_one(period: str, subject: str, question: int):
    if request.method != "POST":
        return _page(find(Assessment, to="read_general", period=period, subject=subject), question)
    assessment = find(Assessment, to="answer_general", period=period, subject=subject)
    asked, _ = _one(assessment, question)
    form = AnswerForm()
    try:
        general_questions.answer(asked, assessment, form.text.data or "", plain_version(request.form.get("version")), actor())
    except Refused as refused:
        if refused.field is None and not isinstance(refused, Stale):
            raise
        db.session.rollback()
        stale = refused if isinstance(refused, Stale) else None
        if stale is None:
            form.refused(refused)
        return _page(find(Assessment, to="read_general", period=period, subject=subject), question, form, stale)
    db.session.commit()
    flash("Jawaban disimpan.")
    return _to(assessment, question)


@blueprint.post("/pengelolaan/<string:period>/<string:subject>/pertanyaan-umum/<int:question>/berkas")
def attach_general_file(period: str, subject: str, question: int):
    """Let a document of the instansi's library go with the answer."""
    assessment = find(Assessment, to="answer_general", period=period, subject=subject)
    answer = once()
    asked, _ = _one(assessment, question)
    version = find(
        DocumentVersion, document=plain_id(request.form.get("document")) or 0, n=plain_id(request.form.get("n")) or 0
    )
    try:
        general_questions.attach(asked, assessment, version, actor())
    except Refused as refused:
        if refused.field is None:
            raise
        db.session.rollback()
        return _page(find(Assessment, to="read_general", period=period, subject=subject), question, problems=refused.sentences)
    flash("Dokumen dilampirkan pada jawaban.")
    return answer(address("general_answer", assessment, question=question, _anchor="berkas"))


@blueprint.post("/pengelolaan/<string:period>/<string:subject>/pertanyaan-umum/<int:question>/pelepasan")
def detach_general_file(period: str, subject: str, question: int):
    assessment = find(Assessment, to="answer_general", period=period, subject=subject)
    answer = once()
    asked, _ = _one(assessment, question)
    document, n = plain_id(request.form.get("document")) or 0, plain_id(request.form.get("n")) or 0
    general_questions.detach(asked, assessment, document, n, actor())
    flash("Dokumen dilepas dari jawaban. Dokumennya tetap ada di pustaka.")
    return answer(address("general_answer", assessment, question=question, _anchor="berkas"))


def _page(assessment: Assessment, question: int, form: AnswerForm | None = None, theirs: Stale | None = None, problems=()):
    """One question: what is answered, its documents, and what of the library could go with it."""
    asked, every = _one(assessment, question)
    stored = asked.answer
    writes = may("answer_general", assessment)
    search = request.args.get("cari", "").replace("\x00", "").strip()[:SEARCH_LENGTH]
    offered = []
    if writes:
        present = {(one.document_id, one.document_n) for one in stored.files} if stored else set()
        found = general_questions.attachable(db.session, assessment.period.organiser_id, search)
        offered = [version for version in found if (version.document_id, version.n) not in present]
    at = every.index(asked)
    around = [
        (str(every[beside].number), address("general_answer", assessment, question=every[beside].question.id))
        if 0 <= beside < len(every) else None
        for beside in (at - 1, at + 1)
    ]
    page = render_template(
        "round/general_answer.html",
        assessment=assessment,
        period=assessment.period,
        asked=asked,
        total=len(every),
        around=around,
        carried=_carried(asked, assessment.period.zone),
        form=form or AnswerForm(formdata=None, text=stored.text if stored else ""),
        theirs=theirs,
        version=stored.version if stored else 0,
        problems=list(problems),
        writes=writes,
        offered=[(version, evidence.about(version, assessment.period.zone)) for version in offered],
        search=search,
        limit=TEXT_LIMIT,
        key=new_key,
        links={name: address(name, assessment, question=question)
               for name in ("general_answer", "attach_general_file", "detach_general_file")},
        list_url=address("general_answers", assessment),
    )
    return page, 409 if theirs else 422 if problems or (form is not None and form.errors) else 200


def _to(assessment: Assessment, question: int):
    return redirect(address("general_answer", assessment, question=question))
