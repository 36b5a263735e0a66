"""One clock for every rule.

A request is judged by the instant at which it arrived, stored once and used by every check of
that request; outside a request it is simply now. Instants are timezone-aware UTC.
"""

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_arrival: ContextVar[datetime | None] = ContextVar("arrival", default=None)


def now() -> datetime:
    """The instant all rules go by: the arrival of the request, or the present."""
    return _arrival.get() or datetime.now(UTC)


def today(zone: str) -> date:
    """The calendar day of `now()` in an IANA zone: offices are held by the day."""
    return now().astimezone(ZoneInfo(zone)).date()


def day_of(instant: datetime, zone: str) -> date:
    """The calendar day on which an instant fell in an IANA zone."""
    return instant.astimezone(ZoneInfo(zone)).date()


def arrive(instant: datetime | None) -> None:
    """Set the instant by which everything in this context is judged (None: the present)."""
    _arrival.set(instant)


@contextmanager
def judged_at(instant: datetime):
    """Let everything inside be judged as if it had arrived at `instant` (aware UTC)."""
    token = _arrival.set(instant)
    try:
        yield
    finally:
        _arrival.reset(token)
