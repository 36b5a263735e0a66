"""After an upload: the worker opens each new file once and writes down what it found."""

from flask import current_app
from sqlalchemy.orm import Session

from assessments.models import Blob

from .extensions import only_reading
from .jobs import enqueue, job
from .reading import read_facts


def ask_to_read(session: Session, blob: Blob) -> None:
    """Let the worker open these bytes, unless it did or is about to."""
    if blob.reading_state == "unread" and blob.reading_note is None:
        enqueue(session, "read_evidence", {"sha256": blob.sha256}, dedupe_key=f"read_evidence:{blob.sha256}")


@job("read_evidence")
def read_evidence(session: Session, sha256: str) -> None:
    """Pages, text layer and readability of one blob. Nothing is held in the database while the file is open."""
    with only_reading():
        blob = session.get(Blob, sha256)
        media_type = blob.media_type if blob else None
        session.rollback()
    if media_type is None:
        return  # the upload was undone after the bell had rung
    facts = read_facts(current_app.extensions["storage"].path(sha256), media_type)
    blob = session.get(Blob, sha256)
    blob.pages, blob.text_layer = facts.pages, facts.text_layer
    blob.reading_state, blob.reading_note = facts.state, facts.sentence
