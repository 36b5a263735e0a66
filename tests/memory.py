"""What a builder did once is written again as rows instead of being lived again: most tests begin with the same city.

A builder marked `@remembered` is only remembered where everything in the database so far came from such builders, in
this test, through this session. Then the same calls lead to the same rows: those it added or changed are kept, with the
links of the audit chain that wait for the commit, and written at once the next time. In any other case it simply runs.
"""

import pickle
import time
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

from sqlalchemy import Table, bindparam, delete, event, insert, inspect, select, text, tuple_, update
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, scoped_session

from assessments import clock
from assessments.models import Base

KEPT_SECONDS = 240  # what a test finds is never older than it could be on a slow machine
READING = ("SELECT", "BEGIN", "PRAGMA", "SHOW")
MARK, COMMITTED = "remembered", "committed"

Rows = dict[str, dict[tuple, tuple]]


@dataclass
class Chapter:
    """The database after a builder, and how to get there from where it began."""

    at: float
    rows: Rows
    new: list[tuple[Table, list[dict]]]
    changed: list[tuple[Table, list[dict]]]
    gone: list[tuple[Table, list[tuple]]]
    waiting: bytes
    made: Any


class Memory:
    def __init__(self) -> None:
        self.on = True
        self._writes = 0
        self._seen: set[tuple] = set()
        self._chapters: dict[tuple, Chapter] = {}
        event.listen(Engine, "before_cursor_execute", self._count)
        event.listen(Engine, "rollback", self._undone)
        event.listen(Session, "before_commit", self._to_be_committed, insert=True)
        event.listen(Session, "after_commit", self._committed)

    def begin(self) -> None:
        """The database is as migrations left it."""
        self._writes = 0

    def _count(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        self._writes += not statement.lstrip().upper().startswith(READING) or "FOR UPDATE" in statement

    def _undone(self, _connection: Any) -> None:
        self._writes += 1

    def _to_be_committed(self, session: Session) -> None:
        if self._writes and not session.in_nested_transaction():
            session.info[COMMITTED] = self.trail(session)

    def _committed(self, session: Session) -> None:
        """A commit adds nothing but the links that waited for it, one for each stream."""
        trail = session.info.pop(COMMITTED, None)
        if trail:
            self._reached(session, trail if trail[-1] == COMMITTED else (*trail, COMMITTED))

    def trail(self, session: Session) -> tuple | None:
        """The calls that made all there is; None if anything else was written."""
        session.flush()
        if not self._writes:
            return ()
        writes, trail = session.info.get(MARK, (None, None))
        return trail if writes == self._writes else None

    def _reached(self, session: Session, trail: tuple) -> None:
        session.info[MARK] = (self._writes, trail)

    def call(self, build: Callable, session: Session, args: tuple, more: dict) -> Any:
        before = self.trail(session) if self.on and _present() else None
        if before is None:
            return build(session, *args, **more)
        try:
            after = (*before, (build.__qualname__, _named(args), _named(tuple(sorted(more.items())))))
            hash(after)
        except TypeError:
            return build(session, *args, **more)
        chapter = self._chapters.get(after)
        if chapter and time.monotonic() - chapter.at < KEPT_SECONDS:
            _write(session, chapter)
            self._reached(session, after)
            return _found(session, chapter.made)
        beginning = self._rows_at(session, before) if after in self._seen else None
        self._seen.add(after)
        made = build(session, *args, **more)
        session.flush()
        if beginning is not None:
            self._chapters[after] = _chapter(session, beginning, made)
        self._reached(session, after)
        return made

    def _rows_at(self, session: Session, trail: tuple) -> Rows:
        chapter = self._chapters.get(trail)
        return chapter.rows if chapter else _read(session)


memory = Memory()


def remembered(build: Callable) -> Callable:
    """A builder whose first argument is the session and whose others are values, rows or dataclasses of rows."""

    @wraps(build)
    def again(session: Session | scoped_session, *args: Any, **more: Any) -> Any:
        return memory.call(build, session() if isinstance(session, scoped_session) else session, args, more)

    return again


def _present() -> bool:
    return abs(datetime.now(UTC) - clock.now()) < timedelta(seconds=2)


@dataclass(frozen=True)
class Named:
    """A row by its key, or a dataclass by what it holds."""

    kind: type
    key: tuple


def _named(value: Any) -> Any:
    if isinstance(value, Base):
        return Named(type(value), inspect(value).identity)
    if is_dataclass(value):
        return Named(type(value), tuple((field.name, _named(getattr(value, field.name))) for field in fields(value)))
    if isinstance(value, dict):
        return Named(dict, tuple((key, _named(each)) for key, each in value.items()))
    if isinstance(value, list | tuple):
        return Named(type(value), tuple(_named(each) for each in value))
    return value


def _found(session: Session, named: Any) -> Any:
    rows: dict[type, set[tuple]] = {}
    _collect(named, rows)
    kept = []  # the session itself only holds on to rows that somebody holds
    for kind, keys in rows.items():
        columns = inspect(kind).primary_key
        kept += session.scalars(select(kind).where(tuple_(*columns).in_(sorted(keys)))).all()
    return _alive(session, named)


def _collect(named: Any, rows: dict[type, set[tuple]]) -> None:
    if not isinstance(named, Named):
        return
    if issubclass(named.kind, Base):
        rows.setdefault(named.kind, set()).add(named.key)
    else:
        for each in named.key:
            _collect(each[1] if isinstance(each, tuple) else each, rows)


def _alive(session: Session, named: Any) -> Any:
    if not isinstance(named, Named):
        return named
    if issubclass(named.kind, Base):
        return session.get(named.kind, named.key)
    if issubclass(named.kind, list | tuple):
        return named.kind(_alive(session, each) for each in named.key)
    return named.kind(**{name: _alive(session, each) for name, each in named.key})


def _read(session: Session) -> Rows:
    connection = session.connection()
    rows: Rows = {}
    for table in Base.metadata.sorted_tables:
        keys = [list(table.columns).index(column) for column in table.primary_key]
        rows[table.name] = {
            tuple(row[at] for at in keys): tuple(row)
            for row in connection.execute(select(table).order_by(*table.primary_key))
        }
    return rows


def _chapter(session: Session, before: Rows, made: Any) -> Chapter:
    after = _read(session)
    new, changed, gone = [], [], []
    for table in Base.metadata.sorted_tables:
        old, now = before[table.name], after[table.name]
        names = [column.name for column in table.columns]
        for rows, kept in (
            ([row for key, row in now.items() if key not in old], new),
            ([row for key, row in now.items() if key in old and row != old[key]], changed),
        ):
            if rows:
                kept.append((table, [dict(zip(names, row)) for row in rows]))
        if lost := [key for key in old if key not in now]:
            gone.insert(0, (table, lost))
    waiting = pickle.dumps(session.info.get("audit", {}))
    return Chapter(time.monotonic(), after, new, changed, gone, waiting, _named(made))


def _number_on(connection, tables: set[str]) -> None:
    """Let each sequence go on after the largest number that is there: rows that were written as rows did not ask it."""
    numbered = [
        table.name for table in Base.metadata.sorted_tables
        if table.name in tables and "id" in table.c and table.autoincrement_column is not None
    ]
    if numbered:
        ahead = ", ".join(
            f"""setval(pg_get_serial_sequence('"{name}"', 'id'), (SELECT max(id) FROM "{name}"))""" for name in numbered
        )
        connection.execute(text(f"SELECT {ahead}"))


def _write(session: Session, chapter: Chapter) -> None:
    connection = session.connection()
    for table, keys in chapter.gone:
        connection.execute(delete(table).where(tuple_(*table.primary_key).in_(keys)))
    for table, rows in chapter.new:
        connection.execute(insert(table), rows)
    for table, rows in chapter.changed:
        keys = list(table.primary_key)
        one = update(table).where(*(column == bindparam(f"_{column.name}") for column in keys))
        others = [column.name for column in table.columns if column not in keys]
        one = one.values({name: bindparam(name) for name in others})
        connection.execute(
            one, [{name: row[name] for name in others} | {f"_{c.name}": row[c.name] for c in keys} for row in rows]
        )
    if session.get_bind().dialect.name == "postgresql":
        _number_on(connection, {table.name for table, _rows in chapter.new})
    session.expire_all()
    session.info["audit"] = pickle.loads(chapter.waiting)

