"""An agency's library of documents: bytes are stored first, rows after; a version never changes its bytes."""

import json
import re
from collections.abc import Sequence
from datetime import date, timedelta
from urllib.parse import urlsplit

from sqlalchemy import Text, cast, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, object_session

from .actors import Actor
from .clock import now
from .models import Blob, Document, DocumentVersion, Organization
from .models.evidence import DOCUMENT_KINDS, SECRECY
from .refusal import Refused, Together
from .texts import clean, clean_line, folded, written_day
from .workflow import Look

MOST_TAGS, TAG_LENGTH = 10, 30
WARNED_DAYS = 90  # before a document is no longer in force
LOOKED_THROUGH = 2000  # titles of one library that are compared with another one


def known_in_library(session: Session, owner: Organization, sha256: str) -> DocumentVersion | None:
    """The version of this library that already holds these bytes (never looks into another agency's).

    What was removed is not found: the same file comes in as a document of its own.
    """
    return session.scalar(
        select(DocumentVersion)
        .join(Document)
        .where(
            Document.owner_org_id == owner.id, Document.removed_at.is_(None), DocumentVersion.sha256 == sha256
        )
        .order_by(DocumentVersion.document_id.desc(), DocumentVersion.n.desc())
        .limit(1)
    )


def titles_alike(session: Session, owner: Organization, title: str, besides: int | None = None) -> list[tuple[int, str]]:
    """(id, title) of documents of this library that are called nearly the same, the newest first."""
    words = _words(title)
    rows = session.execute(
        select(Document.id, Document.title)
        .where(Document.owner_org_id == owner.id, Document.removed_at.is_(None))
        .order_by(Document.id.desc())
        .limit(LOOKED_THROUGH)
    )
    return [(key, other) for key, other in rows if key != besides and _alike(words, _words(other))] if words else []


def _words(title: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", folded(title)))


def _alike(words: frozenset[str], others: frozenset[str]) -> bool:
    """The same words in any order, or of four and more all but one; figures are never the difference."""
    different = words ^ others
    if not different:
        return True
    same = words & others
    return len(same) >= 3 and len(words - others) <= 1 and len(others - words) <= 1 and not any(map(_figure, different))


def _figure(word: str) -> bool:
    return any(letter.isdigit() for letter in word)


def known_tags(text: str) -> list[str]:
    """Words separated by commas, each once, in small letters."""
    typed = (clean_line(part, 10_000, "Label", "tags").lower() for part in clean(text, 10_000, "Label", "tags").split(","))
    tags = list(dict.fromkeys(filter(None, typed)))
    if len(tags) > MOST_TAGS:
        raise Refused(f"Paling banyak {MOST_TAGS} label; ini {len(tags)}.", field="tags")
    long = next((tag for tag in tags if len(tag) > TAG_LENGTH), None)
    if long:
        raise Refused(f"Label “{long[:TAG_LENGTH]}…” terlalu panjang, paling banyak {TAG_LENGTH} huruf.", field="tags")
    return tags


def tagged(tag: str):
    """Documents that carry this tag, as a condition; tags are stored in small letters."""
    return cast(Document.tags, Text).contains(json.dumps(tag), autoescape=True)


def tags_in(stored: str) -> list[str]:
    """The tags of a document as its column has them."""
    return json.loads(stored)


def validity(version: DocumentVersion, day: date) -> Look | None:
    """Until when it is in force, as it looks on this day; None where nothing is said."""
    ends = version.valid_until
    if ends is None:
        return None
    if ends < day:
        return Look(f"Tidak berlaku lagi sejak {written_day(ends)}", "bad", "warning")
    if ends <= day + timedelta(days=WARNED_DAYS):
        return Look(f"Berlaku sampai {written_day(ends)}", "warn", "warning")
    return Look(f"Berlaku sampai {written_day(ends)}", "plain", "calendar")


def remember_blob(session: Session, sha256: str, size: int, media_type: str, read: str | None = None) -> Blob:
    """The row of bytes that already lie in the store; two that bring the same bytes at once share it.

    `read` says of bytes we made ourselves that nobody has to open them first.
    """
    blob = session.get(Blob, sha256)
    if blob is not None:
        return blob
    make = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(
        make(Blob)
        .values(
            sha256=sha256, size=size, media_type=media_type, reading_state="readable" if read else "unread",
            reading_note=read, at=now(),
        )
        .on_conflict_do_nothing(index_elements=["sha256"])
    )
    return session.get_one(Blob, sha256)


def add_document(
    session: Session,
    owner: Organization,
    by: Actor,
    *,
    title: str,
    kind: str = "other",
    secrecy: str = "limited",
    blob: Blob | None = None,
    file_name: str | None = None,
    url: str | None = None,
    number: str | None = None,
    dated: date | None = None,
    effective_on: date | None = None,
    signatory: str | None = None,
) -> DocumentVersion:
    """A new document with its first version: bytes (`blob`, `file_name`) or a link (`url`)."""
    if kind not in DOCUMENT_KINDS:
        raise Refused("Jenis dokumen tidak dikenal.", field="kind")
    if secrecy not in SECRECY:
        raise Refused("Klasifikasi informasi tidak dikenal.", field="secrecy")
    document = Document(
        owner_org=owner, title=clean_line(title, 200, "Judul dokumen", "title", required=True), kind=kind, secrecy=secrecy
    )
    session.add(document)
    return _append(document, by, 1, blob=blob, file_name=file_name, url=url, number=number, dated=dated,
                   effective_on=effective_on, signatory=signatory)


def add_version(
    document: Document, by: Actor, *, blob: Blob | None = None, file_name: str | None = None, url: str | None = None,
    number: str | None = None, dated: date | None = None, effective_on: date | None = None, signatory: str | None = None,
) -> DocumentVersion:
    """Newer bytes of the same document; citations keep pointing at the version they cited."""
    return _append(document, by, document.newest.n + 1, blob=blob, file_name=file_name, url=url, number=number,
                   dated=dated, effective_on=effective_on, signatory=signatory)


def rename(document: Document, *, title: str, kind: str, secrecy: str, tags: Sequence[str] | str | None = None) -> None:
    """What the library calls a document; its versions and what cites them stay as they are."""
    with Together() as faults:
        with faults.noted():
            if kind not in DOCUMENT_KINDS:
                raise Refused("Jenis dokumen tidak dikenal.", field="kind")
        with faults.noted():
            if secrecy not in SECRECY:
                raise Refused("Klasifikasi informasi tidak dikenal.", field="secrecy")
        with faults.noted():
            title = clean_line(title, 200, "Judul dokumen", "title", required=True)
        with faults.noted():
            known = document.tags if tags is None else known_tags(tags if isinstance(tags, str) else ",".join(tags))
    document.title, document.kind, document.secrecy, document.tags = title, kind, secrecy, known


def _append(document: Document, by: Actor, n: int, *, url: str | None, **content) -> DocumentVersion:
    link = safe_link(url) if url else None
    version = DocumentVersion(document=document, n=n, by_id=by.person_id, url=link, **content)
    object_session(document).add(version)
    return version


def safe_link(url: str) -> str:
    """An http(s) address as text; only the worker opens it, when somebody asks."""
    url = clean_line(url, 1000, "Tautan", "url", required=True)
    if " " in url:
        raise Refused("Tautan tidak boleh memuat spasi.", field="url")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise Refused("Tautan tidak dapat dibaca. Contoh: https://jdih.denpasarkota.go.id/…", field="url") from None
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        raise Refused("Tautan harus berawalan https:// atau http:// dan tanpa nama pengguna.", field="url")
    return url
