"""Why an answer of an earlier round may no longer hold, in words: its evidence, its value, or what it is measured by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from .instruments import Instrument, Item, decimal_text
from .lint.dates import reference_day, years_before
from .lint.declaring import declared
from .models import Citation, Contribution, DocumentVersion, Period
from .texts import written_day


@dataclass(frozen=True)
class Kept:
    """A citation of the earlier answer; `lost` is why it does not come along, `doubt` why it may be stale."""

    citation: Citation
    newest: int
    doubt: str = ""
    lost: str = ""

    @property
    def title(self) -> str:
        return self.citation.cited.document.title

    @property
    def version(self) -> DocumentVersion:
        return self.citation.cited

    @property
    def outdated(self) -> bool:
        return not self.lost and self.newest > self.citation.n


def doubts(
    source: Contribution, item: Item, verified: Fraction | None, kept: Sequence[Kept], period: Period
) -> tuple[str, ...]:
    """Everything that speaks against copying an answer unseen into this round; empty when nothing does."""
    before = source.submission.assessment.period.instrument
    found = [_changed_criterion(source, item, before)]
    if verified is not None and source.value is not None and verified != source.value:
        said, came_out = _shown(source.value, item), _shown(verified, item)
        found.append(f"Nilai diubah penilai: isian {said}, hasil {came_out}.")
    if source.value is not None and not item.scale.holds(source.value):
        found.append("Nilai tahun lalu tidak ada pada skala tahun ini, jadi nilainya tidak ikut.")
    found += [f"{one.title}: {one.lost or one.doubt}" for one in kept if one.lost or one.doubt]
    found.append(too_old(kept, item, period))
    return tuple(sentence for sentence in found if sentence)


def _shown(value: Fraction, item: Item) -> str:
    return decimal_text(value, item.scale.decimals if value.denominator == 1 else 2, ",")


def _changed_criterion(source: Contribution, item: Item, before: Instrument) -> str:
    """The words an answer was measured by, up to the level it claims, are others in this round's guidance."""
    if source.value is None:
        return ""
    old = next((each for each in before.items if each.code == item.code), None)
    if old is None:
        return ""
    levels = [
        str(level.value)
        for level in item.scale.levels
        if level.value <= source.value and _words_of(old, level.value, item) != _words_of(item, level.value, old)
    ]
    return f"Kriteria tingkat {', '.join(levels)} berbeda dari pedoman tahun lalu." if levels else ""


def _words_of(item: Item, level: int, other: Item) -> tuple:
    """Criterion, fulfilment and evidence of a level, as far as both editions have them."""
    parts: list[tuple[dict[int, Any], dict[int, Any]]] = [
        (item.criteria, other.criteria), (item.fulfilment, other.fulfilment), (item.evidence, other.evidence)
    ]
    return tuple(mine.get(level) for mine, theirs in parts if level in mine and level in theirs)


def looked_at(citation: Citation, newest: int, ended: Mapping[int, str], day: date, owner: int) -> Kept:
    """What can be said of one piece of evidence in the library of `owner` on this day."""
    version = citation.cited
    blob = version.blob
    if version.document.removed_at is not None:
        return Kept(citation, newest, lost="sudah dihapus dari pustaka, jadi tidak ikut disalin.")
    if version.document.owner_org_id != owner:
        return Kept(citation, newest, lost="sekarang milik OPD lain, jadi tidak ikut disalin.")
    if blob is not None and blob.scan_state == "quarantined":
        return Kept(citation, newest, lost="dikarantina karena pemindai menemukan ancaman, jadi tidak ikut disalin.")
    if blob is not None and blob.reading_state in ("locked", "broken"):
        return Kept(citation, newest, "berkasnya tidak dapat dibuka.")
    if citation.document_id in ended:
        return Kept(citation, newest, ended[citation.document_id][0].lower() + ended[citation.document_id][1:])
    if version.valid_until is not None and version.valid_until < day:
        return Kept(citation, newest, f"tidak berlaku lagi sejak {written_day(version.valid_until)}.")
    return Kept(citation, newest)


def too_old(kept: Sequence[Kept], item: Item, period: Period) -> str:
    """A review or an audit among the evidence that is older than the round wants it at a level it proves.

    Where a younger one proves the same, nothing is said; which items and levels ask is declared beside the instrument.
    """
    day = reference_day(period)
    for asked in declared(period.instrument.key).fresh_of(item.code):
        papers = [
            one.version for one in kept
            if not one.lost and one.version.dated and one.version.document.kind in asked.kinds
            and set(asked.levels) & set(one.citation.levels)
        ]
        youngest = max(papers, key=lambda version: version.dated, default=None)
        if youngest is not None and youngest.dated <= years_before(day, asked.years):
            return (
                f"{youngest.document.title}: bertanggal {written_day(youngest.dated)}, sedangkan pedoman meminta "
                f"{asked.asked} pada {written_day(day)}."
            )
    return ""
