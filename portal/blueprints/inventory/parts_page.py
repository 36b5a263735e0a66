"""What a record's page shows besides its fields: owners, users, integrations, tests, documents, and what happened."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from assessments.history import events_of
from assessments.inventory.keeping import METHODS, TEST_KINDS, completeness
from assessments.models import Application, ApplicationDocument, ApplicationLink, Document, Organization
from assessments.models.application import LINK_STATES
from assessments.workflow import look

from ...access import actor, listing, may
from ...extensions import db
from .forms import DIRECTIONS, DocumentForm, FileForm, LinkForm, OwnerForm, TestForm, UsersForm


@dataclass(frozen=True)
class Happened:
    """A line of the history."""

    at: datetime
    who: str
    what: str
    note: str = ""


@dataclass(frozen=True)
class Attached:
    """A document of this record; `title` is empty for readers who may not see the library it lies in."""

    id: int
    part: str
    title: str


def sees_internal(application: Application) -> bool:
    """The keepers of the inventory and the owner agency see machine details, vendors, contracts and open findings."""
    return may("write", application) or may("confirm", application)


def agencies_of(application: Application) -> list[Organization]:
    """The agencies of the instansi by name; owners and users of the record are then found without asking."""
    root = application.instansi_id
    found = db.session.scalars(
        select(Organization)
        .where(or_(Organization.instansi_id == root, Organization.id == root))
        .options(joinedload(Organization.states))
    )
    return sorted(found.unique(), key=lambda each: each.name.casefold())


def parts_of(application: Application, agencies: list[Organization], refused: dict) -> dict:
    """Everything of the page that is not a field; `refused` are small forms with their mistakes, by name."""
    _fetch(application)
    writes = may("write", application)
    documents, free = _documents(application, writes)
    forms = {
        name: refused.get(name) or kind(formdata=None)
        for name, kind in (("owner", OwnerForm), ("users", UsersForm), ("link", LinkForm), ("test", TestForm),
                           ("document", DocumentForm), ("publiccode", FileForm))
    }
    offer_owners(forms["owner"], application, agencies)
    offer_documents(forms["document"], free)
    return {
        "writes": writes,
        "internal": sees_internal(application),
        "hands_over": writes and actor().role != "agency_operator",
        "state": look(application),
        "complete": completeness(application),
        "owners": list(reversed(application.owners)),
        "users": sorted((use.organization for use in application.users), key=lambda each: each.name.casefold()),
        "agencies": agencies,
        "links": application.links,
        "tests": sorted(application.tests, key=lambda test: test.done_on, reverse=True),
        "documents": documents,
        "free": free,
        "forms": forms,
        "directions": DIRECTIONS,
        "methods": METHODS,
        "test_kinds": TEST_KINDS,
        "link_states": LINK_STATES,
        "timeline": [Happened(e.at, e.by_label, e.label, e.note) for e in events_of(db.session, application)],
        "changes_state": may("change_state", application),
    }


def _fetch(application: Application) -> None:
    """The short collections in one statement, the agencies that use it in another."""
    db.session.scalars(
        select(Application)
        .where(Application.id == application.id)
        .options(
            joinedload(Application.owners),
            joinedload(Application.tests),
            joinedload(Application.links).joinedload(ApplicationLink.other),
            selectinload(Application.users),
        )
    ).unique().one()


def _documents(application: Application, writes: bool) -> tuple[list[Attached], list[Document]]:
    """(documents of this record, documents of the owner's library that belong to none) in two statements at most."""
    readable = listing(Document).with_only_columns(Document.id)
    rows = db.session.execute(
        select(ApplicationDocument, Document, Document.id.in_(readable))
        .join(ApplicationDocument.document)
        .where(ApplicationDocument.application_id == application.id)
        .order_by(Document.title, Document.id)
    )
    attached = [Attached(document.id, each.part, document.title if seen else "") for each, document, seen in rows]
    if not writes:
        return attached, []
    taken = select(ApplicationDocument.document_id)
    free = db.session.scalars(
        listing(Document)
        .where(Document.owner_org_id == application.current_owner_id, Document.id.not_in(taken))
        .order_by(Document.id.desc())
        .limit(200)
    )
    return attached, list(free)


def offer_owners(form: OwnerForm, application: Application, agencies: list[Organization]) -> None:
    others = [(str(each.id), each.name) for each in agencies if each.id != application.current_owner_id]
    form.owner.choices = [("", "Pilih OPD"), *others]


def offer_documents(form: DocumentForm, free: list[Document]) -> None:
    form.document.choices = [("", "Pilih dokumen"), *((str(each.id), each.title) for each in free)]
