"""Printing what was signed, once: the PDF is made, sealed and kept in the store, and a row says which bytes they are.

The job does it right after the signing was committed. Whoever asks for the file before that gets it made at once, the
same way. Of two that print at the same moment the first row stays, and both then give out the bytes it names; what the
other one made is swept like any bytes that no row names.
"""

import hashlib
import io
import logging
from datetime import datetime

from flask import Response, current_app, send_file
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, joinedload, undefer

from assessments.attesting import contents, intact
from assessments.clock import now
from assessments.models import (
    Assessment,
    Organization,
    PanelPaper,
    Paper,
    Period,
    PrintedPaper,
    Receipt,
    Signature,
    Snapshot,
    Subject,
    Submission,
)
from assessments.refusal import Refused

from .. import formatting
from ..access import actor, note
from ..downloads import SANDBOX
from ..extensions import db, only_reading
from ..jobs import enqueue_each, job
from .contents import Sheet, paper_sheet, receipt_sheet
from .panel_sheets import panel_sheet
from .printing import NotPrinted, printed
from .sealing import NotSealed, chosen

PRINT = "print_paper"
LATER = "Berkas PDF belum dapat dibuat sekarang. Tanda tangan Anda sudah tersimpan; coba lagi beberapa menit lagi."
DAMAGED = "Berkas PDF ini rusak atau hilang di penyimpanan, jadi tidak dikirim. Sampaikan kepada pengelola sistem."
BROKEN_COPY = "Salinan beku tidak lagi cocok dengan sidiknya, jadi tidak dicetak. Sampaikan kepada pengelola sistem."

log = logging.getLogger(__name__)


def ask_to_print(session: Session, *numbers: str) -> None:
    """In the transaction of the signing: let the worker print these receipts or papers."""
    enqueue_each(session, PRINT, {f"{PRINT}:{number}": {"number": number} for number in numbers})


def ask_for_missing(session: Session, since: datetime, most: int = 50) -> None:
    """Ask again for what was signed since then and never printed, the oldest first."""
    for kind in (Receipt, Paper, PanelPaper):
        unprinted = (
            select(kind.number)
            .outerjoin(PrintedPaper, PrintedPaper.number == kind.number)
            .where(PrintedPaper.number.is_(None), kind.at >= since)
            .order_by(kind.at)
            .limit(most)
        )
        ask_to_print(session, *session.scalars(unprinted).all())


@job(PRINT)
def print_paper(session: Session, number: str) -> None:
    print_once(session, number)


def print_once(session: Session, number: str) -> PrintedPaper | None:
    """The row of this receipt or paper, printed now if it was not; None when there is no such number. Nothing is committed.

    Nothing is held while the paper is set and sealed. Raises NotPrinted, NotSealed, or Refused for a broken copy.
    """
    with only_reading():
        done = session.get(PrintedPaper, number)
        sheet = None if done else _sheet(session, number)
        session.rollback()
    if done or sheet is None:
        return done and session.get(PrintedPaper, number)
    pdf = printed(sheet.template, sheet.content, title=sheet.title, at=sheet.at)
    settings = current_app.config["SETTINGS"]
    sealed = chosen(settings).seal(pdf, reason=sheet.title, place=settings.institution)
    with current_app.extensions["storage"].receive() as incoming:
        incoming.write(sealed or pdf)
        kept = incoming.keep()
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = {"number": number, "sha256": kept.sha256, "size": kept.size, "sealed": sealed is not None, "at": now()}
    session.execute(insert(PrintedPaper).values(row).on_conflict_do_nothing(index_elements=["number"]))
    return session.get(PrintedPaper, number)


def send_printed(number: str, name: str) -> Response:
    """The file of a receipt or paper that was already found for reading, with a line in the access log."""
    found = db.session.get(PrintedPaper, number)
    db.session.rollback()
    sha256, size = (found.sha256, found.size) if found else _printed_now(number)
    pdf = _whole(sha256, size)
    if pdf is None:
        note(actor(), "download", f"printed_paper:{number}", "damaged")
        raise Refused(DAMAGED)
    note(actor(), "download", f"printed_paper:{number}", "allowed")
    response = send_file(io.BytesIO(pdf), mimetype="application/pdf", as_attachment=True, download_name=f"{name} {number}.pdf", etag=False)
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cache-Control"] = "no-store"
    return response


def _whole(sha256: str, size: int) -> bytes | None:
    """The bytes as they were printed; None when they are gone or are others. A paper is small enough to be hashed each time."""
    try:
        with current_app.extensions["storage"].open(sha256) as file:
            pdf: bytes = file.read(size + 1)
    except OSError:
        return None
    return pdf if hashlib.sha256(pdf).hexdigest() == sha256 else None


def _printed_now(number: str) -> tuple[str, int]:
    """In a transaction of its own: whoever reads a receipt writes nothing of what the guards watch over."""
    try:
        with Session(db.engine) as own:
            row = print_once(own, number)
            if row is None:
                raise NotPrinted(f"no receipt and no paper {number}")
            found = row.sha256, row.size
            own.commit()
            return found
    except (NotPrinted, NotSealed):
        log.warning("%s was not printed on demand", number, exc_info=True)
        raise Refused(LATER) from None


# ---------------------------------------------------------------- what is printed

_ROUND = joinedload(Assessment.period).options(joinedload(Period.instrument_copy), joinedload(Period.organiser).joinedload(Organization.states))
_SUBJECT = joinedload(Assessment.subject).joinedload(Subject.organization).joinedload(Organization.states)
_NAMES = (joinedload(Signature.appointment), joinedload(Signature.acting_for))
_RECEIPT = (
    joinedload(Receipt.snapshot).options(undefer(Snapshot.content)),
    joinedload(Receipt.signature).options(*_NAMES),
    joinedload(Receipt.submission).options(
        joinedload(Submission.organization).joinedload(Organization.states),
        joinedload(Submission.assessment).options(_ROUND),
    ),
    joinedload(Receipt.assessment).options(_ROUND, _SUBJECT),
)
_PAPER, _OF_PANEL = (
    (
        joinedload(kind.snapshot).options(undefer(Snapshot.content)),
        joinedload(kind.signature).options(*_NAMES),
        joinedload(kind.assessment).options(_ROUND, _SUBJECT),
    )
    for kind in (Paper, PanelPaper)
)


def _sheet(session: Session, number: str) -> Sheet | None:
    receipt = session.get(Receipt, number, options=_RECEIPT)
    thing: Receipt | Paper | PanelPaper | None = (
        receipt or session.get(Paper, number, options=_PAPER) or session.get(PanelPaper, number, options=_OF_PANEL)
    )
    if thing is None:
        return None
    if not intact(thing):
        raise Refused(BROKEN_COPY)
    address, institution = address_of(number), institution_of(thing)
    if isinstance(thing, PanelPaper):
        return panel_sheet(thing, institution, address)
    if receipt is None:
        return paper_sheet(thing, institution, address)
    return receipt_sheet(receipt, _earlier(session, receipt), institution, unit_of(receipt), address)


def address_of(number: str) -> str:
    """The public page of a number, as it is printed; the same in a job, where no request says which host it was."""
    path = current_app.url_map.bind("").build("public.verify_number", {"number": number})
    return str(current_app.config["SETTINGS"].address + path)


def institution_of(thing: Receipt | Paper | PanelPaper) -> str:
    """The instansi that holds the round, by the name of that day: it stands at the head of the paper."""
    part = getattr(thing, "submission", None)
    period = (part or thing.assessment).period
    return str(period.organiser.on(formatting.day_of(thing.at, period.zone)).name)


def unit_of(thing: Receipt | Paper | PanelPaper) -> str:
    """Whose it is, as the frozen copy says; a part may have gone to a successor since. Without it, by the name of that day."""
    frozen = contents(thing) or {}
    if said := frozen.get("agency") or frozen.get("subject"):
        return str(said)
    part = getattr(thing, "submission", None)
    assessment = part.assessment if part else thing.assessment
    organization = part.organization if part else assessment.subject.organization
    if organization is None:
        return str(assessment.subject.name)
    return str(organization.on(formatting.day_of(thing.at, assessment.period.zone)).name)


def _earlier(session: Session, receipt: Receipt) -> list[Receipt]:
    same = (
        Receipt.submission_id == receipt.submission_id
        if receipt.submission_id is not None
        else Receipt.assessment_id == receipt.assessment_id
    )
    return list(
        session.scalars(
            select(Receipt)
            .where(same, Receipt.at < receipt.at)
            .options(joinedload(Receipt.signature))
            .order_by(Receipt.at.desc())
        )
    )
