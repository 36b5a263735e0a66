"""Fetching one session of an assessment, and what a reader of it may see.

The instansi reads agenda, notes and promises; an agency only of the items it holds. Values, reasons and notes of the
panel are on none of these pages, photos are for the panel and the team.
"""

from flask import abort, g
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from assessments.models import Assessment, Meeting, MeetingPromise, Organization, Share
from assessments.models.meeting import MEETING_KINDS
from assessments.panel_questions import is_external
from assessments.questions import is_agency
from assessments.workflow import Look

from ...access import actor, find
from ...extensions import db
from ...loading import LARGEST_ID
from .ways import address, sessions_of, tabs

ROOMS = {"interviu": "interview", "visitasi": "visit"}
PATHS = {kind: room for room, kind in ROOMS.items()}
ROOM = '/asesmen/<string:period>/<string:subject>/<any("interviu","visitasi"):room>'
ONE = f"{ROOM}/<int:meeting>"
LOOKS = {
    "proposed": Look("Diusulkan", "warn", "half"),
    "confirmed": Look("Dikonfirmasi", "ok", "check"),
    "held": Look("Berlangsung", "work", "half"),
    "cancelled": Look("Dibatalkan", "plain", "x"),
}
ENDED = Look("Selesai", "ok", "check")
_OWED = selectinload(Meeting.promises).options(
    joinedload(MeetingPromise.organization).joinedload(Organization.states), joinedload(MeetingPromise.document_version)
)
PARTS = {
    "people": selectinload(Meeting.people),
    "items": selectinload(Meeting.items),
    "promises": _OWED,
    "photos": selectinload(Meeting.photos),
}


def look_of(meeting: Meeting) -> Look:
    return ENDED if meeting.state == "held" and meeting.ended_at is not None else LOOKS[meeting.state]


def one(period: str, subject: str, room: str, meeting: int, to: str = "see_meetings", parts: tuple[str, ...] = ("items",)) -> Meeting:
    """A session by its address; 404 unless it is one of this assessment and kind."""
    assessment = find(Assessment, to=to, period=period, subject=subject)
    found = None
    if 0 < meeting <= LARGEST_ID:
        found = db.session.scalars(
            select(Meeting)
            .where(Meeting.id == meeting, Meeting.assessment_id == assessment.id, Meeting.kind == ROOMS[room])
            .options(joinedload(Meeting.proposed_by), joinedload(Meeting.confirmed_by), *(PARTS[part] for part in parts))
            .execution_options(populate_existing=True)
        ).unique().one_or_none()
    if found is None:
        abort(404)
    set_committed_value(found, "assessment", assessment)
    return found


def way(endpoint: str, meeting: Meeting, **more) -> str:
    return address(endpoint, meeting.assessment, room=PATHS[meeting.kind], meeting=meeting.id, **more)


def kind_words(meeting: Meeting) -> str:
    return MEETING_KINDS[meeting.kind]


def from_panel() -> bool:
    return is_external(actor(), "page")


def held_items(assessment: Assessment) -> frozenset[str] | None:
    """The items an agency may read about; None for whoever reads all of them."""
    if not is_agency(actor(), assessment):
        return None
    kept = g.setdefault("held_items", {})
    if assessment.id not in kept:
        mine = Share.organization_id == (actor().organization_id or 0)
        kept[assessment.id] = frozenset(
            db.session.scalars(select(Share.item).where(Share.assessment_id == assessment.id, mine))
        )
    return kept[assessment.id]


def room_tabs(assessment: Assessment, here: str) -> list[tuple[str, str, bool]]:
    """For the panel the way to its other rooms; for everybody the kinds of sessions the calendar has."""
    if from_panel():
        return tabs(assessment, here)
    return sessions_of(assessment, here)


def item_of(meeting: Meeting, code: str):
    """(row of the agenda, item of the instrument) this reader may see, or 404."""
    row = next((each for each in meeting.items if each.item == code), None)
    allowed = held_items(meeting.assessment)
    if row is None or (allowed is not None and code not in allowed):
        abort(404)
    return row, meeting.assessment.period.instrument.item(code)
