"""Following recommendations until they are done, and the quality note on a self-assessment."""

from flask import Blueprint

from ...access import signed_in_only

blueprint = Blueprint("inspectorate", __name__)
blueprint.before_request(signed_in_only)

from . import board, importing, quality, recommendation, reporting, verifying, writing  # noqa: E402, F401
