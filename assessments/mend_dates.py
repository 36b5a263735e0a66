"""Until when a returned answer should be mended: asked by whoever sends it back, shown wherever the answer waits.

The date asks; what closes the writing is the end of the stage, so no later one can be asked for.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .clock import now
from .models import Assessment, Contribution, Period, Submission
from .refusal import Refused

FIELD = "mend_by"
STILL = (Contribution.mend_by.is_not(None), Contribution.returned_n.is_not(None), Contribution.state != "ready")


@dataclass(frozen=True)
class Mending:
    """What one part still has to mend by a date: codes of its items, the date nearest first."""

    until: datetime
    items: tuple[str, ...]


def check(submission: Submission, until: datetime | None) -> None:
    """Refuse a date that is over, or later than the agency can write at all."""
    if until is None:
        return
    ends = submission.closes_at
    if until <= now():
        raise Refused("Batas perbaikan sudah lewat. Pilih waktu yang akan datang.", field=FIELD)
    if ends is None:
        raise Refused("Periode ini tidak punya tahap penilaian mandiri, jadi tidak ada batas yang dapat dipilih.", field=FIELD)
    if ends <= now():
        raise Refused("Penilaian mandiri OPD ini sudah ditutup. Perpanjang dulu waktunya, baru beri batas perbaikan.", field=FIELD)
    if until > ends:
        raise Refused("Batas perbaikan tidak boleh sesudah penutupan penilaian mandiri OPD ini.", field=FIELD)


def waiting(session: Session, submissions: list[int]) -> dict[int, list[Mending]]:
    """{submission: what it should mend by a date and has not}, in one statement for any number of them."""
    rows = session.execute(
        select(Contribution.submission_id, Contribution.mend_by, Contribution.item)
        .where(Contribution.submission_id.in_(submissions), *STILL)
        .order_by(Contribution.mend_by, func.length(Contribution.item), Contribution.item)
    )
    found: dict[int, dict[datetime, list[str]]] = {}
    for submission, until, item in rows:
        found.setdefault(submission, {}).setdefault(until, []).append(item)
    return {one: [Mending(until, tuple(items)) for until, items in by_date.items()] for one, by_date in found.items()}


def asked(session: Session, period: Period) -> list[datetime]:
    """Every date of a round by which something is still to be mended."""
    return list(session.scalars(
        select(Contribution.mend_by).distinct().join(Contribution.submission).join(Submission.assessment)
        .where(Assessment.period_id == period.id, *STILL)
    ))


def until_of(submission: Submission) -> datetime | None:
    """The nearest date of a part whose answers are loaded."""
    return min((c.mends_until for c in submission.contributions if c.mends_until is not None), default=None)
