"""What it takes to reach the next predicate: exact, proved by trying everything on small cases, and scored again."""

from fractions import Fraction
from itertools import product
from random import Random

import pytest

from assessments import uplift
from assessments.instruments import load
from assessments.scoring import score
from tests.portal.result_pages import levels

OLD, SPBE, PEMDI = load("permenpanrb-5-2018"), load("permenpanrb-59-2020"), load("permenpanrb-8-2026")


def values_of(instrument, seed: int) -> dict[str, Fraction]:
    chance = Random(seed)
    return {
        item.code: Fraction(chance.choice([level.value for level in item.scale.levels]))
        if item.scale.kind == "levels" else Fraction(chance.randint(100, 500), 100)
        for item in instrument.items
    }


def with_steps(here, steps) -> dict[str, Fraction]:
    return here | {step.item.code: Fraction(step.goal) for step in steps}


def test_denpasar_s_way_from_baik_to_sangat_baik_is_exact():
    here = levels("external")
    assert uplift.next_band(SPBE, score(SPBE, here).index).name == "Sangat Baik"
    target = uplift.next_band(SPBE, Fraction("3.1925"))
    way = uplift.cheapest_way(SPBE, here, target)
    after = score(SPBE, with_steps(here, way.steps))
    assert (after.index, after.predicate()) == (way.index, way.band) and way.band.name == "Sangat Baik"
    assert way.index - Fraction("3.1925") == sum(step.gain for step in way.steps)
    # aspect 8 brings 0.030 a level, aspect 7 0.0275: 0.3075 needs at least eleven levels
    assert sum(step.levels for step in way.steps) == 11 and way.cost == 33


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("instrument", [OLD, SPBE, PEMDI], ids=lambda pack: pack.key)
def test_every_way_reaches_its_predicate_by_the_same_score(instrument, seed):
    chance, here = Random(seed), values_of(instrument, seed)
    efforts = {item.code: chance.randint(1, 5) for item in instrument.items if chance.random() < 0.7}
    rule, index = chance.choice(["exact", "shown"]), score(instrument, here).index
    target = uplift.next_band(instrument, index, rule)
    if target is None:
        return
    way = uplift.cheapest_way(instrument, here, target, rule, efforts)
    after = score(instrument, with_steps(here, way.steps))
    assert after.index == way.index and after.predicate(rule) == way.band == target
    assert way.cost == sum(efforts.get(step.item.code, uplift.MEDIUM) * step.levels for step in way.steps)
    for step in way.steps:  # nothing in it is idle
        left = [other for other in way.steps if other is not step]
        assert score(instrument, with_steps(here, left)).predicate(rule).min < target.min


@pytest.mark.parametrize("seed", range(25))
def test_no_cheaper_set_exists_when_everything_is_tried(seed):
    """All of the ways over six items that may move."""
    chance, here = Random(1000 + seed), levels("external")
    movable = chance.sample([item for item in SPBE.items if here[item.code] < 5], 6)
    efforts = {item.code: chance.randint(1, 5) for item in movable}
    still = {item.code for item in SPBE.items} - set(efforts)
    full = score(SPBE, here | {item.code: Fraction(5) for item in movable}).index
    begin = score(SPBE, here).index
    aim = begin + (full - begin) * Fraction(chance.randint(10, 95), 100)
    target = type(SPBE.bands[0])(n=9, name="Uji", min=aim, max=Fraction(5))
    way = uplift.cheapest_way(SPBE, here, target, efforts=efforts, without=still)
    tried = []
    for goals in product(*(range(int(here[item.code]), 6) for item in movable)):
        index = begin + sum(uplift.gain_of(SPBE, item, here[item.code], goal) for item, goal in zip(movable, goals, strict=True))
        if index >= aim:
            tried.append((sum((goal - int(here[i.code])) * efforts[i.code] for i, goal in zip(movable, goals, strict=True)), -index))
    assert (way.cost, -way.index) == min(tried)


def test_what_cannot_be_reached_is_said_and_what_is_reached_costs_nothing():
    low = {item.code: Fraction(1) for item in SPBE.items}
    best = max(SPBE.bands, key=lambda band: band.min)
    assert uplift.cheapest_way(SPBE, low, best, tops={item.code: 3 for item in SPBE.items}) is None
    assert uplift.cheapest_way(SPBE, low, min(SPBE.bands, key=lambda band: band.min)).steps == ()
    high = {item.code: item.scale.max for item in SPBE.items}
    assert uplift.next_band(SPBE, score(SPBE, high).index) is None and uplift.single_steps(SPBE, high) == []


def test_the_rule_of_the_period_decides_what_is_enough():
    """A true 3.4975 is shown 3.50: reached where the shown value decides, half a hundredth short where the exact one does."""
    target = next(band for band in SPBE.bands if band.name == "Sangat Baik")
    assert (uplift.least_index(target), uplift.least_index(target, "shown")) == (Fraction("3.5"), Fraction("3.495"))


def test_single_steps_come_by_gain_and_say_what_each_brings():
    steps = uplift.single_steps(SPBE, levels("external"), {"I45": 1})
    assert [step.gain for step in steps] == sorted((step.gain for step in steps), reverse=True)
    assert steps[0].gain == Fraction("0.03") and all(step.goal == step.start + 1 for step in steps)
    assert "I15" in {step.item.code for step in steps} and "I17" not in {step.item.code for step in steps}  # I17 stands at 5


def test_a_step_without_which_nothing_is_as_cheap_is_told_apart():
    here = levels("external")
    target = uplift.next_band(SPBE, score(SPBE, here).index)
    efforts = {"I43": 1, "I44": 1}
    way = uplift.cheapest_way(SPBE, here, target, efforts=efforts)
    needed, others = uplift.indispensable(SPBE, here, way, target, efforts=efforts)
    assert {"I43", "I44"} <= needed and others
    for other in others:
        assert other.cost == way.cost and score(SPBE, with_steps(here, other.steps)).predicate() == target
