"""S01: one question, the needs that bring people here, the newest index that everybody may know; and the help page."""

from flask import current_app, render_template, url_for
from sqlalchemy import select

from assessments.announcing import newest_announced
from assessments.clock import today
from assessments.comparing import compare
from assessments.models import Period, Result

from ... import charts, shelf
from ...access import ask, public
from ...extensions import db
from . import blueprint
from .directory import absolute


@blueprint.get("/")
@public
def home():
    ask("read", "public_home")
    period = db.session.scalar(
        select(Period)
        .where(Period.state == "open", Period.track != "rehearsal", Period.subjects == "instansi")
        .order_by(Period.year.desc())
        .limit(1)
    )
    stage = period.current_stage if period else None
    shown = period and {
        "title": period.title,
        "stage_label": stage.label if stage else "Menunggu tahap berikutnya",
        "closes_at": stage.closes_at if stage else None,
    }
    newest = newest_announced(db.session)
    facets = shelf.facets(shelf.Wish())
    agencies = facets.by_owner()
    return render_template(
        "public/home.html",
        period=shown,
        zone=period.zone if period else current_app.config["INSTITUTION_ZONE"],
        verify_url=url_for("public.verify"),
        categories=facets.by_category(),
        total=sum(count for _owner, count in agencies),
        owners=len(agencies),
        result=newest and _announced(newest),
        charts=charts,
        awaited=_awaited(period, newest),
        canonical=absolute("public.home"),
    )


def _announced(result: Result) -> dict:
    """What the box beside the search says."""
    lines = compare(result)
    period, instrument = result.assessment.period, lines.instrument
    return {
        "title": period.title,
        "lines": lines,
        "axis": charts.Axis(instrument.min_value, instrument.max_value),
        "url": url_for("public.result", period=period.slug),
    }


def _awaited(period: Period | None, newest: Result | None) -> int | None:
    """The year whose result people may be waiting for: that of the running round, unless a later one is out."""
    known = newest.assessment.period.year if newest else 0
    year = period.year if period else today(current_app.config["INSTITUTION_ZONE"]).year if not newest else 0
    return year if year > known else None


@blueprint.get("/bantuan")
@public
def help_page():
    ask("read", "help_status")
    return render_template("public/help.html", helpdesk=current_app.config["HELPDESK_TEXT"])
