"""Programs sign in with `Authorization: Bearer ...`, to read under /api/ and nowhere else.

Only the header counts: an address, a form or a cookie cannot carry a token, so none of them can lengthen or widen one.
A wrong one is counted against the place it came from, and after five it has to wait; a right one never waits.
"""

from flask import Request, abort, current_app
from flask import request as current
from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import joinedload

from assessments import tokens
from assessments.actors import acting
from assessments.models import Account, ApiToken, Appointment, Organization

from . import throttling
from .extensions import db, only_reading
from .signing_in import SignedIn, token_hash

ROOT = "/api/"
SAFE = {"GET", "HEAD", "OPTIONS"}
LONGEST = 200

# Put together once: every request of a program asks this first.
_WHOSE = select(ApiToken).options(
    joinedload(ApiToken.account).joinedload(Account.person),
    joinedload(ApiToken.appointment)
    .joinedload(Appointment.organization)
    .options(joinedload(Organization.states), joinedload(Organization.instansi).lazyload(Organization.states)),
    joinedload(ApiToken.appointment).joinedload(Appointment.person),
)


def whose(request: Request) -> SignedIn | None:
    """Whose token this is: one account in one office, asked afresh by every request."""
    sent = _sent(request)
    if sent is None:
        return None
    query = _WHOSE.where(ApiToken.token_hash == token_hash(sent))
    found = db.session.scalars(query).unique().one_or_none() if len(sent) <= LONGEST else None
    if found is None or not tokens.alive(found):
        _count_a_wrong_one()
        return None
    actor = acting(found.appointment, found.account_id)
    db.session.info["actor"] = actor
    return SignedIn(actor, "", found.account_id)


def _sent(request: Request) -> str | None:
    if not request.path.startswith(ROOT) or request.method not in SAFE:
        return None
    given = request.authorization
    if given is None or given.type != "bearer":
        return None
    return given.token or ""


def _count_a_wrong_one() -> None:
    """In a transaction of its own, since a request that reads writes nothing; 429 when this place has to wait."""
    place = f"token {throttling.network(current.remote_addr)}"
    db.session.rollback()
    with only_reading(False), OrmSession(db.engine) as own:
        until = throttling.take(own, place, place)
        own.commit()
    if until is not None:
        current_app.logger.info("api token has to wait")
        abort(429)
