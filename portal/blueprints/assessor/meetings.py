"""S54: the sessions of an assessment, proposed, moved, confirmed, cancelled; agenda, people and the file for a calendar."""

from flask import Response, flash, redirect, render_template, request
from sqlalchemy import func, select
from sqlalchemy.orm.attributes import set_committed_value

from assessments import agenda, interviewing, scheduling
from assessments.clock import now
from assessments.deadlines import Dated
from assessments.models import Assessment, Meeting, MeetingItem
from assessments.models.meeting import MEETING_KINDS, MEETING_MODES, SIDES
from assessments.models.organization import ZONES
from assessments.refusal import Refused, Stale
from assessments.workflow import look

from ... import ics
from ...access import actor, find, may
from ...extensions import db
from ...forms import plain_id, plain_version
from ...once import new_key, once
from . import blueprint
from .meeting_forms import PlanForm, ReasonForm, apart, filled, typed_agenda
from .meeting_notices import tell_invited, tell_other_side
from .meeting_page import meeting_page
from .meeting_ways import ONE, PATHS, ROOM, ROOMS, from_panel, kind_words, look_of, one, room_tabs, way
from .ways import address, by_aspect

EMPTY_ROWS = 3


@blueprint.get(ROOM)
def meetings(period: str, subject: str, room: str):
    assessment = find(Assessment, to="see_meetings", period=period, subject=subject)
    kind = ROOMS[room]
    count = select(func.count()).where(MeetingItem.meeting_id == Meeting.id).correlate(Meeting).scalar_subquery()
    rows = db.session.execute(
        select(Meeting, count)
        .where(Meeting.assessment_id == assessment.id, Meeting.kind == kind)
        .order_by(Meeting.starts_at.desc(), Meeting.id.desc())
    ).all()
    for row, _count in rows:
        set_committed_value(row, "assessment", assessment)
    return render_template(
        "assessor/meetings.html",
        assessment=assessment,
        period=assessment.period,
        state=look(assessment),
        tabs=room_tabs(assessment, room),
        outside=from_panel(),
        kind=MEETING_KINDS[kind],
        room=room,
        rows=[(row, count, look_of(row), way("meeting", row)) for row, count in rows],
        modes=MEETING_MODES,
        has_stage=assessment.period.stage(kind) is not None,
        new_url=address("new_meeting", assessment, room=room) if may("hold_meetings", assessment) else "",
        zone=actor().zone,
    )


@blueprint.route(f"{ROOM}/baru", methods=["GET", "POST"])
def new_meeting(period: str, subject: str, room: str):
    """What, when and where, and the agenda as the document stage suggests it."""
    assessment = find(Assessment, to="hold_meetings", period=period, subject=subject)
    if request.method != "POST":
        return _planning(assessment, ROOMS[room], PlanForm(formdata=None, mode="online"))
    answer = once()
    form = PlanForm()
    readable = form.validate()
    try:
        made = scheduling.propose(assessment, ROOMS[room], actor(), form.plan(assessment.period.zone), typed_agenda())
        if not readable:
            raise Refused("Periksa isian jadwal.", field="day")
    except Refused as refused:
        if refused.field is None:
            raise
        problems = apart(form, refused)
        db.session.rollback()
        assessment = find(Assessment, to="hold_meetings", period=period, subject=subject)
        return _planning(assessment, ROOMS[room], form, problems=problems, typed=typed_agenda()), 422
    db.session.flush()
    tell_other_side(made)
    flash("Sesi diusulkan. Instansi mengonfirmasi waktunya; daftar peserta masih dapat Anda ubah.")
    return answer(way("meeting", made))


@blueprint.route(f"{ONE}/jadwal", methods=["GET", "POST"])
def move_meeting(period: str, subject: str, room: str, meeting: int):
    """Another time or place, by either side."""
    found = one(period, subject, room, meeting, to="settle_dates", parts=())
    if request.method != "POST":
        scheduling.demand_not_begun(found)
        return _moving(found, filled(found))
    form = PlanForm()
    readable = form.validate()
    try:
        scheduling.move(found, actor(), form.plan(found.assessment.period.zone), plain_version(request.form.get("version")))
        if not readable:
            raise Refused("Periksa isian jadwal.", field="day")
    except Refused as refused:
        if refused.field is None and not isinstance(refused, Stale):
            raise
        stale = refused if isinstance(refused, Stale) else None
        problems = [] if stale else apart(form, refused)
        db.session.rollback()
        return _moving(one(period, subject, room, meeting, to="settle_dates", parts=()), form, stale, problems), 409 if stale else 422
    url = way("meeting", found)
    db.session.flush()
    if found.state == "proposed":
        tell_other_side(found)
    db.session.commit()
    flash("Jadwal disimpan. Pihak lain mengonfirmasi waktu atau tempat yang baru.")
    return redirect(url)


@blueprint.post(f"{ONE}/konfirmasi")
def confirm_meeting(period: str, subject: str, room: str, meeting: int):
    found = one(period, subject, room, meeting, to="settle_dates", parts=())
    scheduling.confirm(found, actor(), plain_version(request.form.get("version")))
    url = way("meeting", found)
    db.session.flush()
    tell_invited(found, "dikonfirmasi")
    db.session.commit()
    flash("Jadwal dikonfirmasi.")
    return redirect(url)


@blueprint.post(f"{ONE}/pembatalan")
def cancel_meeting(period: str, subject: str, room: str, meeting: int):
    found = one(period, subject, room, meeting, to="settle_dates", parts=())
    form = ReasonForm()
    try:
        scheduling.cancel(found, actor(), form.why.data or "")
    except Refused as refused:
        if refused.field is None:
            raise
        db.session.rollback()
        form.refused(refused)
        return meeting_page(one(period, subject, room, meeting, parts=("items", "people", "promises")), cancelling=form), 422
    url = way("meeting", found)
    db.session.flush()
    tell_invited(found, "dibatalkan")
    db.session.commit()
    flash("Sesi dibatalkan.", "note")
    return redirect(url)


@blueprint.route(f"{ONE}/agenda", methods=["GET", "POST"])
def meeting_agenda(period: str, subject: str, room: str, meeting: int):
    found = one(period, subject, room, meeting, to="hold_meetings")
    if request.method != "POST":
        return _agenda(found, {each.item: each.question for each in found.items})
    typed = typed_agenda()
    try:
        scheduling.set_agenda(found, actor(), typed, plain_version(request.form.get("version")))
    except Refused as refused:
        if refused.field is None and not isinstance(refused, Stale):
            raise
        stale = isinstance(refused, Stale)
        problems = apart(PlanForm(formdata=None), refused) if not stale else []
        db.session.rollback()
        found = one(period, subject, room, meeting, to="hold_meetings")
        return _agenda(found, typed, problems, stale), 409 if stale else 422
    url = way("meeting", found)
    db.session.commit()
    flash(f"Agenda disimpan: {len(typed)} indikator.")
    return redirect(url)


@blueprint.route(f"{ONE}/peserta", methods=["GET", "POST"])
def meeting_people(period: str, subject: str, room: str, meeting: int):
    """Who is invited: people with an account are ticked, others are typed."""
    found = one(period, subject, room, meeting, to="hold_meetings", parts=("people", "items"))
    if request.method != "POST":
        return _people(found)
    offered = _offered(found)
    chosen = {plain_id(text) for text in request.form.getlist("orang")}
    wanted = [interviewing.Invited(each.name, each.office, each.side, each.person_id) for each in offered if each.person_id in chosen]
    wanted += [interviewing.Invited(*row) for row in _typed_people() if any(part.strip() for part in row[:2])]
    try:
        interviewing.set_people(found, actor(), wanted, plain_version(request.form.get("version")))
    except Refused as refused:
        if refused.field is None and not isinstance(refused, Stale):
            raise
        stale = isinstance(refused, Stale)
        db.session.rollback()
        found = one(period, subject, room, meeting, to="hold_meetings", parts=("people", "items"))
        return _people(found, chosen, _typed_people(), [] if stale else [(each, "nama-1") for each in refused.sentences], stale), (
            409 if stale else 422
        )
    url = way("meeting", found)
    db.session.commit()
    flash("Daftar peserta disimpan.")
    return redirect(url)


def _typed_people() -> list[tuple[str, str, str]]:
    names, offices, sides = (request.form.getlist(part) for part in ("nama", "jabatan", "pihak"))
    return list(zip(names, offices, sides, strict=False))[: interviewing.MOST_PEOPLE + 1]


def _offered(meeting: Meeting) -> list[agenda.Guest]:
    """Those who could be invited, and those on the list already who no longer could."""
    found = agenda.guests(db.session, meeting.assessment, [each.item for each in meeting.items])
    known = {each.person_id for each in found}
    kept = [
        agenda.Guest(each.person_id, each.name, each.office, each.side)
        for each in meeting.people
        if each.person_id is not None and each.person_id not in known
    ]
    return [*found, *kept]


@blueprint.get(f"{ONE}/undangan.ics")
def meeting_calendar(period: str, subject: str, room: str, meeting: int):
    """This one session for a calendar program, with place and link: whoever may read it gets it."""
    found = one(period, subject, room, meeting, parts=())
    title = f"{kind_words(found)} {found.assessment.subject.name}"
    dated = Dated(
        f"sesi-{found.id}", title, "", found.starts_at, None, found.assessment.period.zone, "", ends=found.ends_at,
        place=" | ".join(part for part in (found.place, found.link) if part), sequence=found.version,
        status={"proposed": "TENTATIVE", "cancelled": "CANCELLED"}.get(found.state, "CONFIRMED"), own=True,
    )
    answer = Response(ics.written([dated], request.host, title, now()), mimetype=ics.MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{PATHS[found.kind]}-{found.id}.ics"'
    return answer


# ---------------------------------------------------------------- pages


def _planning(assessment: Assessment, kind: str, form: PlanForm, problems=(), typed: dict[str, str] | None = None) -> str:
    suggested = agenda.suggestions(db.session, assessment, kind)
    return render_template(
        "assessor/meeting_new.html",
        assessment=assessment,
        period=assessment.period,
        kind=MEETING_KINDS[kind],
        visit=kind == "visit",
        form=form,
        problems=list(problems),
        groups=_choices(assessment, suggested, typed),
        suggested=len(suggested),
        key=new_key(),
        zone_word=ZONES.get(assessment.period.zone, assessment.period.zone),
        links={"new": address("new_meeting", assessment, room=PATHS[kind]), "list": address("meetings", assessment, room=PATHS[kind])},
    )


def _choices(assessment: Assessment, suggested: dict, typed: dict[str, str] | None):
    """(title, note, rows) by aspect; a row is (item, ticked, question, reasons)."""

    def row(item):
        found = suggested.get(item.code)
        question = (typed or {}).get(item.code) if typed is not None and item.code in typed else None
        question = question if question is not None else request.form.get(f"tanya-{item.code}")
        if question is None:
            question = found.question if found else agenda.ASK
        ticked = item.code in typed if typed is not None else found is not None
        return item, ticked, question, found.reasons if found else []

    return by_aspect(assessment.period.instrument, row)


def _moving(meeting: Meeting, form: PlanForm, stale: Stale | None = None, problems=()) -> str:
    return render_template(
        "assessor/meeting_move.html",
        meeting=meeting,
        assessment=meeting.assessment,
        period=meeting.assessment.period,
        kind=kind_words(meeting),
        visit=meeting.kind == "visit",
        form=form,
        stale=stale,
        problems=list(problems),
        zone=actor().zone,
        zone_word=ZONES.get(meeting.assessment.period.zone, meeting.assessment.period.zone),
        modes=MEETING_MODES,
        links={name: way(name, meeting) for name in ("meeting", "move_meeting")},
    )


def _agenda(meeting: Meeting, typed: dict[str, str], problems=(), stale: bool = False) -> str:
    suggested = agenda.suggestions(db.session, meeting.assessment, meeting.kind)
    instrument = meeting.assessment.period.instrument
    return render_template(
        "assessor/meeting_agenda.html",
        meeting=meeting,
        assessment=meeting.assessment,
        period=meeting.assessment.period,
        kind=kind_words(meeting),
        groups=_choices(meeting.assessment, suggested, typed),
        theirs=[(instrument.item(each.item), each.question) for each in meeting.items] if stale else [],
        problems=list(problems),
        links={name: way(name, meeting) for name in ("meeting", "meeting_agenda")},
    )


def _people(meeting: Meeting, chosen: set | None = None, typed=None, problems=(), stale: bool = False) -> str:
    present = {each.person_id for each in meeting.people if each.person_id is not None}
    rows = typed if typed is not None else [(each.name, each.office, each.side) for each in meeting.people if each.person_id is None]
    return render_template(
        "assessor/meeting_people.html",
        meeting=meeting,
        assessment=meeting.assessment,
        period=meeting.assessment.period,
        kind=kind_words(meeting),
        offered=_offered(meeting),
        chosen=present if chosen is None else chosen,
        typed=[*rows, *[("", "", "respondent")] * EMPTY_ROWS],
        sides=SIDES,
        problems=list(problems),
        theirs=[each.name for each in meeting.people] if stale else [],
        links={name: way(name, meeting) for name in ("meeting", "meeting_people")},
    )
