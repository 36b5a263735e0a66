"""S22: the documents of an agency's library, how they come in, and the list of all evidence as a workbook."""

from datetime import date, timedelta

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import Text, case, cast, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from assessments import library as documents
from assessments.clock import today
from assessments.document_questions import keeps_instansi_library
from assessments.models import Blob, Citation, Document, DocumentVersion, Organization
from assessments.models.evidence import DOCUMENT_KINDS, SECRECY
from assessments.narrowing import removed_documents

from ... import evidence, evidence_jobs, quota
from ...access import actor, ask, find, listing, may
from ...arrivals import arrived, kind_of
from ...extensions import db
from ...offering import UploadForm, offer
from ...uploads import accepts_upload
from . import blueprint

ON_A_PAGE = 50
TAGS_OFFERED = 60
FILTERS = {
    "": "Semua",
    "belum": "Belum dipakai",
    "rusak": "Tidak dapat dibuka",
    "berlaku": "Masa berlaku habis atau segera habis",
    "dihapus": "Dihapus dari pustaka",
}
ORDERS = {
    "": "Terbaru",
    "judul": "Judul",
    "belum": "Belum dipakai dulu",
    "berlaku": "Segera habis masa berlakunya",
}


@blueprint.get("/bukti")
def library():
    """The documents this reader may see, a page of them."""
    ask("read", Document)
    return library_page()


def library_page(failed: UploadForm | None = None):
    wanted = _narrowed(_rows())
    total = db.session.scalar(select(func.count()).select_from(wanted.order_by(None).subquery()))
    last = max(1, -(-total // ON_A_PAGE))
    typed = request.args.get("halaman", "1")
    page = max(1, min(int(typed), last) if typed.isascii() and typed.isdigit() and 0 < len(typed) < 6 else 1)
    rows = db.session.scalars(
        wanted.options(
            selectinload(Document.versions).joinedload(DocumentVersion.document),
            joinedload(Document.owner_org).joinedload(Organization.states),
        )
        .order_by(*_order())
        .limit(ON_A_PAGE)
        .offset((page - 1) * ON_A_PAGE)
    ).unique().all()
    wishes = {name: _typed(name) for name in ("cari", "jenis", "label", "saring", "urut")}
    return render_template(
        "agency/library.html",
        rows=rows,
        uses=_uses(rows),
        records=evidence.records_among(row.newest for row in rows),
        total=total,
        page=page,
        last=last,
        wishes=wishes,
        narrowed=any(value for name, value in wishes.items() if name != "urut"),
        filters=FILTERS,
        orders=ORDERS,
        kinds=DOCUMENT_KINDS,
        classes=SECRECY,
        tags=_tags(),
        validity=lambda version: documents.validity(version, today(actor().zone)),
        evidence=evidence,
        zone=actor().zone,
        own=actor().role in ("agency_operator", "agency_head"),
        room=_room(),
        into=_into(),
        resumable=may("write", Document),
        form=failed,
        chooser=offer(failed),
        link=lambda n: url_for("agency.library", halaman=n, **{name: text for name, text in wishes.items() if text}),
    )


def _room() -> tuple[int, int] | None:
    """(bytes used, bytes there are) for people of an agency; others see libraries of many."""
    if actor().role not in ("agency_operator", "agency_head"):
        return None
    return quota.used(db.session, actor().organization_id), quota.limit()


def _into() -> Organization | None:
    """The library this office adds documents to, where it adds any."""
    user = actor()
    if user.role == "agency_operator":
        return db.session.get(Organization, user.organization_id)
    return db.session.get(Organization, user.instansi_id) if keeps_instansi_library(user, None) else None


# ---------------------------------------------------------------- which documents, in which order


def _typed(name: str) -> str:
    return request.args.get(name, "").replace("\x00", "").strip()[:100]


def _rows():
    if _typed("saring") == "dihapus":
        return select(Document).where(removed_documents(actor()))
    return listing(Document)


def _newest(column):
    """A column of the newest version, for conditions and orders."""
    return (
        select(column)
        .where(DocumentVersion.document_id == Document.id)
        .order_by(DocumentVersion.n.desc())
        .limit(1)
        .correlate(Document)
        .scalar_subquery()
    )


def _cited():
    return select(Citation.id).where(Citation.document_id == Document.id).exists()


def _narrowed(query):
    search, kind, tag, chosen = _typed("cari"), _typed("jenis"), _typed("label").lower(), _typed("saring")
    if search:
        said = (DocumentVersion.number, DocumentVersion.file_name)
        query = query.where(
            or_(
                Document.title.icontains(search, autoescape=True),
                Document.versions.any(or_(*(column.icontains(search, autoescape=True) for column in said))),
            )
        )
    if kind in DOCUMENT_KINDS:
        query = query.where(Document.kind == kind)
    if tag:
        query = query.where(documents.tagged(tag))
    if chosen == "belum":
        query = query.where(~_cited())
    if chosen == "rusak":
        unreadable = Blob.reading_state.in_(("locked", "broken")) | (Blob.scan_state == "quarantined")
        query = query.where(Document.versions.any(DocumentVersion.blob.has(unreadable)))
    if chosen == "berlaku":
        query = query.where(_newest(DocumentVersion.valid_until) <= _soon())
    return query


def _soon() -> date:
    return today(actor().zone) + timedelta(days=documents.WARNED_DAYS)


def _order() -> tuple:
    chosen = _typed("urut")
    if chosen == "judul":
        return func.lower(Document.title), Document.id
    if chosen == "belum":
        return case((_cited(), 1), else_=0), Document.id.desc()
    if chosen == "berlaku":
        ends = _newest(DocumentVersion.valid_until)
        return case((ends.is_(None), 1), else_=0), ends, Document.id.desc()
    return (Document.id.desc(),)


def _uses(rows: list[Document]) -> dict[int, int]:
    """How many items cite each document."""
    return dict(
        db.session.execute(
            select(Citation.document_id, func.count(func.distinct(Citation.contribution_id)))
            .where(Citation.document_id.in_([row.id for row in rows]), Citation.contribution_id.is_not(None))
            .group_by(Citation.document_id)
        ).all()
    )


def _tags() -> list[str]:
    """The tags in use, for the filter."""
    text = cast(Document.tags, Text)
    found = db.session.scalars(listing(Document).with_only_columns(text).where(text != "[]").distinct().limit(1000))
    return sorted({tag for tags in found for tag in documents.tags_in(tags)})[:TAGS_OFFERED]


# ---------------------------------------------------------------- in


@blueprint.post("/bukti/pustaka/<string:organization>")
@accepts_upload
def add_documents(organization: str):
    """Several files at once into the library of an agency or of the instansi; each one that is refused says why."""
    owner = find(Organization, slug=organization, to="upload")
    files, refused = arrived(owner.id)
    owner, added = find(Organization, slug=organization, to="upload"), 0
    for file in files:
        known = documents.known_in_library(db.session, owner, file.kept.sha256)
        if known is not None:
            flash(f"{file.name}: sudah ada di pustaka sebagai “{known.document.title}”, jadi tidak disimpan lagi.", "note")
            continue
        alike = documents.titles_alike(db.session, owner, file.title)
        version = documents.add_document(
            db.session, owner, actor(), title=file.title, kind=kind_of(file.kind), file_name=file.name,
            blob=documents.remember_blob(db.session, file.kept.sha256, file.kept.size, file.kind.media_type),
        )
        db.session.flush()
        evidence_jobs.ask_to_read(db.session, version.blob)
        added += 1
        if alike:
            flash(f"{file.name}: ada dokumen berjudul mirip, “{alike[0][1]}”. Bila itu dokumen yang sama, hapus yang baru "
                  "ini dan unggah berkasnya di sana sebagai versi baru.", "note")
    sentences = tuple(f"{name}: {sentence}" if name else sentence for name, sentence in refused)
    if sentences and len(sentences) >= len(files) + len(refused):
        form = UploadForm(formdata=None)
        form.files.errors = sentences
        db.session.rollback()
        ask("read", Document)
        return library_page(form), 422
    db.session.commit()
    if added:
        flash(f"{added} dokumen masuk pustaka. Buka dokumennya untuk mengisi jenis, label, nomor, dan tanggal.")
    for sentence in sentences:
        flash(sentence, "bad")
    return redirect(url_for("agency.library"))
