"""Whether the house stands: for supervisors and monitors, without versions, counts or paths."""

from flask import current_app
from sqlalchemy import text

from ...access import public
from ...extensions import db
from ...jobs import worker_alive
from . import blueprint


@blueprint.get("/healthz")
@public
def health():
    """The process answers; the database is not asked."""
    return {"status": "ok"}


@blueprint.get("/readyz")
@public
def ready():
    """Database, storage and worker, each as true or false; 503 while one is missing."""
    checks = {
        "database": _answers(lambda: db.session.execute(text("SELECT 1")).scalar() == 1),
        "storage": _answers(current_app.extensions["storage"].healthy),
        "worker": _answers(worker_alive),
    }
    return checks, 200 if all(checks.values()) else 503


def _answers(check) -> bool:
    try:
        return bool(check())
    except Exception:
        return False
