"""The commands that stand beside the pages: `flask --app wsgi ...`."""

from flask import Flask

from .first_admin import first_admin_command
from .prepare import prepare_command
from .recompute import recompute_command
from .record import verify_record_command
from .score import score_command
from .store import fsck_command, previews_command


def register(app: Flask) -> None:
    for command in (
        prepare_command, first_admin_command, verify_record_command, recompute_command, score_command, fsck_command,
        previews_command,
    ):
        app.cli.add_command(command)
