"""S55 and S56: a session while it runs. One item at a time: the agenda on the left, its note on the right, saved by itself."""

from flask import flash, jsonify, redirect, render_template, request

from assessments import interviewing, promising
from assessments.clock import now
from assessments.models import Meeting, MeetingItem
from assessments.models.meeting import FINDINGS
from assessments.panel_questions import judges_here
from assessments.refusal import Faults, Refused, Stale

from ...access import actor, may
from ...errors import problem
from ...extensions import db
from ...formatting import clock
from ...forms import plain_version
from ...once import new_key
from . import blueprint
from .meeting_forms import NoteForm, PromiseForm, apart
from .meeting_page import ALL, meeting_page, promise_look, promises_shown
from .meeting_ways import ONE, from_panel, held_items, item_of, kind_words, look_of, one, way
from .ways import address

SOMEBODY_ELSE = object()  # on the page this number was another person's: a word said there is nobody's here
LABELS = {"answer": "Catatan", "seen": "Yang dilihat", "location": "Tempat", "finding": "Temuan", "follow_up": "Perlu tindak lanjut"}


def parts_of(room: str) -> tuple[str, ...]:
    """What the page of one item needs: a visit has photos, an interviu tells how many are there."""
    return ("items", "promises", "photos") if room == "visitasi" else ("items", "promises", "people")


@blueprint.post(f"{ONE}/mulai")
def begin_meeting(period: str, subject: str, room: str, meeting: int):
    found = one(period, subject, room, meeting, to="hold_meetings")
    interviewing.begin(found, actor())
    url = way("note", found, item=found.items[0].item) if found.items else way("meeting", found)
    db.session.commit()
    flash("Sesi dimulai. Catatan tersimpan sendiri setiap beberapa detik.")
    return redirect(url)


@blueprint.post(f"{ONE}/selesai")
def end_meeting(period: str, subject: str, room: str, meeting: int):
    found = one(period, subject, room, meeting, to="hold_meetings", parts=())
    interviewing.end(found, actor())
    url = way("meeting", found)
    db.session.commit()
    flash("Sesi selesai. Catatan masih dapat dilengkapi sampai berita acara ditandatangani.")
    return redirect(url)


@blueprint.post(f"{ONE}/kehadiran")
def attendance(period: str, subject: str, room: str, meeting: int):
    found = one(period, subject, room, meeting, to="hold_meetings", parts=("people",))
    words = {"hadir": True, "tidak": False, "": None}
    said, seen = (
        {each.n: words[request.form[f"{part}-{each.n}"]] for each in found.people if request.form.get(f"{part}-{each.n}") in words}
        for part in ("hadir", "semula")
    )
    for each in found.people:
        if request.form.get(f"siapa-{each.n}", each.name) != each.name:
            seen[each.n] = SOMEBODY_ELSE
    try:
        interviewing.mark_present(found, actor(), said, seen)
    except Stale as stale:
        db.session.rollback()
        return meeting_page(one(period, subject, room, meeting, parts=ALL), marked=said, stale=stale), 409
    url = way("meeting", found, _anchor="peserta")
    db.session.commit()
    flash("Kehadiran disimpan.")
    return redirect(url)


@blueprint.route(f"{ONE}/butir/<string:item>", methods=["GET", "POST"])
def note(period: str, subject: str, room: str, meeting: int, item: str):
    if request.method != "POST":
        return note_page(one(period, subject, room, meeting, parts=parts_of(room)), item)
    found = one(period, subject, room, meeting, to="hold_meetings")
    row, wanted = item_of(found, item)
    form = NoteForm()
    try:
        interviewing.write_note(found, row, actor(), _typed(form, row), plain_version(request.form.get("version")))
    except Stale as stale:
        db.session.rollback()
        return note_page(one(period, subject, room, meeting, parts=parts_of(room)), item, form, stale), 409
    except Refused as refused:
        if refused.field is None:
            raise
        apart(form, refused)
        db.session.rollback()
        return note_page(one(period, subject, room, meeting, parts=parts_of(room)), item, form), 422
    following = _beside(found, item, +1) if request.form.get("then") == "berikutnya" else None
    url = way("note", found, item=following or item)
    db.session.commit()
    flash(f"Catatan indikator {wanted.number} tersimpan.")
    return redirect(url)


@blueprint.post(f"{ONE}/butir/<string:item>/simpan-otomatis")
def note_by_itself(period: str, subject: str, room: str, meeting: int, item: str):
    """200 {saved_at, version}; 409 with what is stored; 422 with the sentences."""
    found = one(period, subject, room, meeting, to="hold_meetings")
    row, _wanted = item_of(found, item)
    form, zone = NoteForm(), found.assessment.period.zone
    try:
        interviewing.write_note(found, row, actor(), _typed(form, row), plain_version(request.form.get("version")))
    except Stale as stale:
        answer = {
            "status": 409, "detail": stale.sentences[0], "theirs": interviewing.stored(row), "version": row.version,
            "who": row.by.name if row.by else "", "at": clock(row.at, zone) if row.at else "",
        }
        db.session.rollback()
        return jsonify(answer), 409
    except Refused as refused:
        fields = [each.field for each in (refused.each if isinstance(refused, Faults) else (refused,))]
        response = problem(422 if refused.field else 409, refused.sentences)
        if response.is_json:
            response.set_data(jsonify(status=response.status_code, sentences=refused.sentences, fields=fields).get_data())
        return response
    db.session.flush()
    answer = {"saved_at": clock(row.at or now(), zone), "version": row.version, "note": "", "why": ""}
    db.session.commit()
    return jsonify(answer)


def _typed(form: NoteForm, row: MeetingItem) -> interviewing.Note:
    """What the form says; what saves itself brings the texts alone, so the tick stays as it is there."""
    whole = "whole" in request.form
    return interviewing.Note(
        form.answer.data or "", form.seen.data or "", form.location.data or "",
        (form.finding.data or None) if "finding" in request.form else row.finding,
        bool(form.follow_up.data) if whole else row.follow_up,
    )


def _beside(meeting: Meeting, item: str, step: int) -> str | None:
    codes = [each.item for each in meeting.items]
    at = codes.index(item) + step
    return codes[at] if 0 <= at < len(codes) else None


def note_page(
    found: Meeting, code: str, form: NoteForm | None = None, stale: Stale | None = None, promising_form: PromiseForm | None = None,
    problems=(),
) -> str:
    """The session at one item; who only reads finds the texts instead of the form."""
    row, item = item_of(found, code)
    assessment, zone = found.assessment, found.assessment.period.zone
    writes = may("hold_meetings", assessment)
    locked = interviewing.why_locked(found) if writes else None
    editable = writes and locked is None
    instrument = assessment.period.instrument
    shown = {each.item for each in found.items} if from_panel() else _shown(found)
    holders = promising.holders_of(db.session, assessment, code) if editable else []
    leading = next((str(each.id) for each, leads in holders if leads), "")
    asked = form or NoteForm(formdata=None, **(interviewing.stored(row) | {"follow_up": row.follow_up}))
    visit = found.kind == "visit"
    agenda = [(each, instrument.item(each.item), way("note", found, item=each.item)) for each in found.items if each.item in shown]
    at = next(place for place, line in enumerate(agenda) if line[0] is row)
    around = [
        (agenda[at + step][1].number, agenda[at + step][2]) if 0 <= at + step < len(agenda) else None for step in (-1, 1)
    ]
    return render_template(
        "assessor/session.html",
        meeting=found,
        assessment=assessment,
        period=assessment.period,
        kind=kind_words(found),
        state=look_of(found),
        visit=visit,
        row=row,
        item=item,
        agenda=agenda,
        around=around,
        noted=sum(line[0].noted for line in agenda),
        editable=editable,
        locked=locked,
        form=form if form is not None and form.errors else (promising_form if promising_form is not None and promising_form.errors else None),
        asked=asked,
        stale=[(LABELS[name], _words(name, text), _words(name, _mine(asked, name)))
               for name, text in (stale.theirs if stale else {}).items() if text != _mine(asked, name)],
        stale_words=stale.sentences[0] if stale else "",
        version=row.version,
        finding=FINDINGS.get(row.finding or "", ""),
        promises=[(each, promise_look(each), way("promised", found, promise=each.id))
                  for each in promises_shown(found, assessment) if each.item == code],
        promising=(promising_form or PromiseForm(formdata=None, organization=leading)) if editable else None,
        holders=[(each.id, each.short_name) for each, _leads in holders],
        photos=[each for each in found.photos if each.item == code] if visit and not _is_reader() else [],
        photo_url=lambda each: way("photo", found, n=each.n),
        problems=list(problems),
        caption=request.form.get("caption", "") if problems else "",
        present=0 if visit else sum(bool(each.present) for each in found.people),
        invited=0 if visit else len(found.people),
        minutes=_minutes(found),
        zone=zone,
        viewer_zone=actor().zone,
        limit=interviewing.TEXT_LIMIT,
        key=new_key,
        desk_url=address("desk", assessment, item=code) if writes and judges_here(actor(), assessment) else "",
        links={
            "meeting": way("meeting", found),
            "attendance": way("meeting", found, _anchor="peserta"),
            **{name: way(name, found, item=code) for name in ("note", "note_by_itself", "promise", "add_photo")},
            "end_meeting": way("end_meeting", found),
        },
    )


def _mine(form: NoteForm, name: str) -> str:
    typed = form[name].data
    return ("y" if typed else "") if name == "follow_up" else typed or ""


def _words(name: str, stored: str) -> str:
    """A part of a note as people read it."""
    if name == "follow_up":
        return "ya" if stored else "tidak"
    return FINDINGS.get(stored, stored) if name == "finding" else stored


def _shown(found: Meeting) -> set[str]:
    allowed = held_items(found.assessment)
    return {each.item for each in found.items if allowed is None or each.item in allowed}


def _is_reader() -> bool:
    """An agency: photos are not for it."""
    return actor().role in ("agency_operator", "agency_head")


def _minutes(found: Meeting) -> tuple[int, int]:
    """How long the session runs or ran, and how long it was planned, in minutes."""
    planned = round((found.ends_at - found.starts_at).total_seconds() / 60)
    if found.began_at is None:
        return 0, planned
    return max(0, round(((found.ended_at or now()) - found.began_at).total_seconds() / 60)), planned
