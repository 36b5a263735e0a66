"""The levels of one item as a ladder: what each asks, what stands for it, and why a claim is this level and not the next.

Levels are cumulative (PermenPANRB 59/2020 p.12-13): a level counts only when each one below it has proof of its own; the
lowest needs none. The ladder warns and never forbids, the claim is the user's. One function serves the operator's page,
the pages of those who read the answer, and the printed sheet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from .instruments import Item, Level

WORDS_SHOWN = 160


@dataclass(frozen=True)
class Rung:
    """One level. `proofs` are the codes of citations that name it ("12.a"); `bridged` means all below it have proof."""

    level: Level
    criterion: str
    fulfilment: tuple[str, ...]
    evidence: tuple[str, ...]
    proofs: tuple[str, ...]
    lowest: bool
    bridged: bool

    @property
    def has_words(self) -> bool:
        return bool(self.fulfilment or self.evidence)

    @property
    def stands(self) -> bool:
        """It has proof of its own, and so has every level below."""
        return self.bridged and (self.lowest or bool(self.proofs))


@dataclass(frozen=True)
class Ladder:
    """`chosen` is the level that is claimed, `carried` the one up to which every step has proof."""

    rungs: tuple[Rung, ...]
    chosen: int | None
    carried: int

    @property
    def short_of(self) -> bool:
        """The evidence carries less than what is claimed."""
        return self.chosen is not None and self.carried < self.chosen

    @property
    def gaps(self) -> tuple[int, ...]:
        """Levels at or below the claim that nothing proves."""
        return tuple(
            rung.level.value
            for rung in self.rungs
            if self.chosen is not None and rung.level.value <= self.chosen and not rung.lowest and not rung.proofs
        )

    @property
    def idle(self) -> tuple[str, ...]:
        """Citations that name only levels above a gap: they count once the gap is closed."""
        standing = {proof for rung in self.rungs if rung.stands for proof in rung.proofs}
        above = [proof for rung in self.rungs if not rung.bridged for proof in rung.proofs]
        return tuple(dict.fromkeys(proof for proof in above if proof not in standing))

    @property
    def sentence(self) -> str:
        """Why it is this level and not the next, in one sentence."""
        if self.chosen is None:
            if self.carried == self.rungs[0].level.value:
                return "Belum ada tingkat yang dipilih dan belum ada bukti yang ditandai menunjang suatu tingkat."
            return f"Belum ada tingkat yang dipilih; bukti yang ditandai menunjang sampai tingkat {self.carried}."
        if self.short_of:
            return (
                f"Tingkat {self.chosen} dipilih, tetapi bukti baru menunjang sampai tingkat {self.carried}: "
                f"tingkat {_listed(self.gaps)} belum ditunjang bukti."
            )
        after = next((rung for rung in self.rungs if rung.level.value > self.chosen), None)
        if after is None:
            return f"Tingkat {self.chosen} ditunjang bukti di setiap tingkatnya; tidak ada tingkat di atasnya."
        if self.carried > self.chosen:
            return (
                f"Tingkat {self.chosen} dipilih, padahal bukti yang ditandai menunjang sampai tingkat {self.carried}; "
                "periksa apakah klaim dapat dinaikkan."
            )
        return (
            f"Tingkat {self.chosen} dan belum {after.level.value}, karena belum ada bukti untuk kriteria tingkat "
            f"{after.level.value}{_quoted(after.criterion)}."
        )


def ladder_of(item: Item, value: Fraction | None, proofs: Mapping[int, Sequence[str]]) -> Ladder:
    """`value` is what is claimed (or None), `proofs` the codes of citations by the level they name."""
    chosen = item.scale.level(value).value if value is not None else None
    rungs: list[Rung] = []
    carried, bridged = item.scale.levels[0].value, True
    for level in item.scale.levels:
        rung = Rung(
            level=level,
            criterion=item.criteria.get(level.value, ""),
            fulfilment=item.fulfilment.get(level.value, ()),
            evidence=item.evidence.get(level.value, ()),
            proofs=tuple(proofs.get(level.value, ())),
            lowest=not rungs,
            bridged=bridged,
        )
        bridged = rung.stands
        carried = level.value if bridged else carried
        rungs.append(rung)
    return Ladder(tuple(rungs), chosen, carried)


def _listed(levels: Sequence[int]) -> str:
    words = [str(level) for level in levels]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} dan {words[-1]}"


def _quoted(criterion: str) -> str:
    if not criterion:
        return ""
    text = criterion.strip().rstrip(".")
    if len(text) > WORDS_SHOWN:
        text = text[:WORDS_SHOWN].rpartition(" ")[0].rstrip(",;") + " …"
    return f" ({text})"
