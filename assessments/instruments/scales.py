"""How a written answer becomes an exact value, and which level a value lies in.

Two kinds of scale exist. "levels" takes one of a few named whole numbers (PermenPANRB 59/2020 hlm. 12-13 and 25-28);
"decimal" takes any number with a few decimals inside bands that name the level (PermenPANRB 8/2026). Values are
`Fraction` from here on; nothing is rounded before it is shown.
"""

import re
from dataclasses import dataclass
from fractions import Fraction

from assessments.refusal import Refused

_LONGEST = 24
_ENDLESS = 10**9


def half_up(value: Fraction, places: int = 2) -> Fraction:
    """`value` rounded to `places` decimals, a tie going up, as the published results do (3.606 becomes 3.61)."""
    factor = 10**places
    return Fraction((value * factor * 2 + 1) // 2, factor)


def decimal_text(value: Fraction, places: int = 2, mark: str = ".") -> str:
    """`value` half-up with exactly `places` decimals: Fraction("3.1925") becomes "3.19"."""
    rounded = half_up(value, places)
    whole, part = divmod(abs(rounded.numerator) * 10**places // rounded.denominator, 10**places)
    sign = "-" if rounded < 0 else ""
    return f"{sign}{whole}{mark}{part:0{places}d}" if places else f"{sign}{whole}"


def quoted(raw: object) -> str:
    """What somebody typed, shortened and without control characters, to be repeated inside a sentence."""
    if type(raw) is int and abs(raw) > _ENDLESS:
        return "sebesar itu"
    text = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in str(raw)[: _LONGEST + 1])
    return f"“{text[:_LONGEST]}…”" if len(text) > _LONGEST else f"“{text}”"


@dataclass(frozen=True)
class Level:
    """One named step. `min` <= value < `max`; on the highest level, and on whole-number scales, `max` is included."""

    value: int
    name: str
    meaning: str
    min: Fraction
    max: Fraction


@dataclass(frozen=True)
class Scale:
    """The values one item may take; `levels` run from the lowest to the highest."""

    key: str
    name: str
    kind: str
    levels: tuple[Level, ...]
    decimals: int = 0

    @property
    def min(self) -> Fraction:
        return self.levels[0].min

    @property
    def max(self) -> Fraction:
        return self.levels[-1].max

    @property
    def allowed(self) -> str:
        """The allowed values in words: "1 sampai 5", or "1,00 sampai 5,00"."""
        return " sampai ".join(decimal_text(edge, self.decimals, ",") for edge in (self.min, self.max))

    def holds(self, value: object) -> bool:
        """Whether an exact value (int or Fraction, never bool or float) lies on this scale."""
        if isinstance(value, bool) or not isinstance(value, (int, Fraction)):
            return False
        if self.kind == "levels":
            return any(value == level.value for level in self.levels)
        return self.min <= value <= self.max

    def parse(self, written: object) -> Fraction:
        """The exact value of a typed answer (text, or a plain int from JSON).

        Whole-number scales take "3" and nothing that merely looks like it; decimal scales take "2", "2,5" and "2.50".
        Everything else raises `Refused` with one sentence that names the allowed values.
        """
        text = str(written) if type(written) is int and abs(written) <= _ENDLESS else written
        if isinstance(text, str) and len(text) <= _LONGEST:
            digits = r"(0|[1-9][0-9]{0,3})"
            if self.decimals:
                digits += rf"([.,][0-9]{{1,{self.decimals}}})?"
            if re.fullmatch(digits, text.strip(" \t")):
                value = Fraction(text.strip(" \t").replace(",", "."))
                if self.holds(value):
                    return value
        kind = "angka" if self.decimals else "bilangan bulat"
        limit = f" dengan paling banyak {self.decimals} angka desimal" if self.decimals else ""
        raise Refused(f"Nilai {quoted(written)} tidak dapat dipakai; isi {kind} {self.allowed}{limit}.")

    def level(self, value: Fraction | int) -> Level:
        """The level an exact value lies in; a value beside the scale raises `Refused`."""
        if self.holds(value):
            for level in reversed(self.levels):
                if value >= level.min:
                    return level
        raise Refused(f"Nilai {quoted(value)} tidak ada pada skala {self.allowed}.")
