"""Sentences an assessor uses again: everybody's own list, for one field of the desk or for questions."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .actors import Actor
from .models import Phrase
from .models.desk import PHRASE_FIELDS
from .refusal import Refused
from .texts import clean

MOST = 40  # for one field
LONGEST = 1000


def phrases_of(session: Session, person_id: int | None) -> dict[str, list[Phrase]]:
    """{field: own sentences, newest first}, in one statement."""
    rows = session.scalars(select(Phrase).where(Phrase.person_id == (person_id or 0)).order_by(Phrase.id.desc()))
    found: dict[str, list[Phrase]] = {field: [] for field in PHRASE_FIELDS}
    for row in rows:
        found[row.field].append(row)
    return found


def keep_phrase(session: Session, by: Actor, field: str, text: str) -> Phrase:
    """Remember a sentence; one that is there already is not kept twice. Refused names `phrase-<field>`."""
    if field not in PHRASE_FIELDS:
        raise Refused("Isian untuk kalimat ini tidak dikenal.")
    place = f"phrase-{field}"
    text = clean(text, LONGEST, "Kalimat", place, required=True)
    same = session.scalar(select(Phrase).where(Phrase.person_id == by.person_id, Phrase.field == field, Phrase.text == text))
    if same is not None:
        return same
    held = session.scalar(select(func.count(Phrase.id)).where(Phrase.person_id == by.person_id, Phrase.field == field))
    if held >= MOST:
        raise Refused(f"Kalimat simpanan paling banyak {MOST} untuk satu isian. Hapus satu dulu.", field=place)
    phrase = Phrase(person_id=by.person_id, field=field, text=text)
    session.add(phrase)
    return phrase


def own_phrase(session: Session, by: Actor, id: int) -> Phrase | None:
    """One's own sentence of this id; nobody else's."""
    return session.scalar(select(Phrase).where(Phrase.id == id, Phrase.person_id == by.person_id))


def drop_phrase(session: Session, phrase: Phrase) -> None:
    session.delete(phrase)
