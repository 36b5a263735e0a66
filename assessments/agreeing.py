"""How far the closed readers of one assessment, or of several in a round, agree: figures, a map of the items, leanings.

Only pairs that were opened to the panel are looked at; what is still closed is counted as not open, never by whom.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from .agreement import Agreement, Leaning, agreement, leanings
from .blindness import BLIND_STAGE
from .harmonizing import opened
from .instruments import Item
from .instruments.scales import Scale
from .models import Assessment, Decision, Judgement, Person

Levels = tuple[Fraction | int, ...]


@dataclass(frozen=True)
class Pair:
    """What the first and the second reader of an item gave."""

    assessment_id: int
    item: Item
    first: str
    first_id: int
    one: Fraction
    second: str
    second_id: int
    other: Fraction

    @property
    def difference(self) -> Fraction:
        return self.other - self.one

    @cached_property
    def steps(self) -> int:
        """How many levels lie between the two."""
        levels = [level.value for level in self.item.scale.levels]
        return abs(levels.index(self.item.scale.level(self.one).value) - levels.index(self.item.scale.level(self.other).value))

    @property
    def alike(self) -> bool:
        """The same level: on a scale with decimals two values of one band are alike, here as in the coefficients."""
        return not self.steps


@dataclass(frozen=True)
class ItemLine:
    """One item over all pairs: how often alike, how often within one level, and the readers who differed."""

    item: Item
    pairs: tuple[Pair, ...]

    @property
    def alike(self) -> int:
        return sum(pair.alike for pair in self.pairs)

    @property
    def near(self) -> int:
        return sum(pair.steps <= 1 for pair in self.pairs)

    @property
    def mean(self) -> Fraction | None:
        """Second less first, on the average."""
        return sum((pair.difference for pair in self.pairs), Fraction(0)) / len(self.pairs) if self.pairs else None


@dataclass(frozen=True)
class Figures:
    """`scales`: (name, Agreement) of items whose levels are the same numbers; `leaning`: (reader, Leaning); `closed`: pairs
    not yet open.
    """

    scales: tuple[tuple[str, Agreement], ...]
    leaning: tuple[tuple[str, Leaning], ...]
    lines: tuple[ItemLine, ...]
    pairs: tuple[Pair, ...]
    closed: int


def figures(session: Session, assessments: Sequence[Assessment]) -> Figures:
    """Of assessments of one round (one instrument), in one statement."""
    instrument = assessments[0].period.instrument
    items = {item.code: item for item in instrument.items}
    pairs = tuple(_pairs(session, assessments, items))
    names: dict[Levels, list[str]] = {}
    values: dict[Levels, list[tuple[Fraction, Fraction]]] = {}
    for item in instrument.items:
        names.setdefault(_levels(item.scale), []).append(item.scale.name)
    for pair in pairs:
        scale = pair.item.scale
        values.setdefault(_levels(scale), []).append((scale.level(pair.one).value, scale.level(pair.other).value))
    readers = {id: name for pair in pairs for id, name in ((pair.first_id, pair.first), (pair.second_id, pair.second))}
    leaning = leanings((pair.first_id, pair.one, pair.second_id, pair.other) for pair in pairs)
    return Figures(
        tuple((", ".join(dict.fromkeys(title)), agreement(values.get(levels, ()), levels)) for levels, title in names.items()),
        tuple(sorted((readers[id], one) for id, one in leaning.items())),
        tuple(ItemLine(item, tuple(pair for pair in pairs if pair.item is item)) for item in instrument.items),
        pairs,
        len(items) * len(assessments) - len(pairs),
    )


def _levels(scale: Scale) -> Levels:
    return tuple(level.value for level in scale.levels)


def decided_values(session: Session, assessments: Sequence[Assessment]) -> dict[tuple[int, str], Fraction]:
    """{(assessment id, item): value of Penilaian Dokumen}, in one statement."""
    rows = session.execute(
        select(Decision.assessment_id, Decision.item, Decision.value).where(
            Decision.assessment_id.in_([one.id for one in assessments]), Decision.stage == BLIND_STAGE
        )
    )
    return {(id, item): value for id, item, value in rows}


def _pairs(session: Session, assessments: Sequence[Assessment], items: dict[str, Item]):
    query = opened(
        select(Judgement.assessment_id, Judgement.item, Judgement.person_id, Person.name, Judgement.value).join(
            Person, Person.id == Judgement.person_id
        ),
        assessments,
    )
    found: dict[tuple[int, str], list] = {}
    for id, item, *said in session.execute(query):
        found.setdefault((id, item), []).append(said)
    for (id, item), said in found.items():
        if len(said) > 1 and item in items:
            (first_id, first, one), (second_id, second, other) = said[:2]
            yield Pair(id, items[item], first, first_id, one, second, second_id, other)
