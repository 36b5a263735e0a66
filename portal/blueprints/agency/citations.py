"""Evidence of one item: files, links and documents of the library are attached, described and detached."""

from flask import abort, flash, redirect, request

from assessments import answering, library
from assessments.models import Citation, Contribution, Document
from assessments.refusal import Refused

from ... import evidence_jobs
from ...access import actor, ask, find
from ...arrivals import arrived, kind_of
from ...extensions import db
from ...forms import plain_id
from ...offering import UploadForm
from ...once import once
from ...uploads import accepts_upload
from . import blueprint
from .answers import address, asked_agency
from .draft import describe_citation, find_answer, keep_draft, page_again, say_what_is_left
from .forms import CitationForm, LinkForm
from .item_page import citation_prefix, item_page

ADDRESS = "/penilaian/<string:period>/indikator/<string:item>"


def evidence_of(contribution: Contribution, anchor: str = "bukti") -> str:
    return address("item", contribution.submission, item=contribution.item, _anchor=anchor)


@blueprint.post(f"{ADDRESS}/bukti")
@accepts_upload
def attach(period: str, item: str):
    """Several files at once: each one that is refused says why, the others go on."""
    answered = find_answer(period, item)
    ask("answer", answered)  # the door: nothing is held while the body is read
    ask("write", Document)
    files, refused = arrived(answered.submission.organization_id)
    contribution = find_answer(period, item, to="answer")
    unstored = keep_draft(contribution)
    if unstored is not None:
        return unstored
    attached = 0
    for file in files:
        try:
            known = library.known_in_library(db.session, contribution.submission.organization, file.kept.sha256)
            version = known or library.add_document(
                db.session,
                contribution.submission.organization,
                actor(),
                title=file.title,
                kind=kind_of(file.kind),
                blob=library.remember_blob(db.session, file.kept.sha256, file.kept.size, file.kind.media_type),
                file_name=file.name,
            )
            db.session.flush()
            answering.cite(contribution, version, actor())
            db.session.flush()
        except Refused as refusal:
            refused.append((file.name, refusal.sentences[0]))
            continue
        attached += 1
        evidence_jobs.ask_to_read(db.session, version.blob)
        if known:
            flash(f"{file.name}: sudah ada di pustaka sebagai “{known.document.title}”, jadi dipakai ulang.", "note")
    sentences = tuple(f"{name}: {sentence}" if name else sentence for name, sentence in refused)
    if not attached:
        form = UploadForm(formdata=None)
        form.files.errors = sentences
        db.session.rollback()
        return item_page(find_answer(period, item), failed=form), 422
    url = evidence_of(contribution)
    db.session.commit()
    flash(f"{attached} berkas dilampirkan. Isi halaman dan tingkat yang ditunjang.")
    for sentence in sentences:
        flash(sentence, "bad")
    say_what_is_left()
    return redirect(url)


@blueprint.post(f"{ADDRESS}/tautan")
def attach_link(period: str, item: str):
    contribution = find_answer(period, item, to="answer")
    answer = once()
    unstored = keep_draft(contribution)
    if unstored is not None:
        return unstored
    form = LinkForm()
    try:
        version = library.add_document(
            db.session, contribution.submission.organization, actor(), title=form.title.data, kind="link",
            url=library.safe_link(form.url.data),
        )
        db.session.flush()
        answering.cite(contribution, version, actor())
    except Refused as refusal:
        return page_again(period, item, form, refusal)
    flash("Tautan dilampirkan. Pastikan dapat dibuka tanpa masuk; portal membukanya bila Anda minta diperiksa.")
    return answer(evidence_of(contribution))


@blueprint.post(f"{ADDRESS}/pustaka")
def attach_known(period: str, item: str):
    contribution = find_answer(period, item, to="answer")
    wanted = plain_id(request.form.get("document"))
    if wanted is None:
        return item_page(contribution, problems=("Pilih dokumen dari pustaka dulu.",)), 422
    document = find(Document, id=wanted)
    if document.owner_org_id != contribution.submission.organization_id:
        abort(404)
    unstored = keep_draft(contribution)
    if unstored is not None:
        return unstored
    try:
        answering.cite(contribution, document.newest, actor())
    except Refused as refusal:
        db.session.rollback()
        return item_page(find_answer(period, item), problems=refusal.sentences), 422
    url = evidence_of(contribution)
    db.session.commit()
    flash("Dokumen dari pustaka dilampirkan. Isi halaman dan tingkat yang ditunjang.")
    say_what_is_left()
    return redirect(url)


def find_citation(period: str, item: str, citation: int) -> Citation:
    """A citation at the address of the item it belongs to, to be changed; elsewhere it does not exist."""
    return find(Citation, id=citation, period=period, item=item, organization=asked_agency(), to="write")


@blueprint.post(f"{ADDRESS}/rujukan/<int:citation>")
def citation(period: str, item: str, citation: int):
    """Where in the document to look, which levels it proves, and what the document says of itself."""
    cited = find_citation(period, item, citation)
    newest = request.form.get("then") == "newest"
    unstored = keep_draft(answer_under(cited), besides=None if newest else cited)
    if unstored is not None:
        return unstored
    if newest:
        ask("write", cited.cited.document)
        answering.use_version(cited, cited.cited.document.newest, actor())
        done = "Rujukan memakai versi terbaru."
    else:
        form = CitationForm(prefix=citation_prefix(cited))
        try:
            describe_citation(cited, form)
        except Refused as refusal:
            return page_again(period, item, form, refusal)
        done = "Rujukan tersimpan."
    url = evidence_of(cited.contribution, f"rujukan-{cited.id}")
    db.session.commit()
    flash(done)
    say_what_is_left()
    return redirect(url)


def answer_under(cited: Citation) -> Contribution:
    """The answer a citation belongs to, which the same person may write."""
    ask("answer", cited.contribution)
    return cited.contribution


@blueprint.post(f"{ADDRESS}/rujukan/<int:citation>/lepas")
def detach(period: str, item: str, citation: int):
    """The document stays in the library."""
    cited = find_citation(period, item, citation)
    unstored = keep_draft(answer_under(cited), besides=cited)
    if unstored is not None:
        return unstored
    url = evidence_of(cited.contribution)
    answering.detach(cited, actor())
    db.session.commit()
    flash("Rujukan dilepas. Dokumennya tetap ada di pustaka.")
    say_what_is_left()
    return redirect(url)
