"""Rows that change alike are stored in one statement, however many they are.

The mapper sends one UPDATE for each row that has a version, and on SQLite one INSERT for each row that waits for its
number. A step for forty agencies would be thousands of statements. Here, just before each flush, rows of one kind whose
columns change to the same values go together, each still only if its version is the one that was read; and on SQLite
new rows are numbered beforehand, which its single writer makes safe. The proof of `audit.py` is the same for every row.
"""

from collections.abc import Hashable, Iterator, Sequence
from typing import Any, cast

from sqlalchemy import Table, event, func, insert, inspect, select, tuple_, update
from sqlalchemy.orm import InstanceState, Mapper, Session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.orm.interfaces import MANYTOONE

from . import audit
from .clock import now
from .models import Event

FEW = 3  # as many statements as numbering them costs, or more


def watch(session_class: type[Session]) -> None:
    """Listen to a session class. Whatever may refuse a flush has to listen before."""
    event.listen(session_class, "before_flush", _together)
    event.listen(session_class, "after_flush", _lines)
    event.listen(session_class, "after_rollback", _forget)


def _together(session: Session, _context, instances) -> None:
    if instances is None:
        _take_lines(session)
        _number(session)
        for mapper, changes, rows in list(_alike(session)):
            _store(session, mapper, changes, rows)


# ---------------------------------------------------------------- what changes alike

Changes = tuple[tuple[str, Hashable], ...]


def _alike(session: Session) -> Iterator[tuple[Mapper, Changes, list]]:
    """(kind, ((attribute, new value), ...), its rows by primary key) wherever there are at least two."""
    groups: dict[tuple[Mapper, Changes], list] = {}
    for row in session.dirty:
        state = inspect(row)
        if state.mapper.version_id_col is not None and not state.mapper.inherits and (changes := _changes(state)):
            groups.setdefault((state.mapper, changes), []).append(row)
    for (mapper, changes), rows in groups.items():
        if len(rows) > 1:
            yield mapper, changes, sorted(rows, key=lambda row: inspect(row).identity)


def _changes(state: InstanceState) -> Changes:
    """What differs from the stored row; empty where the mapper has to see to it: keys, references, expressions."""
    mapper = state.mapper
    if _version(mapper) not in state.dict:
        return ()
    for relation in mapper.relationships:
        if relation.direction is MANYTOONE and state.attrs[relation.key].history.has_changes():
            return ()
    found: list[tuple[str, Hashable]] = []
    for attribute in mapper.column_attrs:
        if not state.attrs[attribute.key].history.has_changes():
            continue
        value, column = state.dict.get(attribute.key), attribute.columns[0]
        plain = isinstance(value, Hashable) and not hasattr(value, "__clause_element__") and column.table is mapper.local_table
        if not plain or column.foreign_keys or column.primary_key or column is mapper.version_id_col:
            return ()
        found.append((attribute.key, value))
    return tuple(found)


def _version(mapper: Mapper) -> str:
    return str(mapper.get_property_by_column(mapper.version_id_col).key)


def _store(session: Session, mapper: Mapper, changes: Changes, rows: list) -> None:
    """One UPDATE; raises StaleDataError when somebody changed one of the rows since it was read, as the mapper does."""
    version = _version(mapper)
    table, number, (key,) = cast(Table, mapper.local_table), mapper.version_id_col, mapper.primary_key
    seen = [(inspect(row).identity[0], getattr(row, version)) for row in rows]
    columns: dict[Any, Any] = {mapper.attrs[name].columns[0]: value for name, value in changes}
    done = session.connection().execute(
        update(table).where(tuple_(key, number).in_(seen)).values(columns | {number: number + 1})
    )
    if done.rowcount != len(rows):
        raise StaleDataError(f"{len(rows)} rows of {table.name} were to change, {done.rowcount} were as they had been read")
    for row, (_, n) in zip(rows, seen, strict=True):
        audit.changed(session, row)  # before the row forgets what it said
        for name, value in changes:
            set_committed_value(row, name, value)
        set_committed_value(row, version, n + 1)


def change_alike(session: Session, rows: Sequence, **values: Hashable) -> None:
    """Give rows of one kind the same values at once, where references are among them, which the flush leaves to the mapper.

    What is loaded along these references is the caller's to set. Raises StaleDataError as the flush does.
    """
    if not rows:
        return
    with session.no_autoflush:
        for row in rows:
            for name, value in values.items():
                setattr(row, name, value)
        _store(session, inspect(rows[0]).mapper, tuple(values.items()), sorted(rows, key=lambda row: inspect(row).identity))


# ---------------------------------------------------------------- new rows


def _take_lines(session: Session) -> None:
    """Lines of history are never asked for their number, so several go in as plain rows, after what they tell of."""
    lines = sorted((row for row in session.new if type(row) is Event), key=lambda row: inspect(row).insert_order)
    if len(lines) < 2 or any(line.__dict__.get("by") is not None for line in lines):
        return
    columns = {attribute.key for attribute in inspect(Event).column_attrs}
    for line in lines:
        session.expunge(line)
        row = {"at": now()} | {name: line.__dict__[name] for name in sorted(columns & line.__dict__.keys())}
        session.info.setdefault("lines", {}).setdefault(tuple(row), []).append(row)


def _lines(session: Session, _context) -> None:
    for rows in session.info.pop("lines", {}).values():
        session.connection().execute(insert(cast(Table, Event.__table__)), rows)


def _forget(session: Session) -> None:
    session.info.pop("lines", None)


def _number(session: Session) -> None:
    """On SQLite give new rows the numbers they would get, so that they are inserted together."""
    if session.get_bind().dialect.name != "sqlite":
        return
    waiting: dict[Table, list] = {}
    given: dict[Table, int] = {}
    for row in session.new:
        state = inspect(row)
        if not isinstance(table := state.mapper.local_table, Table) or state.mapper.inherits:
            continue
        key = table.autoincrement_column
        if key is None:
            continue
        name = state.mapper.get_property_by_column(key).key
        if state.dict.get(name) is None:
            waiting.setdefault(table, []).append((state.insert_order, name, row))
        else:
            given[table] = max(given.get(table, 0), state.dict[name])
    many = {table: rows for table, rows in waiting.items() if len(rows) >= FEW}
    if not many:
        return
    newest = session.connection().execute(
        select(*(select(func.max(table.autoincrement_column)).scalar_subquery() for table in many))
    ).one()
    for (table, rows), last in zip(many.items(), newest, strict=True):
        first = max(last or 0, given.get(table, 0)) + 1
        for number, (_, name, row) in enumerate(sorted(rows, key=lambda each: each[0]), first):
            setattr(row, name, number)
