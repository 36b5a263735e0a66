"""From the files of a pack to an `Instrument`, and from the kept copy of a used one back to it.

A pack is a folder: `instrument.yaml` (the numbers), `guidance-<edition>.yaml` (the words; an edition may build on an
earlier one and then only says what differs) and, where known, `owners.yaml` (who usually answers, a first proposal).
"""

import hashlib
import json
from functools import lru_cache
from pathlib import Path

import yaml

from assessments.instruments.checks import BadPack, check, number
from assessments.instruments.scales import Level, Scale, quoted
from assessments.instruments.shape import Band, Edition, ExternalIndex, Instrument, Item, Node
from assessments.refusal import Refused

PACKS = Path(__file__).parent
_SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def available() -> list[tuple[str, list[str], str]]:
    """(key, guidance editions from the oldest to the newest, title) of every pack that ships with the code."""
    return [(key, list(raw["guidance"]), raw["title"]) for key, raw in sorted(_numbers().items())]


@lru_cache(maxsize=32)
def load(key: str, guidance: str | None = None) -> Instrument:
    """A pack with one guidance edition (None: the newest). Unknown names raise `Refused`, faulty packs `BadPack`."""
    numbers = _numbers()
    if key not in numbers:
        raise Refused(f"Instrumen {quoted(key)} tidak dikenal; yang tersedia: {', '.join(sorted(numbers))}.")
    editions = numbers[key]["guidance"]
    if guidance is not None and guidance not in editions:
        known = ", ".join(editions)
        raise Refused(f"Edisi panduan {quoted(guidance)} tidak dikenal untuk {key}; yang tersedia: {known}.")
    return build(canonical_bytes(assemble(PACKS / key, guidance or editions[-1])))


@lru_cache(maxsize=32)
def from_canonical(content: bytes) -> Instrument:
    """The instrument behind a kept copy, exactly as it was when kept; bytes that are no sound pack raise `BadPack`."""
    return build(content)


def canonical_bytes(document: dict) -> bytes:
    """One spelling for one content: sorted keys, no spaces, UTF-8."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def assemble(folder: Path, guidance: str) -> dict:
    """Numbers, words of one edition and owners as one document with text keys only; unreadable files raise `BadPack`."""
    document = {name: part for name, part in _read(folder / "instrument.yaml").items() if name != "guidance"}
    edition, words = _words(folder, guidance)
    document["edition"], document["words"] = edition, words
    owners = folder / "owners.yaml"
    document["owners"] = _read(owners) if owners.exists() else {}
    return _with_text_keys(document)


def build(content: bytes) -> Instrument:
    """Check one canonical document and give it its shape."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as fault:
        raise BadPack([f"paket: salinan tidak terbaca ({fault})"]) from None
    check(document)
    scales = {key: _scale(key, raw) for key, raw in document["scales"].items()}
    roots = _Grower(document, scales).grow(document["tree"], ())
    edition = document.get("edition") or {}
    return Instrument(
        key=document["key"],
        guidance=edition.get("key", ""),
        title=document["title"],
        index_name=document["index_name"],
        legal_basis=tuple(document.get("legal_basis") or ()),
        notes=tuple(document.get("notes") or ()),
        tiers=tuple(tier["kind"] for tier in document["tiers"]),
        labels={tier["kind"]: tier["label"] for tier in document["tiers"]},
        total=number(document["total"]),
        roots=roots,
        scales=scales,
        bands=_bands(document["bands"]),
        edition=Edition(
            edition.get("key", ""), edition.get("title", ""), edition.get("since", ""), bool(edition.get("unverified"))
        ),
        unverified=bool(document.get("unverified")) or _any_unverified(roots),
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
    )


class _Grower:
    """Grows the tree of one document: parents first, so that every knot can name its path."""

    def __init__(self, document: dict, scales: dict[str, Scale]):
        self.document, self.scales = document, scales
        self.edition = document.get("edition") or {}
        self.slots: dict[str, int] = {}
        self._count(document["tree"])

    def _count(self, raws):
        for raw in raws:
            if raw.get("children"):
                self._count(raw["children"])
            else:
                indicator = raw.get("indicator", raw["number"])
                self.slots[indicator] = self.slots.get(indicator, 0) + 1

    def grow(self, raws, path):
        return tuple(self._node(raw, path) if raw.get("children") else self._item(raw, path) for raw in raws)

    def _node(self, raw, path) -> Node:
        tier = self.document["tiers"][len(path)]
        weight = number(raw["weight"])
        node = Node(raw["code"], tier["kind"], tier["label"], raw["number"], raw["name"], weight, path)
        below = self.grow(raw["children"], (*path, node))
        object.__setattr__(node, "children", below)  # child and parent name each other, so one of them comes later
        return node

    def _item(self, raw, path) -> Item:
        words = self.document.get("words", {}).get(raw["code"], {})
        scale = self.scales[raw["scale"]]
        criteria = {int(level): text for level, text in words.get("criteria", {}).items()}
        external = raw.get("external_index")
        pages = ((self.document.get("cites"), raw.get("page")), (self.edition.get("cites"), words.get("page")))
        return Item(
            code=raw["code"],
            number=raw["number"],
            indicator=raw.get("indicator", raw["number"]),
            name=raw["name"],
            short_name=self._short_name(raw),
            weight=number(raw["weight"]),
            scale=scale,
            path=path,
            explanation=words.get("explanation", ""),
            criteria=criteria,
            fulfilment=_lines_by_level(words.get("fulfilment", {})),
            evidence=_lines_by_level(words.get("evidence", {})),
            evidence_general=tuple(words.get("evidence_general", ())),
            notes=tuple(words.get("notes", ())),
            source="; ".join(f"{text} hlm. {page}" for text, page in pages if text and page),
            unverified=bool(words.get("unverified", self.edition.get("unverified")))
            or any(level.value not in criteria for level in scale.levels),
            external_index=ExternalIndex(external["key"], external["name"], external["owner"]) if external else None,
            typical_owners=tuple(self.document.get("owners", {}).get(raw["code"], ())),
        )

    def _short_name(self, raw) -> str:
        """The name without what all names of the pack repeat; slots of one indicator are told apart."""
        repeated = self.document.get("repeated") or {}
        short = raw["name"].removeprefix(repeated.get("prefix", "")).removesuffix(repeated.get("suffix", ""))
        indicator = raw.get("indicator", raw["number"])
        if self.slots[indicator] > 1:
            nth = raw["number"].removeprefix(indicator).lstrip("-") or "1"
            short += f" ({nth} dari {self.slots[indicator]})"
        return short


def _scale(key: str, raw: dict) -> Scale:
    levels = []
    for level in sorted(raw["levels"], key=lambda level: level["value"]):
        edges = (number(level.get(edge, level["value"])) for edge in ("min", "max"))
        levels.append(Level(level["value"], level["name"], level.get("meaning", ""), *edges))
    return Scale(key, raw.get("name", key), raw["kind"], tuple(levels), raw.get("decimals", 0))


def _bands(raws: list[dict]) -> tuple[Band, ...]:
    ordered = sorted(raws, key=lambda raw: number(raw["min"]))
    return tuple(
        Band(n, raw["name"], number(raw["min"]), number(raw["max"]), raw.get("alt_name", ""))
        for n, raw in enumerate(ordered, 1)
    )


def _lines_by_level(raw: dict) -> dict[int, tuple[str, ...]]:
    return {int(level): tuple(lines) for level, lines in raw.items()}


def _any_unverified(knots) -> bool:
    return any(knot.unverified if isinstance(knot, Item) else _any_unverified(knot.children) for knot in knots)


def _words(folder: Path, guidance: str) -> tuple[dict, dict]:
    """An edition's head and its words by item, laid over those of the edition it builds on."""
    raw = _read(folder / f"guidance-{guidance}.yaml")
    older = _words(folder, raw["builds_on"])[1] if "builds_on" in raw else {}
    words = {code: dict(part) for code, part in older.items()}
    for code, part in (raw.pop("items", None) or {}).items():
        below = words.setdefault(code, {})
        for name, value in part.items():
            merge = isinstance(value, dict) and isinstance(below.get(name), dict)
            below[name] = {**below[name], **value} if merge else value
    return raw, words


def _with_text_keys(raw):
    if isinstance(raw, dict):
        return {str(key): _with_text_keys(value) for key, value in raw.items()}
    return [_with_text_keys(value) for value in raw] if isinstance(raw, list) else raw


def _read(file: Path) -> dict:
    try:
        raw = yaml.load(file.read_text("utf-8"), Loader=_SafeLoader)  # noqa: S506 (the safe loader, or its faster twin in C)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as fault:
        raise BadPack([f"{file.name}: tidak terbaca ({fault})"]) from None
    if not isinstance(raw, dict):
        raise BadPack([f"{file.name}: isinya bukan kunci dan nilai"])
    return raw


@lru_cache(maxsize=1)
def _numbers() -> dict[str, dict]:
    return {file.parent.name: _read(file) for file in sorted(PACKS.glob("*/instrument.yaml"))}
