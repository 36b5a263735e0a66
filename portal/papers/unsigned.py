"""Papers that are made when they are asked for: nothing of them is kept, and nobody's name stands under them."""

import io
import logging

from flask import Response, send_file

from assessments.refusal import Refused

from ..access import actor, note
from ..downloads import SANDBOX
from ..extensions import db
from .contents import Sheet
from .printing import NotPrinted, printed

LATER = "Berkas PDF belum dapat dibuat sekarang. Coba lagi beberapa menit lagi."

log = logging.getLogger(__name__)


def send(sheet: Sheet, name: str, about: str) -> Response:
    """The file, with a line in the access log about `about` ("result:12"). No transaction is open while it is set."""
    db.session.rollback()
    try:
        pdf = printed(sheet.template, sheet.content, title=sheet.title, at=sheet.at)
    except NotPrinted:
        log.warning("%s was not printed", sheet.template, exc_info=True)
        raise Refused(LATER) from None
    note(actor(), "download", about, "allowed")
    response = send_file(io.BytesIO(pdf), mimetype="application/pdf", as_attachment=True, download_name=f"{name}.pdf", etag=False)
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cache-Control"] = "no-store"
    return response
