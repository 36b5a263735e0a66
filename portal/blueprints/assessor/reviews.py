"""S60, Tim Reviu: levels, analyses and conclusion are marked valid or not, and the panel answers what is not."""

from dataclasses import dataclass
from fractions import Fraction

from flask import abort, flash, render_template, request
from wtforms import RadioField, TextAreaField

from assessments import analysing, reviewing
from assessments.consolidation_questions import ENDED, named, unanswered_reviews
from assessments.instruments import Item
from assessments.models import Assessment, ReviewNote
from assessments.models.analysis import REVIEWED
from assessments.panel_questions import leads_here
from assessments.panel_room import claimed_now, values_so_far
from assessments.policies import obstacle
from assessments.refusal import Refused
from assessments.reviewing import LIMIT
from assessments.workflow import Look, look

from ...access import actor, find, may
from ...extensions import db
from ...forms import Form, plain_id
from ...once import new_key, once
from . import blueprint
from .analyses import WHOLE, reviewed, with_notes
from .ways import address, tabs, written_value

ADDRESS = "/asesmen/<string:period>/<string:subject>/reviu"


class NoteForm(Form):
    valid = RadioField("Hasil reviu", choices={"ya": "Valid", "tidak": "Tidak valid"}, validate_choice=False)
    facts = TextAreaField("Fakta", description="Wajib bila tidak valid. Untuk indikator: nomor, substansi dan berkas.")
    analysis = TextAreaField("Analisis", description="Apa yang seharusnya; belum atau telah terpenuhi.")
    justification = TextAreaField("Justifikasi hasil", description="Tingkat menurut reviu, atau apa yang harus disesuaikan.")


class AnswerForm(Form):
    text = TextAreaField("Jawaban tim")


@dataclass(frozen=True)
class Reviewed:
    """One thing Tim Reviu looks at, with its newest note; `mark` is how an address names it."""

    about: str
    key: str
    title: str
    url: str
    note: ReviewNote | None
    item: Item | None = None
    claimed: Fraction | None = None
    value: Fraction | None = None

    @property
    def mark(self) -> str:
        return f"{self.about}-{self.key}" if self.key else self.about

    @property
    def look(self) -> Look | None:
        return reviewed(self.note)


@blueprint.get(ADDRESS)
def reviews(period: str, subject: str):
    """`?hal=item-I12` opens the form for one thing."""
    return _page(find(Assessment, to="see_room", period=period, subject=subject), request.args.get("hal", ""))


@blueprint.post(ADDRESS)
def write_review(period: str, subject: str):
    assessment = find(Assessment, to="review", period=period, subject=subject)
    answer = once()
    with_notes(assessment)
    form, about, key = NoteForm(), request.form.get("about", ""), request.form.get("about_key", "")
    valid = {"ya": True, "tidak": False}.get(form.valid.data or "")
    try:
        note = reviewing.review(
            assessment, about, key, actor(), valid, form.facts.data or "", form.analysis.data or "",
            form.justification.data or "", plain_id(request.form.get("seen")) or 0,
        )
    except Refused as refused:
        if refused.field is None:
            raise
        form.also_refused(refused)
        db.session.rollback()
        again = find(Assessment, to="see_room", period=period, subject=subject)
        return _page(again, f"{about}-{key}" if key else about, form), 422
    what = named(assessment, note)
    flash(f"{what[0].upper()}{what[1:]}: {reviewing.WORDS[note.valid].lower()}.")
    return answer(address("reviews", assessment, _anchor=f"{about}-{key}" if key else about))


@blueprint.post(f"{ADDRESS}/<int:note>/jawaban")
def answer_review(period: str, subject: str, note: int):
    """The panel's words, and for an item perhaps another value."""
    assessment = find(Assessment, to="answer_review", period=period, subject=subject)
    answer = once()
    with_notes(assessment)
    asked = next((one for one in assessment.review_notes if one.id == note), None) or abort(404)
    form, wrong, value = AnswerForm(), "", None
    try:
        try:
            item = assessment.period.instrument.item(asked.key) if asked.about == "item" else None
            value = written_value(item, request.form.get("value")) if item else None
        except Refused as refused:
            wrong = refused.sentences[0]
        reviewing.answer(assessment, asked, actor(), form.text.data or "", value)
        if wrong:
            raise Refused(wrong, field="value")
    except Refused as refused:
        if refused.field is None:
            raise
        form.also_refused(refused)
        db.session.rollback()
        again = find(Assessment, to="see_room", period=period, subject=subject)
        mark = f"{asked.about}-{asked.key}" if asked.key else asked.about
        return _page(again, mark, answering=form, wrong=wrong or (refused.sentences[0] if refused.field == "value" else "")), 422
    flash("Jawaban tersimpan.")
    return answer(address("reviews", assessment, _anchor=f"{asked.about}-{asked.key}" if asked.key else asked.about))


def _things(assessment: Assessment) -> list[tuple[str, list[Reviewed]]]:
    """(heading, things) of the three objects of a review, in the order of the instrument."""
    notes = {(note.about, note.key): note for note in assessment.review_notes}
    instrument = assessment.period.instrument
    values, claimed = values_so_far(db.session, assessment), claimed_now(db.session, assessment)
    items = [
        Reviewed("item", item.code, f"{item.number} {item.short_name}", address("claim", assessment, item=item.code),
                 notes.get(("item", item.code)), item, claimed.get(item.code), values.get(item.code))
        for item in instrument.items
    ]
    aspects = [
        Reviewed("aspect", node.code, f"{node} {node.name}", address("analysis", assessment, node=node.code),
                 notes.get(("aspect", node.code)))
        for node in analysing.aspects(instrument)
    ]
    whole = Reviewed("conclusion", "", "Rekomendasi umum", address("analysis", assessment, node=WHOLE), notes.get(("conclusion", "")))
    return [(REVIEWED["item"], items), (REVIEWED["aspect"], aspects), (REVIEWED["conclusion"], [whole])]


def _page(
    assessment: Assessment, mark: str = "", form: NoteForm | None = None, answering: AnswerForm | None = None, wrong: str = ""
) -> str:
    ended = assessment.state in ENDED
    with_notes(assessment)
    groups = _things(assessment) if ended else []
    chosen = next((one for _title, things in groups for one in things if one.mark == mark), None)
    reviews_now, answers_now = may("review", assessment), may("answer_review", assessment)
    if not (reviews_now or (answers_now and _waits(chosen))):
        chosen = None
    return render_template(
        "assessor/reviews.html",
        assessment=assessment,
        period=assessment.period,
        state=look(assessment),
        tabs=tabs(assessment, "reviews"),
        ended=ended,
        why=obstacle(actor(), "review", assessment),
        waiting=unanswered_reviews(assessment) if ended else [],
        groups=groups,
        marked=sum(one.note is not None for _title, things in groups for one in things),
        total=sum(len(things) for _title, things in groups),
        past=[note for note in reversed(assessment.review_notes) if not note.valid],
        names={(one.about, one.key): one.title for _title, things in groups for one in things},
        chosen=chosen,
        reviews=reviews_now,
        answers=answers_now,
        sets_value=leads_here(actor(), assessment),
        form=form or answering,
        asked=form or NoteForm(formdata=None),
        answering=answering or AnswerForm(formdata=None),
        typed=request.form.get("value", "") if answering is not None else "",
        wrong=wrong,
        limit=LIMIT,
        key=new_key,
        url=address("reviews", assessment),
        choose_url=lambda one: address("reviews", assessment, hal=one.mark, _anchor="tulis"),
        answer_url=lambda note: address("answer_review", assessment, note=note.id),
        waits=_waits,
    )


def _waits(one: Reviewed | None) -> bool:
    return one is not None and one.note is not None and not one.note.valid and one.note.answer is None
