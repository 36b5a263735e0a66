"""The claim as it was sent, to read: for the panel, the team, and the agencies that hold the item."""

from flask import abort, render_template, url_for

from assessments.models import Claim

from ...access import find, may
from . import blueprint
from .evidence import proofs_of
from .ways import address
from .work import stage_shown


@blueprint.get("/asesmen/<string:period>/<string:subject>/klaim/<string:item>")
def claim(period: str, subject: str, item: str):
    found = find(Claim, period=period, subject=subject, item=item)
    assessment = found.assessment
    if not assessment.sent:
        abort(404)
    wanted = assessment.period.instrument.item(found.item)
    return render_template(
        "assessor/claim.html",
        assessment=assessment,
        period=assessment.period,
        item=wanted,
        claim=found,
        proofs=proofs_of(found, wanted, stage_shown(assessment), None),
        desk_url=address("desk", assessment, item=found.item) if may("see_desk", found) else "",
        room_url=address("room", assessment) if may("see_room", assessment) else "",
        home=url_for("account.start"),
    )
