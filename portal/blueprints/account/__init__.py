"""For anybody with an account: signing in, the start page, the own account; and who works here."""

from flask import Blueprint

blueprint = Blueprint("account", __name__)

from . import people, people_import, profile, sign_in, start  # noqa: E402, F401
