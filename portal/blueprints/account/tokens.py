"""S12: keys for programs, each for the office its owner acts in, shown once and ended at will."""

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired

from assessments import tokens as keys
from assessments.refusal import Refused

from ... import throttling
from ...access import actor as asking
from ...access import ask
from ...extensions import db
from ...forms import ChoiceField, Form
from . import blueprint


class TokenForm(Form):
    name = StringField("Nama token", description="Program yang memakainya, misalnya “Dasbor Diskominfo”.")
    days = ChoiceField("Masa berlaku", choices={str(days): label for days, label in keys.LIFETIMES.items()}, default="90")
    password = PasswordField("Kata sandi sekarang", validators=[InputRequired("Isi kata sandi Anda sekarang.")])


@blueprint.route("/akun/token", methods=["GET", "POST"])
def tokens():
    if request.method != "POST":
        ask("read", "own_account")
        return _page(TokenForm(formdata=None))
    ask("write", "api_token")
    form = TokenForm()
    if not form.validate():
        return _page(form, status=422)
    user = asking()
    try:
        throttling.confirm(current_user.id, form.password.data, user.zone)
        _made, secret = keys.create(db.session, user, form.name.data or "", int(form.days.data))
    except Refused as refusal:
        form.refused(refusal)
        db.session.commit()  # the count of tries stays
        return _page(form, status=429 if isinstance(refusal, throttling.MustWait) else 422)
    db.session.commit()
    return _page(TokenForm(formdata=None), secret)


@blueprint.post("/akun/token/<string:token>/akhiri")
def end_token(token: str):
    ask("write", "api_token")
    ended = keys.end(db.session, asking(), token)
    name = ended.name
    db.session.commit()
    flash(f"Token “{name}” diakhiri. Program yang memakainya tidak dapat membaca lagi.")
    return redirect(url_for("account.tokens"))


def _page(form: TokenForm, secret: str = "", status: int = 200):
    page = render_template(
        "account/tokens.html",
        form=form,
        secret=secret,
        rows=[{"token": token, "alive": keys.alive(token)} for token in keys.of_account(db.session, asking())],
        zone=asking().zone,
    )
    return make_response(page, status)
