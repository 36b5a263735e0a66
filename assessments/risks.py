"""What the head of an agency or the Koordinator should look at before vouching: what rose, what is claimed high, what is thinly proved.

Nothing here forbids anything; it says where a careful reader would look first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from .history import Before
from .instruments import Item, decimal_text
from .lint import UNOPENED, Finding, findings, look_around
from .models import Claim, Contribution
from .workflow import Look

BIGGEST_RISES = 5
UNPROVED = Look("Tanpa bukti", "bad", "warning")
UNREADABLE = Look("Berkas tidak terbuka", "bad", "lock")
THIN = Look("Bukti tipis", "warn", "partial")
SOUND = Look("Lengkap", "ok", "check")


@dataclass(frozen=True)
class Concern:
    """One item the head should read: why, in sentences, and how well it is proved."""

    contribution: Contribution | Claim
    item: Item
    look: Look
    sentences: tuple[str, ...]
    rise: Fraction = field(default=Fraction(0))


@dataclass(frozen=True)
class Comparison:
    """How many items stand higher, equal and lower than in the round before, and how many have no earlier value."""

    title: str
    up: int
    same: int
    down: int
    new: int

    @property
    def sentence(self) -> str:
        parts = [f"{n} {word}" for n, word in ((self.up, "naik"), (self.same, "tetap"), (self.down, "turun")) if n]
        if self.new:
            parts.append(f"{self.new} belum punya nilai sebelumnya")
        return f"Dibanding {self.title}: {', '.join(parts)}."


def concerns(
    contributions: Sequence[Contribution | Claim], before: Before | None, found: Mapping[str, Sequence[Finding]] | None = None
) -> list[Concern]:
    """The items worth a look, the worst proved first, then the biggest rises.

    `contributions` have their citations with version, blob and document. `found` are the remarks that count on each item;
    without it, all that the rules find. The claims of a whole, with their evidence, are looked at in the same way; for
    them `found` is given, since the rules read answers of agencies.
    """
    if found is None:
        answers = [each for each in contributions if isinstance(each, Contribution)]
        known = look_around(answers)
        found = {answer.item: findings(answer, known) for answer in answers}
    rises = {c.item: _rise(c, before) for c in contributions}
    biggest = sorted((code for code in rises if rises[code] > 0), key=lambda code: -rises[code])[:BIGGEST_RISES]
    concerning = []
    for contribution in contributions:
        item = _item(contribution)
        look, faults = _proof(contribution, item, found.get(item.code, ()))
        if look is not SOUND or contribution.item in biggest or claimed_high(contribution):
            sentences = (_movement(contribution, before), *faults)
            concerning.append(Concern(contribution, item, look, sentences, rises[contribution.item]))
    worst_first = (UNPROVED, UNREADABLE, THIN, SOUND)
    return sorted(concerning, key=lambda concern: (worst_first.index(concern.look), -concern.rise))


def compared(contributions: Sequence[Contribution | Claim], before: Before | None) -> Comparison | None:
    """This part beside the round before; None when there was none."""
    if before is None:
        return None
    pairs = [(c.value, before.value(c.item)) for c in contributions if c.value is not None]
    known = [(now, then) for now, then in pairs if then is not None]
    return Comparison(
        title=before.title,
        up=sum(now > then for now, then in known),
        same=sum(now == then for now, then in known),
        down=sum(now < then for now, then in known),
        new=len(pairs) - len(known),
    )


def claimed_high(contribution: Contribution | Claim) -> bool:
    """One of the two highest levels of its scale (4 and 5 of PermenPANRB 59/2020)."""
    scale = _item(contribution).scale
    return contribution.value is not None and scale.level(contribution.value) in scale.levels[-2:]


def _item(contribution: Contribution | Claim) -> Item:
    whole = contribution.assessment if isinstance(contribution, Claim) else contribution.submission.assessment
    return whole.period.instrument.item(contribution.item)


def _rise(contribution: Contribution | Claim, before: Before | None) -> Fraction:
    then = before.value(contribution.item) if before else None
    return Fraction(0) if then is None or contribution.value is None else contribution.value - then


def _proof(contribution: Contribution | Claim, item: Item, remarks: Sequence[Finding]) -> tuple[Look, list[str]]:
    if contribution.value is None:
        return UNPROVED, ["Belum ada tingkat yang dipilih."]
    level = item.scale.level(contribution.value)
    claims_something = level != item.scale.levels[0]
    cited = len(contribution.citations)
    if claims_something and not cited:
        return UNPROVED, [f"Tingkat {level.value} tanpa satu bukti pun."]
    found = [f for f in remarks if f.weight == "weak" or f.rule == "undated_document"]
    faults = [finding.sentence for finding in found]
    if claims_something and cited == 1:
        faults.insert(0, f"Tingkat {level.value} ditunjukkan oleh satu bukti saja.")
    if any(finding.rule in UNOPENED for finding in found):
        return UNREADABLE, faults
    return (THIN if faults else SOUND), faults


def _movement(contribution: Contribution | Claim, before: Before | None) -> str:
    then = before.value(contribution.item) if before else None
    now = contribution.value
    if now is None:
        return "Belum diisi."
    if then is None:
        return f"Tingkat {_shown(now)}."
    if now == then:
        return f"Tetap {_shown(now)}."
    return f"{'Naik' if now > then else 'Turun'} dari {_shown(then)} ke {_shown(now)}."


def _shown(value: Fraction) -> str:
    return str(value) if value.denominator == 1 else decimal_text(value, 2, ",")
