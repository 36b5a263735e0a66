"""What the policy asks about keeping an eye on a round and reminding its agencies."""

from sqlalchemy import exists, select
from sqlalchemy.orm import object_session

from .actors import Actor
from .models import Assessment, Period, Submission


def takes_part_in_round(user: Actor, thing: Period) -> bool:
    """The agency has a part in one of the round's assessments."""
    if isinstance(thing, type):
        return True
    return bool(object_session(thing).scalar(
        select(
            exists().where(
                Submission.organization_id == user.organization_id,
                Submission.assessment_id == Assessment.id,
                Assessment.period_id == thing.id,
            )
        )
    ))


def round_is_chased(user: Actor, thing: Period) -> str | None:
    """Agencies are reminded while they can still do something about it."""
    if thing.state != "open":
        return "Periode ini tidak sedang dibuka, jadi tidak ada yang perlu diingatkan."
    return None if thing.stage("self_assessment") else "Periode ini belum punya tahap penilaian mandiri."
