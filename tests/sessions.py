"""Rounds before a panel that meets its instansi: the interview stage running, sessions arranged and held."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from assessments import interviewing, scheduling, sharing
from assessments.models import Assessment, Meeting
from tests import builders as build
from tests.memory import remembered


@remembered
def in_interview(session: Session, where: build.City, outside: build.City, **more) -> Assessment:
    """The document stage is closed with every item as claimed (3); the interview stage runs, a visit stage follows."""
    assessment = build.judging(session, where, outside, **more)
    moment = datetime.now(UTC)
    for stage in ("interview", "visit"):
        sharing.set_stage(assessment.period, stage, moment - timedelta(hours=1), moment + timedelta(days=20))
    session.flush()
    return build.closed(session, assessment, outside)


def arranged(session: Session, where: build.City, outside: build.City, assessment: Assessment, items=("I12",), kind: str = "interview",
             **more) -> Meeting:
    """A session both sides agreed to; `more` are parts of its plan."""
    begins = datetime.now(UTC) + timedelta(hours=1)
    plan = scheduling.Plan(
        begins, begins + timedelta(hours=2), **{"mode": "hybrid", "place": "Ruang Rapat Diskominfo",
                                                "link": "https://rapat.contoh.go.id/abc", "notice_no": "B/12/2026",
                                                "notice_on": date(2026, 1, 5), "note": "Bawa laptop."} | more
    )
    agenda = {item: f"Bagaimana penerapan {item}?" for item in items}
    meeting = scheduling.propose(assessment, kind, outside.actor("panel_lead"), plan, agenda)
    session.flush()
    scheduling.confirm(meeting, where.actor("round_manager"), meeting.version)
    session.flush()
    return meeting


def held(session: Session, where: build.City, outside: build.City, assessment: Assessment, items=("I12",), noted: bool = True,
         kind: str = "interview") -> Meeting:
    """A session that has begun; with a note on each item of its agenda."""
    meeting, by = arranged(session, where, outside, assessment, items, kind), outside.actor("assessor")
    interviewing.begin(meeting, by)
    session.flush()
    for each in meeting.items if noted else ():
        interviewing.write_note(meeting, each, by, interviewing.Note(answer=f"Dijelaskan: {each.item}."), each.version)
    session.flush()
    return meeting
