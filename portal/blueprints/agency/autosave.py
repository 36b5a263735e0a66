"""Saving of an item's answer without a button. Answers are JSON: what happened, never where to go."""

from flask import jsonify, request

from assessments import covering
from assessments.autosaving import autosave, close
from assessments.clock import now
from assessments.models import Contribution
from assessments.refusal import Faults, Refused, Stale
from assessments.workflow import look

from ...access import actor
from ...errors import problem
from ...extensions import db
from ...formatting import both_clocks
from ...forms import plain_version
from . import blueprint
from .draft import find_answer
from .forms import AnswerForm
from .ladder import chosen_value, ladder, shown_value
from .writing import with_newest_revision

ADDRESS = "/penilaian/<string:period>/indikator/<string:item>"


@blueprint.post(f"{ADDRESS}/simpan-otomatis")
def save_by_itself(period: str, item: str):
    """200 {saved_at, version, note}; 409 with what is stored; 422 with the sentences. Texts come as in the form."""
    contribution = with_newest_revision(find_answer(period, item, to="answer"))
    before, form = contribution.state, AnswerForm()
    asked = contribution.submission.period.instrument.item(contribution.item)
    seen = plain_version(request.form.get("version"))
    is_current = seen == contribution.version
    try:
        value = chosen_value(asked, request.form.get("value"), contribution.value)
        autosave(contribution, actor(), value, form.facts.data or "", form.analysis.data or "", seen)
        unread = _cover(contribution, is_current)
    except Stale as stale:
        return _both_texts(contribution, stale)
    except Refused as refusal:
        return _refused(refusal)
    db.session.flush()
    zone = contribution.submission.period.zone
    answer = {
        "saved_at": both_clocks(contribution.saved_at or now(), zone, actor().zone),
        "version": contribution.version,
        "note": " ".join(each for each in (unread, _moved(before, contribution)) if each),
        "why": ladder(contribution, asked, contribution.value).ladder.sentence,
    }
    db.session.commit()
    return jsonify(answer)


def _cover(contribution: Contribution, is_current: bool) -> str:
    """A figure of coverage that is still being typed holds up no text; it is said that it is not stored yet."""
    if "coverage" not in request.form or not covering.asks(contribution):
        return ""
    try:
        covering.fill(contribution, request.form["coverage"], actor(), is_current)
    except Stale:
        raise
    except Refused as refusal:
        return f"Cakupan belum tersimpan: {' '.join(refusal.sentences)}"
    return ""


def _both_texts(contribution: Contribution, stale: Stale):
    """What is stored now, so that the page shows it beside what was typed there; it stays in the history."""
    period, last = contribution.submission.period, contribution.revisions[-1] if contribution.revisions else None
    item = period.instrument.item(contribution.item)
    answer = {
        "status": 409,
        "detail": stale.sentences[0],
        "theirs": {
            "value": shown_value(item, contribution.value),
            "facts": contribution.facts,
            "analysis": contribution.analysis,
        } | ({"coverage": contribution.coverage or ""} if "coverage" in request.form else {}),
        "version": contribution.version,
        "who": last.author.name if last else "",
        "at": both_clocks(contribution.saved_at, period.zone, actor().zone) if contribution.saved_at else "",
    }
    close(contribution)
    db.session.commit()
    return jsonify(answer), 409


def _refused(refusal: Refused):
    fields = [each.field for each in (refusal.each if isinstance(refusal, Faults) else (refusal,))]
    response = problem(422, refusal.sentences)
    if response.is_json:
        response.set_data(jsonify(status=422, sentences=refusal.sentences, fields=fields).get_data())
    return response


def _moved(before: str, contribution: Contribution) -> str:
    """A change that takes an item's readiness away says so."""
    if contribution.state == before or before == "empty":
        return ""
    return f"Indikator ini kembali berstatus {look(contribution).label.lower()}; tandai siap lagi bila selesai."
