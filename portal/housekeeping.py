"""What nobody needs any more, and the day's anchor: the worker sees to it once an hour."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import delete, select

from assessments import audit, uploading
from assessments.clock import now, today
from assessments.models import AuditAnchor, Idempotency, Job, Session, Throttle, Upload

from . import once, previews
from .evidence_jobs import ask_again
from .extensions import db
from .papers.pressing import ask_for_missing
from .partial import PartialFiles
from .reminder_jobs import ask_to_remind

ABANDONED_S = 24 * 3600
KEPT_FOR = timedelta(days=30)
PRINTED_WITHIN = timedelta(days=2)  # later, papers are printed when somebody asks for them


def tidy(app: Flask) -> None:
    """Remove abandoned uploads, ended sessions, old waits, keys of forms and finished jobs; anchor the record once a day."""
    app.extensions["storage"].sweep(ABANDONED_S)
    previews.sweep(app.config["EVIDENCE_FOLDER"], ABANDONED_S)
    moment = now()
    abandoned = uploading.over(db.session)
    expected = set(db.session.scalars(select(Upload.id).where(Upload.state == "receiving")))
    db.session.execute(delete(Session).where(Session.absolute_until < moment - KEPT_FOR))
    db.session.execute(delete(Throttle).where(Throttle.first_at < moment - KEPT_FOR))
    db.session.execute(delete(Idempotency).where(Idempotency.at < moment - once.KEPT_FOR))
    db.session.execute(delete(Job).where(Job.state == "done", Job.done_at < moment - KEPT_FOR))
    day = today(app.config["INSTITUTION_ZONE"])
    if db.session.get(AuditAnchor, day) is None:
        audit.anchor(db.session, day)
    ask_again(db.session)
    ask_for_missing(db.session, moment - PRINTED_WITHIN)
    ask_to_remind(db.session)
    db.session.commit()
    partials = PartialFiles(app.extensions["storage"])
    for name in abandoned:
        partials.remove(name)
    partials.sweep(expected, ABANDONED_S)
