"""What one assessor did for one assessment, from stored rows alone (Laporan Anggota, PermenPANRB 59/2020 p.88)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from .actors import Actor
from .models import (
    Assessment,
    Clarification,
    ClarificationBatch,
    Event,
    Judgement,
    Meeting,
    MeetingPerson,
    Person,
    ReviewNote,
)
from .panel_questions import seat_on_panel

# What the history of an assessment tells of one of its panel besides judgements, sessions, questions and reviews.
TOLD = (
    "consolidate", "rule_objection", "analyse", "answer_review", "propose", "reject", "confirm",
    "propose_correction", "reject_correction", "confirm_correction", "report", "minutes",
)


@dataclass(frozen=True)
class Activities:
    """The person and its part on the panel; judgements that were sent (never a draft), sessions held with "was present"
    (None where nobody said), questions that went out, words as Tim Reviu, and what else the history of the assessment
    says of the person after that (rulings, texts, answers to Tim Reviu, the result and its papers); each in the order of time."""

    name: str
    nip: str
    role: str
    declared_at: datetime | None
    judgements: Sequence[Judgement]
    sessions: Sequence[tuple[Meeting, bool | None]]
    asked: Sequence[Clarification]
    reviewed: Sequence[ReviewNote]
    done: Sequence[tuple[datetime, str]]


def activities_of(session: Session, assessment: Assessment, by: Actor) -> Activities:
    """The actor's own, in six statements. Who may is asked by the caller."""
    seat, of, who = seat_on_panel(by, assessment), assessment.id, by.person_id
    person = session.get_one(Person, who)
    sessions = session.execute(
        select(Meeting, MeetingPerson.present)
        .join(MeetingPerson, MeetingPerson.meeting_id == Meeting.id)
        .where(Meeting.assessment_id == of, Meeting.state == "held", MeetingPerson.person_id == who)
        .order_by(Meeting.starts_at, Meeting.id)
    )
    return Activities(
        name=person.name,
        nip=person.nip or "",
        role=seat.role if seat else "",
        declared_at=seat.declared_at if seat else None,
        judgements=session.scalars(
            select(Judgement)
            .where(Judgement.assessment_id == of, Judgement.person_id == who, Judgement.state == "sent")
            .order_by(Judgement.sent_at, Judgement.id)
        ).all(),
        sessions=[(meeting, present) for meeting, present in sessions],
        asked=session.scalars(
            select(Clarification)
            .join(ClarificationBatch, ClarificationBatch.id == Clarification.batch_id)
            .where(Clarification.assessment_id == of, Clarification.asked_by_id == who)
            .options(joinedload(Clarification.batch))
            .order_by(ClarificationBatch.at, Clarification.id)
        ).all(),
        reviewed=session.scalars(
            select(ReviewNote).where(ReviewNote.assessment_id == of, ReviewNote.by_id == who).order_by(ReviewNote.id)
        ).all(),
        done=[
            (at, label)
            for at, label in session.execute(
                select(Event.at, Event.label)
                .where(Event.thing == "assessment", Event.thing_id == of, Event.by_id == who, Event.verb.in_(TOLD))
                .order_by(Event.id)
            )
        ],
    )
