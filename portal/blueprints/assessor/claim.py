"""The claim as it was sent, to read: for the panel, the team, and the agencies that hold the item.

The panel also reads there what its members sent about it; nobody else is given a word of that.
"""

from flask import abort, render_template, url_for

from assessments.models import Claim
from assessments.models.period import STAGES
from assessments.panel_room import sent_words

from ...access import actor, find, may
from ...extensions import db
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
    wanted, stage = assessment.period.instrument.item(found.item), stage_shown(assessment)
    on_panel = may("see_room", assessment)
    return render_template(
        "assessor/claim.html",
        assessment=assessment,
        period=assessment.period,
        item=wanted,
        claim=found,
        proofs=proofs_of(found, wanted, stage, None),
        stage=STAGES[stage],
        judgements=sent_words(db.session, assessment, found.item, stage, actor().person_id) if on_panel else [],
        desk_url=address("desk", assessment, item=found.item) if may("see_desk", found) else "",
        room_url=address("room", assessment) if on_panel else "",
        home=url_for("account.start"),
    )
