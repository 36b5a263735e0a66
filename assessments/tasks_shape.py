"""One thing to do, as every finder of tasks says it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Task:
    """`kind` says which page; `period` and `subject` (slugs), `item` (code) and `submission` (id) say of what;
    `id` is that of a record of the inventory.

    `pressing` is work for this office; the others are things it may follow.
    """

    kind: str
    title: str
    why: str
    action: str
    period: str = ""
    subject: str = ""
    item: str = ""
    submission: int | None = None
    id: int | None = None
    due: datetime | None = None
    zone: str = ""
    pressing: bool = True
