"""The inspectorate's notes on a consolidated self-assessment, and its sign-off; never a level."""

from flask import flash, render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from assessments import assuring
from assessments.models import Assessment, QaNote
from assessments.policies import entitled, obstacle
from assessments.refusal import Refused
from assessments.workflow import look

from ...access import actor, find, may
from ...extensions import db
from ...once import new_key, once
from . import blueprint
from .forms import QualityForm

ADDRESS = "/mutu/<string:period>/<string:subject>"


@blueprint.get(ADDRESS)
def quality(period: str, subject: str):
    return _page(find(Assessment, to="read_qa", period=period, subject=subject), QualityForm(formdata=None))


@blueprint.post(ADDRESS)
def note_quality(period: str, subject: str):
    assessment = find(Assessment, to="write_qa", period=period, subject=subject)
    answer = once()
    form = QualityForm()
    try:
        assuring.note_quality(assessment, actor(), form.note.data or "", bool(form.sign_off.data))
    except Refused as refusal:
        form.refused(refusal)
        db.session.rollback()
        return _page(find(Assessment, to="read_qa", period=period, subject=subject), form), 422
    flash("Catatan mutu ditandatangani." if form.sign_off.data else "Catatan mutu tersimpan.")
    return answer(url_for("inspectorate.quality", period=period, subject=subject))


def _page(assessment: Assessment, form: QualityForm) -> str:
    user = actor()
    notes = db.session.scalars(
        select(QaNote)
        .where(QaNote.assessment_id == assessment.id)
        .options(joinedload(QaNote.by))
        .order_by(QaNote.id.desc())
    ).all()
    place = {"period": assessment.period.slug, "subject": assessment.subject.organization.slug}
    return render_template(
        "inspectorate/quality.html",
        assessment=assessment,
        period=assessment.period,
        state=look(assessment),
        notes=notes,
        signed=next((note for note in notes if note.signed_off_at is not None), None),
        form=form if entitled(user, "write_qa", assessment) else None,
        why_not=obstacle(user, "write_qa", assessment) if entitled(user, "write_qa", assessment) else None,
        key=new_key(),
        url=url_for("inspectorate.note_quality", **place),
        round_url=url_for("round.finalise", **place) if may("read", assessment) else "",
    )
