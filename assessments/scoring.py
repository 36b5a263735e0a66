"""From values to an index, exactly.

    aspect = sum(value x weight of its indicators) / weight of the aspect
    domain = sum(aspect x weight of its aspects) / weight of the domain
    index  = sum(domain x weight of the domains) / 100

(PermenPANRB 59/2020 hlm. 21-24; the boxes of the last two are printed in each other's place, text and tables are right.)
The same step is taken at every tier of whatever tree the instrument has. Nothing is rounded on the way: the regulation
has no rounding rule, and every published two-decimal value we know fits half-up rounding of the exact one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from assessments.instruments import Band, Instrument, Item, Node, decimal_text
from assessments.instruments.scales import quoted
from assessments.refusal import Refused


@dataclass(frozen=True)
class Score:
    """What values amount to. `nodes` is {node code: exact value}; `missing` lists item codes without a value."""

    instrument: Instrument = field(repr=False)
    index: Fraction
    nodes: dict[str, Fraction]
    missing: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        return not self.missing

    @staticmethod
    def shown(value: Fraction) -> str:
        """`value` as it is published: half-up, two decimals, with a point ("3.19")."""
        return shown(value)

    def predicate(self, rule: str = "exact") -> Band:
        """The predicate of the index, from its exact or its shown value as the period says."""
        return self.instrument.predicate(self.index, rule)


def score(instrument: Instrument, values: Mapping[str, Fraction | int], partial: bool = False) -> Score:
    """The exact score of `values`, {item code: value on that item's scale}.

    Missing items raise `Refused` unless `partial`. A partial score counts each missing item at the lowest value of its
    scale, which is what an unanswered item would get in the end (59/2020 has no "not applicable", hlm. 20-21): the
    provisional index (*nilai sementara*) is therefore a floor that can only rise while answers come in. Spreading the
    weight of what is missing over what is there would flatter whoever answers the easy items first.
    Unknown codes and values beside the scale raise `Refused`, all in one go.
    """
    known = {item.code for item in instrument.items}
    faults = [f"Butir {quoted(code)} tidak ada pada instrumen ini." for code in values if code not in known]
    for item in instrument.items:
        if item.code in values and not item.scale.holds(values[item.code]):
            faults.append(
                f"Nilai {quoted(values[item.code])} untuk indikator {item.number} tidak ada pada skala {item.scale.allowed}."
            )
    missing = tuple(item.code for item in instrument.items if item.code not in values)
    if missing and not partial:
        numbers = ", ".join(instrument.item(code).number for code in missing)
        faults.append(f"{len(missing)} indikator belum bernilai: {numbers}.")
    if faults:
        raise Refused(*faults)

    nodes: dict[str, Fraction] = {}

    def value_of(knot: Node | Item) -> Fraction:
        if isinstance(knot, Item):
            return Fraction(values.get(knot.code, knot.scale.min))
        nodes[knot.code] = weighted((value_of(child), child.weight) for child in knot.children) / knot.weight
        return nodes[knot.code]

    index = weighted((value_of(root), root.weight) for root in instrument.roots) / instrument.total
    return Score(instrument, index, {node.code: nodes[node.code] for node in instrument.nodes()}, missing)


def weighted(pairs: Iterable[tuple[Fraction, Fraction]]) -> Fraction:
    """The sum of value x weight."""
    return sum((value * weight for value, weight in pairs), Fraction(0))


def shown(value: Fraction) -> str:
    """Half-up to two decimals with a point: Fraction("3.1925") becomes "3.19", 119/33 becomes "3.61"."""
    return decimal_text(value)


def exact_text(value: Fraction) -> str:
    """The whole value as text: a full decimal of at least two places where it ends ("3.00", "3.1925"), else "24/11"."""
    rest, places = value.denominator, 0
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest //= prime
            count += 1
        places = max(places, count)
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    return decimal_text(value, max(places, 2))
