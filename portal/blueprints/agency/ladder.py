"""The levels of one item as a ladder: what each asks, what proves it, and which ones stand open."""

from dataclasses import dataclass
from fractions import Fraction

from assessments.instruments import Item, Level, decimal_text
from assessments.lint import Finding, carried_level, code_of
from assessments.models import Contribution
from assessments.refusal import Refused

OPEN_AT_FIRST = 2


@dataclass(frozen=True)
class Step:
    """One level as the page shows it. `proofs` are the codes of citations that name it."""

    level: Level
    criterion: str
    fulfilment: tuple[str, ...]
    evidence: tuple[str, ...]
    proofs: tuple[str, ...]
    chosen: bool
    open: bool
    met: bool
    claimed: bool
    band: str

    @property
    def has_words(self) -> bool:
        return bool(self.fulfilment or self.evidence)


@dataclass(frozen=True)
class Ladder:
    steps: tuple[Step, ...]
    decimal: bool
    carried: int
    chosen: int | None

    @property
    def short_of(self) -> bool:
        """The evidence carries less than what is claimed."""
        return self.chosen is not None and self.carried < self.chosen


def ladder(contribution: Contribution, item: Item, value: Fraction | None) -> Ladder:
    """`value` is what is chosen on the page, which may differ from what is stored."""
    scale = item.scale
    chosen = scale.level(value).value if value is not None else None
    carried = carried_level(contribution)
    standing_open = _standing_open([level.value for level in scale.levels], chosen)
    steps = tuple(
        Step(
            level=level,
            criterion=item.criteria.get(level.value, ""),
            fulfilment=item.fulfilment.get(level.value, ()),
            evidence=item.evidence.get(level.value, ()),
            proofs=tuple(code_of(c) for c in contribution.citations if level.value in c.levels),
            chosen=level.value == chosen,
            open=level.value in standing_open,
            met=chosen is not None and level.value < chosen and level.value <= carried,
            claimed=chosen is not None and level.value <= chosen,
            band=_band(level, scale.levels[-1], scale.decimals) if scale.kind == "decimal" else "",
        )
        for level in scale.levels
    )
    return Ladder(steps, scale.kind == "decimal", carried, chosen)


def _standing_open(levels: list[int], chosen: int | None) -> list[int]:
    """The chosen level and the next; before a choice the first ones."""
    at = levels.index(chosen) if chosen is not None else 0
    return levels[at : at + OPEN_AT_FIRST]


def _band(level: Level, last: Level, decimals: int) -> str:
    low, high = decimal_text(level.min, decimals, ","), decimal_text(level.max, decimals, ",")
    return f"{low} sampai {high}" if level == last else f"{low} sampai di bawah {high}"


def chosen_value(item: Item, sent: str | None, stored: Fraction | None) -> Fraction | None:
    """The value a form brings: exact, or None where nothing is chosen yet."""
    if sent is None and stored is not None:
        raise Refused("Tingkat tidak ikut terkirim. Pilih tingkat lagi, lalu simpan.", field="value")
    if sent is None or not sent.strip():
        return None
    try:
        return item.scale.parse(sent)
    except Refused as refusal:
        raise Refused(*refusal.sentences, field="value") from None


def shown_value(item: Item, value: Fraction | None) -> str:
    """A value as its field holds it: "3", or "2,50" where decimals are allowed."""
    return "" if value is None else decimal_text(value, item.scale.decimals, ",")


# place of a finding -> (where on the page, what the link says)
PLACES = {
    "value": ("capaian", "Pilih tingkat"),
    "facts": ("facts", "Ubah Fakta"),
    "analysis": ("analysis", "Ubah Analisis"),
    "evidence": ("bukti", "Ke bukti"),
}


def where(finding: Finding, decimal: bool = False) -> tuple[str, str]:
    kind, _, key = finding.place.partition(":")
    if kind == "value" and decimal:
        return ("value", "Isi nilai")
    return (f"rujukan-{key}", "Ke dokumen") if kind == "citation" else PLACES[kind]
