"""S74: what the agency plans to do about a recommendation, what it did, and the proof from its own library."""

from dataclasses import dataclass

from flask import flash, render_template, request, url_for
from sqlalchemy import case, or_, select, tuple_
from sqlalchemy.orm import contains_eager, selectinload

from assessments import following_up, library
from assessments.models import Document, DocumentVersion, Organization, Recommendation
from assessments.refusal import Refused

from ... import evidence_jobs
from ...access import actor, ask, find, listing, may
from ...arrivals import Arrived, arrived, kind_of
from ...extensions import db
from ...forms import PLAIN_ID
from ...offering import offer
from ...once import new_key, once
from ...uploads import accepts_upload
from . import blueprint
from .forms import PlanForm, ProgressForm
from .recommendation import said_of

ADDRESS = "/tindak-lanjut/<int:id>"
OFFERED = 8
MOST_PROOFS = 20


@dataclass(frozen=True)
class Choice:
    """A document of the library that may prove a report."""

    key: str
    version: DocumentVersion
    locator: str
    checked: bool


@blueprint.get(f"{ADDRESS}/lapor")
def report(id: int):
    return _page(find(Recommendation, to="report", id=id))


@blueprint.post(f"{ADDRESS}/rencana")
def plan(id: int):
    found = find(Recommendation, to="plan", id=id)
    answer = once()
    form = PlanForm()
    if form.validate():
        try:
            following_up.plan(found, actor(), form.text.data, form.due_on.day, form.reason.data)
            flash("Rencana tersimpan.")
            return answer(url_for("inspectorate.report", id=id))
        except Refused as refusal:
            form.refused(refusal)
    db.session.rollback()
    return _page(find(Recommendation, to="plan", id=id), plan_form=form), 422


@blueprint.post(f"{ADDRESS}/kemajuan")
@accepts_upload
def progress(id: int):
    """Send the report; or look for a document or bring a new one, and go on typing where one was."""
    find(Recommendation, to="report", id=id)  # the door: nothing is held while the body is read
    files, refused = arrived(actor().organization_id)
    form, then = ProgressForm(), request.form.get("then", "kirim")
    refused = [f"{name}: {why}" if name else why for name, why in refused if name or then == "unggah"]
    form.files.errors = refused
    form.proofs.data = [*(form.proofs.data or ()), *_kept(id, files)]
    found = find(Recommendation, to="report", id=id)
    if then != "kirim" or refused:
        return _page(found, form=form), 422 if refused else 200
    answer = once()
    try:
        following_up.report(found, actor(), form.text.data, bool(form.finished.data), _proofs(form))
    except Refused as refusal:
        form.refused(refusal)
        db.session.rollback()
        return _page(find(Recommendation, to="report", id=id), form=form), 422
    flash("Kemajuan terkirim. Inspektorat memverifikasinya.")
    return answer(url_for("inspectorate.recommendation", id=id))


def _kept(id: int, files: list[Arrived]) -> list[str]:
    """Files that arrived whole are in the library for good, whatever becomes of the report they came with."""
    if not files:
        return []
    find(Recommendation, to="report", id=id)
    ask("write", Document)
    keys = _into_library(files)
    db.session.commit()
    flash(f"{len(files)} berkas masuk pustaka dan dipilih sebagai bukti.", "note")
    return keys


def _into_library(files: list[Arrived]) -> list[str]:
    """Each file as a document of the agency's library, or the one that holds the same bytes already."""
    owner, keys = db.session.get_one(Organization, actor().organization_id), []
    for file in files:
        version = library.known_in_library(db.session, owner, file.kept.sha256) or library.add_document(
            db.session, owner, actor(), title=file.title, kind=kind_of(file.kind), file_name=file.name,
            blob=library.remember_blob(db.session, file.kept.sha256, file.kept.size, file.kind.media_type),
        )
        db.session.flush()
        evidence_jobs.ask_to_read(db.session, version.blob)
        keys.append(f"{version.document_id}:{version.n}")
    return keys


def _wanted(form: ProgressForm) -> dict[str, tuple[int, int]]:
    """{"12:1": (12, 1)} of the boxes that were ticked; what only looks like one is left out."""
    found = {}
    for key in form.proofs.data or ():
        document, _, n = key.partition(":")
        if PLAIN_ID.fullmatch(document) and PLAIN_ID.fullmatch(n):
            found[key] = (int(document), int(n))
    return found


def _proofs(form: ProgressForm) -> list[tuple[DocumentVersion, str]]:
    """The chosen versions of the agency's own library, with where to look in each."""
    wanted = _wanted(form)
    if len(wanted) > MOST_PROOFS:
        raise Refused(f"Paling banyak {MOST_PROOFS} bukti dalam satu laporan.", field="proofs")
    if not wanted:
        return []
    found = db.session.scalars(
        select(DocumentVersion)
        .join(DocumentVersion.document)
        .where(
            Document.id.in_(listing(Document).with_only_columns(Document.id)),
            tuple_(DocumentVersion.document_id, DocumentVersion.n).in_(wanted.values()),
        )
        .options(contains_eager(DocumentVersion.document))
    )
    versions = {f"{version.document_id}:{version.n}": version for version in found}
    if wanted.keys() - versions.keys():
        raise Refused("Pilih bukti dari pustaka OPD Anda.", field="proofs")
    return [(versions[key], request.form.get(f"letak-{key}", "")) for key in wanted]


def _library(*wishes, limit: int | None = None, first=()) -> list[Document]:
    query = listing(Document).where(*wishes).options(
        selectinload(Document.versions).joinedload(DocumentVersion.document)
    )
    chosen_first = case((Document.id.in_(first), 0), else_=1) if first else Document.id.is_(None)
    return list(db.session.scalars(query.order_by(chosen_first, Document.id.desc()).limit(limit)))


def _choices(form: ProgressForm) -> list[Choice]:
    """What is ticked, and beside it what was looked for or the newest of the library."""
    wanted = _wanted(form)
    ticked = {document for document, _ in list(wanted.values())[:MOST_PROOFS]}
    search = (form.search.data or "").replace("\x00", "").strip()[:100]
    wishes = [or_(Document.id.in_(ticked), Document.title.icontains(search, autoescape=True))] if search else []
    found = []
    for document in _library(*wishes, limit=OFFERED + len(ticked), first=ticked):
        keys = [f"{document.id}:{version.n}" for version in document.versions]
        key = next((key for key in keys if key in wanted), keys[-1])
        version = document.versions[keys.index(key)]
        found.append(Choice(key, version, request.form.get(f"letak-{key}", ""), key in wanted))
    return found


def _page(found: Recommendation, plan_form: PlanForm | None = None, form: ProgressForm | None = None) -> str:
    newest = found.plans[-1] if found.plans else None
    if plan_form is None:
        plan_form = PlanForm(formdata=None)
        if newest is not None:
            plan_form.text.data, plan_form.due_on.data = newest.text, newest.due_on.isoformat() if newest.due_on else ""
    form = form or ProgressForm(formdata=None)
    brings = may("write", Document)
    if brings:
        form.files.render_kw = {"multiple": True, "accept": offer(None).files.render_kw["accept"]}
        form.files.description = offer(None).files.description.split(" Boleh", 1)[0]
    return render_template(
        "inspectorate/reporting.html",
        **said_of(found),
        plan_form=plan_form,
        progress_form=form,
        form=next((each for each in (plan_form, form) if each.errors), None),
        choices=_choices(form),
        newest=newest,
        brings=brings,
        keys=(new_key(), new_key()),
        urls={
            "plan": url_for("inspectorate.plan", id=found.id),
            "progress": url_for("inspectorate.progress", id=found.id),
            "library": url_for("agency.library"),
        },
    )
