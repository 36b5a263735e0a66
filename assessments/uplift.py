"""How the next predicate is reached: what one step on one item brings, and the cheapest set of steps, exactly.

The index is a weighted mean at every tier (PermenPANRB 59/2020 hlm. 21-24), so a step on an item brings the same whatever
the others do, and the cheapest set is a knapsack over whole levels: solved by dynamic programming over the cost, with
whole numbers, never by guessing. Every way that is shown was scored again by the `score` that makes results.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from .instruments import Band, Instrument, Item
from .scoring import score

MEDIUM = 3  # the effort of a step nobody has weighed, on the scale of 1 (small) to 5 (large)
HALF_SHOWN = Fraction(1, 200)


@dataclass(frozen=True)
class Step:
    """One item from where it stands (`start`) to a whole level (`goal`); `gain` is what the index wins by it."""

    item: Item
    start: Fraction
    goal: int
    gain: Fraction
    cost: int

    @property
    def levels(self) -> int:
        """How many levels are climbed; a rest of one counts as one."""
        return -((self.start - self.goal).numerator // (self.start - self.goal).denominator)


@dataclass(frozen=True)
class Way:
    """A set of steps with what they cost together and the index and predicate they lead to."""

    steps: tuple[Step, ...]
    cost: int
    index: Fraction
    band: Band


def standing(instrument: Instrument, values: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """{item code: value}, with the foot of the scale where there is none, as `score(partial=True)` counts it."""
    return {item.code: Fraction(values.get(item.code, item.scale.min)) for item in instrument.items}


def least_index(target: Band, rule: str = "exact") -> Fraction:
    """The smallest exact index that has this predicate under the period's rule."""
    return target.min - HALF_SHOWN if rule == "shown" else target.min


def next_band(instrument: Instrument, index: Fraction, rule: str = "exact") -> Band | None:
    """The predicate above the one of this index; None at the top."""
    here = instrument.predicate(index, rule)
    return next((band for band in sorted(instrument.bands, key=lambda band: band.min) if band.min > here.min), None)


def gain_of(instrument: Instrument, item: Item, start: Fraction, goal: Fraction | int) -> Fraction:
    """What the index wins when one item goes from `start` to `goal`."""
    return (goal - start) * item.weight / instrument.total


def goals(item: Item, start: Fraction, top: int | None = None) -> Iterator[int]:
    """The whole levels above where an item stands, up to the one that can be reached."""
    for level in item.scale.levels:
        if level.value > start and level.value <= item.scale.max and (top is None or level.value <= top):
            yield int(level.value)


def single_steps(
    instrument: Instrument, values: Mapping[str, Fraction], efforts: Mapping[str, int] | None = None
) -> list[Step]:
    """The next level of every item that has one, the largest gain first and among equals the cheapest."""
    here, efforts = standing(instrument, values), efforts or {}
    steps = []
    for item in instrument.items:
        goal = next(goals(item, here[item.code]), None)
        if goal is not None:
            gain = gain_of(instrument, item, here[item.code], goal)
            steps.append(Step(item, here[item.code], goal, gain, efforts.get(item.code, MEDIUM)))
    return sorted(steps, key=lambda step: (-step.gain, step.cost))


def cheapest_way(
    instrument: Instrument,
    values: Mapping[str, Fraction],
    target: Band,
    rule: str = "exact",
    efforts: Mapping[str, int] | None = None,
    tops: Mapping[str, int] | None = None,
    without: Collection[str] = (),
) -> Way | None:
    """The set of steps of least cost that reaches `target`; of equally cheap ones the one with the highest index.

    `efforts` is {item: cost of one level}, 1 to 5, 3 where nobody said; `tops` {item: highest level thought possible};
    items in `without` stay where they are. None when even all of it together falls short. An empty way (cost 0) says that
    the predicate is reached already.
    """
    here, efforts, tops = standing(instrument, values), efforts or {}, tops or {}
    needed = least_index(target, rule) - score(instrument, here).index
    choices = [
        found
        for item in instrument.items
        if item.code not in without
        and (found := _choices(instrument, item, here[item.code], efforts.get(item.code, MEDIUM), tops.get(item.code)))
    ]
    picked = _knapsack(choices, needed)
    if picked is None:
        return None
    reached = score(instrument, here | {step.item.code: Fraction(step.goal) for step in picked})
    return Way(tuple(picked), sum(step.cost for step in picked), reached.index, reached.predicate(rule))


def indispensable(
    instrument: Instrument,
    values: Mapping[str, Fraction],
    way: Way,
    target: Band,
    rule: str = "exact",
    efforts: Mapping[str, int] | None = None,
    tops: Mapping[str, int] | None = None,
) -> tuple[set[str], list[Way]]:
    """The items of a cheapest way without which none is as cheap, and the other ways that are, each without one of its items.

    Whatever is decided later, a step on an item of the first kind is no regret.
    """
    needed: set[str] = set()
    others: list[Way] = []
    for step in way.steps:
        other = cheapest_way(instrument, values, target, rule, efforts, tops, {step.item.code})
        if other is None or other.cost > way.cost:
            needed.add(step.item.code)
        elif not any(_goals_of(other) == _goals_of(known) for known in others):
            others.append(other)
    return needed, others


def _goals_of(way: Way) -> dict[str, int]:
    return {step.item.code: step.goal for step in way.steps}


def _choices(instrument: Instrument, item: Item, start: Fraction, effort: int, top: int | None) -> list[Step]:
    """An item's possible steps from the smallest up: each level climbed costs the same."""
    return [
        Step(item, start, goal, gain_of(instrument, item, start, goal), effort * climbed)
        for climbed, goal in enumerate(goals(item, start, top), start=1)
    ]


def _knapsack(choices: list[list[Step]], needed: Fraction) -> list[Step] | None:
    """At most one step of each list, together at least `needed`, at the least cost and then the most gain."""
    if needed <= 0:
        return []
    unit = lcm(needed.denominator, *(step.gain.denominator for steps in choices for step in steps))
    wanted = int(needed * unit)
    bound = _rough_cost(choices, needed)
    if bound is None:
        return None
    most = [0] + [-1] * bound  # most[c]: the largest gain at cost exactly c, -1 where there is none
    taken: list[list[Step | None]] = []
    for steps in choices:
        after = list(most)
        chosen: list[Step | None] = [None] * (bound + 1)
        for step in steps:
            gain = int(step.gain * unit)
            for cost in range(step.cost, bound + 1):
                before = most[cost - step.cost]
                if before >= 0 and before + gain > after[cost]:
                    after[cost], chosen[cost] = before + gain, step
        most = after
        taken.append(chosen)
    cost = next(cost for cost, gain in enumerate(most) if gain >= wanted)
    picked: list[Step] = []
    for chosen in reversed(taken):
        found = chosen[cost]
        if found is not None:
            picked.append(found)
            cost -= found.cost
    return picked[::-1]


def _rough_cost(choices: list[list[Step]], needed: Fraction) -> int | None:
    """What some set that suffices costs, the best gain for its cost first; None when none suffices."""
    best = sorted((steps[-1] for steps in choices), key=lambda step: step.gain / step.cost, reverse=True)
    cost, gained = 0, Fraction(0)
    for step in best:
        cost, gained = cost + step.cost, gained + step.gain
        if gained >= needed:
            return cost
    return None
