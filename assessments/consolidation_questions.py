"""What the policy asks after every judged stage was closed: the window of the instansi, texts of the panel, Tim Reviu.

Two things may still move a value then, each with its reason and its name: a ruling on an objection and the panel's
answer to Tim Reviu. Neither touches a decision; both lie on top of them (`moved_values`).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import object_session

from .actors import Actor
from .clock import now
from .models import Assessment, Claim, Event, Objection, ReviewNote
from .models.judgement import JUDGED_STAGES
from .panel_questions import SETTLED, seat_on_panel
from .questions import is_team

STAGE = "objection"
OPEN_STATES = ("consolidating", "reviewing")
TOO_LATE = (
    "Tahap terakhir ditutup sesudah masa tanggapan berakhir, jadi nilai yang diturunkan belum dapat ditanggapi. "
    "Perpanjang masa tanggapan dulu."
)
ENDED = (*OPEN_STATES, "proposed_final", *SETTLED)


def reviews_here(user: Actor, thing: Assessment) -> bool:
    """Tim Reviu of this panel."""
    if isinstance(thing, type):
        return user.role == "reviewer"
    member = seat_on_panel(user, thing)
    return thing.sent and member is not None and member.role == "reviewer"


def assessment_behind(thing) -> Assessment:
    return thing if isinstance(thing, Assessment) else thing.assessment


# ---------------------------------------------------------------- when


def window_ends(assessment: Assessment) -> datetime | None:
    """The last instant of the window, time given since and grace included; None where the round has none."""
    row = assessment.period.stage(STAGE)
    ends = assessment.period.closes_at(STAGE, assessment)
    return None if row is None or ends is None else ends + timedelta(seconds=row.grace_s)


def window_runs(user: Actor, thing) -> str | None:
    """Objections are written once every judged stage is closed and while the stage of the calendar runs."""
    assessment = assessment_behind(thing)
    row = assessment.period.stage(STAGE)
    if row is None:
        return "Putaran ini tidak punya masa tanggapan nilai sementara."
    if assessment.state not in OPEN_STATES:
        if assessment.state in ENDED:
            return "Masa tanggapan sudah ditutup karena hasil akhir sudah diusulkan."
        return "Nilai sementara belum ada. Tim asesor masih menilai."
    if assessment.period.accepts(STAGE, assessment):
        return None
    if row.opens_at > now():
        return "Masa tanggapan belum dibuka."
    return "Masa tanggapan sudah ditutup."


def window_has_opened(assessment: Assessment) -> bool:
    """Whether there are values to be answered: never before, and still after it closed."""
    row = assessment.period.stage(STAGE)
    return row is not None and assessment.state in ENDED and row.opens_at <= now()


def values_shown(user: Actor, assessment: Assessment) -> bool:
    """Whether the instansi reads them: until a result is proposed, then again where it may read the result itself."""
    if not window_has_opened(assessment):
        return False
    return assessment.state in (*OPEN_STATES, "published") or (assessment.state == "final" and is_team(user, assessment))


def window_is_over(user: Actor, thing: Assessment) -> str | None:
    """Rulings wait for the end: until then the instansi may still change what it says."""
    ends = window_ends(thing)
    if ends is None:
        return "Putaran ini tidak punya masa tanggapan nilai sementara."
    if thing.period.state == "open" and now() <= ends:
        return "Putusan dibuat sesudah masa tanggapan berakhir; sampai saat itu tanggapan masih dapat diubah."
    return None


def stages_closed(user: Actor, thing: Assessment) -> str | None:
    """Texts and reviews stand on decided values, and end with the proposal that freezes them."""
    if thing.state in OPEN_STATES:
        return None
    if thing.state in SETTLED:
        return "Hasil sudah final."
    if thing.state == "proposed_final":
        return "Hasil akhir sudah diusulkan. Tolak usulan itu dulu bila masih ada yang harus diubah."
    return "Setiap tahap penilaian harus ditutup dulu."


# ---------------------------------------------------------------- values after the decisions


def provisional_values(assessment: Assessment) -> dict[str, Fraction]:
    """{item: value} as the last closed stage left it, before anybody objected."""
    found: dict[str, Fraction] = {}
    for stage in JUDGED_STAGES:
        found |= {decision.item: decision.value for decision in assessment.decisions if decision.stage == stage}
    return found


def moved_values(assessment: Assessment, objections: Iterable[Objection] | None = None) -> dict[str, tuple[Fraction, str]]:
    """{item: (value, "objection" or "review")} of what changed after the decisions; the later word counts.

    `objections` are those of the assessment, where they are known already.
    """
    return {item: (value, origin) for _at, item, value, origin in _moves(assessment, objections)}


def moved_at(assessment: Assessment) -> dict[str, datetime]:
    """{item: when its value changed last after the decisions}."""
    return {item: at for at, item, _value, _origin in _moves(assessment)}


def _moves(assessment: Assessment, objections: Iterable[Objection] | None = None) -> list[tuple[datetime, str, Fraction, str]]:
    said = assessment.objections if objections is None else objections
    moves: list[tuple[datetime, str, Fraction, str]] = [
        (one.ruled_at, one.item, one.ruling_value, "objection") for one in said if one.ruling == "changed"
    ]
    moves += [
        (note.answer.at, note.key, note.answer.value, "review")
        for note in assessment.review_notes
        if note.about == "item" and note.answer is not None and note.answer.value is not None
    ]
    return sorted(moves)


# ---------------------------------------------------------------- what a proposal waits for


def unheard_objections(assessment: Assessment) -> list[str]:
    """The window and its open objections come before the proposal, where there is a lowered item at all."""
    ends = window_ends(assessment)
    if ends is None:
        return []
    rows = object_session(assessment).execute(select(Claim.item, Claim.value).where(Claim.assessment_id == assessment.id))
    claimed = dict(rows.all())
    lowered = [code for code, value in provisional_values(assessment).items() if _below(value, claimed.get(code))]
    if not lowered:
        return []
    if assessment.period.state == "open" and now() <= ends:
        return ["Masa tanggapan nilai sementara belum berakhir, jadi hasil akhir belum dapat diusulkan."]
    if assessment.period.state == "open" and not assessment.objections and _came_after(assessment, ends):
        return [TOO_LATE]
    waiting = [one for one in assessment.objections if is_open(one)]
    if not waiting:
        return []
    return [f"{len(waiting)} tanggapan belum diputus: indikator {_numbers(assessment, [one.item for one in waiting])}."]


def _came_after(assessment: Assessment, ends: datetime) -> bool:
    """Whether the last stage was closed only when the window was over: then nobody could answer anything in it."""
    closed = object_session(assessment).scalar(
        select(func.max(Event.at)).where(
            Event.thing == "assessment", Event.thing_id == assessment.id, Event.verb == "consolidate"
        )
    )
    return closed is not None and closed > ends


def unanswered_reviews(assessment: Assessment) -> list[str]:
    """What Tim Reviu marked as not valid is answered by the panel first, or marked valid in a later note."""
    waiting = [note for note in newest_notes(assessment).values() if not note.valid and note.answer is None]
    if not waiting:
        return []
    return [f"Tim Reviu menyatakan tidak valid dan belum dijawab: {', '.join(named(assessment, note) for note in waiting)}."]


def newest_notes(assessment: Assessment) -> dict[tuple[str, str], ReviewNote]:
    """{(about, key): the note that counts}."""
    return {(note.about, note.key): note for note in sorted(assessment.review_notes, key=lambda each: each.id)}


def named(assessment: Assessment, note: ReviewNote) -> str:
    instrument = assessment.period.instrument
    if note.about == "item":
        return f"indikator {instrument.item(note.key).number}"
    return f"analisis {instrument.node(note.key)}" if note.about == "aspect" else "rekomendasi"


def is_open(objection: Objection) -> bool:
    return objection.answer == "objected" and objection.ruling is None


def _below(value: Fraction, claimed: Fraction | None) -> bool:
    return claimed is not None and value < claimed


def _numbers(assessment: Assessment, codes: list[str]) -> str:
    wanted = set(codes)
    return ", ".join(item.number for item in assessment.period.instrument.items if item.code in wanted)


