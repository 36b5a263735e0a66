"""For everybody who may see what came out: results, the board of the leadership, the national table."""

from flask import Blueprint

from ...access import signed_in_only

blueprint = Blueprint("leadership", __name__)
blueprint.before_request(signed_in_only)

from . import aims, benchmarks, board, papers, results, simulating  # noqa: E402, F401
