"""The shape of the database: it leads to the models, back again, and through a kill in the middle."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

from portal.extensions import is_ours
from tests import builders as build

ROOT = Path(__file__).parents[2]
MIGRATIONS = str(ROOT / "migrations")
# Ends the process in the middle of a migration, after so many statements.
KILLER = """
import os, sys
from sqlalchemy import Engine, event
from portal import create_app
from portal.config import load
left = int(sys.argv[1])

@event.listens_for(Engine, "before_cursor_execute")
def count(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), 9)

app = create_app(load())
with app.app_context():
    from flask_migrate import upgrade
    upgrade(directory=sys.argv[2])
"""


def _tables(app) -> set[str]:
    with app.app_context(), app.extensions["sqlalchemy"].engine.connect() as connection:
        return set(inspect(connection).get_table_names())


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index ix_application_directory")
def test_an_empty_database_migrated_to_head_equals_the_models_and_comes_down_again(app):
    with app.app_context():
        database = app.extensions["sqlalchemy"]
        with database.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": is_ours})
            assert compare_metadata(context, database.metadatas[None]) == []
        downgrade(directory=MIGRATIONS, revision="base")
    assert _tables(app) <= {"alembic_version"}
    with app.app_context():
        upgrade(directory=MIGRATIONS)


def test_OP_09_migrating_twice_changes_nothing(app, session):
    build.city(session)
    session.commit()
    before = _tables(app)
    with app.app_context():
        upgrade(directory=MIGRATIONS)
    assert _tables(app) == before


@pytest.mark.parametrize("statement", [5, 25, 45, 65])
def test_OP_09_a_migration_killed_in_the_middle_is_whole_or_absent(app, tmp_path, statement):
    with app.app_context():
        downgrade(directory=MIGRATIONS, revision="base")
        app.extensions["sqlalchemy"].engine.dispose()
    url = app.config["SETTINGS"].database
    env = os.environ | {"PORTAL_DATABASE_URL": url, "PORTAL_INSTANCE": str(tmp_path), "PORTAL_QUEUE_URL": "memory:"}
    run = subprocess.run(
        [sys.executable, "-c", KILLER, str(statement), MIGRATIONS], cwd=ROOT, env=env, capture_output=True, timeout=120
    )
    assert run.returncode == -9, run.stderr.decode()[-500:]
    assert _tables(app) <= {"alembic_version"}, "a killed migration left half of itself"
    with app.app_context():
        upgrade(directory=MIGRATIONS)
    assert "contribution" in _tables(app)
