"""When the disk is nearly full the portal reads and does not write (OP-12).

Pages work and say so; whoever saves gets a sentence and sees what was typed. What is left below the limit is for
signing in and out, for the journal, and for what is under way.
"""

import os
import shutil
import time

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue

SAFE = {"GET", "HEAD", "OPTIONS"}
ALWAYS = {"account.sign_in", "account.sign_out"}
LOOKED_AFTER_S = 5
SENTENCE = (
    "Ruang simpan server hampir penuh, jadi untuk sementara portal hanya dapat dibaca. Yang Anda kirim belum tersimpan dan "
    "tertulis lagi di bawah; salin dulu, kabari pengelola sistem, lalu coba lagi."
)
NOTICE = "Ruang simpan server hampir penuh. Untuk sementara portal hanya dapat dibaca; pengelola sistem perlu mengosongkan ruang."


def init_app(app: Flask) -> None:
    """After the form has been looked at, so that what was typed can be shown again."""
    app.before_request(_guard)
    app.jinja_env.globals["disk_notice"] = notice


def nearly_full() -> bool:
    """Whether less than PORTAL_DISK_FLOOR_MB is free where evidence or the database lies; looked up every few seconds."""
    floor = current_app.config["SETTINGS"].disk_floor_mb << 20
    if not floor:
        return False
    looked, full = current_app.extensions.get("disk_looked", (0.0, False))
    if time.monotonic() - looked > LOOKED_AFTER_S or not looked:
        full = any(free < floor for free in _free())
        current_app.extensions["disk_looked"] = (time.monotonic(), full)
    return full


def _free() -> list[int]:
    settings = current_app.config["SETTINGS"]
    places = {os.fspath(place) for place in (settings.instance, current_app.config["EVIDENCE_FOLDER"])}
    return [shutil.disk_usage(place).free for place in places if os.path.isdir(place)]


def notice() -> str:
    """The line on every page; "" while there is room."""
    return NOTICE if nearly_full() else ""


def _guard() -> ResponseReturnValue | None:
    from .errors import problem

    if request.method in SAFE or request.endpoint in ALWAYS or request.endpoint is None or not nearly_full():
        return None
    return problem(507, (SENTENCE,))
