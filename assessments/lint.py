"""What is wrong with an answer and its evidence, in words a person can act on.

Each rule is a small named function over one contribution and gives its findings. *must* is what keeps the item from
being ready (the workflow asks the same), *weak* is what an assessor would lower the value for, *tip* is what makes
the reading easier. Nothing here forbids anything: the claim is the user's.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from .clock import today
from .models import Citation, Contribution
from .workflow import missing

WEIGHTS = {"must": "Wajib", "weak": "Penting", "tip": "Saran"}
# Kinds of documents that carry a number and a date; a screenshot or a link has neither.
RECORD = "text/plain"  # what inventory/citing.py freezes; nobody uploads plain text
NUMBERED = ("regulation", "plan", "report", "procedure", "contract", "other")


@dataclass(frozen=True)
class Finding:
    """`place` is where it is mended: value, facts, analysis, evidence, or citation:<id>."""

    rule: str
    weight: str
    sentence: str
    place: str

    @property
    def label(self) -> str:
        return WEIGHTS[self.weight]


Rule = Callable[[Contribution], Iterator[Finding]]


def missing_part(contribution: Contribution) -> Iterator[Finding]:
    for place, sentence in missing(contribution):
        yield Finding("missing_part", "must", sentence, place)


def unreadable_file(contribution: Contribution) -> Iterator[Finding]:
    for citation in contribution.citations:
        blob = citation.cited.blob
        if blob is not None and blob.reading_state in ("locked", "broken"):
            yield _about(citation, "unreadable_file", "weak", "tidak dapat dibuka asesor; ganti berkasnya.")


def no_evidence_at_level(contribution: Contribution) -> Iterator[Finding]:
    """The chosen level itself is proved by nothing that is attached."""
    chosen, lowest = _chosen(contribution), _lowest(contribution)
    if chosen is not None and chosen > lowest and contribution.citations and chosen not in proved_levels(contribution):
        yield Finding(
            "no_evidence_at_level", "weak", f"Belum ada bukti yang ditandai menunjang tingkat {chosen}.", "evidence"
        )


def gap_below(contribution: Contribution) -> Iterator[Finding]:
    """Levels are cumulative (PermenPANRB 59/2020 p.12): each one below needs its own proof."""
    chosen = _chosen(contribution)
    if chosen is None or not contribution.citations:
        return
    proved = proved_levels(contribution)
    gaps = [str(level) for level in _levels_above_lowest(contribution) if level < chosen and level not in proved]
    if gaps:
        yield Finding(
            "gap_below", "weak", f"Tingkat {', '.join(gaps)} di bawahnya belum ditunjang bukti mana pun.", "evidence"
        )


def not_in_force(contribution: Contribution) -> Iterator[Finding]:
    day = today(contribution.submission.assessment.period.zone)
    for citation in contribution.citations:
        version = citation.cited
        if version.valid_until is not None and version.valid_until < day:
            yield _about(citation, "not_in_force", "weak", "sudah tidak berlaku.")
        elif version.effective_on is not None and version.effective_on > day:
            yield _about(citation, "not_in_force", "weak", "belum berlaku.")


def pages_not_given(contribution: Contribution) -> Iterator[Finding]:
    for citation in contribution.citations:
        blob = citation.cited.blob
        if citation.locator or (blob is not None and blob.pages == 1) or _is_record(citation):
            continue
        if blob is not None and blob.pages:
            yield _about(
                citation, "pages_not_given", "tip",
                f"belum menunjuk halaman; asesor harus mencari sendiri di {blob.pages} halaman.",
            )
        elif blob is None or not blob.media_type.startswith("image/"):
            yield _about(citation, "pages_not_given", "tip", "belum menunjuk halaman, bab, atau bagian.")


def undated_document(contribution: Contribution) -> Iterator[Finding]:
    for citation in contribution.citations:
        version = citation.cited
        if version.document.kind not in NUMBERED or _is_record(citation):
            continue
        absent = [word for word, value in (("nomor", version.number), ("tanggal", version.dated)) if not value]
        if absent:
            yield _about(citation, "undated_document", "tip", f"belum diberi {' dan '.join(absent)} dokumen.")


def unmentioned_evidence(contribution: Contribution) -> Iterator[Finding]:
    """Fakta says where the proof is, so it names each piece of it (PermenPANRB 59/2020 p.29)."""
    if not contribution.facts.strip():
        return
    codes = [code_of(citation) for citation in contribution.citations]
    silent = [code for code in codes if code not in contribution.facts]
    if silent and len(silent) < len(codes):
        yield Finding(
            "unmentioned_evidence", "tip", f"Fakta belum menyebut {', '.join(silent)}.", "facts"
        )


def ended_application(contribution: Contribution, ended: Mapping[int, str]) -> Iterator[Finding]:
    """A record of the inventory whose application runs no more; `ended` says of which documents that is so, and since when."""
    for citation in contribution.citations:
        if why := ended.get(citation.document_id):
            sentence = f"{code_of(citation)}: {why} Lepas rujukan ini atau ganti dengan catatan aplikasi penggantinya."
            yield Finding("ended_application", "weak", sentence, f"citation:{citation.id}")


RULES: tuple[Rule, ...] = (
    missing_part,
    unreadable_file,
    no_evidence_at_level,
    gap_below,
    not_in_force,
    pages_not_given,
    undated_document,
    unmentioned_evidence,
)


def findings(contribution: Contribution, ended: Mapping[int, str] | None = None) -> list[Finding]:
    """Everything the rules find, heaviest first. Needs citations with their version, blob and document.

    `ended` are the cited records of applications that have ended: {document: sentence}, fetched once for a page.
    """
    found = [finding for rule in RULES for finding in rule(contribution)] + [*ended_application(contribution, ended or {})]
    return sorted(found, key=lambda finding: list(WEIGHTS).index(finding.weight))


def proved_levels(contribution: Contribution) -> set[int]:
    return {level for citation in contribution.citations for level in citation.levels}


def carried_level(contribution: Contribution) -> int:
    """The level up to which every step has evidence; the lowest one needs none."""
    proved, carried = proved_levels(contribution), _lowest(contribution)
    for level in _levels_above_lowest(contribution):
        if level not in proved:
            break
        carried = level
    return carried


def code_of(citation: Citation) -> str:
    """What a citation is called in texts: number of the item and its letter, "12.a"."""
    target = citation.contribution
    item = target.submission.assessment.period.instrument.item(target.item)
    return f"{item.number}.{citation.letter}"


def _is_record(citation: Citation) -> bool:
    """A frozen record of the inventory: one page, with its date in it."""
    return citation.cited.blob is not None and citation.cited.blob.media_type == RECORD


def _about(citation: Citation, rule: str, weight: str, sentence: str) -> Finding:
    return Finding(rule, weight, f"{code_of(citation)} {sentence}", f"citation:{citation.id}")


def _scale(contribution: Contribution):
    return contribution.submission.assessment.period.instrument.item(contribution.item).scale


def _chosen(contribution: Contribution) -> int | None:
    return None if contribution.value is None else _scale(contribution).level(contribution.value).value


def _lowest(contribution: Contribution) -> int:
    return _scale(contribution).levels[0].value


def _levels_above_lowest(contribution: Contribution) -> list[int]:
    return [level.value for level in _scale(contribution).levels][1:]
