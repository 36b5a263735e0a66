"""Every stored index and value beside a fresh computation of it."""

import sys

import click
from flask.cli import with_appcontext

from assessments.recomputing import recompute

from ..extensions import db, only_reading


@click.command("recompute")
@click.option("--check", is_flag=True, help="Hanya bandingkan (tanpa pilihan ini pun tidak ada yang diubah).")
@with_appcontext
def recompute_command(check: bool) -> None:
    """Bandingkan setiap angka tersimpan dengan hitungan ulang; status keluar 1 bila ada yang berbeda."""
    if not check:
        click.echo("Perintah ini hanya memeriksa; angka yang tersimpan tidak diubah.")
    with only_reading():
        found = recompute(db.session)
        db.session.rollback()
    for difference in found.differences:
        click.echo(str(difference), err=True)
    click.echo(f"{found.compared} angka dibandingkan, {len(found.differences)} berbeda.")
    if found.differences:
        sys.exit(1)
