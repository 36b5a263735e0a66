"""A finished round of last quarter in which three agencies were evaluated each on its own: local figures, labelled so.

Answers are samples and say so; one document stands for the evidence of an agency.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from assessments import answering, attesting, checking, clock, library, local_figures, sharing, subjects
from assessments.actors import Actor
from assessments.models import Assessment, DocumentVersion, Organization, Period, Submission
from assessments.workflow import advance

from ..jobs import enqueue
from . import documents
from .people import BAPPEDA, BKPSDM, BPKAD

ZONE = "Asia/Makassar"
ROMAN = ("I", "II", "III", "IV")
# agency -> (the name of its accounts, where its levels begin)
TAKE_PART = {BAPPEDA: ("bappeda", 2), BKPSDM: ("bkpsdm", 1), BPKAD: ("bpkad", 0)}


def build_local_round(session: Session, storage, city: Organization, agencies, actors: dict[str, Actor], say: Callable[[str], None]) -> None:
    """From choosing the agencies to the published table, by the verbs of the pages."""
    today = clock.today(ZONE)
    last_day = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1) - timedelta(days=1)
    quarter, begins = (last_day.month - 1) // 3, last_day - timedelta(days=80)
    manager, boss = actors["pengelola"], actors["penanggung.jawab"]
    with clock.judged_at(_moment(begins)):
        period = sharing.draft_round(
            session, city, manager, key="permenpanrb-59-2020", guidance=None, zone=ZONE, year=last_day.year, term=quarter + 1,
            slug=f"{last_day.year}-opd-tw{quarter + 1}", kind="evaluation", track="local", subjects="agencies",
            title=f"Evaluasi SPBE tiap OPD triwulan {ROMAN[quarter]} {last_day.year} (putaran lokal)",
        )
        sharing.set_stage(period, "self_assessment", _moment(begins, 8), _moment(begins + timedelta(days=40), 23))
        sharing.set_stage(period, "internal_check", _moment(begins, 8), _moment(last_day, 23))
        subjects.add_subjects(session, period, [agencies[code] for code in TAKE_PART], manager)
        advance(period, "open", manager)
    session.flush()
    for code, (name, lowest) in TAKE_PART.items():
        with clock.judged_at(_moment(begins + timedelta(days=30))):
            _fill(session, storage, period, agencies[code], actors, name, lowest)
    session.commit()
    slugs = [agencies[code].slug for code in TAKE_PART]
    with clock.judged_at(_moment(last_day - timedelta(days=4))):
        rows = local_figures.standings(session, period, select(Assessment))
        local_figures.approve_all(session, period, boss, {one.agency.slug: one.words for one in rows})
        session.flush()
        local_figures.send_chosen(session, period, boss, slugs)
        session.flush()
        local_figures.settle_all(session, period, actors["koordinator"], slugs)
        session.flush()
        local_figures.publish_all(session, period, actors["koordinator"], slugs)
        session.flush()
        advance(period, "close", manager, "Angka lokal sudah terbit.")
    session.commit()
    say(f"  {period.title}: {len(slugs)} OPD, angka lokal terbit")


def _fill(session: Session, storage, period: Period, agency: Organization, actors: dict[str, Actor], name: str, lowest: int) -> None:
    """Every item answered, vouched for by the head, checked and taken in."""
    operator, head, checker = actors[f"operator.{name}"], actors[f"kepala.{name}"], actors["asesor.internal"]
    part = session.scalar(
        select(Submission)
        .join(Assessment)
        .where(Assessment.period_id == period.id, Submission.organization_id == agency.id)
        .options(selectinload(Submission.contributions))
    )
    proof, answers = _report(session, storage, agency, operator), {each.item: each for each in part.contributions}
    for n, item in enumerate(period.instrument.items):
        contribution, level = answers[item.code], 1 + (lowest + n * 5) % 4
        answering.answer(
            contribution, operator, Fraction(level),
            f"Contoh isian: {proof.document.title} memuat {item.short_name} untuk urusan {agency.short_name}.",
            f"Contoh isian: isi laporan memenuhi kriteria sampai tingkat {level}.", contribution.version,
        )
        answering.cite(contribution, proof, operator, [level] if level > 1 else [], f"hlm. {1 + n % 3}")
        session.flush()
        answering.mark_item_ready(contribution, operator)
    answering.hand_to_head(part, operator)
    session.flush()
    attesting.attest(part, head, attesting.frozen_submission(part).sha256)
    session.flush()
    for contribution in part.contributions:
        checking.check(contribution, checker, "agreed", None, "", contribution.revision_n)
    session.flush()
    checking.accept(part, checker)
    session.flush()


def _report(session: Session, storage, agency: Organization, by: Actor) -> DocumentVersion:
    day = clock.today(ZONE)
    title = f"Laporan Penerapan SPBE {agency.short_name} Triwulan"
    body = (f"Contoh laporan {agency.name} tentang penerapan SPBE pada urusannya.", "Isinya contoh untuk putaran lokal.")
    number, signatory = f"045/{len(agency.short_name)}/{day.year}", f"Kepala {agency.short_name}"
    with storage.receive() as incoming:
        incoming.write(documents.make_pdf(title, number, day, signatory, body, 3))
        kept = incoming.keep()
    blob = library.remember_blob(session, kept.sha256, kept.size, "application/pdf")
    session.flush()
    made = library.add_document(
        session, agency, by, title=title, kind="report", blob=blob, file_name="laporan-triwulan.pdf", number=number,
        dated=day, effective_on=day, signatory=signatory, secrecy="limited",
    )
    session.flush()
    enqueue(session, "read_evidence", {"sha256": kept.sha256}, dedupe_key=f"read_evidence:{kept.sha256}")
    return made


def _moment(day: date, hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour), ZoneInfo(ZONE)).astimezone(UTC)
