"""What came before and what is being asked in the demo: last year's answers of two agencies, and talk about this year's."""

from datetime import timedelta
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from assessments import answering, asking, attesting, clock, library, noticing
from assessments.actors import Actor
from assessments.models import Assessment, Contribution, DocumentVersion, Organization, Period, Submission

from ..jobs import enqueue
from ..storage import Storage
from . import documents
from .answers import shelf_of
from .people import BAPPEDA, HUKUM, KOMINFO

OLD_YEARS = 2  # how old the older review is when last year's answers are written: by now it is past what the guidance asks


def answer_last_year(
    session: Session, storage: Storage, period: Period, agencies: dict[str, Organization], actors: dict[str, Actor],
    claims: dict[str, Fraction],
) -> None:
    """Two agencies say on their items what the city claimed, with evidence, and their heads vouch for it."""
    for code, name in ((HUKUM, "hukum"), (BAPPEDA, "bappeda")):
        part, operator = _part(session, period, agencies[code]), actors[f"operator.{name}"]
        shelf = shelf_of(session, storage, agencies[code], operator)
        review = _old_review(session, storage, agencies[code], operator)
        for n, contribution in enumerate(_in_order(part)):
            _answer(session, contribution, operator, claims[contribution.item], shelf[n % len(shelf)], review)
        answering.hand_to_head(part, operator)
        session.flush()
        attesting.attest(part, actors[f"kepala.{name}"], attesting.frozen_submission(part).sha256)
        session.flush()


def _part(session: Session, period: Period, agency: Organization) -> Submission:
    return session.scalars(
        select(Submission)
        .join(Assessment)
        .where(Assessment.period_id == period.id, Submission.organization_id == agency.id)
        .options(selectinload(Submission.contributions))
    ).one()


def _in_order(part: Submission) -> list[Contribution]:
    order = {item.code: n for n, item in enumerate(part.period.instrument.items)}
    return sorted(part.contributions, key=lambda each: order[each.item])


def _answer(
    session: Session, contribution: Contribution, by: Actor, value: Fraction, version: DocumentVersion, review: DocumentVersion
) -> None:
    item = contribution.submission.period.instrument.item(contribution.item)
    level = item.scale.level(value)
    answering.answer(
        contribution, by, value,
        f"Contoh isian tahun lalu: {version.document.title} ({item.number}.a) memuat pokok “{item.short_name}”.",
        f"Contoh isian tahun lalu: isi dokumen memenuhi kriteria sampai tingkat {level.value} ({level.name}).", contribution.version,
    )
    session.flush()
    answering.cite(contribution, version, by, list(range(2, min(level.value, 3) + 1)), "hlm. 2")
    if level.value >= 4:
        answering.cite(contribution, review, by, list(range(4, level.value + 1)), "hlm. 1")
    session.flush()
    answering.mark_item_ready(contribution, by)
    session.flush()


def _old_review(session: Session, storage: Storage, agency: Organization, by: Actor) -> DocumentVersion:
    """A report of a review that was young enough then and no longer is."""
    day = clock.today("Asia/Makassar")
    dated, short = day - timedelta(days=365 * OLD_YEARS - 30), agency.short_name
    title, number = f"Laporan Reviu Kebijakan SPBE {short}", f"700/{len(short) + 5}/{dated.year}"
    content = documents.make_pdf(title, number, dated, f"Kepala {short}", ("Kebijakan direviu dan hasilnya dicatat.",), 2)
    with storage.receive() as incoming:
        incoming.write(content)
        kept = incoming.keep()
    blob = library.remember_blob(session, kept.sha256, kept.size, "application/pdf")
    session.flush()
    version = library.add_document(
        session, agency, by, title=title, kind="report", blob=blob, file_name="Laporan-Reviu-Kebijakan.pdf", number=number,
        dated=dated, effective_on=dated, signatory=f"Kepala {short}",
    )
    session.flush()
    enqueue(session, "read_evidence", {"sha256": kept.sha256}, dedupe_key=f"read:{kept.sha256}")
    return version


def talk(session: Session, period: Period, agencies: dict[str, Organization], actors: dict[str, Actor]) -> None:
    """One question answered and made help for all, one that waits for the team, one that waits for an agency."""
    operator, manager, checker = actors["operator.bappeda"], actors["pengelola"], actors["asesor.internal"]
    bappeda = _in_order(_part(session, period, agencies[BAPPEDA]))
    with clock.judged_at(clock.now() - timedelta(days=6)):
        first = _asked(session, bappeda[0], operator, "Apakah notula rapat reviu cukup, atau harus ada laporan tersendiri?")
    with clock.judged_at(clock.now() - timedelta(days=5)):
        reply = asking.reply(first, manager, "Notula cukup asalkan bertanggal, ditandatangani, dan memuat rekomendasi.")
        session.flush()
        asking.make_help(first, reply.id, manager, "Notula reviu diterima bila bertanggal, ditandatangani, dan memuat rekomendasi.")
        _tell(session, asking.hearers_of_reply(session, first, reply), first, f"reply:{reply.id}",
              f"Tim menjawab pertanyaan tentang indikator {_number(bappeda[0])}: {reply.text}")
    with clock.judged_at(clock.now() - timedelta(days=3)):
        _asked(session, bappeda[min(1, len(bappeda) - 1)], operator,
               "Peta Rencana baru ditetapkan bulan lalu. Apakah yang lama masih boleh dirujuk untuk tingkat 2?")
        signed = _in_order(_part(session, period, agencies[KOMINFO]))[0]
        _asked(session, signed, checker, "Halaman mana yang memuat penanggung jawabnya?")
    session.flush()


def _asked(session: Session, contribution: Contribution, by: Actor, text: str):
    question = asking.ask(contribution, by, text)
    session.flush()
    who = "Tim" if question.from_team else contribution.submission.organization.short_name
    _tell(session, asking.hearers_of_question(session, question), question, f"question:{question.id}",
          f"{who} bertanya tentang indikator {_number(contribution)}: {text}")
    return question


def _number(contribution: Contribution) -> str:
    return contribution.submission.period.instrument.item(contribution.item).number


def _tell(session: Session, people: set[int], question, key: str, sentence: str) -> None:
    part = question.contribution.submission
    path = f"/penilaian/{part.period.slug}/indikator/{question.contribution.item}?opd={part.organization.slug}#tanya-{question.id}"
    noticing.tell(session, people, "question", sentence, path, key)
