"""S23: one document of a library, its versions and where each is used; the door for their bytes; removal and undo."""

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from assessments import answering, document_questions, filetypes, history, removing
from assessments import library as documents
from assessments.clock import today
from assessments.lint import code_of, full_code_of
from assessments.models import (
    Assessment,
    Citation,
    Contribution,
    Document,
    DocumentVersion,
    Organization,
    Period,
    Submission,
)
from assessments.models.evidence import DOCUMENT_KINDS, SECRECY
from assessments.policies import entitled
from assessments.refusal import Refused
from assessments.workflow import happened, look

from ... import evidence, evidence_jobs
from ...access import actor, find, listing, may
from ...arrivals import arrived
from ...downloads import send_version
from ...extensions import db
from ...forms import Form, plain_id
from ...offering import UploadForm, offer
from ...uploads import accepts_upload
from . import blueprint
from .answers import address
from .forms import DocumentForm, VersionForm

# Who opens it, by class; said where the class is chosen.
OPENED_BY = {
    "open": "Isinya boleh diketahui umum.",
    "limited": "Isinya untuk urusan kedinasan.",
    "secret": "Isinya dikecualikan dari publik. Unggah kutipan atau lembar pengesahan saja bila itu cukup.",
}
OPENED_ALWAYS = (
    "Di portal ini setiap dokumen dibuka oleh OPD pemiliknya; tim penilaian dan tim asesor membukanya hanya bila "
    "dokumen itu dirujuk. Warga tidak pernah membukanya."
)


@blueprint.route("/bukti/<int:document>", methods=["GET", "POST"])
@accepts_upload
def document(document: int):
    return _change(document) if request.method == "POST" else document_page(find(Document, id=document))


def _change(document: int):
    """A newer file of the same document, or another title, kind, class and tags."""
    files, refused = arrived(find(Document, id=document, to="write").owner_org_id)
    known = find(Document, id=document, to="write")
    if request.form.get("then") == "describe":
        return _described(known)
    if not files:
        return _not_added(known, *(f"{name}: {sentence}" if name else sentence for name, sentence in refused))
    file = files[0]
    same = next((version for version in known.versions if version.sha256 == file.kept.sha256), None)
    if same is not None:
        return _not_added(known, f"{file.name}: isinya sama dengan versi {same.n}, jadi tidak ditambahkan.")
    other = documents.known_in_library(db.session, known.owner_org, file.kept.sha256)
    version = documents.add_version(
        known,
        actor(),
        blob=documents.remember_blob(db.session, file.kept.sha256, file.kept.size, file.kind.media_type),
        file_name=file.name,
    )
    db.session.flush()
    evidence_jobs.ask_to_read(db.session, version.blob)
    number = version.n
    if other is not None:
        flash(f"Berkas yang sama juga ada di pustaka sebagai “{other.document.title}”.", "note")
    db.session.commit()
    flash(f"Versi {number} tersimpan. Rujukan yang ada tetap memakai versi yang dikutipnya.")
    return redirect(url_for("agency.document", document=document))


def _not_added(known: Document, *sentences: str):
    form = UploadForm(formdata=None)
    form.files.errors = sentences
    return document_page(known, failed=form), 422


def _described(known: Document):
    form = DocumentForm()
    valid = form.validate()
    try:
        documents.rename(
            known, title=form.title.data, kind=form.kind.data, secrecy=form.secrecy.data, tags=form.tags.data
        )
    except Refused as refusal:
        form.also_refused(refusal) if not valid else form.refused(refusal)
    key = known.id
    if form.errors:
        db.session.rollback()
        return document_page(find(Document, id=key), failed=form), 422
    db.session.commit()
    flash("Keterangan dokumen tersimpan.")
    return redirect(url_for("agency.document", document=key))


@blueprint.post("/bukti/<int:document>/<int:n>/keterangan")
def describe_version(document: int, n: int):
    """Number, dates and signatory of one version; what a locked answer cites stays as it was."""
    known = find(Document, id=document, to="write")
    version = next((each for each in known.versions if each.n == n), None) or abort(404)
    form = VersionForm(prefix=prefix(n))
    valid = form.validate()
    try:
        changed = answering.describe(
            version,
            number=form.number.data,
            dated=form.dated.day,
            effective_on=form.effective_on.day,
            valid_until=form.valid_until.day,
            signatory=form.signatory.data,
        )
        if changed and valid:
            happened(known, "describe", f"Keterangan versi {n} diubah", actor())
    except Refused as refusal:
        form.also_refused(refusal) if not valid else form.refused(refusal)
    if form.errors:
        db.session.rollback()
        return document_page(find(Document, id=document), failed=form, failed_n=n), 422
    db.session.commit()
    flash(f"Keterangan versi {n} tersimpan.")
    return redirect(url_for("agency.document", document=document))


def prefix(n: int) -> str:
    """Every version has its form on the page, so each has names of its own."""
    return f"v{n}-"


@blueprint.post("/bukti/<int:document>/hapus")
def remove_document(document: int):
    let_go = removing.remove(find(Document, id=document, to="delete"), actor())
    db.session.commit()
    also = f" {let_go} rujukan pada isian yang masih diisi ikut dilepas." if let_go else ""
    flash(f"Dokumen dihapus dari pustaka.{also} Anda dapat mengembalikannya dari halaman ini.")
    return redirect(url_for("agency.document", document=document))


@blueprint.post("/bukti/<int:document>/pemulihan")
def restore_document(document: int):
    removing.restore(find(Document, id=document, to="restore"), actor())
    db.session.commit()
    flash("Dokumen kembali ke pustaka. Rujukan yang dulu dilepas tidak ikut kembali.")
    return redirect(url_for("agency.document", document=document))


# ---------------------------------------------------------------- the page


def document_page(known: Document, failed: Form | None = None, failed_n: int = 0):
    editable = may("write", known)
    removable = known.removed_at is None and entitled(actor(), "delete", known)
    return render_template(
        "agency/document.html",
        document=known,
        versions=known.versions[::-1],
        records=evidence.records_among(known.versions),
        version_forms=_version_forms(known, failed, failed_n) if editable else {},
        failed_n=failed_n,
        citations=_citations(known),
        editable=editable,
        removable=removable,
        kept_because=document_questions.bound_now(actor(), known) if removable else None,
        restorable=known.removed_at is not None and may("restore", known),
        alike=documents.titles_alike(db.session, known.owner_org, known.title, known.id) if editable else [],
        events=[
            {"at": event.at, "who": event.by_label, "what": event.label, "note": event.note}
            for event in history.events_of(db.session, known)
        ],
        policy=known.kind == "regulation" and known.removed_at is None,
        form=failed,
        described=failed if isinstance(failed, DocumentForm) else _filled(known),
        kinds=DOCUMENT_KINDS,
        classes=SECRECY,
        opened_by=OPENED_BY,
        opened_always=OPENED_ALWAYS,
        validity=lambda version: documents.validity(version, today(actor().zone)),
        chooser=offer(failed, several=False),
        evidence=evidence,
        zone=actor().zone,
    )


def _filled(known: Document) -> DocumentForm:
    said = {"title": known.title, "kind": known.kind, "secrecy": known.secrecy, "tags": ", ".join(known.tags)}
    return DocumentForm(formdata=None, data=said)


def _version_forms(known: Document, failed: Form | None, failed_n: int) -> dict[int, VersionForm]:
    return {
        version.n: failed if isinstance(failed, VersionForm) and version.n == failed_n else _said(version)
        for version in known.versions
    }


def _said(version: DocumentVersion) -> VersionForm:
    days = {name: getattr(version, name) for name in ("dated", "effective_on", "valid_until")}
    data = {name: day.isoformat() if day else "" for name, day in days.items()}
    data |= {"number": version.number or "", "signatory": version.signatory or ""}
    return VersionForm(formdata=None, prefix=prefix(version.n), data=data)


def citations_of(*wishes):
    """Citations in answers this reader may see, with all their codes need; one statement."""
    return db.session.scalars(
        select(Citation)
        .join(Citation.contribution)
        .join(Contribution.submission)
        .join(Submission.assessment)
        .join(Assessment.period)
        .where(*wishes, Submission.id.in_(listing(Submission).with_only_columns(Submission.id)))
        .order_by(Period.id.desc(), Citation.id)
        .options(
            joinedload(Citation.cited).joinedload(DocumentVersion.document),
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


def _citations(known: Document) -> list[dict]:
    """Where this reader can see it cited: period, item, version and what it proves there."""
    rows = []
    for citation in citations_of(Citation.document_id == known.id):
        answer = citation.contribution
        submission = answer.submission
        item = submission.period.instrument.item(answer.item)
        rows.append(
            {
                "code": code_of(citation),
                "full_code": full_code_of(citation),
                "item": item,
                "period": submission.period.title,
                "n": citation.n,
                "used": evidence.used_for(citation),
                "look": look(answer),
                "url": address("item", submission, item=answer.item, _anchor=f"rujukan-{citation.id}"),
            }
        )
    return rows


# ---------------------------------------------------------------- its bytes


@blueprint.get("/bukti/<int:document>/<int:n>/berkas")
def download(document: int, n: int):
    version = find(DocumentVersion, document=document, n=n, to="download")
    if version.blob is None:
        abort(404)  # a link has no bytes of ours
    return send_version(version, current_app.extensions["storage"], _called(version))


def _called(version: DocumentVersion) -> str | None:
    """The generated code as the name of the file, where it is opened from a citation this reader may see."""
    number = plain_id(request.args.get("rujukan"))
    citation = db.session.get(Citation, number) if number and number < 2**31 else None
    if citation is None or (citation.document_id, citation.n) != (version.document_id, version.n):
        return None
    if not (may("read", citation) or (citation.claim is not None and may("read", citation.claim))):
        return None
    _, dot, ending = (version.file_name or "").rpartition(".")
    code = full_code_of(citation).replace("/", "-")
    return filetypes.safe_name(f"{code}.{ending}" if dot else code)
