"""For the panel: the queue, the desk, the room where a stage ends, recommendations, and the final result."""

from flask import Blueprint

from ...access import signed_in_only

blueprint = Blueprint("assessor", __name__)
blueprint.before_request(signed_in_only)

from . import claim, declaring, desk, panel, queue, recommendations, room, settling  # noqa: E402, F401
