"""What the policy asks about rounds in which each agency is evaluated on its own."""

from collections.abc import Mapping, Sequence

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, object_session

from .actors import Actor
from .models import (
    Appointment,
    Assessment,
    Claim,
    ClaimRevision,
    Contribution,
    ContributionRevision,
    Period,
    Receipt,
    Signature,
    Submission,
)

SENT_IT = "Anda yang mengirim, jadi orang lain yang menetapkan angkanya."
WROTE_IN_IT = "Anda ikut menulis isian, klaim, atau buktinya, jadi orang lain yang menetapkan angkanya."


def senders(session: Session, assessments: Sequence[Assessment]) -> dict[int, tuple[int, int | None]]:
    """{assessment id: (who sent it, whom that person stood in for)}, by the newest receipt, in one statement."""
    rows = session.execute(
        select(Receipt.assessment_id, Appointment.person_id, Signature.acting_for_id)
        .join(Signature, Signature.id == Receipt.signature_id)
        .join(Appointment, Appointment.id == Signature.appointment_id)
        .where(Receipt.assessment_id.in_([each.id for each in assessments]), Receipt.kind == "sent")
        .order_by(Receipt.at)
    )
    return {assessment_id: (person_id, acting_for_id) for assessment_id, person_id, acting_for_id in rows}


def barred(
    session: Session, assessments: Sequence[Assessment], by: Actor, sent: Mapping[int, tuple[int, int | None]] | None = None
) -> dict[int, str]:
    """{assessment id: why this actor may not settle its figure}: who sent it or wrote in it is out (access.md), in two
    statements for any number of agencies (one, where the caller has the `senders` already). Taking a claim over from an agency's words is no writing; every other
    revision is, also one of its evidence or of a value that leans on another body."""
    names = set(by.stands_for)
    found = {key: SENT_IT for key, who in (senders(session, assessments) if sent is None else sent).items() if names & set(who)}
    in_parts = exists().where(
        ContributionRevision.contribution_id == Contribution.id, ContributionRevision.author_id.in_(names),
        Contribution.submission_id == Submission.id, Submission.assessment_id == Assessment.id,
    )
    in_claims = exists().where(
        ClaimRevision.claim_id == Claim.id, ClaimRevision.author_id.in_(names), ClaimRevision.origin != "adopted",
        Claim.assessment_id == Assessment.id,
    )
    wrote = session.scalars(
        select(Assessment.id).where(Assessment.id.in_([each.id for each in assessments]), or_(in_parts, in_claims))
    )
    return found | dict.fromkeys(wrote, WROTE_IN_IT)


def evaluates_agencies(user: Actor, thing: Period) -> str | None:
    return None if thing.of_agencies else "Putaran ini menilai satu instansi, jadi tidak punya angka tiap OPD."


def of_an_instansi(user: Actor, thing) -> bool:
    """What only the evaluation of an instansi has: in a round of agencies nobody finds it."""
    return isinstance(thing, type) or not thing.period.of_agencies


def official_is_of_an_instansi(user: Actor, thing: Assessment) -> str | None:
    """The ministry publishes no index of an agency (PermenPANRB 59/2020 p.21-24, 87)."""
    return "Hasil resmi hanya ada untuk instansi, tidak untuk satu OPD." if thing.period.of_agencies else None


def neither_sent_nor_wrote(user: Actor, thing: Assessment) -> str | None:
    return barred(object_session(thing), [thing], user).get(thing.id)
