"""For everybody, without an account: home, guide, help, checking a receipt, health."""

from flask import Blueprint

blueprint = Blueprint("public", __name__)

from . import guide, health, home, verification  # noqa: E402, F401
