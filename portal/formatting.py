"""Numbers, sizes, dates and names the way people in Indonesia write them.

Pure functions first, with English names; `register` hands them to Jinja under the Indonesian
names that templates use. Instants are timezone-aware and are shown in a named zone.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from math import floor
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_timezone_name
from flask import Flask, has_request_context
from flask_login import current_user

Number = int | float | Decimal | Fraction
Zone = str | ZoneInfo

LOCALE = "id"
MISSING = "–"
MINUS = "−"
ZONE_LETTERS = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Jayapura": "WIT",
}


# Numbers


def number(value: Number, places: int | None = None, most: int = 4) -> str:
    """1234567.5 -> "1.234.567,5"; with `places` exactly that many decimals, else `most` at most.

    Halves round away from zero.
    """
    shown = most if places is None else places
    digits = _half_up(abs(Fraction(value)), shown)
    whole, fraction = divmod(digits, 10**shown)
    decimals = f"{fraction:0{shown}d}" if shown else ""
    if places is None:
        decimals = decimals.rstrip("0")
    sign = MINUS if value < 0 and digits else ""
    return sign + f"{whole:,}".replace(",", ".") + (f",{decimals}" if decimals else "")


def two_places(value: Number) -> str:
    """An index or a level as it is published: Fraction(17, 8) -> "2,13"."""
    return number(value, 2)


def signed(value: Number, places: int = 2) -> str:
    """A difference: "+0,03", "−0,56", and "0,00" without a sign."""
    text = number(value, places)
    return f"+{text}" if value > 0 and text != number(0, places) else text


def percent(share: Number, places: int | None = None) -> str:
    """A share of one: Fraction(7, 8) -> "87,5%"; without `places` at most one decimal."""
    return number(Fraction(share) * 100, places, most=1) + "%"


def weight(value: Number) -> str:
    """A weight that is already in percent: Fraction(10, 3) -> "3,33%"."""
    return number(value, 2) + "%"


def size(octets: int) -> str:
    """4404019 -> "4,2 MB". One MB is 1024 x 1024 bytes, as file managers show it."""
    if octets < 1024:
        return f"{octets} byte"
    if octets < 1024**2:
        return f"{number(Fraction(octets, 1024), 0)} KB"
    name, unit = ("MB", 1024**2) if octets < 1024**3 else ("GB", 1024**3)
    return f"{number(Fraction(octets, unit), most=1)} {name}"


def _half_up(value: Fraction, places: int) -> int:
    return floor(value * 10**places + Fraction(1, 2))


# Moments


def local(instant: datetime, zone: Zone) -> datetime:
    """The wall clock of `zone`; a datetime without a zone is refused, since nobody knows when it is."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant!r} has no time zone")
    return instant.astimezone(zone if isinstance(zone, ZoneInfo) else ZoneInfo(zone))


def zone_letters(instant: datetime, zone: Zone) -> str:
    return ZONE_LETTERS.get(str(zone)) or get_timezone_name(local(instant, zone), width="short", locale=LOCALE)


def day_of(moment: date, zone: Zone) -> date:
    """The calendar day: of an instant in `zone`, of a date that date itself."""
    return local(moment, zone).date() if isinstance(moment, datetime) else moment


def long_date(moment: date, zone: Zone) -> str:
    return format_date(day_of(moment, zone), "EEEE, d MMMM y", locale=LOCALE)


def plain_date(moment: date, zone: Zone) -> str:
    return format_date(day_of(moment, zone), "d MMMM y", locale=LOCALE)


def short_date(moment: date, zone: Zone) -> str:
    return format_date(day_of(moment, zone), "d MMM y", locale=LOCALE)


def clock(instant: datetime, zone: Zone) -> str:
    return f"{local(instant, zone):%H.%M} {zone_letters(instant, zone)}"


def both_clocks(instant: datetime, zone: Zone, viewer_zone: Zone | None = None) -> str:
    """ "14.32 WIT (12.32 WIB)": the viewer's clock beside the other one where they differ."""
    text = clock(instant, zone)
    if viewer_zone is None or zone_letters(instant, viewer_zone) == zone_letters(instant, zone):
        return text
    return f"{text} ({clock(instant, viewer_zone)})"


def long_moment(instant: datetime, zone: Zone) -> str:
    return f"{long_date(instant, zone)} pukul {clock(instant, zone)}"


def deadline(instant: datetime, zone: Zone, viewer_zone: Zone | None = None) -> str:
    """The moment in the institution's zone, with the viewer's clock beside it when that differs."""
    text = long_moment(instant, zone)
    if viewer_zone is None or zone_letters(instant, viewer_zone) == zone_letters(instant, zone):
        return text
    elsewhere = clock(instant, viewer_zone)
    if day_of(instant, viewer_zone) != day_of(instant, zone):
        elsewhere = f"{long_date(instant, viewer_zone)} pukul {elsewhere}"
    return f"{text} ({elsewhere})"


def short_deadline(instant: datetime, zone: Zone, viewer_zone: Zone | None = None) -> str:
    """The same for a column of a table: "18 Nov 2026 23.59 WIT (21.59 WIB)"."""
    text = f"{short_date(instant, zone)} {clock(instant, zone)}"
    if viewer_zone is None or zone_letters(instant, viewer_zone) == zone_letters(instant, zone):
        return text
    elsewhere = clock(instant, viewer_zone)
    if day_of(instant, viewer_zone) != day_of(instant, zone):
        elsewhere = f"{short_date(instant, viewer_zone)} {elsewhere}"
    return f"{text} ({elsewhere})"


def days_left(moment: date, zone: Zone, now: datetime | None = None) -> int:
    """Calendar days in `zone` from now to `moment`; negative when that day is over."""
    return (day_of(moment, zone) - day_of(now or datetime.now(UTC), zone)).days


def time_left(moment: date, zone: Zone, now: datetime | None = None) -> str:
    """ "6 hari lagi", "hari ini", "lewat 2 hari"."""
    now = now or datetime.now(UTC)
    days = days_left(moment, zone, now)
    if days > 0:
        return f"{number(days)} hari lagi"
    if days < 0:
        return f"lewat {number(-days)} hari"
    return "sudah lewat" if isinstance(moment, datetime) and moment < now else "hari ini"


def urgency(moment: date, zone: Zone, now: datetime | None = None) -> str:
    """Tone of a deadline: "warn" from seven days before, "bad" from one day before and after it."""
    days = days_left(moment, zone, now)
    return "bad" if days <= 1 else "warn" if days <= 7 else ""


# Words


def fingerprint(digest: str) -> str:
    """The first 16 hexadecimal digits in fours: "7C4A 91F0 3BD2 E865"."""
    head = digest[:16].upper()
    return " ".join(head[i : i + 4] for i in range(0, len(head), 4))


def initials(name: str) -> str:
    """First letters of the first and the last word, titles left out: "Ni Made Ayu, S.Kom." -> "NA"."""
    words = [word for word in name.split(",")[0].split() if not word.endswith(".")]
    words = words or name.split()
    return "".join(word[0].upper() for word in dict.fromkeys((words[0], words[-1]))) if words else "?"


def listing(items: Iterable[object]) -> str:
    """ "a, b, dan c"."""
    words = [str(item) for item in items]
    if len(words) < 3:
        return " dan ".join(words)
    return ", ".join(words[:-1]) + f", dan {words[-1]}"


def register(app: Flask) -> None:
    """Give templates these functions as filters; a value that is not there shows as a dash."""
    app.config.setdefault("INSTITUTION_ZONE", "Asia/Makassar")

    def plain(function):
        return lambda value, *rest: MISSING if value is None else function(value, *rest)

    def zoned(function):
        def show(value, zone=None, *rest):
            return MISSING if value is None else function(value, zone or app.config["INSTITUTION_ZONE"], *rest)

        return show

    def read(function):
        """With the clock of whoever reads the page beside that of the round, where they differ."""

        def show(value, zone=None, viewer_zone=None):
            here = zone or app.config["INSTITUTION_ZONE"]
            return MISSING if value is None else function(value, here, viewer_zone or _reader_zone())

        return show

    for name, function in {
        "angka": number,
        "dua_desimal": two_places,
        "selisih": signed,
        "persen": percent,
        "persen_bobot": weight,
        "ukuran": size,
        "sidik": fingerprint,
        "inisial": initials,
        "daftar": listing,
    }.items():
        app.jinja_env.filters[name] = plain(function)
    for name, function in {
        "tanggal": long_date,
        "tanggal_biasa": plain_date,
        "tanggal_pendek": short_date,
        "sisa": time_left,
        "mendesak": urgency,
    }.items():
        app.jinja_env.filters[name] = zoned(function)
    for name, function in {
        "tanggal_jam": deadline,
        "jam": both_clocks,
        "tenggat": deadline,
        "tenggat_pendek": short_deadline,
    }.items():
        app.jinja_env.filters[name] = read(function)


def _reader_zone() -> str | None:
    """The clock of whoever is signed in and asked for this page; nobody's outside a request."""
    reader = getattr(current_user, "actor", None) if has_request_context() else None
    return reader.zone if reader is not None else None
