"""The levels of one item as a ladder: what each asks, what proves it, and which ones stand open."""

from dataclasses import dataclass
from fractions import Fraction

from assessments.instruments import Item, Level, decimal_text
from assessments.ladder import Ladder, Rung, ladder_of
from assessments.lint import Finding, code_of
from assessments.models import Contribution
from assessments.refusal import Refused

OPEN_AT_FIRST = 2


@dataclass(frozen=True)
class Step:
    """One level as the page shows it."""

    rung: Rung
    chosen: bool
    open: bool
    met: bool
    claimed: bool
    band: str


@dataclass(frozen=True)
class Steps:
    """The ladder of an item with what stands open on the page."""

    ladder: Ladder
    steps: tuple[Step, ...]
    decimal: bool


def proofs_of(contribution: Contribution) -> dict[int, list[str]]:
    """The codes of citations by the level they name."""
    proofs: dict[int, list[str]] = {}
    for citation in contribution.citations:
        for level in citation.levels:
            proofs.setdefault(level, []).append(code_of(citation))
    return proofs


def ladder(contribution: Contribution, item: Item, value: Fraction | None) -> Steps:
    """`value` is what is chosen on the page, which may differ from what is stored."""
    found = ladder_of(item, value, proofs_of(contribution))
    standing_open = _standing_open([level.value for level in item.scale.levels], found.chosen)
    steps = tuple(
        Step(
            rung=rung,
            chosen=rung.level.value == found.chosen,
            open=rung.level.value in standing_open,
            met=found.chosen is not None and rung.level.value < found.chosen and rung.stands,
            claimed=found.chosen is not None and rung.level.value <= found.chosen,
            band=_band(rung.level, item.scale.levels[-1], item.scale.decimals) if item.scale.kind == "decimal" else "",
        )
        for rung in found.rungs
    )
    return Steps(found, steps, item.scale.kind == "decimal")


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
