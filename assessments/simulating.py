"""A simulation of the index (S83): what is known and what was typed on top, and how a predicate is reached from there.

A pure function of the instrument, the values and the wishes: nothing is read and nothing kept. Every index in it is by `score`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from .instruments import Band, Instrument
from .refusal import Refused
from .scoring import score
from .uplift import Step, Way, cheapest_way, indispensable, least_index, next_band, single_steps, standing

WAYS_SHOWN = 5


@dataclass(frozen=True)
class Simulation:
    """What comes of it. `way` is None where the target cannot be reached; `highest` is then the most that can.

    `target` is None where no predicate stands above the one of today and none was asked for.
    """

    instrument: Instrument = field(repr=False)
    values: dict[str, Fraction] = field(repr=False)
    start: Fraction
    index: Fraction
    band: Band
    target: Band | None
    distance: Fraction
    steps: list[Step] = field(repr=False)
    way: Way | None
    needed: set[str]
    others: list[Way] = field(repr=False)
    highest: Fraction

    @property
    def reached(self) -> bool:
        return self.target is not None and self.distance == 0


def read_typed(instrument: Instrument, texts: Mapping[str, str]) -> tuple[dict[str, Fraction], dict[str, str]]:
    """({item: value}, {item: what is wrong with it}) of what was typed beside the items; empty fields say nothing."""
    values, faults = {}, {}
    for item in instrument.items:
        text = texts.get(item.code, "").strip()
        if not text:
            continue
        try:
            values[item.code] = item.scale.parse(text)
        except Refused as refusal:
            faults[item.code] = f"Indikator {item.number}: {refusal.sentences[0]}"
    return values, faults


def simulate(
    instrument: Instrument,
    known: Mapping[str, Fraction],
    typed: Mapping[str, Fraction],
    rule: str = "exact",
    target_n: int | None = None,
    efforts: Mapping[str, int] | None = None,
    tops: Mapping[str, int] | None = None,
) -> Simulation:
    """Lay `typed` over `known` and say what it takes to reach predicate `target_n`, the next one where none is named."""
    start = score(instrument, known, partial=True).index
    target = next((band for band in instrument.bands if band.n == target_n), None) or next_band(instrument, start, rule)
    here = standing(instrument, {**known, **typed})
    now = score(instrument, here)
    least = least_index(target, rule) if target else now.index
    way: Way | None = None
    needed: set[str] = set()
    others: list[Way] = []
    if target is not None:
        way = cheapest_way(instrument, here, target, rule, efforts, tops)
        if way is not None:
            needed, others = indispensable(instrument, here, way, target, rule, efforts, tops)
    most = {
        item.code: max(here[item.code], Fraction(min((tops or {}).get(item.code, item.scale.max), item.scale.max)))
        for item in instrument.items
    }
    return Simulation(
        instrument, here, start, now.index, now.predicate(rule), target, max(least - now.index, Fraction(0)),
        single_steps(instrument, here, efforts), way, needed, others[:WAYS_SHOWN], score(instrument, most).index,
    )
