"""Everything that can be wrong with a pack, said at once.

A pack reaches this module as one plain document: the numbers of `instrument.yaml`, the words of one guidance edition
under "words" ({item code: ...}) and the usual owners under "owners". Missing words are allowed, missing numbers not.
"""

import re
from fractions import Fraction
from itertools import pairwise

from assessments.instruments.scales import quoted

_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?|[0-9]{1,9}/[1-9][0-9]{0,8}")
_WORDS = {"page", "explanation", "criteria", "fulfilment", "evidence", "evidence_general", "notes", "unverified"}
_BY_LEVEL = ("criteria", "fulfilment", "evidence")


class BadPack(Exception):
    """A pack that must not be used; `complaints` has one line for each fault."""

    def __init__(self, complaints):
        self.complaints = tuple(complaints)
        super().__init__("\n".join(self.complaints))


def number(raw: object) -> Fraction | None:
    """The exact number behind "1.30", "10/3" or 5; None when it is missing or not written exactly (a YAML float)."""
    if type(raw) is int:
        return Fraction(raw) if raw >= 0 else None
    return Fraction(raw) if isinstance(raw, str) and _NUMBER.fullmatch(raw) else None


def check(document: object) -> None:
    """Raise `BadPack` with every fault of a document; a sound one passes in silence."""
    if not isinstance(document, dict):
        raise BadPack(["paket: isinya bukan satu dokumen dengan kunci dan nilai"])
    complaints: list[str] = []
    for needed in ("key", "title", "index_name"):
        if not _is_text(document.get(needed)):
            complaints.append(f"paket: {needed} tidak ada")
    for lines in ("legal_basis", "notes"):
        if not _is_texts(document.get(lines, [])):
            complaints.append(f"paket: {lines} bukan daftar teks")
    _check_texts("paket", document, ("cites",), complaints)
    for part, texts in (("edition", ("key", "title", "since", "cites")), ("repeated", ("prefix", "suffix"))):
        raw = document.get(part, {})
        if isinstance(raw, dict):
            _check_texts(part, raw, texts, complaints)
        else:
            complaints.append(f"paket: {part} tidak terbaca")
    tiers = _check_tiers(document.get("tiers"), complaints)
    scales = {key: _check_scale(key, raw, complaints) for key, raw in _entries(document, "scales", complaints)}
    leaves = _check_tree(document, tiers, scales, complaints)
    _check_bands(document, leaves, scales, complaints)
    _check_words(document, leaves, scales, complaints)
    for code, owners in _entries(document, "owners", complaints, needed=False):
        if code not in leaves:
            complaints.append(f"pengampu {code}: butir ini tidak ada pada instrumen")
        if not _is_texts(owners):
            complaints.append(f"pengampu {code}: bukan daftar nama")
    if complaints:
        raise BadPack(complaints)


def _check_tiers(raw, complaints) -> list[str]:
    kinds = [tier.get("kind") for tier in _list(raw) if isinstance(tier, dict)]
    texts = [tier.get(part) for tier in _list(raw) if isinstance(tier, dict) for part in ("kind", "label")]
    if not kinds or len(kinds) != len(raw) or not all(map(_is_text, texts)):
        complaints.append("tingkatan: tiers harus berupa daftar kind dan label, dari atas sampai butir")
    elif len(set(kinds)) != len(kinds):
        complaints.append("tingkatan: ada kind yang sama dua kali")
    return kinds


def _check_scale(key, raw, complaints) -> dict | None:
    """What later checks need of one scale: {"values": set of levels, "min": Fraction, "max": Fraction}, or None."""
    where, before = f"skala {key}", len(complaints)
    raw = raw if isinstance(raw, dict) else {}
    _check_texts(where, raw, ("name",), complaints)
    levels = [level for level in _list(raw.get("levels")) if isinstance(level, dict)]
    if not _is_text(raw.get("kind")) or raw["kind"] not in ("levels", "decimal"):
        complaints.append(f"{where}: kind harus levels atau decimal")
    if not levels:
        complaints.append(f"{where}: tidak mempunyai tingkat")
    if len(levels) != len(_list(raw.get("levels"))):
        complaints.append(f"{where}: ada tingkat yang tidak terbaca")
    values = [level.get("value") for level in levels]
    for level in levels:
        if type(level.get("value")) is not int or level["value"] < 0:
            complaints.append(f"{where}: ada tingkat tanpa nilai bilangan bulat")
        if not _is_text(level.get("name")):
            complaints.append(f"{where}: tingkat {level.get('value')} tidak bernama")
        _check_texts(where, level, ("meaning",), complaints)
    if len(complaints) > before:
        return None
    for value in sorted({value for value in values if values.count(value) > 1}):
        complaints.append(f"{where}: tingkat {value} tertulis dua kali")
    for low, high in pairwise(sorted(set(values))):
        if high != low + 1:
            complaints.append(f"{where}: ada celah antara tingkat {low} dan {high}")
    edges = (Fraction(min(values)), Fraction(max(values)))
    if raw["kind"] == "decimal":
        if type(raw.get("decimals")) is not int or not 1 <= raw["decimals"] <= 4:
            complaints.append(f"{where}: decimals harus 1 sampai 4")
        ordered = sorted(levels, key=lambda level: level["value"])
        edges = _check_seams(where, [(f"tingkat {level['value']}", level) for level in ordered], complaints)
    return {"values": set(values), "min": edges[0], "max": edges[1]} if edges else None


def _check_seams(where, named, complaints) -> tuple[Fraction, Fraction] | None:
    """Complain of gaps and overlaps between bands given from the lowest up; the outer edges when all numbers are there."""
    edges = [(name, number(raw.get("min")), number(raw.get("max"))) for name, raw in named]
    for name, low, high in edges:
        if low is None or high is None:
            complaints.append(f"{where}: {name} tidak mempunyai batas bawah dan atas yang lengkap")
        elif low >= high:
            complaints.append(f"{where}: batas bawah {name} tidak lebih kecil daripada batas atasnya")
    if any(low is None or high is None for _, low, high in edges):
        return None
    for (lower, _, top), (upper, bottom, _) in pairwise(edges):
        if top != bottom:
            fault = "ada celah antara" if top < bottom else "bertumpang tindih:"
            complaints.append(f"{where}: {fault} {lower} (sampai {top}) dan {upper} (mulai {bottom})")
    return edges[0][1], edges[-1][2]


def _check_tree(document, tiers, scales, complaints) -> dict[str, dict]:
    """Walk the tree; the leaves found, {code: raw item}."""
    seen: set[str] = set()
    leaves: dict[str, dict] = {}

    def visit(raws, depth, owner, weight):
        total, complete = Fraction(0), True
        for any_raw in raws:
            raw = any_raw if isinstance(any_raw, dict) else {}
            code = raw.get("code")
            where = str(code) if _is_text(code) else f"butir tanpa kode di bawah {owner}"
            if not _is_text(code):
                complaints.append(f"{where}: kode tidak ada")
            elif code in seen:
                complaints.append(f"{where}: kode dipakai dua kali")
            seen.add(code if _is_text(code) else "")
            for needed in ("number", "name"):
                if not _is_text(raw.get(needed)):
                    complaints.append(f"{where}: {'nomor' if needed == 'number' else 'nama'} tidak ada")
            own = number(raw.get("weight"))
            if not own:
                complaints.append(f"{where}: bobot tidak ada atau tidak ditulis eksak ({quoted(raw.get('weight'))})")
                complete = False
            total += own or 0
            _check_texts(where, raw, ("page", "indicator"), complaints)
            children = raw.get("children", [])
            if not isinstance(children, list):
                complaints.append(f"{where}: children bukan daftar")
            elif children:
                if depth + 1 >= len(tiers):
                    complaints.append(f"{where}: pohon lebih dalam daripada tingkatan yang disebut")
                else:
                    visit(children, depth + 1, where, own)
                continue
            if depth + 1 != len(tiers):
                complaints.append(f"{where}: tidak mempunyai butir di bawahnya")
            if not _is_text(raw.get("scale")) or raw["scale"] not in scales:
                complaints.append(f"{where}: skala {quoted(raw.get('scale'))} tidak dikenal")
            external = raw.get("external_index")
            if external is not None and not (
                isinstance(external, dict) and all(_is_text(external.get(part)) for part in ("key", "name", "owner"))
            ):
                complaints.append(f"{where}: indeks luar harus memuat key, name, dan owner")
            leaves[where] = raw
        if complete and weight and total != weight:
            complaints.append(f"{owner}: jumlah bobot di bawahnya {total}, seharusnya {weight}")

    tree, total = document.get("tree"), number(document.get("total"))
    if not total:
        complaints.append("paket: total (jumlah seluruh bobot) tidak ada")
    if isinstance(tree, list) and tree:
        visit(tree, 0, "paket", total)
    else:
        complaints.append("paket: pohon (tree) kosong")
    return leaves


def _check_bands(document, leaves, scales, complaints) -> None:
    raws = document.get("bands")
    bands = [raw for raw in _list(raws) if isinstance(raw, dict)]
    if not bands or len(bands) != len(raws):
        complaints.append("predikat: bands harus berupa daftar name, min, dan max")
        return
    for raw in bands:
        _check_texts("predikat", raw, ("alt_name",), complaints)
        if not _is_text(raw.get("name")):
            complaints.append("predikat: ada predikat tanpa nama")
    names = [raw.get("name") for raw in bands]
    for name in sorted({str(name) for name in names if names.count(name) > 1}):
        complaints.append(f"predikat: {name} tertulis dua kali")
    bands.sort(key=lambda raw: number(raw.get("min")) or Fraction(0))
    edges = _check_seams("predikat", [(str(raw.get("name") or "tanpa nama"), raw) for raw in bands], complaints)
    weights = {code: number(raw.get("weight")) for code, raw in leaves.items()}
    used = {code: scales.get(str(raw.get("scale"))) for code, raw in leaves.items()}
    if edges and leaves and all(weights.values()) and all(used.values()):
        whole = sum(weights.values())
        for edge, reached, word in ((edges[0], "min", "mulai"), (edges[1], "max", "sampai")):
            limit = sum(weights[code] * used[code][reached] for code in leaves) / whole
            if edge != limit:
                complaints.append(f"predikat: seharusnya {word} {limit}, tertulis {edge}")


def _check_words(document, leaves, scales, complaints) -> None:
    for code, words in _entries(document, "words", complaints, needed=False):
        if code not in leaves:
            complaints.append(f"panduan {code}: butir ini tidak ada pada instrumen")
            continue
        if not isinstance(words, dict):
            complaints.append(f"panduan {code}: isinya tidak terbaca")
            continue
        for unknown in sorted(set(words) - _WORDS):
            complaints.append(f"panduan {code}: bagian {quoted(unknown)} tidak dikenal")
        scale = scales.get(str(leaves[code].get("scale")))
        known = {str(value) for value in scale["values"]} if scale else set()
        for part in _BY_LEVEL:
            levels = words.get(part, {})
            if not isinstance(levels, dict):
                complaints.append(f"panduan {code}: {part} tidak tersusun per tingkat")
                continue
            for level, text in levels.items():
                if known and level not in known:
                    complaints.append(f"panduan {code}: {part} menyebut tingkat {quoted(level)}, yang tidak pada skala")
                if not (_is_text(text) if part == "criteria" else _is_texts(text)):
                    complaints.append(f"panduan {code}: {part} tingkat {level} kosong; hapus bila teksnya belum ada")
        _check_texts(f"panduan {code}", words, ("page", "explanation"), complaints)
        for part in ("evidence_general", "notes"):
            if not _is_texts(words.get(part, [])):
                complaints.append(f"panduan {code}: {part} bukan daftar teks")


def _entries(document, name, complaints, needed=True):
    found = document.get(name)
    if isinstance(found, dict) and (found or not needed):
        return found.items()
    if needed or name in document:
        complaints.append(f"paket: {name} tidak ada atau tidak terbaca")
    return ()


def _check_texts(where, raw, names, complaints) -> None:
    """Complain of parts that may be absent but must be text when they are there."""
    for name in names:
        if not isinstance(raw.get(name, ""), str):
            complaints.append(f"{where}: {name} bukan teks")


def _list(raw) -> list:
    return raw if isinstance(raw, list) else []


def _is_text(raw) -> bool:
    return isinstance(raw, str) and bool(raw.strip())


def _is_texts(raw) -> bool:
    return isinstance(raw, list) and all(_is_text(line) for line in raw)
