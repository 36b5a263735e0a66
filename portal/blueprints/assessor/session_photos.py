"""Photos of a visit (S56): redrawn on their way in, seen by the panel and the team, never by an agency."""

from flask import Response, abort, current_app, flash, g, request

from assessments import filetypes, interviewing, visiting
from assessments.refusal import Refused

from ...access import actor, note
from ...downloads import SANDBOX
from ...extensions import db
from ...intake import check_form
from ...once import once
from ...uploads import accepts_upload, at_most, received
from ...visit_pictures import LARGEST_PHOTO, redrawn
from . import blueprint
from .meeting_ways import ONE, item_of, one, way
from .session_notes import note_page, parts_of


@blueprint.post(f"{ONE}/butir/<string:item>/foto")
@accepts_upload
@at_most(LARGEST_PHOTO)
def add_photo(period: str, subject: str, room: str, meeting: int, item: str):
    """Its own door first; the body is read, looked at and redrawn with no transaction open."""
    found = one(period, subject, room, meeting, to="hold_meetings")
    item_of(found, item)
    late = interviewing.why_locked(found)
    db.session.rollback()
    check_form()
    if late:
        raise Refused(late)
    sent = [file for file in request.files.getlist("files") if file.filename]
    kept, problems = [], [] if sent else [("Pilih foto dulu.", "files")]
    for file in sent:
        try:
            kept.append(redrawn(received(file), file.filename or "", current_app.extensions["storage"]))
        except Refused as refused:
            problems.append((f"{filetypes.safe_name(file.filename or '')}: {refused.sentences[0]}", "files"))
    if not kept:
        return note_page(one(period, subject, room, meeting, parts=parts_of(room)), item, problems=problems), 422
    answer = once()
    found = one(period, subject, room, meeting, to="hold_meetings", parts=("items", "photos"))
    try:
        for picture in kept:
            visiting.add_photo(found, item, actor(), picture.sha256, picture.size, request.form.get("caption", ""))
    except Refused as refused:
        if refused.field is None:
            raise
        db.session.rollback()
        problems += [(sentence, "caption") for sentence in refused.sentences]
        return note_page(one(period, subject, room, meeting, parts=parts_of(room)), item, problems=problems), 422
    for sentence, _place in problems:
        flash(sentence, "warn")
    flash(f"{len(kept)} foto disimpan.")
    return answer(way("note", found, item=item, _anchor="foto"))


@blueprint.get(f"{ONE}/foto/<int:n>")
def photo(period: str, subject: str, room: str, meeting: int, n: int):
    found = one(period, subject, room, meeting, to="read_minutes", parts=("photos",))
    wanted = next((each for each in found.photos if each.n == n), None)
    if wanted is None:
        abort(404)
    sha256 = wanted.sha256
    db.session.rollback()
    try:
        with current_app.extensions["storage"].open(sha256) as file:
            response = Response(file.read(), mimetype="image/jpeg")
    except OSError as error:
        raise Refused("Foto ini hilang di penyimpanan. Sampaikan kepada pengelola sistem.") from error
    response.set_etag(sha256[:32])
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if sha256[:32] not in request.if_none_match:
        note(actor(), "preview", f"meeting_photo:{meeting}/{n}", "allowed")
    g.kept_but_asked_for = True
    return response.make_conditional(request.environ)
