"""Rules about papers that are not finished: where only what was enacted counts, and everywhere else."""

from collections.abc import Iterator

from ..models import Citation, Contribution
from .declaring import declared
from .drafts import names_a_draft, opens_as_draft
from .finding import Finding, Known, about, is_record, levels_above_lowest


def draft_policy(contribution: Contribution, known: Known) -> Iterator[Finding]:
    """A policy counts when it is enacted: a draft proves level 1 only (PermenPANRB 59/2020 p.25; pedoman 3/2024 p.8)."""
    for citation in contribution.citations:
        found = needs_enacted(citation) and says_draft(citation, known)
        if found:
            yield about(
                citation, "draft_policy", "weak", f"masih konsep menurut {found}; konsep hanya menunjukkan tingkat 1.",
                "Unggah kebijakan yang sudah ditetapkan, atau tandai hanya untuk tingkat 1.",
            )


def draft_document(contribution: Contribution, known: Known) -> Iterator[Finding]:
    """A paper that calls itself a draft, in its file name, its title or on its first page. The lowest level asks for no
    more than that ("belum ada, atau baru sampai konsep", PermenPANRB 59/2020 p.30-45)."""
    above = set(levels_above_lowest(contribution))
    for citation in contribution.citations:
        if needs_enacted(citation) or (citation.levels and above.isdisjoint(citation.levels)):
            continue
        found = says_draft(citation, known)
        if found:
            fix = "Unggah naskah yang sudah ditetapkan dan ditandatangani; bila sudah, perbaiki namanya."
            yield about(citation, "draft_document", "weak", f"tampak masih draf atau konsep menurut {found}.", fix)


def needs_enacted(citation: Citation) -> bool:
    """Whether the citation stands for a level at which only an enacted policy counts."""
    contribution = citation.contribution
    instrument = contribution.submission.assessment.period.instrument
    since = declared(instrument.key).enacted_from(contribution.item)
    return since is not None and any(level >= since for level in citation.levels)


def says_draft(citation: Citation, known: Known) -> str:
    """Where the document says so: the name of its file, its title or its first page; "" where nowhere."""
    version = citation.cited
    if is_record(citation):
        return ""
    if version.file_name and names_a_draft(version.file_name):
        return "nama berkasnya"
    if names_a_draft(version.document.title):
        return "judulnya"
    return "halaman pertamanya" if opens_as_draft(known.openings.get(version.sha256 or "", "")) else ""
