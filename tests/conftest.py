"""Fixtures of the whole suite. TEST_DB chooses the engine (sqlite, postgresql); REQUIRE_ALL=1 lets nothing be skipped."""

import contextvars
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache

from portal import create_app
from tests.databases import ENGINES, Database, OnPostgres, OnSqlite, settings_for
from tests.memory import memory
from tests.services import Postgres, postgresql_programs, quick_folder, what_is_missing

pytest_plugins = ["tests.browser"]

REQUIRE_ALL = bool(os.environ.get("REQUIRE_ALL"))
ENGINE = os.environ.get("TEST_DB", "sqlite")
_cluster = pytest.StashKey[Postgres]()


def pytest_configure(config: pytest.Config) -> None:
    """The first process starts what all share; the parallel ones inherit it through the environment."""
    for name in [name for name in os.environ if name.startswith("PORTAL_") or name == "PORT"]:
        del os.environ[name]
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    if ENGINE not in ENGINES:
        raise pytest.UsageError(f"TEST_DB is {ENGINE!r}; it can be {' or '.join(ENGINES)}")
    os.environ["TEST_SHARED"] = tempfile.mkdtemp(prefix="portal-test-", dir=quick_folder())
    if ENGINE == "postgresql":
        if postgresql_programs() is None:
            raise pytest.UsageError(what_is_missing()["postgresql"])
        config.stash[_cluster] = Postgres()
        os.environ["TEST_CLUSTER"] = str(config.stash[_cluster].folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    if cluster := config.stash.get(_cluster, None):
        cluster.stop()
    shutil.rmtree(os.environ.pop("TEST_SHARED", ""), ignore_errors=True)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What does not depend on the database is looked at on SQLite alone: rules that open none, and `@pytest.mark.once`,
    which says so of what a browser makes of a page.
    """
    once = [item for item in items if item.get_closest_marker("once") or "_database" not in getattr(item, "fixturenames", ())]
    for item in once:
        item.user_properties.append(("once", "yes"))
    if ENGINE != "sqlite" and once:
        items[:] = [item for item in items if item not in set(once)]
        config.hook.pytest_deselected(items=once)


def pytest_report_header() -> list[str]:
    return [f"database: {ENGINE}", *(f"left out: {sentence}" for sentence in what_is_missing().values())]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    return _refuse_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    return _refuse_skip((yield))


def _refuse_skip(report: Any) -> Any:
    if REQUIRE_ALL and report.outcome == "skipped":
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"Skipped, though here nothing may be skipped: {why or getattr(report, 'wasxfail', '')}"
    return report


class SeparateClient(FlaskClient):
    """Each request runs in a context of its own, as on a server: nothing of the test's `g` or session leaks in.

    What the test's `session` holds is committed first, so that the request sees it and finds no lock.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        if session := self.application.extensions.get("test_session"):
            session.commit()
        return contextvars.Context().run(super().open, *args, **kwargs)


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """Takes the place of pytest-flask's own, which lets `flask.g` leak from one request into the next."""


@pytest.fixture(autouse=True)
def _configure_application() -> None:
    """The same for its options, which no test uses: whoever asks for `monkeypatch` here means it."""


@pytest.fixture(autouse=True)
def _monkeypatch_response_class() -> None:
    """And for its responses with `json`, which Flask's own have."""


@pytest.fixture(autouse=True)
def _remember(request: pytest.FixtureRequest) -> None:
    """What is built in a test that changes the program under way is neither remembered nor taken from memory."""
    memory.on = "monkeypatch" not in request.fixturenames


@pytest.fixture(scope="session")
def _database(worker_id: str) -> Database:
    kind = OnPostgres if ENGINE == "postgresql" else OnSqlite
    return kind(Path(os.environ["TEST_SHARED"]), worker_id)


@pytest.fixture(scope="session")
def _house(_database: Database, worker_id: str) -> Iterator[Flask]:
    """The one app of this test process: building it takes longer than most tests."""
    instance = Path(os.environ["TEST_SHARED"]) / f"instance-{worker_id}"
    house = _made(create_app(settings_for(_database.url, instance)))
    yield house
    _hang_up(house)


@pytest.fixture
def app(_house: Flask, _database: Database) -> Iterator[Flask]:
    """The portal with an empty, migrated database and an empty evidence folder."""
    _database.renew(_house)
    evidence = _house.config["SETTINGS"].evidence
    shutil.rmtree(evidence, ignore_errors=True)
    (evidence / "tmp").mkdir(parents=True)
    _house.extensions["queue"].flush()
    for limiter in _house.extensions.get("limiter", ()):
        limiter.reset()
    yield _house


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def session(app: Flask) -> Iterator[Any]:
    """The app's own session, in an app context that lasts as long as the test.

    `client` commits it before each request. On SQLite it holds the write lock from its first statement on, so a test
    that goes through a browser or a thread commits by itself.
    """
    with app.app_context():
        session = app.extensions["sqlalchemy"].session
        app.extensions["test_session"] = session
        yield session
        del app.extensions["test_session"]
        session.remove()


@pytest.fixture
def make_app(app: Flask, tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """`make_app(public_url="https://...")`: another app over the same database, with settings of its own."""
    made = []

    def make(**settings: Any) -> Flask:
        url = app.config["SETTINGS"].database
        made.append(_made(create_app(settings_for(url, tmp_path / "instance", **settings))))
        return made[-1]

    yield make
    for other in made:
        _hang_up(other)


def _hang_up(app: Flask) -> None:
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


def _made(app: Flask) -> Flask:
    app.testing = True
    app.test_client_class = SeparateClient
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(os.environ["TEST_SHARED"])  # a template is compiled once for all apps
    return app
