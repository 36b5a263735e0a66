"""The form of a round's calendar that sets a stage."""

from flask import request
from wtforms import StringField
from wtforms.validators import InputRequired

from assessments.models import Period
from assessments.models.period import STAGES

from ...forms import ChoiceField, DayField, Form
from ...moments import ClockField, shown_clock, shown_day


class StageForm(Form):
    stage = ChoiceField("Tahap", choices=STAGES)
    opens_day = DayField("Tanggal buka", [InputRequired("Tulis tanggal buka.")])
    opens_clock = ClockField("Jam buka")
    closes_day = DayField("Tanggal tutup", [InputRequired("Tulis tanggal tutup.")])
    closes_clock = ClockField("Jam tutup")
    grace = StringField("Kelonggaran (menit)", description="Untuk kiriman yang sudah dimulai sebelum batas akhir.")


def stage_form(period: Period) -> StageForm:
    """The form of one stage as it stands: the one asked for by ?tahap=, else the next one without dates."""
    asked = request.args.get("tahap", "")
    without = (code for code in STAGES if period.stage(code) is None)
    code = asked if asked in STAGES else next(without, "self_assessment")
    stage = period.stage(code)
    return StageForm(
        formdata=None,
        stage=code,
        opens_day=shown_day(stage and stage.opens_at, period.zone),
        opens_clock=shown_clock(stage and stage.opens_at, period.zone) or "08:00",
        closes_day=shown_day(stage and stage.closes_at, period.zone),
        closes_clock=shown_clock(stage and stage.closes_at, period.zone) or "23:59",
        grace=str(stage.grace_s // 60 if stage else 0),
    )
