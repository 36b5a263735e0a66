"""A record of the inventory as evidence: frozen as a document's version, and flagged once the application has ended."""

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from ..actors import Actor
from ..library import add_document, add_version
from ..models import Application, ApplicationDocument, Blob, Document, DocumentVersion
from ..models.application import APPLICATION_KINDS, INTEGRATION, PLATFORMS
from ..refusal import Refused
from ..workflow import LOOKS
from .fields import BY_KEY

MEDIA_TYPE = "text/plain"


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
        ("Kode RAA", application.raa_code),
        ("Dasar hukum", application.legal_basis),
    ]
    said += [
        (field.label, application.details[key])
        for key, field in BY_KEY.items()
        if key in application.details and not field.internal
    ]
    lines = [f"{label}: {' '.join(str(value).split())}" for label, value in said if value not in (None, "")]
    return ("Catatan inventaris aplikasi\n" + "\n".join(lines) + "\n").encode()


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


def stale(version: DocumentVersion) -> str | None:
    """Why a cited record no longer shows a running application; None when it still does or is none."""
    ended = stale_documents(object_session(version), [version.document_id])
    return ended.get(version.document_id)


def stale_documents(session: Session, documents: list[int]) -> dict[int, str]:
    """{document: why} of those that carry the record of an application that has ended; one statement for a page."""
    rows = session.execute(
        select(ApplicationDocument.document_id, Application.state)
        .join(Application)
        .where(
            ApplicationDocument.document_id.in_(documents),
            ApplicationDocument.part == "record",
            Application.state.in_(("retired", "merged")),
        )
    )
    words = {"merged": "digabung", "retired": "dihentikan"}
    return {document: f"Aplikasi ini sudah {words[state]}, jadi buktinya usang." for document, state in rows}
