"""The own account (S12): name, phone, e-mail, the clock that is read, password, offices."""

from datetime import timedelta

from flask import current_app, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired

from assessments import introducing, staffing
from assessments.clock import now
from assessments.models import Account, Appointment
from assessments.refusal import Refused

from ... import passwords, signing_in, throttling
from ...access import actor as asking
from ...access import ask, may
from ...extensions import db
from ...forms import Form
from ...signing_in import offices_of
from . import blueprint
from .sessions import sessions_of
from .start import changes_of
from .zone import ZoneForm, zone_form

SHOWN_FOR = timedelta(days=366)
LONG = "Paling sedikit 12 karakter. Spasi, huruf apa pun, dan tempel dari pengelola kata sandi boleh."


class PersonForm(Form):
    name = StringField("Nama lengkap")
    phone = StringField("Telepon")


class EmailForm(Form):
    email = StringField("Surel")
    password = PasswordField("Kata sandi sekarang", validators=[InputRequired("Isi kata sandi Anda sekarang.")])


class PasswordForm(Form):
    password = PasswordField("Kata sandi sekarang", validators=[InputRequired("Isi kata sandi Anda sekarang.")])
    fresh = PasswordField("Kata sandi baru", validators=[InputRequired("Isi kata sandi baru.")])
    again = PasswordField(
        "Ketik lagi kata sandi baru", validators=[EqualTo("fresh", "Kedua kata sandi baru tidak sama.")]
    )


@blueprint.before_app_request
def first_ones_own_password():
    """A first password opens one page only: the one where it is replaced."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or getattr(view, "is_public", False) or request.endpoint in current_app.config["OPEN_ENDPOINTS"]:
        return None
    if request.endpoint == "account.password" or not current_user.is_authenticated:
        return None
    if not current_user.must_change_password:
        return None
    if request.method in ("GET", "HEAD") and not signing_in.wants_json():
        return redirect(url_for("account.password"))
    raise Refused("Ganti dulu kata sandi awal Anda, baru halaman lain dapat dipakai.")


@blueprint.get("/akun")
def profile():
    ask("read", "own_account")
    return profile_page()


@blueprint.post("/akun")
def introduce():
    ask("write", "own_account")
    form = PersonForm()
    account = db.session.get_one(Account, current_user.id)
    try:
        staffing.introduce(account.person, form.name.data, form.phone.data)
    except Refused as refusal:
        form.refused(refusal)
        return profile_page(person_form=form, status=422)
    db.session.commit()
    flash("Nama dan telepon tersimpan.")
    return redirect(url_for("account.profile"))


@blueprint.post("/akun/surel")
def email():
    ask("write", "own_account")
    form = EmailForm()
    if not form.validate():
        return profile_page(email_form=form, status=422)
    try:
        # What is wrong with the address is said before the password counts as an attempt.
        staffing.free_email(db.session, form.email.data or "", db.session.get(Account, current_user.id))
        account = throttling.confirm(current_user.id, form.password.data, asking().zone)
        changed = staffing.change_email(db.session, account, form.email.data or "", asking())
    except Refused as refusal:
        form.refused(refusal)
        return profile_page(email_form=form, status=429 if isinstance(refusal, throttling.MustWait) else 422)
    db.session.commit()
    flash("Surel tersimpan. Perubahan ini dicatat dan tampil di beranda Anda." if changed else "Surel tidak berubah.")
    return redirect(url_for("account.profile"))


@blueprint.post("/akun/zona")
def choose_zone():
    ask("write", "own_account")
    form = zone_form(sent=True)
    if not form.validate():
        return profile_page(zone=form, status=422)
    introducing.choose_zone(db.session.get_one(Account, current_user.id), form.zone.data)
    db.session.commit()
    flash("Zona waktu tersimpan.")
    return redirect(url_for("account.profile"))


@blueprint.route("/akun/kata-sandi", methods=["GET", "POST"])
def password():
    if request.method != "POST":
        ask("read", "own_account")
        return _password_page(PasswordForm())
    ask("write", "own_password")
    form = PasswordForm()
    if not form.validate():
        return _password_page(form, 422)
    account = db.session.get_one(Account, current_user.id)
    user = asking()
    too_easy = passwords.complaints(
        form.fresh.data,
        [account.username, account.email, account.person.name, account.person.nip, user.organization_name,
         current_app.config["INSTITUTION_NAME"]],
    )
    if too_easy or form.fresh.data == form.password.data:
        form.fresh.errors = too_easy or ["Kata sandi baru sama dengan yang sekarang."]
        return _password_page(form, 422)
    db.session.rollback()
    fresh = passwords.hashed(form.fresh.data)
    try:
        account = throttling.confirm(current_user.id, form.password.data, user.zone)
    except Refused as refusal:
        form.refused(refusal)
        return _password_page(form, 429 if isinstance(refusal, throttling.MustWait) else 422)
    # Every session ends, this one too; a new one begins, so that a copied cookie is worth nothing.
    staffing.change_password(db.session, account, fresh, user)
    signing_in.sign_in(account, user.appointment_id)
    db.session.commit()
    flash("Kata sandi diganti. Sesi lain dengan akun ini sudah ditutup.")
    return redirect(url_for("account.start"))


def profile_page(
    person_form: PersonForm | None = None, email_form: EmailForm | None = None, zone: ZoneForm | None = None, status: int = 200
):
    """S12; the form that was refused shows what was typed, the others what is kept."""
    if status != 200:
        db.session.rollback()
    account = db.session.get_one(Account, current_user.id)
    person = account.person
    return make_response(
        render_template(
            "account/profile.html",
            form=next((form for form in (person_form, email_form, zone) if form is not None and form.errors), None),
            account=account,
            person_form=person_form or PersonForm(formdata=None, name=person.name, phone=person.phone),
            email_form=email_form or EmailForm(formdata=None, email=account.email),
            zone_form=zone or zone_form(account.zone),
            offices=offices_of(account.person_id),
            changes=changes_of(account.id, now() - SHOWN_FOR),
            sessions=sessions_of(account.id),
            zone=asking().zone,
            may_lend=may("delegate", Appointment),
        ),
        status,
    )


def _password_page(form: PasswordForm, status: int = 200):
    db.session.rollback()
    page = render_template("account/password.html", form=form, first=current_user.must_change_password, help=LONG)
    return make_response(page, status)
