"""Where the own account is signed in (S12), and ending what one does not know or does not need any more."""

import re

from flask import flash, redirect, request, url_for
from flask_login import current_user
from sqlalchemy import select

from assessments.clock import now
from assessments.models import Account, Session
from assessments.refusal import Refused
from assessments.workflow import happened

from ...access import actor, ask
from ...extensions import db
from ...signing_in import token_hash
from . import blueprint

NAMED = 16  # letters of a token's hash that name a session on its owner's page
NAME = re.compile(rf"[0-9a-f]{{{NAMED}}}\Z")


def sessions_of(account_id: int) -> list[tuple[str, Session]]:
    """(name, session) of every browser that is signed in now, this one first, then by its last use."""
    here, moment = token_hash(current_user.token), now()
    rows = db.session.scalars(
        select(Session)
        .where(Session.account_id == account_id, Session.idle_until > moment, Session.absolute_until > moment)
        .order_by(Session.seen.desc())
        .limit(50)
    ).all()
    rows = sorted(rows, key=lambda row: row.token_hash != here)
    return [("" if row.token_hash == here else row.token_hash[:NAMED], row) for row in rows]


@blueprint.post("/akun/sesi/akhir")
def end_sessions():
    """One other session by its name, or all the others. The own one ends by signing out."""
    ask("write", "own_account")
    wanted = request.form.get("which", "")
    if wanted != "semua" and not NAME.match(wanted):
        raise Refused("Pilih sesi yang akan diakhiri.")
    here = token_hash(current_user.token)
    others = [
        row
        for row in db.session.scalars(select(Session).where(Session.account_id == current_user.id))
        if row.token_hash != here and (wanted == "semua" or row.token_hash.startswith(wanted))
    ]
    for row in others:
        db.session.delete(row)
    if others:
        happened(db.session.get_one(Account, current_user.id), "sessions", f"{len(others)} sesi lain diakhiri", actor())
    db.session.commit()
    flash(f"{len(others)} sesi diakhiri." if others else "Sesi itu sudah berakhir.")
    return redirect(url_for("account.profile", _anchor="sesi"))
