"""What the worker clears away, and what it must leave."""

import os
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from assessments.models import AuditAnchor, Session, Throttle
from portal.housekeeping import tidy
from tests import builders as build


def test_the_hourly_round_clears_what_is_over_and_anchors_the_day_once(app, client, session):
    city = build.city(session)
    build.sign_in(client, session, city.people["operator"])
    moment = datetime.now(UTC)
    living = session.scalars(select(Session.token_hash)).all()
    session.add(
        Session(
            token_hash="0" * 64, account_id=city.people["head"].person.account.id, created=moment, seen=moment,
            idle_until=moment, absolute_until=moment - timedelta(days=31),
        )
    )
    session.add(Throttle(key="1" * 64, first_at=moment - timedelta(days=31)))
    session.commit()
    storage = app.extensions["storage"]
    abandoned, fresh = storage.receive(), storage.receive()
    abandoned.write(b"x")
    fresh.write(b"y")
    folder = app.config["SETTINGS"].evidence / "tmp"
    oldest = min(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    os.utime(oldest, (0, 0))
    tidy(app)
    tidy(app)
    session.rollback()
    assert session.scalars(select(Session.token_hash)).all() == living
    assert session.scalar(select(Throttle)) is None
    assert len(session.scalars(select(AuditAnchor)).all()) == 1
    assert not oldest.exists()
    assert len(list(folder.iterdir())) == 1
    session.rollback()
    abandoned.discard()
    fresh.discard()
