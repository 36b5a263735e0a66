"""Working days: Monday to Friday, without the days off that the caller names. Pure: `holidays` is any set of dates."""

from collections.abc import Container
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from .models import Holiday
from .models.holiday import HOLIDAY_KINDS
from .refusal import Refused
from .texts import clean_line

SATURDAY = 5
DAY = timedelta(days=1)
FARTHEST = 1000  # about four years; nothing an office promises lies farther ahead
FIRST_YEAR, LAST_YEAR = 2018, 2100


def is_working_day(day: date, holidays: Container[date]) -> bool:
    """Whether offices work on this day."""
    return day.weekday() < SATURDAY and day not in holidays


def add_working_days(day: date, n: int, holidays: Container[date]) -> date:
    """The n-th working day after `day`, or before it where n is negative. `day` itself is not counted; 0 gives it back."""
    if abs(n) > FARTHEST:
        raise ValueError(f"{n} working days are too many")
    step = DAY if n > 0 else -DAY
    left = abs(n)
    while left:
        day += step
        left -= is_working_day(day, holidays)
    return day


def working_days_between(first: date, last: date, holidays: Container[date]) -> int:
    """How many working days come after `first` up to and with `last`; negative where `last` comes earlier.

    So `working_days_between(day, add_working_days(day, n, holidays), holidays)` is n again.
    """
    if last < first:
        return -sum(is_working_day(first - n * DAY, holidays) for n in range(1, (first - last).days + 1))
    return sum(is_working_day(first + n * DAY, holidays) for n in range(1, (last - first).days + 1))


def holidays_of(session: Session, instansi_id: int | None, first: date, last: date) -> frozenset[date]:
    """The days off of an instansi from one day to another, those of the country among them."""
    whose = or_(Holiday.instansi_id.is_(None), Holiday.instansi_id == instansi_id)
    return frozenset(session.scalars(select(Holiday.day).where(whose, Holiday.day.between(first, last))))


def save_holiday(
    session: Session, holiday: Holiday | None, *, day: date | None, name: str, kind: str, instansi_id: int | None
) -> Holiday:
    """Make one or change it. A local one belongs to the instansi named; the others are those of the whole country."""
    if day is None:
        raise Refused("Tanggal wajib diisi.", field="day")
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Refused(f"Tanggal libur antara tahun {FIRST_YEAR} dan {LAST_YEAR}.", field="day")
    name = clean_line(name, 120, "Nama", "name", required=True)
    if kind not in HOLIDAY_KINDS:
        raise Refused("Pilih jenis libur.", field="kind")
    whose = instansi_id if kind == "local" else None
    same = Holiday.instansi_id.is_(None) if whose is None else Holiday.instansi_id == whose
    taken = session.scalar(select(Holiday.name).where(Holiday.day == day, same, Holiday.id != (holiday.id if holiday else 0)))
    if taken is not None:
        raise Refused(f"Tanggal ini sudah terdaftar sebagai {taken}.", field="day")
    if holiday is None:
        holiday = Holiday()
        session.add(holiday)
    holiday.day, holiday.name, holiday.kind, holiday.instansi_id = day, name, kind, whose
    session.flush()
    return holiday


def delete_holiday(session: Session, holiday: Holiday) -> None:
    """A day that turned out to be none, or was moved; the chain keeps that it was there."""
    session.delete(holiday)
    session.flush()
