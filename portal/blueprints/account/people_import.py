"""Agencies and users from a file (S47): first what it would do, then, once confirmed, all of it or nothing.

The lines that were shown travel back in the form as one signed text: nothing waits on the server between the two steps,
and what is confirmed is what was shown. When the portal changed in between, the new plan is shown instead.
"""

from dataclasses import asdict

from flask import current_app, flash, make_response, redirect, render_template, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer
from wtforms import FileField, RadioField
from wtforms.validators import InputRequired

from assessments.canonical import digest
from assessments.clock import today
from assessments.exchange.organizations import carry_out_organizations, plan_organizations, read_organizations
from assessments.exchange.people import carry_out_people, newcomers, plan_people, read_people
from assessments.exchange.plans import Plan, Record
from assessments.exchange.tables import Limits, read_table
from assessments.models import Account, Appointment, Organization
from assessments.refusal import Refused

from ... import passwords
from ...access import actor as asking
from ...access import ask
from ...extensions import db, only_reading
from ...forms import Form
from . import blueprint
from .person import shown_once

KINDS = {"organisasi": "Organisasi (OPD dan unit kerja)", "pengguna": "Pengguna dan jabatan"}
# An ordinary form is small; a list of a thousand agencies is a tenth of this.
LIMITS = Limits(bytes=900_000, rows=1_100, columns=30, cell=1_000, text=1_000_000, inflated=8_000_000)
GOOD_FOR = 3600


class ImportForm(Form):
    kind = RadioField(
        "Isi berkas", choices=KINDS, default="organisasi", validators=[InputRequired("Pilih isi berkas.")]
    )
    file = FileField("Berkas CSV atau XLSX")


@blueprint.route("/kelola/impor", methods=["GET", "POST"])
def imports():
    _ask()
    form = ImportForm()
    if request.method != "POST":
        return render_template("account/imports.html", form=form)
    file = request.files.get("file")
    if not form.validate() or file is None or not file.filename:
        if file is None or not file.filename:
            form.file.errors = ["Pilih berkas CSV atau XLSX."]
        return _again(form)
    kind, content, name = form.kind.data, file.read(), file.filename
    db.session.rollback()
    try:
        rows = read_table(content, name, LIMITS)
    except Refused as refusal:
        form.file.errors = list(refusal.sentences)
        return _again(form)
    records, complaints, passed_over = (read_organizations if kind == "organisasi" else read_people)(rows)
    with only_reading():
        plan = _plan(kind, records) if not complaints else Plan()
    plan.complaints[:0] = complaints
    plan.passed_over = passed_over
    return _show(kind, name, records, plan)


@blueprint.post("/kelola/impor/penerapan")
def carry_out():
    _ask()
    try:
        kind, office, name, shown, lines = _signer().loads(request.form.get("lines", ""), max_age=GOOD_FOR)
    except (BadData, ValueError):
        raise Refused("Hasil pemeriksaan berkas ini sudah kedaluwarsa. Unggah berkasnya lagi.") from None
    if office != asking().appointment_id:
        raise Refused("Berkas ini diperiksa oleh jabatan lain. Unggah berkasnya lagi.")
    records = [Record(line, cells) for line, cells in lines]
    db.session.rollback()
    with only_reading():
        names = newcomers(_plan(kind, records)) if kind == "pengguna" else []
        db.session.rollback()
    first = {username: passwords.generated() for username in names}
    hashes = {username: passwords.hashed(password) for username, password in first.items()}
    _ask()
    plan = _plan(kind, records)
    if _mark(plan) != shown or set(names) != set(newcomers(plan) if kind == "pengguna" else []):
        db.session.rollback()
        flash("Ada yang berubah di portal sejak berkas diperiksa. Ini hasil pemeriksaan yang baru; belum ada yang diterapkan.",
              "warn")
        return _show(kind, name, records, plan, 409)
    instansi = db.session.get_one(Organization, asking().instansi_id)
    if kind == "organisasi":
        carry_out_organizations(db.session, asking(), instansi, plan, today(instansi.clock_zone))
        db.session.commit()
        flash(f"Impor selesai: {len(plan.adds)} ditambahkan, {len(plan.changes)} diubah, {plan.same} tidak berubah.")
        return redirect(url_for("account.organizations"))
    made = carry_out_people(db.session, asking(), instansi, plan, hashes)
    db.session.commit()
    flash(f"Impor selesai: {len(plan.adds)} jabatan baru dengan akun baru, {len(plan.changes)} perubahan, {plan.same} tetap.")
    if not made:
        return redirect(url_for("account.people"))
    return shown_once([(account, first[account.username]) for account in made])


def _ask() -> None:
    """Writing organizations, accounts and offices: an import may do all three."""
    for kind in (Organization, Account, Appointment):
        ask("write", kind)


def _plan(kind: str, records: list[Record]) -> Plan:
    instansi = db.session.get_one(Organization, asking().instansi_id)
    if kind == "organisasi":
        return plan_organizations(db.session, instansi, records)
    return plan_people(db.session, instansi, asking(), records)


def _show(kind: str, name: str, records: list[Record], plan: Plan, status: int | None = None):
    """What the file would do; the lines go along, signed, when all of it can be done."""
    lines = ""
    if plan.can_be_carried_out:
        sent = [[record.line, dict(record.cells)] for record in records]
        lines = _signer().dumps([kind, asking().appointment_id, name[:120], _mark(plan), sent])
    page = render_template(
        "account/import_plan.html", kind=kind, words=KINDS[kind], name=name, plan=plan, lines=lines,
        problems=[complaint.sentence for complaint in plan.complaints],
    )
    return make_response(page, status or (422 if plan.complaints else 200))


def _mark(plan: Plan) -> str:
    """What a plan says, as one short text."""
    return digest(repr([asdict(step) for step in (*plan.adds, *plan.changes)] + [plan.same]).encode())[:24]


def _again(form: ImportForm):
    db.session.rollback()
    return make_response(render_template("account/imports.html", form=form), 422)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="import")
