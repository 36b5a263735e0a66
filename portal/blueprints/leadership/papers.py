"""Papers about a result for whoever may read it: the signed Laporan Hasil and the Lembar Indikator."""

from flask import abort
from sqlalchemy.orm import joinedload, lazyload

from assessments import result_report
from assessments.attesting import contents
from assessments.clock import now
from assessments.models import Citation, Claim, PanelPaper, Result, Share
from assessments.narrowing import AGENCY_ROLES

from ...access import actor, find, listing, may
from ...extensions import db
from ...papers import pressing, unsigned
from ...papers.item_sheets import item_sheets
from . import blueprint
from .results import Told, told_of


@blueprint.get("/hasil/<string:period>/<string:subject>/laporan/<string:number>")
def report_file(period: str, subject: str, number: str):
    """The printed file, also of a report that holds no longer: the number tells what it is worth."""
    result = find(Result, to="read_report", period=period, subject=subject, source="portal")
    paper = next(iter(result_report.reports_of(db.session, result.assessment_id, PanelPaper.number == number)), None)
    if paper is None or not may("read_report", paper.result):
        abort(404)
    return pressing.send_printed(number, result_report.title_for(contents(paper) or {}))


@blueprint.get("/hasil/<string:period>/<string:subject>/lembar-indikator")
def item_sheets_file(period: str, subject: str):
    """A page for each item of the portal's own result; reasons and evidence only as the page of the result shows them."""
    told, at = told_of(period, subject, source="portal"), now()
    evidence = _evidence(told)
    hidden = _of_others(told) if actor().role in AGENCY_ROLES else frozenset()
    sheet = item_sheets(
        told.result, pressing.institution_of(told.result), list(told.lines.items), told.why,
        {code: found for code, found in evidence.items() if code not in hidden}, hidden, at,
    )
    return unsigned.send(sheet, f"lembar-indikator-{period}-{subject}", f"result:{told.result.id}")


def _evidence(told: Told) -> dict[str, list[str]]:
    """{item: ["12.a, hlm. 5", ..]} of the claims this reader may read."""
    numbers = {line.code: line.knot.number for line in told.lines.items}
    claims = db.session.scalars(
        listing(Claim)
        .where(Claim.assessment_id == told.result.assessment_id)
        .options(lazyload(Claim.assessment), joinedload(Claim.citations).lazyload(Citation.cited))
    ).unique()
    return {
        claim.item: [f"{numbers[claim.item]}.{each.letter}" + (f", {each.locator}" if each.locator else "") for each in claim.citations]
        for claim in claims
    }


def _of_others(told: Told) -> frozenset[str]:
    """Items that were not shared with the reader's agency."""
    own = set(db.session.scalars(listing(Share).where(
        Share.assessment_id == told.result.assessment_id, Share.organization_id == (actor().organization_id or 0)
    ).with_only_columns(Share.item)))
    return frozenset(line.code for line in told.lines.items) - own
