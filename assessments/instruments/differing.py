"""What is different between two instruments, or two editions of one: items, weights, and every text by its place.

Items of one pack belong together by their code. Items of two packs belong together where the later pack names the earlier
one in `descends.yaml` ({older pack: {new code: [old codes]}}); the file is no part of the pack's fingerprint. Where it says
nothing, nothing is guessed: equal codes of two packs mean different things.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import yaml

from assessments.instruments.loading import PACKS
from assessments.instruments.scales import Scale, decimal_text
from assessments.instruments.shape import Instrument, Item


@dataclass(frozen=True)
class Wording:
    """One text that reads otherwise; `before` or `after` is empty where there was or is none."""

    place: str
    before: str
    after: str


@dataclass(frozen=True)
class Pair:
    """An item of the newer instrument with those of the older one that it belongs to, or an item without a counterpart."""

    before: tuple[Item, ...]
    after: Item | None
    wordings: tuple[Wording, ...] = ()

    @property
    def kind(self) -> str:
        """added, dropped, changed or same."""
        if not self.before or self.after is None:
            return "added" if self.after else "dropped"
        return "changed" if self.wordings or self.reweighted else "same"

    @property
    def weights(self) -> tuple[Fraction | None, Fraction | None]:
        """Percent before, all counterparts together, and after; None where there is no item."""
        old = sum((item.weight for item in self.before), Fraction(0)) if self.before else None
        return old, self.after.weight if self.after else None

    @property
    def reweighted(self) -> bool:
        old, new = self.weights
        return None not in (old, new) and old != new

    @property
    def item(self) -> Item:
        """The item that names the row: the newer one where there is one."""
        return self.after or self.before[0]


@dataclass(frozen=True)
class Comparison:
    """`pairs` in the order of the newer instrument, then what was dropped; `whole` are texts of the instrument itself."""

    old: Instrument
    new: Instrument
    pairs: tuple[Pair, ...]
    whole: tuple[Wording, ...]

    @property
    def same_pack(self) -> bool:
        return self.old.key == self.new.key

    @property
    def in_common(self) -> int:
        """How many items of the newer one have a counterpart."""
        return sum(bool(pair.before and pair.after) for pair in self.pairs)

    def of_kind(self, kind: str) -> list[Pair]:
        return [pair for pair in self.pairs if pair.kind == kind]

    @property
    def reworded(self) -> list[Pair]:
        return [pair for pair in self.pairs if pair.kind == "changed" and pair.wordings]

    @property
    def reweighted(self) -> list[Pair]:
        return [pair for pair in self.pairs if pair.reweighted]


@lru_cache(maxsize=16)
def compare(old: Instrument, new: Instrument) -> Comparison:
    """Everything that is different on the way from `old` to `new`."""
    follows = counterparts(old, new)
    taken = {code for codes in follows.values() for code in codes}
    pairs = []
    for item in new.items:
        before = tuple(old.item(code) for code in follows.get(item.code, ()))
        pairs.append(Pair(before, item, tuple(_changes(before, item))))
    pairs += [Pair((item,), None) for item in old.items if item.code not in taken]
    return Comparison(old, new, tuple(pairs), tuple(_whole(old, new)))


def counterparts(old: Instrument, new: Instrument) -> dict[str, tuple[str, ...]]:
    """{item of the newer: items of the older}; where the older one is the later pack, its statement read backwards."""
    if old.key == new.key:
        known = {item.code for item in old.items}
        return {item.code: (item.code,) for item in new.items if item.code in known}
    stated = _descends(new.key).get(old.key)
    if stated is not None:
        return {code: tuple(before) for code, before in stated.items()}
    backwards: dict[str, list[str]] = {}
    for later, earlier in _descends(old.key).get(new.key, {}).items():
        for code in earlier:
            backwards.setdefault(code, []).append(later)
    return {code: tuple(later) for code, later in backwards.items()}


@lru_cache(maxsize=16)
def _descends(pack: str) -> dict[str, dict[str, list[str]]]:
    """What a pack says about the one before it; nothing where it says nothing."""
    file = PACKS / pack / "descends.yaml"
    return yaml.safe_load(file.read_text("utf-8")) if file.exists() else {}


def _changes(before: tuple[Item, ...], after: Item) -> Iterator[Wording]:
    if not before:
        return
    names = [item.name for item in before]
    yield from _differ("Nama", "\n".join(names), after.name)
    yield from _differ("Skala", "\n".join(dict.fromkeys(_scale(item.scale) for item in before)), _scale(after.scale))
    if len(before) > 1:
        return  # several became one: their levels stand in no order that could be compared
    (old,) = before
    yield from _differ("Indeks lembaga lain", _external(old), _external(after))
    yield from _differ("Penjelasan", old.explanation, after.explanation)
    for level in sorted({*_levels(old), *_levels(after)}):
        yield from _differ(f"Kriteria tingkat {level}", old.criteria.get(level, ""), after.criteria.get(level, ""))
        yield from _differ(f"Pemenuhan tingkat {level}", _lines(old.fulfilment.get(level)), _lines(after.fulfilment.get(level)))
        yield from _differ(f"Bukti tingkat {level}", _lines(old.evidence.get(level)), _lines(after.evidence.get(level)))
    yield from _differ("Bukti umum", _lines(old.evidence_general), _lines(after.evidence_general))
    yield from _differ("Catatan", _lines(old.notes), _lines(after.notes))


def _whole(old: Instrument, new: Instrument) -> Iterator[Wording]:
    yield from _differ("Judul", old.title, new.title)
    yield from _differ("Nama indeks", old.index_name, new.index_name)
    yield from _differ("Edisi panduan", old.edition.title, new.edition.title)
    yield from _differ("Dasar hukum", _lines(old.legal_basis), _lines(new.legal_basis))
    yield from _differ("Jenjang", ", ".join(old.labels[tier] for tier in old.tiers), ", ".join(new.labels[tier] for tier in new.tiers))
    yield from _differ("Bagian dan bobotnya", _parts(old), _parts(new))
    yield from _differ("Predikat", _bands(old), _bands(new))
    for key in dict.fromkeys((*old.scales, *new.scales)):
        one, other = old.scales.get(key), new.scales.get(key)
        name = (other or one).name
        yield from _differ(f"Tingkat pada skala {name}", _meanings(one), _meanings(other))
    yield from _differ("Catatan instrumen", _lines(old.notes), _lines(new.notes))


def _differ(place: str, before: str, after: str) -> Iterator[Wording]:
    if before != after:
        yield Wording(place, before, after)


def _levels(item: Item) -> set[int]:
    return {*item.criteria, *item.fulfilment, *item.evidence}


def _lines(texts: tuple[str, ...] | None) -> str:
    return "\n".join(texts or ())


def _scale(scale: Scale) -> str:
    return f"{scale.name}: " + ", ".join(f"{level.value} {level.name}" for level in scale.levels)


def _meanings(scale: Scale | None) -> str:
    if scale is None:
        return ""
    return "\n".join(f"{level.value} {level.name}" + (f": {level.meaning}" if level.meaning else "") for level in scale.levels)


def _external(item: Item) -> str:
    return f"{item.external_index.name} ({item.external_index.owner})" if item.external_index else ""


def _parts(instrument: Instrument) -> str:
    return "\n".join(f"{node} {node.name}: {decimal_text(node.weight, 2, ',')}%" for node in instrument.nodes())


def _bands(instrument: Instrument) -> str:
    return "\n".join(
        f"{band.name}: {decimal_text(band.min, 2, ',')} sampai {decimal_text(band.max, 2, ',')}" for band in reversed(instrument.bands)
    )
