"""S11: what the portal has to say to this person; opening the page is having seen it."""

from flask import render_template
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session as OrmSession

from assessments import noticing

from ...access import actor as asking
from ...access import ask
from ...extensions import db, only_reading
from ...journal import log
from . import blueprint


@blueprint.get("/pemberitahuan")
def notices():
    ask("read", "own_notice")
    user = asking()
    rows = noticing.of_person(db.session, user)
    page = render_template("account/notices.html", told=rows, fresh=sum(row.seen_at is None for row in rows), zone=user.zone)
    if any(row.seen_at is None for row in rows):
        db.session.rollback()  # the short write below is not to wait for this reading
        _seen(user)
    return page


def _seen(user) -> None:
    """Told in a transaction of its own; where it cannot be stored now, the sentences stay new until the next time."""
    try:
        with only_reading(False), OrmSession(db.engine) as own:
            noticing.mark_seen(own, user)
            own.commit()
    except OperationalError:
        log.warning("notices_stay_new", person=user.person_id)
