"""What an instrument is: a tree of any depth down to items, each with a weight and a scale, and predicate bands.

Weights are percentages of `Instrument.total`; a node's value is the weighted mean of its children (PermenPANRB 59/2020
hlm. 21-24). Nothing here knows how many tiers, items or levels there are: the pack says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Union

from assessments.instruments.scales import Scale, decimal_text, half_up


@dataclass(frozen=True)
class Band:
    """One predicate: `min` <= index < `max` (the best one includes its `max`); `n` counts from the worst, 1."""

    n: int
    name: str
    min: Fraction
    max: Fraction
    alt_name: str = ""


@dataclass(frozen=True)
class Edition:
    """One edition of the guidance: the words beside the numbers. `since` is a date as text, or empty."""

    key: str
    title: str
    since: str = ""
    unverified: bool = False


@dataclass(frozen=True)
class ExternalIndex:
    """Another body's index that an item's value leans on."""

    key: str
    name: str
    owner: str


@dataclass(frozen=True, eq=False)
class Node:
    """One knot of the tree above the items. `kind` is the tier ("domain"), `label` its Indonesian word."""

    code: str
    kind: str
    label: str
    number: str
    name: str
    weight: Fraction
    path: tuple["Node", ...] = field(repr=False)
    children: tuple[Union["Node", "Item"], ...] = field(default=(), repr=False)

    @property
    def parent(self) -> Union["Node", None]:
        return self.path[-1] if self.path else None

    @property
    def items(self) -> tuple["Item", ...]:
        """All items below, in the order of the instrument."""
        return tuple(leaf for leaf in _walk(self.children) if isinstance(leaf, Item))

    def __str__(self) -> str:
        return f"{self.label} {self.number}"


@dataclass(frozen=True, eq=False)
class Item:
    """What takes one value: an indicator, or one slot of an indicator that is answered several times.

    `criteria` is {level: text}, `fulfilment` and `evidence` are {level: (text, ...)}; a level without words is absent.
    `unverified` is true when the words were not checked against the official text, or a criterion is missing.
    """

    code: str
    number: str
    indicator: str
    name: str
    short_name: str
    weight: Fraction
    scale: Scale = field(repr=False)
    path: tuple[Node, ...] = field(repr=False)
    explanation: str = field(repr=False)
    criteria: dict[int, str] = field(repr=False)
    fulfilment: dict[int, tuple[str, ...]] = field(repr=False)
    evidence: dict[int, tuple[str, ...]] = field(repr=False)
    evidence_general: tuple[str, ...] = field(repr=False)
    notes: tuple[str, ...] = field(repr=False)
    source: str = field(repr=False)
    unverified: bool = False
    external_index: ExternalIndex | None = None
    typical_owners: tuple[str, ...] = field(default=(), repr=False)

    @property
    def parent(self) -> Node | None:
        return self.path[-1] if self.path else None

    @property
    def without_criterion(self) -> tuple[int, ...]:
        """The levels whose criterion is missing."""
        return tuple(level.value for level in self.scale.levels if level.value not in self.criteria)


@dataclass(frozen=True, eq=False)
class Instrument:
    """One edition of the questions with one edition of their guidance; equal `sha256` means equal in every byte."""

    key: str
    guidance: str
    title: str
    index_name: str
    legal_basis: tuple[str, ...] = field(repr=False)
    notes: tuple[str, ...] = field(repr=False)
    tiers: tuple[str, ...]
    labels: dict[str, str] = field(repr=False)
    total: Fraction = field(repr=False)
    roots: tuple[Node | Item, ...] = field(repr=False)
    scales: dict[str, Scale] = field(repr=False)
    bands: tuple[Band, ...] = field(repr=False)
    edition: Edition = field(repr=False)
    unverified: bool
    sha256: str
    content: bytes = field(repr=False)

    def canonical(self) -> bytes:
        """The whole pack as deterministic JSON (UTF-8, sorted keys); `sha256` is its hash, `from_canonical` its way back."""
        return self.content

    @cached_property
    def items(self) -> tuple[Item, ...]:
        return tuple(leaf for leaf in _walk(self.roots) if isinstance(leaf, Item))

    @cached_property
    def _by_code(self) -> dict[str, Item]:
        return {item.code: item for item in self.items}

    def item(self, code: str) -> Item:
        """The item with this code; KeyError when there is none."""
        return self._by_code[code]

    def nodes(self, kind: str | None = None) -> tuple[Node, ...]:
        """The nodes of one tier in order, or of all tiers (parents first)."""
        return tuple(knot for knot in _walk(self.roots) if isinstance(knot, Node) and kind in (None, knot.kind))

    def node(self, code: str) -> Node:
        """The node with this code; KeyError when there is none."""
        return {node.code: node for node in self.nodes()}[code]

    @cached_property
    def min_value(self) -> Fraction:
        """The smallest index there can be: every item at the foot of its scale."""
        return sum((item.weight * item.scale.min for item in self.items), Fraction(0)) / self.total

    @cached_property
    def max_value(self) -> Fraction:
        """The largest index there can be."""
        return sum((item.weight * item.scale.max for item in self.items), Fraction(0)) / self.total

    def predicate(self, index: Fraction, rule: str = "exact") -> Band:
        """The band of an index, decided by its exact value or by the two decimals that are shown.

        Neither PermenPANRB 59/2020 (Tabel 13, hlm. 24) nor Pedoman 3/2024 says which; the period decides. An unknown
        rule or an index outside the instrument's range raises ValueError.
        """
        if rule not in ("exact", "shown"):
            raise ValueError(f"unknown predicate rule {rule!r}")
        decided = half_up(index) if rule == "shown" else index
        if not self.min_value <= decided <= self.max_value:
            raise ValueError(f"index {decimal_text(index, 4)} lies outside {self.key}")
        return max((band for band in self.bands if band.min <= decided), key=lambda band: band.min)


def _walk(knots: tuple[Node | Item, ...]) -> Iterator[Node | Item]:
    for knot in knots:
        yield knot
        if isinstance(knot, Node):
            yield from _walk(knot.children)
