"""Runs the migrations on the app's own engine; SQLite tables are rebuilt in batches."""

import logging

from alembic import context
from flask import current_app

log = logging.getLogger("alembic.env")
database = current_app.extensions["migrate"].db


def run() -> None:
    """One transaction for each migration: killed in the middle, a step is whole or absent."""
    options = current_app.extensions["migrate"].configure_args
    with database.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=database.metadatas[None],
            transaction_per_migration=True,
            transactional_ddl=True,
            process_revision_directives=_nothing_empty,
            **options,
        )
        with context.begin_transaction():
            context.run_migrations()


def _nothing_empty(_context, _revision, directives) -> None:
    options = getattr(context.config, "cmd_opts", None)
    if getattr(options, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives[:] = []
        log.info("No change in the models.")


run()
