"""More time: first whom it touches, with the old and the new instant; then, with a reason, it is given."""

from flask import flash, render_template, request, url_for
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired

from assessments import extending, sharing
from assessments.extending import EVERYBODY, Impact
from assessments.models import Period
from assessments.models.period import STAGES
from assessments.refusal import Refused
from assessments.texts import clean

from ...access import actor, find
from ...extensions import db
from ...formatting import deadline
from ...forms import ChoiceField, DayField, Form
from ...moments import ClockField, closing
from ...once import new_key, once
from . import blueprint

FIELDS = {"until": "until_day", "stage": "extended"}
CHANGED = "Keadaan berubah sesudah halaman ini dibuka. Periksa lagi siapa yang terkena, lalu kirim sekali lagi."


class ExtensionForm(Form):
    extended = ChoiceField("Tahap yang diperpanjang", default="self_assessment")
    whom = ChoiceField("Untuk siapa", default=EVERYBODY)
    until_day = DayField("Batas baru", [InputRequired("Tulis tanggal batas baru.")])
    until_clock = ClockField("Jam", default="23:59")


class ReasonForm(ExtensionForm):
    seen = StringField()
    reason = TextAreaField("Alasan", description="Tersimpan dan terlihat oleh semua yang membaca periode ini.")


@blueprint.get("/kelola/periode/<string:period>/perpanjangan")
def more_time(period: str):
    """Choose, and see what it would do; nothing is written."""
    found = find(Period, slug=period, to="write")
    asked = "whom" in request.args
    form = _with_choices(found, ExtensionForm(request.args if asked else None))
    shown, status = None, 200
    if asked:
        shown, status = _looked_at(found, form)
    return _page(found, form, shown, ReasonForm(formdata=None)), status


@blueprint.post("/kelola/periode/<string:period>/perpanjangan")
def extend(period: str):
    found = find(Period, slug=period, to="write")
    answer = once()
    form = _with_choices(found, ReasonForm())
    shown, _status = _looked_at(found, form)
    if shown is not None and form.seen.data != shown.fingerprint:
        form.form_errors.append(CHANGED)
        return _again(period, form, 409)
    try:
        clean(form.reason.data, 500, "Alasan", "reason", required=True)
        if shown is not None:
            sharing.extend(found, shown.stage, shown.until, form.reason.data, actor(), shown.submission, shown.assessment)
    except Refused as refused:
        refused.field = FIELDS.get(refused.field or "", refused.field)
        form.also_refused(refused)
    if shown is None or form.errors:
        return _again(period, form)
    flash(f"{shown.sentence}, sampai {deadline(shown.until, found.zone, actor().zone)}.")
    return answer(url_for("round.period", period=period))


def _looked_at(period: Period, form: ExtensionForm) -> tuple[Impact | None, int]:
    """What the typed wish would do, or None with the mistakes at their fields."""
    if not form.validate():
        return None, 422
    try:
        until = closing(form.until_day.day, form.until_clock.clock, period.zone)
        return extending.impact(db.session, period, form.extended.data, form.whom.data, until), 200
    except Refused as refused:
        refused.field = FIELDS.get(refused.field or "", refused.field)
        form.refused(refused)
        return None, 422


def _with_choices(period: Period, form):
    form.extended.choices = {stage.stage: stage.label for stage in period.stages}
    form.whom.choices = extending.choices(db.session, period)
    return form


def _again(slug: str, form: ReasonForm, status: int = 422):
    """The page once more on fresh rows, with what was typed and what it would do now."""
    kept = {field.name: list(field.errors) for field in form}
    top = list(form.form_errors)
    db.session.rollback()
    found = find(Period, slug=slug, to="write")
    shown, _status = _looked_at(found, _with_choices(found, form))
    for name, sentences in kept.items():
        form[name].errors = sentences
    form.form_errors = top
    return _page(found, form, shown, form), status


def _page(period: Period, form: ExtensionForm, shown: Impact | None, reason: ReasonForm) -> str:
    return render_template(
        "round/more_time.html",
        period=period,
        form=form,
        shown=shown,
        reason=reason,
        stages=STAGES,
        key=new_key,
    )
