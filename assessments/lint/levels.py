"""Rules that look at levels: which are proved, which lie open, and what may prove them."""

import re
from collections.abc import Iterator

from ..models import Citation, Contribution
from .finding import Finding, Known, about, chosen_level, levels_above_lowest, lowest_level

# A time in a video, a range of pages, a number, a chapter in Roman numerals: each is one place to look at.
_PLACES = re.compile(
    r"\d+(?::\d+)+(?:\s*(?:-|–|sampai|s\.?d\.?)\s*\d+(?::\d+)+)?|\d+(?:\s*(?:-|–|sampai|s\.?d\.?)\s*\d+)?|\bbab\s+[ivxlc]+\b",
    re.IGNORECASE,
)
_WITHIN = re.compile(r"\b(?:ayat|angka)\s*\(?\d+\)?|\btingkat\s+\d+|\btahun\s+\d+", re.IGNORECASE)


def proved_levels(contribution: Contribution) -> set[int]:
    return {level for citation in contribution.citations for level in citation.levels}


def carried_level(contribution: Contribution) -> int:
    """The level up to which every step has evidence; the lowest one needs none."""
    proved, carried = proved_levels(contribution), lowest_level(contribution)
    for level in levels_above_lowest(contribution):
        if level not in proved:
            break
        carried = level
    return carried


def no_evidence_at_level(contribution: Contribution, known: Known) -> Iterator[Finding]:
    """The chosen level itself is proved by nothing that is attached (PermenPANRB 59/2020 p.29)."""
    chosen, lowest = chosen_level(contribution), lowest_level(contribution)
    if chosen is not None and chosen > lowest and contribution.citations and chosen not in proved_levels(contribution):
        fix = f"Tandai tingkat {chosen} pada bukti yang menunjangnya, atau pilih tingkat {carried_level(contribution)}."
        yield Finding(
            "no_evidence_at_level", "weak", f"Belum ada bukti yang ditandai menunjang tingkat {chosen}.", "evidence", fix
        )


def gap_below(contribution: Contribution, known: Known) -> Iterator[Finding]:
    """Levels are cumulative (PermenPANRB 59/2020 p.12): each one below needs its own proof."""
    chosen = chosen_level(contribution)
    if chosen is None or not contribution.citations:
        return
    proved = proved_levels(contribution)
    gaps = [str(level) for level in levels_above_lowest(contribution) if level < chosen and level not in proved]
    if gaps:
        named = ", ".join(gaps)
        yield Finding(
            "gap_below", "weak", f"Tingkat {named} di bawahnya belum ditunjang bukti mana pun.", "evidence",
            f"Tandai tingkat {named} pada bukti yang sudah ada, atau tambahkan buktinya.",
        )


def one_file_many_levels(contribution: Contribution, known: Known) -> Iterator[Finding]:
    """One version for several levels, without saying where in it each is met: pedoman 3/2024 (p.196-201) cites by pasal,
    bab, page or time. As many places as levels are enough; which is which the reader sees."""
    above = set(levels_above_lowest(contribution))
    for citation in contribution.citations:
        levels = sorted(above & set(citation.levels))
        blob = citation.cited.blob
        if len(levels) > 1 and places_named(citation) < len(levels) and not (blob is not None and blob.pages == 1):
            named = " dan ".join([", ".join(map(str, levels[:-1])), str(levels[-1])])
            yield about(
                citation, "one_file_many_levels", "tip", f"dipakai untuk tingkat {named} tanpa penunjuk yang berbeda.",
                f"Tulis bagian untuk tiap tingkat, misalnya “{_example(levels)}”.",
            )


def places_named(citation: Citation) -> int:
    """How many different places the citation points at: the more telling of article and locator, which name the same ones."""
    return max(
        len(set(_PLACES.findall(_WITHIN.sub(" ", text)))) if text else 0 for text in (citation.article, citation.locator)
    )


def _example(levels: list[int]) -> str:
    return "; ".join(f"tingkat {level}: hlm. {page}" for level, page in zip(levels, range(4, 40, 3)))
