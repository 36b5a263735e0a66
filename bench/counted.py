"""The ordinary app with one more header: `X-SQL-Count`, how many statements its database ran for the answer.

Only for measuring: `gunicorn bench.counted:app`. BEGIN, COMMIT and ROLLBACK are not counted.
"""

import threading

from sqlalchemy import Engine, event

from wsgi import app

_run = threading.local()
_inner = app.wsgi_app


@event.listens_for(Engine, "before_cursor_execute")
def _count(_connection, _cursor, statement, _parameters, _context, _many):
    if not statement.startswith("BEGIN"):
        _run.statements = getattr(_run, "statements", 0) + 1


def _counting(environ, start_response):
    _run.statements = 0

    def started(status, headers, exc_info=None):
        return start_response(status, [*headers, ("X-SQL-Count", str(_run.statements))], exc_info)

    return _inner(environ, started)


app.wsgi_app = _counting  # type: ignore[method-assign]
