"""The page of one session: when and where, agenda with what was noted, people, promised evidence, minutes."""

from collections.abc import Mapping

from flask import render_template, url_for

from assessments import interviewing, scheduling
from assessments.models import Assessment, Meeting
from assessments.models.meeting import MEETING_MODES, SIDES
from assessments.panel_questions import leads_here
from assessments.policies import entitled
from assessments.promising import owed_by
from assessments.questions import is_agency
from assessments.refusal import Stale
from assessments.workflow import Look

from ...access import actor, may
from ...once import new_key
from . import blueprint
from .meeting_forms import ReasonForm
from .meeting_ways import ONE, from_panel, held_items, kind_words, look_of, one, room_tabs, way
from .ways import address

OWED, LATE, BROUGHT, BROUGHT_LATE, DROPPED = (
    Look("Ditunggu", "work", "half"),
    Look("Lewat batas", "bad", "warning"),
    Look("Diserahkan", "ok", "check"),
    Look("Diserahkan terlambat", "warn", "check"),
    Look("Tidak diperlukan lagi", "plain", "x"),
)
ALL = ("items", "people", "promises", "photos")


def promise_look(promised) -> Look:
    if promised.withdrawn_at is not None:
        return DROPPED
    if promised.delivered_at is not None:
        return BROUGHT_LATE if promised.late else BROUGHT
    return LATE if promised.late else OWED


@blueprint.get(ONE)
def meeting(period: str, subject: str, room: str, meeting: int):
    return meeting_page(one(period, subject, room, meeting, parts=ALL))


def meeting_page(
    found: Meeting, cancelling: ReasonForm | None = None, marked: Mapping[int, bool | None] | None = None, stale: Stale | None = None
) -> str:
    """`marked` is the attendance that was chosen and not kept, because `stale` holds other words of it."""
    assessment, outside = found.assessment, from_panel()
    writes, arranges = may("hold_meetings", assessment), may("settle_dates", assessment)
    allowed = held_items(assessment)
    instrument = assessment.period.instrument
    waiting = found.state in ("proposed", "confirmed")
    locked = interviewing.why_locked(found) if writes else None
    return render_template(
        "assessor/meeting.html",
        meeting=found,
        assessment=assessment,
        period=assessment.period,
        kind=kind_words(found),
        state=look_of(found),
        tabs=room_tabs(assessment, "interviu" if found.kind == "interview" else "visitasi"),
        mode=MEETING_MODES[found.mode],
        outside=outside,
        proposed=found.state == "proposed",
        edits=writes and found.state != "cancelled" and (found.state != "held" or locked is None),
        panel_proposed=scheduling.proposed_by_panel(found),
        rows=[(each, instrument.item(each.item), way("note", found, item=each.item)) for each in found.items
              if allowed is None or each.item in allowed],
        hidden=0 if allowed is None else sum(each.item not in allowed for each in found.items),
        promises=[(each, instrument.item(each.item), promise_look(each), way("promised", found, promise=each.id))
                  for each in promises_shown(found, assessment)],
        people=found.people,
        chosen={each.n: each.present for each in found.people} | dict(marked or {}),
        crossed=[
            f"{each.name}: tersimpan {stale.theirs[str(each.n)]}, pilihan Anda {interviewing.PRESENT[(marked or {})[each.n]]}."
            for each in found.people if stale is not None and str(each.n) in stale.theirs
        ],
        stale_words=stale.sentences[0] if stale is not None else "",
        sides=SIDES,
        confirms=arranges and scheduling.waits_for(found, actor()),
        moves=arranges and waiting,
        writes=writes,
        begins=writes and found.state == "confirmed" and assessment.state == found.kind,
        waits_for_stage=writes and found.state == "confirmed" and assessment.state != found.kind,
        ends=writes and found.running,
        marks=writes and locked is None,
        minutes=found.state == "held",
        leads=leads_here(actor(), assessment),
        cancelling=cancelling or ReasonForm(formdata=None),
        form=cancelling,
        zone=actor().zone,
        key=new_key,
        links={name: way(name, found) for name in (
            "meeting", "move_meeting", "confirm_meeting", "cancel_meeting", "meeting_agenda", "meeting_people",
            "meeting_calendar", "begin_meeting", "end_meeting", "attendance", "minutes",
        )},
        list_url=address("meetings", assessment, room="interviu" if found.kind == "interview" else "visitasi"),
        home=url_for("assessor.queue") if outside else url_for("account.start"),
    )


def promises_shown(found: Meeting, assessment: Assessment) -> list:
    """An agency reads what it promised itself; panel and team read all."""
    if is_agency(actor(), assessment):
        return owed_by(found.promises, actor().organization_id)
    return list(found.promises)


def may_deliver(assessment: Assessment) -> bool:
    return entitled(actor(), "bring_promised", assessment)
