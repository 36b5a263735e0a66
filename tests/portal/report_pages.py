"""What the tests of the Laporan Hasil share: signing one, and a settled round with the texts of its evaluation."""

from sqlalchemy.orm import Session

from assessments import analysing, result_report
from assessments.models import Assessment, PanelPaper
from tests import builders as build

MARK = "Uraian-rahasia-sebelum-terbit"


def signed(session: Session, assessment: Assessment, outside: build.City) -> PanelPaper:
    """By the lead, exactly as it would be shown now."""
    session.flush()
    seen = result_report.draft(assessment, result_report.basis_of(assessment), outside.people["panel_lead"]).sha256
    made = result_report.sign(assessment, outside.actor("panel_lead"), seen)
    session.flush()
    return made


def written(session: Session, assessment: Assessment, outside: build.City) -> None:
    """One aspect analysed and the four parts of the recommendation, by a member."""
    node, by = analysing.aspects(assessment.period.instrument)[0].code, outside.actor("assessor")
    analysing.write_analysis(assessment, node, by, analysing.AspectText(MARK, "Kuat.", 'Lemah #import "x" $ ] <b>'), 0)
    analysing.write_conclusion(assessment, by, analysing.ConclusionText("Ringkas.", "Unggul.", "Kurang.", "Saran."), 0)
    session.flush()
