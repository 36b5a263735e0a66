"""For an OPD: the operator answers with evidence, the head vouches."""

from flask import Blueprint

from ...access import signed_in_only

blueprint = Blueprint("agency", __name__)
blueprint.before_request(signed_in_only)

from . import (  # noqa: E402, F401
    approval,
    autosave,
    carry,
    citations,
    clarifications,
    composing,
    documents,
    entrusting,
    evidence_list,
    inspection,
    item,
    library,
    objections,
    page_search,
    panel_questions,
    readying,
    records,
    review,
    reviews,
    revisions,
    tasks,
    threads,
    uploading,
    waivers,
    withdrawing,
    workbook,
)
