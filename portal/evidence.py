"""A piece of evidence in words, the same on every page that lists it."""

from collections.abc import Iterable

from flask import url_for

from assessments.inventory import citing
from assessments.models import Citation, DocumentVersion
from assessments.models.evidence import DOCUMENT_KINDS
from assessments.workflow import Look

from .extensions import db
from .formatting import plain_date, size

READING = {
    "readable": ("ok", "check"),
    "locked": ("bad", "lock"),
    "broken": ("bad", "warning"),
    "unread": ("warn", "warning"),
}


def reading(version: DocumentVersion) -> Look | None:
    """What the worker found when it opened the file; None for a link, which is never opened."""
    blob = version.blob
    if blob is None:
        return None
    if blob.reading_state == "unread" and not blob.reading_note:
        return Look("Sedang dibuka", "work", "half")
    return Look(blob.reading_note or "", *READING[blob.reading_state])


def about(version: DocumentVersion, zone: str) -> str:
    """Kind, size, number and dates in one sentence."""
    parts = [DOCUMENT_KINDS[version.document.kind]]
    if version.blob is not None:
        parts.append(size(version.blob.size))
    if version.number:
        parts.append(f"nomor {version.number}")
    if version.dated:
        parts.append(f"tanggal {plain_date(version.dated, zone)}")
    if version.effective_on:
        parts.append(f"berlaku sejak {plain_date(version.effective_on, zone)}")
    if version.n > 1:
        parts.append(f"versi {version.n}")
    return ", ".join(parts) + "."


def source(version: DocumentVersion) -> str:
    """Where a click leads: the one door for bytes, or the link itself."""
    return version.url or url_for("agency.download", document=version.document_id, n=version.n)


def used_for(citation: Citation) -> list[str]:
    """Where to look and what it proves."""
    levels = ", ".join(str(level) for level in citation.levels)
    return [
        f"Halaman atau bagian: {citation.locator}" if citation.locator else "",
        f"Menunjang tingkat {levels}" if levels else "",
    ]


def stale(citations: Iterable[Citation]) -> dict[int, str]:
    """{document: why} of cited inventory records whose application has ended; asks only where such a record is cited."""
    records = [one.document_id for one in citations if one.cited.blob and one.cited.blob.media_type == citing.MEDIA_TYPE]
    return citing.stale_documents(db.session, records) if records else {}


def ended(why: str) -> Look:
    """The mark of a record that no longer shows a running application."""
    return Look(f"Usang: {why[0].lower()}{why[1:]}", "bad", "warning")
