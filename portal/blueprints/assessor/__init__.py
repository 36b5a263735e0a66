"""For the panel: the queue, the desk, the room where a stage ends, recommendations, and the final result."""

from flask import Blueprint

from ...access import signed_in_only

blueprint = Blueprint("assessor", __name__)
blueprint.before_request(signed_in_only)

from . import (  # noqa: E402, F401
    agreed,
    analyses,
    autosave,
    claim,
    clarifying,
    declaring,
    desk,
    division,
    harmony,
    meeting_page,
    meetings,
    objections,
    page_search,
    panel,
    queue,
    recommendations,
    report,
    reviews,
    room,
    session_minutes,
    session_notes,
    session_photos,
    session_promises,
    settling,
)
