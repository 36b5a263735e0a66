"""Rules that look at what a document says of itself: its number, dates and signatory, and how old it is."""

from collections.abc import Iterator
from datetime import date

from ..clock import day_of, today
from ..models import Citation, Contribution, DocumentVersion, Period
from ..texts import written_day
from .declaring import Fresh, declared
from .finding import Finding, Known, about, chosen_level, is_record

# What each kind of paper carries when it counts as "terdokumentasi secara formal" (pedoman 3/2024 p.50-125; that it means
# approved, numbered, dated and signed is our reading). A screenshot, a video or a link carries nothing of it.
CARRIES = {
    "regulation": ("number", "dated", "signatory"),
    "contract": ("number", "dated", "signatory"),
    "procedure": ("number", "dated", "signatory"),
    "plan": ("number", "dated"),
    "report": ("number", "dated"),
    "other": ("number", "dated"),
}


def not_in_force(contribution: Contribution, known: Known) -> Iterator[Finding]:
    """A policy counts while it is in force (PermenPANRB 59/2020 p.25)."""
    day = today(contribution.submission.assessment.period.zone)
    for citation in contribution.citations:
        version = citation.cited
        if version.valid_until is not None and version.valid_until < day:
            fix = "Ganti dengan dokumen yang berlaku sekarang, atau perbaiki tanggal akhir berlakunya."
            yield about(citation, "not_in_force", "weak", "sudah tidak berlaku.", fix)
        elif version.effective_on is not None and version.effective_on > day:
            fix = "Tunjukkan dokumen yang sudah berlaku, atau perbaiki tanggal mulai berlakunya."
            yield about(citation, "not_in_force", "weak", "belum berlaku.", fix)


def undated_document(contribution: Contribution, known: Known) -> Iterator[Finding]:
    """Keabsahan: number and date of what is cited (process.md 4; forms of pedoman 3/2024 p.195-200)."""
    for citation in contribution.citations:
        absent = [word for word, name in (("nomor", "number"), ("tanggal", "dated")) if _lacks(citation, name)]
        if absent:
            yield about(
                citation, "undated_document", "tip", f"belum diberi {' dan '.join(absent)} dokumen.",
                f"Isi {' dan '.join(absent)} seperti tertulis pada dokumennya.",
            )


def unsigned_document(contribution: Contribution, known: Known) -> Iterator[Finding]:
    """Keabsahan: signed by the authorised official (process.md 4, list of practice)."""
    for citation in contribution.citations:
        if _lacks(citation, "signatory"):
            yield about(
                citation, "unsigned_document", "tip", "belum disebut siapa yang menandatanganinya.",
                "Isi penanda tangannya pada dokumen di Pustaka bukti; bila belum ditandatangani, unggah naskah yang sudah.",
            )


def _lacks(citation: Citation, name: str) -> bool:
    version = citation.cited
    return not is_record(citation) and name in CARRIES.get(version.document.kind, ()) and not getattr(version, name)


def old_review(contribution: Contribution, known: Known) -> Iterator[Finding]:
    """Reviews younger than two years: level 4 of items 1, 2, 4-31, level 5 of 3 and 32-47 (pedoman 3/2024 p.10, 17, 118,
    130). Which items and levels is declared beside the instrument."""
    return _too_old(contribution, "old_review")


def old_audit(contribution: Contribution, known: Known) -> Iterator[Finding]:
    """Audits of the last two years from level 2 on, items 29-31 (pedoman 3/2024 p.116-125)."""
    return _too_old(contribution, "old_audit")


def _too_old(contribution: Contribution, rule: str) -> Iterator[Finding]:
    period, chosen = contribution.submission.assessment.period, chosen_level(contribution)
    for asked in declared(period.instrument.key).fresh_of(contribution.item):
        if asked.rule != rule or chosen is None or chosen < min(asked.levels):
            continue
        day = reference_day(period)
        youngest = _youngest(contribution, asked)
        if youngest is not None and youngest.cited.dated <= years_before(day, asked.years):
            level = min(level for level in asked.levels if level in youngest.levels)
            yield about(
                youngest, rule, "weak",
                f"bertanggal {written_day(youngest.cited.dated)}; tingkat {level} meminta {asked.asked} "
                f"pada {written_day(day)}.",
                asked.fix,
            )


def _youngest(contribution: Contribution, asked: Fresh) -> Citation | None:
    """The youngest paper that stands for these levels, the asked kinds before others. None where there is none, or where
    one has no date: what is not known is asked for by another rule."""
    papers = [
        citation for citation in contribution.citations
        if set(asked.levels) & set(citation.levels) and _is_paper(citation.cited) and not is_record(citation)
    ]
    papers = [each for each in papers if each.cited.document.kind in asked.kinds] or papers
    if not papers or any(each.cited.dated is None for each in papers):
        return None
    return max(papers, key=lambda each: each.cited.dated)


def _is_paper(version: DocumentVersion) -> bool:
    return version.document.kind in CARRIES


def reference_day(period: Period) -> date:
    """The day ages are counted to: the printed end of the self-assessment, the same for every agency whatever its extension."""
    stage = period.stage("self_assessment")
    return day_of(stage.closes_at, period.zone) if stage else today(period.zone)


def years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year - years, day=28)
