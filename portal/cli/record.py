"""Whether the record is whole: walks every hash chain."""

import sys

import click
from flask.cli import with_appcontext

from assessments import audit

from ..extensions import db, only_reading


@click.command("verify-record")
@with_appcontext
def verify_record_command() -> None:
    """Name every link that does not fit; exit status 1 when there is one."""
    with only_reading():
        broken = list(audit.broken_links(db.session))
    for line in broken:
        click.echo(line, err=True)
    if broken:
        sys.exit(1)
    click.echo("Semua rantai catatan utuh.")
