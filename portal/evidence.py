"""A piece of evidence in words, the same on every page that lists it."""

import re
from collections.abc import Iterable, Mapping

from flask import g, url_for
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import lazyload

from assessments.inventory import citing
from assessments.lint import full_code_of
from assessments.models import Citation, Document, DocumentVersion, Job, LinkCheck
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


# What was found inside a file, and why that matters to whoever opens it.
WARNINGS = {
    "script": "memuat skrip",
    "action": "menjalankan sesuatu saat dibuka",
    "embedded": "memuat berkas lain di dalamnya",
    "macros": "memuat makro",
    "template": "mengambil templat dari alamat luar",
}
SCANS = {"none": "", "clean": "bersih dari virus", "waiting": "menunggu pemindaian virus"}
LINKS = {
    "waiting": ("work", "half"),
    "open": ("ok", "check"),
    "asks_access": ("bad", "lock"),
    "gone": ("bad", "warning"),
    "unreachable": ("warn", "warning"),
}


def reading(version: DocumentVersion) -> Look | None:
    """What the worker found when it opened the file, or where it stands in the queue; for a link what the last look at
    it showed, None before there was one.
    """
    blob = version.blob
    if blob is None:
        return _looked_at(version)
    if blob.scan_state == "quarantined":
        found = f" ({blob.scan_note})" if blob.scan_note else ""
        return Look(f"Dikarantina: pemindai virus menemukan sesuatu{found}. Ganti dengan berkas yang bersih.", "bad", "warning")
    if blob.reading_state == "unread" and not blob.reading_note:
        return Look(_turn(blob.sha256), "work", "half")
    tone, icon = READING[blob.reading_state]
    warnings = [WARNINGS[code] for code in blob.warnings or () if code in WARNINGS]
    if warnings and tone == "ok":
        tone, icon = "warn", "warning"
    note = (blob.reading_note or "").rstrip(".") if warnings or SCANS[blob.scan_state] else blob.reading_note or ""
    return Look("; ".join(part for part in (note, *warnings, SCANS[blob.scan_state]) if part), tone, icon)


def _turn(sha256: str) -> str:
    """Where a file that was not opened yet stands among those that wait; asked once for a whole page."""
    if "reading_turns" not in g:
        waiting = db.session.scalars(
            select(Job.args)
            .where(Job.kind == "read_evidence", Job.state.in_(("waiting", "running")))
            .order_by(Job.id)
            .limit(1000)
        )
        g.reading_turns = {args["sha256"]: turn for turn, args in reversed(list(enumerate(waiting, start=1)))}
    turn = g.reading_turns.get(sha256, 1)
    return "Sedang dibuka" if turn == 1 else f"Menunggu dibuka, urutan ke-{turn}"


def _looked_at(version: DocumentVersion) -> Look | None:
    """The last look at a link; those of one library are fetched together."""
    checks = g.setdefault("link_checks", {})
    owner = version.document.owner_org_id
    if owner not in checks:
        rows = db.session.scalars(select(LinkCheck).join(LinkCheck.version).join(DocumentVersion.document)
                                  .where(Document.owner_org_id == owner).options(lazyload(LinkCheck.version)))
        checks[owner] = {(row.document_id, row.n): row for row in rows}
    row = checks[owner].get((version.document_id, version.n))
    if row is None:
        return None
    label = "Tautan sedang diperiksa" if row.state == "waiting" else row.note
    return Look(label, *LINKS[row.state])


# "halaman 5-8", "hlm. 5"; a bare "5-8" too, but neither "02:15" (a time) nor "Pasal 5".
PAGES = re.compile(r"\b(?:halaman|hal|hlm)\b\.?\s*(\d{1,4})\b(?!:)|^\s*(\d{1,4})(?:\s*[-–]\s*\d{1,4})?\s*(?:[,;].*)?$", re.I)


def first_page(citation: Citation) -> int | None:
    """The first page a citation speaks of, where its picture exists."""
    return first_page_of(citation.cited, citation.locator)


def first_page_of(version: DocumentVersion, locator: str | None) -> int | None:
    """The same of any version with words that say where in it to look."""
    blob = version.blob
    named = PAGES.search(locator or "")
    if blob is None or named is None or blob.scan_state == "quarantined":
        return None
    page = int(named[1] or named[2])
    return page if 1 <= page <= (blob.previews or 0) else None


def page_link(citation: Citation, words: str = "") -> str:
    """The way to the picture of the page a citation speaks of; the plain words where there is none."""
    return link_to_page(citation.cited, citation.locator, words)


def link_to_page(version: DocumentVersion, locator: str | None, words: str = "") -> str:
    """The same of any version."""
    page = first_page_of(version, locator)
    if page is None:
        return words
    address = url_for("agency.page", document=version.document_id, n=version.n, page=page)
    return Markup('<a href="{}">{}</a>').format(address, words or f"Lihat halaman {page}")


def pictured(version: DocumentVersion) -> int:
    """How many pages of it can be looked at."""
    blob = version.blob
    return 0 if blob is None or blob.scan_state == "quarantined" else blob.previews or 0


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


def source(version: DocumentVersion, citation: Citation | None = None) -> str:
    """Where a click leads: the one door for bytes, or the link itself. From a citation the file is saved under its code."""
    cited = citation.id if citation is not None else None
    return version.url or url_for("agency.download", document=version.document_id, n=version.n, rujukan=cited)


Records = Mapping[int, citing.Cited]


def used_for(citation: Citation, records: Records | None = None) -> list[str]:
    """Its generated code, where to look, what it proves, and the way to the live record for those who may read it."""
    levels = ", ".join(str(level) for level in citation.levels)
    return [
        f"Kode: {full_code_of(citation)}",
        f"Pasal: {citation.article}" if citation.article else "",
        Markup("Halaman, bab, atau waktu: {}").format(page_link(citation, citation.locator)) if citation.locator else "",
        f"Isi: {citation.gist}" if citation.gist else "",
        f"Menunjang tingkat {levels}" if levels else "",
        live(citation, records or {}),
    ]


def records(citations: Iterable[Citation]) -> dict[int, citing.Cited]:
    """{document: what became of it} of cited inventory records; asks only where such a record is cited."""
    return records_among(one.cited for one in citations)


def records_among(versions: Iterable[DocumentVersion]) -> dict[int, citing.Cited]:
    """The same of versions, cited or not."""
    found = [one.document_id for one in versions if one.blob and one.blob.media_type == citing.MEDIA_TYPE]
    return citing.cited_records(db.session, found, actor()) if found else {}


def ended(records: Records) -> dict[int, str]:
    """{document: sentence} of those whose application runs no more."""
    return {document: record.ended for document, record in records.items() if record.ended}


def standing(citation: Citation, records: Records) -> Look | None:
    """What was found in the file, unless the application it speaks of has ended meanwhile."""
    return standing_of(citation.cited, records)


def standing_of(version: DocumentVersion, records: Records) -> Look | None:
    """The same of a version in the library."""
    record = records.get(version.document_id)
    return Look(record.ended, "bad", "warning") if record and record.ended else reading(version)


def live(citation: Citation, records: Records) -> str:
    """The link to the record as it is now; "" for what is none and for readers who may not see it."""
    record = records.get(citation.document_id)
    if record is None or record.application_id is None:
        return ""
    address = url_for("inventory.record", id=record.application_id)
    return Markup('<a href="{}">Lihat catatan yang sekarang</a>').format(address)
