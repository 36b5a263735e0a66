"""What the policy asks about sessions with an instansi (Interviu, Visitasi), and which items were clarified in one.

In both stages a value is given only for what was clarified or validated; the rest is carried over (PermenPANRB 59/2020
hlm. 86, Pedoman 3/2024 hlm. 218-223).
"""

from collections.abc import Iterable

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, object_session

from .actors import Actor
from .models import Assessment, Claim, Meeting, MeetingItem
from .models.meeting import MEETING_KINDS
from .models.period import STAGES
from .panel_questions import judged_stage
from .questions import is_agency, of_same_instansi, role, takes_part
from .refusal import Refused

HELD_DURING = ("document", *MEETING_KINDS)
SETTLERS = ("round_manager", "responsible_officer")
KNOWN = "items_known_to_be_valued"
settles_dates = role(*SETTLERS)
brings_promised = role("round_manager", "entry_officer")


def answers_here(user: Actor, thing: Assessment) -> bool:
    """An agency that has a part in the assessment, after it was sent."""
    return is_agency(user, thing) and of_same_instansi(user, thing) and takes_part(user, thing) and thing.sent


def sessions_run(user: Actor, thing: Assessment) -> str | None:
    """Dates are arranged from the document stage on, where the calendar has a stage of sessions."""
    if thing.period.state != "open":
        return "Periode ini tidak sedang dibuka."
    if not any(thing.period.stage(kind) for kind in MEETING_KINDS):
        return "Kalender putaran ini tidak punya tahap interviu atau visitasi. Minta pengelola menambahkannya."
    if judged_stage(thing) not in HELD_DURING:
        return "Tahap interviu dan visitasi sudah ditutup."
    return None


def clarified_items(session: Session, assessment: Assessment, stage: str) -> set[str]:
    """Items with a note in a session of this stage that was held."""
    return set(session.scalars(_noted(select(MeetingItem.item)).where(Meeting.assessment_id == assessment.id, Meeting.kind == stage)))


def count_valued(assessments: Iterable[int]) -> Select:
    """(assessment, how many items may get another value) of those among these ids that have some in their running stage."""
    rows = _noted(select(Meeting.assessment_id, func.count(MeetingItem.item.distinct())))
    running = select(Assessment.state).where(Assessment.id == Meeting.assessment_id).scalar_subquery()
    return rows.where(Meeting.assessment_id.in_(assessments), Meeting.kind == running).group_by(Meeting.assessment_id)


def to_be_valued(session: Session, assessments: Iterable[Assessment]) -> dict[int, set[str]]:
    """{assessment: the items that may get another value} of those in a stage of sessions; one statement, none without such."""
    running = {each.id: stage for each in assessments if (stage := judged_stage(each)) in MEETING_KINDS}
    if not running:
        return {}
    found: dict[int, set[str]] = {each: set() for each in running}
    rows = _noted(select(Meeting.assessment_id, Meeting.kind, MeetingItem.item)).where(Meeting.assessment_id.in_(running))
    for assessment, kind, item in session.execute(rows):
        if running[assessment] == kind:
            found[assessment].add(item)
    return found


def know_valued(assessment: Assessment, valued: set[str] | None) -> None:
    """For a page that only reads: what `to_be_valued` found is asked for no second time."""
    vars(assessment)[KNOWN] = valued


def _noted(rows: Select) -> Select:
    said = or_(func.length(MeetingItem.answer) > 0, func.length(MeetingItem.seen) > 0, MeetingItem.finding.is_not(None))
    return rows.join_from(MeetingItem, Meeting, MeetingItem.meeting_id == Meeting.id).where(Meeting.state == "held", said)


def clarified_here(user: Actor, thing: Claim) -> str | None:
    """In Interviu and Visitasi only an item that was spoken about gets another value."""
    return why_not_clarified(thing.assessment, thing.item)


def why_not_clarified(assessment: Assessment, item: str) -> str | None:
    stage = judged_stage(assessment)
    if stage not in MEETING_KINDS:
        return None
    known = vars(assessment).get(KNOWN)
    if item in (clarified_items(object_session(assessment), assessment, stage) if known is None else known):
        return None
    number = assessment.period.instrument.item(item).number
    return (
        f"Indikator {number} belum diklarifikasi pada sesi {STAGES[stage].lower()}. Tulis catatannya pada sesi itu dulu; tanpa "
        "catatan, nilai tahap sebelumnya tetap berlaku."
    )


def demand_clarified(assessment: Assessment, item: str) -> None:
    if sentence := why_not_clarified(assessment, item):
        raise Refused(sentence)
