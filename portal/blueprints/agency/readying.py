"""All complete items of the part are marked ready at once, from the page on which everything is looked through."""

from flask import flash, request

from assessments import readying
from assessments.models import Submission

from ...access import actor, find
from ...forms import seen_revisions
from ...once import once
from . import blueprint
from .answers import address, asked_agency, with_answers

NAMED_AT_MOST = 12


@blueprint.post("/penilaian/<string:period>/siap")
def mark_complete(period: str):
    submission = find(Submission, period=period, organization=asked_agency(), to="mark_ready")
    answer = once()
    marked, left = readying.mark_complete(with_answers(submission), actor(), seen_revisions(request.form.getlist("seen")))
    numbers = {item.code: item.number for item in submission.period.instrument.items}
    flash(f"{len(marked)} indikator ditandai siap diperiksa.", "ok" if marked else "note")
    for item, why in list(left.items())[:NAMED_AT_MOST]:
        flash(f"Indikator {numbers[item]}: {why}", "warn")
    if len(left) > NAMED_AT_MOST:
        flash(f"Dan {len(left) - NAMED_AT_MOST} indikator lain belum siap.", "warn")
    return answer(address("review", submission))
