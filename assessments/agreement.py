"""How far two readers agree: shares of equal values, coefficients that take chance out, and which way each reader leans.

Pure arithmetic on pairs, exact to the end (Fractions); nothing here knows a database. A value is a level of an ordinal
scale. What one of the two did not give is None: a pair with one value counts as missing and is said so.

Weighted kappa (Cohen, Psychological Bulletin 70, 1968, p.213-220) is taken over complete pairs. Gwet's AC2 (Handbook of
Inter-Rater Reliability, 4th ed. 2014, ch. 3 and 5) takes observed agreement from complete pairs and the use of the levels
from every item with at least one value. Both with linear weights 1 - d/D and quadratic ones 1 - (d/D)^2, where d is
the distance of two levels and D the length of the scale.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

Value = Fraction | int
Pair = tuple[Value | None, Value | None]
Weight = Callable[[int, int], Fraction]

# From so many pairs on shares and leanings are read as more than chance of the day; a rule of this portal.
LEAST_PAIRS = 10


def least_for_coefficients(levels: int) -> int:
    """Pairs below which a weighted coefficient says little: 2 k^2 for k levels (Cicchetti, Applied Psychological Measurement
    5, 1981, p.101-104). Five levels ask for 50, so the 47 items of one instansi alone are too few.
    """
    return 2 * levels * levels


@dataclass(frozen=True)
class Agreement:
    """Figures over pairs of one scale. Shares lie in 0..1, coefficients in -1..1; None is what cannot be computed:
    shares and AC2 without a complete pair, kappa also where chance alone explains everything (all values the same).
    """

    levels: tuple[Value, ...]
    pairs: int
    missing: int
    exact: Fraction | None
    within_one: Fraction | None
    kappa_linear: Fraction | None
    kappa_quadratic: Fraction | None
    ac2_linear: Fraction | None
    ac2_quadratic: Fraction | None

    @property
    def few(self) -> bool:
        """Too few pairs for the shares."""
        return self.pairs < LEAST_PAIRS

    @property
    def few_for_coefficients(self) -> bool:
        return self.pairs < least_for_coefficients(len(self.levels))


@dataclass(frozen=True)
class Leaning:
    """How one reader stands to the partners: mean of own value less the partner's, over `pairs` shared items."""

    pairs: int
    mean: Fraction
    higher: int
    lower: int

    @property
    def few(self) -> bool:
        return self.pairs < LEAST_PAIRS


def agreement(pairs: Iterable[Pair], levels: Sequence[Value]) -> Agreement:
    """Figures of `pairs` whose values are `levels` of a scale, lowest first. A value beside the scale raises KeyError,
    a scale without levels ValueError.
    """
    if not levels:
        raise ValueError("a scale has levels")
    # Fractions are slow keys: 28,200 pairs are counted many times faster by the two integers they are made of.
    place = {value.as_integer_ratio(): at for at, value in enumerate(levels)}
    seen: Counter[tuple[int | None, int | None]] = Counter(
        [
            (None if a is None else place[a.as_integer_ratio()], None if b is None else place[b.as_integer_ratio()])
            for a, b in pairs
        ]
    )
    both = {(i, j): times for (i, j), times in seen.items() if i is not None and j is not None}
    n = sum(both.values())
    missing = sum(times for (i, j), times in seen.items() if (i is None) != (j is None))
    if not n:
        return Agreement(tuple(levels), 0, missing, *(None,) * 6)
    length = Fraction(levels[-1] - levels[0]) if len(levels) > 1 else Fraction(1)

    def linear(i: int, j: int) -> Fraction:
        return 1 - abs(Fraction(levels[i]) - levels[j]) / length

    def quadratic(i: int, j: int) -> Fraction:
        return 1 - ((Fraction(levels[i]) - levels[j]) / length) ** 2

    size = len(levels)
    return Agreement(
        tuple(levels), n, missing,
        Fraction(sum(times for (i, j), times in both.items() if i == j), n),
        Fraction(sum(times for (i, j), times in both.items() if abs(i - j) <= 1), n),
        _kappa(both, n, size, linear), _kappa(both, n, size, quadratic),
        _ac2(seen, both, n, size, linear), _ac2(seen, both, n, size, quadratic),
    )


def leanings(rows: Iterable[tuple[Hashable, Value | None, Hashable, Value | None]]) -> dict[Hashable, Leaning]:
    """{reader: leaning} from (reader, value, partner, partner's value); rows with a missing value say nothing."""
    told: Counter[tuple] = Counter()
    for first, one, second, other in rows:
        if one is not None and other is not None:
            mine, theirs = one.as_integer_ratio(), other.as_integer_ratio()
            told[first, mine, theirs] += 1
            told[second, theirs, mine] += 1
    differences: dict[Hashable, Counter[Fraction]] = {}
    for (reader, mine, theirs), times in told.items():
        differences.setdefault(reader, Counter())[Fraction(*mine) - Fraction(*theirs)] += times
    return {
        reader: Leaning(
            counted.total(),
            sum((apart * times for apart, times in counted.items()), Fraction(0)) / counted.total(),
            sum(times for apart, times in counted.items() if apart > 0),
            sum(times for apart, times in counted.items() if apart < 0),
        )
        for reader, counted in differences.items()
    }


def _observed(both: dict[tuple[int, int], int], n: int, weight: Weight) -> Fraction:
    return sum((weight(i, j) * times for (i, j), times in both.items()), Fraction(0)) / n


def _kappa(both: dict[tuple[int, int], int], n: int, size: int, weight: Weight) -> Fraction | None:
    first, second = [0] * size, [0] * size
    for (i, j), times in both.items():
        first[i] += times
        second[j] += times
    chance = sum(
        (weight(i, j) * first[i] * second[j] for i in range(size) if first[i] for j in range(size) if second[j]), Fraction(0)
    ) / (n * n)
    return None if chance == 1 else (_observed(both, n, weight) - chance) / (1 - chance)


def _ac2(
    seen: Counter[tuple[int | None, int | None]], both: dict[tuple[int, int], int], n: int, size: int, weight: Weight
) -> Fraction | None:
    if size < 2:
        return None
    used, items = [Fraction(0)] * size, 0
    for pair, times in seen.items():
        given = [at for at in pair if at is not None]
        items += times if given else 0
        for at in given:
            used[at] += Fraction(times, len(given))
    shares = [amount / items for amount in used]
    total = sum((weight(i, j) for i in range(size) for j in range(size)), Fraction(0))
    chance = total / (size * (size - 1)) * sum((share * (1 - share) for share in shares), Fraction(0))
    return None if chance == 1 else (_observed(both, n, weight) - chance) / (1 - chance)
