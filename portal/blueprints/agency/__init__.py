"""For an OPD: the operator answers with evidence, the head vouches."""

from flask import Blueprint

from ...access import signed_in_only

blueprint = Blueprint("agency", __name__)
blueprint.before_request(signed_in_only)

from . import approval, autosave, citations, item, library, records, review, revisions, tasks  # noqa: E402, F401
