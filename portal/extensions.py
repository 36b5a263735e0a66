"""The libraries the app is made of, and how its database connections begin.

SQLite: BEGIN is ours. A request that only reads begins deferred; everything else begins IMMEDIATE, so
a transaction that will write holds the write lock from its first statement and never loses a save to
"database is locked" in the middle.
"""

import sqlite3
from contextlib import contextmanager
from contextvars import ContextVar

from flask_bootstrap import Bootstrap5
from flask_compress import Compress
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import Engine, event

from assessments.inventory.ordering import INDEX
from assessments.models import Base

db = SQLAlchemy(metadata=Base.metadata)
FULL_TEXT = ("search_words_fts", "page_text_fts")
UNTOLD = ("ix_search_words_text", "ix_page_text_words", INDEX)


def is_ours(_thing, name: str | None, kind: str, _reflected: bool, _compare_to) -> bool:
    """What the models speak of: SQLite's full-text index keeps tables of its own; some indexes stand on expressions."""
    return not (kind == "table" and str(name).startswith(FULL_TEXT)) and name not in UNTOLD


migrate = Migrate(directory="migrations", render_as_batch=True, compare_type=True, include_object=is_ours)
csrf = CSRFProtect()
login_manager = LoginManager()
bootstrap = Bootstrap5()
compress = Compress()

_reading: ContextVar[bool] = ContextVar("reading", default=False)
PRAGMAS = ("busy_timeout=10000", "journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL")


@contextmanager
def only_reading(flag: bool = True):
    """Transactions begun inside hold no write lock."""
    token = _reading.set(flag)
    try:
        yield
    finally:
        _reading.reset(token)


def begin_as(reading: bool) -> None:
    """Set how the transactions of this request begin."""
    _reading.set(reading)


@event.listens_for(Engine, "connect")
def _connected(connection, _record):
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute("PRAGMA " + pragma)
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection):
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN" if _reading.get() else "BEGIN IMMEDIATE")
