"""How the tests reach the pages of an agency's head."""

from sqlalchemy import func, select

from portal import passwords
from tests import builders

HASH = passwords.hashed(builders.PASSWORD)


def city_with_passwords(session):
    """A city whose head and operator of Bappeda can type their password."""
    made = builders.city(session)
    for who in ("head", "operator"):
        made.people[who].person.account.password = HASH
    session.flush()
    return made


def at(part, page=""):
    return f"/persetujuan/{part.id}{page}"


def filled(client, part, **fields):
    """What the head sends: ticked, with the password, unless said otherwise."""
    sent = builders.form(client, at(part, "/pernyataan"), checked="y", password=builders.PASSWORD)
    return {name: value for name, value in (sent | fields).items() if value is not None}


def counted(session, kind, *where):
    session.rollback()
    return session.scalar(select(func.count()).select_from(kind).where(*where))
