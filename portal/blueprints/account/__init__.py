"""For anybody with an account: signing in, the start page, the own account; and who works here."""

from flask import Blueprint

blueprint = Blueprint("account", __name__)

from . import delegating, notices, organizations, people, people_import, person, profile, sign_in, start, tokens  # noqa: E402, F401
