"""What happens to every request before its view: when it came, how it may write, whose form it is."""

from datetime import UTC, datetime

from flask import Flask, current_app, g, request
from flask_login import current_user

from assessments import clock
from assessments.refusal import Refused

from .extensions import begin_as, csrf, db

SAFE = {"GET", "HEAD", "OPTIONS"}


def init_app(app: Flask) -> None:
    app.before_request(_judge)
    app.teardown_request(_forget)


def _judge() -> None:
    """Before any view: the instant that counts, how transactions begin, whose form this is."""
    g.arrived = datetime.now(UTC)
    clock.arrive(g.arrived)
    begin_as(request.method in SAFE)
    db.session.info["request_id"] = g.request_id
    if request.method in SAFE or request.endpoint is None:
        return
    if not getattr(current_app.view_functions[request.endpoint], "accepts_upload", False):
        check_form()


def _forget(_error) -> None:
    clock.arrive(None)
    begin_as(False)


def check_form() -> None:
    """The form must be ours and of the office that is signed in now. Upload views call this after their own door."""
    csrf.protect()
    sent = request.form.get("office")
    if sent and current_user.is_authenticated and sent != current_user.office_id:
        raise Refused(
            "Halaman ini dibuka sebagai pengguna atau jabatan lain. Belum ada yang disimpan; "
            "muat ulang halaman lalu kirim lagi."
        )
