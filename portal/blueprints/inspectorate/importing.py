"""Recommendations from a file: first what it would do, then, once confirmed, all of it or nothing.

The lines that were shown travel back in the form as one signed text, as with agencies and people (S47).
"""

from dataclasses import asdict

from flask import current_app, flash, make_response, redirect, render_template, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer

from assessments.canonical import digest
from assessments.exchange.plans import Plan, Record
from assessments.exchange.recommendations import (
    COLUMNS,
    carry_out_recommendations,
    plan_recommendations,
    read_recommendations,
)
from assessments.exchange.tables import Limits, read_table
from assessments.models import Organization, Recommendation
from assessments.refusal import Refused

from ...access import actor, ask
from ...extensions import db, only_reading
from . import blueprint
from .forms import FileForm

LIMITS = Limits(bytes=600_000, rows=501, columns=20, cell=3_000, text=600_000, inflated=8_000_000)
GOOD_FOR = 3600


@blueprint.get("/tindak-lanjut/impor")
def imports():
    ask("create", Recommendation)
    return _form_page(FileForm(formdata=None))


@blueprint.post("/tindak-lanjut/impor")
def check_file():
    """What the file would do; nothing is written."""
    ask("create", Recommendation)
    form, file = FileForm(), request.files.get("file")
    if file is None or not file.filename:
        form.file.errors = ["Pilih berkas CSV atau XLSX."]
        return _form_page(form), 422
    content, name = file.read(), file.filename
    db.session.rollback()
    try:
        rows = read_table(content, name, LIMITS)
    except Refused as refusal:
        form.file.errors = list(refusal.sentences)
        return _form_page(form), 422
    records, complaints, passed_over = read_recommendations(rows)
    with only_reading():
        plan = plan_recommendations(db.session, _instansi(), records) if not complaints else Plan()
    plan.complaints[:0] = complaints
    plan.passed_over = passed_over
    return _show(name, records, plan, 422 if plan.complaints else 200)


@blueprint.post("/tindak-lanjut/impor/penerapan")
def carry_out():
    ask("create", Recommendation)
    try:
        office, name, shown, lines = _signer().loads(request.form.get("lines", ""), max_age=GOOD_FOR)
    except (BadData, ValueError):
        raise Refused("Hasil pemeriksaan berkas ini sudah kedaluwarsa. Unggah berkasnya lagi.") from None
    if office != actor().appointment_id:
        raise Refused("Berkas ini diperiksa oleh jabatan lain. Unggah berkasnya lagi.")
    records = [Record(line, cells) for line, cells in lines]
    instansi = _instansi()
    plan = plan_recommendations(db.session, instansi, records)
    if _mark(plan) != shown:
        db.session.rollback()
        flash("Ada yang berubah di portal sejak berkas diperiksa. Ini hasil pemeriksaan yang baru; belum ada yang diterapkan.",
              "warn")
        return _show(name, records, plan, 409)
    carry_out_recommendations(db.session, actor(), instansi, plan)
    db.session.commit()
    flash(f"Impor selesai: {len(plan.adds)} rekomendasi ditambahkan, {plan.same} sudah ada.")
    return redirect(url_for("inspectorate.board"))


def _instansi() -> Organization:
    return db.session.get_one(Organization, actor().instansi_id)


def _show(name: str, records: list[Record], plan: Plan, status: int):
    """What the file would do; the lines go along, signed, when all of it can be done."""
    lines = ""
    if plan.can_be_carried_out:
        sent = [[record.line, dict(record.cells)] for record in records]
        lines = _signer().dumps([actor().appointment_id, name[:120], _mark(plan), sent])
    page = render_template(
        "inspectorate/import_plan.html", name=name, plan=plan, lines=lines,
        problems=[complaint.sentence for complaint in plan.complaints],
    )
    return make_response(page, status)


def _mark(plan: Plan) -> str:
    """What a plan says, as one short text."""
    return digest(repr([asdict(step) for step in plan.adds] + [plan.same]).encode("utf-8", "surrogatepass"))[:24]


def _form_page(form: FileForm) -> str:
    return render_template("inspectorate/imports.html", form=form, columns=[names[0] for names in COLUMNS.values()])


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="recommendations")
