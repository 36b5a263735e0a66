"""Berita acara of a session: read as it would be signed, signed by the lead with password and fingerprint, taken back, printed."""

from flask import abort, current_app, flash, render_template, request, url_for
from sqlalchemy.orm import joinedload

from assessments import session_minutes
from assessments.attesting import Changed, title_of
from assessments.models import Appointment, Meeting
from assessments.models.panel_paper import PANEL_PAPER_KINDS
from assessments.policies import entitled, obstacle
from assessments.refusal import Refused
from assessments.workflow import Look

from ...access import actor
from ...extensions import db
from ...once import new_key, once
from ...papers import pressing, sealing
from ...presence import unproven
from . import blueprint
from .meeting_forms import SignForm, WithdrawForm
from .meeting_ways import ONE, kind_words, one, way

PAGE = f"{ONE}/berita-acara"
PARTS = ("items", "people", "promises", "photos")
HOLDS, GONE = Look("Berlaku", "ok", "check"), Look("Tidak berlaku", "bad", "back")


@blueprint.get(PAGE)
def minutes(period: str, subject: str, room: str, meeting: int):
    """Minutes tell of every item, so an agency, which reads of its own alone, has no page of them."""
    return _page(one(period, subject, room, meeting, to="read_minutes", parts=PARTS))


@blueprint.post(PAGE)
def sign_minutes(period: str, subject: str, room: str, meeting: int):
    one(period, subject, room, meeting, to="sign_minutes", parts=())
    form = SignForm()
    status = unproven(form, "Kata sandi salah. Belum ada yang ditandatangani.")
    if status is not None:
        return _page(one(period, subject, room, meeting, to="sign_minutes", parts=PARTS), form), status
    answer = once()
    found = one(period, subject, room, meeting, to="sign_minutes", parts=PARTS)  # again: no lock was held while hashing
    try:
        paper = session_minutes.sign(
            found, actor(), request.form.get("seen", ""), sealing.chosen(current_app.config["SETTINGS"]).method
        )
    except Changed as refused:
        db.session.rollback()
        again = url_for("assessor.minutes", period=period, subject=subject, room=room, meeting=meeting)
        return render_template("round/papers_changed.html", sentence=str(refused), again=again), 409
    pressing.ask_to_print(db.session, paper.number)
    flash(f"Ditandatangani: {paper.number}.")
    return answer(way("minutes", found))


@blueprint.post(f"{PAGE}/penarikan")
def take_minutes_back(period: str, subject: str, room: str, meeting: int):
    found = one(period, subject, room, meeting, to="sign_minutes", parts=())
    answer = once()
    form = WithdrawForm()
    try:
        paper = session_minutes.take_back(found, actor(), form.note.data or "")
    except Refused as refused:
        if refused.field is None:
            raise
        db.session.rollback()
        form.refused(refused)
        return _page(one(period, subject, room, meeting, to="read_minutes", parts=PARTS), withdrawing=form), 422
    flash(f"{paper.number} tidak berlaku lagi. Perbaiki catatannya, lalu tandatangani berita acara baru.", "note")
    return answer(way("minutes", found))


@blueprint.get(f"{PAGE}/<string:number>")
def minutes_file(period: str, subject: str, room: str, meeting: int, number: str):
    """The printed file, also of minutes that hold no longer: the number tells what they are worth."""
    found = one(period, subject, room, meeting, to="read_minutes", parts=())
    paper = next((each for each in session_minutes.minutes_of(found) if each.number == number), None)
    if paper is None:
        abort(404)
    return pressing.send_printed(number, PANEL_PAPER_KINDS[paper.kind])


def _page(found: Meeting, form: SignForm | None = None, withdrawing: WithdrawForm | None = None) -> str:
    assessment = found.assessment
    papers = session_minutes.minutes_of(found)
    in_force = next((paper for paper in papers if paper.withdrawn_at is None), None)
    leads = entitled(actor(), "sign_minutes", assessment)
    why_not = session_minutes.why_not_signed(found) or (obstacle(actor(), "sign_minutes", assessment) if leads else None)
    signing = None
    if leads and in_force is None and why_not is None:
        office = db.session.get_one(
            Appointment, actor().appointment_id, options=[joinedload(Appointment.person), joinedload(Appointment.acting_for)]
        )
        draft = session_minutes.draft(found, office)
        signing = {"draft": draft, "office": office, "title": title_of(office), "form": form or SignForm(formdata=None)}
    elif form is not None:
        raise Refused(why_not or "Berita acara sesi ini sudah ditandatangani.")
    content = signing["draft"].content if signing else session_minutes.content_of(found, None, len(papers))
    return render_template(
        "assessor/minutes.html",
        meeting=found,
        assessment=assessment,
        period=assessment.period,
        kind=kind_words(found),
        title=PANEL_PAPER_KINDS[session_minutes.KINDS[found.kind]],
        content=content,
        in_force=in_force,
        papers=[(paper, way("minutes_file", found, number=paper.number)) for paper in papers],
        HOLDS=HOLDS,
        GONE=GONE,
        leads=leads,
        why_not=why_not,
        signing=signing,
        form=form or withdrawing,
        withdrawing=withdrawing or WithdrawForm(formdata=None),
        key=new_key,
        zone=assessment.period.zone,
        viewer_zone=actor().zone,
        limit=session_minutes.REASON_LIMIT,
        links={name: way(name, found) for name in ("meeting", "minutes", "take_minutes_back")},
    )
