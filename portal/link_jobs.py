"""Looking at a link on request: what somebody without an account would see there."""

import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from assessments.clock import now
from assessments.models import Application, DocumentVersion, LinkCheck

from .egress import Found, Unreachable, fetch
from .extensions import only_reading
from .jobs import enqueue, job

ASKED_AGAIN = timedelta(minutes=1)
ASKS_ACCESS = "Tautan ini meminta izin akses. Asesor tidak dapat membukanya. Unggah berkas atau ubah izin."
NOT_REACHED = {
    "address": "Alamat tautan ini tidak dapat dibaca.",
    "forbidden": "Tautan ini menunjuk ke jaringan dalam. Asesor tidak dapat membukanya dari luar; unggah berkasnya.",
    "name": "Alamat situs ini tidak ditemukan. Periksa ejaannya.",
    "connection": "Situs ini tidak menjawab saat diperiksa. Coba periksa lagi nanti, atau unggah berkasnya.",
    "time": "Situs ini terlalu lama menjawab saat diperiksa. Coba periksa lagi nanti, atau unggah berkasnya.",
    "redirects": "Tautan ini terus dialihkan dan tidak sampai ke mana pun. Periksa alamatnya.",
}
LOGIN_HOSTS = ("accounts.google.com", "login.microsoftonline.com", "login.live.com", "login.yahoo.com", "sso.")
LOGIN_PATH = re.compile(r"/(log-?in|sign-?in|masuk|auth|sso|cas/login|ServiceLogin)(/|\.|\?|$)", re.I)
PASSWORD_FIELD = re.compile(rb"<input[^>]{0,500}\btype\s*=\s*[\"']?password\b", re.I)


@dataclass(frozen=True)
class Seen:
    state: str
    note: str
    status: int | None = None


def look_at(url: str) -> Seen:
    """Open an address without signing in anywhere and say what came of it."""
    try:
        found = fetch(url, current_app.config["SETTINGS"].egress_allow)
    except Unreachable as error:
        return Seen("unreachable", NOT_REACHED.get(error.why, NOT_REACHED["connection"]))
    return judge(url, found)


def judge(asked: str, found: Found) -> Seen:
    if found.status in (401, 403, 407) or asks_to_sign_in(asked, found):
        return Seen("asks_access", ASKS_ACCESS, found.status)
    if found.status in (404, 410):
        return Seen("gone", "Tidak ada apa-apa lagi di tautan ini. Ganti alamatnya atau unggah berkasnya.", found.status)
    if found.status >= 400:
        return Seen("unreachable", f"Situs ini sedang bermasalah (jawaban {found.status}). Coba periksa lagi nanti.",
                    found.status)
    return Seen("open", "Tautan terbuka tanpa masuk", found.status)


def asks_to_sign_in(asked: str, found: Found) -> bool:
    """A known sign-in page, one we were sent to, or any page with a field for a password."""
    parts = urlsplit(found.url)
    host = (parts.hostname or "").lower()
    if any(host == name or (name.endswith(".") and host.startswith(name)) for name in LOGIN_HOSTS):
        return True
    if found.url != asked and LOGIN_PATH.search(parts.path):
        return True
    return found.media_type.endswith("html") and PASSWORD_FIELD.search(found.opening) is not None


def ask_to_look(session: Session, version: DocumentVersion) -> bool:
    """Let the worker look at the link of this version; false when that was asked for a moment ago."""
    key = (version.document_id, version.n)
    row = session.get(LinkCheck, key)
    if row is not None and now() - row.asked_at < ASKED_AGAIN:
        return False
    if row is None:
        row = LinkCheck(document_id=key[0], n=key[1])
        session.add(row)
    row.state, row.note, row.status, row.asked_at = "waiting", "", None, now()
    enqueue(session, "check_link", {"document": key[0], "n": key[1]}, dedupe_key=f"check_link:{key[0]}/{key[1]}")
    return True


@job("check_link")
def check_link(session: Session, document: int, n: int) -> None:
    with only_reading():
        url = session.scalar(select(DocumentVersion.url).where(DocumentVersion.document_id == document, DocumentVersion.n == n))
        session.rollback()
    if not url:
        return
    seen = look_at(url)
    row = session.get(LinkCheck, (document, n))
    if row is not None:
        row.state, row.note, row.status, row.checked_at = seen.state, seen.note, seen.status, now()


def ask_to_look_at_application(session: Session, application: Application) -> None:
    enqueue(session, "check_application_link", {"id": application.id}, dedupe_key=f"check_application_link:{application.id}")


@job("check_application_link")
def check_application_link(session: Session, id: int) -> None:
    """An application's sign-in page is what citizens see first: it counts as open."""
    with only_reading():
        url = session.scalar(select(Application.url).where(Application.id == id))
        session.rollback()
    if not url:
        return
    state = "alive" if look_at(url).state in ("open", "asks_access") else "dead"
    # An observation, no change of the record: whoever is editing it is not told that somebody was faster.
    table = Application.__table__
    session.execute(
        update(table).where(table.c.id == id, table.c.url == url).values(link_state=state, link_checked_at=now())
    )
