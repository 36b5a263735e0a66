"""A form that creates or submits something does so once, however often it arrives.

The page puts a key into the form: `form_open(url, key=new_key())`. The view says

    answer = once()                       # the same form again: ends here with the first answer
    receipt = attesting.attest(...)       # the deed
    return answer(url_for("..."))         # stores the answer, commits both together, redirects

`once()` comes before any question whose answer the deed itself changes; upload views call it after
their own door and `check_form()`. The same key with another body is refused with 422. Two that arrive
together: one does it, the other waits for the first to end. Keys are forgotten after some days (`housekeeping.tidy`).
"""

import hmac
import re
import secrets
from collections.abc import Callable
from datetime import timedelta

from flask import Response, abort, current_app, g, redirect, request
from flask_login import current_user
from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from assessments.clock import now
from assessments.models import Idempotency

from .errors import problem
from .extensions import db
from .storage import Incoming

KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
KEPT_FOR = timedelta(days=7)
table = Idempotency.__table__


def new_key() -> str:
    """A fresh key for a form; a page that is shown again gets another one."""
    return secrets.token_urlsafe(24)


def once() -> Callable[[str], Response]:
    """Claim the form's key in this transaction and return `answer(location)`, which commits and redirects.

    Ends the request with the first answer where this form was already carried out, with 422 where the key is
    missing, malformed or was used for another body.
    """
    key = request.form.get("key", "")
    if not KEY.fullmatch(key):
        _refuse("Formulir ini tidak membawa kuncinya, jadi belum disimpan. Muat ulang halaman lalu kirim lagi.")
    body, account = _body_hash(), current_user.id
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    claimed = db.session.execute(
        # Waits for another transaction that holds the same key; afterwards its answer can be read.
        insert(table)
        .values(account_id=account, key=key, body_hash=body, location="", at=now())
        .on_conflict_do_nothing(index_elements=["account_id", "key"])
        .returning(table.c.key)
    ).scalar()
    mine = (table.c.account_id == account) & (table.c.key == key)
    if claimed is None:
        first = db.session.execute(select(table.c.body_hash, table.c.location).where(mine)).one()
        if first.body_hash != body:
            _refuse("Formulir ini sudah pernah dikirim dengan isi lain. Muat ulang halaman lalu kirim lagi.")
        g.asked = True  # the one who was allowed to do it only hears again where it led
        abort(redirect(first.location))

    def answer(location: str) -> Response:
        db.session.execute(update(table).where(mine).values(location=location))
        db.session.commit()
        return redirect(location)

    return answer


def _refuse(sentence: str) -> None:
    abort(problem(422, (sentence,)))


def _body_hash() -> str:
    """Address, fields and files of the form. Keyed with the secret, so that a password in it cannot be guessed from it."""
    fields = sorted((name, text) for name, text in request.form.items(multi=True) if name != "csrf_token")
    files = sorted(
        (name, file.filename or "", file.stream.sha256 if isinstance(file.stream, Incoming) else "")
        for name, file in request.files.items(multi=True)
    )
    secret = str(current_app.secret_key).encode()
    return hmac.new(secret, repr((request.path, fields, files)).encode("utf-8", "surrogatepass"), "sha256").hexdigest()

