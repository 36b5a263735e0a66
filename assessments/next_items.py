"""Where an operator goes on in the own agency's part, the items entrusted to this person first."""

from datetime import datetime

from sqlalchemy import ScalarSelect, func, select

from .actors import Actor
from .models import Contribution, Share, Submission

SEPARATOR = " "


def entrusted(user: Actor) -> ScalarSelect[str]:
    """For a list of submissions: the items this person is PIC of, or stands in for, in one string."""
    return (
        select(func.aggregate_strings(Share.item, SEPARATOR))
        .where(
            Share.assessment_id == Submission.assessment_id, Share.organization_id == Submission.organization_id,
            Share.pic_id.in_(user.stands_for),
        )
        .correlate(Submission).scalar_subquery()
    )


def sooner(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


def next_item(part: Submission, own: set[str]) -> Contribution:
    """Where to go on, among the own items first: what was sent back, else what was saved last, else the first empty one."""
    order = {item.code: at for at, item in enumerate(part.period.instrument.items)}
    open_items = [c for c in part.contributions if c.state != "ready"]
    open_items = [c for c in open_items if c.item in own] or open_items
    begun = [c for c in open_items if c.state in ("filling", "needs_review")]
    returned = [c for c in open_items if c.state == "returned"]
    if returned:
        return min(returned, key=lambda c: order[c.item])
    if begun:
        return max(begun, key=lambda c: (c.saved_at is not None, c.saved_at, -order[c.item]))
    return min(open_items, key=lambda c: order[c.item])
