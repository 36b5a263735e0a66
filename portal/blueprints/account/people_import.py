"""Agencies and users from a file (S47): first what it would do, then, once confirmed, all of it or nothing.

The lines that were shown travel back in the form as one signed text: nothing waits on the server between the two steps,
and what is confirmed is what was shown. When the portal changed in between, the new plan is shown instead.
"""

from dataclasses import asdict

from flask import current_app, flash, make_response, redirect, render_template, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer
from wtforms import BooleanField, FileField, RadioField
from wtforms.validators import InputRequired

from assessments.canonical import digest
from assessments.clock import today
from assessments.exchange.organizations import carry_out_organizations, plan_organizations, read_organizations
from assessments.exchange.people import carry_out_people, newcomers, plan_people, read_people, without_letter
from assessments.exchange.plans import Plan, Record
from assessments.exchange.tables import Limits, read_table
from assessments.models import Account, Appointment, Organization
from assessments.refusal import Refused

from ... import passwords
from ...access import actor as asking
from ...access import ask
from ...extensions import db, only_reading
from ...forms import Form
from ...invitations import invite_all
from . import blueprint
from .person import shown_once

KINDS = {"organisasi": "Organisasi (OPD dan unit kerja)", "pengguna": "Pengguna dan jabatan"}
# An ordinary form is small; a list of a thousand agencies is a tenth of this.
LIMITS = Limits(bytes=900_000, rows=5_100, columns=30, cell=1_000, text=1_000_000, inflated=8_000_000)
GOOD_FOR = 3600


class ImportForm(Form):
    kind = RadioField(
        "Isi berkas", choices=KINDS, default="organisasi", validators=[InputRequired("Pilih isi berkas.")]
    )
    file = FileField("Berkas CSV atau XLSX")
    invite = BooleanField("Kirim undangan dengan tautan sekali pakai ke surel setiap akun baru")


@blueprint.route("/kelola/impor", methods=["GET", "POST"])
def imports():
    _ask()
    form = ImportForm()
    if request.method != "POST":
        return _form(form)
    file = request.files.get("file")
    if not form.validate() or file is None or not file.filename:
        if file is None or not file.filename:
            form.file.errors = ["Pilih berkas CSV atau XLSX."]
        return _again(form)
    kind, content, name, invite = form.kind.data, file.read(), file.filename, form.invite.data and _sends()
    db.session.rollback()
    try:
        rows = read_table(content, name, LIMITS)
    except Refused as refusal:
        form.file.errors = list(refusal.sentences)
        return _again(form)
    records, complaints, passed_over = (read_organizations if kind == "organisasi" else read_people)(rows)
    with only_reading():
        plan = _plan(kind, records) if not complaints else Plan()
        if kind == "pengguna" and not complaints:
            without_letter(plan, newcomers(plan), invite)
    plan.complaints[:0] = complaints
    plan.passed_over = passed_over
    return _show(kind, name, records, plan, invite=invite)


@blueprint.post("/kelola/impor/penerapan")
def carry_out():
    _ask()
    try:
        kind, office, name, shown, lines, invite = _signer().loads(request.form.get("lines", ""), max_age=GOOD_FOR)
    except (BadData, ValueError):
        raise Refused("Hasil pemeriksaan berkas ini sudah kedaluwarsa. Unggah berkasnya lagi.") from None
    if office != asking().appointment_id:
        raise Refused("Berkas ini diperiksa oleh jabatan lain. Unggah berkasnya lagi.")
    records = [Record(line, cells) for line, cells in lines]
    db.session.rollback()
    with only_reading():
        plan = _plan(kind, records)
        names = newcomers(plan) if kind == "pengguna" else []
        on_paper = without_letter(plan, names, invite)
        db.session.rollback()
    first = {username: passwords.generated() for username in on_paper}
    hashes = {username: passwords.hashed(password) for username, password in first.items()}
    _ask()
    plan = _plan(kind, records)
    if _mark(plan) != shown or set(names) != set(newcomers(plan) if kind == "pengguna" else []):
        db.session.rollback()
        flash("Ada yang berubah di portal sejak berkas diperiksa. Ini hasil pemeriksaan yang baru; belum ada yang diterapkan.",
              "warn")
        return _show(kind, name, records, plan, 409, invite)
    instansi = db.session.get_one(Organization, asking().instansi_id)
    if kind == "organisasi":
        carry_out_organizations(db.session, asking(), instansi, plan, today(instansi.clock_zone))
        db.session.commit()
        flash(f"Impor selesai: {len(plan.adds)} ditambahkan, {len(plan.changes)} diubah, {plan.same} tidak berubah.")
        return redirect(url_for("account.organizations"))
    made = carry_out_people(db.session, asking(), instansi, plan, hashes)
    invited = [account for account in made if account.username not in first]
    invite_all(db.session, invited, asking())
    db.session.commit()
    flash(f"Impor selesai: {len(plan.adds)} jabatan baru dengan akun baru, {len(plan.changes)} perubahan, {plan.same} tetap.")
    if invited:
        flash(f"{len(invited)} undangan dikirim bertahap ke surel masing-masing.")
    if not first:
        return redirect(url_for("account.invitations") if invited else url_for("account.people"))
    return shown_once([(account, first[account.username]) for account in made if account.username in first])


def _ask() -> None:
    """Writing organizations, accounts and offices: an import may do all three."""
    for kind in (Organization, Account, Appointment):
        ask("write", kind)


def _plan(kind: str, records: list[Record]) -> Plan:
    instansi = db.session.get_one(Organization, asking().instansi_id)
    if kind == "organisasi":
        return plan_organizations(db.session, instansi, records)
    return plan_people(db.session, instansi, asking(), records)


def _show(kind: str, name: str, records: list[Record], plan: Plan, status: int | None = None, invite: bool = False):
    """What the file would do; the lines go along, signed, when all of it can be done."""
    lines = ""
    if plan.can_be_carried_out:
        sent = [[record.line, dict(record.cells)] for record in records]
        lines = _signer().dumps([kind, asking().appointment_id, name[:120], _mark(plan), sent, invite])
    page = render_template(
        "account/import_plan.html", kind=kind, invite=invite, words=KINDS[kind], name=name, plan=plan, lines=lines,
        problems=[complaint.sentence for complaint in plan.complaints],
    )
    return make_response(page, status or (422 if plan.complaints else 200))


def _mark(plan: Plan) -> str:
    """What a plan says, as one short text."""
    return digest(repr([asdict(step) for step in (*plan.adds, *plan.changes)] + [plan.same]).encode())[:24]


def _again(form: ImportForm):
    db.session.rollback()
    return make_response(_form(form), 422)


def _form(form: ImportForm) -> str:
    return render_template("account/imports.html", form=form, sends=_sends())


def _sends() -> bool:
    return current_app.config["SETTINGS"].sends_mail


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="import")
