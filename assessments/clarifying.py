"""Clarification: what the panel asks the instansi about an item, in batches with a clock in working days, and what it answers.

A draft is the panel's own. What was sent belongs to both sides: the agencies that hold the item and the team answer, as often
as they need, late too, until the stage it was asked in closes. Nothing here changes a value; the rows themselves are the
history. The wording of the clock follows the working days of the round's organiser (`working_days.py`).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session, object_session
from sqlalchemy.orm.attributes import set_committed_value

from .actors import Actor
from .blindness import items_settled, read_blind
from .canonical import digest
from .clock import day_of, now, today
from .flushing import change_alike
from .models import (
    Assessment,
    Clarification,
    ClarificationBatch,
    ClarificationFile,
    ClarificationReply,
    Document,
    DocumentVersion,
    Phrase,
)
from .panel_questions import EXTERNAL, judged_stage
from .refusal import Refused, Stale, Together
from .texts import clean, clean_line, written_day
from .workflow import Look
from .working_days import add_working_days, holidays_of, working_days_between

LONGEST = 2000
LABEL = 160
LONGEST_LOCATOR = 120
MOST_FILES = 5
MOST_DRAFTS = 200  # of one assessment at a time: more would be no batch but a second questionnaire
USUAL_DAYS, MOST_DAYS = 3, 30
END_OF_DAY = time(23, 59, 59, 999999)  # what is printed as 23.59 still counts as in time
LOOKS = {
    "draft": Look("Draf", "plain", "pen"),
    "sent": Look("Menunggu jawaban", "warn", "chat"),
    "answered": Look("Terjawab", "ok", "check"),
    "closed": Look("Ditutup", "plain", "lock"),
}
# Sentences to begin with, for those who have none of their own yet.
TEMPLATES = (
    "Dokumen mana dan halaman berapa yang menunjukkan bahwa kriteria ini terpenuhi?",
    "Apakah kebijakan ini sudah ditetapkan secara formal? Sertakan nomor, tanggal, dan pejabat yang menetapkannya.",
    "Sertakan bukti penerapan yang terakhir, misalnya notula, laporan, atau tangkapan layar yang bertanggal.",
    "Apakah hal ini sudah diterapkan di seluruh perangkat daerah? Sebutkan berapa dari berapa.",
)


# ---------------------------------------------------------------- drafts of the panel


def write_draft(assessment: Assessment, item: str, by: Actor, text: str | None) -> Clarification:
    """A question on an item of the running stage; nobody outside the panel learns of it before it is sent."""
    session = object_session(assessment)
    with Together() as faults:
        with faults.noted():
            if item not in {each.code for each in assessment.period.instrument.items}:
                raise Refused("Pilih indikator yang ditanyakan.", field="item")
        with faults.noted():
            cleaned = clean(text, LONGEST, "Pertanyaan", "text", required=True)
    waiting = session.scalars(
        select(Clarification.id).where(Clarification.assessment_id == assessment.id, Clarification.state == "draft")
    ).all()
    if len(waiting) >= MOST_DRAFTS:
        raise Refused(f"Sudah ada {MOST_DRAFTS} draf pertanyaan. Kirim atau hapus sebagian dulu.", field="text")
    made = Clarification(
        assessment=assessment, item=item, stage=judged_stage(assessment), text=cleaned, asked_by_id=by.person_id, at=now(),
        replies=[],
    )
    session.add(made)
    return made


def rewrite(question: Clarification, text: str | None, seen_version: int) -> None:
    """Another wording of a draft. Stale where somebody else of the panel changed it since the page was opened."""
    _still_draft(question)
    cleaned = clean(text, LONGEST, "Pertanyaan", "text", required=True)
    if cleaned == question.text:
        return
    if seen_version != question.version:
        raise Stale("Draf ini diubah anggota lain sesudah Anda membukanya. Bandingkan kedua tulisan, lalu simpan lagi.",
                    theirs={"text": question.text})
    question.text = cleaned


def mark_of(question: Clarification) -> str:
    """A draft as it stands on a page, "id-version-text": a database may give the id of a deleted one again."""
    return f"{question.id}-{question.version}-{digest(question.text.encode())[:12]}"


def discard(question: Clarification) -> None:
    """A draft that nobody needs any more."""
    _still_draft(question)
    object_session(question).delete(question)


def shown_to(assessment: Assessment, reader: int | None) -> ColumnElement[bool]:
    """Of a row of Clarification: this member of the panel may see it. Where two read closed, a colleague's draft tells what
    was found in the evidence, so it opens with the readings of its item.
    """
    if not read_blind(assessment, judged_stage(assessment)):
        return true()
    opened, decided = items_settled(object_session(assessment), assessment)
    return or_(
        Clarification.state != "draft", Clarification.asked_by_id == (reader or 0), Clarification.item.in_(opened | decided)
    )


def _still_draft(question: Clarification) -> None:
    if question.state != "draft":
        raise Refused("Pertanyaan ini sudah dikirim, jadi tidak dapat diubah lagi. Tanyakan lagi bila masih ada yang kurang.")


# ---------------------------------------------------------------- sending


def send(
    assessment: Assessment, questions: Sequence[Clarification], days: int | None, by: Actor
) -> ClarificationBatch:
    """Send drafts together; `days` working days of the instansi from today make the day by whose end answers are due.

    Refused without a question, for a number of days that is none, and where the end lies behind the end of the stage.
    """
    with Together() as faults:
        with faults.noted():
            if not questions:
                raise Refused("Pilih pertanyaan yang dikirim.", field="chosen")
            for each in questions:
                if each.assessment_id != assessment.id:
                    raise ValueError("a question of another assessment")
                _still_draft(each)
        with faults.noted():
            due = due_after(assessment, days)
    session = object_session(assessment)
    batch = ClarificationBatch(assessment=assessment, by_id=by.person_id, at=now(), days=days, due_at=due)
    session.add(batch)
    session.flush()
    # A draft of an earlier stage is asked in the one that runs now: its clock belongs there.
    change_alike(session, questions, batch_id=batch.id, state="sent", stage=judged_stage(assessment))
    for each in questions:
        set_committed_value(each, "batch", batch)
    return batch


def due_after(assessment: Assessment, days: int | None) -> datetime:
    """The end of the `days`-th working day after today, in the round's zone, no later than the running stage ends."""
    if days is None or not 1 <= days <= MOST_DAYS:
        raise Refused(f"Jumlah hari kerja ditulis dengan angka bulat dari 1 sampai {MOST_DAYS}.", field="days")
    period, session = assessment.period, object_session(assessment)
    zone, start = period.zone, today(period.zone)
    holidays = holidays_of(session, period.organiser_id, start, start + timedelta(days=3 * MOST_DAYS))
    last = add_working_days(start, days, holidays)
    due = datetime.combine(last, END_OF_DAY, ZoneInfo(zone)).astimezone(UTC)
    ends = period.closes_at(judged_stage(assessment), assessment)
    if ends is not None and due > ends.replace(second=59, microsecond=999999):
        room = _room(start, day_of(ends, zone), ends, zone, holidays)
        said = f"{days} hari kerja berakhir {written_day(last)}, sesudah tahap ini ditutup {written_day(day_of(ends, zone))}."
        most = f" Paling banyak {room} hari kerja." if room else " Tidak ada lagi hari kerja penuh sebelum tahap ini ditutup."
        raise Refused(said + most, field="days")
    return due


def _room(start: date, last: date, ends: datetime, zone: str, holidays: Collection[date]) -> int:
    """How many whole working days fit between today and the end of the stage."""
    whole = ends.replace(second=59, microsecond=999999) >= datetime.combine(last, END_OF_DAY, ZoneInfo(zone))
    return max(0, working_days_between(start, last if whole else last - timedelta(days=1), holidays))


# ---------------------------------------------------------------- answers of the instansi


@dataclass(frozen=True)
class Carried:
    """One row of an answer: a version that goes with it, and where in it to look. A row with neither says nothing."""

    version: DocumentVersion | None
    locator: str = ""


def answer(
    question: Clarification, by: Actor, text: str | None, files: Iterable[Carried], library_id: int | None
) -> ClarificationReply:
    """One answer of an agency that holds the item, or of the team; `library_id` is whose documents may go with it.

    It is late once the clock has run out, unless the panel itself wrote again after that.
    """
    _was_sent(question)
    if question.state == "closed":
        raise Refused("Pertanyaan ini sudah ditutup tim asesor.")
    with Together() as faults:
        with faults.noted():
            cleaned = clean(text, LONGEST, "Jawaban", "text", required=True)
        carried = _carried(files, library_id, faults)
    reply = _said(question, by, cleaned, from_panel=False)
    reply.organization_id = by.organization_id
    reply.late = is_late(question, reply.at)
    for version, locator in carried:
        reply.files.append(ClarificationFile(document_id=version.document_id, n=version.n, locator=locator,
                                             document_version=version))
    question.state = "answered"
    return reply


def _carried(files: Iterable[Carried], library_id: int | None, faults: Together) -> list[tuple[DocumentVersion, str]]:
    """The files as they will be kept; every fault at its own row of the form (`document0`, `locator0` ...)."""
    kept: list[tuple[DocumentVersion, str]] = []
    seen: set[int] = set()
    for n, each in enumerate(files):
        if each.version is None and not each.locator.strip():
            continue
        with faults.noted():
            if each.version is None:
                raise Refused("Pilih dokumennya, atau kosongkan halamannya.", field=f"document{n}")
            document: Document = each.version.document
            if document.owner_org_id != library_id or document.removed_at is not None:
                raise Refused("Dokumen ini tidak ada di pustaka Anda.", field=f"document{n}")
            if document.id in seen:
                raise Refused(f"“{document.title}” sudah dipilih di baris lain.", field=f"document{n}")
            seen.add(document.id)
            if len(kept) >= MOST_FILES:
                raise Refused(f"Satu jawaban paling banyak membawa {MOST_FILES} dokumen.", field=f"document{n}")
            locator = clean_line(each.locator, LONGEST_LOCATOR, "Halaman, bab, atau waktu", f"locator{n}")
            kept.append((each.version, locator))
    return kept


def is_late(question: Clarification, moment: datetime) -> bool:
    """Whether an answer at this moment comes after the clock ran out."""
    due = question.batch.due_at
    return moment > due and not any(each.from_panel and each.at > due for each in question.replies)


# ---------------------------------------------------------------- the panel goes on


def ask_back(question: Clarification, by: Actor, text: str | None) -> ClarificationReply:
    """What the panel writes under an answer: the question waits for the instansi again."""
    _was_sent(question)
    if question.state == "closed":
        raise Refused("Pertanyaan ini sudah ditutup. Buka lagi bila masih perlu dijawab.")
    _still_answered(question)
    reply = _said(question, by, clean(text, LONGEST, "Tanggapan", "text", required=True), from_panel=True)
    question.state = "sent"
    return reply


def close(question: Clarification) -> None:
    """Nothing more is needed; closing twice is no fault."""
    _was_sent(question)
    question.state = "closed"


def reopen(question: Clarification) -> None:
    """Back to where it stood before it was closed."""
    _was_sent(question)
    if question.state == "closed":
        _still_answered(question)
        answered = bool(question.replies) and not question.replies[-1].from_panel
        question.state = "answered" if answered else "sent"


def _still_answered(question: Clarification) -> None:
    if question.stage != judged_stage(question.assessment):
        raise Refused("Tahap tempat pertanyaan ini diajukan sudah ditutup, jadi instansi tidak dapat menjawab lagi. Tulis "
                      "pertanyaan baru.")


def _was_sent(question: Clarification) -> None:
    if question.state == "draft":
        raise Refused("Pertanyaan ini masih draf dan belum dikirim.")


def _said(question: Clarification, by: Actor, text: str, from_panel: bool) -> ClarificationReply:
    if from_panel != (by.role in EXTERNAL):
        raise ValueError("the panel and the instansi speak on their own sides")
    reply = ClarificationReply(
        by_id=by.person_id, by_label=by.label[:LABEL], from_panel=from_panel, text=text, at=now(), files=[]
    )
    question.replies.append(reply)
    return reply


# ---------------------------------------------------------------- the clock


def clock_words(due: datetime, moment: datetime, zone: str, holidays: Collection[date]) -> str:
    """How far the clock is: "3 hari kerja lagi", "hari ini", "lewat 2 hari kerja"."""
    here, last = day_of(moment, zone), day_of(due, zone)
    days = working_days_between(here, last, holidays)
    if moment > due:
        return f"lewat {-days} hari kerja" if days < 0 else "sudah lewat"
    return f"{days} hari kerja lagi" if days > 0 else "hari ini"


def holidays_around(session: Session, assessment: Assessment, dues: Iterable[datetime]) -> frozenset[date]:
    """The days off between today and every one of these instants, in one statement; none where there is no instant."""
    zone = assessment.period.zone
    days = [today(zone), *(day_of(due, zone) for due in dues)]
    if len(days) == 1:
        return frozenset()
    return holidays_of(session, assessment.period.organiser_id, min(days), max(days))


# ---------------------------------------------------------------- phrases


def phrases_of(session: Session, person_id: int | None) -> list[tuple[str, str]]:
    """(key, sentence) to begin a question with: the author's own, the newest first, then those of the portal."""
    own = session.execute(
        select(Phrase.id, Phrase.text)
        .where(Phrase.person_id == (person_id or 0), Phrase.field == "clarification")
        .order_by(Phrase.id.desc())
        .limit(50)
    ).all()
    return [(str(key), text) for key, text in own] + [(f"baku-{n}", text) for n, text in enumerate(TEMPLATES, start=1)]
