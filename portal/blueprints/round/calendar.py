"""The calendar of a round: stages, opening and closing; and how many assessors read each item."""

from flask import flash, request, url_for

from assessments import reader_choice, sharing
from assessments.models import Period
from assessments.models.period import STAGES
from assessments.reader_choice import READERS
from assessments.refusal import Refused
from assessments.workflow import transition

from ...access import actor, ask, find
from ...extensions import db
from ...moments import closing, opening
from ...once import once
from . import blueprint
from .periods import period_page
from .readers import ReadersForm
from .schedule import StageForm

# What a step is called in an address.
STEPS = {"pembukaan": "open", "penutupan": "close", "pembukaan-kembali": "reopen", "arsip": "archive"}
LONGEST_GRACE_MIN = 24 * 60


def _again(slug: str, **shown):
    """The page of the round with a refused form, on fresh rows."""
    db.session.rollback()
    return period_page(find(Period, slug=slug), status=422, **shown)


@blueprint.post("/kelola/periode/<string:period>/tahap")
def stage(period: str):
    found = find(Period, slug=period, to="write")
    answer = once()
    form = StageForm()
    if not form.validate():
        return _again(period, stage=form)
    grace = (form.grace.data or "0").strip()
    try:
        if not (grace.isascii() and grace.isdigit() and int(grace[:5]) <= LONGEST_GRACE_MIN):
            raise Refused(f"Kelonggaran ditulis dalam menit, paling lama {LONGEST_GRACE_MIN}.", field="grace")
        sharing.set_stage(
            found,
            form.stage.data,
            opening(form.opens_day.day, form.opens_clock.clock, found.zone),
            closing(form.closes_day.day, form.closes_clock.clock, found.zone),
            int(grace) * 60,
            by=actor(),
        )
    except Refused as refused:
        refused.field = {"closes_at": "closes_day"}.get(refused.field, refused.field)
        form.refused(refused)
        return _again(period, stage=form)
    flash(f"Jadwal {STAGES[form.stage.data]} disimpan.")
    return answer(url_for("round.period", period=period))


@blueprint.post("/kelola/periode/<string:period>/penilai")
def choose_readers(period: str):
    """One assessor for each item, or two closed ones."""
    found = find(Period, slug=period, to="write")
    answer = once()
    form = ReadersForm()
    if not form.validate():
        return _again(period, readers=form)
    try:
        reader_choice.choose_readers(found, form.readers.data, actor())
    except Refused as refused:
        if refused.field is None:
            raise
        form.refused(refused)
        return _again(period, readers=form)
    flash(f"Penilai tiap indikator: {READERS[form.readers.data].lower()}.")
    return answer(url_for("round.period", period=period))


@blueprint.post('/kelola/periode/<string:period>/<any("pembukaan","penutupan","pembukaan-kembali","arsip"):step>')
def step(period: str, step: str):
    found = find(Period, slug=period)
    ask("write", Period)
    answer = once()
    note = request.form.get("note", "")
    try:
        sharing.step(found, STEPS[step], actor(), note)
    except Refused as refused:
        if refused.field is None:
            raise
        return _again(period, problems=[(sentence, "note-" + STEPS[step]) for sentence in refused.sentences], note=note)
    flash(f"{transition(Period, STEPS[step]).done}.")
    return answer(url_for("round.period", period=period))
