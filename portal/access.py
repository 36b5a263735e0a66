"""The one way to a thing: say what for, and be allowed.

`find(Contribution, period="2026", item="I12", to="answer")` loads, asks whether this actor may read it
(404, or 403 where its existence is no secret) and then whether it may do what it came for (403, or
409 with the reason). `listing(Document)` is already narrowed. Two guards make forgetting impossible: nothing is
written by a request in which nobody asked with a yes, and no page answers that asked nothing.
"""

from collections.abc import Callable, Iterable

from flask import abort, current_app, g, has_request_context, request
from flask_login import current_user
from sqlalchemy import event, inspect
from sqlalchemy.orm import Session as OrmSession

from assessments import policies
from assessments.actors import PUBLIC, Actor
from assessments.models import (
    AccessLog,
    Assessment,
    Citation,
    Claim,
    Clarification,
    Contribution,
    Document,
    Question,
    Recommendation,
    Submission,
)
from assessments.panel_questions import is_external
from assessments.questions import period_of
from assessments.refusal import Refused

from .extensions import db
from .loading import LOADERS

READS = {"read", "list", "know", "verify", "download", "see_room", "see_agreement", "see_desk", "see_clarifications", "read_clarifications", "read_qa", "read_matrix", "read_team", "read_papers", "read_general", "read_figures", "run_agencies", "export", "read_provisional", "see_meetings", "read_minutes", "simulate"}
MOVES_CLAIMS = {"accept", "return"}
SAFE = {"GET", "HEAD", "OPTIONS"}


def actor() -> Actor:
    """Who is asking in this request."""
    return current_user.actor if current_user and current_user.is_authenticated else PUBLIC


def public(view: Callable) -> Callable:
    """Mark a view that answers anybody; the set of these is printed and tested."""
    view.is_public = True
    return view


def signed_in_only() -> None:
    """The guard of a blueprint that has nothing to say to strangers."""
    if not actor().signed_in:
        _refuse(PUBLIC, "read", "page")


def inside_only() -> None:
    """The guard of a blueprint whose pages are the instansi's own: whoever judges it from outside finds none of them."""
    view = current_app.view_functions[request.endpoint]
    if is_external(actor(), "page") and not getattr(view, "is_for_panels", False):
        _refuse(actor(), "read", "page")


def for_panels(view: Callable) -> Callable:
    """Mark a view of such a blueprint that asks the policy about assessors too."""
    view.is_for_panels = True
    return view


def ask(action: str, thing) -> None:
    """May this actor do this to the thing (a row, a class, a door) now? If not: sign-in, 404, 403 or a reason."""
    user = actor()
    if not policies.entitled(user, action, thing):
        _refuse(user, action, thing)
    sentence = policies.obstacle(user, action, thing)
    if sentence:
        raise Refused(sentence)
    g.asked = True
    if action not in READS:
        g.granted = True


def may(action: str, thing) -> bool:
    """For templates and branches: whether it would be allowed, without consequence."""
    return policies.may(actor(), action, thing)


def find(kind: type, to: str = "read", hold: bool = True, **key):
    """Load one thing for a purpose. What may not even be known about is 404 like what does not exist.

    `hold=False` where nothing is written yet: other writers need not wait while a password is looked at.
    """
    user = actor()
    thing = load(kind, **key)
    if thing is None:
        if user.signed_in:
            abort(404)
        _refuse(user, "read", kind)
    if policies.stands_alone(to, thing):
        if not policies.entitled(user, to, thing):
            _refuse(user, to, thing)
    elif not policies.entitled(user, "read", thing):
        _refuse(user, "read", thing)
    g.asked = True
    if hold and to not in READS:
        _hold(thing, to)
    if to != "read":
        ask(to, thing)
    _notice_round(thing)
    return thing


def _notice_round(thing) -> None:
    """Remember that this page is about a rehearsal: the layout says so on every one of them."""
    period = period_of(thing)
    if period is not None and period.track == "rehearsal":
        g.rehearsal = period.title


def load(kind: type, **key):
    """Fetch by what an address says, without a question yet; an address with a NUL names nothing on any engine."""
    if any(isinstance(part, str) and "\x00" in part for part in key.values()):
        return None
    return LOADERS[kind](db.session, actor(), **key)


def listing(kind: type):
    """A SELECT of the rows of this kind that the actor may read. Add filters and order, never a second scope."""
    user = actor()
    if not user.signed_in:
        _refuse(user, "read", kind)
    g.asked = True
    return policies.visible(user, kind)


def _refuse(user: Actor, action: str, thing) -> None:
    if not user.signed_in:
        from .signing_in import ask_to_sign_in

        ask_to_sign_in()
    note_refusal(user, action, thing)
    # Whoever may read a thing, or may know of it, hears "not your role"; others hear "no such thing".
    abort(403 if policies.knows(user, action, thing) else 404)


def note_refusal(user: Actor, action: str, thing) -> None:
    """One line for a refused wish, in a transaction of its own; dropped when the lock is busy."""
    if request.method in SAFE and action == "read":
        return
    note(user, f"{action}", _name(thing), "refused")


def note(user: Actor, action: str, thing: str, outcome: str) -> None:
    """Append to the access log outside the request's own transaction."""
    note_each(user, action, [(thing, outcome)])


def note_each(user: Actor, action: str, things: Iterable[tuple[str, str]]) -> None:
    """The same for several (thing, outcome) at once."""
    db.session.rollback()
    try:
        with OrmSession(db.engine) as own:
            own.add_all(
                AccessLog(
                    account_id=user.account_id,
                    action=action[:60],
                    thing=thing[:120],
                    outcome=outcome,
                    address=request.remote_addr,
                    request_id=g.get("request_id"),
                )
                for thing, outcome in things
            )
            own.commit()
    except Exception:  # the log must never stop the answer
        from .journal import log

        log.warning("access_log_dropped", action=action)


def _name(thing) -> str:
    if isinstance(thing, str):
        return thing
    if isinstance(thing, type):
        return thing.__tablename__
    key = inspect(thing).identity
    return f"{thing.__tablename__}:{'/'.join(map(str, key)) if key else 'new'}"


def _hold(thing, to: str) -> None:
    """Serialize writers of one submission or one assessment (SQLite already did by BEGIN IMMEDIATE).

    What moves a part may move claims too: then the assessment is held first, as whoever shares items out does.
    """
    if db.engine.dialect.name == "sqlite" or request.method in SAFE:
        return
    match thing:
        case Submission():
            if to in MOVES_CLAIMS:
                _renew(thing.assessment, with_for_update={"of": Assessment})
            held, rest = thing, None
        case Assessment() | Document() | Recommendation() | Question():
            held, rest = thing, None
        case Contribution():
            held, rest = thing.submission, thing
        case Claim() | Clarification():
            held, rest = thing.assessment, thing
        case Citation():
            target = thing.contribution or thing.claim
            held, rest = (target.submission if thing.contribution else target.assessment), target
        case _:
            return
    _renew(held, with_for_update={"of": type(held)})
    if rest is not None:
        _renew(rest)


def _renew(row, **lock) -> None:
    """Read the columns of a row again; what hangs on it too, but only when somebody wrote it meanwhile."""
    seen = row.version
    db.session.refresh(row, attribute_names=[column.key for column in inspect(type(row)).column_attrs], **lock)
    if row.version != seen:
        db.session.refresh(row)


# ---------------------------------------------------------------- the guards


class Unasked(RuntimeError):
    """A view answered or wrote without asking the policy: a fault of ours, never of the user."""


def _write_guard(session, _context, _instances) -> None:
    if not has_request_context() or g.get("granted") or not (session.new or session.dirty or session.deleted):
        return
    changed = [row for row in [*session.new, *session.deleted, *session.dirty] if session.is_modified(row)]
    if changed:
        raise Unasked(f"{request.endpoint} writes {changed[0].__tablename__} without having asked")


def install(app) -> None:
    """Both guards."""
    event.listen(db.session, "before_flush", _write_guard)

    @app.after_request
    def _answer_guard(response):
        view = app.view_functions.get(request.endpoint or "")
        if view is None or getattr(view, "is_public", False) or request.endpoint in app.config["OPEN_ENDPOINTS"]:
            return response
        unsafe = request.method not in SAFE
        answered = response.status_code < 300 or (unsafe and response.status_code < 400)
        if answered and request.method != "OPTIONS" and not g.get("asked"):
            raise Unasked(f"{request.endpoint} answered {response.status_code} without having asked")
        return response
