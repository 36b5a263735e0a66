"""What can be seen of evidence without opening the original: pictures of its pages, and whether a link opens."""

from flask import Response, abort, current_app, flash, g, redirect, render_template, request, url_for

from assessments.models import Document, DocumentVersion
from assessments.refusal import Refused

from ... import evidence, previews
from ...access import actor, find, note
from ...downloads import QUARANTINED
from ...extensions import db
from ...link_jobs import ask_to_look
from . import blueprint
from .citations import ADDRESS, answer_under, evidence_of, find_citation
from .draft import keep_draft, say_what_is_left

PAGE = "/bukti/<int:document>/<int:n>/halaman/<int:page>"
ASKED = ("Tautan diperiksa sebentar lagi. Muat ulang halaman ini untuk melihat hasilnya.", "note")
ASKED_ALREADY = ("Tautan ini baru saja diminta diperiksa. Tunggu sebentar, lalu muat ulang halaman.", "note")


@blueprint.get(PAGE)
def page(document: int, n: int, page: int):
    """One page as a picture, with the ways to its neighbours."""
    version = find(DocumentVersion, document=document, n=n, to="download")
    if version.blob is None or not 1 <= page <= max(version.blob.pages or 1, version.blob.previews or 1):
        abort(404)
    if version.blob.scan_state == "quarantined":
        raise Refused(QUARANTINED)
    drawn = evidence.pictured(version)
    return render_template(
        "agency/page.html",
        version=version,
        page=page,
        drawn=page <= drawn,
        previous=_neighbour(version, page - 1, drawn),
        next=_neighbour(version, page + 1, drawn),
        source=evidence.source(version),
    )


def _neighbour(version: DocumentVersion, page: int, drawn: int) -> tuple[str, str] | None:
    if not 1 <= page <= drawn:
        return None
    return f"Halaman {page}", url_for("agency.page", document=version.document_id, n=version.n, page=page)


@blueprint.get(f"{PAGE}.jpg")
def page_picture(document: int, n: int, page: int):
    return _picture(document, n, page, small=False)


@blueprint.get(f"{PAGE}-kecil.jpg")
def small_page_picture(document: int, n: int, page: int):
    return _picture(document, n, page, small=True)


def _picture(document: int, n: int, page: int, *, small: bool) -> Response:
    """A picture we made. A browser may keep it for itself but asks each time whether it still may show it."""
    version = find(DocumentVersion, document=document, n=n, to="download")
    blob = version.blob
    if blob is not None and blob.scan_state == "quarantined":
        raise Refused(QUARANTINED)
    if not 1 <= page <= evidence.pictured(version):
        abort(404)
    sha256 = blob.sha256
    path = previews.picture(current_app.config["EVIDENCE_FOLDER"].resolve(), sha256, page, small)
    tag = f"{sha256[:32]}-{page}{'k' if small else ''}"
    db.session.rollback()
    try:
        response = Response(path.read_bytes(), mimetype="image/jpeg")
    except FileNotFoundError as error:  # removed; the command that makes them again brings it back
        raise Refused("Gambar halaman ini sedang tidak tersedia. Unduh berkas aslinya.") from error
    if not small and tag not in request.if_none_match:
        note(actor(), "preview", f"document_version:{document}/{n}", "allowed")
    response.set_etag(tag)
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    g.kept_but_asked_for = True
    return response.make_conditional(request.environ)


@blueprint.post("/bukti/<int:document>/<int:n>/tautan")
def check_document_link(document: int, n: int):
    """Ask the worker to open the link of one version, as somebody without an account would."""
    version = next((each for each in find(Document, id=document, to="write").versions if each.n == n), None)
    if version is None or not version.url:
        abort(404)
    said = ASKED if ask_to_look(db.session, version) else ASKED_ALREADY
    db.session.commit()
    flash(*said)
    return redirect(url_for("agency.document", document=document))


@blueprint.post(f"{ADDRESS}/rujukan/<int:citation>/tautan")
def check_link(period: str, item: str, citation: int):
    """The same from the page of an item, with what was typed there."""
    cited = find_citation(period, item, citation)
    if not cited.cited.url:
        abort(404)
    unstored = keep_draft(answer_under(cited))
    if unstored is not None:
        return unstored
    said = ASKED if ask_to_look(db.session, cited.cited) else ASKED_ALREADY
    url = evidence_of(cited.contribution, f"rujukan-{cited.id}")
    db.session.commit()
    flash(*said)
    say_what_is_left()
    return redirect(url)
