"""Rounds before a panel that meets its instansi: the interview stage running, sessions arranged and held."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessments import interviewing, promising, scheduling, session_minutes, sharing, visiting
from assessments.models import Assessment, Meeting, MeetingPhoto, MeetingPromise, Organization, PanelPaper
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


def for_doors(session: Session, where: build.City, outside: build.City, assessment: Assessment) -> None:
    """Four sessions: agreed to, running with a promise, ended with signed minutes, and a visit that was agreed to."""
    moment = datetime.now(UTC)
    for stage in ("interview", "visit"):
        sharing.set_stage(assessment.period, stage, moment - timedelta(hours=1), moment + timedelta(days=20))
    session.flush()
    build.closed(session, assessment, outside)
    arranged(session, where, outside, assessment)
    running = held(session, where, outside, assessment, noted=False)
    by, lead = outside.actor("assessor"), outside.people["panel_lead"]
    promising.promise(running, "I12", by, where.agencies["bappeda"], "SK", moment + timedelta(days=9))
    ended = held(session, where, outside, assessment)
    interviewing.end(ended, by)
    session.flush()
    session_minutes.sign(ended, outside.actor("panel_lead"), session_minutes.draft(ended, lead).sha256)
    arranged(session, where, outside, assessment, kind="visit")
    session.flush()


def names_for_doors(session: Session, assessment: int, agency: Organization, storage) -> dict[str, object]:
    """Ids of what `for_doors` made, and a photo of the visit whose bytes lie in the store."""
    made = session.scalars(select(Meeting).where(Meeting.assessment_id == assessment).order_by(Meeting.id)).all()
    with storage.receive() as incoming:
        incoming.write(b"\xff\xd8\xff\xe0 foto")
        kept = incoming.keep()
    visiting.remember_blob(session, kept.sha256, kept.size, "image/jpeg", visiting.REDRAWN)
    session.add(MeetingPhoto(meeting=made[3], n=1, item="I12", sha256=kept.sha256, by_id=made[3].proposed_by_id))
    session.flush()
    return {f"temu.{name}": meeting.id for name, meeting in zip(("arranged", "running", "ended", "visit"), made, strict=True)} | {
        "temu.promise": session.scalar(select(MeetingPromise.id).where(MeetingPromise.meeting_id == made[1].id)),
        "temu.minutes": session.scalar(select(PanelPaper.number).where(PanelPaper.meeting_id == made[2].id)),
        "temu.agency": agency.id,
    }
