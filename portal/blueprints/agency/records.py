"""Evidence of one item: the record of an own application, frozen as it is now."""

from flask import abort, current_app, flash, redirect, request

from assessments import answering
from assessments.inventory import citing
from assessments.library import remember_blob
from assessments.models import Application, Blob, Document
from assessments.refusal import Refused

from ...access import actor, ask, find
from ...extensions import db
from ...forms import plain_id
from ...storage import Storage
from . import blueprint
from .answers import address
from .citations import ADDRESS
from .draft import find_answer, keep_draft, say_what_is_left
from .item_page import item_page

READ = "Terbaca, catatan inventaris"


@blueprint.post(f"{ADDRESS}/inventaris")
def attach_record(period: str, item: str):
    contribution = find_answer(period, item, to="answer")
    ask("write", Document)
    wanted = plain_id(request.form.get("application"))
    if wanted is None:
        return item_page(contribution, problems=("Pilih aplikasi dari inventaris dulu.",)), 422
    application = find(Application, id=wanted)
    if application.current_owner_id != contribution.submission.organization_id:
        abort(404)
    unstored = keep_draft(contribution)
    if unstored is not None:
        return unstored
    try:
        version = citing.record_version(db.session, application, _kept(application), actor())
        answering.cite(contribution, version, actor())
    except Refused as refusal:
        db.session.rollback()
        return item_page(find_answer(period, item), problems=refusal.sentences), 422
    url = address("item", contribution.submission, item=contribution.item, _anchor="bukti")
    name = application.name
    db.session.commit()
    flash(f"Catatan inventaris {name} dilampirkan seperti isinya sekarang. Isi bagian dan tingkat yang ditunjang.")
    say_what_is_left()
    return redirect(url)


def _kept(application: Application) -> Blob:
    """The record's text, in the store before its row is written."""
    storage: Storage = current_app.extensions["storage"]
    with storage.receive() as incoming:
        incoming.write(citing.frozen_record(application))
        kept = incoming.keep()
    return remember_blob(db.session, kept.sha256, kept.size, citing.MEDIA_TYPE, READ)
