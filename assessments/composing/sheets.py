"""Which short answers an item asks for, by its domain (guidance 3/2024 p.195-200)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from ..clock import now
from ..instruments import Instrument, Item
from ..models import Contribution
from ..refusal import Refused, Stale
from ..texts import clean

SLOT_LIMIT = 600


@dataclass(frozen=True)
class Slot:
    """One short answer; `part` is the text it goes into (facts or analysis). With `choices` it is one of them."""

    code: str
    part: str
    label: str
    help: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """The slots of an item, and how its evidence is told: policy (by article), record (by section) or service."""

    cites: str
    slots: tuple[Slot, ...]


@cache
def _declared() -> dict[str, list[dict]]:
    return yaml.safe_load((Path(__file__).parent / "slots.yaml").read_text(encoding="utf-8"))


@cache
def _sheet(key: str, nodes: tuple[str, ...]) -> Sheet:
    declared = _declared()
    for raw in [*declared.get(key, ()), *declared["*"]]:
        if "*" in raw["nodes"] or set(raw["nodes"]) & set(nodes):
            slots = (Slot(**{**slot, "choices": tuple(slot.get("choices", ()))}) for slot in raw["slots"])
            return Sheet(raw["cites"], tuple(slots))
    raise LookupError(key)


def sheet_of(instrument: Instrument, item: Item) -> Sheet:
    """The slots that belong to an item."""
    return _sheet(instrument.key, tuple(node.code for node in item.path))


def fill(contribution: Contribution, typed: Mapping[str, str], is_current: bool = True) -> bool:
    """Keep the short answers; what was not sent stays. True when something changed.

    Refused names the slot's field; Stale when they differ from what is stored and the page was not the current one.
    """
    period = contribution.submission.assessment.period
    wanted = dict(contribution.slots or {})
    for slot in sheet_of(period.instrument, period.instrument.item(contribution.item)).slots:
        if slot.code not in typed:
            continue
        text = clean(typed[slot.code], SLOT_LIMIT, slot.label, f"slot-{slot.code}")
        if text and slot.choices and text not in slot.choices:
            raise Refused(f"{slot.label} tidak dikenal. Pilih salah satu dari daftar.", field=f"slot-{slot.code}")
        wanted[slot.code] = text
    wanted = {code: text for code, text in wanted.items() if text}
    if wanted == (contribution.slots or {}):
        return False
    if not is_current:
        raise Stale(
            "Isian singkat untuk susunan diubah orang lain sesudah Anda membukanya. Bandingkan, lalu simpan lagi.",
            theirs=dict(contribution.slots or {}),
        )
    contribution.slots = wanted
    contribution.saved_at = now()
    return True
