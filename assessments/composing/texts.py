"""The proposal itself: sentences from slots and citations, and what is still missing for them."""

from collections.abc import Callable
from dataclasses import dataclass

from ..ladder import ladder_of
from ..lint import code_of
from ..models import Citation, Contribution
from ..models.evidence import DOCUMENT_KINDS
from ..texts import written_day
from .sheets import Sheet, sheet_of


@dataclass(frozen=True)
class Composed:
    """`facts` and `analysis` as proposed; `missing` are sentences about what they still lack."""

    facts: str
    analysis: str
    missing: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.facts or self.analysis)


def compose(contribution: Contribution) -> Composed:
    """Needs the citations with their version, document and blob."""
    period = contribution.submission.assessment.period
    item = period.instrument.item(contribution.item)
    sheet = sheet_of(period.instrument, item)
    slots = contribution.slots or {}
    facts = [line for line in (_opening(sheet, slots), *map(told(sheet.cites), contribution.citations)) if line]
    analysis = [line for line in (_standing(contribution), _judged(sheet, slots)) if line]
    return Composed("\n".join(facts), "\n".join(analysis), tuple(_missing(contribution, sheet, slots)))


def taken_over(contribution: Contribution, composed: Composed, replace: bool) -> tuple[str, str]:
    """(facts, analysis) as they become: the proposal instead of what is written, or under it and only once."""
    if replace:
        return composed.facts or contribution.facts, composed.analysis or contribution.analysis
    return under(contribution.facts, composed.facts), under(contribution.analysis, composed.analysis)


def under(written: str, proposed: str) -> str:
    """The proposal below what is written, once."""
    if not proposed or proposed in written:
        return written
    return f"{written}\n\n{proposed}" if written else proposed


def _opening(sheet: Sheet, slots: dict[str, str]) -> str:
    if sheet.cites != "service":
        return ended(f"Substansi: {slots['substance']}") if slots.get("substance") else ""
    parts = [
        f"Layanan {slots['service']}" if slots.get("service") else "",
        f"dikelola {slots['unit']}" if slots.get("unit") else "",
        f"lingkup {slots['scope']}" if slots.get("scope") else "",
        f"memakai aplikasi {slots['application']}" if slots.get("application") else "",
    ]
    text = ", ".join(part for part in parts if part)
    return ended(text[0].upper() + text[1:]) if text else ""


def told(cites: str, code: Callable[[Citation], str] = code_of):
    """One citation in a sentence: what it is, its number and date, where to look and what stands there."""

    def tell(citation: Citation) -> str:
        version, document = citation.cited, citation.cited.document
        name = document.title
        if cites == "service" and document.kind in ("screenshot", "video", "link", "procedure"):
            name = f"{DOCUMENT_KINDS[document.kind]} “{document.title}”"
        parts = [name]
        if version.number:
            parts.append(f"nomor {version.number}")
        if version.dated:
            parts.append(f"tanggal {written_day(version.dated)}")
        if citation.article:
            parts.append(_named("Pasal", citation.article))
        if citation.locator:
            parts.append(_named("halaman", citation.locator))
        text = f"{code(citation)} {', '.join(parts)}"
        if version.file_name or version.url:
            text += f" (berkas {version.file_name})" if version.file_name else f" ({version.url})"
        return ended(f"{text}: {citation.gist}" if citation.gist else text)

    return tell


def _named(word: str, place: str) -> str:
    """"5-8" becomes "halaman 5-8"; what names itself ("Bab II", "hlm. 3") stays."""
    return f"{word} {place}" if place[:1].isdigit() else place


def _standing(contribution: Contribution) -> str:
    """Which citation stands for which level, up to the claim."""
    period = contribution.submission.assessment.period
    item = period.instrument.item(contribution.item)
    proofs: dict[int, list[str]] = {}
    for citation in contribution.citations:
        for level in citation.levels:
            proofs.setdefault(level, []).append(code_of(citation))
    ladder = ladder_of(item, contribution.value, proofs)
    told = [
        f"tingkat {rung.level.value} ditunjang {', '.join(rung.proofs)}"
        for rung in ladder.rungs
        if rung.proofs and (ladder.chosen is None or rung.level.value <= ladder.chosen)
    ]
    if not told:
        return ""
    text = "; ".join(told)
    return ended(f"Kriteria {text}")


def _judged(sheet: Sheet, slots: dict[str, str]) -> str:
    if sheet.cites != "service":
        return ended(slots["coverage"]) if slots.get("coverage") else ""
    subject = f"Aplikasi {slots['application']}" if slots.get("application") else "Layanan ini"
    parts = [
        f"menunjukkan fungsi {slots['functions']}" if slots.get("functions") else "",
        f"mencapai kemampuan {slots['capability']}" if slots.get("capability") else "",
    ]
    told = " dan ".join(part for part in parts if part)
    return ended(f"{subject} {told}") if told else ""


def _missing(contribution: Contribution, sheet: Sheet, slots: dict[str, str]):
    empty = [slot.label for slot in sheet.slots if not slots.get(slot.code)]
    if empty:
        yield f"Belum diisi: {', '.join(empty)}."
    if not contribution.citations:
        yield "Belum ada bukti yang dirujuk."
    for citation in contribution.citations:
        version = citation.cited
        is_policy = sheet.cites == "policy" and version.document.kind == "regulation"
        absent = [
            word
            for word, value, asked in (
                ("nomor", version.number, is_policy),
                ("tanggal", version.dated, is_policy),
                ("pasal", citation.article, is_policy),
                ("uraian isi", citation.gist, sheet.cites != "service"),
                ("tingkat yang ditunjang", citation.levels, True),
            )
            if asked and not value
        ]
        if absent:
            yield f"{code_of(citation)} belum menyebut {', '.join(absent)}."


def ended(text: str) -> str:
    """With the mark at its end that a sentence needs."""
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."
