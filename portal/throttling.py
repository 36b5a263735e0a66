"""Wrong passwords slow down whoever tries them, without locking the owner out.

An attempt is counted before its password is looked at, so that a hundred at once are no more than a hundred in a
row; a right password gives its count back. Three counters, each with its own wait:

- one account from one address: five tries, then 15 minutes;
- one account from anywhere: twenty within an hour, then waits that double from one minute to 15;
- one address, whatever it tries: a hundred within 15 minutes (a whole city hall may share one), then 5 minutes.
"""

import hmac
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from ipaddress import IPv6Address, ip_address

from flask import current_app, request
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from assessments.clock import now
from assessments.models import Account, Throttle
from assessments.refusal import Refused

from . import passwords
from .extensions import db
from .formatting import clock


@dataclass(frozen=True)
class Limit:
    """`tries` within `window`; then a wait, which doubles with every further try up to `longest`."""

    tries: int
    window: timedelta
    wait: timedelta
    longest: timedelta


PAIR = Limit(5, timedelta(minutes=15), timedelta(minutes=15), timedelta(minutes=15))
ACCOUNT = Limit(20, timedelta(hours=1), timedelta(minutes=1), timedelta(minutes=15))
ADDRESS = Limit(100, timedelta(minutes=15), timedelta(minutes=5), timedelta(minutes=15))
# What somebody without an account may send from one address (a whole city hall may share one).
REPORTS = Limit(60, timedelta(hours=1), timedelta(minutes=15), timedelta(hours=1))
# A forgotten password is asked for once or twice; whoever asks more wants to fill a mailbox.
FORGOTTEN = Limit(5, timedelta(hours=1), timedelta(minutes=15), timedelta(hours=1))


# Files that anybody has compared with what was printed: each one is opened in a process of its own.
COMPARED = Limit(30, timedelta(hours=1), timedelta(minutes=15), timedelta(hours=1))


class MustWait(Refused):
    """Too many wrong passwords; `until` says when the next try counts."""

    def __init__(self, until: datetime, zone: str, field: str | None = "password"):
        super().__init__(f"Terlalu banyak kata sandi salah. Tunggu sampai {clock(until, zone)}, lalu coba lagi.", field=field)
        self.until = until


def take(session: Session, who: str, address: str | None) -> datetime | None:
    """Count one attempt on `who` from an address; until when it has to wait instead, where it has to."""
    return _count(session, _limits(who, address))


def take_report(session: Session, address: str | None) -> datetime | None:
    """Count one report of somebody without an account; until when that address has to wait instead."""
    return _count(session, {_key("report", network(address)): REPORTS})


def take_comparison(session: Session, address: str | None) -> datetime | None:
    """Count one file compared for somebody without an account; until when that address has to wait instead."""
    return _count(session, {_key("compared", network(address)): COMPARED})


def take_forgotten(session: Session, name: str, address: str | None) -> datetime | None:
    """Count one request for a link by this name and address, whether anybody has that name or not."""
    return _count(session, {_key("forgotten", name): FORGOTTEN, _key("forgotten from", network(address)): REPORTS})


def times_today(session: Session, address: str | None, thing: str, day: date) -> int:
    """How many times this address has said this of a thing that day, this one included; two at once are never the same one."""
    statement = _insert(session)(Throttle).values(
        key=_key("said", network(address), thing, day.isoformat()), failures=1, first_at=now()
    )
    return session.execute(
        statement.on_conflict_do_update(index_elements=["key"], set_={"failures": Throttle.failures + 1}).returning(Throttle.failures)
    ).scalar_one()


def _insert(session: Session):
    return postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert


def _count(session: Session, limits: dict[str, Limit]) -> datetime | None:
    insert, moment = _insert(session), now()
    for key in sorted(limits):
        session.execute(
            insert(Throttle).values(key=key, failures=0, first_at=moment).on_conflict_do_nothing(index_elements=["key"])
        )
    rows = _rows(session, limits)
    waits = [row.blocked_until for row in rows if row.blocked_until is not None and row.blocked_until > moment]
    if waits:
        return max(waits)
    for row in rows:
        limit = limits[row.key]
        served = limit is PAIR and row.blocked_until is not None
        if served or row.first_at + limit.window < moment:
            row.failures, row.first_at, row.blocked_until = 0, moment, None
        row.failures += 1
        if row.failures >= limit.tries:
            doubled = limit.wait * 2 ** min(row.failures - limit.tries, 10)
            row.blocked_until = moment + min(doubled, limit.longest)
    return None


def give_back(session: Session, who: str, address: str | None) -> None:
    """The password was right: this attempt was none, and the owner at this address starts afresh."""
    limits = _limits(who, address)
    for row in _rows(session, limits):
        row.failures = 0 if limits[row.key] is PAIR else max(row.failures - 1, 0)
        row.blocked_until = None


def waiting(session: Session, who: str, address: str | None) -> datetime | None:
    """Until when the next attempt would have to wait."""
    waits = session.scalars(select(Throttle.blocked_until).where(Throttle.key.in_(_limits(who, address)))).all()
    return max((until for until in waits if until is not None and until > now()), default=None)


def confirm(account_id: int, password: str, zone: str, field: str = "password") -> Account:
    """Make sure the owner is at the keyboard: the account, where the password is the present one, else Refused.

    Ends the transaction before hashing; afterwards a new one is open, to write in.
    """
    who, address = f"present:{account_id}", request.remote_addr
    stored = db.session.scalar(select(Account.password).where(Account.id == account_id))
    until = take(db.session, who, address)
    db.session.commit()
    if until is not None:
        raise MustWait(until, zone, field)
    right = passwords.matches(stored, password)
    account = db.session.get_one(Account, account_id, populate_existing=True)
    if not right or account.password != stored:
        until = waiting(db.session, who, address)
        if until is not None:
            raise MustWait(until, zone, field)
        raise Refused("Kata sandi ini bukan kata sandi akun Anda sekarang.", field=field)
    give_back(db.session, who, address)
    return account


def prove_presence(account_id: int, password: str, zone: str, wrong: str) -> None:
    """Make sure the owner is at the keyboard before something is signed; hashed while no transaction is open.

    Counted only where it was wrong: the same form sent twenty times at once is one right password, not twenty tries.
    `wrong` is the sentence for another password.
    """
    who, address = f"account:{account_id}", request.remote_addr
    stored = db.session.scalar(select(Account.password).where(Account.id == account_id))
    until = waiting(db.session, who, address)
    db.session.rollback()
    if until is None and passwords.matches(stored, password):
        return
    until = until or take(db.session, who, address)
    db.session.commit()
    if until is not None:
        raise MustWait(until, zone)
    raise Refused(wrong, field="password")


def _rows(session: Session, limits: dict[str, Limit]) -> list[Throttle]:
    return list(
        session.scalars(
            select(Throttle)
            .where(Throttle.key.in_(limits))
            .order_by(Throttle.key)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def _limits(who: str, address: str | None) -> dict[str, Limit]:
    place = network(address)
    return {_key("pair", who, place): PAIR, _key("account", who): ACCOUNT, _key("address", place): ADDRESS}


def network(address: str | None) -> str:
    """An IPv4 address, or the /64 an IPv6 address can move about in."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return address or ""
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(int(parsed) >> 64)
    return str(parsed)


def _key(*parts: str) -> str:
    """Who and where are kept as a keyed hash: the table tells nobody which names were tried."""
    secret = str(current_app.secret_key).encode()
    return hmac.new(secret, "\0".join(parts).encode("utf-8", "surrogatepass"), "sha256").hexdigest()
