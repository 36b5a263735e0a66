"""The first day in an office of an agency (S09): name, contact and superior are confirmed; it can wait, and is asked again."""

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from wtforms import StringField

from assessments import introducing
from assessments.models import Account
from assessments.refusal import Refused

from ...access import actor as asking
from ...access import ask
from ...extensions import db
from ...forms import ChoiceField, Form, plain_id
from . import blueprint
from .zone import zone_choices

SOMEBODY_ELSE = "Orang lain (tulis namanya)"


class FirstDayForm(Form):
    name = StringField("Nama lengkap")
    phone = StringField("Telepon")
    zone = ChoiceField("Zona waktu")
    superior = ChoiceField("Atasan langsung")
    named = StringField("Nama atasan")


@blueprint.route("/akun/pengenalan", methods=["GET", "POST"])
def first_day():
    ask("read" if request.method != "POST" else "write", "own_account")
    user = asking()
    if not introducing.is_asked(user):
        if request.method == "POST":
            raise Refused("Hanya pejabat OPD yang memastikan atasannya.")
        return redirect(url_for("account.profile"))
    form = FirstDayForm() if request.method == "POST" else _as_it_is(user)
    _choices(form, user)
    if request.method != "POST":
        return _page(form)
    form.validate()
    try:
        introducing.confirm(
            db.session, user, name=form.name.data or "", phone=form.phone.data or "",
            superior=plain_id(form.superior.data), named=form.named.data or "", zone=form.zone.data,
        )
    except Refused as refusal:
        form.also_refused(refusal)
        if not form.errors:
            raise
    if form.errors:
        return _page(form, 422)
    db.session.commit()
    flash("Terima kasih. Nama, kontak, dan atasan Anda sudah dipastikan.")
    return redirect(url_for("account.start"))


def _choices(form: FirstDayForm, user) -> None:
    known = introducing.heads(db.session, user)
    form.zone.choices = zone_choices(user)
    if "zone" not in request.form and request.method == "POST":
        form.zone.data = db.session.get_one(Account, current_user.id).zone or ""
    form.superior.choices = {str(head.person_id): head.words for head in known} | {"": SOMEBODY_ELSE}


def _as_it_is(user) -> FirstDayForm:
    """What is known so far; where one head is known, that one."""
    account = db.session.get_one(Account, current_user.id)
    person = account.person
    done = introducing.confirmed(db.session, user)
    known = introducing.heads(db.session, user)
    picked = done.superior_id if done else known[0].person_id if known else None
    return FirstDayForm(
        formdata=None, name=person.name, phone=person.phone, zone=account.zone or "", superior=str(picked or ""),
        named=done.named if done else "",
    )


def _page(form: FirstDayForm, status: int = 200):
    if status != 200:
        db.session.rollback()
    account = db.session.get_one(Account, current_user.id)
    return make_response(render_template("account/first_day.html", form=form, email=account.email), status)
