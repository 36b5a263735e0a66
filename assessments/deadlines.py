"""The dates of one person: stages of the rounds each of the offices sees, one's own deadlines, and follow-ups that are due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from . import mend_dates
from .actors import Actor
from .chasing import STAGE
from .clock import now, today
from .models import Assessment, Organization, Period, Recommendation, Submission
from .models.period import STAGES
from .models.recommendation import CLOSING
from .policies import entitled, visible
from .questions import is_agency
from .session_dates import rows_of

KEPT_FOR = timedelta(days=30)  # what is over longer than this is left out


@dataclass(frozen=True)
class Dated:
    """One date: an instant in the zone of its round, or a whole day. `key` stays the same when the date moves.

    A session also has an end, and for its own file a place, a `sequence` and a `status` (RFC 5545).
    """

    key: str
    title: str
    note: str
    at: datetime | None
    day: date | None
    zone: str
    path: str
    own: bool = False
    ends: datetime | None = None
    place: str = ""
    sequence: int = 0
    status: str = ""

    @property
    def when(self) -> datetime | date:
        return self.at or self.day

    @property
    def over(self) -> bool:
        return self.at < now() if self.at else self.day < today(self.zone)


def dates_of(session: Session, offices: list[Actor]) -> list[Dated]:
    """What the holder of these offices has before him, the next first; each date once."""
    found: dict[str, Dated] = {}
    for user in offices:
        rounds = _rounds(session, user)
        meets = any(one.key.endswith(("-interview-buka", "-visit-buka")) for one in rounds)
        for one in [*rounds, *_follow_ups(session, user), *(_sessions(session, user) if meets else ())]:
            if one.key not in found or one.own:
                found[one.key] = one
    oldest = now() - KEPT_FOR
    kept = [one for one in found.values() if (one.at > oldest if one.at else one.day > oldest.date())]
    return sorted(kept, key=lambda one: (str(one.day or one.at.date()), one.title, one.key))


def _rounds(session: Session, user: Actor) -> list[Dated]:
    if not entitled(user, "read", Period):
        return []
    periods = session.scalars(
        visible(user, Period).where(Period.state == "open").options(selectinload(Period.stages), selectinload(Period.extensions))
    ).all()
    parts = _own_parts(session, user, [period.id for period in periods])
    found = []
    for period in periods:
        for stage in period.stages:
            label = f"{STAGES[stage.stage]} {period.title}"
            path = f"/penilaian/{period.slug}" if user.role == "agency_operator" and period.id in parts else ""
            found.append(Dated(f"{period.slug}-{stage.stage}-buka", f"Dibuka: {label}", "", stage.opens_at, None, period.zone, path))
            ends = period.closes_at(stage.stage)
            if stage.stage == STAGE and period.id in parts:
                ends = max(filter(None, (part.closes_at for part in parts[period.id])), default=ends)
            own = stage.stage == STAGE and period.id in parts
            found.append(Dated(f"{period.slug}-{stage.stage}-tutup", f"Batas akhir: {label}", "", ends, None, period.zone, path, own))
    return [*found, *_mendings(session, periods, parts, user)]


def _mendings(session: Session, periods: Sequence[Period], parts: dict[int, list[Submission]], user: Actor) -> list[Dated]:
    """Until when the own agency was asked to mend what came back; without numbers or names, as the feed leaves the house."""
    waiting = mend_dates.waiting(session, [part.id for own in parts.values() for part in own]) if parts else {}
    return [
        Dated(f"{period.slug}-perbaikan-{part.id}-{n}", f"Batas perbaikan: {len(one.items)} indikator {period.title}", "", one.until,
              None, period.zone, f"/penilaian/{period.slug}?saring=catatan" if user.role == "agency_operator" else "", True)
        for period in periods for part in parts.get(period.id, ()) for n, one in enumerate(waiting.get(part.id, ()), 1)
    ]


def _own_parts(session: Session, user: Actor, periods: list[int]) -> dict[int, list[Submission]]:
    if not is_agency(user, Submission) or not periods:
        return {}
    parts: dict[int, list[Submission]] = {}
    rows = session.scalars(
        select(Submission)
        .join(Submission.assessment)
        .where(Submission.organization_id == user.organization_id, Assessment.period_id.in_(periods))
        .options(joinedload(Submission.assessment), joinedload(Submission.organization).lazyload(Organization.states))
    )
    for part in rows:
        parts.setdefault(part.assessment.period_id, []).append(part)
    return parts


def _follow_ups(session: Session, user: Actor) -> list[Dated]:
    if not is_agency(user, Recommendation):
        return []
    rows = session.scalars(
        visible(user, Recommendation).where(Recommendation.due_on.is_not(None)).options(selectinload(Recommendation.verdicts))
    )
    return [
        Dated(f"tindak-lanjut-{row.id}", f"Batas tindak lanjut {row.number}", "", None, row.due_on, user.office_zone, f"/tindak-lanjut/{row.id}", True)
        for row in rows if row.status not in CLOSING
    ]


def _sessions(session: Session, user: Actor) -> list[Dated]:
    found = []
    for what, id, kind, at, ends, title, zone, path in rows_of(session, user):
        words = f"{kind} {title}" if what == "session" else f"Batas: {kind.lower()}, {title}"
        key = f"sesi-{id}" if what == "session" else f"janji-{id}"
        found.append(Dated(key, words, "", at, None, zone, path, True, ends))
    return found
