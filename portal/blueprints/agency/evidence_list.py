"""All evidence of the answers a reader may see as a workbook: each citation under its generated code."""

from assessments.lint import full_code_of
from assessments.models import Citation, Document
from assessments.models.evidence import DOCUMENT_KINDS

from ...access import ask
from ...exports import Column, Sheet, as_download, workbook
from . import blueprint
from .documents import citations_of

COLUMNS = (
    Column("Kode", 40), Column("Periode", 28), Column("OPD", 18), Column("Indikator", 10, "0"), Column("Tingkat", 10),
    Column("Judul dokumen", 40), Column("Jenis", 22), Column("Versi", 8, "0"), Column("Nomor", 20), Column("Tanggal", 12),
    Column("Berlaku sejak", 12), Column("Berlaku sampai", 12), Column("Penanda tangan", 24), Column("Pasal", 18),
    Column("Halaman, bab, atau waktu", 18), Column("Uraian isi", 50), Column("Berkas atau tautan", 40), Column("SHA-256", 66),
)


@blueprint.get("/bukti/daftar.xlsx")
def evidence_workbook():
    ask("read", Document)
    rows = [_line(citation) for citation in citations_of()]
    return as_download(workbook(Sheet("Bukti dukung", COLUMNS, rows)), "daftar-bukti")


def _line(citation: Citation) -> tuple:
    answer, version = citation.contribution, citation.cited
    submission = answer.submission
    return (
        full_code_of(citation),
        submission.period.title,
        submission.organization.short_name,
        submission.period.instrument.item(answer.item).number,
        ", ".join(map(str, citation.levels)),
        version.document.title,
        DOCUMENT_KINDS[version.document.kind],
        citation.n,
        version.number,
        version.dated,
        version.effective_on,
        version.valid_until,
        version.signatory,
        citation.article,
        citation.locator,
        citation.gist,
        version.file_name or version.url,
        version.sha256,
    )
