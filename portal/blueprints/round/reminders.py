"""S44: who is reminded, with which words, and what keeps one from being sent; then the words and the way to share them."""

from flask import abort, flash, make_response, render_template, request, url_for

from assessments import chasing, reminding
from assessments.models import Assessment, Period, Reminder
from assessments.refusal import Refused

from ...access import actor, find
from ...extensions import db
from ...forms import plain_id
from ...once import once
from ...reminder_jobs import carry
from ...reminder_words import whatsapp, words
from . import blueprint
from .progress import chase_tabs

MOST = 500  # agencies of one reminder


def _chosen(values: list[str]) -> list[int]:
    """The parts that were chosen, as numbers; what is none names nothing."""
    return [number for text in values[:MOST] if (number := plain_id(text)) is not None]


@blueprint.get("/pengelolaan/<string:period>/pengingat")
def reminders(period: str):
    """The agencies of the round; late ones are ticked, or those the address names."""
    found = find(Period, slug=period, to="remind")
    return _choose(found, _chosen(request.args.getlist("isian")))


def _choose(found: Period, named: list[int], problem: str = "", status: int = 200):
    letters = reminding.letters(db.session, found)
    letters.sort(key=lambda one: (bool(one.refusals), one.submission.id not in named, not one.standing.late))
    return make_response(
        render_template(
            "round/reminders.html",
            period=found,
            tabs=chase_tabs(found, "reminders"),
            able=[one for one in letters if not one.refusals],
            held=[one for one in letters if one.refusals],
            ticked={one.submission.id for one in letters if (one.submission.id in named if named else one.standing.late)},
            late=sum(one.standing.late for one in letters),
            problems=[(problem, "pilih")] if problem else [],
        ),
        status,
    )


@blueprint.post("/pengelolaan/<string:period>/pengingat/pratinjau")
def preview_reminders(period: str):
    """The words for each agency before anything is sent."""
    found = find(Period, slug=period, to="remind")
    chosen = _chosen(request.form.getlist("isian"))
    if not chosen:
        return _choose(found, [], "Pilih paling sedikit satu OPD.", 422)
    return _preview(found, chosen)


def _preview(found: Period, chosen: list[int], texts: dict[int, str] | None = None, refused: Refused | None = None):
    letters = reminding.letters(db.session, found, chosen)
    if len(letters) < len(set(chosen)):
        abort(404)
    left = chasing.unready(db.session, chosen)
    able = [one for one in letters if not one.refusals]
    typed = texts or {}
    prepared = [(one, typed.get(one.submission.id) or words(one, found, left[one.submission.id])) for one in able]
    field = refused.field if refused else ""
    return make_response(
        render_template(
            "round/reminders_preview.html",
            period=found,
            tabs=chase_tabs(found, "reminders"),
            prepared=[(one, text, whatsapp(text)) for one, text in prepared],
            held=[one for one in letters if one.refusals],
            disturbs=reminding.disturbs(db.session, found),
            people=sum(len(one.people) for one in able),
            reason=request.form.get("reason", ""),
            wrong=field,
            sentences=refused.sentences if refused else (),
            problems=[(sentence, field or "kirim") for sentence in refused.sentences] if refused else [],
        ),
        422 if refused else 200,
    )


@blueprint.post("/pengelolaan/<string:period>/pengingat")
def send_reminders(period: str):
    found = find(Period, slug=period, to="remind")
    answer = once()
    chosen = _chosen(request.form.getlist("isian"))
    texts = {one: request.form.get(f"text-{one}", "") for one in chosen}
    if not texts:
        raise Refused("Pilih paling sedikit satu OPD.")
    try:
        sent = reminding.send(db.session, found, texts, actor(), request.form.get("reason", ""))
        carry(db.session, found, sent, actor())
    except Refused as refused:
        db.session.rollback()
        return _preview(find(Period, slug=period, to="remind"), chosen, texts, refused)
    agencies = {letter.submission.id for letter, _one, _text in sent}
    left = len(set(chosen) - agencies)
    flash(f"{len(sent)} orang pada {len(agencies)} OPD diingatkan." + (f" {left} OPD tidak dikirimi; alasannya ada pada halaman Pengingat." if left else ""),
          "ok" if sent else "warn")
    return answer(url_for("round.reminded", period=period))


@blueprint.get("/pengelolaan/<string:period>/pengingat/riwayat")
def reminded(period: str):
    found = find(Period, slug=period, to="remind")
    told = reminding.history(db.session, found)
    shared = {(one.person_id, one.day) for one in told if one.channel == "whatsapp"}
    return render_template(
        "round/reminded.html",
        period=found,
        tabs=chase_tabs(found, "reminded"),
        rows=[
            (one, whatsapp(one.text, one.person.phone if one.person else None),
             one.channel == "portal" and (one.person_id, one.day) not in shared and one.by_id is not None)
            for one in told
        ],
        shown=reminding.SHOWN,
    )


@blueprint.post("/pengelolaan/<string:period>/pengingat/<int:reminder>/whatsapp")
def shared_reminder(period: str, reminder: int):
    """That somebody passed the words of a reminder on by WhatsApp."""
    found = find(Period, slug=period, to="remind")
    sent = db.session.get(Reminder, reminder) if 0 < reminder < 2**31 else None
    if sent is None or sent.channel != "portal" or db.session.get_one(Assessment, sent.submission.assessment_id).period_id != found.id:
        abort(404)
    answer = once()
    if sent.person_id is None or not reminding.remember(db.session, found, sent.submission_id, sent.person_id, actor(), "whatsapp", sent.text):
        raise Refused("Sudah dicatat hari ini bahwa pengingat ini dibagikan lewat WhatsApp.")
    flash("Dicatat: pengingat dibagikan lewat WhatsApp.")
    return answer(url_for("round.reminded", period=period))
