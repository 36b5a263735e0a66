"""Sessions with a panel as tasks: evidence an agency promised in one and still owes, and dates the instansi has to confirm."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from .actors import Actor
from .meeting_questions import HELD_DURING, SETTLERS
from .models import Assessment, Meeting, MeetingPromise, Organization, PanelMember, Period, Subject
from .models.meeting import MEETING_KINDS
from .panel_questions import SETTLED
from .scheduling import named
from .tasks_shape import Task

OWING = ("agency_head", "agency_operator")


def of_sessions(session: Session, user: Actor, periods: list[Period]) -> list[Task]:
    """For an agency what it owes, for those who settle dates what waits for their word; unasked where no round has sessions."""
    if user.role not in (*OWING, *SETTLERS):
        return []
    running = [p.id for p in periods if p.state == "open" and any(p.stage(kind) for kind in MEETING_KINDS)]
    if not running:
        return []
    return _owed(session, user, running) if user.role in OWING else _proposed(session, user, running)


def _owed(session: Session, user: Actor, periods: list[int]) -> list[Task]:
    owed = (
        select(MeetingPromise.meeting_id, func.count().label("n"), func.min(MeetingPromise.due_at).label("due"))
        .where(
            MeetingPromise.organization_id == (user.organization_id or 0),
            MeetingPromise.delivered_at.is_(None), MeetingPromise.withdrawn_at.is_(None),
        )
        .group_by(MeetingPromise.meeting_id)
        .subquery()
    )
    query = _sessions(periods).add_columns(owed.c.n, owed.c.due).join(owed, owed.c.meeting_id == Meeting.id)
    rows = session.execute(query.where(Assessment.state.not_in(SETTLED)).order_by(owed.c.due)).unique().all()
    return [_task(each, f"Serahkan {n} bukti yang dijanjikan", "Buka sesi", due) for each, n, due in rows]


def _proposed(session: Session, user: Actor, periods: list[int]) -> list[Task]:
    """Proposed by the panel: whoever proposes sits there."""
    by_panel = (
        select(PanelMember.person_id)
        .where(PanelMember.assessment_id == Meeting.assessment_id, PanelMember.person_id == Meeting.proposed_by_id)
        .exists()
    )
    query = _sessions(periods).where(
        Meeting.state == "proposed", by_panel, Assessment.state.in_(("sent", *HELD_DURING)),
        Period.organiser_id == (user.instansi_id or 0),
    )
    found = session.scalars(query.order_by(Meeting.starts_at)).unique()
    return [_task(each, f"Konfirmasi jadwal {MEETING_KINDS[each.kind].lower()}", "Buka jadwal", each.starts_at) for each in found]


def _sessions(periods: list[int]) -> Select:
    return (
        select(Meeting)
        .join(Meeting.assessment)
        .join(Assessment.period)
        .where(Assessment.period_id.in_(periods))
        .options(
            joinedload(Meeting.assessment).joinedload(Assessment.subject)
            .joinedload(Subject.organization).lazyload(Organization.states)
        )
    )


def _task(meeting: Meeting, title: str, action: str, due) -> Task:
    period = meeting.assessment.period
    return Task(
        f"session_{meeting.kind}", title, f"{period.title}: {named(meeting)}.", action, period=period.slug,
        subject=meeting.assessment.subject.organization.slug, id=meeting.id, due=due, zone=period.zone,
    )
