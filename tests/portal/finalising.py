"""A process of its own that settles results as one member of a panel, and waits at a barrier before its COMMIT.

Used by `test_finalising_race.py`. The first to reach its COMMIT holds what it holds until the other is there too or
`PATIENCE` is over; with the row locked the other never is, and without a lock both would store a result.
"""

import contextlib
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from threading import BrokenBarrierError

from sqlalchemy import event

from assessments.models import Result
from portal import create_app
from portal.extensions import db
from tests.databases import settings_for

PATIENCE = 0.15  # seconds


def member(url: str, instance: str, cookie: tuple[str, str], wire: Connection, start: Barrier, commit: Barrier) -> None:
    """Press the button whenever the parent says so; answers (status, body) each time until it says None."""
    app = create_app(settings_for(url, Path(instance)))
    app.testing = True

    def notice(session, _context, _rows) -> None:
        if any(isinstance(row, Result) for row in session.new):
            session.info["settles"] = True

    def wait(session) -> None:
        session.flush()
        if session.info.pop("settles", False):
            with contextlib.suppress(BrokenBarrierError):
                commit.wait(PATIENCE)

    with app.app_context():
        event.listen(db.session, "before_flush", notice)
        event.listen(db.session, "before_commit", wait)
    while (wish := wire.recv()) is not None:
        page, form = wish
        client = app.test_client()
        client.set_cookie(*cookie)
        with contextlib.suppress(BrokenBarrierError):
            start.wait(10)
        answer = client.post(page, data=form)
        wire.send((answer.status_code, answer.get_data(as_text=True)))
    wire.close()
