"""The letters of the outbox, sent by the worker over SMTP (`PORTAL_SMTP_URL`, `PORTAL_MAIL_FROM`).

A letter is taken before it is sent: one statement counts the attempt and moves `not_before` behind the time a send can
last, so of two workers one gets it. Then it goes out while no transaction is open, and what became of it is stored.
A failure waits longer each time; what the server refuses for good, or refused eight times, is given up with its words.

A process that dies between the server's "250" and the commit right after it leaves a letter that is sent again a quarter
of an hour later. Nothing is between the two but that one statement, and both copies bear the Message-ID that was made
with the row, by which mail programs know them for one.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from assessments import linking, mailing
from assessments.clock import now
from assessments.models import Mail, Person

from .config import Settings
from .extensions import db, only_reading
from .jobs import enqueue, job
from .journal import log
from .one_time_links import LINK_KEY, PLACE_OF_LINK, address_of, token_of

MOST_ATTEMPTS = 8
PAUSE = timedelta(minutes=1)  # times four after each failure
LONGEST_PAUSE = timedelta(hours=4)
SENT_WITHIN = timedelta(minutes=15)
PATIENCE_S = 20
AT_ONCE = 100
LONGEST_REASON = 300
FOR_GOOD = 500
NO_LONGER = "Tautan di dalamnya sudah tidak berlaku, jadi tidak dikirim."
FOOT = "Dikirim otomatis oleh {portal} ({address}). Jangan dibalas. Cara diberi tahu diatur di halaman Akun."
table = Mail.__table__


class GivenUp(Exception):
    """This letter will never go out; the words say why."""


class CannotSend(Exception):
    """Not now; the words say why."""


@dataclass(frozen=True)
class Letter:
    """What is taken from the outbox to be sent outside every transaction."""

    id: int
    attempt: int
    name: str
    address: str
    subject: str
    body: str
    message_id: str
    key: str


def make_round() -> None:
    """Ask for every letter that is due; the worker does so every few seconds."""
    if not current_app.config["SETTINGS"].sends_mail:
        return
    with only_reading():
        due = db.session.scalars(
            select(table.c.id)
            .where(table.c.state == "waiting", table.c.not_before <= now())
            .order_by(table.c.not_before, table.c.id)
            .limit(AT_ONCE)
        ).all()
        db.session.rollback()
    if due:
        for id in due:
            enqueue(db.session, "send_mail", {"id": id}, dedupe_key=f"send_mail:{id}")
        db.session.commit()


@job("send_mail")
def send_mail(session: Session, id: int) -> None:
    """Send one letter if it still waits and nobody else has taken it."""
    settings = current_app.config["SETTINGS"]
    letter = _take(session, id) if settings.sends_mail else None
    if letter is None:
        return
    try:
        _deliver(settings, _written(settings, letter))
    except GivenUp as reason:
        _store(session, letter, state="given_up", error=_words(reason))
    except Exception as reason:  # whatever it was, the letter is not lost
        log.warning("mail_not_sent", mail=letter.id, attempt=letter.attempt, why=type(reason).__name__)
        _put_back(session, letter, reason)
    else:
        _store(session, letter, state="sent", sent_at=now(), error="")


def _take(session: Session, id: int) -> Letter | None:
    taken = session.execute(
        update(table)
        .where(table.c.id == id, table.c.state == "waiting", table.c.not_before <= now())
        .values(attempts=table.c.attempts + 1, not_before=now() + SENT_WITHIN)
        .returning(
            table.c.attempts, table.c.address, table.c.subject, table.c.body, table.c.message_id, table.c.dedupe_key,
            table.c.person_id,
        )
    ).one_or_none()
    if taken is None:
        session.rollback()
        return None
    over = taken.dedupe_key.startswith(LINK_KEY) and linking.living(session, taken.dedupe_key.removeprefix(LINK_KEY)) is None
    name = session.scalar(select(Person.name).where(Person.id == taken.person_id)) or ""
    letter = Letter(id, taken.attempts, name, taken.address, taken.subject, taken.body, taken.message_id, taken.dedupe_key)
    if over:
        _store(session, letter, state="given_up", error=NO_LONGER)
    session.commit()
    return None if over else letter


def _store(session: Session, letter: Letter, **values) -> None:
    """Only while the letter is still this attempt's; the job commits."""
    session.execute(
        update(table)
        .where(table.c.id == letter.id, table.c.attempts == letter.attempt, table.c.state == "waiting")
        .values(**values)
    )


def _put_back(session: Session, letter: Letter, reason: Exception) -> None:
    told = _words(reason)
    if letter.attempt >= MOST_ATTEMPTS:
        _store(session, letter, state="given_up", error=told)
        return
    at = now() + min(PAUSE * 4 ** (letter.attempt - 1), LONGEST_PAUSE)
    mail = session.get_one(Mail, letter.id)
    if not mail.urgent:
        at = mailing.outside_quiet_hours(at, mailing.zone_of(session, mail.person))
    _store(session, letter, not_before=at, error=told)


def _words(reason: Exception) -> str:
    """What the server said, or what went wrong, on one line."""
    said = reason.args[-1] if isinstance(reason, smtplib.SMTPResponseException) else str(reason)
    said = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    code = f"{reason.smtp_code} " if isinstance(reason, smtplib.SMTPResponseException) else ""
    return " ".join(f"{code}{said}".split())[:LONGEST_REASON] or type(reason).__name__


# ---------------------------------------------------------------- the letter itself


def _written(settings: Settings, letter: Letter) -> EmailMessage:
    """The message as it goes out. The library refuses line ends in every header."""
    portal = " ".join(f"Portal SPBE {settings.institution}".split())
    body = letter.body
    if letter.key.startswith(LINK_KEY):
        body = body.replace(PLACE_OF_LINK, address_of(token_of(letter.message_id)))
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = Address(display_name=portal, addr_spec=settings.mail_from)
        message["To"] = Address(display_name=letter.name, addr_spec=letter.address)
        message["Subject"] = letter.subject
    except ValueError as error:
        raise GivenUp(f"Surel ini tidak dapat ditulis: {error}") from None
    message["Date"] = format_datetime(now())
    message["Message-ID"] = f"<{letter.message_id}@{urlsplit(settings.address).hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{body}\n\n-- \n{FOOT.format(portal=portal, address=settings.address)}\n")
    return message


def _deliver(settings: Settings, message: EmailMessage) -> None:
    to = message["To"].addresses[0].addr_spec
    with _connection(settings) as server:
        try:
            server.send_message(message, settings.mail_from, [to])
        except smtplib.SMTPRecipientsRefused as refused:
            code, said = next(iter(refused.recipients.values()))
            raise _judged(code, said) from None
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as refused:
            raise _judged(refused.smtp_code, refused.smtp_error) from None


def _judged(code: int, said: bytes) -> Exception:
    words = f"{code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}"
    return GivenUp(words) if code >= FOR_GOOD else CannotSend(words)


@contextmanager
def _connection(settings: Settings) -> Iterator[smtplib.SMTP]:
    """To the server of the settings; a password never goes over a line that others can read."""
    parts = urlsplit(settings.smtp_url)
    trust = ssl.create_default_context()
    host = parts.hostname or ""
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=PATIENCE_S, context=trust)
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=PATIENCE_S)
    try:
        server.ehlo_or_helo_if_needed()
        hidden = parts.scheme == "smtps"
        if not hidden and server.has_extn("starttls"):
            server.starttls(context=trust)
            server.ehlo()
            hidden = True
        if parts.username:
            if not hidden and host not in ("127.0.0.1", "::1", "localhost"):
                raise CannotSend("Server surel tidak menawarkan STARTTLS, jadi kata sandinya tidak dikirim.")
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server
    finally:
        _hang_up(server)


def _hang_up(server: smtplib.SMTP) -> None:
    """What was accepted stays accepted, however the goodbye goes."""
    try:
        server.quit()
    except (smtplib.SMTPException, OSError):
        server.close()
