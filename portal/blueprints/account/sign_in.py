"""Signing in and out (S07), and carrying a form over a session that ended while somebody was typing."""

from dataclasses import dataclass
from datetime import datetime

from flask import current_app, flash, g, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired

from assessments.clock import now
from assessments.models import AccessLog, Account, Period, Person
from assessments.staffing import NIP
from assessments.texts import UNSHOWABLE, folded

from ... import passwords, signing_in, throttling
from ...access import actor as asking
from ...access import ask, note, public
from ...extensions import db, only_reading
from ...formatting import clock
from ...forms import Form
from . import blueprint, kept_forms

WRONG = "Nama pengguna atau kata sandi tidak cocok, atau akun ini dinonaktifkan."


class SignInForm(Form):
    username = StringField("NIP atau nama pengguna", validators=[InputRequired("Isi NIP atau nama pengguna.")])
    password = PasswordField("Kata sandi", validators=[InputRequired("Isi kata sandi.")])


@dataclass(frozen=True)
class Attempt:
    """What is known before the password is looked at; an unknown name costs the same as a known one."""

    who: str
    account_id: int | None
    stored: str | None
    active: bool
    until: datetime | None


@blueprint.route("/masuk", methods=["GET", "POST"])
@public
def sign_in():
    ask("use", "sign_in")
    form = SignInForm()
    onward = kept_forms.local_target(request.values.get("next"))
    if request.method != "POST":
        if current_user.is_authenticated:
            return redirect(onward or url_for("account.start"))
        return _page(form, onward)
    kept = request.form.get("kept", "")
    if not form.validate():
        return _page(form, onward, kept, 422)
    attempt = _begin(form.username.data)
    if attempt.until is not None:
        return _must_wait(form, onward, kept, attempt.until)
    right = passwords.matches(attempt.stored, form.password.data) and attempt.active
    renewed = passwords.hashed(form.password.data) if right and passwords.outdated(attempt.stored) else None
    form_kept = kept_forms.opened(kept) if kept else None
    if not right or not _open_session(attempt, renewed, form_kept):
        return _refuse(form, onward, kept, attempt)
    if form_kept is not None:
        return _offer_again(form_kept)
    return redirect(onward or url_for("account.start"))


@blueprint.post("/keluar")
@public
def sign_out():
    ask("use", "sign_in")
    if current_user.is_authenticated:
        signing_in.sign_out(current_user.token)
        db.session.commit()
        flash("Anda sudah keluar.")
    return redirect(url_for("account.sign_in"))


def page_that_keeps_the_form():
    """The answer to a form whose session has ended: sign in here, nothing typed is lost."""
    kept = kept_forms.keep()
    return _page(SignInForm(formdata=None), kept_forms.back_to_the_form(), kept, 401, ended=True)


def _begin(typed: str) -> Attempt:
    """Find the account and count the attempt, in one short transaction."""
    name = folded(typed)
    account = None
    if not UNSHOWABLE.search(typed):
        nip = "".join(typed.split())
        by_nip = select(Account).join(Account.person).where(Person.nip == nip)
        account = db.session.scalar(by_nip if NIP.match(nip) else select(Account).where(Account.username_folded == name))
    who = f"account:{account.id}" if account else f"name:{name}"
    known = (account.id, account.password, account.active) if account else (None, None, False)
    until = throttling.take(db.session, who, request.remote_addr)
    db.session.commit()
    return Attempt(who, *known, until)


def _open_session(attempt: Attempt, renewed: str | None, kept: kept_forms.KeptForm | None) -> bool:
    """The session of a right password, unless the account changed while it was being looked at."""
    account = db.session.get_one(Account, attempt.account_id, populate_existing=True)
    if not account.active or account.password != attempt.stored:
        return False
    if renewed:
        account.password = renewed
    throttling.give_back(db.session, attempt.who, request.remote_addr)
    if current_user.is_authenticated:
        signing_in.sign_out(current_user.token)
    signing_in.sign_in(account, kept.appointment_id if kept and kept.account_id == account.id else None)
    db.session.add(
        AccessLog(
            account_id=account.id, action="sign_in", thing=f"account:{account.id}", outcome="done",
            address=request.remote_addr, request_id=g.get("request_id"),
        )
    )
    db.session.commit()
    return True


def _refuse(form: SignInForm, onward, kept, attempt: Attempt):
    """The same words, status and work for every reason."""
    note(asking(), "sign_in", f"account:{attempt.account_id or 0}", "refused")
    until = throttling.waiting(db.session, attempt.who, request.remote_addr)
    if until is not None:
        return _must_wait(form, onward, kept, until)
    form.password.errors = [WRONG]
    return _page(form, onward, kept, 422)


def _must_wait(form: SignInForm, onward, kept, until: datetime):
    at = clock(until, current_app.config["INSTITUTION_ZONE"])
    form.password.errors = [f"Terlalu banyak percobaan dari tempat ini. Anda dapat mencoba lagi sesudah pukul {at}."]
    response = _page(form, onward, kept, 429)
    response.headers["Retry-After"] = str(max(1, round((until - now()).total_seconds())))
    return response


def _page(form: SignInForm, onward: str | None, kept: str = "", status: int = 200, ended: bool = False):
    db.session.rollback()
    with only_reading():
        page = render_template(
            "account/sign_in.html",
            form=form,
            onward=onward,
            goal=_goal(onward),
            kept=kept,
            ended=ended,
            deadline=_deadline(),
            zone=current_app.config["INSTITUTION_ZONE"],
        )
    return make_response(page, status)


def _offer_again(kept: kept_forms.KeptForm):
    """A page with one button that sends the kept form; never under another name than the one it was opened by."""
    if f"{kept.account_id}.{kept.appointment_id}" != current_user.office_id:
        flash("Formulir yang tertunda dibuka dengan akun atau jabatan lain, jadi tidak dikirim.", "warn")
        return redirect(url_for("account.start"))
    return render_template("account/kept_form.html", kept=kept)


def _goal(onward: str | None) -> str:
    """What the page after signing in is called, as far as its address tells."""
    if not onward:
        return ""
    parts = onward.partition("?")[0].strip("/").split("/")
    if "indikator" in parts[:-1]:
        return f"indikator {parts[parts.index('indikator') + 1]}"
    return "halaman yang tadi Anda buka"


def _deadline() -> tuple[str, datetime] | None:
    """Title and end of the self-assessment that closes next."""
    ends = [
        (period.title, period.closes_at("self_assessment"))
        for period in db.session.scalars(select(Period).where(Period.state == "open").order_by(Period.id.desc()).limit(5))
    ]
    return min((end for end in ends if end[1] and end[1] > now()), key=lambda end: end[1], default=None)
