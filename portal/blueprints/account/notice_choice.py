"""How one wants to be told (S12): by e-mail at all, once a day, and which kinds."""

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from wtforms import BooleanField, RadioField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from assessments import mailing
from assessments.models import Account

from ...access import actor as asking
from ...access import ask
from ...extensions import db
from ...forms import Form
from . import blueprint

WHEN = {"langsung": "Satu surel untuk tiap pemberitahuan", "harian": "Satu surel sehari, pukul 07.00"}


class NoticeForm(Form):
    by_mail = BooleanField("Kirim juga ke surel saya")
    when = RadioField("Kapan", choices=WHEN, default="langsung", validate_choice=False)
    kinds = SelectMultipleField(
        "Yang dikirim ke surel", choices=mailing.KINDS, validate_choice=False,
        widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
    )


@blueprint.route("/akun/pemberitahuan", methods=["GET", "POST"])
def notice_choice():
    if request.method == "POST":
        ask("write", "own_account")
        form = NoticeForm()
        mailing.choose(
            db.session, asking().person_id, by_mail=bool(form.by_mail.data), daily=form.when.data == "harian",
            kinds=form.kinds.data or [],
        )
        db.session.commit()
        flash("Cara diberi tahu tersimpan.")
        return redirect(url_for("account.notice_choice"))
    ask("read", "own_account")
    choice = mailing.choice_of(db.session, asking().person_id)
    form = NoticeForm(
        formdata=None, by_mail=choice.by_mail, when="harian" if choice.daily else "langsung",
        kinds=[kind for kind in mailing.KINDS if kind not in choice.muted],
    )
    return render_template(
        "account/notice_choice.html", form=form, sends=current_app.config["SETTINGS"].sends_mail,
        email=db.session.get_one(Account, current_user.id).email,
    )
