"""A link by which the owner of an account chooses a password (S47): mailed, or shown once where no mail goes out."""

from flask import flash, redirect, render_template, url_for

from assessments.linking import GOOD_FOR
from assessments.models import Account

from ... import one_time_links
from ...access import actor as asking
from ...access import find
from ...extensions import db
from . import blueprint


@blueprint.post("/kelola/pengguna/<int:id>/tautan")
def send_link(id: int):
    account = find(Account, id=id, to="reset")
    purpose = purpose_of(account)
    if one_time_links.can_mail(account):
        one_time_links.send(db.session, account, purpose, asking())
        db.session.commit()
        flash("Undangan akan dikirim ke surelnya." if purpose == "invite" else "Tautan ganti kata sandi akan dikirim ke surelnya.")
        return redirect(url_for("account.account", id=id))
    address = one_time_links.shown(db.session, account, purpose, asking())
    db.session.commit()
    page = render_template("account/link_shown.html", account=account, address=address, hours=GOOD_FOR[purpose].total_seconds() // 3600)
    return page, {"Referrer-Policy": "no-referrer"}


def purpose_of(account: Account) -> str:
    """Whoever never chose a password is invited; the others forgot theirs."""
    return "invite" if account.must_change_password else "reset"
