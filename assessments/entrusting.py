"""Who answers an item inside its agency (PIC): named by the agency itself, followed by filters, tasks and hand-overs.

Being PIC gives no right: every operator of the agency may answer every item of it. Whoever stands in for a PIC (Plt., Plh.)
finds the same items among the own ones. A PIC without an office today is shown as such until somebody else is named.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, SQLColumnExpression, case, exists, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, object_session

from .actors import Actor
from .clock import today
from .models import Account, Appointment, Assessment, Contribution, Period, Person, Share, Submission
from .policies import entitled, obstacle
from .refusal import Refused, Together
from .workflow import Forbidden, happened

ROLE = "agency_operator"


class Overtaken(Refused):
    """Somebody else named another PIC after the page was opened."""


@dataclass(frozen=True)
class Pic:
    """`serves`: holds an office of operator there today; `stand_in` is who acts for this person now."""

    person_id: int
    name: str
    serves: bool = True
    stand_in: str = ""

    @property
    def note(self) -> str:
        if self.stand_in:
            return f"diwakili {self.stand_in}"
        return "" if self.serves else "tidak lagi bertugas"


def operators(submission: Submission) -> list[Appointment]:
    """The offices of operator held in this agency today by somebody who can sign in, in the order of names."""
    return list(object_session(submission).scalars(
        select(Appointment)
        .join(Appointment.person).join(Account, Account.person_id == Person.id)
        .where(*_held_today(submission), Account.active)
        .options(joinedload(Appointment.person).lazyload(Person.account))
        .order_by(Person.name, Appointment.id)
    ))


def pics_of(session: Session, submission: Submission) -> dict[str, Pic | None]:
    """{item: its PIC} of every item shared with this agency, in one statement."""
    rows = session.execute(
        select(Share.item, Person.id, Person.name, *_standing(submission, Person.id))
        .outerjoin(Person, Person.id == Share.pic_id)
        .where(Share.assessment_id == submission.assessment_id, Share.organization_id == submission.organization_id)
    )
    return {row[0]: read(row[1:]) for row in rows}


def columns_of(contribution: Contribution) -> tuple[ColumnElement, ...]:
    """What `read` makes the PIC of one answer from, for a statement that is asked anyway."""
    submission = contribution.submission
    pic = (
        select(Share.pic_id)
        .where(
            Share.assessment_id == submission.assessment_id, Share.item == contribution.item,
            Share.organization_id == submission.organization_id,
        )
        .scalar_subquery()
    )
    return pic, select(Person.name).where(Person.id == pic).scalar_subquery(), *_standing(submission, pic)


def _standing(submission: Submission, pic: SQLColumnExpression[int]) -> tuple[ColumnElement, ColumnElement]:
    """Whether this person is an operator there today, and who stands in for this person."""
    holder = aliased(Person)
    held = select(Appointment.id).where(*_held_today(submission)).where(
        Appointment.person_id == holder.id, exists().where(Account.person_id == holder.id, Account.active)
    )
    words = case((Appointment.kind == "plt", "Plt. "), else_="Plh. ") + holder.name
    stand_in = held.with_only_columns(words).where(Appointment.acting_for_id == pic).order_by(Appointment.id).limit(1)
    return held.where(holder.id == pic).exists(), stand_in.scalar_subquery()


def _held_today(submission: Submission) -> tuple[ColumnElement[bool], ...]:
    day = today(submission.period.zone)
    return (
        Appointment.organization_id == submission.organization_id, Appointment.role == ROLE, Appointment.starts_on <= day,
        or_(Appointment.ends_on.is_(None), Appointment.ends_on >= day),
    )


def read(columns: Sequence) -> Pic | None:
    """The PIC from what `columns_of` found."""
    person, name, serves, stand_in = columns
    return None if person is None else Pic(person, name, bool(serves), stand_in or "")


def is_own(user: Actor, pic: Pic | None) -> bool:
    """Whether these are items of this person, or of whom this person stands in for."""
    return pic is not None and pic.person_id in user.stands_for


def entrust(
    submission: Submission, items: Iterable[str], to: int | None, by: Actor, seen: dict[str, int | None]
) -> list[str]:
    """Make one operator the PIC of several items, or nobody (`to` None); gives the codes of what changed.

    `seen` ({item: id of its PIC on the page}) refuses what somebody else changed meanwhile.
    """
    if not entitled(by, "entrust", submission):
        raise Forbidden("entrust")
    if sentence := obstacle(by, "entrust", submission):
        raise Refused(sentence)
    session, wanted = object_session(submission), set(items)
    held = {office.person_id: office.person for office in operators(submission)}
    shares = {share.item: share for share in session.scalars(
        select(Share)
        .where(
            Share.assessment_id == submission.assessment_id, Share.organization_id == submission.organization_id,
            Share.item.in_([item.code for item in submission.period.instrument.items if item.code in wanted]),
        )
        .order_by(Share.item).with_for_update().execution_options(populate_existing=True)
    )}
    with Together() as faults:
        with faults.noted():
            if not wanted:
                raise Refused("Pilih sedikitnya satu indikator.", field="items")
            if wanted - shares.keys():
                raise Refused("Ada indikator yang bukan bagian dari isian OPD ini.", field="items")
        with faults.noted():
            if to is not None and to not in held:
                raise Refused("Pilih operator OPD ini yang sedang bertugas.", field="to")
    _refuse_overtaken(session, submission, [s for s in shares.values() if s.pic_id not in (to, seen.get(s.item))])
    changed = [share for share in shares.values() if share.pic_id != to]
    _name(submission, changed, held[to] if to is not None else None, by)
    return [share.item for share in changed]


def _refuse_overtaken(session: Session, submission: Submission, shares: list[Share]) -> None:
    if not shares:
        return
    names = {person.id: person.name for person in session.scalars(
        select(Person).where(Person.id.in_([share.pic_id for share in shares if share.pic_id is not None]))
    )}
    number = submission.period.instrument.item
    raise Overtaken(*(
        f"Indikator {number(share.item).number} sementara itu "
        + (f"sudah diberikan kepada {names[share.pic_id]}." if share.pic_id is not None else "sudah dilepas dari PIC-nya.")
        for share in shares
    ))


def _name(submission: Submission, shares: list[Share], person: Person | None, by: Actor) -> None:
    """One line in the history of the part, which stands on the page of each of its items too."""
    if not shares:
        return
    for share in shares:
        share.pic_id = person.id if person is not None else None
    codes = {share.item for share in shares}
    numbers = [item.number for item in submission.period.instrument.items if item.code in codes]
    whom = f"kini {person.name}" if person is not None else "dilepas"
    happened(submission, "entrust", f"PIC {len(numbers)} indikator {whom}", by, f"Indikator {', '.join(numbers)}")


# ---------------------------------------------------------------- leaving an office


def held_by(session: Session, office: Appointment) -> list[Share]:
    """Items of open rounds for which this operator is PIC in this agency, with the round."""
    if office.role != ROLE:
        return []
    return list(session.scalars(
        select(Share).join(Share.assessment).join(Assessment.period)
        .where(Share.pic_id == office.person_id, Share.organization_id == office.organization_id, Period.state.in_(("draft", "open")))
        .options(joinedload(Share.assessment).joinedload(Assessment.period).joinedload(Period.instrument_copy))
        .order_by(Share.assessment_id, Share.item)
    ).unique())


def hand_over(session: Session, shares: list[Share], to: Person, by: Actor) -> None:
    """The items of somebody who leaves get the PIC who takes over, with a line in the history of each part."""
    parts = {(part.assessment_id, part.organization_id): part for part in session.scalars(
        select(Submission).where(
            Submission.assessment_id.in_({share.assessment_id for share in shares}),
            Submission.organization_id.in_({share.organization_id for share in shares}),
        )
    )}
    for key, part in parts.items():
        _name(part, [share for share in shares if (share.assessment_id, share.organization_id) == key], to, by)
