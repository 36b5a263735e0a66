"""Keys for programs: made by the owner of an account, for one of its offices, until a day; shown once, kept as a hash."""

import secrets
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from .actors import Actor
from .canonical import digest
from .clock import now
from .models import ApiToken, Appointment, Organization
from .policies import entitled
from .refusal import Refused
from .texts import clean_line
from .workflow import Forbidden

LIFETIMES = {30: "30 hari", 90: "90 hari", 365: "365 hari"}
MOST = 20
PREFIX = "spbe_"


def create(session: Session, by: Actor, name: str, days: int | None) -> tuple[ApiToken, str]:
    """A token for the office `by` acts in now; gives the row and the secret, which nobody can read again."""
    if not entitled(by, "write", "api_token"):
        raise Forbidden("write")
    if by.appointment_id is None:
        raise Refused("Token hanya dapat dibuat dengan jabatan yang aktif.")
    name = clean_line(name, 80, "Nama token", "name", required=True)
    if days not in LIFETIMES:
        raise Refused("Pilih masa berlaku.", field="days")
    living = [token for token in of_account(session, by) if alive(token)]
    if any(token.name == name for token in living):
        raise Refused("Nama ini sudah dipakai token lain yang masih berlaku.", field="name")
    if len(living) >= MOST:
        raise Refused(f"Paling banyak {MOST} token berlaku bersamaan. Akhiri yang tidak dipakai.")
    secret = PREFIX + secrets.token_urlsafe(32)
    made = ApiToken(
        token_hash=digest(secret.encode()), account_id=by.account_id, appointment_id=by.appointment_id, name=name,
        created=now(), expires=now() + timedelta(days=days),
    )
    session.add(made)
    return made, secret


def end(session: Session, by: Actor, fingerprint: str) -> ApiToken:
    """End one of the own tokens at once. What is not the own one looks like what does not exist."""
    found = next((token for token in of_account(session, by) if token.token_hash == fingerprint), None)
    if found is None:
        raise Refused("Token itu tidak ada pada akun Anda.")
    if found.ended is None:
        found.ended = now()
    return found


def alive(token: ApiToken) -> bool:
    """Whether it opens anything: not ended, not past its day, its account active, its office held today."""
    if token.ended is not None or token.expires <= now():
        return False
    return token.account.active and not token.account.must_change_password and token.appointment.held_on()


def of_account(session: Session, by: Actor) -> list[ApiToken]:
    """The tokens of the actor's account, the newest first."""
    return list(
        session.scalars(
            select(ApiToken)
            .where(ApiToken.account_id == by.account_id)
            .options(
                joinedload(ApiToken.account),
                joinedload(ApiToken.appointment).joinedload(Appointment.organization).joinedload(Organization.states),
            )
            .order_by(ApiToken.created.desc(), ApiToken.token_hash)
        ).unique()
    )
