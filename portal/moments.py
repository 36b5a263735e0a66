"""A day and a clock time as people type them, as one instant in the zone of a round."""

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from wtforms import StringField
from wtforms.validators import ValidationError

CLOCK = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])(:[0-5][0-9])?", re.ASCII)
LAST = time(23, 59)


class ClockField(StringField):
    """A time of day: 23:59 as browsers send it, or 23.59 as people type it; `clock` is the time or None."""

    clock: time | None = None

    def pre_validate(self, form) -> None:
        typed = (self.data or "").strip()
        self.clock = None
        if not typed:
            return
        match = CLOCK.fullmatch(typed)
        if match is None:
            raise ValidationError(f"{self.label.text} tidak dapat dibaca. Tulis seperti 23.59.")
        self.clock = time(int(match[1]), int(match[2]))


def opening(day: date, clock: time | None, zone: str) -> datetime:
    """The first instant of that minute, UTC."""
    return datetime.combine(day, clock or time(0, 0), ZoneInfo(zone)).astimezone(UTC)


def closing(day: date, clock: time | None, zone: str) -> datetime:
    """The last instant of that minute, UTC: what is printed as 23.59 still counts as in time."""
    end = (clock or LAST).replace(second=59, microsecond=999999)
    return datetime.combine(day, end, ZoneInfo(zone)).astimezone(UTC)


def shown_day(instant: datetime | None, zone: str) -> str:
    """The calendar day of an instant, as a date field wants it."""
    return instant.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d") if instant else ""


def shown_clock(instant: datetime | None, zone: str) -> str:
    return instant.astimezone(ZoneInfo(zone)).strftime("%H:%M") if instant else ""
