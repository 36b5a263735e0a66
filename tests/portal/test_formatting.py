"""Numbers and moments read the way Indonesian offices write them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from flask import Flask, render_template_string

from portal import formatting as f

WIB, WITA, WIT = "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"
EVENING = datetime(2020, 11, 18, 10, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3.42, "3,42"),
        (Decimal("1234567.5"), "1.234.567,5"),
        (1234567, "1.234.567"),
        (0, "0"),
        (-12, "−12"),
        (Fraction(1, 3), "0,3333"),
        (Decimal("-0.00001"), "0"),
    ],
)
def test_numbers_have_a_decimal_comma_and_dots_between_thousands(value, text):
    assert f.number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(17, 8), "2,13"),
        (Decimal("3.185"), "3,19"),
        (Decimal("3.1849999999"), "3,18"),
        (5, "5,00"),
        (Fraction(-17, 8), "−2,13"),
        (Fraction(-1, 1000), "0,00"),
    ],
)
def test_published_values_round_half_up_from_the_exact_value(value, text):
    assert f.two_places(value) == text


def test_a_difference_always_says_its_direction_and_zero_has_none():
    assert [f.signed(v) for v in (Fraction(-56, 100), Decimal("0.03"), 0, Fraction(1, 1000))] == ["−0,56", "+0,03", "0,00", "0,00"]
    assert f.signed(Decimal("0.0275"), 4) == "+0,0275"


def test_shares_and_weights_are_percentages():
    assert f.percent(Fraction(7, 8)) == "87,5%"
    assert f.percent(Fraction(2, 3)) == "66,7%"
    assert f.percent(1) == "100%"
    assert f.percent(Fraction(2, 3), 2) == "66,67%"
    assert f.weight(Fraction(10, 3)) == "3,33%"


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        (0, "0 byte"),
        (1023, "1023 byte"),
        (1024, "1 KB"),
        (4404019, "4,2 MB"),
        (50 * 1024**2, "50 MB"),
        (3 * 1024**3, "3 GB"),
        (1500 * 1024**3, "1.500 GB"),
    ],
)
def test_sizes_use_the_unit_a_file_manager_would(octets, text):
    assert f.size(octets) == text


@pytest.mark.parametrize(("zone", "text"), [(WIB, "17.05 WIB"), (WITA, "18.05 WITA"), (WIT, "19.05 WIT")])
def test_a_moment_is_written_out_with_its_zone(zone, text):
    assert f.long_date(EVENING, zone) == "Rabu, 18 November 2020"
    assert f.long_moment(EVENING, zone) == f"Rabu, 18 November 2020 pukul {text}"
    assert f.clock(EVENING, zone) == text


def test_a_short_date_keeps_the_year():
    assert f.short_date(EVENING, WIB) == "18 Nov 2020"
    assert f.plain_date(date(2022, 8, 31), WIB) == "31 Agustus 2022"


def test_a_viewer_elsewhere_sees_both_clocks():
    closing = datetime(2026, 11, 18, 14, 59, tzinfo=UTC)
    assert f.deadline(closing, WIT) == "Rabu, 18 November 2026 pukul 23.59 WIT"
    assert f.deadline(closing, WIT, WIT) == "Rabu, 18 November 2026 pukul 23.59 WIT"
    assert f.deadline(closing, WIT, WIB) == "Rabu, 18 November 2026 pukul 23.59 WIT (21.59 WIB)"


def test_the_other_clock_names_its_day_when_the_year_turns_between_them():
    closing = datetime(2026, 12, 31, 16, 59, tzinfo=UTC)
    assert f.deadline(closing, WIB, WIT) == "Kamis, 31 Desember 2026 pukul 23.59 WIB (Jumat, 1 Januari 2027 pukul 01.59 WIT)"


@pytest.mark.parametrize("zone", [WIB, WITA, WIT])
def test_the_last_minute_of_a_year_is_still_today_in_each_zone(zone):
    closing = datetime(2026, 12, 31, 23, 59, tzinfo=f.ZoneInfo(zone)).astimezone(UTC)
    assert f.time_left(closing, zone, closing - timedelta(seconds=30)) == "hari ini"
    assert f.time_left(closing, zone, closing - timedelta(days=6)) == "6 hari lagi"
    assert f.time_left(closing, zone, closing + timedelta(minutes=1)) == "lewat 1 hari"


def test_a_deadline_of_this_morning_is_over_this_evening():
    assert f.time_left(EVENING, WIB, EVENING + timedelta(hours=2)) == "sudah lewat"
    assert f.time_left(date(2020, 11, 18), WIB, EVENING) == "hari ini"
    assert f.time_left(date(2020, 11, 16), WIB, EVENING) == "lewat 2 hari"


@pytest.mark.parametrize(("days", "tone"), [(8, ""), (7, "warn"), (2, "warn"), (1, "bad"), (0, "bad"), (-3, "bad")])
def test_a_deadline_grows_urgent_at_seven_days_and_at_one(days, tone):
    assert f.urgency(EVENING + timedelta(days=days), WITA, EVENING) == tone


def test_a_datetime_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        f.long_date(datetime(2020, 11, 18), WIB)


def test_a_zone_outside_indonesia_still_has_a_name():
    assert f.clock(EVENING, "Asia/Tokyo").startswith("19.05 ")


def test_a_fingerprint_shows_sixteen_digits_in_fours():
    assert f.fingerprint("7c4a91f03bd2e865ffffffff") == "7C4A 91F0 3BD2 E865"


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Dr. Ni Made Ayu Dewi, S.Kom., M.T.", "ND"), ("Sukarno", "S"), ("Operator OPD", "OO"), ("", "?"), ("H. M.", "HM")],
)
def test_initials_leave_titles_out(name, letters):
    assert f.initials(name) == letters


def test_a_list_ends_with_dan():
    assert [f.listing(x) for x in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a dan b", "a, b, dan c"]


def test_templates_know_them_by_indonesian_names_and_show_a_dash_for_nothing():
    app = Flask("look")
    app.config["INSTITUTION_ZONE"] = WITA
    f.register(app)
    with app.app_context():
        page = "{{ t|tanggal_jam }}; {{ t|jam('Asia/Jakarta') }}; {{ x|dua_desimal }}; {{ none|tanggal }}; {{ none|angka }}; {{ 1|angka(2) }}"
        shown = render_template_string(page, t=EVENING, x=Fraction(319, 100))
    assert shown == "Rabu, 18 November 2020 pukul 18.05 WITA; 17.05 WIB; 3,19; –; –; 1,00"
