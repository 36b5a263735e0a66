"""One database for each test process, migrated once and put back to empty between tests, on either engine."""

import contextlib
import fcntl
import os
import shutil
from abc import ABC, abstractmethod
from pathlib import Path

import flask_migrate
import psycopg
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine

from portal import create_app
from portal.config import QUEUE_IN_MEMORY, Settings, load
from tests.memory import memory
from tests.services import ROOT, in_postgres, postgres_url

ENGINES = ("sqlite", "postgresql")
COPY_AFTER = 50  # rows that were deleted still take room
BUSY_OUT = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"""
REWIND = "SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'"
TABLES = """SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'"""
# Tables, indexes and sequences, triggers and whether they are on, functions, constraints, the revision.
SHAPE = """SELECT
    (SELECT (count(*), sum(oid::int8), sum(hashtext(relname))) FROM pg_class WHERE relnamespace = 'public'::regnamespace),
    (SELECT (count(*), sum(oid::int8), sum(xmin::text::int8)) FROM pg_trigger),
    (SELECT (count(*), sum(oid::int8), sum(xmin::text::int8)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace),
    (SELECT (count(*), sum(oid::int8), sum(xmin::text::int8)) FROM pg_constraint),
    (SELECT string_agg(version_num, ' ') FROM alembic_version)"""


class Database(ABC):
    """`url` leads to a database that is as fresh migrations left it after each `renew`."""

    def __init__(self, shared: Path, process: str):
        self._shared = shared
        self._process = process
        self._touched = True
        self._turned = False
        with open(shared / "template.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (shared / "template.ready").exists():
                self._make_template()
                (shared / "template.ready").touch()
        event.listen(Engine, "commit", self._touch)
        event.listen(Engine, "rollback", self._turn)

    url: str

    def renew(self, app: Flask) -> None:
        if self._touched:
            if not self._emptied():
                with app.app_context():
                    app.extensions["sqlalchemy"].engine.dispose()
                self._copy_template()
        elif self._turned:
            self._rewind()
        self._touched = self._turned = False
        memory.begin()

    def _touch(self, connection: object) -> None:
        self._touched = True

    def _turn(self, connection: object) -> None:
        self._turned = True

    def _migrate(self, url: str) -> None:
        app = create_app(settings_for(url, self._shared / "template-instance"))
        with app.app_context():
            flask_migrate.upgrade(directory=str(ROOT / "migrations"))
            app.extensions["sqlalchemy"].engine.dispose()

    @abstractmethod
    def _make_template(self) -> None: ...

    @abstractmethod
    def _copy_template(self) -> None: ...

    def _emptied(self) -> bool:
        """Whether it could be emptied while the app stays connected; where it could not, a copy is made."""
        return False

    @abstractmethod
    def _rewind(self) -> None:
        """Undo what a rollback leaves behind."""


class OnSqlite(Database):
    def __init__(self, shared: Path, process: str):
        self._template = shared / "template.sqlite"
        self._path = shared / f"{process}.sqlite"
        self.url = f"sqlite:///{self._path}"
        super().__init__(shared, process)

    def _make_template(self) -> None:
        self._migrate(f"sqlite:///{self._template}")

    def _copy_template(self) -> None:
        for suffix in ("-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(self._template, self._path)

    def _rewind(self) -> None:
        """Here a rollback leaves nothing behind."""


class OnPostgres(Database):
    """Emptied row by row, at a fraction of what a copy of the template costs; that is for when more than rows changed.

    The app's connections and the one that empties stay open meanwhile: a new one has to learn every table first.
    """

    def __init__(self, shared: Path, process: str):
        self._cluster = os.environ["TEST_CLUSTER"]
        self._name = f"test_{process}"
        self.url = postgres_url(self._cluster, self._name)
        self._own: psycopg.Connection | None = None
        self._shape: tuple | None = None
        self._tables: list[str] = []
        self._times = 0
        super().__init__(shared, process)

    def _make_template(self) -> None:
        in_postgres(self._cluster, "CREATE DATABASE template_portal")
        self._migrate(postgres_url(self._cluster, "template_portal"))

    def _copy_template(self) -> None:
        if self._own:
            self._own.close()
        in_postgres(
            self._cluster,
            f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)",
            f"CREATE DATABASE {self._name} TEMPLATE template_portal STRATEGY FILE_COPY",
        )
        self._times = 0
        self._own = psycopg.connect(f"host={self._cluster} user=postgres dbname={self._name}", autocommit=True)
        self._shape = self._own.execute(SHAPE).fetchone()
        self._tables = [name for (name,) in self._own.execute(TABLES)]
        filled = " OR ".join(f'EXISTS (SELECT FROM "{name}")' for name in self._tables)
        if self._own.execute(f"SELECT {filled}").fetchone() != (False,):
            self._shape = None  # migrations leave rows: only a copy has them

    def _emptied(self) -> bool:
        if self._own is None or self._shape is None or self._times == COPY_AFTER:
            return False
        self._times += 1
        with contextlib.suppress(psycopg.Error):
            self._own.execute(BUSY_OUT)
            if self._own.execute(SHAPE).fetchone() == self._shape:
                with self._own.transaction():
                    self._own.execute("SET LOCAL lock_timeout = '5s'; SET LOCAL session_replication_role = replica")
                    self._own.execute(";".join(f'DELETE FROM "{name}"' for name in self._tables))
                    self._own.execute(REWIND)
                return True
        return False

    def _rewind(self) -> None:
        """Numbers given to rows that were rolled back stay given; the next test's rows must have the same ids as ever."""
        assert self._own is not None
        self._own.execute(REWIND)


def settings_for(url: str, instance: Path, **given: object) -> Settings:
    """Demo mode, nothing shared with another test process, the queue in memory."""
    own = {"database_url": url, "instance": instance, "queue_url": QUEUE_IN_MEMORY, "secret_key": "k" * 64}
    return load(**(own | given))
