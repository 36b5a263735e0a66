"""S49: all claims of an assessment as a workbook."""

from assessments import entry_packages
from assessments.models import Assessment
from assessments.workflow import look

from ...access import actor, find
from ...exports import Column, Sheet, as_download, workbook
from ...extensions import db
from . import blueprint

COLUMNS = (
    Column("No.", 6), Column("Indikator", 36), Column("Domain", 18), Column("Aspek", 24), Column("Bobot (%)", 9), Column("Nilai", 8),
    Column("Tingkat", 18), Column("Status klaim", 16), Column("Fakta", 60), Column("Analisis", 60), Column("Data dukung", 60),
    Column("Tidak disertakan", 40),
)


@blueprint.get("/pengelolaan/<string:period>/<string:subject>/ekspor/rekap.xlsx")
def recap(period: str, subject: str):
    assessment = find(Assessment, to="export", period=period, subject=subject)
    rows = [_row(sheet) for sheet in entry_packages.sheets(db.session, assessment, actor())]
    content = workbook(Sheet("Klaim", COLUMNS, rows))
    return as_download(content, f"klaim-{assessment.period.slug}-{assessment.subject.organization.slug}")


def _row(sheet: entry_packages.Sheet) -> tuple:
    item, claim = sheet.item, sheet.claim
    path = [node.name for node in item.path]
    return (
        item.number, item.name, path[0] if path else "", path[-1] if len(path) > 1 else "", item.weight,
        claim.value if claim else None, sheet.level_name, look(claim).label if claim else "Belum ada klaim",
        sheet.facts, sheet.analysis,
        "\n".join(entry_packages.named(piece) for piece in sheet.pieces if not piece.left_out),
        "\n".join(entry_packages.named(piece) for piece in sheet.left),
    )
