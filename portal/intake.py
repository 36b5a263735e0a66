"""What happens to every request before its view: when it came, how it may write, whose form it is."""

from datetime import UTC, datetime

from flask import Flask, abort, current_app, g, request
from flask_login import current_user

from assessments import clock
from assessments.refusal import Refused

from .extensions import begin_as, csrf, db

SAFE = {"GET", "HEAD", "OPTIONS"}
FORMS = {"application/x-www-form-urlencoded", "multipart/form-data", ""}


def init_app(app: Flask) -> None:
    app.before_request(_judge)
    app.teardown_request(_forget)


def _judge() -> None:
    """Before any view: the instant that counts, how transactions begin, whose form this is."""
    g.arrived = datetime.now(UTC)
    clock.arrive(g.arrived)
    db.session.info["request_id"] = g.request_id
    view = current_app.view_functions.get(request.endpoint or "")
    brings_files = getattr(view, "accepts_upload", False)
    # An upload only asks at its door whether it may come in; it takes the write lock when its body has been read.
    begin_as(request.method in SAFE or brings_files)
    if request.method in SAFE or view is None:
        return
    if request.mimetype not in getattr(view, "takes", FORMS):
        abort(415)
    if not brings_files:
        check_form()


def _forget(_error) -> None:
    clock.arrive(None)
    begin_as(False)


def check_form() -> None:
    """The form must be ours and of the office that is signed in now. Upload views call this after their own door."""
    begin_as(request.method in SAFE)
    csrf.protect()
    sent = request.form.get("office") or request.headers.get("X-Office")
    if sent and current_user.is_authenticated and sent != current_user.office_id:
        raise Refused(
            "Halaman ini dibuka sebagai pengguna atau jabatan lain. Belum ada yang disimpan; "
            "muat ulang halaman lalu kirim lagi."
        )
