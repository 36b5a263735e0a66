"""What happened to one answer, as people read it: steps of the work and savings of its text in one list."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from assessments.instruments import Item
from assessments.models import Contribution, ContributionRevision, Event

from .ladder import shown_value

ONE_SITTING = timedelta(minutes=10)


@dataclass(frozen=True)
class Change:
    at: datetime
    what: str
    who: str
    note: str = ""


def changes(contribution: Contribution, item: Item, events: list[Event]) -> list[Change]:
    """Newest first."""
    found = [Change(event.at, event.label, event.by_label, event.note) for event in events]
    before: ContributionRevision | None = None
    saved: list[Change] = []
    for revision in contribution.revisions:
        change = Change(revision.at, _difference(before, revision, item), revision.author.name)
        if saved and _continues(saved[-1], change):
            saved.pop()
        saved.append(change)
        before = revision
    found += reversed(saved)  # of the same moment too the last one stands first
    return sorted(found, key=lambda change: change.at, reverse=True)


def _continues(last: Change, change: Change) -> bool:
    """One sitting of one person at the same thing is one line."""
    return (last.what, last.who) == (change.what, change.who) and change.at - last.at <= ONE_SITTING


def _difference(before: ContributionRevision | None, after: ContributionRevision, item: Item) -> str:
    parts = []
    old = before.value if before else None
    if after.value != old:
        new = shown_value(item, after.value) or "kosong"
        parts.append(f"tingkat {shown_value(item, old)} menjadi {new}" if old is not None else f"tingkat {new}")
    if after.facts != (before.facts if before else ""):
        parts.append("Fakta diubah")
    if after.analysis != (before.analysis if before else ""):
        parts.append("Analisis diubah")
    text = ", ".join(parts) or "bukti dukung diubah"
    return text[0].upper() + text[1:]
