"""Bring the database to the newest shape, and fill an empty one with the demo where the mode allows it."""

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from sqlalchemy import select

from assessments.inventory.categories import make_first_categories
from assessments.models import Account

from ..extensions import db


@click.command("prepare")
@with_appcontext
def prepare_command() -> None:
    """Migrate, make the first categories, then build the demo if nobody is here yet; prints the demo accounts."""
    upgrade()
    make_first_categories(db.session)
    db.session.commit()
    settings = current_app.config["SETTINGS"]
    if not settings.has_demo_accounts:
        return
    from ..demo import accounts, build

    if db.session.scalar(select(Account.id).limit(1)) is None:
        db.session.rollback()
        build(say=click.echo)
    db.session.rollback()
    accounts.show(settings, say=click.echo)
