"""The printed file of a sent receipt, of a berita acara or of a pernyataan: for whoever may read the assessment."""

from flask import abort

from assessments.models import Assessment, Paper, Receipt
from assessments.models.paper import PAPER_KINDS

from ...access import find
from ...extensions import db
from ...papers import pressing
from . import blueprint


@blueprint.get("/pengelolaan/<string:period>/<string:subject>/cetakan/<string:number>")
def printed_file(period: str, subject: str, number: str):
    """As it was printed once; what was taken back or replaced too, since its number tells what it is worth."""
    assessment = find(Assessment, period=period, subject=subject)
    for kind in (Receipt, Paper):
        found = db.session.get(kind, number) if "\x00" not in number else None
        if found is not None and found.assessment_id == assessment.id:
            return pressing.send_printed(number, "Tanda terima" if kind is Receipt else PAPER_KINDS[found.kind])
    return abort(404)
