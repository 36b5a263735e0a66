"""For everybody, without an account: home, directory, published results, guide, help, checking a receipt, health."""

from flask import Blueprint

blueprint = Blueprint("public", __name__)

from . import directory, guide, health, home, results, verification  # noqa: E402, F401
