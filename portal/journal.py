"""What the processes write down about themselves: one JSON object a line on stderr, UTC with offset.

A request leaves one line: its id, who (the account's id), method, path, status, milliseconds. Never a query value,
a form value, a cookie or a token.
"""

import logging
import re
import secrets
import sys
import time
from typing import Any

import structlog
from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars

log = structlog.get_logger("portal")

SECRET_ARGUMENTS = {"token", "tautan", "kunci"}
LONGEST_WORD = 24  # a longer part of an unknown path may be a token somebody mistyped
HEALTH = ("/healthz", "/readyz")  # asked every few seconds
FILES = ("/static/", "/bootstrap/")


class _ToStderr(logging.StreamHandler):
    """Writes to what stderr is now, not to what it was when the program began."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> Any:
        return sys.stderr


def configure(stream: Any = None, level: int = logging.INFO) -> None:
    """Send structlog and the standard library's log records through one JSON renderer."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        _with_time,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ],
    )
    writer = logging.StreamHandler(stream) if stream else _ToStderr()
    writer.setFormatter(formatter)
    writer.set_name("journal")
    root = logging.getLogger()
    root.handlers = [kept for kept in root.handlers if kept.get_name() != "journal"] + [writer]
    root.setLevel(level)
    for chatty in ("alembic", "huey", "werkzeug"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def init_app(app: Flask) -> None:
    configure()
    app.before_request(_begin)
    app.after_request(_write_line)
    # Flask's own line would name the path as it is, tokens and all.
    app.log_exception = _write_exception  # type: ignore[method-assign]


def _begin() -> None:
    clear_contextvars()
    g.request_id = secrets.token_hex(8)
    g.request_began = time.perf_counter()
    bind_contextvars(request=g.request_id)


def _write_line(response: Response) -> Response:
    if "request_id" not in g:  # refused before anything ran
        _begin()
    response.headers["X-Request-ID"] = g.request_id
    if request.path not in HEALTH and (not request.path.startswith(FILES) or response.status_code >= 400):
        log.info(
            "request",
            who=_who(),
            method=request.method,
            path=_path(),
            status=response.status_code,
            ms=round((time.perf_counter() - g.request_began) * 1000, 1),
        )
    return response


def _write_exception(exc_info: Any) -> None:
    log.error("exception", who=_who(), method=request.method, path=_path(), exc_info=exc_info)


def _who() -> int | None:
    """The account's id as Flask-Login found it, without asking the database again."""
    return getattr(g.get("_login_user"), "id", None)


def _path() -> str:
    """The path with everything masked that opens a door by itself."""
    path = request.path
    if request.view_args is None:
        return "/".join("..." if len(word) > LONGEST_WORD else word for word in path.split("/"))
    for name, value in request.view_args.items():
        if name in SECRET_ARGUMENTS:
            path = re.sub(re.escape(str(value)), "...", path)
    return path


def _with_time(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    now = time.time()
    event["at"] = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now % 1 * 1000):03d}+00:00"
    return event
