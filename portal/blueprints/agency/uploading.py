"""S24: files that come in piece by piece (tus), and the queue of them.

A piece reads its right, ends that transaction, streams to the disk, and only then writes one short row. The whole of it
happens while the partial file is held, so that two who send the same piece cannot meet.
"""

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from assessments import filetypes, library, uploading
from assessments.clock import now
from assessments.models import Assessment, Contribution, Document, Organization, Period, Submission, Upload
from assessments.refusal import Refused
from assessments.workflow import Look

from ... import evidence_jobs, quota, tus
from ...access import actor, ask, find, listing, may
from ...arrivals import kind_of
from ...extensions import db, only_reading
from ...intake import check_form
from ...partial import Busy, Damaged, Gone, Lost, Partial, PartialFiles, TooMuch, new_name
from ...storage import Kept, TooLarge
from ...uploads import accepts_upload, takes
from . import blueprint
from .answers import address

ONE = "/unggahan/<string:id>"
SHOWN = 200
LOOKS = {
    "receiving": Look("Belum selesai", "work", "half"),
    "complete": Look("Selesai", "ok", "check"),
    "refused": Look("Ditolak", "bad", "warning"),
}
PROTOCOL = {"agency.upload_options", "agency.begin_upload", "agency.upload_progress", "agency.upload_piece", "agency.end_upload"}


def partials() -> PartialFiles:
    return PartialFiles(current_app.extensions["storage"])


@blueprint.after_request
def _speak_tus(response: Response) -> Response:
    if request.endpoint in PROTOCOL:
        response.headers["Tus-Resumable"] = tus.VERSION
    return response


@blueprint.route("/unggahan", methods=["OPTIONS"], provide_automatic_options=False)
def upload_options():
    return tus.answer(204, tus.capabilities(current_app.config["EVIDENCE_MAX_BYTES"]))


@blueprint.route("/unggahan", methods=["POST"], provide_automatic_options=False)
def begin_upload():
    """A file is announced: what for, its name and length; it is refused now where that can be known."""
    said = tus.metadata()
    answer, replaces = _target(said)
    tus.only_this_version()
    length = tus.announced_length()
    if answer is not None:
        organization = answer.submission.organization_id
    else:
        organization = replaces.owner_org_id if replaces is not None else actor().organization_id
    try:
        name = _name(said.get("filename", ""), length)
        # Two that begin at once are counted one after the other.
        db.session.scalar(select(Organization.id).where(Organization.id == organization).with_for_update(key_share=True))
        fingerprint = _fingerprint(said)
        upload = uploading.begun_already(
            db.session, organization, fingerprint=fingerprint, length=length, contribution=answer, replaces=replaces
        )
        if upload is None:
            quota.demand(db.session, organization, length)
            upload = uploading.begin(
                db.session, actor(), organization, id=new_name(), file_name=name, length=length, fingerprint=fingerprint,
                contribution=answer, replaces=replaces,
            )
    except Refused as refusal:
        too_much = isinstance(refusal, (TooLarge, quota.NoRoom))
        db.session.rollback()
        tus.refuse(413 if too_much else 422, refusal.sentences[0])
    headers = tus.progress(_durable(upload), upload.length, upload.expires_at)
    headers["Location"] = url_for("agency.upload_piece", id=upload.id)
    db.session.commit()
    return tus.answer(201, headers)


def _target(said: dict[str, str]) -> tuple[Contribution | None, Document | None]:
    """What the file is for; whoever may not write that is told at this door."""
    if "document" in said:
        text = said["document"]
        plain = text.isascii() and text.isdigit() and len(text) < 11
        return None, find(Document, id=int(text) if plain else 0, to="write")
    if "item" in said or "period" in said:
        ask("write", Document)
        return find(Contribution, period=said.get("period", ""), item=said.get("item", ""), organization="", to="answer"), None
    ask("write", Document)
    return None, None


def _name(sent: str, length: int) -> str:
    """A name to keep; refuses by name and length what would be refused at the end anyway."""
    most = current_app.config["EVIDENCE_MAX_BYTES"]
    name = filetypes.safe_name(sent)
    filetypes.named(name, current_app.config["EVIDENCE_KINDS"])
    if length == 0:
        raise Refused("Berkas kosong (0 byte). Buka berkas aslinya, simpan ulang, lalu unggah lagi.")
    if length > most:
        raise TooLarge(most)
    return name


def _fingerprint(said: dict[str, str]) -> str | None:
    """How the sender's device knows the file again; only plain signs are kept."""
    text = said.get("fingerprint", "")
    return text if text.isascii() and text.replace("-", "").isalnum() and len(text) <= 200 else None


def _durable(upload: Upload) -> int:
    """How much of it is surely there: what the row says, as far as the disk agrees."""
    if upload.state != "receiving":
        return upload.received
    return min(upload.received, partials().size(upload.id))


def _still_open(upload: Upload) -> None:
    if upload.state == "refused":
        tus.refuse(410, upload.note or "Berkas ini ditolak.", tus.outcome("refused", upload.note))
    if upload.state == "receiving" and upload.expires_at <= now():
        tus.refuse(410, "Unggahan ini sudah kedaluwarsa. Mulai lagi dari awal.")


@blueprint.route(ONE, methods=["HEAD"], provide_automatic_options=False)
def upload_progress(id: str):
    upload = find(Upload, id=id)
    tus.only_this_version()
    _still_open(upload)
    expires = upload.expires_at if upload.state == "receiving" else None
    headers = tus.progress(_durable(upload), upload.length, expires) | tus.outcome(upload.state, upload.note)
    return tus.answer(200, headers | {"Cache-Control": "no-store"})


@blueprint.route(ONE, methods=["PATCH"], provide_automatic_options=False)
@takes(tus.PIECE_TYPE)
@accepts_upload
def upload_piece(id: str):
    with only_reading():
        find(Upload, id=id, to="write")  # the door: nothing is held while the body is read
        db.session.rollback()
    check_form()
    tus.only_this_version()
    offset, checksum = tus.offset(), tus.checksum()
    try:
        with partials().held(id) as partial:
            return _piece(id, partial, offset, checksum)
    except Busy:
        tus.refuse(423, "Bagian berkas ini sedang diterima.")
    except TooMuch:
        tus.refuse(413, "Kiriman melebihi panjang berkas yang disebut di awal.")
    except Damaged:
        tus.refuse(460, "Bagian berkas rusak di jalan, kirim lagi bagian ini.")
    except Lost as lost:
        tus.refuse(409, "Bagian ini bukan lanjutan dari yang sudah tersimpan.", {"Upload-Offset": str(lost.size)})
    except Gone:
        tus.refuse(404, "Unggahan ini sudah dihapus.")


def _piece(id: str, partial: Partial, offset: int, checksum):
    with only_reading():
        upload = find(Upload, id=id, to="write")
        _still_open(upload)
        there, length, name, state = _durable(upload), upload.length, upload.file_name, upload.state
        db.session.rollback()
    if offset != there:
        tus.refuse(409, "Bagian ini bukan lanjutan dari yang sudah tersimpan.", {"Upload-Offset": str(there)})
    if state == "complete":  # the answer to the last piece got lost; nothing is done twice
        partial.remove()
        return _told(id)
    if (request.content_length or 0) > length - offset:
        raise TooMuch
    received = partial.append(offset, tus.pieces(), length, checksum)
    if received < length:
        upload = _mine(id)
        uploading.grown(upload, received)
        headers = tus.progress(received, length, upload.expires_at)
        db.session.commit()
        return tus.answer(204, headers)
    return _last_piece(id, partial, name, length)


def _last_piece(id: str, partial: Partial, name: str, length: int):
    """All of it is on the disk: look at it, keep it under its hash, and only then write its rows."""
    refusal, kind = None, None
    storage = current_app.extensions["storage"]
    with partial.read() as file:
        try:
            kind = filetypes.identify(file, name, current_app.config["EVIDENCE_KINDS"])
        except Refused as error:
            refusal = error.sentences[0]
    if kind is not None:
        kept = Kept(partial.sha256(), length)
        partial.give_to(storage, kept)
    upload = _mine(id)
    if kind is None:
        uploading.refuse(upload, refusal)
    else:
        blob = library.remember_blob(db.session, kept.sha256, kept.size, kind.media_type)
        uploading.finish(upload, actor(), blob, kind_of(kind))
        evidence_jobs.ask_to_read(db.session, blob)
    db.session.commit()
    partial.remove()
    return _told(id)


def _mine(id: str) -> Upload:
    """The row, to be written now; it may have been taken away meanwhile."""
    uploading.hold(db.session, id)
    return find(Upload, id=id, to="write")


def _told(id: str) -> Response:
    with only_reading():
        upload = find(Upload, id=id)
        _still_open_or_refused(upload)
        headers = tus.progress(upload.received, upload.length, None) | tus.outcome(upload.state, upload.note)
        db.session.rollback()
    return tus.answer(204, headers)


def _still_open_or_refused(upload: Upload) -> None:
    if upload.state == "refused":
        tus.refuse(422, upload.note or "Berkas ini ditolak.", tus.outcome("refused", upload.note))


@blueprint.route(ONE, methods=["DELETE"], provide_automatic_options=False)
def end_upload(id: str):
    upload = find(Upload, id=id, to="write")
    tus.only_this_version()
    _forget(upload)
    return tus.answer(204)


def _forget(upload: Upload) -> str:
    """Out of the queue; what became a document stays one."""
    name, id = upload.file_name, upload.id
    db.session.delete(upload)
    db.session.commit()
    partials().remove(id)
    return name


@blueprint.get("/bukti/unggahan")
def uploads():
    """The queue: what is coming in, what came, what was refused."""
    ask("read", Upload)
    rows = db.session.scalars(
        listing(Upload)
        .options(
            joinedload(Upload.by),
            joinedload(Upload.organization).joinedload(Organization.states),
            joinedload(Upload.document),
            joinedload(Upload.replaces),
            joinedload(Upload.contribution)
            .joinedload(Contribution.submission)
            .options(
                joinedload(Submission.assessment).joinedload(Assessment.period).joinedload(Period.instrument_copy),
                joinedload(Submission.organization).joinedload(Organization.states),
            ),
        )
        .order_by(Upload.began_at.desc(), Upload.id)
        .limit(SHOWN)
    ).unique().all()
    files = partials()
    shown = [_row(upload, files.size(upload.id)) for upload in rows]
    return render_template(
        "agency/uploads.html",
        coming=[row for row in shown if row["upload"].state == "receiving"],
        over=[row for row in shown if row["upload"].state != "receiving"],
        own=may("write", Document),
        several=actor().role not in ("agency_operator", "agency_head"),
        kinds=filetypes.labels(current_app.config["EVIDENCE_KINDS"]),
        accept=filetypes.accept_attribute(current_app.config["EVIDENCE_KINDS"]),
        most=current_app.config["EVIDENCE_MAX_BYTES"],
        token=generate_csrf(),
        zone=actor().zone,
    )


def _row(upload: Upload, on_disk: int) -> dict:
    answer = upload.contribution
    item = answer.submission.period.instrument.item(answer.item) if answer is not None else None
    received = min(upload.received, on_disk) if upload.state == "receiving" else upload.received
    return {
        "upload": upload,
        "look": LOOKS[upload.state],
        "received": received,
        "percent": received * 100 // upload.length,
        "ended": upload.state == "receiving" and upload.expires_at <= now(),
        "item": item,
        "place": address("item", answer.submission, item=answer.item, _anchor="bukti") if answer is not None else "",
        "period": answer.submission.period if answer is not None else None,
    }


@blueprint.post("/bukti/unggahan/<string:id>/hapus")
def remove_upload(id: str):
    name = _forget(find(Upload, id=id, to="write"))
    flash(f"{name} dihapus dari antrean. Dokumen yang sudah ada di pustaka tetap ada.")
    return redirect(url_for("agency.uploads"))
