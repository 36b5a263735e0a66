"""How many of how many: the figure behind "seluruh", and how far the agencies that hold an item have come with it.

"All units" is shown by the whole population or against what was aimed at this year (pedoman 3/2024 hlm. 68, 72, 76), so a
figure of coverage is two whole numbers and what they count: "28 dari 34 OPD", "12 dari 15 aplikasi yang ditargetkan".
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import object_session

from .actors import Actor
from .answering import reopen
from .clock import now
from .lint.declaring import declared
from .models import Contribution, Person, Share
from .refusal import Refused, Stale
from .texts import clean_line

FIGURE = re.compile(r"(\d[\d.]*)\s*(?:dari|/)\s*(\d[\d.]*)(?:\s+(\S.*))?", re.IGNORECASE)
SHAPE = "Tulis seperti 28 dari 34 OPD: yang sudah, dari semuanya, dan apa yang dihitung."
LONGEST, LARGEST = 200, 10_000_000


@dataclass(frozen=True)
class Coverage:
    """`done` of `all` so many `unit`; as it is stored and printed: "28 dari 34 OPD"."""

    done: int
    all: int
    unit: str

    @property
    def whole(self) -> bool:
        return self.done == self.all

    def __str__(self) -> str:
        return f"{self.done} dari {self.all} {self.unit}".strip()


def read(text: str) -> Coverage | None:
    """The figure in a text; None where the text holds no such figure and nothing else."""
    found = FIGURE.fullmatch(text.strip())
    if found is None:
        return None
    done, whole = (int(number.replace(".", "")) if len(number) < 12 else LARGEST + 1 for number in found.group(1, 2))
    return Coverage(done, whole, found.group(3) or "") if 0 <= done <= whole <= LARGEST and whole else None


def is_asked(contribution: Contribution, holders: int) -> bool:
    """Where several agencies hold the item, where the pack says that its levels speak of all units, or where it is given."""
    instrument = contribution.submission.assessment.period.instrument
    return holders > 1 or contribution.item in declared(instrument.key).covered or bool(contribution.coverage)


def asks(contribution: Contribution) -> bool:
    """`is_asked` of one answer, the agencies counted by a statement of its own."""
    held = select(func.count()).where(
        Share.assessment_id == contribution.submission.assessment_id, Share.item == contribution.item
    )
    return is_asked(contribution, object_session(contribution).scalar(held) or 0)


def fill(contribution: Contribution, typed: str, by: Actor, is_current: bool = True) -> bool:
    """Keep the figure; an empty text takes it away. True when something changed.

    Refused where it is no figure, Stale where somebody else changed it since the page was opened. Another figure makes
    another statement: it becomes a revision, so that old check marks no longer speak for it.
    """
    text = clean_line(typed, LONGEST, "Cakupan", "coverage")
    if text == (contribution.coverage or ""):
        return False
    figure = read(text) if text else None
    if text and figure is None:
        raise Refused(SHAPE, field="coverage")
    wanted = str(figure) if figure else None
    if wanted == contribution.coverage:
        return False
    if not is_current:
        raise Stale(
            "Cakupan diubah orang lain sesudah Anda membukanya. Bandingkan, lalu simpan lagi.",
            theirs={"coverage": contribution.coverage or ""},
        )
    contribution.coverage, contribution.saved_at = wanted, now()
    running = contribution.running(by.person_id, now())
    if running is None:
        contribution.remember(object_session(contribution).get_one(Person, by.person_id))
    reopen(contribution, by)
    return True


@dataclass(frozen=True)
class Reached:
    """Of the agencies that hold an item: how many have answered it, stand for their part, and reach the level of the claim."""

    holders: int
    answered: int
    signed: int
    reaching: int | None
    silent: tuple[Contribution, ...] = ()


def reached(held: Iterable[Contribution], level: Fraction | None) -> Reached:
    """`held` are the contributions of all agencies that hold one item; `level` is what the claim says."""
    held = list(held)
    answered = [one for one in held if one.value is not None]
    return Reached(
        len(held), len(answered),
        sum(one.submission.state in ("signed", "accepted") for one in answered),
        None if level is None else sum(one.value >= level for one in answered),
        tuple(one for one in held if one.value is None),
    )
