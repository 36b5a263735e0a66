"""publiccode.yml into a record: first what it would change, then, once confirmed, all of it or nothing.

What is confirmed travels back in the form as one signed text, with the version of the record it was compared with.
"""

from flask import current_app, flash, make_response, redirect, render_template, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer

from assessments.inventory import publiccode
from assessments.inventory.keeping import change
from assessments.models import Application
from assessments.refusal import Refused, Stale

from ...access import actor, find
from ...extensions import db
from . import blueprint
from .forms import FileForm
from .record import ONE, record_page

GOOD_FOR = 3600


@blueprint.post(f"{ONE}/publiccode")
def take_publiccode(id: int):
    """A file: what it would change. The signed text of what was shown: it is carried out."""
    found = find(Application, id=id, to="write")
    if "lines" in request.form:
        return _carry_out(found)
    form, file = FileForm(), request.files.get("file")
    try:
        if file is None or not file.filename:
            raise Refused("Pilih berkas publiccode.yml.", field="file")
        address = current_app.config["SETTINGS"].address + url_for("public.application", slug=found.slug)
        plan = publiccode.proposed(found, file.read(publiccode.LIMIT + 1), address)
    except Refused as refusal:
        form.file.errors = list(refusal.sentences)
        db.session.rollback()
        return _record_again(id, form), 422
    lines = ""
    if plan.can_be_carried_out:
        lines = _signer().dumps([actor().appointment_id, id, found.version, plan.values, plan.details])
    page = render_template(
        "inventory/publiccode_plan.html", one=found, name=file.filename[:120], plan=plan, lines=lines,
        problems=[sentence for _label, sentence in plan.refused],
    )
    return make_response(page, 422 if plan.refused else 200)


def _carry_out(found: Application):
    try:
        office, record, version, values, details = _signer().loads(request.form["lines"], max_age=GOOD_FOR)
    except (BadData, ValueError):
        raise Refused("Hasil pemeriksaan berkas ini sudah kedaluwarsa. Unggah berkasnya lagi.") from None
    if (office, record) != (actor().appointment_id, found.id):
        raise Refused("Berkas ini diperiksa untuk catatan atau jabatan lain. Unggah berkasnya lagi.")
    try:
        changed = change(found, actor(), values, details or None, version)
    except Stale:
        form = FileForm(formdata=None)
        form.file.errors = ["Catatan ini diubah sesudah berkas diperiksa. Belum ada yang diterapkan; unggah berkasnya lagi."]
        db.session.rollback()
        return _record_again(record, form), 409
    db.session.commit()
    flash("Isi publiccode.yml masuk ke catatan." if changed else "Isi publiccode.yml sama dengan catatan.")
    return redirect(url_for("inventory.record", id=record))


def _record_again(id: int, form: FileForm) -> str:
    return record_page(find(Application, id=id, to="write"), parts={"publiccode": form})


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="publiccode")
