"""Links by which somebody chooses a password: mailed, or shown once to whoever hands them over.

A mailed one is nowhere in the database, not even while its letter waits: the token is made from the letter's random
Message-ID and the secret of the installation when it is sent, and only its SHA-256 is kept.
"""

import hmac
from base64 import urlsafe_b64encode
from secrets import token_urlsafe

from flask import current_app
from sqlalchemy.orm import Session

from assessments import linking, mailing
from assessments.actors import SYSTEM, Actor
from assessments.models import Account

from .jobs import job

LINK_KEY = "link:"
PLACE_OF_LINK = "{tautan}"
SUBJECTS = {"reset": "Mengganti kata sandi portal SPBE", "invite": "Undangan memakai portal SPBE"}
BODIES = {
    "reset": "{name},\n\nBuka tautan ini untuk memilih kata sandi baru. Tautan berlaku 60 menit dan hanya sekali:\n\n{link}\n\n"
    "Tidak meminta ini? Abaikan saja; kata sandi Anda tetap yang lama.",
    "invite": "{name},\n\nAkun Anda di portal SPBE sudah dibuat, dengan nama pengguna {username}. Pilih kata sandi Anda sendiri "
    "lewat tautan ini. Tautan berlaku 7 hari dan hanya sekali:\n\n{link}",
}


def can_mail(account: Account) -> bool:
    """Whether a letter can reach this account at all."""
    return current_app.config["SETTINGS"].sends_mail and mailing.reachable(account)


def send(session: Session, account: Account, purpose: str, by: Actor) -> None:
    """Leave a letter with a fresh link for this account; earlier links are dead."""
    message_id = token_urlsafe(24)
    hashed = linking.token_hash(token_of(message_id))
    linking.make(session, account, purpose, hashed, by)
    session.flush()
    key = LINK_KEY + hashed
    mailing.write(
        session,
        person=account.person,
        subject=SUBJECTS[purpose],
        body=BODIES[purpose].format(name=account.person.name, username=account.username, link=PLACE_OF_LINK),
        dedupe_key=key,
        urgent=True,
        message_id=message_id,
    )


def shown(session: Session, account: Account, purpose: str, by: Actor) -> str:
    """The address of a fresh link, for whoever hands it over on paper."""
    token = token_urlsafe(32)
    linking.make(session, account, purpose, linking.token_hash(token), by)
    return address_of(token)


def token_of(message_id: str) -> str:
    """256 bits that nobody can make who does not know the secret of the installation."""
    secret = str(current_app.secret_key).encode()
    return urlsafe_b64encode(hmac.digest(secret, f"one-time-link\0{message_id}".encode(), "sha256")).decode().rstrip("=")


def address_of(token: str) -> str:
    """The page of a link. Its host comes from the settings, whatever a request called itself."""
    settings = current_app.config["SETTINGS"]
    path = current_app.url_map.bind("").build("account.choose_password", {"token": token})
    return settings.address + path


@job("forgotten_password")
def forgotten_password(session: Session, account: int | None) -> None:
    """Somebody says this account's password was forgotten. Nobody waits for the answer, so it takes what it takes."""
    found = session.get(Account, account) if account is not None else None
    if found is None or not can_mail(found) or linking.asked_too_often(session, found):
        return
    send(session, found, "reset", SYSTEM)
