"""Scales: what is a value, what only looks like one, and which level a value lies in."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.instruments import load
from assessments.refusal import Refused


def test_a_decimal_value_lies_in_the_band_of_its_level():
    scale = load("permenpanrb-8-2026").item("I01").scale
    levels = {
        text: scale.level(Fraction(text)).name for text in ("1.00", "1.26", "1.50", "2.50", "3.99", "4.00", "5.00")
    }
    assert list(levels.values()) == ["Merintis", "Merintis", "Membangun", "Berkembang", "Melembaga", "Unggul", "Unggul"]


LOOK_ALIKES = ["2,5", "2.5", "3.0", "III", "1e0", "0x3", "٣", "３", "NaN", "Infinity", "9" * 400, "-1", "6", "99", "03"]
LOOK_ALIKES += ["+3", "3-4", "", " ", "3\n", "3\0", "1_0", True, False, None, 3.0, -1, 0, 6, 10**400, [3], b"3"]


@pytest.mark.parametrize(
    "text",
    [*LOOK_ALIKES, {"value": 3}, Fraction(5, 2)],
    ids=lambda raw: repr(raw)[:12],
)
def test_what_only_looks_like_a_level_is_refused_with_the_allowed_values(text):
    with pytest.raises(Refused) as refusal:
        load("permenpanrb-59-2020").item("I01").scale.parse(text)
    (sentence,) = refusal.value.sentences
    assert "1 sampai 5" in sentence and len(sentence) < 120 and sentence.isprintable()


@pytest.mark.parametrize(("text", "value"), [("3", 3), (3, 3), (" 5 ", 5), ("1", 1)])
def test_a_level_is_taken_as_the_whole_number_it_is(text, value):
    assert load("permenpanrb-59-2020").item("I01").scale.parse(text) == Fraction(value)


def test_the_older_scale_begins_at_zero():
    assert load("permenpanrb-5-2018").item("I01").scale.parse("0") == 0


@pytest.mark.parametrize(
    ("text", "value"), [("2", "2"), ("2,5", "2.5"), ("2.50", "2.5"), ("1,26", "1.26"), ("5,00", "5"), (4, "4")]
)
def test_a_decimal_scale_takes_comma_or_point_and_two_decimals(text, value):
    assert load("permenpanrb-8-2026").item("I01").scale.parse(text) == Fraction(value)


@pytest.mark.parametrize(
    "text", ["2,505", "0,99", "5,01", "2.", ",5", "1.000,5", "2;5", "1e0", "٢٫٥", "NaN", True, 2.5, 6]
)
def test_a_decimal_scale_refuses_the_rest(text):
    with pytest.raises(Refused, match="1,00 sampai 5,00 dengan paling banyak 2 angka desimal"):
        load("permenpanrb-8-2026").item("I01").scale.parse(text)


@given(st.text(max_size=40))
def test_any_text_is_a_value_on_the_scale_or_a_refusal(text):
    for key in ("permenpanrb-59-2020", "permenpanrb-8-2026"):
        scale = load(key).item("I01").scale
        try:
            assert scale.holds(scale.parse(text))
        except Refused as refusal:
            assert str(refusal).isprintable()
