"""Two readers who do not see each other: which judgements are closed, and from when on they are open.

Where a round has two readers (`Period.second_reader`) each item of Penilaian Dokumen is judged by both of its seats. What
one of them leaves there - value, texts, note to the team, marks on criteria, words on evidence, flag - is the author's alone
until both have sent theirs, or the stage decided the item. The later stages are sessions of the whole panel: they are
read together, by the first seat.

A judgement counts while its author holds a seat of the item; who gave the seat up gave the judgement up with it. Where one
reads, nothing undecided counts of somebody who declared a conflict since, or came to work there: `judging` takes no value
of theirs when a stage ends.
"""

from sqlalchemy import ColumnElement, and_, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from .models import Assessment, Claim, Decision, Judgement, PanelMember, Period, Seat

BLIND_STAGE = "document"


def read_blind(assessment: Assessment, stage: str | None) -> bool:
    """Whether an item is judged by two closed readers at a stage."""
    return assessment.period.second_reader and stage == BLIND_STAGE


def seats_that_judge(assessment: Assessment, stage: str | None) -> list[Seat]:
    """Both seats where two read closed, else the first one of each item."""
    both = read_blind(assessment, stage)
    return [seat for seat in assessment.seats if both or seat.seat == 1]


def blind_round() -> ColumnElement[bool]:
    """Of a row of Judgement: it was written at the stage and in a round where two read closed."""
    return and_(
        Judgement.stage == BLIND_STAGE,
        exists()
        .where(Assessment.id == Judgement.assessment_id, Period.id == Assessment.period_id, Period.second_reader)
        .correlate(Judgement),
    )


def counts() -> ColumnElement[bool]:
    """Of a row of Judgement: sent by somebody in force or, where two read closed, opened to the panel. Never says whether
    only one has sent.
    """
    return and_(
        Judgement.state == "sent",
        or_(_decided(), and_(~blind_round(), in_force()), and_(blind_round(), _seated(), _both_sent())),
    )


def in_force() -> ColumnElement[bool]:
    """Of a row of Judgement: its author neither declared a conflict with who is judged nor works there."""
    member = aliased(PanelMember)
    left = and_(
        member.assessment_id == Judgement.assessment_id, member.person_id == Judgement.person_id,
        or_(member.conflict == "declared", member.at_home),
    )
    return ~exists().where(left).correlate(Judgement)


def open_to(reader: int | None) -> ColumnElement[bool]:
    """Of a row of Judgement: this member may see it, being the author or because it counts."""
    return or_(Judgement.person_id == (reader or 0), counts())


def both_sent(session: Session, assessment: Assessment, item: str) -> bool:
    """Whether both seats of an item sent their judgement in Penilaian Dokumen."""
    return item in items_both_sent(session, assessment)


def items_both_sent(session: Session, assessment: Assessment) -> set[str]:
    """The items whose two seats have both sent, in one statement."""
    return items_settled(session, assessment)[0]


def items_settled(session: Session, assessment: Assessment) -> tuple[set[str], set[str]]:
    """Items of Penilaian Dokumen whose two seats have both sent, and those that are decided; in one statement."""
    sent = (
        select(Seat.item, literal("sent"))
        .join(Judgement, _same_place(Seat))
        .where(
            Seat.assessment_id == assessment.id, Judgement.person_id == Seat.person_id,
            Judgement.stage == BLIND_STAGE, Judgement.state == "sent",
        )
        .group_by(Seat.item)
        .having(func.count() == 2)
    )
    decided = select(Decision.item, literal("decided")).where(
        Decision.assessment_id == assessment.id, Decision.stage == BLIND_STAGE
    )
    rows = session.execute(union_all(sent, decided)).all()
    return {item for item, how in rows if how == "sent"}, {item for item, how in rows if how == "decided"}


def judged_and_open(
    verdict_stage: InstrumentedAttribute[str], author: InstrumentedAttribute[int]
) -> ColumnElement[bool]:
    """Of a word on the evidence of a Claim: its author's judgement of that item counts at that stage."""
    return (
        exists()
        .where(
            Judgement.assessment_id == Claim.assessment_id, Judgement.item == Claim.item,
            Judgement.stage == verdict_stage, Judgement.person_id == author, counts(),
        )
        .correlate_except(Judgement)
    )


def _same_place(seat) -> ColumnElement[bool]:
    return and_(seat.assessment_id == Judgement.assessment_id, seat.item == Judgement.item)


def _decided() -> ColumnElement[bool]:
    return (
        exists()
        .where(
            Decision.assessment_id == Judgement.assessment_id, Decision.item == Judgement.item, Decision.stage == Judgement.stage
        )
        .correlate(Judgement)
    )


def _seated() -> ColumnElement[bool]:
    seat = aliased(Seat)
    return exists().where(_same_place(seat), seat.person_id == Judgement.person_id).correlate(Judgement)


def _both_sent() -> ColumnElement[bool]:
    seat, said = aliased(Seat), aliased(Judgement)
    sent = (
        select(func.count())
        .select_from(seat)
        .join(
            said,
            and_(said.assessment_id == seat.assessment_id, said.item == seat.item, said.person_id == seat.person_id),
        )
        .where(_same_place(seat), said.stage == BLIND_STAGE, said.state == "sent")
        .correlate(Judgement)
        .scalar_subquery()
    )
    return sent == 2
