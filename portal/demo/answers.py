"""What the demo's agencies say on their items, with sample documents, through the verbs of the pages."""

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from assessments import answering, attesting, checking, claiming, clock, entrusting, library
from assessments.actors import Actor
from assessments.history import before
from assessments.instruments import Item
from assessments.models import Assessment, DocumentVersion, Organization, Period, Submission
from assessments.workflow import look

from ..jobs import enqueue
from ..storage import Storage
from . import documents

MEND_BEFORE = timedelta(days=2)  # how long before the stage ends what was returned is asked for

def fill(session: Session, storage: Storage, period: Period, agency: Organization, name: str,
         actors: dict[str, Actor], until: str) -> str:
    """Take one agency's part as far as `until` (a state of Submission); gives its state in words."""
    submission = session.scalar(
        select(Submission)
        .join(Assessment)
        .where(Assessment.period_id == period.id, Submission.organization_id == agency.id)
        .options(selectinload(Submission.contributions))
    )
    operator, head = actors[f"operator.{name}"], actors[f"kepala.{name}"]
    if until != "empty":
        _answer(session, storage, submission, operator, stop_early=until == "filling")
    if until in ("ready", "signed", "returned", "accepted"):
        answering.hand_to_head(submission, operator)
        session.flush()
    if until in ("signed", "returned", "accepted"):
        attesting.attest(submission, head, attesting.frozen_submission(submission).sha256)
        session.flush()
    if until in ("returned", "accepted"):
        _check(submission, actors["asesor.internal"], find_fault=until == "returned")
        session.flush()
        if until == "accepted":
            checking.accept(submission, actors["asesor.internal"])
        else:
            asked = submission.closes_at - MEND_BEFORE
            checking.return_items(submission, actors["asesor.internal"], "Lengkapi butir yang ditandai, lalu kirim lagi.",
                                  mend_by=asked if asked > clock.now() else None)
    if until == "filling":
        _entrust(submission, operator, head)
    session.flush()
    return look(submission).label.lower()


def _entrust(submission: Submission, operator: Actor, head: Actor) -> None:
    """The head names the operator as PIC of all items but the last, which nobody has yet."""
    items = [item.code for item in submission.period.instrument.items if item.code in {c.item for c in submission.contributions}]
    entrusting.entrust(submission, items[:-1], operator.person_id, head, dict.fromkeys(items))


def _answer(session: Session, storage: Storage, submission: Submission, by: Actor, stop_early: bool) -> None:
    period, agency = submission.assessment.period, submission.organization
    earlier = before(session, submission.assessment)
    shelf = shelf_of(session, storage, agency, by)
    contributions = {c.item: c for c in submission.contributions}
    items = [item for item in period.instrument.items if item.code in contributions]
    for n, item in enumerate(items):
        contribution = contributions[item.code]
        if stop_early and n >= max(1, len(items) - 3):
            break
        value = min((earlier.value(item.code) if earlier else None) or Fraction(2), Fraction(4)) + (n % 3 == 0)
        version, second = shelf[n % len(shelf)], shelf[(n + 1) % len(shelf)]
        unfinished = stop_early and n % 3 == 2
        facts = _facts(item, version, agency)
        answering.answer(contribution, by, value, facts, "" if unfinished else _analysis(item, value),
                         contribution.version or 1)
        session.flush()
        top = int(value)
        answering.cite(contribution, version, by, list(range(2, min(top, 3) + 1)), f"hlm. {2 + n % 3}")
        if top >= 4:
            answering.cite(contribution, second, by, list(range(4, top + 1)), "hlm. 1-2")
        session.flush()
        if not unfinished:
            answering.mark_item_ready(contribution, by)
            session.flush()


def _facts(item: Item, version: DocumentVersion, agency: Organization) -> str:
    named = f"{version.document.title} Nomor {version.number}" if version.number else version.document.title
    return (
        f"{named} memuat pokok “{item.short_name}”. Bagian yang dirujuk menjelaskan ruang lingkup, penanggung jawab "
        f"({agency.short_name}), dan jadwal pelaksanaannya."
    )


def _analysis(item: Item, value: Fraction) -> str:
    level = item.scale.level(value)
    return (
        f"Isi dokumen yang dirujuk memenuhi kriteria sampai tingkat {level.value} ({level.name}). "
        + ("" if value == item.scale.max else "Kriteria tingkat di atasnya belum dapat ditunjukkan dengan bukti.")
    )


def shelf_of(session: Session, storage: Storage, agency: Organization, by: Actor) -> list[DocumentVersion]:
    """A handful of sample documents of the agency, each stored before its row is."""
    shelf = []
    for title, kind, number, dated, signatory, name, media, content in _samples(agency):
        with storage.receive() as incoming:
            incoming.write(content)
            kept = incoming.keep()
        blob = library.remember_blob(session, kept.sha256, kept.size, media)
        session.flush()
        version = library.add_document(
            session, agency, by, title=title, kind=kind, blob=blob, file_name=name, number=number, dated=dated,
            effective_on=dated, signatory=signatory, secrecy="limited",
        )
        session.flush()
        enqueue(session, "read_evidence", {"sha256": kept.sha256}, dedupe_key=f"read_evidence:{kept.sha256}")
        shelf.append(version)
    return shelf


def _samples(agency: Organization) -> Iterator[tuple]:
    short, day = agency.short_name, clock.today("Asia/Makassar")
    year = day.year
    body = (
        f"{agency.name} menyelenggarakan urusan ini menurut rencana kerja tahunan dan melaporkan hasilnya setiap triwulan.",
        "Ruang lingkup mencakup tata kelola, manajemen, layanan, infrastruktur, aplikasi, dan keamanan.",
        "Pelaksanaan direviu sekurang-kurangnya sekali dalam satu tahun; hasilnya menjadi dasar penyempurnaan.",
    )
    pdf = "application/pdf"
    for title, kind, number, dated, pages in (
        (f"Peraturan Wali Kota tentang Tata Kelola SPBE ({short})", "regulation", f"12 Tahun {year - 2}",
         date(year - 2, 3, 14), 6),
        (f"Rencana Kerja {short} Tahun {year}", "plan", f"050/{len(short)}/{year}", date(year, 1, 12), 4),
        (f"Laporan Reviu Penerapan SPBE {short}", "report", f"700/{len(short) + 3}/{year}", day - timedelta(days=75), 3),
        (f"Prosedur Operasional Layanan {short}", "procedure", f"SOP/{len(short)}/{year - 1}", date(year - 1, 8, 2), 3),
    ):
        content = documents.make_pdf(title, number, dated, f"Kepala {short}", body, pages)
        yield title, kind, number, dated, f"Kepala {short}", f"{_file_name(title)}.pdf", pdf, content
    title = f"Tangkapan Layar Aplikasi {short}"
    yield (title, "screenshot", None, day - timedelta(days=20), None, f"{_file_name(title)}.png", "image/png",
           documents.make_screenshot(title))


def _file_name(title: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in title).split())


def _check(submission: Submission, by: Actor, find_fault: bool) -> None:
    for n, contribution in enumerate(sorted(submission.contributions, key=lambda c: c.item)):
        if find_fault and n % 2 == 0:
            checking.check(contribution, by, "needs_work", "unfit",
                           "Laporan reviu belum menyebut rekomendasi; tambahkan halaman yang memuatnya.",
                           contribution.revision_n)
        else:
            checking.check(contribution, by, "agreed", None, "", contribution.revision_n)


def claim_some(session: Session, period: Period, actors: dict[str, Actor]) -> None:
    """Half of what was accepted is proposed, the first of it approved: the penanggung jawab finds work."""
    assessment = session.scalar(select(Assessment).where(Assessment.period_id == period.id))
    manager, boss = actors["pengelola"], actors["penanggung.jawab"]
    order = {item.code: n for n, item in enumerate(period.instrument.items)}
    claims = sorted(assessment.claims, key=lambda claim: order[claim.item])
    for n, claim in enumerate(claims):
        if n % 3 != 2:
            claiming.propose(claim, manager)
            session.flush()
        if n == 0:
            claiming.approve(claim, boss, claim.revision_n)


