"""What came along from last year and stands as it was: the team may agree to it together instead of item by item.

Only an answer whose value, texts and evidence are those of the earlier round, which was taken in there, which its
operator has confirmed and against which nothing speaks today. Everything else is read by itself (S43).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from .actors import Actor
from .carrying import looked_back, renamed, said_before
from .clock import now
from .instruments import Item
from .models import CheckMark, Contribution, ContributionRevision, Event, Submission
from .models.submission import TAKEN_BACK
from .policies import entitled, obstacle
from .refusal import Refused
from .workflow import Forbidden, happened

UNDO_WITHIN = timedelta(hours=24)
DEED, UNDONE = "check_unchanged", "undo_check"
NOT_CARRIED = "Ada pilihan yang tidak dibawa dari tahun lalu atau tidak ada pada isian ini. Muat ulang halaman ini."


@dataclass(frozen=True)
class Carried:
    """An answer that came along; `why_not` it cannot be agreed to together with others, empty when it can."""

    contribution: Contribution
    source: Contribution
    item: Item
    why_not: tuple[str, ...]

    @property
    def since(self) -> str:
        """The round it comes from."""
        return str(self.source.submission.assessment.period.title)

    @property
    def checked(self) -> bool:
        return self.contribution.mark is not None


def carried(session: Session, submission: Submission, by: Actor) -> list[Carried]:
    """What came along in this part, in the order of the instrument: a fixed number of statements."""
    came = (Contribution.submission_id == submission.id) & Contribution.carried_from_id.is_not(None)
    now_here = aliased(Contribution)
    from_there = select(now_here.carried_from_id).where(now_here.submission_id == submission.id)
    said = said_before(
        session,
        select(Contribution)
        .where(came | Contribution.id.in_(from_there))
        .options(
            joinedload(Contribution.check_marks),
            joinedload(Contribution.revisions).load_only(ContributionRevision.author_id),
        ),
    )
    rows = [row for row in said if row.submission_id == submission.id]
    sources = {row.id: row for row in said if row.submission_id != submission.id}
    looks = looked_back(session, submission, list(sources.values()), by, brief=True)
    own = {row.item: row for row in rows}
    found = []
    for item in submission.period.instrument.items:
        if (row := own.get(item.code)) and (source := sources.get(row.carried_from_id)):
            found.append(Carried(row, source, item, tuple(_why_not(row, source, item, looks[source.id].doubts))))
    return found


def _why_not(here: Contribution, then: Contribution, item: Item, doubts: Sequence[str]) -> list[str]:
    if here.state != "ready":
        return ["Operator belum menyatakannya masih berlaku dan siap."]
    before = then.submission
    found = [f"Berubah dari {before.assessment.period.title}: {', '.join(moved)}."] if (moved := _moved(here, then, item)) else []
    if before.state != "accepted":
        found.append("Isian tahun lalu itu tidak pernah diterima pemeriksa.")
    return found + list(doubts)


def _moved(here: Contribution, then: Contribution, item: Item) -> list[str]:
    """What differs, in words. Codes that a text names follow their evidence to its letter, as they did in the copy."""
    old = {(each.document_id, each.n): each for each in then.citations}
    new = {(each.document_id, each.n): each for each in here.citations}
    letters = {old[key].letter: new[key].letter for key in old.keys() & new.keys()}
    levels = {level.value for level in item.scale.levels}

    def text(words: str | None) -> str:
        return renamed(words or "", item.number, letters)

    same = {
        "nilai": (here.value, here.raw) == (then.value, then.raw),
        "Fakta": here.facts == text(then.facts),
        "Analisis": here.analysis == text(then.analysis),
        "cakupan": (here.coverage or "") == (then.coverage or ""),
        "bahan tulisan": _filled(here.slots) == {key: text(words) for key, words in _filled(then.slots).items()},
        "bukti": old.keys() == new.keys() and all(
            (each.article, each.locator, each.gist, list(each.levels))
            == (old[key].article, old[key].locator, old[key].gist, [n for n in old[key].levels if n in levels])
            for key, each in new.items()
        ),
    }
    return [name for name, unchanged in same.items() if not unchanged]


def _filled(slots: Mapping[str, str]) -> dict[str, str]:
    return {key: words for key, words in slots.items() if words}


# ---------------------------------------------------------------- the deed


def _allow(submission: Submission, by: Actor) -> None:
    if not entitled(by, "check", submission):
        raise Forbidden("check")
    if sentence := obstacle(by, "check", submission):
        raise Refused(sentence)


def agree(session: Session, submission: Submission, by: Actor, seen: Mapping[str, int]) -> list[Carried]:
    """Agree to the chosen ones, {item: revision on the page}, all of them or none; every fault is named.

    The part has to be held by the caller.
    """
    _allow(submission, by)
    if not seen:
        raise Refused("Centang sedikitnya satu indikator.", field="items")
    rows = {row.item.code: row for row in carried(session, submission, by)}
    chosen = [rows[item] for item in rows if item in seen]
    faults = [fault for row in chosen for fault in _faults(row, seen[row.item.code])]
    if len(chosen) < len(seen):
        faults.append(NOT_CARRIED)
    if faults:
        raise Refused(*faults, "Belum ada yang disetujui.", field="items")
    moment = now()
    for row in chosen:
        note = f"Tetap sejak {row.since}; disetujui bersama {len(chosen)} indikator."
        row.contribution.check_marks.append(
            CheckMark(revision_n=row.contribution.revision_n, by_id=by.person_id, verdict="agreed", note=note, at=moment)
        )
        happened(row.contribution, "check", "Disetujui pemeriksa, tetap sejak tahun lalu", by)
    happened(submission, DEED, f"{len(chosen)} isian yang tetap sejak tahun lalu disetujui bersama", by).at = moment
    return chosen


def _faults(row: Carried, seen: int) -> list[str]:
    name = f"Indikator {row.item.number}"
    if row.contribution.revision_n != seen:
        return [f"{name}: berubah sesudah Anda membuka halaman ini."]
    if row.checked:
        return [f"{name}: sudah diperiksa."]
    return [f"{name}: {why}" for why in row.why_not]


# ---------------------------------------------------------------- and its undoing


def newest_deed(session: Session, submission: Submission, by: Actor) -> Event | None:
    """This person's newest agreement of a day at most that was not taken back, as its line in the history."""
    newest = session.scalars(
        select(Event)
        .where(
            Event.thing == "submission", Event.thing_id == submission.id, Event.verb.in_((DEED, UNDONE)),
            Event.by_id == by.person_id, Event.at > now() - UNDO_WITHIN,
        )
        .order_by(Event.at.desc(), Event.id.desc())
        .limit(1)
    ).first()
    return newest if newest is not None and newest.verb == DEED else None


def undo(session: Session, submission: Submission, by: Actor) -> tuple[int, int]:
    """Take this person's newest agreement back where it still is the last word; (items open again, items left as they are).

    Marks are only ever added: one for no revision says that the one before it is taken back. The part has to be held by
    the caller.
    """
    _allow(submission, by)
    deed = newest_deed(session, submission, by)
    if deed is None:
        raise Refused("Tidak ada persetujuan bersama dari Anda dalam 24 jam ini yang dapat dibatalkan.")
    rows = session.scalars(
        select(Contribution)
        .join(CheckMark, CheckMark.contribution_id == Contribution.id)
        .where(
            Contribution.submission_id == submission.id, CheckMark.at == deed.at, CheckMark.by_id == by.person_id
        )
        .options(selectinload(Contribution.check_marks))
    ).unique().all()
    back, moment = [row for row in rows if row.check_marks[-1].at == deed.at], now()
    if not back:
        raise Refused("Semua indikator itu sudah diperiksa lagi sesudahnya, jadi tidak ada yang dibatalkan.")
    for row in back:
        set_committed_value(row, "submission", submission)
        row.check_marks.append(CheckMark(revision_n=TAKEN_BACK, by_id=by.person_id, verdict="agreed", note="", at=moment))
        happened(row, UNDONE, "Persetujuan bersama dibatalkan", by)
    happened(submission, UNDONE, f"Persetujuan bersama atas {len(back)} isian dibatalkan", by)
    return len(back), len(rows) - len(back)
