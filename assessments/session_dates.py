"""The dates of sessions and of promised evidence for one office: what a calendar shows, without a name and without a link."""

from collections.abc import Iterator

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from .actors import Actor
from .models import Assessment, Meeting, MeetingPromise, Organization, Period, Subject, Submission
from .models.meeting import MEETING_KINDS
from .panel_questions import SENT, is_external, panels_of
from .questions import is_agency, is_team

PATHS = {"interview": "interviu", "visit": "visitasi"}


def rows_of(session: Session, user: Actor) -> Iterator[tuple]:
    """("session" or "promise", id, kind, starts, ends, title of the round, zone, path) in two statements at most."""
    if is_external(user, Assessment):
        mine = Assessment.id.in_(panels_of(user))
    elif is_team(user, Assessment):
        mine = (Period.organiser_id == user.instansi_id) & (Period.state == "open")
    elif is_agency(user, Assessment):
        part = exists().where(Submission.assessment_id == Assessment.id, Submission.organization_id == user.organization_id)
        mine = (Period.organiser_id == user.instansi_id) & (Period.state == "open") & part
    else:
        return
    place = (Period.title, Period.zone, Period.slug, Organization.slug)
    found = session.execute(
        select(Meeting.id, Meeting.kind, Meeting.starts_at, Meeting.ends_at, *place)
        .join(Assessment, Assessment.id == Meeting.assessment_id)
        .join(Period, Period.id == Assessment.period_id)
        .join(Subject, Subject.id == Assessment.subject_id)
        .join(Organization, Organization.id == Subject.organization_id)
        .where(mine, Assessment.state.in_(SENT), Meeting.state != "cancelled")
    )
    for id, kind, starts, ends, title, zone, slug, subject in found:
        yield "session", id, MEETING_KINDS[kind], starts, ends, title, zone, f"/asesmen/{slug}/{subject}/{PATHS[kind]}/{id}"
    if not is_agency(user, Assessment):
        return
    owed = session.execute(
        select(MeetingPromise.id, Meeting.kind, MeetingPromise.due_at, Meeting.id, *place)
        .join(Meeting, Meeting.id == MeetingPromise.meeting_id)
        .join(Assessment, Assessment.id == Meeting.assessment_id)
        .join(Period, Period.id == Assessment.period_id)
        .join(Subject, Subject.id == Assessment.subject_id)
        .join(Organization, Organization.id == Subject.organization_id)
        .where(
            mine, MeetingPromise.organization_id == user.organization_id, MeetingPromise.delivered_at.is_(None),
            MeetingPromise.withdrawn_at.is_(None),
        )
    )
    for id, kind, due, meeting, title, zone, slug, subject in owed:
        yield "promise", id, "Bukti yang dijanjikan", due, None, title, zone, (
            f"/asesmen/{slug}/{subject}/{PATHS[kind]}/{meeting}/janji/{id}"
        )
