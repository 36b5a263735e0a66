"""A rehearsal whose claims are all approved: the Koordinator can read and sign both papers, then it can be sent."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessments import claiming, clock, sharing, team
from assessments.actors import Actor
from assessments.models import Assessment, Organization
from assessments.workflow import advance

from .answers import shelf_of
from .people import KOMINFO
from .team import SIGNATORY

ZONE = "Asia/Makassar"
# Leads every item here and has no demo account, so that the rehearsal is nobody's task but the team's.
LEAD = "030201"
UNPROVED = ("I09", "I36")


def build_countersigned(
    session: Session, storage, city: Organization, agencies: dict[str, Organization], actors: dict[str, Actor],
    levels: dict[str, Fraction], say: Callable[[str], None],
) -> Assessment:
    """`levels` are the claims, {item: level}; all but two cite a document of Diskominfo."""
    manager, boss, today = actors["pengelola"], actors["penanggung.jawab"], clock.today(ZONE)
    shelf = shelf_of(session, storage, agencies[KOMINFO], actors["operator.kominfo"])
    with clock.judged_at(_moment(today - timedelta(days=30))):
        period = sharing.draft_round(
            session, city, manager, key="permenpanrb-59-2020", guidance=None, zone=ZONE, slug=f"{today.year}-gladi-kirim",
            title=f"Gladi penandatanganan {today.year}", kind="evaluation", track="rehearsal", year=today.year,
            asks_papers=True,
        )
        for stage, first, last in (("self_assessment", -30, -3), ("internal_check", -29, 12)):
            sharing.set_stage(period, stage, _moment(today + timedelta(days=first)), _moment(today + timedelta(days=last), 17))
        assessment = session.scalar(select(Assessment).where(Assessment.period_id == period.id))
        for item in period.instrument.items:
            sharing.share_out(session, assessment, item.code, agencies[LEAD], [], manager)
        advance(period, "open", manager)
    with clock.judged_at(_moment(today - timedelta(days=2))):
        for place, (code, value) in enumerate(levels.items()):
            name = period.instrument.item(code).short_name
            claim = claiming.write_claim(
                assessment, code, manager, value, f"Contoh isian: dokumen kota tentang {name} sudah ditetapkan.",
                f"Contoh isian: isi dokumen memenuhi kriteria sampai tingkat {value}.", 0,
            )
            session.flush()
            if code not in UNPROVED:
                claiming.cite_for_claim(claim, shelf[place % len(shelf)], manager, [2, int(value)] if value > 2 else [2], "Bab II")
                session.flush()
            claiming.propose(claim, manager)
            claiming.approve(claim, boss, claim.revision_n)
            session.flush()
    decided = today - timedelta(days=40)
    team.record_decision(session, assessment, actors["koordinator"], team.Decree(
        f"188.45/7/HK/{decided.year}", decided, SIGNATORY, decided, subject="Contoh: Tim gladi penandatanganan",
    ))
    say(f"  {period.title}: menunggu tanda tangan Koordinator")
    return assessment


def _moment(day: date, hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour), ZoneInfo(ZONE)).astimezone(UTC)
