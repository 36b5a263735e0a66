"""The public directory for programs: what everybody may read, without a token."""

from urllib.parse import urlsplit

from flask import abort, current_app, url_for
from marshmallow import Schema, fields, validate

from assessments.models import Application
from assessments.models.application import PLATFORMS
from assessments.workflow import look

from .. import shelf
from ..access import ask, load, public
from . import blueprint
from .schemas import FARTHEST, NOT_A_NUMBER, Listing, Named

ROWS = 50
SHORT = validate.Length(max=200, error="paling panjang 200 karakter.")


def _words(said: str) -> fields.String:
    return fields.String(load_default="", validate=SHORT, metadata={"description": said})


class DirectoryPage(Schema):
    """What of the directory is asked."""

    q = _words("Kata kebutuhan, misalnya antre puskesmas.")
    kategori = _words("Singkatan alamat kategori, misalnya kesehatan.")
    opd = _words("Singkatan alamat OPD pemilik.")
    status = fields.String(
        load_default="",
        validate=validate.OneOf(["", *shelf.STATES], error=f"salah satu dari {', '.join(shelf.STATES)}."),
        metadata={"description": "aktif, tidak-aktif, atau dihentikan; kosong untuk semua."},
    )
    page = fields.Integer(
        load_default=1,
        strict=False,
        validate=validate.Range(1, FARTHEST // ROWS, error="antara 1 dan 20000."),
        error_messages=NOT_A_NUMBER,
        metadata={"description": f"Halaman, {ROWS} baris."},
    )


class ApplicationRow(Schema):
    slug = fields.String(required=True)
    name = fields.String(required=True)
    state = fields.String(required=True)
    state_label = fields.String(required=True)
    purpose = fields.String(required=True)
    url = fields.String(required=True, allow_none=True, metadata={"description": "Alamat resmi aplikasi."})
    page = fields.String(required=True, metadata={"description": "Halamannya di direktori."})
    category = fields.Nested(Named, required=True, allow_none=True)
    owner = fields.Nested(Named, required=True)


class ApplicationList(Listing):
    items = fields.List(fields.Nested(ApplicationRow), required=True)
    loose = fields.Boolean(required=True, metadata={"description": "Tidak ada yang memenuhi semua kata; ini memenuhi sebagian."})


class ApplicationOne(ApplicationRow):
    audience = fields.String(required=True)
    how_to_open = fields.String(required=True)
    helpdesk = fields.String(required=True)
    platforms = fields.List(fields.String(), required=True)
    link_state = fields.String(required=True)
    link_checked_at = fields.AwareDateTime(required=True, allow_none=True)
    changed_at = fields.AwareDateTime(required=True)
    ended_on = fields.Date(required=True, allow_none=True)
    successor = fields.Nested(Named, required=True, allow_none=True)


def _row(application: Application) -> dict:
    owner, category = application.current_owner, application.category
    path = url_for("public.application", slug=application.slug)
    return {
        "slug": application.slug, "name": application.name, "state": application.state,
        "state_label": look(application).label, "purpose": application.purpose,
        "url": application.url if urlsplit(application.url or "").scheme in ("http", "https") else None,
        "page": current_app.config["SETTINGS"].address + path,
        "category": {"slug": category.slug, "name": category.name} if category else None,
        "owner": {"slug": owner.slug, "name": owner.name},
    }


@blueprint.get("/v1/aplikasi")
@blueprint.doc(security=[])
@blueprint.arguments(DirectoryPage, location="query")
@blueprint.response(200, ApplicationList)
@public
def applications(wanted):
    """The published applications, those that live first; with `q` in the order of the directory's search. Public."""
    ask("read", "public_directory")
    q, kategori, opd = (shelf.storable(wanted[name]) for name in ("q", "kategori", "opd"))
    found = shelf.take_down(shelf.Wish(q, kategori, opd, wanted["status"], halaman=wanted["page"], whole=True), ROWS)
    beyond = wanted["page"] > found.last
    return {
        "items": [] if beyond else [_row(row) for row in found.applications],
        "total": found.total, "limit": ROWS, "offset": (wanted["page"] - 1) * ROWS, "loose": found.loose,
    }


@blueprint.get("/v1/aplikasi/<string:slug>")
@blueprint.doc(security=[])
@blueprint.response(200, ApplicationOne)
@public
def application(slug: str):
    """One published application; one that is over says where to go instead. Public."""
    ask("read", "public_directory")
    found = load(Application, slug=slug)
    if found is None or found.published_at is None:
        abort(404)
    successor = found.successor
    return _row(found) | {
        "audience": found.audience, "how_to_open": found.how_to_open, "helpdesk": found.helpdesk,
        "platforms": [PLATFORMS[code] for code in found.platforms], "link_state": found.link_state,
        "link_checked_at": found.link_checked_at, "changed_at": found.changed_at,
        "ended_on": (found.decided_on or found.state_since) if found.state in shelf.ENDED else None,
        "successor": {"slug": successor.slug, "name": successor.name} if successor else None,
    }
