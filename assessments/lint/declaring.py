"""What an instrument asks of evidence at certain levels, from the file that carries the instrument's key.

An instrument without such a file has no rule of this sort: nothing is known of what it asks.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

FILES = Path(__file__).parent / "declared"
_RANGE = re.compile(r"([A-Z]*)(\d+)-\1(\d+)")


@dataclass(frozen=True)
class Fresh:
    """Evidence of these levels of these items must be younger than so many years; `kinds` are looked at first."""

    rule: str
    items: frozenset[str]
    levels: tuple[int, ...]
    years: int
    kinds: frozenset[str]
    asked: str
    fix: str


@dataclass(frozen=True)
class Pair:
    """Two items that usually go together; `apart` levels between them are worth a remark."""

    item: str
    other: str
    apart: int
    about: str


@dataclass(frozen=True)
class Lean:
    """From `level` on, `item` asks at least `least` of `needs`."""

    item: str
    level: int
    needs: str
    least: int
    about: str


@dataclass(frozen=True)
class Declared:
    fresh: tuple[Fresh, ...] = ()
    enacted: tuple[tuple[frozenset[str], int], ...] = ()
    pairs: tuple[Pair, ...] = ()
    leans: tuple[Lean, ...] = ()
    covered: frozenset[str] = frozenset()

    def fresh_of(self, item: str) -> tuple[Fresh, ...]:
        return tuple(each for each in self.fresh if item in each.items)

    def enacted_from(self, item: str) -> int | None:
        """The level from which only what was enacted counts; None where that is not said."""
        return next((level for items, level in self.enacted if item in items), None)

    def beside(self, item: str) -> frozenset[str]:
        """The items whose values matter to the remarks on this one."""
        pairs = [(each.item, each.other) for each in self.pairs] + [(each.item, each.needs) for each in self.leans]
        return frozenset(code for pair in pairs if item in pair for code in pair if code != item)


@lru_cache(maxsize=16)
def declared(instrument: str) -> Declared:
    file = FILES / f"{instrument}.yaml"
    if file.parent != FILES or not file.is_file():
        return Declared()
    raw = yaml.safe_load(file.read_text("utf-8"))
    return Declared(
        fresh=tuple(
            Fresh(each["rule"], _codes(each["items"]), tuple(each["levels"]), each["years"], frozenset(each["kinds"]),
                  each["asked"], each["fix"])
            for each in raw["fresh"]
        ),
        enacted=tuple((_codes(each["items"]), each["from"]) for each in raw["enacted"]),
        pairs=tuple(
            Pair(each["item"], other, each["apart"], each["about"])
            for each in raw["pairs"] for other in sorted(_codes(each["others"]))
        ),
        leans=tuple(
            Lean(item, each["level"], each["needs"], each["least"], each["about"])
            for each in raw["leans"] for item in sorted(_codes(each["items"]))
        ),
        covered=_codes(raw.get("covered", [])),
    )


def _codes(written: list[str]) -> frozenset[str]:
    """Codes one by one, or from the first to the last: I29-I31."""
    found: list[str] = []
    for each in written:
        span = _RANGE.fullmatch(each)
        if span is None:
            found.append(each)
        else:
            letters, first, last = span.groups()
            found.extend(f"{letters}{n:0{len(first)}}" for n in range(int(first), int(last) + 1))
    return frozenset(found)
