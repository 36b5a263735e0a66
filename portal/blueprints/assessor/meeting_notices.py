"""Who is told that a session was proposed, moved, confirmed or cancelled: one sentence that leads to its page."""

from sqlalchemy import select

from assessments import noticing, scheduling
from assessments.models import Account, Appointment, Meeting, MeetingPerson, PanelMember
from assessments.scheduling import of_panel

from ...access import actor
from ...extensions import db
from .meeting_ways import way

SETTLE = ("round_manager", "responsible_officer")


def tell_other_side(meeting: Meeting) -> None:
    """Whoever confirms it next."""
    if of_panel(actor()):
        people = select(Appointment.person_id).where(
            Appointment.organization.has(instansi_id=meeting.assessment.period.organiser_id),
            Appointment.role.in_(SETTLE), Appointment.ends_on.is_(None),
        )
    else:
        people = _panel(meeting).where(PanelMember.role != "reviewer")
    _tell(meeting, people, f"{scheduling.named(meeting)} diusulkan. Konfirmasi waktunya atau usulkan waktu lain.", "usul")


def tell_invited(meeting: Meeting, what: str) -> None:
    """Everybody on the list who has an account; an assessor only while the session is still theirs to read."""
    people = select(MeetingPerson.person_id).where(
        MeetingPerson.meeting_id == meeting.id, MeetingPerson.person_id.is_not(None),
        (MeetingPerson.side != "assessor") | MeetingPerson.person_id.in_(_panel(meeting)),
    )
    _tell(meeting, people, f"{scheduling.named(meeting)} {what}.", what)


def _panel(meeting: Meeting):
    """SELECT of the panel in force: who declared a conflict or works there by now hears nothing more."""
    return select(PanelMember.person_id).where(
        PanelMember.assessment_id == meeting.assessment_id, PanelMember.conflict != "declared", ~PanelMember.at_home
    )


def _tell(meeting: Meeting, people, sentence: str, key: str) -> None:
    found = db.session.scalars(people.join(Account, Account.person_id == people.selected_columns[0]).distinct())
    told = [person for person in found if person != actor().person_id]
    noticing.tell(db.session, told, "other", sentence, way("meeting", meeting), f"meeting:{meeting.id}:{meeting.version}:{key}")
