"""What is found in the files of a library by their words: an agency looks through its own, others through what was put forward."""

from flask import render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from assessments.models import Document, DocumentVersion, Organization
from assessments.page_search import newest_of

from ...access import actor, ask, listing
from ...extensions import db
from ...found_pages import Place, find_pages
from . import blueprint


@blueprint.get("/bukti/cari")
def page_search():
    ask("read", Document)
    versions = newest_of(listing(Document), actor()).subquery()
    found = find_pages(select(versions.c.sha256), lambda hashes: _places(versions, hashes))
    return render_template(
        "agency/page_search.html",
        found=found,
        own=actor().role in ("agency_operator", "agency_head"),
        link=lambda n: url_for("agency.page_search", q=found.question, halaman=n),
    )


def _places(versions, hashes: set[str]) -> list[Place]:
    """The newest versions with these bytes, each a file of its owner."""
    rows = db.session.scalars(
        select(DocumentVersion)
        .join(
            versions,
            (versions.c.document_id == DocumentVersion.document_id) & (versions.c.n == DocumentVersion.n),
        )
        .where(DocumentVersion.sha256.in_(hashes))
        .options(joinedload(DocumentVersion.document).joinedload(Document.owner_org).joinedload(Organization.states))
    ).unique()
    return [
        Place(version.document.owner_org.name, "", version, (version.document_id,), _way(version)) for version in rows
    ]


def _way(version: DocumentVersion):
    """To the picture of the page, or to the document where none was drawn."""
    drawn = version.blob.previews or 0 if version.blob else 0

    def way(page: int) -> str:
        if page <= drawn:
            return url_for("agency.page", document=version.document_id, n=version.n, page=page)
        return url_for("agency.document", document=version.document_id)

    return way
