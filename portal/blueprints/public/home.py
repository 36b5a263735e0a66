"""The plain front door and the help page."""

from flask import current_app, render_template, url_for
from sqlalchemy import select

from assessments.models import Period

from ...access import ask, public
from ...extensions import db
from . import blueprint


@blueprint.get("/")
@public
def home():
    ask("read", "public_home")
    period = db.session.scalar(
        select(Period).where(Period.state == "open", Period.track != "rehearsal").order_by(Period.year.desc()).limit(1)
    )
    stage = period.current_stage if period else None
    shown = period and {
        "title": period.title,
        "stage_label": stage.label if stage else "Menunggu tahap berikutnya",
        "closes_at": stage.closes_at if stage else None,
    }
    return render_template(
        "public/home.html",
        period=shown,
        zone=period.zone if period else current_app.config["INSTITUTION_ZONE"],
        verify_url=url_for("public.verify"),
    )


@blueprint.get("/bantuan")
@public
def help_page():
    ask("read", "help_status")
    return render_template("public/help.html", helpdesk=current_app.config["HELPDESK_TEXT"])
