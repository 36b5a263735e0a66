"""What the tests of the window share: a round whose panel lowered four items, before, in or after its window."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

from assessments import objecting, sharing
from assessments.models import Assessment
from tests import builders as build
from tests.portal.room_pages import Panel, panel

VALUES = {"I01": 2, "I12": 1, "I13": 2, "I20": 4}
LOWERED = ("I01", "I12", "I13")  # the first two are led by bappeda, the third by kominfo
WINDOWS = {"before": (1, 5), "open": (-1, 5), "over": (-5, -1)}


def window(session, when: str = "open", **more) -> Panel:
    where = panel(session, "", **more)
    assessment = session.get_one(Assessment, where.id)
    build.closed(session, assessment, where.outside, VALUES)
    session.commit()
    move(session, where, when)
    return where


def move(session, where: Panel, when: str) -> None:
    """Put the window before, around or behind this moment."""
    opens, closes = (datetime.now(UTC) + timedelta(days=days) for days in WINDOWS[when])
    sharing.set_stage(where.assessment(session).period, "objection", opens, closes)
    session.commit()


def objected(session, where: Panel, item: str = "I12", document=None) -> None:
    """Bappeda's head objects to one item, in the window."""
    assessment = where.assessment(session)
    part = build.submission(session, assessment.period, where.city.agencies["bappeda"])
    objecting.respond(part, item, where.city.actor("head"), "objected", "Sudah ada perwali baru.", "Perwali 12, hlm. 4", document, 0)
    session.commit()


def ruled(session, where: Panel, item: str = "I12", value: int | None = 3) -> None:
    """The lead, who judged nothing, rules."""
    assessment = where.assessment(session)
    said = next(one for one in assessment.objections if one.item == item)
    wanted = None if value is None else Fraction(value)
    objecting.rule(assessment, item, where.outside.actor("panel_lead"), wanted, "Buktinya memenuhi.", said.version)
    session.commit()
