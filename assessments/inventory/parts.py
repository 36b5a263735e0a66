"""What hangs on a record and can be taken away again: integrations, tests, and documents of the evidence store."""

from sqlalchemy import select
from sqlalchemy.orm import object_session

from ..actors import Actor
from ..models import Application, ApplicationDocument, ApplicationLink, ApplicationTest, Document
from ..refusal import Refused
from ..workflow import happened
from .keeping import METHODS, TEST_KINDS, allow


def drop_link(application: Application, link: ApplicationLink, by: Actor) -> None:
    """An integration that was noted by mistake or has ended."""
    allow(by, "write", application)
    application.links.remove(link)
    happened(application, "unlink", f"Integrasi lewat {METHODS[link.method]} dihapus", by)


def drop_test(application: Application, test: ApplicationTest, by: Actor) -> None:
    """A test that was noted by mistake."""
    allow(by, "write", application)
    application.tests.remove(test)
    happened(application, "untest", f"{TEST_KINDS[test.kind]} dihapus", by)


def attach(application: Application, document: Document, by: Actor) -> ApplicationDocument:
    """A document of the owner's library becomes an attachment; it belongs to one application at most."""
    allow(by, "write", application)
    if document.owner_org_id != application.current_owner_id:
        raise Refused("Dokumen harus dari pustaka bukti OPD pemilik.", field="document")
    session = object_session(application)
    if session.scalar(select(ApplicationDocument).where(ApplicationDocument.document_id == document.id)) is not None:
        raise Refused("Dokumen ini sudah dilampirkan pada satu catatan.", field="document")
    made = ApplicationDocument(application_id=application.id, document_id=document.id)
    session.add(made)
    happened(application, "attach", "Dokumen dilampirkan", by)
    return made


def detach(application: Application, attachment: ApplicationDocument, by: Actor) -> None:
    """The document stays in the library; a frozen record that serves as evidence stays where it is."""
    allow(by, "write", application)
    if attachment.part != "attachment":
        raise Refused("Dokumen ini memuat catatan yang dibekukan sebagai bukti, jadi tidak dapat dilepas.", field="document")
    object_session(application).delete(attachment)
    happened(application, "detach", "Dokumen dilepas", by)
