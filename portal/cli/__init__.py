"""The commands that stand beside the pages: `flask --app wsgi ...`."""

from flask import Flask

from .prepare import prepare_command
from .score import score_command


def register(app: Flask) -> None:
    for command in (prepare_command, score_command):
        app.cli.add_command(command)
