"""S49: the forms that are attached or filled on paper, as PDF: kuesioner (6), penjelasan tambahan (9), pertanyaan umum (5)."""

from flask import Response, abort, current_app, make_response, request

from assessments import entry_packages
from assessments import general_questions as general
from assessments.models import Assessment
from assessments.refusal import Refused

from ...access import actor, find
from ...extensions import db
from ...forms import plain_id
from ...papers import entry_forms
from ...papers.printing import printed
from . import blueprint
from .packages import item_of, sheets_of


def _as_pdf(template: str, content: dict, title: str, name: str) -> Response:
    """Printed in a program of its own; no transaction is open meanwhile."""
    db.session.rollback()
    response = make_response(printed(template, content, title=title))
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _named(assessment: Assessment, what: str) -> str:
    return f"{what}-{assessment.period.slug}-{assessment.subject.organization.slug}"


@blueprint.get("/pengelolaan/<string:period>/<string:subject>/ekspor/kuesioner")
def questionnaire(period: str, subject: str):
    assessment = find(Assessment, to="export", period=period, subject=subject)
    blank = request.args.get("isi") == "kosong"
    sheets = entry_packages.sheets(db.session, assessment, actor())
    name = _named(assessment, "kuesioner-kosong" if blank else "kuesioner")
    part = plain_id(request.args.get("bagian"))
    if part:
        parts = entry_forms.in_parts(sheets)
        sheets = parts[part - 1][1] if part <= len(parts) else abort(404)
        name += f"-bagian-{part}"
    if not blank and entry_forms.too_long(sheets):
        raise Refused("Kuesioner terisi ini terlalu panjang untuk dicetak sekaligus. Unduh bagiannya satu per satu pada halaman Ekspor.")
    content = entry_forms.questionnaire(assessment, sheets, blank)
    return _as_pdf("questionnaire.typ", content, f"Kuesioner {assessment.period.title}", name)


@blueprint.get("/pengelolaan/<string:period>/<string:subject>/ekspor/pertanyaan-umum")
def general_paper(period: str, subject: str):
    assessment = find(Assessment, to="export", period=period, subject=subject)
    every = general.asked_of(db.session, assessment)
    if not every:
        raise Refused("Periode ini belum punya pertanyaan umum, jadi belum ada yang dicetak.")
    content = entry_forms.general_questions(assessment, every, entry_packages.general_pieces(every, actor()))
    return _as_pdf("general_questions.typ", content, f"Pertanyaan umum {assessment.period.title}", _named(assessment, "pertanyaan-umum"))


@blueprint.get("/pengelolaan/<string:period>/<string:subject>/ekspor/butir/<string:item>/penjelasan")
def explanation(period: str, subject: str, item: str):
    assessment = find(Assessment, to="export", period=period, subject=subject)
    item_of(assessment, item)
    sheet = sheets_of(assessment, item)[0]
    if sheet.level is None:
        raise Refused("Butir ini belum punya klaim, jadi belum ada yang dijelaskan.")
    content = entry_forms.explanation(assessment, sheet, current_app.config["EVIDENCE_FOLDER"])
    title = f"Penjelasan tambahan indikator {sheet.item.number}"
    return _as_pdf("explanation.typ", content, title, f"{sheet.folder}_Penjelasan-Tambahan")
