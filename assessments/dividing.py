"""Which item is judged by whom (S58): the first reader and, where the round has two, the second one.

Nobody holds both seats of an item, and nobody a seat of the own organization (the panel does not take them). What both
readers have opened stays with them. A reader who loses a seat before that keeps the text as a draft: to refuse it would tell
the partner that something was sent.
"""

from collections.abc import Mapping

from sqlalchemy.orm import object_session

from .actors import Actor
from .allowing import allow
from .blindness import BLIND_STAGE, items_settled, read_blind
from .models import Assessment, Person, Seat
from .panel_questions import JUDGES, judged_stage
from .refusal import Refused
from .workflow import advance, happened

Wish = Mapping[str, Mapping[int, Person | None]]


def divide(assessment: Assessment, wanted: Wish, by: Actor) -> int:
    """Give seats: {item code: {1 or 2: person, or None to free it}}; seats not named stay. How many seats changed."""
    allow(by, "seat_panel", assessment)
    held = {(seat.item, seat.seat): seat for seat in assessment.seats}
    changes = {
        (item, n): person
        for item, seats in wanted.items()
        for n, person in seats.items()
        if (held[item, n].person_id if (item, n) in held else None) != (person.id if person else None)
    }
    _refuse_unfit(assessment, wanted, changes, held)
    if changes:
        _refuse_opened(assessment, {item for item, _n in changes})
        _change(assessment, changes, held)
        _tell(assessment, changes, by)
    return len(changes)


def _refuse_unfit(assessment: Assessment, wanted: Wish, changes, held) -> None:
    """All faults at once: unknown items, people who do not judge here, one person in both seats."""
    numbers = {item.code: item.number for item in assessment.period.instrument.items}
    if set(wanted) - set(numbers):
        raise Refused("Ada indikator yang tidak dikenal pada instrumen ini.", field="items")
    judges = {member.person_id for member in assessment.panel if member.active and member.role in JUDGES}
    if any(person is not None and person.id not in judges for person in changes.values()):
        raise Refused("Penilai harus ketua atau anggota tim ini.", field="person")
    if any(n == 2 and person is not None for (_item, n), person in changes.items()) and not assessment.period.second_reader:
        raise Refused("Putaran ini memakai satu penilai untuk tiap indikator.", field="person")
    after = {key: seat.person_id for key, seat in held.items()} | {
        key: person.id if person else None for key, person in changes.items()
    }
    twice = [
        number for code, number in numbers.items()
        if after.get((code, 1)) is not None and after.get((code, 1)) == after.get((code, 2))
    ]
    if twice:
        raise Refused(f"Penilai pertama dan kedua harus orang yang berbeda: indikator {', '.join(twice)}.", field="person")


def _refuse_opened(assessment: Assessment, items: set[str]) -> None:
    if not read_blind(assessment, judged_stage(assessment)):
        return
    away = {member.person_id for member in assessment.panel if not member.active}
    left = {seat.item for seat in assessment.seats if seat.person_id in away}
    opened, decided = items_settled(object_session(assessment), assessment)
    fixed = decided | opened - left
    numbers = [item.number for item in assessment.period.instrument.items if item.code in items & fixed]
    if numbers:
        raise Refused(
            f"Sudah dinilai kedua penilainya, jadi pembagiannya tetap: indikator {', '.join(numbers)}.", field="items"
        )


def _change(assessment: Assessment, changes: Mapping[tuple[str, int], Person | None], held: Mapping) -> None:
    """Seats are emptied before they are given again: somebody may go from the one to the other."""
    session = object_session(assessment)
    for key in changes:
        if key in held:
            assessment.seats.remove(held[key])
            session.delete(held[key])
    session.flush()
    for (item, n), person in changes.items():
        if person is not None:
            assessment.seats.append(Seat(item=item, seat=n, person_id=person.id))
    session.flush()


def _tell(assessment: Assessment, changes: Mapping[tuple[str, int], Person | None], by: Actor) -> None:
    if read_blind(assessment, judged_stage(assessment)):
        _back_to_draft(assessment, {item for item, _n in changes}, by)
    people = {person.id: person.name for person in changes.values() if person is not None}
    for id, name in people.items():
        count = sum(person is not None and person.id == id for person in changes.values())
        happened(assessment, "share_seats", f"{count} indikator dibagikan kepada {name}", by)
    freed = sum(person is None for person in changes.values())
    if freed:
        happened(assessment, "share_seats", f"{freed} indikator tidak lagi dibagikan", by)


def _back_to_draft(assessment: Assessment, items: set[str], by: Actor) -> None:
    """What was sent by somebody who holds no seat of the item any more does not wait to be opened; of who is out it stays
    as it is, counted by nobody: the partner who read it may not recall."""
    out = {member.person_id for member in assessment.panel if not member.active}
    seated = {(seat.item, seat.person_id) for seat in assessment.seats}
    for judgement in assessment.judgements:
        place = (judgement.item, judgement.person_id)
        waits = judgement.item in items and judgement.stage == BLIND_STAGE and judgement.state == "sent"
        if waits and place not in seated and judgement.person_id not in out:
            advance(judgement, "recall", by, because=True)
            judgement.sent_at = None
