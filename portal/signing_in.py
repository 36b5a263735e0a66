"""Who is signed in: server-side sessions, so that signing out, switching off and withdrawing bite at once."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import NoReturn

from flask import abort, current_app, g, redirect, request, session, url_for
from flask_login import UserMixin, login_user, logout_user
from sqlalchemy import Select, select
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import joinedload

from assessments.actors import Actor, acting
from assessments.canonical import digest
from assessments.clock import now
from assessments.models import Account, Appointment, Organization, Session
from assessments.noticing import unseen

from .extensions import db, login_manager

SEEN_EVERY = timedelta(minutes=5)


@dataclass
class SignedIn(UserMixin):
    """Flask-Login's user: an actor behind a session token. `id` is the account's."""

    actor: Actor
    token: str
    id: int
    must_change_password: bool = False
    unseen: int = 0

    def get_id(self) -> str:
        return self.token

    @property
    def person_name(self) -> str:
        return self.actor.person_name

    @property
    def office_label(self) -> str:
        if self.actor.role is None:
            return "Tanpa jabatan aktif"
        return f"{self.actor.office_label} {self.actor.organization_name}"

    @property
    def office_id(self) -> str:
        """Names account and office in every form, so that a page opened as somebody else is refused."""
        return f"{self.id}.{self.actor.appointment_id or 0}"

    @property
    def initials(self) -> str:
        from .formatting import initials

        return initials(self.actor.person_name)


def token_hash(token: str) -> str:
    return digest(token.encode())


# Put together once: every request asks this first.
_WHO = select(Session, unseen().scalar_subquery().label("unseen")).options(
    joinedload(Session.account).joinedload(Account.person),
    joinedload(Session.appointment)
    .joinedload(Appointment.organization)
    .options(joinedload(Organization.states), joinedload(Organization.instansi).lazyload(Organization.states)),
    joinedload(Session.appointment).joinedload(Appointment.person),
)


@login_manager.user_loader
def _load(token: str) -> SignedIn | None:
    moment = now()
    found = db.session.execute(_WHO.where(Session.token_hash == token_hash(token))).unique().one_or_none()
    if found is None:
        return None
    row: Session = found[0]
    if not row.account.active or row.idle_until < moment or row.absolute_until < moment:
        return None
    appointment = row.appointment
    if appointment is None or not appointment.held_on():
        appointment = next(iter(offices_of(row.account.person_id)), None)
    if appointment is not None:
        actor = acting(appointment, row.account_id, row.account.zone)
    else:
        actor = _without_office(row.account)
    db.session.info["actor"] = actor
    if moment - row.seen > SEEN_EVERY:
        g.touch_session = (row.token_hash, moment)
    return SignedIn(actor, token, row.account_id, row.account.must_change_password, found.unseen)


def _without_office(account: Account) -> Actor:
    return Actor(
        account_id=account.id, person_id=account.person_id, person_name=account.person.name, zone=account.zone or Actor.zone,
        signed_in=True,
    )


def offices_of(person_id: int) -> list[Appointment]:
    """The offices the person holds today, the first one first."""
    rows = db.session.scalars(all_offices_of(person_id)).unique()
    return [appointment for appointment in rows if appointment.held_on()]


def all_offices_of(person_id: int) -> Select[tuple[Appointment]]:
    """Every office the person held, holds or will hold, with what is needed to say which are held today."""
    return (
        select(Appointment)
        .where(Appointment.person_id == person_id)
        .options(
            joinedload(Appointment.organization).options(
                joinedload(Organization.states), joinedload(Organization.instansi).lazyload(Organization.states)
            ),
            joinedload(Appointment.person),
        )
        .order_by(Appointment.id)
    )


def sign_in(account: Account, office: int | None = None) -> SignedIn:
    """Open a new server-side session for an account whose password was just verified. The caller commits.

    `office` is the appointment to act in, where it is held today; else the first one.
    """
    settings, moment = current_app.config["SETTINGS"], now()
    session.clear()
    token = secrets.token_urlsafe(32)
    offices = sorted(offices_of(account.person_id), key=lambda held: held.id != office)
    db.session.add(
        Session(
            token_hash=token_hash(token),
            account_id=account.id,
            appointment_id=offices[0].id if offices else None,
            created=moment,
            seen=moment,
            idle_until=moment + timedelta(minutes=settings.session_idle_minutes),
            absolute_until=moment + timedelta(minutes=settings.session_absolute_minutes),
        )
    )
    actor = acting(offices[0], account.id, account.zone) if offices else _without_office(account)
    user = SignedIn(actor, token, account.id, account.must_change_password)
    login_user(user)
    db.session.info["actor"] = actor
    session.permanent = True
    return user


def sign_out(token: str) -> None:
    """End this session on the server and in the cookie. The caller commits."""
    row = db.session.get(Session, token_hash(token))
    if row is not None:
        db.session.delete(row)
    logout_user()
    session.clear()


def touch(response):
    """Move the idle limit at most every five minutes, in a short transaction that is dropped when the lock is busy."""
    if "touch_session" not in g:
        return response
    key, moment = g.pop("touch_session")
    idle = moment + timedelta(minutes=current_app.config["SETTINGS"].session_idle_minutes)
    db.session.rollback()
    try:
        with OrmSession(db.engine) as own:
            row = own.get(Session, key)
            if row is not None:
                row.seen, row.idle_until = moment, idle
                own.commit()
    except Exception:  # being seen a little later is no harm
        from .journal import log

        log.info("seen_dropped")
    return response


def wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return request.path.startswith("/api/") or (best == "application/json" and request.path != "/")


def ask_to_sign_in() -> NoReturn:
    """Send to the sign-in page and back again; a form that was sent is kept and offered again afterwards."""
    if wants_json():
        abort(401)
    if request.method in ("GET", "HEAD"):
        abort(redirect(url_for("account.sign_in", next=request.full_path.rstrip("?"))))
    abort(current_app.extensions["page_that_keeps_the_form"]())
