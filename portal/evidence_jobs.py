"""After an upload the worker opens each new file, draws its pages, keeps their words, asks the scanner, and writes down what
it found.

Four jobs, none waiting for another: what the file is can be said within seconds while the scanner is down. Nothing is
held in the database while a file is open.
"""

from datetime import UTC, datetime, timedelta

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from assessments.inventory import citing
from assessments.models import Blob, PageText
from assessments.page_search import forget_pages, remember_pages

from . import page_reading, previews
from .extensions import only_reading
from .jobs import enqueue, job
from .reading import read_facts
from .scanning import scan

SCANNED_AGAIN = timedelta(minutes=1)
SCANNED_AT_LEAST = timedelta(hours=1)
READ, DRAW, SCAN, WORDS = "read_evidence", "draw_evidence", "scan_evidence", "read_pages"


def ask_to_read(session: Session, blob: Blob) -> None:
    """Let the worker open these bytes and have them scanned, unless it did or is about to."""
    if blob.reading_state == "unread" and blob.reading_note is None:
        _enqueue(session, READ, blob.sha256)
    if current_app.config["SETTINGS"].clamd and blob.scan_state == "none":
        blob.scan_state = "waiting"
        _enqueue(session, SCAN, blob.sha256)


def _enqueue(session: Session, kind: str, sha256: str, not_before: datetime | None = None) -> None:
    enqueue(session, kind, {"sha256": sha256}, dedupe_key=f"{kind}:{sha256}", not_before=not_before)


def _known(session: Session, sha256: str) -> tuple[str, str, int | None] | None:
    """(media type, what the scanner said, pages) of bytes; None when the upload was undone after the bell had rung."""
    with only_reading():
        row = session.execute(
            select(Blob.media_type, Blob.scan_state, Blob.pages).where(Blob.sha256 == sha256)
        ).one_or_none()
        session.rollback()
    return tuple(row) if row else None


@job(READ)
def read_evidence(session: Session, sha256: str) -> None:
    """Pages, text layer, readability, warnings and the first page's text of one blob."""
    known = _known(session, sha256)
    if known is None:
        return
    facts = read_facts(current_app.extensions["storage"].path(sha256), known[0])
    blob = session.get(Blob, sha256)
    blob.pages, blob.text_layer = facts.pages, facts.text_layer
    blob.reading_state, blob.reading_note = facts.state, facts.sentence[:300]
    blob.warnings, blob.opening = list(facts.warnings), facts.opening
    if facts.state == "readable":
        _enqueue(session, DRAW, sha256)
        if known[0] in page_reading.READ:
            _enqueue(session, WORDS, sha256)


@job(DRAW)
def draw_evidence(session: Session, sha256: str) -> None:
    """Pictures of the first pages. Quarantined bytes are not opened again."""
    known = _known(session, sha256)
    if known is None or known[1] == "quarantined":
        return
    drawn = previews.draw(
        current_app.config["EVIDENCE_FOLDER"], current_app.extensions["storage"].path(sha256), sha256, known[0],
        current_app.config["SETTINGS"].preview_pages,
    )
    blob = session.get_one(Blob, sha256, with_for_update=True, populate_existing=True)
    if blob.scan_state == "quarantined":  # said meanwhile; who says it waits for this row
        previews.remove(current_app.config["EVIDENCE_FOLDER"], sha256)
    else:
        blob.previews = drawn


@job(WORDS)
def read_words(session: Session, sha256: str) -> None:
    """The text of every page, to be searched. Quarantined bytes are not opened again."""
    known = _known(session, sha256)
    if known is None or known[1] == "quarantined" or known[0] not in page_reading.READ:
        return
    pages = page_reading.read_pages(current_app.extensions["storage"].path(sha256), known[0])
    blob = session.get_one(Blob, sha256, with_for_update=True, populate_existing=True)
    if blob.scan_state == "quarantined":
        forget_pages(session, sha256)
    else:
        remember_pages(session, sha256, pages)


@job(SCAN)
def scan_evidence(session: Session, sha256: str) -> None:
    """What the scanner says; asked again after a minute, then more seldom, at least every hour, until it says something.

    Pictures and words of what it caught are removed.
    """
    known = _known(session, sha256)
    where = current_app.config["SETTINGS"].clamd
    if known is None or known[1] in ("clean", "quarantined") or not where:
        return
    verdict = scan(current_app.extensions["storage"].path(sha256), where)
    blob = session.get_one(Blob, sha256, with_for_update=True, populate_existing=True)
    blob.scan_state, blob.scan_note = verdict.state, verdict.found or None
    if verdict.state == "waiting":
        waited = datetime.now(UTC) - blob.at
        _enqueue(session, SCAN, sha256, datetime.now(UTC) + min(max(SCANNED_AGAIN, waited / 4), SCANNED_AT_LEAST))
    elif verdict.state == "quarantined":
        blob.previews = None
        forget_pages(session, sha256)
        previews.remove(current_app.config["EVIDENCE_FOLDER"], sha256)


def ask_again(session: Session, most: int = 500) -> None:
    """Whatever lost its job waits no longer; what was read before its words were kept is read for them; once a scanner is
    configured, what came before it is scanned too.
    """
    unread = select(Blob).where(Blob.reading_state == "unread", Blob.reading_note.is_(None))
    for blob in session.scalars(unread.order_by(Blob.at).limit(most)):
        _enqueue(session, READ, blob.sha256)
    for sha256 in session.scalars(_wordless().order_by(Blob.at).limit(most)):
        _enqueue(session, WORDS, sha256)
    if not current_app.config["SETTINGS"].clamd:
        return
    unscanned = select(Blob).where(Blob.scan_state.in_(("none", "waiting")), Blob.media_type != citing.MEDIA_TYPE)
    for blob in session.scalars(unscanned.order_by(Blob.at).limit(most)):
        blob.scan_state = "waiting"
        _enqueue(session, SCAN, blob.sha256)


def _wordless():
    """SELECT of the hashes whose pages nobody has read for their words."""
    return select(Blob.sha256).where(
        Blob.reading_state == "readable", Blob.media_type.in_(page_reading.READ), Blob.scan_state != "quarantined",
        ~select(PageText.id).where(PageText.sha256 == Blob.sha256).exists(),
    )
