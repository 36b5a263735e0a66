"""S22 and S23: the agency's documents, where each is used, its versions, and the door for their bytes."""

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from assessments import library as documents
from assessments.lint import code_of
from assessments.models import (
    Assessment,
    Blob,
    Citation,
    Contribution,
    Document,
    DocumentVersion,
    Organization,
    Period,
    Submission,
)
from assessments.models.evidence import DOCUMENT_KINDS, SECRECY
from assessments.refusal import Refused
from assessments.workflow import look

from ... import evidence, evidence_jobs, quota
from ...access import actor, ask, find, listing, may
from ...arrivals import arrived
from ...downloads import send_version
from ...extensions import db
from ...offering import UploadForm, offer
from ...uploads import accepts_upload
from . import blueprint
from .answers import address
from .forms import DocumentForm

ON_A_PAGE = 50
FILTERS = {"": "Semua", "belum": "Belum dipakai", "rusak": "Tidak dapat dibuka"}


@blueprint.get("/bukti")
def library():
    """The documents this reader may see, the newest first."""
    ask("read", Document)
    wanted = _narrowed(listing(Document), _typed("cari"), _typed("saring"))
    total = db.session.scalar(select(func.count()).select_from(wanted.subquery()))
    last = max(1, -(-total // ON_A_PAGE))
    typed = request.args.get("halaman", "1")
    page = min(int(typed), last) if typed.isascii() and typed.isdigit() and 0 < len(typed) < 6 else 1
    rows = db.session.scalars(
        wanted.options(selectinload(Document.versions), joinedload(Document.owner_org).joinedload(Organization.states))
        .order_by(Document.id.desc())
        .limit(ON_A_PAGE)
        .offset((max(page, 1) - 1) * ON_A_PAGE)
    ).unique().all()
    return render_template(
        "agency/library.html",
        rows=rows,
        uses=_uses(rows),
        total=total,
        page=max(page, 1),
        last=last,
        search=_typed("cari"),
        filters=FILTERS,
        chosen=_typed("saring"),
        kinds=DOCUMENT_KINDS,
        evidence=evidence,
        zone=actor().zone,
        own=actor().role in ("agency_operator", "agency_head"),
        room=_room(),
        link=lambda n: url_for("agency.library", halaman=n, cari=_typed("cari") or None, saring=_typed("saring") or None),
    )


def _room() -> tuple[int, int] | None:
    """(bytes used, bytes there are) for people of an agency; others see libraries of many."""
    if actor().role not in ("agency_operator", "agency_head"):
        return None
    return quota.used(db.session, actor().organization_id), quota.limit()


def _typed(name: str) -> str:
    return request.args.get(name, "").strip()[:100]


def _narrowed(query, search: str, chosen: str):
    if search:
        query = query.where(Document.title.icontains(search.replace("\x00", ""), autoescape=True))
    cited = select(Citation.id).where(Citation.document_id == Document.id).exists()
    if chosen == "belum":
        query = query.where(~cited)
    if chosen == "rusak":
        query = query.where(Document.versions.any(DocumentVersion.blob.has(Blob.reading_state.in_(("locked", "broken")))))
    return query


def _uses(rows: list[Document]) -> dict[int, int]:
    """How many items cite each document."""
    return dict(
        db.session.execute(
            select(Citation.document_id, func.count(func.distinct(Citation.contribution_id)))
            .where(Citation.document_id.in_([row.id for row in rows]), Citation.contribution_id.is_not(None))
            .group_by(Citation.document_id)
        ).all()
    )


@blueprint.route("/bukti/<int:document>", methods=["GET", "POST"])
@accepts_upload
def document(document: int):
    return _change(document) if request.method == "POST" else _document_page(find(Document, id=document))


def _change(document: int):
    """A newer file of the same document, or another title and kind."""
    files, refused = arrived(find(Document, id=document, to="write").owner_org_id)
    known = find(Document, id=document, to="write")
    if request.form.get("then") == "describe":
        return _described(known)
    if not files:
        form = UploadForm(formdata=None)
        form.files.errors = tuple(f"{name}: {sentence}" if name else sentence for name, sentence in refused)
        return _document_page(known, failed=form), 422
    file = files[0]
    if known.newest.sha256 == file.kept.sha256:
        form = UploadForm(formdata=None)
        form.files.errors = (f"{file.name}: isinya sama dengan versi {known.newest.n}, jadi tidak ditambahkan.",)
        return _document_page(known, failed=form), 422
    version = documents.add_version(
        known,
        actor(),
        blob=documents.remember_blob(db.session, file.kept.sha256, file.kept.size, file.kind.media_type),
        file_name=file.name,
    )
    db.session.flush()
    evidence_jobs.ask_to_read(db.session, version.blob)
    number = version.n
    db.session.commit()
    flash(f"Versi {number} tersimpan. Rujukan yang ada tetap memakai versi yang dikutipnya.")
    return redirect(url_for("agency.document", document=document))


def _described(known: Document):
    form = DocumentForm()
    if not form.validate():
        return _document_page(known, failed=form), 422
    try:
        documents.rename(known, title=form.title.data, kind=form.kind.data, secrecy=form.secrecy.data)
    except Refused as refusal:
        form.refused(refusal)
        return _document_page(known, failed=form), 422
    key = known.id
    db.session.commit()
    flash("Keterangan dokumen tersimpan.")
    return redirect(url_for("agency.document", document=key))


def _document_page(known: Document, failed=None):
    described = failed if isinstance(failed, DocumentForm) else DocumentForm(
        formdata=None, data={"title": known.title, "kind": known.kind, "secrecy": known.secrecy}
    )
    return render_template(
        "agency/document.html",
        document=known,
        versions=known.versions[::-1],
        citations=_citations(known),
        editable=may("write", known),
        form=failed,
        described=described,
        kinds=DOCUMENT_KINDS,
        classes=SECRECY,
        chooser=offer(failed, several=False),
        evidence=evidence,
        zone=actor().zone,
    )


def _citations(known: Document) -> list[dict]:
    """Where this reader can see it cited: period, item, version and what it proves there."""
    found = db.session.scalars(
        select(Citation)
        .join(Citation.contribution)
        .join(Contribution.submission)
        .join(Submission.assessment)
        .join(Assessment.period)
        .where(Citation.document_id == known.id, Submission.id.in_(listing(Submission).with_only_columns(Submission.id)))
        .order_by(Period.id.desc(), Citation.id)
        .options(
            contains_eager(Citation.contribution).selectinload(Contribution.citations),
            contains_eager(Citation.contribution).selectinload(Contribution.revisions),
            contains_eager(Citation.contribution)
            .contains_eager(Contribution.submission)
            .options(
                joinedload(Submission.organization).joinedload(Organization.states),
                contains_eager(Submission.assessment)
                .contains_eager(Assessment.period)
                .options(joinedload(Period.instrument_copy), joinedload(Period.stages), joinedload(Period.extensions)),
            ),
        )
    ).unique()
    rows = []
    for citation in found:
        answer = citation.contribution
        submission = answer.submission
        item = submission.period.instrument.item(answer.item)
        rows.append(
            {
                "code": code_of(citation),
                "item": item,
                "period": submission.period.title,
                "n": citation.n,
                "used": evidence.used_for(citation),
                "look": look(answer),
                "url": address("item", submission, item=answer.item, _anchor=f"rujukan-{citation.id}"),
            }
        )
    return rows


@blueprint.get("/bukti/<int:document>/<int:n>/berkas")
def download(document: int, n: int):
    version = find(DocumentVersion, document=document, n=n, to="download")
    if version.blob is None:
        abort(404)  # a link has no bytes of ours
    return send_version(version, current_app.extensions["storage"])
