"""S13: one's own dates as a list, as a file for a calendar program, and as a secret address such a program can follow."""

from urllib.parse import urlsplit

from flask import Response, abort, current_app, flash, make_response, redirect, render_template, request, url_for

from assessments import feeds
from assessments.clock import now
from assessments.deadlines import Dated, dates_of
from assessments.models import Account

from ... import ics
from ...access import actor, ask, public
from ...extensions import db
from . import blueprint


@blueprint.get("/kalender")
def calendar():
    ask("list", "calendar")
    return _page()


def _page(secret: str = ""):
    dates = _own()
    return make_response(render_template(
        "account/calendar.html",
        ahead=[one for one in dates if not one.over],
        over=[one for one in reversed(dates) if one.over],
        feed=feeds.current(db.session, actor()),
        address=_address(secret) if secret else "",
        zone=actor().zone,
    ))


def _own() -> list[Dated]:
    return dates_of(db.session, feeds.offices(db.session, db.session.get_one(Account, actor().account_id)))


@blueprint.get("/kalender/tanggal.ics")
def calendar_file():
    ask("list", "calendar")
    return _answer(_own(), "tanggal-spbe.ics")


@blueprint.post("/kalender/langganan")
def begin_feed():
    ask("write", "own_calendar")
    secret = feeds.begin(db.session, actor())
    db.session.commit()
    return _page(secret)


@blueprint.post("/kalender/langganan/akhir")
def end_feed():
    ask("write", "own_calendar")
    ended = feeds.end(db.session, actor())
    db.session.commit()
    flash("Alamat langganan diakhiri. Program kalender tidak dapat membacanya lagi." if ended else "Tidak ada alamat langganan yang berlaku.")
    return redirect(url_for("account.calendar"))


@blueprint.get("/kalender/<string:token>.ics")
@public
def calendar_feed(token: str):
    """Dates of rounds and nothing else: whoever gets hold of the address learns no name and no answer."""
    ask("read", "calendar_feed")
    account = feeds.opened_by(db.session, token)
    if account is None:
        abort(404)
    return _answer(dates_of(db.session, feeds.offices(db.session, account)))


def _address(secret: str) -> str:
    return current_app.config["SETTINGS"].address + url_for("account.calendar_feed", token=secret)


def _answer(dates: list[Dated], download: str = "") -> Response:
    host = urlsplit(current_app.config["SETTINGS"].address).hostname or request.host
    answer = Response(ics.written(dates, host, "Tanggal SPBE", now()), mimetype=ics.MEDIA_TYPE)
    if download:
        answer.headers["Content-Disposition"] = f'attachment; filename="{download}"'
    return answer
