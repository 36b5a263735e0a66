"""How long lists of applications are ordered: the same on both engines, and as the index of migration 005 holds them.

Capitals count as small letters where they are ASCII, everything else by its code point; what is over stands last.
"""

from sqlalchemy import Boolean, ColumnElement, Select, String, and_, column, false, literal_column, select, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.functions import GenericFunction

from ..models import Application

INDEX = "ix_application_directory"
# Written out: SQLite finds an index on an expression only where the words are the same, so nothing is bound here.
OVER: ColumnElement[bool] = literal_column("(application.state IN ('merged', 'retired'))", Boolean)
STANDING: ColumnElement[bool] = false() == OVER


class Alphabetical(GenericFunction):
    """A name as it is sorted."""

    type = String()
    name = "alphabetical"
    inherit_cache = True


@compiles(Alphabetical)
def _plain(element, compiler, **more) -> str:
    return f"lower({compiler.process(element.clauses, **more)})"


@compiles(Alphabetical, "postgresql")
def _by_code_point(element, compiler, **more) -> str:
    return f'lower({compiler.process(element.clauses, **more)} COLLATE "C")'


LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Each letter with the sign behind it, so that what begins with it is a stretch of the index.
ALPHABET = text(
    " UNION ALL ".join(f"SELECT '{one}' AS letter, '{chr(ord(one) + 1)}' AS beyond" for one in LETTERS.lower())
).columns(column("letter", String), column("beyond", String)).subquery("alphabet")


def by_name() -> tuple[Alphabetical, InstrumentedAttribute[int]]:
    """The alphabet; two of one name by their number."""
    return Alphabetical(Application.name), Application.id


def begins_with(letter: str) -> ColumnElement[bool]:
    """Names that begin with a letter, small or capital."""
    return and_(Alphabetical(Application.name) >= letter.lower(), Alphabetical(Application.name) < chr(ord(letter.lower()) + 1))


def first_letters(rows: Select) -> Select:
    """SELECT of the letters that something of `rows` (a SELECT of applications) begins with."""
    name = Alphabetical(Application.name)
    held = rows.with_only_columns(Application.id).where(name >= ALPHABET.c.letter, name < ALPHABET.c.beyond)
    return select(ALPHABET.c.letter).where(held.correlate(ALPHABET).exists())
