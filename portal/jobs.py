"""Work that waits for a commit.

A job is a row, written in the transaction of the change that wants it (`enqueue`). After the commit a bell rings (huey),
and the worker takes the row: claims it with a lease, runs what `@job(kind)` registered, and stores its outcome in the
same transaction as the work. The bell may get lost; the worker looks for due rows by itself every few seconds.

What runs must be idempotent: it happens at least once. It gets the session and the row's arguments, and its last
transaction is committed together with the outcome:

    @job("scan")
    def scan(session, sha256): ...

A transaction holds SQLite's write lock from its first statement, so what is slow comes before that, or after what was
read has been given back with `session.rollback()`.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, current_app, has_app_context
from huey import Huey, MemoryHuey, PriorityRedisHuey, SqliteHuey
from huey.constants import EmptyData
from sqlalchemy import ColumnElement, and_, event, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from assessments.models import Job
from portal.config import QUEUE_IN_MEMORY, Settings
from portal.extensions import only_reading

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 5
PAUSE = timedelta(seconds=10)  # doubled after each failure
RUNG_AT_ONCE = 100
HEARTBEAT = "heartbeat"
HEARTBEAT_FRESH_S = 30

log = logging.getLogger("portal.jobs")
table = Job.__table__

_kinds: dict[str, Callable[..., None]] = {}
_running: dict[int, int] = {}  # job id -> attempt, in this process
_running_lock = threading.Lock()


def job(kind: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register what carries out jobs of this kind."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        if _kinds.setdefault(kind, function) is not function:
            raise ValueError(f"two functions for jobs of kind {kind!r}")
        return function

    return register


def enqueue(
    session: Session,
    kind: str,
    args: dict[str, Any] | None = None,
    dedupe_key: str | None = None,
    not_before: datetime | None = None,
) -> int:
    """Add a job to this transaction and return its id.

    While a job with the same `dedupe_key` still waits, it is kept and no second one is added. A running one has given
    its key back, so a change made meanwhile is not missed.
    """
    (job_id,) = _add(session, [_waiting(kind, args or {}, dedupe_key, not_before)])
    return job_id


def enqueue_each(session: Session, kind: str, wanted: Mapping[str, dict[str, Any]]) -> None:
    """The same for {dedupe_key: args}, in one statement."""
    if wanted:
        _add(session, [_waiting(kind, args, key, None) for key, args in wanted.items()])


def _waiting(kind: str, args: dict[str, Any], dedupe_key: str | None, not_before: datetime | None) -> dict[str, Any]:
    return {
        "kind": kind, "args": args, "dedupe_key": dedupe_key, "state": "waiting", "attempts": 0, "not_before": not_before,
        "created_at": datetime.now(UTC),
    }


def _add(session: Session, rows: list[dict[str, Any]]) -> list[int]:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    added = insert(table).values(rows)
    if rows[0]["dedupe_key"] is not None:
        # Touching the waiting row holds the worker back until this transaction has ended.
        added = added.on_conflict_do_update(index_elements=["dedupe_key"], set_={"dedupe_key": added.excluded.dedupe_key})
    ids = list(session.scalars(added.returning(table.c.id)))
    session.info.setdefault("bells", []).extend(ids)
    return ids


@event.listens_for(Session, "after_commit")
def _ring_after_commit(session: Session) -> None:
    if session.in_nested_transaction():
        return
    for job_id in session.info.pop("bells", ()):
        if has_app_context():
            ring(job_id)


@event.listens_for(Session, "after_soft_rollback")
def _forget_after_rollback(session: Session, transaction: Any) -> None:
    if transaction.parent is None:
        session.info.pop("bells", None)


def init_app(app: Flask) -> None:
    queue = open_queue(app.config["SETTINGS"])

    @queue.task(name="carry_out")
    def carry_out_in_worker(job_id: int) -> None:
        with app.app_context():
            carry_out(job_id)

    app.extensions["queue"] = queue
    app.extensions["bell"] = carry_out_in_worker


def open_queue(settings: Settings) -> Huey:
    if settings.queue == QUEUE_IN_MEMORY:
        return MemoryHuey("portal", results=False)
    if settings.queue.startswith("sqlite:///"):
        path = Path(settings.queue.removeprefix("sqlite:///"))
        path.parent.mkdir(parents=True, exist_ok=True)
        return SqliteHuey("portal", filename=str(path), results=False)
    return PriorityRedisHuey("portal", url=settings.queue, results=False)


def ring(job_id: int) -> None:
    """Tell the worker now. A bell that fails is no failure: the row is stored and the worker looks for it."""
    try:
        current_app.extensions["bell"](job_id)
    except Exception:
        log.warning("the bell for job %s did not ring", job_id, exc_info=True)


def carry_out(job_id: int) -> bool:
    """Take the job if it is due and free, run it, store how it went; false when there was nothing to take."""
    with _own_session() as session:
        claimed = session.execute(
            update(table)
            .where(table.c.id == job_id, _due(datetime.now(UTC)))
            .values(
                state="running", attempts=table.c.attempts + 1, lease_until=datetime.now(UTC) + LEASE, dedupe_key=None
            )
            .returning(table.c.kind, table.c.args, table.c.attempts)
        ).one_or_none()
        session.commit()
        if claimed is None:
            return False
        with _running_lock:
            _running[job_id] = claimed.attempts
        try:
            _run(session, job_id, *claimed)
        finally:
            with _running_lock:
                del _running[job_id]
    return True


def _run(session: Session, job_id: int, kind: str, args: dict[str, Any], attempt: int) -> None:
    try:
        _kinds[kind](session, **args)
        if _store(session, job_id, attempt, state="done", done_at=datetime.now(UTC), error=None):
            session.commit()
        else:
            session.rollback()  # the lease ran out and somebody else took it over
    except Exception as error:
        session.rollback()
        log.warning("job %s (%s) failed at attempt %s", job_id, kind, attempt, exc_info=True)
        _store_failure(session, job_id, attempt, error)


def run_due(limit: int = 1000) -> int:
    """Carry out what is due, here and now, oldest first, with what it brings forth; how many were taken."""
    taken = 0
    while taken < limit and (ids := _due_ids(limit - taken)):
        taken += sum(carry_out(job_id) for job_id in ids)
    return taken


def ring_due() -> None:
    """Ring again for rows that are due or whose lease ran out, unless the worker has plenty to do already."""
    _give_up_on_deadly_jobs()
    if current_app.extensions["queue"].pending_count() < RUNG_AT_ONCE:
        for job_id in _due_ids(RUNG_AT_ONCE):
            ring(job_id)


def renew_leases() -> None:
    """Keep what this process still works on."""
    with _running_lock:
        mine = dict(_running)
    if mine:
        with _own_session() as session:
            for job_id, attempt in mine.items():
                _store(session, job_id, attempt, lease_until=datetime.now(UTC) + LEASE)
            session.commit()


def beat() -> None:
    """The worker's sign of life, kept beside the queue and not in the database."""
    current_app.extensions["queue"].storage.put_data(HEARTBEAT, str(time.time()).encode())


def worker_alive() -> bool:
    """Whether a worker gave a sign of life in the last 30 seconds."""
    try:
        beaten = current_app.extensions["queue"].storage.peek_data(HEARTBEAT)
        return beaten is not EmptyData and time.time() - float(bytes(beaten)) < HEARTBEAT_FRESH_S
    except Exception:
        log.warning("the queue does not answer", exc_info=True)
        return False


@contextmanager
def _own_session() -> Iterator[Session]:
    """The app's session in a context of its own, so that nothing of the caller is touched."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    with app.app_context():
        yield app.extensions["sqlalchemy"].session


def _due(at: datetime) -> ColumnElement[bool]:
    return or_(
        and_(table.c.state == "waiting", or_(table.c.not_before.is_(None), table.c.not_before <= at)),
        and_(table.c.state == "running", table.c.lease_until < at, table.c.attempts < MOST_ATTEMPTS),
    )


def _due_ids(limit: int) -> list[int]:
    with only_reading(), _own_session() as session:
        due = select(table.c.id).where(_due(datetime.now(UTC))).order_by(table.c.id).limit(limit)
        return list(session.scalars(due))


def _give_up_on_deadly_jobs() -> None:
    """A job that took its worker down at every attempt is not tried for ever."""
    lost = and_(
        table.c.state == "running",
        table.c.lease_until < datetime.now(UTC),
        table.c.attempts >= MOST_ATTEMPTS,
    )
    with only_reading(), _own_session() as session:
        if session.scalar(select(table.c.id).where(lost).limit(1)) is None:
            return
    with _own_session() as session:
        told = "the worker died at every attempt"
        session.execute(update(table).where(lost).values(state="failed", error=told, done_at=datetime.now(UTC)))
        session.commit()


def _store(session: Session, job_id: int, attempt: int, **values: Any) -> bool:
    """Write on the row as long as it is still this attempt's."""
    mine = (table.c.id == job_id, table.c.attempts == attempt, table.c.state == "running")
    return session.execute(update(table).where(*mine).values(**values)).rowcount == 1


def _store_failure(session: Session, job_id: int, attempt: int, error: Exception) -> None:
    told = f"{type(error).__name__}: {error}"[:500]
    if attempt >= MOST_ATTEMPTS:
        _store(session, job_id, attempt, state="failed", error=told, done_at=datetime.now(UTC))
    else:
        pause = PAUSE * 2 ** (attempt - 1)
        _store(session, job_id, attempt, state="waiting", error=told, not_before=datetime.now(UTC) + pause)
    session.commit()
