"""Scores: the official worked examples and real results, to the last published digit."""

import csv
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.instruments import load
from assessments.refusal import Refused
from assessments.scoring import exact_text, score, shown, weighted

DENPASAR = Path(__file__).parents[2] / "portal" / "demo" / "levels_kota_denpasar_2021.csv"
SPBE = load("permenpanrb-59-2020")
OLDER = load("permenpanrb-5-2018")
PEMDI = load("permenpanrb-8-2026")


def column(name):
    with DENPASAR.open(encoding="utf-8") as file:
        return {row["indicator"]: int(row[name]) for row in csv.DictReader(file)}


def all_at(instrument, level):
    return {item.code: level for item in instrument.items}


def numbered(result, kind):
    return {node.number: result.shown(result.nodes[node.code]) for node in result.instrument.nodes(kind)}


def test_the_external_result_of_denpasar_2021_is_reproduced():
    result = score(SPBE, column("external"))
    assert numbered(result, "aspect") == {
        "1": "3.00", "2": "2.75", "3": "3.75", "4": "3.50", "5": "2.13", "6": "2.33", "7": "3.70", "8": "3.33"
    }  # fmt: skip
    assert numbered(result, "domain") == {"1": "3.00", "2": "3.30", "3": "2.18", "4": "3.55"}
    assert result.index == Fraction("3.1925") and exact_text(result.index) == "3.1925"
    assert result.shown(result.index) == "3.19" and result.predicate().name == "Baik"
    assert result.complete and result.missing == ()


def test_the_self_assessment_of_denpasar_2021_is_reproduced():
    result = score(SPBE, column("self_assessed"))
    assert numbered(result, "domain") == {"1": "3.40", "2": "3.80", "3": "2.91", "4": "4.13"}
    assert exact_text(result.index) == "3.7495" and result.shown(result.index) == "3.75"
    assert result.predicate().name == "Sangat Baik"


def test_the_worked_example_of_an_aspect():
    """PermenPANRB 59/2020 Tabel 10, hlm. 22: levels 3, 4, 3, 2 in aspect 2 make 3.00."""
    values = all_at(SPBE, 1) | {"I11": 3, "I12": 4, "I13": 3, "I14": 2}
    aspect = SPBE.node("A2")
    assert [values[item.code] * item.weight for item in aspect.items] == [Fraction("7.5"), 10, Fraction("7.5"), 5]
    assert score(SPBE, values).nodes["A2"] == 3


def test_the_worked_example_of_a_domain():
    """Tabel 11, hlm. 23: aspects 3.00, 4.00 and 3.00 make 85/25 = 3.40."""
    values = all_at(SPBE, 3) | {item.code: 4 for item in SPBE.node("A3").items}
    assert score(SPBE, values).nodes["D2"] == Fraction("3.40")


def test_the_worked_example_of_the_index():
    """Tabel 12, hlm. 24: domains 3.70, 3.40, 3.00 and 3.20 make 328.20/100, printed 3,28."""
    domains = [Fraction(text) for text in ("3.70", "3.40", "3.00", "3.20")]
    total = weighted(zip(domains, (domain.weight for domain in SPBE.nodes("domain")), strict=True))
    assert total == Fraction("328.20")
    assert shown(total / SPBE.total) == "3.28" and SPBE.predicate(total / SPBE.total).name == "Baik"


@pytest.mark.parametrize(
    ("year", "domains", "index"),
    [(2021, "2.21 1.89 1.23 2.81", "2.24"), (2022, "2.39 1.85 1.32 2.96", "2.34")],
)
def test_the_printed_national_indices_follow_from_the_printed_domains(year, domains, index):
    """Pedoman 3/2024 Tabel 1, hlm. 3. The row of 2023 is left out: it does not follow from its own domains."""
    total = weighted(
        zip(map(Fraction, domains.split()), (domain.weight for domain in SPBE.nodes("domain")), strict=True)
    )
    assert shown(total / SPBE.total) == index


@pytest.mark.parametrize(
    ("year", "sums", "domains", "index"),
    [(2018, (35, 16, 21, 18), "2.06 2.29 3.00", "2.64"), (2019, (51, 21, 25, 22), "3.00 3.00 3.61", "3.33")],
)
def test_published_results_under_5_2018_need_weights_of_exactly_ten_thirds(year, sums, domains, index):
    """Kota Denpasar published domains and index; levels with those domain values give that index, and only exactly."""
    values = {}
    for code, total in zip(("D1", "D2", "A6", "A7"), sums, strict=True):
        items = [item for item in OLDER.items if code in {node.code for node in item.path}]
        base, extra = divmod(total, len(items))
        values |= {item.code: base + (nth < extra) for nth, item in enumerate(items)}
    result = score(OLDER, values)
    assert list(numbered(result, "domain").values()) == domains.split()
    assert shown(result.index) == index


def test_three_slots_of_one_indicator_weigh_ten_together():
    values = all_at(OLDER, 0) | {"I35": 5, "I35-2": 3, "I35-3": 1}
    assert score(OLDER, values).index == Fraction(10 * 3, 100)


def test_an_instrument_without_domains_scores_decimals():
    values = all_at(PEMDI, 1) | {"I20": Fraction("2.50"), "I01": Fraction("1.26")}
    result = score(PEMDI, values)
    assert result.index == 1 + (15 * Fraction("1.5") + 5 * Fraction("0.26")) / 100
    assert set(result.nodes) == {f"A{n}" for n in range(1, 8)}


def test_missing_items_are_refused_by_number_unless_partial():
    values = column("external")
    del values["I04"], values["I31"]
    with pytest.raises(Refused, match=r"^2 indikator belum bernilai: 4, 31\.$"):
        score(SPBE, values)


def test_a_partial_score_counts_what_is_missing_at_the_foot_of_its_scale():
    values = column("external")
    del values["I04"], values["I31"]
    result = score(SPBE, values, partial=True)
    assert not result.complete and result.missing == ("I04", "I31")
    assert result.index == score(SPBE, values | {"I04": 1, "I31": 1}).index
    assert score(SPBE, {}, partial=True).index == SPBE.min_value == 1
    assert score(OLDER, {}, partial=True).index == OLDER.min_value == 0


@pytest.mark.parametrize("value", [0, 6, Fraction(5, 2), 2.0, True, "3", None], ids=repr)
def test_values_beside_the_scale_are_refused(value):
    with pytest.raises(Refused, match="untuk indikator 7 tidak ada pada skala 1 sampai 5"):
        score(SPBE, all_at(SPBE, 3) | {"I07": value})


def test_every_fault_of_the_values_is_said_at_once():
    values = all_at(SPBE, 3) | {"I07": 9, "I08": 0, "X1": 3}
    del values["I09"]
    with pytest.raises(Refused) as refusal:
        score(SPBE, values)
    assert len(refusal.value.sentences) == 4


def test_the_predicate_follows_the_rule_of_the_period():
    values = all_at(SPBE, 3) | {item.code: 4 for item in SPBE.node("D4").items} | {"I21": 5, "I22": 4}
    result = score(SPBE, values)
    assert result.index == Fraction("3.50")
    lowered = score(SPBE, values | {"I21": 4, "I01": 4})
    assert lowered.index == Fraction("3.498") and lowered.shown(lowered.index) == "3.50"
    assert lowered.predicate().name == "Baik" and lowered.predicate("shown").name == "Sangat Baik"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("3.1925", "3.19"),
        ("2.125", "2.13"),
        ("119/33", "3.61"),
        ("16/7", "2.29"),
        ("3.282", "3.28"),
        ("3.005", "3.01"),
        ("5", "5.00"),
    ],
)
def test_shown_values_are_rounded_half_up(value, text):
    assert shown(Fraction(value)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [("3", "3.00"), ("3.3", "3.30"), ("3.1925", "3.1925"), ("24/11", "24/11"), ("1/8", "0.125"), ("0", "0.00")],
)
def test_exact_text_is_a_full_decimal_or_a_fraction(value, text):
    assert exact_text(Fraction(value)) == text


@given(st.fractions(min_value=0, max_value=5, max_denominator=10_000))
def test_exact_text_loses_nothing_and_shown_is_within_half_a_hundredth(value):
    assert Fraction(exact_text(value)) == value
    assert -Fraction(1, 200) < Fraction(shown(value)) - value <= Fraction(1, 200)


@given(st.lists(st.integers(1, 5), min_size=len(SPBE.items), max_size=len(SPBE.items)))
def test_the_tree_gives_the_same_index_as_the_plain_weighted_sum(levels):
    """Indeks = sum(level x weight) / 100, as long as nothing is rounded on the way."""
    values = dict(zip((item.code for item in SPBE.items), levels, strict=True))
    plain = sum(level * item.weight for level, item in zip(levels, SPBE.items, strict=True)) / 100
    result = score(SPBE, values)
    assert result.index == plain and 1 <= result.index <= 5
    assert result.predicate().min <= result.index


@given(st.sampled_from([item.code for item in SPBE.items]), st.integers(1, 4))
def test_one_level_more_never_lowers_the_index(code, level):
    lower, higher = (score(SPBE, all_at(SPBE, 3) | {code: step}).index for step in (level, level + 1))
    assert higher - lower == SPBE.item(code).weight / 100
