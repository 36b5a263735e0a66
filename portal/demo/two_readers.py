"""A rehearsal of the demo in which two closed assessors read every item: most are opened, some differ, some still wait."""

from datetime import timedelta
from fractions import Fraction

from sqlalchemy.orm import Session

from assessments import clock, dividing, judging
from assessments.actors import Actor
from assessments.models import Assessment, Claim, Person

from .judged import ZONE, moment

# items in which the second reader stands one level beside the first, and the last ones that only one of them has sent
BESIDE = {"I03": -1, "I08": 1, "I14": -1, "I21": -1, "I29": 1, "I36": -1}
WAITING = ("I45", "I46", "I47")
ASKED = "I21"


def read_twice(session: Session, assessment: Assessment, actors: dict[str, Actor]) -> None:
    """Seats for both, judgements for all but `WAITING`, of which the first reader alone has sent."""
    lead, member = actors["asesor.ketua"], actors["asesor.anggota"]
    people = {actor: session.get_one(Person, actor.person_id) for actor in (lead, member)}
    items = assessment.period.instrument.items
    dividing.divide(
        assessment,
        {item.code: {1: people[lead if n % 2 else member], 2: people[member if n % 2 else lead]} for n, item in enumerate(items)},
        lead,
    )
    with clock.judged_at(moment(clock.today(ZONE) - timedelta(days=2))):
        for n, claim in enumerate(assessment.claims):
            first, second = (lead, member) if n % 2 else (member, lead)
            _read(session, claim, first, claim.value, flagged=claim.item == ASKED)
            if claim.item not in WAITING:
                value = min(Fraction(5), max(Fraction(1), claim.value + BESIDE.get(claim.item, 0)))
                _read(session, claim, second, value)


def _read(session: Session, claim: Claim, by: Actor, value: Fraction, flagged: bool = False) -> None:
    item = claim.assessment.period.instrument.item(claim.item)
    judging.write_judgement(
        claim, by, value, f"Contoh penilaian: dokumen yang dirujuk memuat {item.short_name}.",
        "Contoh penilaian: kriteria tingkat di bawahnya terpenuhi.",
        f"Contoh penilaian: bukti mendukung tingkat {value}.", "Contoh catatan tim: mohon dibahas." if flagged else "", 0,
        flagged=flagged,
    )
    session.flush()
    judging.send_judgement(claim, by)
