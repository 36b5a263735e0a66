"""Agreement of two readers against published figures, and what is said where there is little or nothing to count.

Sources of the expected figures, all to the five decimals the reference library prints:
- Gwet's tables of two raters, `cont3x3abstractors` and `cont4x4diagnosis` of his package irrCAC (CRAN 1.0, 2019), with the
  weighted coefficients of irrCAC 0.4.4 for Python (PyPI): `CAC(table, weights=...).cohen()` and `.gwet()`.
- Gwet's twelve units with missing values (Handbook of Inter-Rater Reliability, 4th ed. 2014; `raw_4raters` of the same
  package): `CAC(two columns, weights=..., categories=[1, 2, 3, 4, 5]).gwet()`.
"""

from fractions import Fraction

import pytest

from assessments.agreeing import ItemLine, Pair
from assessments.agreement import LEAST_PAIRS, agreement, leanings, least_for_coefficients
from assessments.instruments import load

ABSTRACTORS = [[13, 0, 0], [0, 20, 7], [0, 4, 56]]
DIAGNOSIS = [[40, 4, 4, 17], [6, 25, 2, 13], [4, 1, 21, 12], [15, 5, 9, 45]]
FIVE = (1, 2, 3, 4, 5)
# Gwet's units 1 to 12; None was not rated.
RATER_1 = (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None)
RATER_2 = (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, None)
RATER_3 = (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 3)
RATER_4 = (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None)
# 47 items of which five lack one value, and irrCAC's kappa over the 42 complete ones.
READER_A = (5, 1, 1, None, 2, 3, 1, 2, 4, 2, 5, 4, 4, 5, 4, 1, 5, None, 1, 2, 1, 5, 4, 5, 2, 4, 4, 4, 1, 3, 4, 5, 4, 3, 3,
            2, 1, 2, 1, 2, 5, 3, 1, 3, 2, 4, 5)
READER_B = (3, 1, 1, 5, 2, None, 1, 2, None, 1, 5, 4, 3, 5, 3, 2, 5, 5, 1, 2, 1, 4, 4, 5, 3, 4, 4, 4, 1, 3, None, 3, 3, 3, 3,
            2, 1, 1, 1, 1, 5, 3, 1, 3, 2, 4, 5)


def pairs_of(table):
    return [(i + 1, j + 1) for i, row in enumerate(table) for j, times in enumerate(row) for _ in range(times)]


@pytest.mark.parametrize(
    ("table", "kappa_linear", "kappa_quadratic", "ac2_linear", "ac2_quadratic"),
    [(ABSTRACTORS, 0.8429, 0.89216, 0.90002, 0.94024), (DIAGNOSIS, 0.40681, 0.38319, 0.37707, 0.29857)],
)
def test_weighted_coefficients_equal_those_of_gwets_tables(table, kappa_linear, kappa_quadratic, ac2_linear, ac2_quadratic):
    found = agreement(pairs_of(table), range(1, len(table) + 1))
    assert float(found.kappa_linear) == pytest.approx(kappa_linear, abs=5e-6)
    assert float(found.kappa_quadratic) == pytest.approx(kappa_quadratic, abs=5e-6)
    assert float(found.ac2_linear) == pytest.approx(ac2_linear, abs=5e-6)
    assert float(found.ac2_quadratic) == pytest.approx(ac2_quadratic, abs=5e-6)


def test_shares_are_exact_and_count_the_diagonal_and_its_neighbours():
    found = agreement(pairs_of(ABSTRACTORS), (1, 2, 3))
    assert (found.pairs, found.missing, found.exact, found.within_one) == (100, 0, Fraction(89, 100), Fraction(1))
    assert agreement(pairs_of(DIAGNOSIS), range(1, 5)).exact == Fraction(131, 223)


@pytest.mark.parametrize(
    ("one", "other", "ac2_linear", "ac2_quadratic"),
    [
        (RATER_1, RATER_2, 0.93596, 0.97623),
        (RATER_1, RATER_3, 0.71429, 0.84211),
        (RATER_1, RATER_4, 0.80468, 0.7794),
        (RATER_2, RATER_3, 0.81065, 0.93059),
        (RATER_2, RATER_4, 0.88281, 0.91176),
        (RATER_3, RATER_4, 0.82545, 0.93469),
        (READER_A, READER_B, 0.80764, 0.89995),
    ],
)
def test_missing_values_count_as_gwet_counts_them(one, other, ac2_linear, ac2_quadratic):
    found = agreement(zip(one, other, strict=True), FIVE)
    assert float(found.ac2_linear) == pytest.approx(ac2_linear, abs=5e-6)
    assert float(found.ac2_quadratic) == pytest.approx(ac2_quadratic, abs=5e-6)


def test_kappa_is_taken_over_the_complete_pairs():
    found = agreement(zip(READER_A, READER_B, strict=True), FIVE)
    assert (found.pairs, found.missing) == (42, 5)
    assert float(found.kappa_linear) == pytest.approx(0.81237, abs=5e-6)
    assert float(found.kappa_quadratic) == pytest.approx(0.90447, abs=5e-6)


def test_full_agreement_is_one_and_values_that_never_vary_leave_kappa_open():
    assert agreement([(1, 1), (3, 3), (5, 5)], FIVE).kappa_linear == 1
    same = agreement([(3, 3)] * 20, FIVE)
    assert (same.kappa_linear, same.kappa_quadratic, same.ac2_linear, same.exact) == (None, None, 1, 1)


def test_nothing_to_count_is_said_and_no_zero_is_made_of_it():
    found = agreement([(None, 3), (2, None), (None, None)], FIVE)
    assert (found.pairs, found.missing, found.exact, found.ac2_linear, found.few) == (0, 2, None, None, True)
    assert leanings([("a", None, "b", 3)]) == {}


def test_it_says_how_many_pairs_are_too_few():
    assert least_for_coefficients(5) == 50
    assert agreement([(3, 3)] * (LEAST_PAIRS - 1), FIVE).few and not agreement([(3, 3)] * LEAST_PAIRS, FIVE).few
    assert agreement([(3, 3)] * 47, FIVE).few_for_coefficients and not agreement([(3, 3)] * 50, FIVE).few_for_coefficients


def test_leaning_is_the_mean_difference_to_the_partners():
    rows = [("Ayu", 4, "Bima", 3), ("Ayu", 3, "Bima", 3), ("Bima", 2, "Citra", 4), ("Ayu", 5, "Citra", None)]
    found = leanings(rows)
    assert found["Ayu"].mean == Fraction(1, 2) and found["Ayu"].pairs == 2
    assert (found["Bima"].mean, found["Bima"].higher, found["Bima"].lower) == (Fraction(-1), 0, 2)
    assert found["Citra"].mean == 2 and found["Citra"].few


def test_the_map_counts_decimal_values_alike_as_the_coefficients_do():
    item = load("permenpanrb-8-2026").item("I01")
    pairs = tuple(Pair(1, item, "A", 1, Fraction(one), "B", 2, Fraction(other)) for one, other in (("2.6", "2.7"), ("1.2", "2.7")))
    line, levels = ItemLine(item, pairs), [level.value for level in item.scale.levels]
    table = agreement([(item.scale.level(pair.one).value, item.scale.level(pair.other).value) for pair in pairs], levels)
    assert line.alike == table.exact * len(pairs) == 1
