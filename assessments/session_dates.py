"""The dates of sessions and of promised evidence for one office: what a calendar shows, without a name and without a link."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Select, exists, literal, select, union_all
from sqlalchemy.orm import Session

from .actors import Actor
from .models import Assessment, Meeting, MeetingPromise, Organization, Period, Subject, Submission
from .models.meeting import MEETING_KINDS
from .panel_questions import SENT, is_external, panels_of
from .questions import is_agency, is_team

PATHS = {"interview": "interviu", "visit": "visitasi"}


def rows_of(session: Session, user: Actor) -> Iterator[tuple]:
    """("session" or "promise", id, kind, starts, ends, title of the round, zone, path) in one statement."""
    mine: ColumnElement[bool]
    if is_external(user, Assessment):
        mine = Assessment.id.in_(panels_of(user))
    elif is_team(user, Assessment):
        mine = (Period.organiser_id == user.instansi_id) & (Period.state == "open")
    elif is_agency(user, Assessment):
        part = exists().where(Submission.assessment_id == Assessment.id, Submission.organization_id == user.organization_id)
        mine = (Period.organiser_id == user.instansi_id) & (Period.state == "open") & part
    else:
        return
    place = (Period.title, Period.zone, Period.slug, Organization.slug.label("subject"))
    sessions = _around(
        select(
            literal("session").label("what"), Meeting.id.label("id"), Meeting.kind.label("kind"), Meeting.starts_at.label("at"),
            Meeting.ends_at.label("ends"), Meeting.id.label("meeting"), *place,
        ).select_from(Meeting)
    ).where(mine, Assessment.state.in_(SENT), Meeting.state != "cancelled")
    if is_agency(user, Assessment):
        owed = _around(
            select(
                literal("promise"), MeetingPromise.id, Meeting.kind, MeetingPromise.due_at, MeetingPromise.due_at, Meeting.id, *place
            ).select_from(MeetingPromise).join(Meeting, Meeting.id == MeetingPromise.meeting_id)
        ).where(
            mine, MeetingPromise.organization_id == user.organization_id, MeetingPromise.delivered_at.is_(None),
            MeetingPromise.withdrawn_at.is_(None),
        )
        rows = session.execute(union_all(sessions, owed))
    else:
        rows = session.execute(sessions)
    for what, id, kind, at, ends, meeting, title, zone, slug, subject in rows:
        path = f"/asesmen/{slug}/{subject}/{PATHS[kind]}/{meeting}"
        if what == "session":
            yield what, id, MEETING_KINDS[kind], at, ends, title, zone, path
        else:
            yield what, id, "Bukti yang dijanjikan", at, None, title, zone, f"{path}/janji/{id}"


def _around(rows: Select) -> Select:
    """Joined to the round and to whom it is about."""
    return (
        rows.join(Assessment, Assessment.id == Meeting.assessment_id)
        .join(Period, Period.id == Assessment.period_id)
        .join(Subject, Subject.id == Assessment.subject_id)
        .join(Organization, Organization.id == Subject.organization_id)
    )
