"""S58: who reads which item, first and second, by aspect or one by one, with the load of each assessor."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from flask import flash, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from assessments import dividing
from assessments.canonical import canonical, digest
from assessments.instruments import Item
from assessments.models import Assessment, PanelMember, Person, Seat
from assessments.panel_questions import JUDGES
from assessments.refusal import Refused
from assessments.workflow import look

from ...access import actor, find
from ...extensions import db
from ...once import new_key, once
from . import blueprint
from .ways import address, by_aspect, tabs

FREE, KEEP = "bebas", ""
SEATS = {1: "pertama", 2: "kedua"}
UNKNOWN = "Penilai harus ketua atau anggota tim ini."
CHANGED = "Penugasan berubah sesudah Anda membuka halaman ini. Yang tersimpan sekarang ditulis di bawah pilihan Anda."


@dataclass(frozen=True)
class Place:
    """One item: who holds its seats now, and what stands in its controls (`chosen`), typed or stored."""

    item: Item
    held: dict[int, str]
    chosen: dict[int, str]


@dataclass(frozen=True)
class Load:
    """How many items somebody reads first and second."""

    name: str
    first: int
    second: int

    @property
    def total(self) -> int:
        return self.first + self.second


@blueprint.get("/asesmen/<string:period>/<string:subject>/penugasan")
def division(period: str, subject: str):
    return _page(find(Assessment, to="seat_panel", period=period, subject=subject))


@blueprint.post("/asesmen/<string:period>/<string:subject>/penugasan")
def assign(period: str, subject: str):
    """Every seat whose control was changed; an aspect's choice fills the items that were left as they are."""
    assessment = find(Assessment, to="seat_panel", period=period, subject=subject)
    answer = once()
    if request.form.get("seen") != seen_of(assessment.seats):
        db.session.rollback()
        again = find(Assessment, to="seat_panel", period=period, subject=subject)
        return _page(again, problems=[CHANGED], stale=True), 409
    people = {str(member.person_id): member.person for member in _judges(assessment)}
    try:
        changed = dividing.divide(assessment, _wanted(assessment, people), actor())
        if not changed:
            raise Refused("Belum ada penugasan yang diubah.", field="items")
    except Refused as refused:
        if refused.field is None:
            raise
        db.session.rollback()
        again = find(Assessment, to="seat_panel", period=period, subject=subject)
        twice = _twice(again) if refused.field == "person" else []
        return _page(again, problems=[(sentence, twice[0]) if twice else sentence for sentence in refused.sentences], twice=twice), 422
    flash(f"{changed} penugasan tersimpan.")
    return answer(address("division", assessment))


def _wanted(assessment: Assessment, people: dict[str, Person]) -> dict[str, dict[int, Person | None]]:
    """{item: {seat: person or None}} of what was changed on the page."""
    held = {(seat.item, seat.seat): str(seat.person_id) for seat in assessment.seats}
    wanted: dict[str, dict[int, Person | None]] = {}
    for items, code in _aspects(assessment):
        for n in _seats(assessment):
            whole = request.form.get(f"aspek-{n}-{code}", KEEP)
            for item in items:
                present = held.get((item.code, n), FREE)
                own = request.form.get(f"butir-{n}-{item.code}", present)
                choice = own if own != present else whole
                if choice in (KEEP, present):
                    continue
                if choice != FREE and choice not in people:
                    raise Refused(UNKNOWN, field="person")
                wanted.setdefault(item.code, {})[n] = people.get(choice)
    return wanted


def seen_of(seats: Iterable[Seat]) -> str:
    """What the page was made from, so that nobody writes over what somebody else divided meanwhile."""
    return digest(canonical(sorted([seat.item, seat.seat, seat.person_id] for seat in seats)))


def _aspects(assessment: Assessment) -> Iterator[tuple[list[Item], str]]:
    for _title, _note, items in by_aspect(assessment.period.instrument, lambda item: item):
        yield items, items[0].parent.code if items[0].parent else "semua"


def _seats(assessment: Assessment) -> tuple[int, ...]:
    return (1, 2) if assessment.period.second_reader else (1,)


def _judges(assessment: Assessment) -> list[PanelMember]:
    query = select(PanelMember).where(PanelMember.assessment_id == assessment.id).options(joinedload(PanelMember.person))
    members = [member for member in db.session.scalars(query) if member.active and member.role in JUDGES]
    return sorted(members, key=lambda member: member.person.name)


def _twice(assessment: Assessment) -> list[str]:
    """The fields of a second reader in which the first one was chosen again."""
    names = [f"aspek-{{}}-{code}" for _items, code in _aspects(assessment)]
    names += [f"butir-{{}}-{item.code}" for item in assessment.period.instrument.items]
    chosen = [(name, request.form.get(name.format(1), KEEP), request.form.get(name.format(2), KEEP)) for name in names]
    return [name.format(2) for name, first, second in chosen if first == second and first not in (KEEP, FREE)]


def _page(
    assessment: Assessment, problems: Sequence[str | tuple[str, str]] = (), stale: bool = False, twice: Sequence[str] = ()
):
    rows = db.session.scalars(
        select(Seat).where(Seat.assessment_id == assessment.id).options(joinedload(Seat.person))
    ).all()
    seats, judges = {(seat.item, seat.seat): seat for seat in rows}, _judges(assessment)
    numbers = _seats(assessment)
    names = {member.person_id: member.person.name for member in judges}
    names = {seat.person_id: seat.person.name for seat in rows} | names
    loads = [
        Load(name, *(sum(seat.person_id == id and seat.seat == n for seat in rows) for n in (1, 2)))
        for id, name in sorted(names.items(), key=lambda pair: pair[1])
    ]
    groups = by_aspect(assessment.period.instrument, lambda item: _place(item, seats, numbers))
    return render_template(
        "assessor/division.html",
        assessment=assessment,
        period=assessment.period,
        state=look(assessment),
        tabs=tabs(assessment, "team"),
        groups=[(title, note, places, places[0].item.parent.code if places[0].item.parent else "semua")
                for title, note, places in groups],
        judges=judges,
        loads=loads,
        numbers={n: SEATS[n] for n in numbers},
        total=len(assessment.period.instrument.items),
        free=FREE,
        typed=(lambda name: request.form.get(name, KEEP)) if problems else (lambda name: KEEP),
        problems=problems,
        twice=twice,
        stale=stale,
        seen=seen_of(rows),
        ids={str(member.person_id) for member in judges},
        key=new_key(),
        links={name: address(name, assessment) for name in ("division", "team")},
    )


def _place(item: Item, seats: dict[tuple[str, int], Seat], numbers: tuple[int, ...]) -> Place:
    held = {n: str(seats[item.code, n].person_id) if (item.code, n) in seats else FREE for n in numbers}
    sent = request.form if request.method == "POST" else {}
    return Place(
        item,
        {n: seats[item.code, n].person.name for n in numbers if (item.code, n) in seats},
        {n: sent.get(f"butir-{n}-{item.code}", held[n]) for n in numbers},
    )
