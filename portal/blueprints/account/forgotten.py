"""A forgotten password and an invitation (S08, S09): asking for a link, and choosing a password by one."""

from flask import current_app, flash, g, make_response, redirect, render_template, request, url_for
from sqlalchemy import or_, select
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired

from assessments import linking, staffing
from assessments.actors import Actor
from assessments.clock import now
from assessments.models import AccessLog, Account, Person
from assessments.texts import UNSHOWABLE, folded

from ... import passwords, throttling
from ...access import ask, public
from ...extensions import db, only_reading
from ...formatting import clock
from ...forms import Form
from ...jobs import enqueue
from . import blueprint
from .profile import LONG


class ForgottenForm(Form):
    username = StringField("NIP, nama pengguna, atau surel", validators=[InputRequired("Isi NIP, nama pengguna, atau surel.")])


class ChosenForm(Form):
    fresh = PasswordField("Kata sandi baru", validators=[InputRequired("Isi kata sandi baru.")])
    again = PasswordField("Ketik lagi kata sandi baru", validators=[EqualTo("fresh", "Kedua kata sandi baru tidak sama.")])


@blueprint.route("/sandi/lupa", methods=["GET", "POST"])
@public
def forgotten():
    """The same answer after the same work for every name: whether there is such an account is looked at by the worker."""
    ask("use", "one_time_link")
    form = ForgottenForm()
    if request.method != "POST" or not current_app.config["SETTINGS"].sends_mail:
        return _ask_page(form if request.method == "POST" else ForgottenForm(formdata=None))
    if not form.validate():
        return _ask_page(form, 422)
    until = throttling.take_forgotten(db.session, folded(form.username.data), request.remote_addr)
    if until is None:
        enqueue(db.session, "forgotten_password", {"account": _account_named(form.username.data)})
    db.session.commit()
    if until is not None:
        at = clock(until, current_app.config["INSTITUTION_ZONE"])
        form.username.errors = [f"Terlalu banyak permintaan dari tempat ini. Anda dapat meminta lagi sesudah pukul {at}."]
        response = _ask_page(form, 429)
        response.headers["Retry-After"] = str(max(1, round((until - now()).total_seconds())))
        return response
    return redirect(url_for("account.forgotten", terkirim=1))


@blueprint.route("/sandi/<string:token>", methods=["GET", "POST"])
@public
def choose_password(token: str):
    """Looking uses nothing up; the link ends when a password was chosen."""
    ask("use", "one_time_link")
    hashed, form = linking.token_hash(token), ChosenForm()
    link = linking.living(db.session, hashed)
    if link is None:
        return _over()
    if request.method != "POST":
        return _choose_page(link, ChosenForm(formdata=None))
    if not form.validate():
        return _choose_page(link, form, 422)
    too_easy = passwords.complaints(form.fresh.data, _names_of(link.account))
    if too_easy:
        form.fresh.errors = too_easy
        return _choose_page(link, form, 422)
    db.session.rollback()
    stored = passwords.hashed(form.fresh.data)
    link = linking.living(db.session, hashed, to_use=True)
    if link is None:
        return _over()
    account = link.account
    owner = Actor(account_id=account.id, person_id=account.person_id, person_name=account.person.name, signed_in=True)
    db.session.info["actor"] = owner
    staffing.change_password(db.session, account, stored, owner)
    db.session.add(
        AccessLog(
            account_id=account.id, action="password_by_link", thing=f"account:{account.id}", outcome="done",
            address=request.remote_addr, request_id=g.get("request_id"),
        )
    )
    db.session.commit()
    flash("Kata sandi tersimpan. Masuk dengan kata sandi baru Anda.")
    return _hidden(redirect(url_for("account.sign_in")))


def _account_named(typed: str) -> int | None:
    """By NIP, user name or e-mail; look-alikes are somebody else, and so nobody. One statement whatever was typed."""
    name, nip = folded(typed), "".join(typed.split())
    if UNSHOWABLE.search(typed):
        name = nip = ""
    by_name = or_(Account.username_folded == name, Account.email_folded == name)
    return db.session.scalar(
        select(Account.id).join(Account.person).where(or_(by_name, Person.nip == nip), Account.active).limit(1)
    )


def _names_of(account: Account) -> list[str | None]:
    person = account.person
    return [account.username, account.email, person.name, person.nip, current_app.config["INSTITUTION_NAME"]]


def _ask_page(form: ForgottenForm, status: int = 200):
    db.session.rollback()
    page = render_template(
        "account/forgotten.html", form=form, sends=current_app.config["SETTINGS"].sends_mail,
        asked=request.method != "POST" and request.args.get("terkirim") == "1",
    )
    return make_response(page, status)


def _choose_page(link, form: ChosenForm, status: int = 200):
    with only_reading():
        page = render_template(
            "account/choose_password.html", form=form, link=link, account=link.account, help=LONG,
            zone=current_app.config["INSTITUTION_ZONE"],
        )
    return _hidden(make_response(page, status))


def _over():
    db.session.rollback()
    return _hidden(make_response(render_template("account/choose_password.html", form=None, link=None, over=linking.OVER), 404))


def _hidden(response):
    """The address opens a door: no page it leads to is told where one came from."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
