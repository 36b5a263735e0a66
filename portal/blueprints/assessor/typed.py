"""What the form of the desk brings beside its texts: marks on criteria, the flag, files looked at, short answers.

Sent by a button or by itself, it is the same form; what did not come along at all stays as it is stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request

from assessments.instruments import Item

CRITERIA, NOTES, PHRASES = "criteria-", "note-", "phrase-"


@dataclass(frozen=True)
class Typed:
    """`criteria` {level: mark or ""}; `viewed` ids of citations; `notes` {short answer: text}; None where nothing came."""

    criteria: dict[int, str] | None
    flagged: bool | None
    viewed: frozenset[int] | None
    notes: Mapping[str, str]
    phrases: Mapping[str, str]

    @property
    def speaks(self) -> bool:
        """Whether it says something about the item itself."""
        return bool(self.flagged) or any((self.criteria or {}).values())


def typed(item: Item) -> Typed:
    sent = request.form
    levels = [level.value for level in item.scale.levels if f"{CRITERIA}{level.value}" in sent]
    ids = " ".join(sent.getlist("viewed")).split() if "viewed" in sent else None
    return Typed(
        {level: sent[f"{CRITERIA}{level}"] for level in levels} or None,
        "1" in sent.getlist("flagged") if "flagged" in sent else None,
        None if ids is None else frozenset(int(one) for one in ids if one.isascii() and one.isdigit() and len(one) < 10),
        _starting(NOTES),
        _starting(PHRASES),
    )


def _starting(prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix): text for name, text in request.form.items() if name.startswith(prefix)}
