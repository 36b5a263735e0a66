"""Every way a request can fail, as one Indonesian page with a reference; nothing of the inside is shown."""

import errno
import re

from flask import Flask, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, InternalError, OperationalError, TimeoutError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, RequestURITooLarge, SecurityError

from assessments.refusal import Refused
from assessments.workflow import Forbidden

from .extensions import db
from .forms import is_tick, words_for
from .signing_in import wants_json
from .storage import TooLarge

PROBLEMS = {
    400: ("Permintaan tidak dapat dibaca", "Muat ulang halaman sebelumnya lalu kirim lagi."),
    401: ("Anda belum masuk", "Masuk dulu, lalu ulangi."),
    403: ("Bukan wewenang jabatan Anda", "Halaman ini untuk jabatan lain. Hubungi pengelola penilaian bila keliru."),
    404: ("Halaman tidak ditemukan", "Alamatnya mungkin salah ketik, atau bukan untuk Anda."),
    405: ("Cara membuka halaman ini tidak sesuai", "Kembali ke halaman sebelumnya dan gunakan tombolnya."),
    409: ("Langkah ini belum dapat dilakukan", ""),
    413: ("Kiriman terlalu besar", "Bagi menjadi beberapa bagian, atau perkecil berkasnya."),
    414: ("Alamat terlalu panjang", "Pendekkan kata yang dicari, lalu coba lagi."),
    415: ("Jenis kiriman tidak dikenal", "Gunakan formulir pada halaman portal."),
    422: ("Isian belum sesuai", ""),
    429: ("Terlalu banyak percobaan", "Tunggu beberapa menit, lalu coba lagi."),
    500: ("Server gagal memproses", "Tidak ada yang tersimpan sebagian. Coba lagi; bila berulang, sebutkan kode rujukan."),
    507: ("Ruang simpan server penuh", "Data lama tetap terbaca. Kabari pengelola, lalu coba lagi nanti."),
    503: ("Server sedang sibuk", "Tidak ada yang hilang. Coba lagi sebentar lagi."),
}
KEPT_OUT = {
    "csrf_token", "office", "key", "version", "password", "kata_sandi", "lines", "kept", "then", "seen", "revision", "fingerprint",
}
KEPT_LENGTH = 8000
LONGEST_ADDRESS = 4000  # characters as they were sent; gunicorn itself answers beyond 8190 (portal/serve.py)
READ_ONLY = "25006"
FULL = re.compile(r"disk is full|no space left|could not extend file", re.IGNORECASE)


def problem(status: int, sentences: tuple[str, ...] = (), headers: dict | None = None):
    """The page (or JSON) for a failed request; what was typed is shown again, so that nothing is lost."""
    if status >= 400:
        db.session.rollback()
    title, advice = PROBLEMS.get(status, PROBLEMS[400 if status < 500 else 500])
    reference = g.get("request_id")
    if request.path.startswith("/api/"):
        response = jsonify(code=status, message=" ".join(sentences) or f"{title}. {advice}".strip())
        response.status_code = status
        if status == 401:
            response.headers["WWW-Authenticate"] = "Bearer"
    elif wants_json():
        response = jsonify(status=status, title=title, detail=" ".join(sentences) or advice, reference=reference)
        response.status_code = status
    else:
        response = make_response(
            render_template(
                "errors/problem.html",
                status=status,
                title=title,
                sentences=sentences or (advice,),
                advice=advice if sentences else "",
                reference=reference,
                kept=kept_fields(),
            ),
            status,
        )
    response.headers.update(headers or {})
    return response


def kept_fields() -> list[tuple[str, str]]:
    """What was typed into the form that failed: (words beside the field, text), without secrets and tokens."""
    if "form" not in request.__dict__:
        return []  # whoever was refused at the door is not read any further
    pairs = request.form.items(multi=True)
    return [
        (words_for(name), text if len(text) <= KEPT_LENGTH else text[:KEPT_LENGTH] + " …")
        for name, text in pairs
        if name not in KEPT_OUT and "sandi" not in name and "password" not in name and not is_tick(name) and text.strip()
    ][:40]


def init_app(app: Flask) -> None:
    @app.before_request
    def _short_enough():
        if len(request.environ.get("RAW_URI") or request.full_path) > LONGEST_ADDRESS:
            raise RequestURITooLarge

    @app.errorhandler(Refused)
    def _refused(error: Refused):
        return problem(413 if isinstance(error, TooLarge) else 409, error.sentences)

    @app.errorhandler(Forbidden)
    def _forbidden(_error: Forbidden):
        return problem(403)

    @app.errorhandler(CSRFError)
    def _csrf(_error: CSRFError):
        return problem(400, ("Formulir ini kedaluwarsa atau berasal dari halaman lain, jadi belum disimpan.",))

    @app.errorhandler(RequestEntityTooLarge)
    def _too_large(_error):
        most = app.config["MAX_CONTENT_LENGTH"] // 1024
        return problem(413, (f"Kiriman melebihi batas {most} KB untuk formulir ini.",))

    @app.errorhandler(StaleDataError)
    def _stale(_error):
        return problem(409, ("Orang lain menyimpan perubahan pada saat yang sama. Muat ulang, lalu simpan lagi.",))

    @app.errorhandler(IntegrityError)
    def _integrity(error: IntegrityError):
        app.logger.warning("constraint refused: %s", type(error.orig).__name__)
        return problem(409, ("Perubahan ini bertabrakan dengan perubahan lain. Muat ulang, lalu coba lagi.",))

    @app.errorhandler(OperationalError)
    @app.errorhandler(TimeoutError)
    def _busy(error):
        app.logger.error("database unavailable: %s", type(error).__name__)
        if FULL.search(str(getattr(error, "orig", ""))):
            return problem(507)
        return _unavailable()

    @app.errorhandler(InternalError)
    def _inside(error: InternalError):
        """PostgreSQL that only reads for now: a standby taking over, or a disk its keeper has locked."""
        if getattr(error.orig, "sqlstate", None) == READ_ONLY:
            return _busy(error)
        return _unexpected(error)

    @app.errorhandler(OSError)
    def _disk(error: OSError):
        app.log_exception((type(error), error, error.__traceback__))
        return problem(507 if error.errno in (errno.ENOSPC, errno.EDQUOT) else 500)

    @app.errorhandler(SecurityError)
    def _host(_error):
        return problem_plain(400)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException):
        if error.response is not None:
            return error.response
        headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
        return problem(error.code or 500, headers=headers)

    @app.errorhandler(Exception)
    def _unexpected(error: Exception):
        if app.config.get("PROPAGATE_EXCEPTIONS"):
            raise error
        app.log_exception((type(error), error, error.__traceback__))
        try:
            return problem(500)
        except Exception:  # the page itself may need what just failed
            return problem_plain(500)


def _unavailable():
    db.session.rollback()
    headers = {"Retry-After": "10"}
    try:
        return problem(503, headers=headers)
    except Exception:  # without a database the page knows nobody: the static one answers
        response = make_response(render_template("errors/unavailable.html"), 503)
        response.headers.update(headers)
        return response


def problem_plain(status: int):
    """Without template context: for requests that are wrong before anything is known about them."""
    title, advice = PROBLEMS[status]
    response = make_response(f"{title}. {advice}\n", status)
    response.content_type = "text/plain; charset=utf-8"
    return response
