"""An agency that is done says so once for all its complete items; the others are named with what they lack."""

from collections.abc import Mapping

from .actors import Actor
from .models import Contribution, Submission
from .policies import obstacle
from .refusal import Refused
from .workflow import advance, missing_parts

UNTOUCHED = {
    "needs_review": "disalin dari tahun lalu dan belum dinyatakan masih berlaku.",
    "returned": "dikembalikan dan belum diperbaiki.",
}
CHANGED = "berubah sesudah Anda membuka halaman ini. Periksa lagi."
NOTHING = "Tidak ada indikator lengkap yang menunggu pada halaman itu."


def lacks(contribution: Contribution, by: Actor) -> str:
    """Why an item that is not ready cannot be marked ready now; empty when it can. Evidence should be loaded."""
    if contribution.state in UNTOUCHED:
        return UNTOUCHED[contribution.state]
    why = obstacle(by, "answer", contribution) or " ".join(missing_parts(contribution))
    return why or ("belum diisi." if contribution.state == "empty" else "")


def mark_complete(submission: Submission, by: Actor, seen: Mapping[str, int]) -> tuple[list[str], dict[str, str]]:
    """Mark ready what is complete and still as it was on the page, {item: version}.

    Gives the items that were marked, and {item: why not} of every other one that is not ready. All contributions with
    their evidence should be loaded. Raises Refused when the page offered none.
    """
    if not seen:
        raise Refused(NOTHING)
    marked, left = [], {}
    for contribution in submission.contributions:
        if contribution.state == "ready":
            continue
        why = lacks(contribution, by)
        if not why and contribution.version != seen.get(contribution.item):
            why = CHANGED
        if why:
            left[contribution.item] = why
        else:
            advance(contribution, "mark_ready", by)
            marked.append(contribution.item)
    return marked, left
