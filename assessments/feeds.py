"""Secret addresses under which a calendar program follows one person's dates: shown once, kept as a hash, ended at will."""

import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from .actors import Actor, acting
from .canonical import digest
from .clock import now
from .models import Account, Appointment, CalendarFeed, Organization, Person

BYTES = 32


def begin(session: Session, by: Actor) -> str:
    """A new address; the one before it ends. Gives the secret, which nobody can read again."""
    end(session, by)
    secret = secrets.token_urlsafe(BYTES)
    session.add(CalendarFeed(token_hash=digest(secret.encode()), account_id=by.account_id, made_at=now()))
    session.flush()
    return secret


def end(session: Session, by: Actor) -> bool:
    """End the address in use at once; whether there was one."""
    living = current(session, by)
    if living is not None:
        living.ended_at = now()
    return living is not None


def current(session: Session, by: Actor) -> CalendarFeed | None:
    return session.scalars(
        select(CalendarFeed)
        .where(CalendarFeed.account_id == by.account_id, CalendarFeed.ended_at.is_(None))
        .order_by(CalendarFeed.made_at.desc())
    ).first()


def offices(session: Session, account: Account) -> list[Actor]:
    """The offices the holder of an account has today."""
    held = session.scalars(
        select(Appointment)
        .where(Appointment.person_id == account.person_id)
        .options(
            joinedload(Appointment.person),
            joinedload(Appointment.organization).options(
                joinedload(Organization.states), joinedload(Organization.instansi).lazyload(Organization.states)
            ),
        )
        .order_by(Appointment.id)
    ).unique()
    return [acting(one, account.id) for one in held if one.held_on()]


def opened_by(session: Session, secret: str) -> Account | None:
    """Whose dates a secret opens; none where it is wrong, was ended, or the account is closed."""
    if not 20 <= len(secret) <= 100:
        return None
    feed = session.scalars(
        select(CalendarFeed)
        .where(CalendarFeed.token_hash == digest(secret.encode("utf-8", "surrogatepass")), CalendarFeed.ended_at.is_(None))
        .options(joinedload(CalendarFeed.account).joinedload(Account.person).lazyload(Person.home_org))
    ).one_or_none()
    return feed.account if feed is not None and feed.account.active else None
