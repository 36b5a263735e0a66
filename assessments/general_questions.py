"""Pertanyaan umum: the open questions of a round and what an assessment answers to them; never scored (ped. 3/2024 p.6-7).

Questions belong to the round, not to the instrument, and their number changes by year. They stand still once an assessment
of the round was signed or sent; answers stand still once their own assessment was.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, joinedload, object_session, selectinload

from .actors import Actor
from .clock import now
from .models import (
    Assessment,
    Document,
    DocumentVersion,
    GeneralAnswer,
    GeneralFile,
    GeneralQuestion,
    Organization,
    Period,
)
from .models.assessment import TEXT_LIMIT
from .panel_questions import SENT
from .refusal import Refused, Stale
from .texts import clean
from .workflow import happened

QUESTION_LIMIT = 1000
MOST_QUESTIONS = 40
MOST_FILES = 20

# The four topics that the guidance asks for at least (ped. 3/2024 p.6-7), in our words.
TOPICS = (
    "Layanan digital apa saja yang diselenggarakan dengan pendekatan reformasi birokrasi tematik?",
    "Rencana atau program apa yang ada untuk menggabungkan beberapa aplikasi menjadi satu portal layanan?",
    "Sebutkan semua layanan utama instansi yang didukung SPBE.",
    "Bagaimana Arsitektur SPBE direncanakan atau dipakai dalam menyiapkan layanan digital yang terpadu?",
)


@dataclass(frozen=True)
class Asked:
    """A question with its place in the round and the answer of one assessment, where there is one."""

    question: GeneralQuestion
    number: int
    answer: GeneralAnswer | None

    @property
    def answered(self) -> bool:
        return self.answer is not None and bool(self.answer.text)


def questions_of(session: Session, period: Period) -> list[GeneralQuestion]:
    """In their order."""
    return list(
        session.scalars(
            select(GeneralQuestion)
            .where(GeneralQuestion.period_id == period.id)
            .order_by(GeneralQuestion.ordinal, GeneralQuestion.id)
        )
    )


def asked_of(session: Session, assessment: Assessment) -> list[Asked]:
    """Every question of the round with the answer of this assessment, its files and its author; three statements."""
    answers = {
        answer.question_id: answer
        for answer in session.scalars(
            select(GeneralAnswer)
            .where(GeneralAnswer.assessment_id == assessment.id)
            .options(
                joinedload(GeneralAnswer.by),
                selectinload(GeneralAnswer.files)
                .joinedload(GeneralFile.document)
                .joinedload(DocumentVersion.document)
                .joinedload(Document.owner_org),
            )
        )
    }
    questions = questions_of(session, assessment.period)
    return [Asked(question, number, answers.get(question.id)) for number, question in enumerate(questions, start=1)]


# ---------------------------------------------------------------- the questions of a round


def stand_still(period: Period) -> str | None:
    """Why the questions can no longer change, as a sentence; None while they can."""
    held = select(Assessment.state).where(Assessment.period_id == period.id, Assessment.state.in_((*SENT, "signed"))).distinct()
    states = set(object_session(period).scalars(held))
    if states - {"signed"}:
        return "Pertanyaan umum tidak dapat diubah lagi karena penilaian pada periode ini sudah dikirim."
    if states:
        return ("Pertanyaan umum tidak dapat diubah karena berita acara yang memuatnya sudah ditandatangani. Koordinator SPBE dapat "
                "menarik tanda tangannya dulu.")
    return None


def _may_change(period: Period) -> None:
    sentence = stand_still(period)
    if sentence:
        raise Refused(sentence)


def _wording(text: str, number: int | None = None) -> str:
    return clean(text, QUESTION_LIMIT, "Pertanyaan", "text", required=True)


def add_questions(session: Session, period: Period, texts: Sequence[str], by: Actor) -> list[GeneralQuestion]:
    """Put questions after those that are there; one that stands there already, word for word, is left out."""
    _may_change(period)
    present = questions_of(session, period)
    known = {question.text for question in present}
    fresh = [text for text in dict.fromkeys(map(_wording, texts)) if text not in known]
    if len(present) + len(fresh) > MOST_QUESTIONS:
        raise Refused(f"Satu periode paling banyak memuat {MOST_QUESTIONS} pertanyaan umum.", field="text")
    after = present[-1].ordinal if present else 0
    made = [GeneralQuestion(period=period, ordinal=after + at, text=text) for at, text in enumerate(fresh, start=1)]
    session.add_all(made)
    session.flush()
    if made:
        happened(period, "general_questions", f"{len(made)} pertanyaan umum ditambahkan", by)
    return made


def add_question(session: Session, period: Period, text: str, by: Actor) -> GeneralQuestion:
    made = add_questions(session, period, [text], by)
    if not made:
        raise Refused("Pertanyaan ini sudah ada pada periode ini.", field="text")
    return made[0]


def earlier_round(session: Session, period: Period) -> Period | None:
    """The newest earlier round of the organiser that has questions."""
    return session.scalar(
        select(Period)
        .where(
            Period.organiser_id == period.organiser_id,
            Period.id != period.id,
            (Period.year < period.year) | ((Period.year == period.year) & (Period.term < period.term)),
            exists().where(GeneralQuestion.period_id == Period.id),
        )
        .order_by(Period.year.desc(), Period.term.desc(), Period.id.desc())
        .limit(1)
    )


def copy_questions(session: Session, period: Period, by: Actor) -> list[GeneralQuestion]:
    """Those of the earlier round, in their order."""
    source = earlier_round(session, period)
    if source is None:
        raise Refused("Belum ada periode sebelumnya yang punya pertanyaan umum.")
    return add_questions(session, period, [question.text for question in questions_of(session, source)], by)


def reword(question: GeneralQuestion, text: str, seen: str, by: Actor) -> None:
    """Write a question anew; `seen` is how it read when the page was opened."""
    _may_change(question.period)
    text = _wording(text)
    if question.text == text:
        return
    if question.text != clean(seen, QUESTION_LIMIT * 2, "Pertanyaan"):
        raise Stale("Pertanyaan ini diubah orang lain sesudah Anda membukanya. Bandingkan keduanya, lalu simpan lagi.",
                    theirs={"text": question.text})
    others = questions_of(object_session(question), question.period)
    if any(other.text == text for other in others if other is not question):
        raise Refused("Pertanyaan ini sudah ada pada periode ini.", field="text")
    question.text = text
    happened(question.period, "general_questions", "Pertanyaan umum diubah", by)


def move(question: GeneralQuestion, up: bool, by: Actor) -> None:
    """Change places with its neighbour; at the end of the list nothing happens."""
    _may_change(question.period)
    session = object_session(question)
    row = questions_of(session, question.period)
    at = row.index(question)
    beside = at - 1 if up else at + 1
    if not 0 <= beside < len(row):
        return
    other = row[beside]
    here, there = question.ordinal, other.ordinal
    for one, place in ((question, 0), (other, here), (question, there)):  # no two hold one place at any moment
        one.ordinal = place
        session.flush()
    happened(question.period, "general_questions", "Urutan pertanyaan umum diubah", by)


def take_out(question: GeneralQuestion, by: Actor) -> None:
    """Remove a question nobody answered."""
    _may_change(question.period)
    session = object_session(question)
    if session.scalar(select(func.count()).where(GeneralAnswer.question_id == question.id)):
        raise Refused("Pertanyaan ini sudah dijawab, jadi tidak dapat dihapus. Ubah bunyinya bila perlu.")
    happened(question.period, "general_questions", "Pertanyaan umum dihapus", by, note=question.text)
    session.delete(question)
    session.flush()


# ---------------------------------------------------------------- answers of an assessment


def answer(asked: Asked, assessment: Assessment, text: str, seen_version: int, by: Actor) -> GeneralAnswer | None:
    """Write what the assessment answers. `seen_version` is 0 where there was no answer yet."""
    _of_round(asked, assessment)
    text = clean(text, TEXT_LIMIT, "Jawaban", "text")
    stored = asked.answer
    if (stored.text if stored else "") == text:
        return stored
    if seen_version != (stored.version if stored else 0):
        raise Stale("Jawaban ini diubah orang lain sesudah Anda membukanya. Bandingkan kedua tulisan, lalu simpan lagi.",
                    theirs={"text": stored.text if stored else ""})
    written = _changed(asked, assessment, by)
    written.text = text
    object_session(assessment).flush()
    happened(assessment, "general_answer", f"Pertanyaan umum {asked.number} dijawab", by)
    return written


def attach(asked: Asked, assessment: Assessment, version: DocumentVersion, by: Actor) -> None:
    """Let a document of the instansi's own library go with the answer."""
    _of_round(asked, assessment)
    document = version.document
    if document.owner_org_id != assessment.period.organiser_id:
        raise Refused("Hanya dokumen dari pustaka instansi yang dapat dilampirkan di sini.", field="document")
    if document.removed_at is not None:
        raise Refused("Dokumen ini sudah dihapus dari pustaka. Kembalikan dulu bila masih diperlukan.", field="document")
    present = asked.answer.files if asked.answer else []
    if any((one.document_id, one.document_n) == (version.document_id, version.n) for one in present):
        raise Refused("Dokumen ini sudah dilampirkan pada jawaban ini.", field="document")
    if len(present) >= MOST_FILES:
        raise Refused(f"Satu jawaban paling banyak membawa {MOST_FILES} dokumen.", field="document")
    written = _changed(asked, assessment, by)
    written.files.append(GeneralFile(document_id=version.document_id, document_n=version.n))
    object_session(assessment).flush()
    happened(assessment, "general_answer", f"Dokumen dilampirkan pada pertanyaan umum {asked.number}", by, note=document.title)


def detach(asked: Asked, assessment: Assessment, document_id: int, n: int, by: Actor) -> None:
    """Take it away again; it stays in the library."""
    _of_round(asked, assessment)
    kept = asked.answer.files if asked.answer else []
    found = next((one for one in kept if (one.document_id, one.document_n) == (document_id, n)), None)
    if found is None:
        raise Refused("Dokumen ini sudah tidak dilampirkan pada jawaban ini.")
    _changed(asked, assessment, by).files.remove(found)
    object_session(assessment).flush()
    happened(assessment, "general_answer", f"Dokumen dilepas dari pertanyaan umum {asked.number}", by,
             note=found.document.document.title)


def _of_round(asked: Asked, assessment: Assessment) -> None:
    if asked.question.period_id != assessment.period_id:
        raise ValueError("a question of another round")


def _changed(asked: Asked, assessment: Assessment, by: Actor) -> GeneralAnswer:
    """The answer under its newest author's name; made where there was none."""
    if asked.answer is not None:
        asked.answer.by_id, asked.answer.at = by.person_id, now()
        return asked.answer
    made = GeneralAnswer(question_id=asked.question.id, assessment_id=assessment.id, by_id=by.person_id, text="")
    object_session(assessment).add(made)
    object_session(assessment).flush()
    return made


def attachable(session: Session, instansi_id: int, search: str = "", most: int = 30) -> list[DocumentVersion]:
    """The newest versions of what lies in the instansi's library, narrowed by words of the title or the number."""
    newest = (
        select(func.max(DocumentVersion.n))
        .where(DocumentVersion.document_id == Document.id)
        .correlate(Document)
        .scalar_subquery()
    )
    query = (
        select(DocumentVersion)
        .join(DocumentVersion.document)
        .where(Document.owner_org_id == instansi_id, Document.removed_at.is_(None), DocumentVersion.n == newest)
        .options(joinedload(DocumentVersion.document).joinedload(Document.owner_org).joinedload(Organization.states))
        .order_by(Document.id.desc())
        .limit(most)
    )
    if search:
        query = query.where(
            Document.title.icontains(search, autoescape=True) | DocumentVersion.number.icontains(search, autoescape=True)
        )
    return list(session.scalars(query).unique())
