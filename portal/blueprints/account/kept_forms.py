"""A form that was sent after the session had ended: kept through the sign-in, and sent again by its owner only.

Nothing is stored on the server. The fields travel in the sign-in page as one signed text; after the sign-in a page
offers them again, with fresh tokens, and only to the account that had the form open.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from ...errors import KEPT_OUT
from ...forms import is_tick, words_for

KEPT_FOR = 24 * 3600
STAY = {"key", "version"}  # they make sure that nothing is done twice or over somebody else's text
UNSAFE = re.compile(r"[\x00-\x20\x7f-\x9f\\\u2028\u2029]")


@dataclass(frozen=True)
class KeptForm:
    """Where a form was going, the account and office it was opened by, and what was typed."""

    path: str
    account_id: int
    appointment_id: int
    fields: list[tuple[str, str]]

    @property
    def typed(self) -> list[tuple[str, str]]:
        """(words beside the field, text), without what was only ticked."""
        return [
            (words_for(name), text) for name, text in self.fields if name not in STAY and not is_tick(name) and text.strip()
        ]


def keep() -> str:
    """The form of this request as a signed text; empty where there is nothing to keep, or a file was on its way."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method != "POST" or getattr(view, "accepts_upload", False):
        return ""
    office = re.fullmatch(r"([0-9]{1,10})\.([0-9]{1,10})", request.form.get("office", ""))
    if office is None or request.files:
        return ""
    fields = [
        (name, text)
        for name, text in request.form.items(multi=True)
        if (name in STAY or name not in KEPT_OUT) and "sandi" not in name and "password" not in name
    ]
    return _signer().dumps([request.full_path.rstrip("?"), int(office[1]), int(office[2]), fields])


def opened(text: str) -> KeptForm | None:
    """The kept form behind a signed text that is not older than a day."""
    try:
        path, account_id, appointment_id, fields = _signer().loads(text, max_age=KEPT_FOR)
    except (BadData, ValueError):
        return None
    if not leads_to_a_page(path, "POST"):
        return None
    return KeptForm(path, account_id, appointment_id, [(name, value) for name, value in fields])


def local_target(text: str | None) -> str | None:
    """`text` when it is the address of a page of this portal, else None: no other host, no control characters."""
    return text if text and leads_to_a_page(text, "GET") else None


def back_to_the_form() -> str | None:
    """The page a form was sent from, as far as the browser tells and it is ours."""
    parts = urlsplit(request.referrer or "")
    if parts.netloc != request.host:
        return None
    return local_target(parts.path + (f"?{parts.query}" if parts.query else ""))


def leads_to_a_page(text: str, method: str) -> bool:
    """Whether an address stays here, however often it is decoded, and a view answers it."""
    if not text.startswith("/") or UNSAFE.search(text):
        return False
    path = text.partition("?")[0].partition("#")[0]
    for _ in range(3):
        if UNSAFE.search(path) or path.startswith("//"):
            return False
        path = unquote(path)
    try:
        endpoint, _values = current_app.url_map.bind(request.host).match(path, method=method)
    except (HTTPException, RequestRedirect, ValueError):
        return False
    return endpoint not in current_app.config["STATIC_ENDPOINTS"] and endpoint != "account.sign_in"


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="kept-form")
