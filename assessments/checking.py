"""How a handed-in part is looked at: the head sends it back, the team checks item by item, returns or accepts it."""

from datetime import datetime

from sqlalchemy.orm import object_session

from . import mend_dates
from .actors import Actor
from .autosaving import close
from .claiming import adopt_leads, propose_complete, take_back
from .clock import now
from .models import CheckMark, Contribution, Submission
from .models.submission import REASONS
from .policies import entitled, obstacle
from .refusal import Refused, Together
from .succeeding import follow
from .texts import clean
from .workflow import Forbidden, advance, happened


def check(
    contribution: Contribution, by: Actor, verdict: str, reason_kind: str | None, note: str, seen_revision: int
) -> CheckMark:
    """The internal word on one item: `agreed`, or `needs_work` with a reason the agency can act on."""
    submission = contribution.submission
    if not entitled(by, "check", submission):
        raise Forbidden("check")
    sentence = obstacle(by, "check", submission)
    if sentence:
        raise Refused(sentence)
    note = clean(note, 1000, "Catatan", "note")
    if verdict not in ("agreed", "needs_work"):
        raise Refused("Pilih Setuju atau Perlu perbaikan.", field="verdict")
    if verdict == "needs_work":
        if reason_kind not in REASONS:
            raise Refused("Pilih jenis alasan.", field="reason_kind")
        if not note:
            raise Refused("Tulis apa yang harus diperbaiki OPD.", field="note")
    if seen_revision != contribution.revision_n:
        raise Refused("Isian indikator ini berubah sesudah Anda membukanya. Muat ulang dan periksa lagi.")
    mark = CheckMark(
        revision_n=contribution.revision_n,
        by_id=by.person_id,
        verdict=verdict,
        reason_kind=reason_kind if verdict == "needs_work" else None,
        note=note,
        at=now(),
    )
    contribution.check_marks.append(mark)
    label = "Disetujui pemeriksa" if verdict == "agreed" else f"Perlu perbaikan: {REASONS[reason_kind]}"
    happened(contribution, "check", label, by, note)
    return mark


def accept(submission: Submission, by: Actor) -> None:
    """All items are checked and agreed: the part is taken in, and where the round says so its leads become claims."""
    advance(submission, "accept", by)
    for contribution in submission.contributions:
        contribution.returned_n = contribution.mend_by = None
    if submission.period.claim_rule == "adopt_lead":
        adopt_leads(submission, by)
        if submission.period.of_agencies:
            propose_complete(submission.assessment, by)  # nobody else adds to what an agency says of itself


def return_items(
    submission: Submission, by: Actor, note: str, reasons: dict[str, str] | None = None, mend_by: datetime | None = None
) -> list[str]:
    """Send back exactly the items that need work; gives their codes.

    `reasons` ({item: reason}) names them; without it the items last marked *perlu perbaikan* are meant. `mend_by` asks for
    them until then.
    """
    field = "items" if reasons is not None else None
    if reasons is None:
        reasons = {
            c.item: c.mark.note for c in submission.contributions if c.mark is not None and c.mark.verdict == "needs_work"
        }
    with Together() as faults:
        with faults.noted():
            if not reasons:
                raise Refused("Tandai sedikitnya satu indikator perlu perbaikan sebelum mengembalikan.", field=field)
        with faults.noted():
            note = clean(note, 1000, "Catatan", "note")
            if not note:
                raise Refused("Tulis alasannya.", field="note")
        with faults.noted():
            mend_dates.check(submission, mend_by)
    advance(submission, "return", by, note)
    _open_for_mending(submission, reasons, by, mend_by)
    take_back(submission, set(reasons), by)
    follow(object_session(submission), submission, by)
    return list(reasons)


def send_back(submission: Submission, by: Actor, note: str, items: list[str], mend_by: datetime | None = None) -> None:
    """The head does not sign: the named items go back to the operator with the reason, to be mended until `mend_by`."""
    with Together() as faults:
        with faults.noted():
            if not items:
                raise Refused("Pilih sedikitnya satu indikator yang harus diperbaiki.", field="items")
        with faults.noted():
            note = clean(note, 1000, "Alasan", "note")
            if not note:
                raise Refused("Tulis alasannya.", field="note")
        with faults.noted():
            mend_dates.check(submission, mend_by)
    advance(submission, "send_back", by, note)
    _open_for_mending(submission, dict.fromkeys(items, note), by, mend_by)


def withdraw(submission: Submission, by: Actor, note: str) -> None:
    """The head takes the signed part back before the check begins: the operators go on, the receipt no longer holds.

    Where items had been returned, only those are open again. A revision the receipt names grows no more.
    """
    advance(submission, "withdraw", by, clean(note, 1000, "Alasan", "note"))
    if any(contribution.returned_n is not None for contribution in submission.contributions):
        advance(submission, "mend_on", by, because=True)
    for contribution in submission.contributions:
        close(contribution)


def _open_for_mending(submission: Submission, reasons: dict[str, str], by: Actor, mend_by: datetime | None) -> None:
    known = {c.item for c in submission.contributions}
    if not set(reasons) <= known:
        raise Refused("Ada indikator yang bukan bagian dari isian ini.", field="items")
    for contribution in submission.contributions:
        if contribution.item in reasons:
            contribution.returned_n, contribution.mend_by = contribution.revision_n, mend_by
            advance(contribution, "return", by, reasons[contribution.item] or "-", because=True)
        else:
            contribution.returned_n = contribution.mend_by = None
