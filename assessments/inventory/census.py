"""Once a year each agency says of its applications whether they are still used; who says nothing is counted apart."""

from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.orm import Session, object_session

from ..actors import Actor
from ..clock import now
from ..models import Application, Confirmation
from ..models.application import CONFIRMATIONS
from ..refusal import Refused
from ..texts import clean
from ..workflow import happened
from .keeping import allow


def confirm(application: Application, by: Actor, year: int, answer: str, note: str = "") -> Confirmation:
    """The owner's word for this year; saying it again changes it. It moves no state: that is decided elsewhere."""
    allow(by, "confirm", application)
    if not application.counts:
        raise Refused("Aplikasi ini sudah dihentikan atau digabung, jadi tidak ikut sensus.")
    if answer not in CONFIRMATIONS:
        raise Refused("Pilih: masih dipakai, tidak dipakai, atau tidak tahu.", field="answer")
    note = clean(note, 500, "Catatan", "note")
    session = object_session(application)
    given = session.get(Confirmation, (application.id, year))
    if given is None:
        given = Confirmation(application=application, year=year, answer=answer, note=note, by_id=by.person_id, at=now())
        session.add(given)
    elif (given.answer, given.note) == (answer, note):
        return given
    given.answer, given.note, given.by_id, given.at = answer, note, by.person_id, now()
    happened(application, "confirm", f"Sensus {year}: {CONFIRMATIONS[answer]}", by, note)
    return given


def by_owner(session: Session, rows, year: int) -> dict[int, Counter]:
    """{agency: {answer: how many}} of the applications in `rows` (a SELECT) that count; `None` are the silent ones."""
    found = session.execute(
        select(Application.current_owner_id, Confirmation.answer, func.count())
        .outerjoin(Confirmation, (Confirmation.application_id == Application.id) & (Confirmation.year == year))
        .where(Application.id.in_(rows.with_only_columns(Application.id)))
        .where(Application.state.not_in(("retired", "merged")))
        .group_by(Application.current_owner_id, Confirmation.answer)
    )
    agencies: dict[int, Counter] = {}
    for owner, answer, count in found:
        agencies.setdefault(owner, Counter())[answer] = count
    return agencies


def said(session: Session, rows, year: int) -> Counter:
    """{answer: how many} of the applications in `rows` (a SELECT); `None` are those nobody spoke for."""
    found = session.execute(
        select(Application.id, Confirmation.answer)
        .outerjoin(Confirmation, (Confirmation.application_id == Application.id) & (Confirmation.year == year))
        .where(Application.id.in_(rows.with_only_columns(Application.id)))
        .where(Application.state.not_in(("retired", "merged")))
    )
    return Counter(answer for _id, answer in found)
