"""What the tests of programs share: a token of a seat, and a program that carries it."""

from assessments import tokens
from tests import builders as build


def token_of(session, where: build.City, who: str = "round_manager", name: str = "Dasbor", days: int = 90):
    """(the row, the secret) for the office of this seat."""
    made, secret = tokens.create(session, where.actor(who), name, days)
    session.commit()
    return made, secret


def bearer(secret: str) -> dict[str, dict[str, str]]:
    return {"headers": {"Authorization": f"Bearer {secret}"}}


