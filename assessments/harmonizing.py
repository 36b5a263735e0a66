"""Two closed readings of one item side by side (S59), what they agree on, and what the lead still has to decide.

Equal values decide themselves when the stage closes and say so; different ones are decided by the lead with a reason.
"""

from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, object_session, selectinload

from .blindness import BLIND_STAGE, blind_round, counts
from .models import Assessment, Judgement, Seat
from .refusal import Refused

ALIKE = "Kedua penilai memberi nilai yang sama."


@dataclass(frozen=True)
class Readings:
    """What the first and the second reader sent for one item; both are open to the panel."""

    item: str
    first: Judgement
    second: Judgement

    @property
    def difference(self) -> Fraction:
        return self.second.value - self.first.value

    @property
    def alike(self) -> bool:
        return self.first.value == self.second.value

    @property
    def flagged(self) -> bool:
        return self.first.flagged or self.second.flagged

    def nearest(self, value: Fraction) -> Judgement:
        """The reading a decided value stands on: the one that says the same, else the nearer, the first where both are."""
        return min((self.first, self.second), key=lambda judgement: abs(judgement.value - value))


def readings(session: Session, *assessments: Assessment, words: bool = False) -> dict[tuple[int, str], Readings]:
    """{(assessment id, item): both readings} of what two readers opened, in one statement for any number of assessments.

    With `words` the names of the readers and their marks on criteria come along, in one statement more.
    """
    query = (
        select(Judgement, Seat.seat)
        .outerjoin(
            Seat,
            (Seat.assessment_id == Judgement.assessment_id) & (Seat.item == Judgement.item)
            & (Seat.person_id == Judgement.person_id),
        )
        .where(Judgement.assessment_id.in_([one.id for one in assessments]), blind_round(), counts())
        .order_by(Judgement.assessment_id, Judgement.item, Seat.seat.is_(None), Seat.seat, Judgement.sent_at, Judgement.id)
    )
    if words:
        query = query.options(joinedload(Judgement.person), selectinload(Judgement.criteria))
    found: dict[tuple[int, str], list[Judgement]] = {}
    for judgement, _seat in session.execute(query):
        found.setdefault((judgement.assessment_id, judgement.item), []).append(judgement)
    return {place: Readings(place[1], *both[:2]) for place, both in found.items() if len(both) > 1}


def demand_both(assessment: Assessment, item: str) -> Readings:
    """Both readings of an item that is to be decided; nobody decides over what is still closed."""
    both = readings(object_session(assessment), assessment).get((assessment.id, item))
    if both is None:
        raise Refused("Nilai ini diputuskan sesudah kedua penilai mengirim penilaiannya.")
    return both


def alike_readings(assessment: Assessment) -> dict[str, Readings]:
    """{item: readings} of equal values with which the stage ends; refused while others are closed or differ."""
    decided = {decision.item for decision in assessment.decisions if decision.stage == BLIND_STAGE}
    away = {member.person_id for member in assessment.panel if not member.active}
    both = {
        item: one
        for (_id, item), one in readings(object_session(assessment), assessment).items()
        if not away & {one.first.person_id, one.second.person_id}
    }
    waiting = [item for item in assessment.period.instrument.items if item.code not in decided]
    closed = [item.number for item in waiting if item.code not in both]
    apart = [item.number for item in waiting if item.code in both and not both[item.code].alike]
    faults = []
    if closed:
        faults.append(f"{len(closed)} indikator belum dikirim kedua penilainya: {', '.join(closed)}.")
    if apart:
        faults.append(f"{len(apart)} indikator dinilai berbeda dan belum diputuskan: {', '.join(apart)}.")
    if faults:
        raise Refused(*faults)
    return {item.code: both[item.code] for item in waiting}
