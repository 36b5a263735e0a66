"""The first account of a new installation: made once, with a secret that is shown once."""

import secrets
import sys

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from assessments import staffing
from assessments.actors import SYSTEM
from assessments.models import Account, Organization
from assessments.refusal import Refused

from ..extensions import db
from ..passwords import hashed


@click.command("first-admin")
@click.option("--username", default="admin", show_default=True, help="Nama pengguna akun pertama.")
@with_appcontext
def first_admin_command(username: str) -> None:
    """Make the institution and its first system admin; refuses when anybody is here already."""
    if db.session.scalar(select(Account.id).limit(1)) is not None:
        click.echo("Portal ini sudah punya akun. Admin berikutnya diangkat di halaman Organisasi dan pengguna.", err=True)
        sys.exit(1)
    settings = current_app.config["SETTINGS"]
    password = secrets.token_urlsafe(15)
    try:
        instansi = db.session.scalar(select(Organization).where(Organization.slug == settings.slug)) or (
            staffing.add_organization(
                db.session, SYSTEM, name=settings.institution, short_name=settings.institution[:60], kind="instansi",
                instansi=None, zone=str(settings.time_zone),
            )
        )
        db.session.flush()
        person = staffing.add_person(db.session, name="Admin sistem", home=instansi)
        db.session.flush()
        account = staffing.add_account(db.session, person, username=username, password_hash=hashed(password))
        account.must_change_password = True
        staffing.appoint(db.session, person, instansi, "system_admin", SYSTEM)
    except Refused as refusal:
        click.echo(" ".join(refusal.sentences), err=True)
        sys.exit(2)
    db.session.commit()
    click.echo(f"Akun {account.username} dibuat untuk {instansi.name}.")
    click.echo(f"Kata sandi sekali tampil: {password}")
    click.echo("Masuk, lalu ganti kata sandi itu.")
