"""Working days: Saturday and Sunday are off, and the days the caller names."""

from datetime import date

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from assessments.models import Holiday
from assessments.refusal import Refused
from assessments.working_days import (
    add_working_days,
    holidays_of,
    is_working_day,
    save_holiday,
    working_days_between,
)
from tests import builders as build

FRIDAY, MONDAY = date(2026, 8, 14), date(2026, 8, 17)
OFF = frozenset({MONDAY})


def test_offices_work_from_monday_to_friday_and_not_on_days_off():
    week = [date(2026, 8, n) for n in range(10, 17)]
    assert [is_working_day(day, ()) for day in week] == [True] * 5 + [False] * 2
    assert not is_working_day(MONDAY, OFF) and is_working_day(MONDAY, ())


@pytest.mark.parametrize(
    ("day", "n", "then"),
    [
        (FRIDAY, 0, FRIDAY), (FRIDAY, 1, date(2026, 8, 18)), (date(2026, 8, 15), 1, date(2026, 8, 18)),
        (FRIDAY, 5, date(2026, 8, 24)), (date(2026, 8, 18), -1, FRIDAY), (MONDAY, -1, FRIDAY), (MONDAY, 0, MONDAY),
    ],
)
def test_the_nth_working_day_is_counted_without_the_day_itself(day, n, then):
    assert add_working_days(day, n, OFF) == then


def test_counting_between_is_the_other_way_round():
    assert working_days_between(FRIDAY, FRIDAY, OFF) == 0
    assert working_days_between(FRIDAY, MONDAY, OFF) == 0 and working_days_between(FRIDAY, MONDAY, ()) == 1
    for n in (-7, -1, 1, 2, 10, 250):
        assert working_days_between(FRIDAY, add_working_days(FRIDAY, n, OFF), OFF) == n
    with pytest.raises(ValueError, match="too many"):
        add_working_days(FRIDAY, 5000, OFF)


def test_a_city_has_the_days_of_the_country_and_its_own(session):
    city, other = build.city(session), build.city(session, "Kota Lain")
    for whose in (city, other):
        save_holiday(session, None, day=date(2026, 2, 27), name="HUT kota", kind="local", instansi_id=whose.instansi.id)
    save_holiday(session, None, day=MONDAY, name="Proklamasi  Kemerdekaan", kind="national", instansi_id=city.instansi.id)
    save_holiday(session, None, day=date(2026, 11, 20), name="HUT lain", kind="local", instansi_id=other.instansi.id)
    assert holidays_of(session, city.instansi.id, date(2026, 1, 1), date(2026, 12, 31)) == {date(2026, 2, 27), MONDAY}
    assert holidays_of(session, city.instansi.id, date(2026, 3, 1), date(2026, 8, 16)) == frozenset()


def test_what_is_wrong_with_a_day_off_is_named(session):
    fields = {"day": MONDAY, "name": "Proklamasi", "kind": "national", "instansi_id": None}
    first = save_holiday(session, None, **fields)
    assert save_holiday(session, first, **fields | {"name": "Hari Kemerdekaan"}) is first
    for wrong, field in (
        ({}, "day"), ({"day": None}, "day"), ({"day": date(1999, 1, 1)}, "day"), ({"name": " "}, "name"),
        ({"name": "x" * 121}, "name"), ({"kind": "libur"}, "kind"), ({"kind": "joint_leave"}, "day"),
    ):
        with pytest.raises(Refused) as no:
            save_holiday(session, None, **fields | wrong)
        assert no.value.field == field, wrong


def test_the_database_itself_keeps_one_day_off_a_day(session):
    city = build.city(session)
    national = {"day": MONDAY, "name": "A", "kind": "national", "instansi_id": None}
    local = {"day": MONDAY, "name": "A", "kind": "local", "instansi_id": city.instansi.id}
    session.add_all([Holiday(**national), Holiday(**local)])
    session.flush()
    for row in (national, local, local | {"instansi_id": None}, national | {"instansi_id": city.instansi.id, "day": FRIDAY},
                national | {"kind": "x", "day": FRIDAY}):
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(insert(Holiday.__table__).values(**row))
