"""What a rule says, and what rules may know beside the answer itself."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from ..models import Citation, Contribution

WEIGHTS = {"must": "Wajib", "weak": "Penting", "tip": "Saran"}
RECORD = "text/plain"  # what inventory/citing.py freezes; nobody uploads plain text

# What a remark is called where only its reason is shown: to those who read a waiver without the answer beside it.
TITLES = {
    "missing_part": "Isian belum lengkap",
    "unreadable_file": "Berkas tidak dapat dibuka",
    "quarantined_file": "Berkas dikarantina",
    "active_content": "Berkas berisi skrip atau makro",
    "scan_without_text": "Hasil pindai tanpa teks",
    "draft_document": "Dokumen masih draf",
    "draft_policy": "Kebijakan masih konsep",
    "closed_link": "Tautan meminta izin",
    "dead_link": "Tautan tidak terbuka",
    "ended_application": "Aplikasi sudah berakhir",
    "no_evidence_at_level": "Tingkat tanpa bukti",
    "gap_below": "Tingkat di bawahnya tanpa bukti",
    "one_file_many_levels": "Satu berkas untuk beberapa tingkat",
    "not_in_force": "Dokumen tidak berlaku",
    "old_review": "Reviu terlalu lama",
    "old_audit": "Audit terlalu lama",
    "undated_document": "Dokumen tanpa nomor atau tanggal",
    "unsigned_document": "Dokumen tanpa penanda tangan",
    "pages_not_given": "Halaman belum ditunjuk",
    "unmentioned_evidence": "Bukti tidak disebut pada Fakta",
    "coverage_not_given": "Cakupan tanpa angka",
    "coverage_short": "Cakupan belum seluruhnya",
    "inconsistent_pair": "Tidak sejalan dengan indikator lain",
}


@dataclass(frozen=True)
class Finding:
    """`place` is where it is mended: value, value:<other item>, facts, analysis, evidence, or citation:<id>; `fix` is how."""

    rule: str
    weight: str
    sentence: str
    place: str
    fix: str = ""

    @property
    def label(self) -> str:
        return WEIGHTS[self.weight]

    @property
    def title(self) -> str:
        return TITLES[self.rule]

    @property
    def key(self) -> str:
        """Which remark of an answer this is, in one word."""
        return f"{self.rule}|{self.place}"

    @property
    def may_be_waived(self) -> bool:
        """What the workflow asks cannot be argued away."""
        return self.weight != "must"


@dataclass(frozen=True)
class Known:
    """What one statement told about all the answers of a page: `openings` by SHA-256 (only those that may name a draft),
    `links` by (document, n), `ended` as sentences by document, `values` of the items this reader sees, by code.

    `worked_out` keeps, by the SHA-256 of the instrument, what the values say to each item: the same for every answer.
    """

    openings: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[tuple[int, int], str] = field(default_factory=dict)
    ended: Mapping[int, str] = field(default_factory=dict)
    values: Mapping[str, Fraction] = field(default_factory=dict)
    worked_out: dict[str, dict[str, list[Finding]]] = field(default_factory=dict, repr=False, compare=False)


Rule = Callable[[Contribution, Known], Iterator[Finding]]


def code_of(citation: Citation) -> str:
    """What a citation is called in texts: number of the item and its letter, "12.a"."""
    target = citation.contribution
    item = target.submission.assessment.period.instrument.item(target.item)
    return f"{item.number}.{citation.letter}"


def full_code_of(citation: Citation) -> str:
    """The generated code of a piece of evidence, of an answer or of a claim: "12.a.Perwali Peta Rencana"."""
    claim = citation.claim
    period = claim.assessment.period if claim is not None else citation.contribution.submission.assessment.period
    item = period.instrument.item((claim or citation.contribution).item)
    return f"{item.number}.{citation.letter}.{citation.cited.document.title}"


def about(citation: Citation, rule: str, weight: str, sentence: str, fix: str) -> Finding:
    return Finding(rule, weight, f"{code_of(citation)} {sentence}", f"citation:{citation.id}", fix)


def is_record(citation: Citation) -> bool:
    """A frozen record of the inventory: one page, with its date in it."""
    return citation.cited.blob is not None and citation.cited.blob.media_type == RECORD


def scale_of(contribution: Contribution):
    return contribution.submission.assessment.period.instrument.item(contribution.item).scale


def chosen_level(contribution: Contribution) -> int | None:
    return None if contribution.value is None else scale_of(contribution).level(contribution.value).value


def lowest_level(contribution: Contribution) -> int:
    return scale_of(contribution).levels[0].value


def levels_above_lowest(contribution: Contribution) -> list[int]:
    return [level.value for level in scale_of(contribution).levels][1:]
