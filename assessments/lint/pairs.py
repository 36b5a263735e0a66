"""Items that usually go together (process.md 5): a reminder to look at both, never a hindrance."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from ..instruments import Instrument
from ..models import Contribution
from .declaring import declared
from .finding import Finding, Known

RULE = "inconsistent_pair"


def inconsistent_pair(contribution: Contribution, known: Known) -> Iterator[Finding]:
    """What the values this reader sees say about this item beside others; nothing where the other is not theirs to see."""
    instrument = contribution.submission.assessment.period.instrument
    said = known.worked_out.get(instrument.sha256)
    if said is None:
        said = known.worked_out[instrument.sha256] = {}
        for item, finding in disagreements(instrument, known.values):
            said.setdefault(item, []).append(finding)
    yield from said.get(contribution.item, ())


def disagreements(
    instrument: Instrument, values: Mapping[str, Fraction], about: str | None = None
) -> Iterator[tuple[str, Finding]]:
    """(item, finding) for each two of these values that hardly go together, told at both items; `about` only those of one.

    For a part as for the claims of the whole. 59/2020 has no cap of one item by another (process.md 5 no. 12), so this
    is a suggestion.
    """
    said = declared(instrument.key)
    if about is not None and said.beside(about).isdisjoint(values):
        return
    levels = {item.code: item.scale.level(values[item.code]).value for item in instrument.items if item.code in values}
    numbers = {item.code: item.number for item in instrument.items}
    for pair in said.pairs:
        one, two = levels.get(pair.item), levels.get(pair.other)
        if one is not None and two is not None and abs(one - two) >= pair.apart and about in (None, pair.item, pair.other):
            sentence = (
                f"Indikator {numbers[pair.item]} (kebijakan) di tingkat {one}, sedangkan indikator {numbers[pair.other]} "
                f"(penerapan) di tingkat {two}; keduanya tentang {pair.about}."
            )
            yield from _at_both(pair.item, pair.other, sentence, "Baca ulang keduanya; bila memang begitu, jelaskan pada Analisis.")
    for lean in said.leans:
        one, two = levels.get(lean.item), levels.get(lean.needs)
        if one is not None and two is not None and one >= lean.level and two < lean.least and about in (None, lean.item, lean.needs):
            sentence = (
                f"Indikator {numbers[lean.item]} di tingkat {one} meminta {lean.about}, sedangkan indikator "
                f"{numbers[lean.needs]} di tingkat {two}."
            )
            fix = f"Periksa tingkat indikator {numbers[lean.item]}, atau lengkapi indikator {numbers[lean.needs]}."
            yield from _at_both(lean.item, lean.needs, sentence, fix)


def _at_both(one: str, other: str, sentence: str, fix: str) -> Iterator[tuple[str, Finding]]:
    yield one, Finding(RULE, "tip", sentence, f"value:{other}", fix)
    yield other, Finding(RULE, "tip", sentence, f"value:{one}", fix)
