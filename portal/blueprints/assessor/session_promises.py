"""Evidence promised in a session: written down by the panel, brought by the agency from its library, read by the panel then."""

from flask import abort, flash, redirect, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from assessments import noticing, promising
from assessments.general_questions import attachable
from assessments.models import Account, Appointment, DocumentVersion, Meeting, MeetingPromise, Person
from assessments.questions import is_agency
from assessments.refusal import Refused

from ... import evidence
from ...access import actor, ask, find, may
from ...extensions import db
from ...forms import plain_id
from ...moments import closing
from ...once import new_key, once
from . import blueprint
from .meeting_forms import DeliveryForm, PromiseForm, apart
from .meeting_page import may_deliver, promise_look
from .meeting_ways import ONE, item_of, kind_words, one, way
from .session_notes import note_page, parts_of

SEARCH_LENGTH = 100
PROMISE = f"{ONE}/janji/<int:promise>"


@blueprint.post(f"{ONE}/butir/<string:item>/janji")
def promise(period: str, subject: str, room: str, meeting: int, item: str):
    found = one(period, subject, room, meeting, to="hold_meetings", parts=("items", "promises"))
    answer = once()
    _row, wanted = item_of(found, item)
    form = PromiseForm()
    form.validate()
    owing = next((each for each, _leads in promising.holders_of(db.session, found.assessment)
                  if each.id == plain_id(form.organization.data)), None)
    due = closing(form.due_day.day, None, found.assessment.period.zone) if form.due_day.day else None
    try:
        made = promising.promise(found, item, actor(), owing, form.text.data or "", due)
    except Refused as refused:
        if refused.field is None:
            raise
        problems = apart(form, refused)
        db.session.rollback()
        return note_page(one(period, subject, room, meeting, parts=parts_of(room)), item, promising_form=form, problems=problems), 422
    sentence = f"Bukti untuk indikator {wanted.number} dijanjikan pada {kind_words(found).lower()}. Serahkan dari pustaka OPD Anda."
    path = way("promised", found, promise=made.id)
    noticing.tell(db.session, _people_of(made.organization_id), "other", sentence, path, f"meeting_promise:{made.id}")
    flash(f"Janji bukti indikator {wanted.number} dicatat. OPD yang menyerahkan mendapat pemberitahuan.")
    return answer(way("note", found, item=item, _anchor="bukti-dijanjikan"))


def _people_of(organization: int) -> list[int]:
    """Heads and operators of an agency, who have an account."""
    return list(
        db.session.scalars(
            select(Appointment.person_id)
            .join(Person, Person.id == Appointment.person_id)
            .join(Account, Account.person_id == Person.id)
            .where(
                Appointment.organization_id == organization, Appointment.role.in_(("agency_head", "agency_operator")),
                Appointment.ends_on.is_(None),
            )
            .distinct()
        )
    )


@blueprint.post(f"{PROMISE}/pencabutan")
def withdraw_promise(period: str, subject: str, room: str, meeting: int, promise: int):
    found = one(period, subject, room, meeting, to="hold_meetings", parts=("promises",))
    promised = next((each for each in found.promises if each.id == promise), None) or abort(404)
    promising.withdraw(promised, actor())
    url = way("promised", found, promise=promised.id)
    db.session.commit()
    flash("Janji bukti ditandai tidak diperlukan lagi.", "note")
    return redirect(url)


@blueprint.route(PROMISE, methods=["GET", "POST"])
def promised(period: str, subject: str, room: str, meeting: int, promise: int):
    """What was promised; the agency that owes it chooses the document here."""
    if request.method != "POST":
        return _page(*_promised(period, subject, room, meeting, promise))
    found, wanted = _promised(period, subject, room, meeting, promise, to="bring_promised")
    answer = once()
    form = DeliveryForm()
    document, n = plain_id(request.form.get("document")) or 0, plain_id(request.form.get("n")) or 0
    try:
        if not document:
            raise Refused("Pilih dokumen yang diserahkan.", field="document")
        version = find(DocumentVersion, document=document, n=n)
        promising.deliver(wanted, actor(), version, form.locator.data or "")
    except Refused as refused:
        if refused.field is None:
            raise
        problems = apart(form, refused)
        db.session.rollback()
        return _page(*_promised(period, subject, room, meeting, promise), form, problems), 422
    flash("Bukti diserahkan." + (" Batas penyerahannya sudah lewat, jadi tercatat terlambat." if wanted.late else ""))
    return answer(way("promised", found, promise=wanted.id))


def _promised(
    period: str, subject: str, room: str, meeting: int, promise: int, to: str = "see_meetings"
) -> tuple[Meeting, MeetingPromise]:
    """An agency finds its own promises alone."""
    found = one(period, subject, room, meeting, to=to, parts=("items",))
    wanted = db.session.scalars(
        select(MeetingPromise)
        .where(MeetingPromise.meeting_id == found.id, MeetingPromise.id == promise)
        .options(
            joinedload(MeetingPromise.organization),
            joinedload(MeetingPromise.document_version).joinedload(DocumentVersion.document),
        )
    ).unique().one_or_none() if promise < 2**31 else None
    if wanted is None or (is_agency(actor(), found.assessment) and wanted.organization_id != actor().organization_id):
        abort(404)
    return found, wanted


def _page(found: Meeting, wanted: MeetingPromise, form: DeliveryForm | None = None, problems=()) -> str:
    assessment, zone = found.assessment, found.assessment.period.zone
    open_ = wanted.delivered_at is None and wanted.withdrawn_at is None
    delivers = open_ and may_deliver(assessment) and may("bring_promised", assessment)
    search = request.args.get("cari", "").replace("\x00", "").strip()[:SEARCH_LENGTH]
    library = wanted.organization_id if is_agency(actor(), assessment) else None
    offered = []
    if delivers:
        ask("bring_promised", assessment)
        owners = [library] if library else sorted(promising.libraries(wanted))
        offered = [version for owner in owners for version in attachable(db.session, owner, search)]
    version = wanted.document_version
    return render_template(
        "assessor/promise.html",
        meeting=found,
        assessment=assessment,
        period=assessment.period,
        kind=kind_words(found),
        wanted=wanted,
        state=promise_look(wanted),
        item=assessment.period.instrument.item(wanted.item),
        version=version,
        url=evidence.source(version) if version is not None else "",
        facts=evidence.about(version, zone) if version is not None else "",
        delivers=delivers,
        offered=[(each, evidence.about(each, zone)) for each in offered],
        search=search,
        chosen=plain_id(request.form.get("document")),
        form=form,
        asked=form or DeliveryForm(formdata=None),
        problems=list(problems),
        withdraws=open_ and may("hold_meetings", assessment),
        library=is_agency(actor(), assessment),
        zone=zone,
        viewer_zone=actor().zone,
        key=new_key,
        links={"meeting": way("meeting", found), **{name: way(name, found, promise=wanted.id) for name in ("promised", "withdraw_promise")}},
    )
