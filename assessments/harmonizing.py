"""Two closed readings of one item side by side (S59), what they agree on, and what the lead still has to decide.

Equal values decide themselves when the stage closes and say so; different ones are decided by the lead with a reason.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, object_session, selectinload

from .blindness import BLIND_STAGE, blind_round, counts
from .models import Assessment, Citation, CitationVerdict, Claim, DocumentVersion, Judgement, Seat
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
    query = opened(select(Judgement), assessments)
    if words:
        query = query.options(joinedload(Judgement.person), selectinload(Judgement.criteria))
    found: dict[tuple[int, str], list[Judgement]] = {}
    for judgement in session.scalars(query):
        found.setdefault((judgement.assessment_id, judgement.item), []).append(judgement)
    return {place: Readings(place[1], *both[:2]) for place, both in found.items() if len(both) > 1}


def opened(query: Select, assessments: Sequence[Assessment]) -> Select:
    """`query` over Judgement, narrowed to closed readings that were opened, the first seat before the second."""
    return (
        query.outerjoin(
            Seat,
            (Seat.assessment_id == Judgement.assessment_id) & (Seat.item == Judgement.item)
            & (Seat.person_id == Judgement.person_id),
        )
        .where(Judgement.assessment_id.in_([one.id for one in assessments]), blind_round(), counts())
        .order_by(Judgement.assessment_id, Judgement.item, Seat.seat.is_(None), Seat.seat, Judgement.sent_at, Judgement.id)
    )


def demand_both(assessment: Assessment, item: str) -> Readings:
    """Both readings of an item that is to be decided; nobody decides over what is still closed."""
    both = readings(object_session(assessment), assessment).get((assessment.id, item))
    if both is None:
        raise Refused("Nilai ini diputuskan sesudah kedua penilai mengirim penilaiannya.")
    away = {member.person_id for member in assessment.panel if not member.active}
    if gone := [one.person.name for one in (both.first, both.second) if one.person_id in away]:
        raise Refused(f"{gone[0]} tidak lagi dapat menilai di sini. Bagikan indikator ini kepada orang lain dulu.")
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


@dataclass(frozen=True)
class Word:
    """What the two readers said of one cited document: (code of the verdict, note) each, None where nothing was said."""

    citation: Citation
    first: tuple[str, str] | None
    second: tuple[str, str] | None


def words_on_evidence(session: Session, assessment: Assessment, both: Iterable[Readings]) -> dict[str, list[Word]]:
    """{item: what both said of its evidence} for opened readings, in one statement."""
    wanted = {one.item: one for one in both}
    rows = session.execute(
        select(Claim.item, Citation, CitationVerdict)
        .join(Citation, Citation.claim_id == Claim.id)
        .outerjoin(
            CitationVerdict, (CitationVerdict.citation_id == Citation.id) & (CitationVerdict.stage == BLIND_STAGE)
        )
        .where(Claim.assessment_id == assessment.id, Claim.item.in_(wanted))
        .options(joinedload(Citation.cited).joinedload(DocumentVersion.document))
        .order_by(Citation.id)
    )
    cited: dict[tuple[str, int], Citation] = {}
    said: dict[tuple[int, int], tuple[str, str]] = {}
    for item, citation, verdict in rows:
        cited[item, citation.id] = citation
        if verdict is not None:
            said[citation.id, verdict.person_id] = (verdict.verdict, verdict.note)
    found: dict[str, list[Word]] = {}
    for (item, id), citation in cited.items():
        one = wanted[item]
        found.setdefault(item, []).append(
            Word(citation, said.get((id, one.first.person_id)), said.get((id, one.second.person_id)))
        )
    return found
