"""One database for each test process, migrated once and put back to empty between tests, on either engine."""

import fcntl
import os
import shutil
from abc import ABC, abstractmethod
from pathlib import Path

import flask_migrate
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine

from portal import create_app
from portal.config import QUEUE_IN_MEMORY, Settings, load
from tests.services import ROOT, in_postgres, postgres_url

ENGINES = ("sqlite", "postgresql")


class Database(ABC):
    """`url` leads to a database that is as fresh migrations left it after each `renew`."""

    def __init__(self, shared: Path, process: str):
        self._shared = shared
        self._process = process
        self._touched = True
        with open(shared / "template.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (shared / "template.ready").exists():
                self._make_template()
                (shared / "template.ready").touch()
        event.listen(Engine, "commit", self._touch)

    url: str

    def renew(self, app: Flask) -> None:
        if self._touched:
            with app.app_context():
                app.extensions["sqlalchemy"].engine.dispose()
            self._copy_template()
            self._touched = False

    def _touch(self, connection: object) -> None:
        self._touched = True

    def _migrate(self, url: str) -> None:
        app = create_app(settings_for(url, self._shared / "template-instance"))
        with app.app_context():
            flask_migrate.upgrade(directory=str(ROOT / "migrations"))
            app.extensions["sqlalchemy"].engine.dispose()

    @abstractmethod
    def _make_template(self) -> None: ...

    @abstractmethod
    def _copy_template(self) -> None: ...


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


class OnPostgres(Database):
    def __init__(self, shared: Path, process: str):
        self._cluster = os.environ["TEST_CLUSTER"]
        self._name = f"test_{process}"
        self.url = postgres_url(self._cluster, self._name)
        super().__init__(shared, process)

    def _make_template(self) -> None:
        in_postgres(self._cluster, "CREATE DATABASE template_portal")
        self._migrate(postgres_url(self._cluster, "template_portal"))

    def _copy_template(self) -> None:
        in_postgres(
            self._cluster,
            f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)",
            f"CREATE DATABASE {self._name} TEMPLATE template_portal STRATEGY FILE_COPY",
        )


def settings_for(url: str, instance: Path, **given: object) -> Settings:
    """Demo mode, nothing shared with another test process, the queue in memory."""
    own = {"database_url": url, "instance": instance, "queue_url": QUEUE_IN_MEMORY, "secret_key": "k" * 64}
    return load(**(own | given))
