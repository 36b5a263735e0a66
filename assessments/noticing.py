"""Telling people: one sentence for each person with the page it leads to, told once. Other ways to reach them read the same rows."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Select, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from .actors import Actor
from .clock import now
from .models import Account, Notice
from .models import Session as SignedIn

LONGEST_SENTENCE, LONGEST_PATH, LONGEST_KEY = 300, 400, 160
SHOWN = 200


def tell(session: Session, people: Iterable[int], kind: str, sentence: str, path: str, dedupe_key: str) -> None:
    """Leave the sentence for these persons; whoever was told under the same key hears nothing twice."""
    tell_each(session, dict.fromkeys(people, sentence), kind, path, dedupe_key)


def tell_each(session: Session, told: Mapping[int, str], kind: str, path: str, dedupe_key: str) -> None:
    """The same where every person is told a sentence of their own, {person: sentence}: one statement for all of them."""
    if len(path) > LONGEST_PATH or not path.startswith("/"):
        raise ValueError(f"no path of the portal: {path}")
    rows = [
        {"person_id": person, "kind": kind, "sentence": shortened(told[person], LONGEST_SENTENCE), "path": path,
         "dedupe_key": f"{dedupe_key}:{person}"[:LONGEST_KEY], "at": now()}
        for person in sorted(told)
    ]
    if not rows:
        return
    make = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(make(Notice).values(rows).on_conflict_do_nothing(index_elements=["dedupe_key"]))


def shortened(text: str, limit: int) -> str:
    """One line of at most `limit` letters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 2].rstrip() + " …"


def of_person(session: Session, user: Actor) -> list[Notice]:
    """What this person was told, the newest first."""
    return list(session.scalars(
        select(Notice).where(Notice.person_id == user.person_id).order_by(Notice.at.desc(), Notice.id.desc()).limit(SHOWN)
    ))


def mark_seen(session: Session, user: Actor) -> None:
    """Everything this person was told so far has been opened."""
    session.execute(
        update(Notice).where(Notice.person_id == user.person_id, Notice.seen_at.is_(None), Notice.at <= now()).values(seen_at=now())
    )


def unseen() -> Select:
    """How many sentences wait for whoever holds a sign-in: a column for the statement that finds it."""
    holder = select(Account.person_id).where(Account.id == SignedIn.account_id).correlate(SignedIn).scalar_subquery()
    return (
        select(func.count(Notice.id)).where(Notice.person_id == holder, Notice.seen_at.is_(None)).correlate(SignedIn)
    )
