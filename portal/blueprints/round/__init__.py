"""For Diskominfo and the internal team: opening a round, sharing it out, checking, claiming, approving, sending."""

from flask import Blueprint

from ...access import inside_only, signed_in_only

blueprint = Blueprint("round", __name__)
blueprint.before_request(signed_in_only)
blueprint.before_request(inside_only)

from . import (  # noqa: E402, F401
    agency_round,
    calendar,
    checking,
    claim_evidence,
    claims,
    external_values,
    general_answers,
    general_questions,
    instruments,
    local_table,
    matrix,
    matrix_lists,
    more_time,
    opening,
    overview,
    packages,
    periods,
    printed,
    printouts,
    progress,
    recap,
    reminders,
    result,
    sending,
    sharing,
    signing,
    subjects,
    team,
    team_decision,
    unchanged,
)
