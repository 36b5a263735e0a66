"""Papers about a result for whoever may read it: the signed Laporan Hasil and the Lembar Indikator."""

from flask import abort

from assessments import result_report
from assessments.attesting import contents
from assessments.models import PanelPaper, Result

from ...access import find, may
from ...extensions import db
from ...papers import pressing
from . import blueprint


@blueprint.get("/hasil/<string:period>/<string:subject>/laporan/<string:number>")
def report_file(period: str, subject: str, number: str):
    """The printed file, also of a report that holds no longer: the number tells what it is worth."""
    result = find(Result, to="read_report", period=period, subject=subject, source="portal")
    paper = next(iter(result_report.reports_of(db.session, result.assessment_id, PanelPaper.number == number)), None)
    if paper is None or not may("read_report", paper.result):
        abort(404)
    return pressing.send_printed(number, result_report.title_for(contents(paper) or {}))
