"""What a claim leans on: documents that agencies attached to the same item."""

from flask import abort, flash, request
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from assessments import claiming
from assessments.models import Assessment, Citation, Contribution, Document, DocumentVersion, Submission
from assessments.refusal import Refused

from ...access import actor, find
from ...extensions import db
from ...forms import plain_id
from ...once import once
from . import blueprint
from .claims import claim_page
from .evidence import with_claims
from .places import address


def _claim(assessment: Assessment, item: str):
    return next(iter(with_claims(assessment, item=item)), None) or abort(404)


@blueprint.post("/pengelolaan/<string:period>/<string:subject>/klaim/<string:item>/bukti")
def attach(period: str, subject: str, item: str):
    """Use for the claim what one of the contributions to this item already cites."""
    assessment = find(Assessment, to="write", period=period, subject=subject)
    answer = once()
    claim = _claim(assessment, item)
    source = db.session.scalar(
        select(Citation)
        .join(Citation.contribution)
        .join(Contribution.submission)
        .where(
            Citation.id == (plain_id(request.form.get("citation")) or 0),
            Submission.assessment_id == assessment.id,
            Contribution.item == item,
        )
        .options(joinedload(Citation.cited).joinedload(DocumentVersion.document).joinedload(Document.owner_org))
    )
    if source is None:
        abort(404)
    locator = request.form.get("locator", source.locator)
    try:
        claiming.cite_for_claim(claim, source.cited, actor(), source.levels, locator)
    except Refused as refused:
        if refused.field is None:
            raise
        db.session.rollback()
        assessment = find(Assessment, period=period, subject=subject)
        return claim_page(assessment, assessment.period.instrument.item(item), problems=refused.sentences)
    flash("Bukti dilampirkan pada klaim.")
    return answer(address("claim", assessment, item=item, _anchor="bukti"))


@blueprint.post("/pengelolaan/<string:period>/<string:subject>/klaim/<string:item>/pelepasan")
def detach(period: str, subject: str, item: str):
    """Take a document away from the claim; it stays with the agency and in its library."""
    assessment = find(Assessment, to="write", period=period, subject=subject)
    answer = once()
    claim = _claim(assessment, item)
    number = plain_id(request.form.get("citation"))
    citation = next((one for one in claim.citations if one.id == number), None) or abort(404)
    claiming.detach_from_claim(citation, actor())
    flash("Bukti dilepas dari klaim.")
    return answer(address("claim", assessment, item=item, _anchor="bukti"))
