"""The one door for bytes of evidence: who may read the version gets exactly what was uploaded, as a file to save."""

import re

from flask import Response, request, send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from assessments.models import DocumentVersion
from assessments.refusal import Refused

from .access import actor, note
from .extensions import db
from .storage import Storage

SANDBOX = "sandbox; default-src 'none'"
QUARANTINED = (
    "Berkas ini dikarantina karena pemindai virus menemukan sesuatu di dalamnya, jadi tidak dapat dibuka siapa pun. "
    "Pemiliknya perlu mengunggah berkas yang bersih."
)
ONE_RANGE = re.compile(r"bytes=(\d{1,18}-\d{0,18}|-\d{1,18})")


def send_version(version: DocumentVersion, storage: Storage, name: str | None = None) -> Response:
    """The bytes of a version that was already found for reading; each reading leaves a line in the access log.

    `name` is what the file is saved as, where it is not its own.
    """
    sha256, media_type, size = version.sha256, version.blob.media_type, version.blob.size
    quarantined = version.blob.scan_state == "quarantined"
    name = name or version.file_name or version.document.title
    thing = f"document_version:{version.document_id}/{version.n}"
    db.session.rollback()  # nothing is held while a large file travels
    if quarantined:
        note(actor(), "download", thing, "quarantined")
        raise Refused(QUARANTINED)
    if not is_whole(storage, sha256, size):
        note(actor(), "download", thing, "damaged")
        raise Refused(
            "Berkas ini rusak atau hilang di penyimpanan, jadi tidak dikirim. "
            "Sampaikan kepada pengelola sistem; salinan cadangannya dapat dipulihkan."
        )
    note(actor(), "download", thing, "allowed")
    response = send_file(
        storage.open(sha256), mimetype=media_type, as_attachment=True, download_name=name, conditional=False, etag=False
    )
    response.content_length = size
    response.set_etag(sha256)
    headers = response.headers
    headers["Content-Security-Policy"] = SANDBOX
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cache-Control"] = "no-store"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return _part(response, size)


def is_whole(storage: Storage, sha256: str, size: int) -> bool:
    """Hashing at each opening would be too slow; a wrong length or a missing file is seen at once."""
    try:
        return storage.size(sha256) == size
    except OSError:
        return False


def _part(response: Response, size: int) -> Response:
    """One plain range is honoured, one beyond the end is refused, and anything else is answered with the whole."""
    environ = dict(request.environ)
    if not ONE_RANGE.fullmatch(environ.get("HTTP_RANGE", "")):
        environ.pop("HTTP_RANGE", None)
    try:
        return response.make_conditional(environ, accept_ranges=True, complete_length=size)
    except RequestedRangeNotSatisfiable:
        response.close()
        raise
