"""Catatan Penilaian of an assessor put together: Fakta, Analisis and Justifikasi Hasil (Pedoman 3/2024 hlm. 214-223).

What goes in are the claim's citations, the words and marks given at the desk, and a few short answers that differ by
stage and domain. A proposal like the operator's: it is put under what is written, never in its place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

import yaml

from ..instruments import Item, decimal_text
from ..models import Citation, Claim
from ..models.desk import CRITERION_MARKS
from ..refusal import Refused
from ..texts import clean
from .sheets import SLOT_LIMIT, Slot, sheet_of
from .texts import ended, told


@dataclass(frozen=True)
class NoteSlot(Slot):
    """`says` is the sentence the answer becomes; `{}` stands for it, `{code}` for another answer."""

    says: str = ""


@dataclass(frozen=True)
class Note:
    """The three marked parts, each ready to stand under what is written."""

    facts: str
    analysis: str
    justification: str


@cache
def _declared() -> dict[str, dict[str, list[dict]]]:
    return yaml.safe_load((Path(__file__).parent / "notes.yaml").read_text(encoding="utf-8"))


@cache
def _slots(stage: str, cites: str) -> tuple[NoteSlot, ...]:
    sheets = _declared()["document" if stage == "document" else "later"]
    rows = sheets.get(cites) or sheets["*"]
    return tuple(NoteSlot(**{**row, "choices": tuple(row.get("choices", ()))}) for row in rows)


def note_slots(instrument, item: Item, stage: str) -> tuple[NoteSlot, ...]:
    """The short answers this item asks an assessor for at this stage."""
    return _slots(stage, sheet_of(instrument, item).cites)


def compose_note(
    claim: Claim,
    stage: str,
    citations: Sequence[Citation],
    refusals: Mapping[int, str],
    value: Fraction | None,
    marks: Mapping[int, str],
    typed: Mapping[str, str],
) -> Note:
    """`refusals` are {citation id: reason} of what was not accepted, `marks` those on levels, `typed` the short answers.

    Refused names the field of a short answer (`note-<code>`) that cannot be taken.
    """
    period = claim.assessment.period
    item = period.instrument.item(claim.item)
    said = _answers(note_slots(period.instrument, item, stage), typed)
    tell = told(sheet_of(period.instrument, item).cites, lambda citation: f"{item.number}.{citation.letter}")
    facts = [f"Indikator {item.number}, {item.short_name}, pada {claim.assessment.subject.name}."]
    facts += [_with_refusal(tell(citation), refusals.get(citation.id)) for citation in citations]
    facts += said["facts"] if citations else [*said["facts"], "Klaim dikirim tanpa bukti."]
    levels = "; ".join(f"tingkat {level} {CRITERION_MARKS[mark].lower()}" for level, mark in sorted(marks.items()))
    analysis = [*said["analysis"], ended(f"Kriteria {levels}") if levels else ""]
    return Note(
        "\n".join(line for line in facts if line),
        "\n".join(line for line in analysis if line),
        _result(item, value, claim.value),
    )


def _answers(slots: Sequence[NoteSlot], typed: Mapping[str, str]) -> dict[str, list[str]]:
    """{part: sentences} of what was answered."""
    given: dict[str, str] = {}
    for slot in slots:
        text = clean(typed.get(slot.code, ""), SLOT_LIMIT, slot.label, f"note-{slot.code}")
        if text and slot.choices and text not in slot.choices:
            raise Refused(f"{slot.label} tidak dikenal. Pilih salah satu dari daftar.", field=f"note-{slot.code}")
        given[slot.code] = text
    others = {code: text or "bukti" for code, text in given.items()}
    found: dict[str, list[str]] = {"facts": [], "analysis": []}
    for slot in slots:
        if given[slot.code] and slot.says:
            text = slot.says
            for code, other in others.items():
                text = text.replace(f"{{{code}}}", other)
            text = text.replace("{}", given[slot.code].rstrip(".") if slot.says.endswith(".") else given[slot.code])
            found[slot.part].append(ended(text[0].upper() + text[1:]))
    return found


def _with_refusal(sentence: str, reason: str | None) -> str:
    return sentence if reason is None else f"{sentence.rstrip('.')} (tidak diterima: {reason.lower()})."


def _result(item: Item, value: Fraction | None, claimed: Fraction | None) -> str:
    """The level that is given, and where it stands to the claim."""
    if value is None or not item.scale.holds(value):
        return ""
    text = f"Tingkat hasil {_written(item, value)}"
    if claimed is not None and value != claimed:
        text += f", {'di bawah' if value < claimed else 'di atas'} klaim {_written(item, claimed)}"
    return ended(text)


def _written(item: Item, value: Fraction) -> str:
    return f"{decimal_text(value, item.scale.decimals, ',')} {item.scale.level(value).name}"
