"""S72: the inspectorate looks at the proof beside the recommendation and says one of four words, with a note."""

from flask import flash, render_template, url_for

from assessments import following_up
from assessments.models import DocumentVersion, Recommendation
from assessments.refusal import Refused

from ...access import actor, find
from ...extensions import db
from ...forms import plain_id
from ...once import new_key, once
from . import blueprint
from .forms import VerdictForm
from .recommendation import said_of

ADDRESS = "/tindak-lanjut/<int:id>/verifikasi"


def proofs_of(found: Recommendation) -> dict[str, DocumentVersion]:
    """{"document:version": the version} of everything the agencies put forward, the newest first."""
    return {
        f"{proof.document_id}:{proof.n}": proof.cited
        for step in reversed(found.progress)
        for proof in step.proofs
    }


@blueprint.get(ADDRESS)
def verification(id: int):
    return _page(find(Recommendation, to="verdict", id=id), VerdictForm(formdata=None))


@blueprint.post(ADDRESS)
def verify(id: int):
    found = find(Recommendation, to="verdict", id=id)
    answer = once()
    form = VerdictForm()
    try:
        following_up.give_verdict(
            found, actor(), form.status.data or "", form.note.data, _document(found, form), plain_id(form.seen.data)
        )
    except Refused as refusal:
        form.refused(refusal)
        db.session.rollback()
        # A report that came in meanwhile is on the page that is shown now; with what was typed.
        return _page(find(Recommendation, to="verdict", id=id), form), 422 if refusal.field else 409
    flash("Status tersimpan dan terlihat oleh OPD pelaksana.")
    return answer(url_for("inspectorate.recommendation", id=id))


def _document(found: Recommendation, form: VerdictForm) -> DocumentVersion | None:
    """Only what the agency itself attached, and only where the word leans on a document."""
    if form.status.data != "followup_not_applicable":
        return None
    return proofs_of(found).get(form.document.data or "")


def _page(found: Recommendation, form: VerdictForm) -> str:
    form.document.choices = [
        (key, f"{version.document.title}, {version.file_name or version.url}")
        for key, version in proofs_of(found).items()
    ]
    return render_template(
        "inspectorate/verification.html",
        **said_of(found),
        form=form,
        seen=found.progress[-1].id if found.progress else "",
        key=new_key(),
        url=url_for("inspectorate.verify", id=found.id),
    )
