"""What the tests of keeping an eye on a round share: its moment, its pages, and the words of what was told."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from unittest.mock import patch

from assessments import clock, sharing
from assessments.models import Notice, Reminder
from portal import intake
from tests.portal.round_pages import Round, as_, begun, send

# A Wednesday at 10.00 WITA; the round of `chased` runs from nine days before to ten days after.
WEDNESDAY = datetime(2026, 11, 4, 2, 0, tzinfo=UTC)
__all__ = ["WEDNESDAY", "Notice", "Reminder", "as_", "at", "chased", "go", "pages", "send"]


def chased(session, opens: datetime = WEDNESDAY - timedelta(days=9), closes: datetime = WEDNESDAY + timedelta(days=10), **more) -> Round:
    """bappeda answers I01 and I12, kominfo the rest, in a stage with these ends."""
    made = begun(session, **more)
    sharing.set_stage(made.period, "self_assessment", opens, closes, by=made.city.actor("round_manager"))
    session.commit()
    return made


@contextmanager
def at(moment: datetime):
    """Every request inside arrives at this moment, and every rule outside a request goes by it."""
    with patch.object(intake, "datetime", SimpleNamespace(now=lambda _zone: moment)), clock.judged_at(moment):
        yield


def pages(where: Round) -> dict[str, str]:
    base = f"/pengelolaan/{where.slug}"
    return {name: f"{base}/{place}" for name, place in {
        "progress": "kemajuan", "matrix": "matriks", "remind": "pengingat", "preview": "pengingat/pratinjau",
        "told": "pengingat/riwayat",
    }.items()}


def go(client, where: Round, *submissions: int, texts: dict | None = None, **fields):
    """Choose, look and send, as the pages ask for it."""
    there = pages(where)
    send(client, there["preview"], there["remind"], isian=[str(one) for one in submissions])
    words = {f"text-{one}": (texts or {}).get(one, "Mohon dilengkapi.") for one in submissions}
    return send(client, there["remind"], there["told"], isian=[str(one) for one in submissions], **words, **fields)
