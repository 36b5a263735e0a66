"""Dates as an iCalendar file (RFC 5545), which every calendar program reads."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from assessments.deadlines import Dated

MEDIA_TYPE = "text/calendar"
LINE = 75  # octets, without the line end
ALARMS = ("-P7D", "-P1D")
SESSION_ALARMS = ("-P1D", "-PT1H")


def written(dates: Iterable[Dated], host: str, name: str, moment: datetime) -> bytes:
    """One calendar with an event for each date; a deadline rings seven days and one day before."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//{host}//Portal SPBE//ID", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
             f"X-WR-CALNAME:{escaped(name)}", "REFRESH-INTERVAL;VALUE=DURATION:PT12H"]
    for one in dates:
        lines += _event(one, host, moment)
    lines.append("END:VCALENDAR")
    return b"".join(folded(line) for line in lines)


def _event(one: Dated, host: str, moment: datetime) -> list[str]:
    lines = ["BEGIN:VEVENT", f"UID:{one.key}@{host}", f"DTSTAMP:{_instant(moment)}"]
    if one.at is not None:
        lines += [f"DTSTART:{_instant(one.at)}", f"DTEND:{_instant(one.ends or one.at)}"]
    else:
        lines += [f"DTSTART;VALUE=DATE:{_day(one.day)}", f"DTEND;VALUE=DATE:{_day(one.day + timedelta(days=1))}"]
    lines += [f"SUMMARY:{escaped(one.title)}", "TRANSP:OPAQUE" if one.ends else "TRANSP:TRANSPARENT"]
    if one.place:
        lines.append(f"LOCATION:{escaped(one.place)}")
    if one.status:
        lines += [f"SEQUENCE:{one.sequence}", f"STATUS:{one.status}"]
    if one.own or one.title.startswith("Batas"):
        for before in SESSION_ALARMS if one.ends else ALARMS:
            lines += ["BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{escaped(one.title)}", f"TRIGGER:{before}", "END:VALARM"]
    return [*lines, "END:VEVENT"]


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"


def escaped(text: str) -> str:
    """A text value: nothing in it can begin another line or property."""
    plain = " ".join(text.split())
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def folded(line: str) -> bytes:
    """At most 75 octets a line, never broken inside a letter; what goes on begins with a space."""
    rest = line.encode()
    parts: list[bytes] = []
    while len(rest) > LINE - bool(parts):
        cut = LINE - bool(parts)
        while rest[cut] & 0xC0 == 0x80:
            cut -= 1
        parts.append(rest[:cut])
        rest = rest[cut:]
    return b"\r\n ".join([*parts, rest]) + b"\r\n"
