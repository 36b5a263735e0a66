"""A returned workbook is offered, applied as far as a person ticked it, and can be taken back for a day."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session, defer, joinedload

from assessments.actors import Actor
from assessments.answering import answer
from assessments.autosaving import close
from assessments.clock import now
from assessments.models import Contribution, Person, ReturnedWorkbook, Submission
from assessments.policies import obstacle
from assessments.refusal import Refused, Stale
from assessments.workflow import happened

from .comparing import Proposal, compare, compared, load_answers
from .reading import Returned
from .shape import in_order, value_text

UNDO_WITHIN = timedelta(hours=24)
NAME_LIMIT = 200


def offer(session: Session, submission: Submission, by: Actor, name: str, sha256: str, read: Returned) -> ReturnedWorkbook | None:
    """Keep what was read until the person decides; None when it would change nothing and nothing was refused.

    An offer of the same person for the same part that was not applied goes: the newer file takes its place.
    """
    for older in session.scalars(select(ReturnedWorkbook).where(
        ReturnedWorkbook.submission_id == submission.id, ReturnedWorkbook.by_id == by.person_id, ReturnedWorkbook.state == "offered",
    )):
        session.delete(older)
    now_stored = compared(load_answers(session, submission), submission, read.said, read.refused, by)
    if not now_stored.proposals and not now_stored.refused:
        return None
    shown = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in name)[-NAME_LIMIT:]
    made = ReturnedWorkbook(submission=submission, by_id=by.person_id, file_name=shown, file_sha256=sha256, lines=read.stored())
    session.add(made)
    session.flush()
    return made


def apply(session: Session, returned: ReturnedWorkbook, seen: str, chosen: Mapping[str, int], by: Actor) -> list[Proposal]:
    """Write the chosen rows, {item: version that was shown}, all of them or none; the part has to be held by the caller.

    `seen` is the hash of the file whose list was shown: a newer upload may have taken its place.

    Each goes through `answering.answer`: a revision under the author's name, and an item that was ready is being filled
    again. Raises Refused for what cannot be applied and Stale when an item was changed after it was shown. Each row is one
    UPDATE that carries its version; everything else is the same number of statements for one row and for all.
    """
    if returned.state != "offered":
        raise Refused("Buku kerja ini sudah pernah diterapkan. Unggah berkasnya lagi bila masih ada yang perlu diterapkan.")
    if seen != returned.file_sha256:
        raise Stale("Daftar ini dari berkas lain yang sudah digantikan unggahan yang lebih baru. Belum ada yang diterapkan; "
                    "periksa daftar yang sekarang.", theirs={})
    if not chosen:
        raise Refused("Centang sekurang-kurangnya satu baris untuk diterapkan.", field="items")
    submission = returned.submission
    proposals = compare(session, returned, by).proposals
    moved = [code for code in chosen if code not in proposals or proposals[code].contribution.version != chosen[code]]
    if moved:
        numbers = ", ".join(in_order(submission, moved)) or "yang dipilih"
        raise Stale(f"Indikator {numbers} berubah di portal sesudah daftar ini dibuka. Belum ada yang diterapkan; "
                    "periksa daftarnya lagi.", theirs={})
    rows = [proposals[code] for code in chosen]
    session.get_one(Person, by.person_id)  # the author of all revisions, read once
    with session.no_autoflush:
        returned.before = [_write(row, by) for row in rows]
    returned.state, returned.applied_at = "applied", now()
    happened(submission, "apply_workbook", f"{len(rows)} indikator diubah dari Excel", by, note=returned.file_name)
    return rows


def _write(row: Proposal, by: Actor) -> dict:
    target = row.contribution
    kept = {
        "item": target.item, "value": value_text(target.value), "facts": target.facts, "analysis": target.analysis,
        "state": target.state,
    }
    close(target)  # what was saved by itself until now stays a revision of its own
    answer(target, by, row.value, row.wanted["facts"], row.wanted["analysis"], target.version)
    return kept | {"n": target.revision_n}


def can_be_undone(returned: ReturnedWorkbook) -> bool:
    return returned.state == "applied" and returned.applied_at is not None and now() - returned.applied_at <= UNDO_WITHIN


def undo(session: Session, returned: ReturnedWorkbook, by: Actor) -> tuple[list[str], list[str]]:
    """Put the rows back where nobody wrote since; (items put back, items left) as their numbers.

    What a row said is written again as a new revision, and its status is what it was. Left are rows with a newer revision
    (texts or evidence), and those that were handed in and returned since. The part has to be held by the caller.
    """
    if returned.state != "applied":
        raise Refused("Penerapan buku kerja ini sudah dibatalkan atau belum pernah dilakukan.")
    if not can_be_undone(returned):
        raise Refused("Penerapan hanya dapat dibatalkan dalam 24 jam. Pulihkan per indikator lewat tulisan sebelumnya.")
    submission = returned.submission
    answers = load_answers(session, submission)
    back = [kept for kept in returned.before if _untouched(answers.get(kept["item"]), kept["n"], by)]
    left = [kept["item"] for kept in returned.before if kept not in back]
    if not back:
        raise Refused("Semua baris sudah diubah lagi sesudah diterapkan, jadi tidak ada yang dikembalikan. "
                      "Pulihkan per indikator lewat tulisan sebelumnya.")
    session.get_one(Person, by.person_id)
    with session.no_autoflush:
        for kept in back:
            _put_back(answers[kept["item"]], kept, by)
    returned.state, returned.undone_at, returned.undone_by_id = "undone", now(), by.person_id
    happened(submission, "undo_workbook", f"{len(back)} indikator dikembalikan seperti sebelum Excel diterapkan", by,
             note=returned.file_name)
    return in_order(submission, [kept["item"] for kept in back]), in_order(submission, left)


def _untouched(target: Contribution | None, n: int, by: Actor) -> bool:
    return (
        target is not None and target.revision_n == n and (target.returned_n or 0) < n and obstacle(by, "answer", target) is None
    )


def _put_back(target: Contribution, kept: dict, by: Actor) -> None:
    value = Fraction(kept["value"]) if kept["value"] else None
    answer(target, by, value, kept["facts"], kept["analysis"], target.version)
    target.state = kept["state"]


def of_submission(session: Session, submission: Submission, most: int = 10) -> Sequence[ReturnedWorkbook]:
    """What came back for this part, the newest first."""
    return session.scalars(
        select(ReturnedWorkbook).where(ReturnedWorkbook.submission_id == submission.id)
        .order_by(ReturnedWorkbook.id.desc()).limit(most)
        .options(joinedload(ReturnedWorkbook.by), defer(ReturnedWorkbook.lines), defer(ReturnedWorkbook.before))
    ).all()
