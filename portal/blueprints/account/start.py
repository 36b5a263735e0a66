"""The start page (S10): what this office has to do, and the way there; changing to another office."""

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select

from assessments import introducing
from assessments.clock import now
from assessments.models import Event, Session
from assessments.refusal import Refused
from assessments.tasks import Task, today_of

from ...access import actor as asking
from ...access import ask
from ...extensions import db
from ...forms import plain_id
from ...signing_in import all_offices_of, offices_of, token_hash
from . import blueprint

# kind of task -> the page it is done on, and which parts of the task its address names
PAGES = {
    "item": ("agency.item", ("period", "item")),
    "review": ("agency.review", ("period",)),
    "part": ("agency.tasks", ("period",)),
    "approval": ("agency.approval", ("submission",)),
    "check": ("round.overview", ("period", "subject")),
    "claims": ("round.claims", ("period", "subject")),
    "send": ("round.finalise", ("period", "subject")),
    "papers": ("round.papers", ("period", "subject")),
    "progress": ("round.overview", ("period", "subject")),
    "round": ("round.period", ("period",)),
    "draft": ("round.period", ("period",)),
    "new_round": ("round.new_period", ()),
    "people": ("account.people", ()),
    "follow_up": ("inspectorate.board", ()),
    "quality": ("inspectorate.quality", ("period", "subject")),
    "declare": ("assessor.declaration", ("period", "subject")),
    "judge": ("assessor.queue", ()),
    "room": ("assessor.room", ("period", "subject")),
    "clarifications": ("assessor.clarifications", ("period", "subject")),
    "clarification": ("agency.panel_questions", ("period", "subject")),
    "object": ("agency.objections", ("period",)),
    "objections": ("assessor.objections", ("period", "subject")),
    "analyses": ("assessor.analyses", ("period", "subject")),
    "reviews": ("assessor.reviews", ("period", "subject")),
    "report": ("assessor.report", ("period", "subject")),
    "settle": ("assessor.settling", ("period", "subject")),
    "publish": ("round.result", ("period", "subject")),
    "figures": ("round.overview", ("period",)),
    "policies": ("agency.policies", ()),
    "census": ("inventory.census", ()),
    "reports": ("inventory.publication", ()),
    "reported": ("inventory.record", ("id",)),
}
SESSIONS = {"session_interview": "interviu", "session_visit": "visitasi"}  # kind of task -> the part of the session's address
ROOMS = {"sessions_interview": "interviu", "sessions_visit": "visitasi"}
ANNOUNCED = ("password", "email", "first_password", "link", "sessions")
ANNOUNCED_FOR = timedelta(days=7)


def address(task: Task) -> str:
    """The page a task is done on; of a round with several subjects, the page where they are listed."""
    if task.kind in ROOMS:
        return url_for("assessor.meetings", period=task.period, subject=task.subject, room=ROOMS[task.kind])
    if room := SESSIONS.get(task.kind):
        return url_for("assessor.meeting", period=task.period, subject=task.subject, room=room, meeting=task.id)
    endpoint, parts = PAGES[task.kind]
    if "subject" in parts and not task.subject:
        endpoint, parts = "round.overview", ("period",)
    return url_for(endpoint, **{part: getattr(task, part) for part in parts})


@blueprint.get("/beranda")
def start():
    ask("list", "own_task")
    user = asking()
    today = today_of(db.session, user)
    held = db.session.execute(all_offices_of(user.person_id).add_columns(introducing.is_confirmed())).unique()
    offices = [(office, known) for office, known in held if office.held_on()]
    return render_template(
        "account/start.html",
        today=today,
        first=today.pressing[0] if today.pressing else None,
        address=address,
        offices=[office for office, _known in offices],
        ask_first_day=introducing.is_asked(user) and (user.appointment_id, False) in [(each.id, known) for each, known in offices],
        changes=changes_of(user.account_id, now() - ANNOUNCED_FOR),
        zone=user.zone,
    )


@blueprint.post("/akun/jabatan")
def change_office():
    ask("write", "own_account")
    chosen = plain_id(request.form.get("appointment"))
    office = next((held for held in offices_of(current_user.actor.person_id) if held.id == chosen), None)
    if office is None:
        raise Refused("Pilih salah satu jabatan Anda yang sedang berlaku.")
    row = db.session.get_one(Session, token_hash(current_user.token))
    row.appointment_id = office.id
    db.session.commit()
    flash(f"Anda sekarang bertindak sebagai {office.label} {office.organization.short_name}.")
    return redirect(url_for("account.start"))


def changes_of(account_id: int, since) -> list[Event]:
    """What changed about the ways to sign in, the newest first: this is how the owner is told."""
    return list(
        db.session.scalars(
            select(Event)
            .where(Event.thing == "account", Event.thing_id == account_id, Event.verb.in_(ANNOUNCED), Event.at > since)
            .order_by(Event.at.desc())
            .limit(20)
        )
    )
