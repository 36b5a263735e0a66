"""A piece of evidence in words, the same on every page that lists it."""

from collections.abc import Iterable, Mapping

from flask import url_for
from markupsafe import Markup

from assessments.inventory import citing
from assessments.models import Citation, DocumentVersion
from assessments.models.evidence import DOCUMENT_KINDS
from assessments.workflow import Look

from .access import actor
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


def kind_of(version: DocumentVersion) -> str:
    """What sort of document it is, in words; a record of the inventory is no document of any other kind."""
    record = version.blob is not None and version.blob.media_type == citing.MEDIA_TYPE
    return citing.KIND if record else DOCUMENT_KINDS[version.document.kind]


def about(version: DocumentVersion, zone: str) -> str:
    """Kind, size, number and dates in one sentence."""
    parts = [kind_of(version)]
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


Records = Mapping[int, citing.Cited]


def used_for(citation: Citation, records: Records | None = None) -> list[str]:
    """Where to look, what it proves, and the way to the live record for those who may read it."""
    levels = ", ".join(str(level) for level in citation.levels)
    return [
        f"Halaman atau bagian: {citation.locator}" if citation.locator else "",
        f"Menunjang tingkat {levels}" if levels else "",
        live(citation, records or {}),
    ]


def records(citations: Iterable[Citation]) -> dict[int, citing.Cited]:
    """{document: what became of it} of cited inventory records; asks only where such a record is cited."""
    found = [one.document_id for one in citations if one.cited.blob and one.cited.blob.media_type == citing.MEDIA_TYPE]
    return citing.cited_records(db.session, found, actor()) if found else {}


def ended(records: Records) -> dict[int, str]:
    """{document: sentence} of those whose application runs no more."""
    return {document: record.ended for document, record in records.items() if record.ended}


def standing(citation: Citation, records: Records) -> Look | None:
    """What was found in the file, unless the application it speaks of has ended meanwhile."""
    record = records.get(citation.document_id)
    return Look(record.ended, "bad", "warning") if record and record.ended else reading(citation.cited)


def live(citation: Citation, records: Records) -> str:
    """The link to the record as it is now; "" for what is none and for readers who may not see it."""
    record = records.get(citation.document_id)
    if record is None or record.application_id is None:
        return ""
    address = url_for("inventory.record", id=record.application_id)
    return Markup('<a href="{}">Lihat catatan yang sekarang</a>').format(address)
