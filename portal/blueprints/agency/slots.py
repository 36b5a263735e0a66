"""The short answers of an item on its page: what is stored, what was typed, and what is wrong with it."""

from dataclasses import dataclass

from flask import request

from assessments import composing
from assessments.composing import Composed, Slot
from assessments.models import Contribution

PREFIX = "slot-"


@dataclass(frozen=True)
class Field:
    """One slot with the text its field holds and the sentences said about it."""

    slot: Slot
    text: str
    errors: tuple[str, ...]

    @property
    def name(self) -> str:
        return PREFIX + self.slot.code


@dataclass(frozen=True)
class Sheet:
    """All slots of an item; `proposal` is what would be composed, when it was asked for."""

    fields: tuple[Field, ...]
    proposal: Composed | None

    @property
    def stands_open(self) -> bool:
        return self.proposal is not None or any(field.errors for field in self.fields)


def typed_slots() -> dict[str, str]:
    """{slot: text} as this request brought them."""
    return {name.removeprefix(PREFIX): text for name, text in request.form.items() if name.startswith(PREFIX)}


def sheet(contribution: Contribution, failed) -> Sheet:
    """`failed` is the form that was refused, with what was said about slots."""
    period = contribution.submission.period
    slots = composing.sheet_of(period.instrument, period.instrument.item(contribution.item)).slots
    typed = typed_slots() if request.method == "POST" else {}
    said = getattr(failed, "slot_errors", {})
    stored = contribution.slots or {}
    fields = tuple(
        Field(slot, typed.get(slot.code, stored.get(slot.code, "")), tuple(said.get(PREFIX + slot.code, ())))
        for slot in slots
    )
    return Sheet(fields, composing.compose(contribution) if request.args.get("susun") else None)
