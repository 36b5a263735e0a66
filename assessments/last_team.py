"""The team of the round before, taken over in one press: whoever still serves, and its decision while that is in force."""

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from .actors import Actor
from .clock import day_of, now
from .models import Appointment, Assessment, Period, TeamDecision, TeamMember
from .refusal import Refused
from .team import decision_of, demand, serving, team_of
from .workflow import happened


@dataclass
class Copied:
    """What came over from the round before: whom, who serves no more, and whether its decision still holds."""

    title: str
    names: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    decision: bool = False


def last_team(session: Session, assessment: Assessment) -> Assessment | None:
    """The newest other round of the same subject, rehearsals left out, that has a team."""
    period = assessment.period
    return session.scalar(
        select(Assessment).join(Assessment.period)
        .where(
            Assessment.subject_id == assessment.subject_id, Assessment.id != assessment.id, Period.track != "rehearsal",
            Period.year <= period.year, select(TeamMember.person_id).where(TeamMember.assessment_id == Assessment.id).exists(),
        )
        .options(joinedload(Assessment.period).lazyload(Period.stages), joinedload(Assessment.period).lazyload(Period.extensions))
        .order_by(Period.year.desc(), Period.term.desc(), Assessment.id.desc()).limit(1)
    )


def copy_team(session: Session, assessment: Assessment, by: Actor) -> Copied:
    """Everybody of the last team who still serves and is not named yet, and its decision while that is in force."""
    demand(assessment, by)
    session.execute(select(Assessment.id).where(Assessment.id == assessment.id).with_for_update())
    source = last_team(session, assessment)
    if source is None:
        raise Refused("Belum ada tim pada putaran sebelumnya yang dapat disalin.")
    present = team_of(session, assessment)
    names, roles = {one.person_id for one in present}, {one.role for one in present if one.role != "member"}
    period = assessment.period
    here = set(session.scalars(serving(session, period.organiser_id, period.zone).with_only_columns(Appointment.person_id)))
    done = Copied(source.period.title)
    for one in team_of(session, source):
        if one.person_id in names or one.role in roles:
            continue
        if one.person_id not in here:
            done.gone.append(one.person.name)
            continue
        session.add(TeamMember(
            assessment_id=assessment.id, person_id=one.person_id, role=one.role, function=one.function, title=one.title
        ))
        done.names.append(one.person.name)
    done.decision = _carry_decision(session, source, assessment, by)
    if not done.names and not done.decision:
        raise Refused(f"Tidak ada yang dapat disalin dari {source.period.title}: semuanya sudah ada atau tidak bertugas lagi.")
    happened(assessment, "team", f"Tim disalin dari {source.period.title}", by, f"{len(done.names)} orang.")
    return done


def _carry_decision(session: Session, source: Assessment, assessment: Assessment, by: Actor) -> bool:
    held = decision_of(session, source)
    if held is None or decision_of(session, assessment) is not None:
        return False
    if held.ends_on is not None and held.ends_on < day_of(now(), assessment.period.zone):
        return False
    session.add(TeamDecision(
        assessment_id=assessment.id, number=held.number, dated=held.dated, subject=held.subject, signatory=held.signatory,
        starts_on=held.starts_on, ends_on=held.ends_on, document_id=held.document_id, document_n=held.document_n, by_id=by.person_id,
    ))
    return True
