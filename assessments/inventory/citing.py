"""A record of the inventory as evidence: frozen as a document's version, and flagged once the application has ended."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, object_session

from ..actors import Actor
from ..library import add_document, add_version
from ..models import Application, ApplicationDocument, Blob, Document, DocumentVersion
from ..models.application import APPLICATION_KINDS, INTEGRATION, PLATFORMS, ApplicationLink, ApplicationTest
from ..policies import visible
from ..refusal import Refused
from ..texts import written_day
from ..workflow import LOOKS
from .fields import BY_KEY
from .keeping import METHODS, TEST_KINDS

MEDIA_TYPE = "text/plain"  # nobody uploads plain text, so these bytes are always ours
KIND = "Catatan inventaris"
WITHIN = {"note"}  # what keepers and owners write to one another
WAYS = {"in": "menerima dari", "out": "mengirim ke", "both": "dua arah dengan"}
ENDED = {"merged": "digabung", "retired": "dihentikan"}


def frozen_record(application: Application) -> bytes:
    """What the record says now, one line for each field; what only Diskominfo and the owner see stays out."""
    said = [
        ("Kode", application.code),
        ("Nama", application.name),
        ("OPD pemilik", application.current_owner.name),
        ("Status", LOOKS[Application][application.state].label),
        ("Jenis", APPLICATION_KINDS[application.kind]),
        ("Fungsi", application.purpose),
        ("Alamat", application.url),
        ("Basis aplikasi", ", ".join(PLATFORMS[code] for code in application.platforms)),
        ("Tahun pembuatan", application.year_built),
        ("Terintegrasi", INTEGRATION.get(application.integrated or "", "")),
        ("Siapa yang dapat memakai", application.audience),
        ("Jumlah pengguna", _number(application.user_count)),
        ("Kode RAA", application.raa_code),
        ("Dasar hukum", application.legal_basis),
    ]
    said += [
        (field.label, _worded(field.kind, application.details[key]))
        for key, field in BY_KEY.items()
        if key in application.details and not field.internal and key not in WITHIN
    ]
    said += [("Integrasi", _link(link)) for link in _links(application)]
    said += [("Pengujian", _test(test)) for test in sorted(application.tests, key=lambda test: (test.done_on, test.id))]
    if application.state_since:
        said.append(("Status berlaku sejak", written_day(application.state_since)))
    lines = [f"{label}: {' '.join(str(value).split())}" for label, value in said if value not in (None, "")]
    return ("Catatan inventaris aplikasi\n" + "\n".join(lines) + "\n").encode()


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}".replace(",", ".")


def _worded(kind: str, value) -> str:
    """What a declared field says, as a reader would write it."""
    if isinstance(value, bool):
        return "Ya" if value else "Tidak"
    if kind == "day":
        return written_day(date.fromisoformat(value))
    # A year is a number too, but nobody writes a dot into it.
    return _number(value) if isinstance(value, int) and value >= 10_000 else str(value)


def _links(application: Application) -> list[ApplicationLink]:
    """With the names of the other applications, in one statement however many there are."""
    return list(
        object_session(application).scalars(
            select(ApplicationLink)
            .where(ApplicationLink.application_id == application.id)
            .options(joinedload(ApplicationLink.other))
            .order_by(ApplicationLink.id)
        )
    )


def _link(link: ApplicationLink) -> str:
    other = link.other.name if link.other else link.other_name
    what = f", data: {link.data}" if link.data else ""
    return f"{WAYS[link.direction]} {other} lewat {METHODS[link.method]}{what}"


def _test(test: ApplicationTest) -> str:
    found = "" if test.findings is None else f", {test.findings} temuan"
    left = "" if test.open_findings is None else f", {test.open_findings} belum ditutup"
    by_whom = f" oleh {test.by_whom}" if test.by_whom else ""
    return f"{TEST_KINDS[test.kind]} pada {written_day(test.done_on)}{by_whom}{found}{left}"


def document_of(session: Session, application: Application) -> Document | None:
    """The document that carries this application's frozen records in the library of the agency that owns it now."""
    return session.scalar(
        select(Document)
        .join(ApplicationDocument, ApplicationDocument.document_id == Document.id)
        .where(
            ApplicationDocument.application_id == application.id,
            ApplicationDocument.part == "record",
            Document.owner_org_id == application.current_owner_id,
        )
        .order_by(Document.id.desc())
        .limit(1)
    )


def record_version(session: Session, application: Application, blob: Blob, by: Actor) -> DocumentVersion:
    """The version that freezes the record as it is now; `blob` is its bytes, stored before (`frozen_record`)."""
    if not application.counts:
        raise Refused("Aplikasi ini sudah dihentikan atau digabung, jadi tidak dapat dijadikan bukti.")
    document = document_of(session, application)
    name = f"inventaris-{application.code}.txt"
    if document is None:
        version = add_document(
            session, application.current_owner, by, title=f"Catatan inventaris: {application.name}"[:200], kind="other",
            blob=blob, file_name=name,
        )
        session.add(ApplicationDocument(application=application, document=version.document, part="record"))
        return version
    if document.newest.sha256 == blob.sha256:
        return document.newest
    return add_version(document, by, blob=blob, file_name=name)


@dataclass(frozen=True)
class Cited:
    """What became of the application behind a cited record: `ended` is the sentence about it, "" while it runs.

    `application_id` is for those who may read the live record, and None for the others.
    """

    application_id: int | None
    ended: str


def cited_records(session: Session, documents: list[int], reader: Actor) -> dict[int, Cited]:
    """{document: what became of it} of those that carry an application's record; one statement for a page."""
    readable = visible(reader, Application).with_only_columns(Application.id)
    rows = session.execute(
        select(
            ApplicationDocument.document_id, Application.id, Application.state, Application.state_since,
            Application.id.in_(readable),
        )
        .join(Application, Application.id == ApplicationDocument.application_id)
        .where(ApplicationDocument.document_id.in_(documents), ApplicationDocument.part == "record")
    )
    return {
        document: Cited(number if open_to else None, _ended(state, since)) for document, number, state, since, open_to in rows
    }


def _ended(state: str, since: date | None) -> str:
    if state not in ENDED:
        return ""
    return f"Aplikasi ini telah {ENDED[state]}" + (f" sejak {written_day(since)}." if since else ".")
