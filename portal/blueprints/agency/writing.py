"""The revisions of an answer as its pages need them: the newest one, a page of them, and what changed in each."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from assessments.instruments import Item
from assessments.models import Contribution, ContributionRevision

from ...differences import Stretch, difference
from ...extensions import db
from .ladder import shown_value


@dataclass(frozen=True)
class Shown:
    """One revision of the list, with what it changed against the one before."""

    revision: ContributionRevision
    level: tuple[str, str] | None
    parts: tuple[tuple[str, list[Stretch]], ...]

    @property
    def evidence_only(self) -> bool:
        return self.level is None and not self.parts


def _newest_first(contribution: Contribution):
    return (
        select(ContributionRevision)
        .where(ContributionRevision.contribution_id == contribution.id)
        .order_by(ContributionRevision.n.desc())
        .options(joinedload(ContributionRevision.author))
    )


def with_newest_revision(contribution: Contribution) -> Contribution:
    """Saving needs no older one, however many there are."""
    newest = db.session.scalars(_newest_first(contribution).limit(1)).all()
    set_committed_value(contribution, "revisions", list(newest))
    return contribution


def revisions_shown(contribution: Contribution, item: Item, page: int, size: int) -> list[Shown]:
    """One page of the revisions, the newest first."""
    rows = db.session.scalars(_newest_first(contribution).offset((page - 1) * size).limit(size + 1)).all()
    return [
        _shown(row, rows[at + 1] if at + 1 < len(rows) else None, item) for at, row in enumerate(rows[:size])
    ]


def _shown(after: ContributionRevision, before: ContributionRevision | None, item: Item) -> Shown:
    old = before.value if before else None
    level = (shown_value(item, old), shown_value(item, after.value)) if old != after.value else None
    texts = (
        ("Fakta", before.facts if before else "", after.facts),
        ("Analisis", before.analysis if before else "", after.analysis),
    )
    return Shown(after, level, tuple((name, difference(old, new)) for name, old, new in texts if old != new))
