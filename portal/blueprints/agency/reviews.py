"""The register of policies and their reviews, one policy with the form to record a review, and the register as CSV."""

from flask import abort, flash, render_template, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from assessments import reviews
from assessments.models import Document, DocumentVersion, Organization
from assessments.refusal import Refused

from ... import evidence
from ...access import actor, ask, find, listing, may
from ...extensions import db
from ...forms import plain_id
from ...once import new_key, once
from ...plain_tables import as_csv
from . import blueprint
from .forms import ReviewForm

ON_A_PAGE = 50
PROOFS_OFFERED = 300
HEAD = (
    "Pemilik", "Judul", "Nomor", "Tanggal", "Berlaku sejak", "Berlaku sampai", "Pasal", "Indikator", "Nama indikator",
    "Tingkat", "Reviu terakhir", "Jenis reviu", "Reviu berikutnya sebelum", "Keadaan",
)


@blueprint.get("/bukti/kebijakan")
def policies():
    """The register: which article serves which items, last review, next one due."""
    ask("read", Document)
    chosen = request.args.get("saring", "")
    chosen = chosen if chosen in reviews.STATES else ""
    wanted = reviews.register(actor(), chosen)
    total = db.session.scalar(select(func.count()).select_from(wanted.order_by(None).subquery()))
    last = max(1, -(-total // ON_A_PAGE))
    typed = request.args.get("halaman", "1")
    page = max(1, min(int(typed), last) if typed.isascii() and typed.isdigit() and 0 < len(typed) < 6 else 1)
    rows = _standings(wanted.limit(ON_A_PAGE).offset((page - 1) * ON_A_PAGE))
    return render_template(
        "agency/reviews.html",
        rows=rows,
        servings=_servings(rows),
        total=total,
        page=page,
        last=last,
        states=reviews.STATES,
        kinds=reviews.REVIEW_KINDS,
        chosen=chosen,
        own=actor().role in ("agency_operator", "agency_head"),
        writes=may("write", Document),
        zone=actor().zone,
        link=lambda n: url_for("agency.policies", halaman=n, saring=chosen or None),
    )


def _standings(wanted) -> list[reviews.Standing]:
    documents = db.session.scalars(
        wanted.options(
            selectinload(Document.versions).joinedload(DocumentVersion.document),
            joinedload(Document.owner_org).joinedload(Organization.states),
        )
    ).unique().all()
    return reviews.standings(db.session, actor(), documents)


def _servings(rows: list[reviews.Standing]) -> dict[int, list[reviews.Serving]]:
    return reviews.servings(db.session, actor(), [row.document.id for row in rows])


@blueprint.get("/bukti/kebijakan.csv")
def policies_table():
    """The whole register: a line for each article and item, or one where a policy serves none yet."""
    ask("read", Document)
    rows = _standings(reviews.register(actor()))
    return as_csv(HEAD, _lines(rows, _servings(rows)), "daftar-kebijakan")


def _lines(rows: list[reviews.Standing], servings: dict[int, list[reviews.Serving]]):
    for row in rows:
        document, version, last = row.document, row.version, row.last
        before = (
            document.owner_org.short_name, document.title, version.number, version.dated, version.effective_on,
            version.valid_until,
        )
        after = (
            last.reviewed_on if last else None, reviews.REVIEW_KINDS[last.kind] if last else None, row.due, row.look.label,
        )
        for each in servings.get(document.id, [None]):
            served = (each.article, each.number, each.name, ", ".join(map(str, each.levels))) if each else (None,) * 4
            yield (*before, *served, *after)


# ---------------------------------------------------------------- one policy


@blueprint.get("/bukti/kebijakan/<int:document>")
def policy(document: int):
    return _policy_page(find(Document, id=document), _form())


@blueprint.post("/bukti/kebijakan/<int:document>")
def record_review(document: int):
    known = find(Document, id=document, to="write")
    answer = once()
    form = _form(known)
    valid = form.validate()
    try:
        reviews.record_review(
            known,
            actor(),
            kind=form.kind.data or "",
            reviewed_on=form.reviewed_on.day,
            issues=form.issues.data,
            recommendations=form.recommendations.data,
            proof=_proof(known, form.proof.data),
        )
    except Refused as refusal:
        form.also_refused(refusal) if not valid else form.refused(refusal)
    if form.errors:
        db.session.rollback()
        return _policy_page(find(Document, id=document), form), 422
    flash("Reviu tercatat.")
    return answer(url_for("agency.policy", document=document))


def _form(known: Document | None = None) -> ReviewForm:
    form = ReviewForm() if known is not None else ReviewForm(formdata=None)
    if known is not None:
        form.proof.choices = {"": "Tanpa bukti"} | {str(key): title for key, title in _offered(known)}
    return form


def _offered(known: Document) -> list[tuple[int, str]]:
    """Documents of the same library that can prove a review, the newest first."""
    rows = db.session.execute(
        listing(Document)
        .with_only_columns(Document.id, Document.title)
        .where(Document.owner_org_id == known.owner_org_id, Document.id != known.id)
        .order_by(Document.id.desc())
        .limit(PROOFS_OFFERED)
    )
    return [(key, title) for key, title in rows]


def _proof(known: Document, chosen: str | None) -> DocumentVersion | None:
    """The newest version of the chosen document of the same library."""
    if not chosen:
        return None
    number = plain_id(chosen)
    found = db.session.scalar(
        listing(Document)
        .where(Document.id == (number if number and number < 2**31 else 0), Document.owner_org_id == known.owner_org_id)
        .options(selectinload(Document.versions))
    )
    return found.newest if found else abort(404)


def _policy_page(known: Document, form: ReviewForm):
    row = reviews.standings(db.session, actor(), [known])[0]
    editable = may("write", known)
    if editable:
        form.proof.choices = {"": "Tanpa bukti"} | {str(key): title for key, title in _offered(known)}
    return render_template(
        "agency/policy.html",
        document=known,
        row=row,
        servings=_servings([row]).get(known.id, []),
        past=reviews.reviews_of(known),
        kinds=reviews.REVIEW_KINDS,
        editable=editable,
        form=form,
        evidence=evidence,
        key=new_key(),
        zone=actor().zone,
    )
