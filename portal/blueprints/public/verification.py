"""Whether a receipt is what it says: the few facts anybody may know who holds its number."""

import re
import unicodedata
from zoneinfo import ZoneInfo

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import joinedload

from assessments.attesting import standing
from assessments.models import Assessment, Period, Receipt, Subject, Submission

from ...access import ask, public
from ...extensions import db
from . import blueprint

NUMBER = re.compile(r"PM-[A-Z0-9-]{1,36}")
WHAT = {
    "attested": "Pernyataan kebenaran isian dan bukti dukung",
    "sent": "Pengiriman penilaian mandiri",
}


@blueprint.get("/verifikasi")
@public
def verify():
    """The form; a number typed into it leads to its own address, one that cannot be a number is told at once."""
    ask("verify", "receipt")
    typed = request.args.get("nomor", "")
    if not typed.strip():
        return render_template("public/verification.html", number="", receipt=None)
    number = normal(typed)
    if not NUMBER.fullmatch(number):
        return _unknown(typed.strip()[:60])
    return redirect(url_for("public.verify_number", number=number))


@blueprint.get("/verifikasi/<string:number>")
@public
def verify_number(number: str):
    ask("verify", "receipt")
    wanted = normal(number)
    receipt = db.session.get(Receipt, wanted, options=NEEDED) if NUMBER.fullmatch(wanted) else None
    if receipt is None:
        return _unknown(wanted[:60])
    thing = receipt.submission or receipt.assessment
    period = thing.period
    return render_template(
        "public/verification.html",
        number=receipt.number,
        receipt=receipt,
        standing=standing(receipt),
        owner=_name_that_day(receipt, period.zone),
        kind=WHAT[receipt.kind],
        rehearsal=period.track == "rehearsal",
        zone=period.zone,
    )


NEEDED = (
    joinedload(Receipt.submission).joinedload(Submission.organization),
    joinedload(Receipt.submission).joinedload(Submission.assessment).joinedload(Assessment.period),
    joinedload(Receipt.assessment).joinedload(Assessment.period).joinedload(Period.organiser),
    joinedload(Receipt.assessment).joinedload(Assessment.subject).joinedload(Subject.organization),
)


def normal(typed: str) -> str:
    """What people type, as numbers are stored: capitals, no blanks, any dash as a hyphen."""
    text = re.sub(r"[\s\u00ad\u200b]+", "", unicodedata.normalize("NFKC", typed))
    return re.sub(r"[\u2010-\u2015\u2212_]", "-", text).upper()


def _name_that_day(receipt: Receipt, zone: str) -> str:
    organization = receipt.submission.organization if receipt.submission else receipt.assessment.subject.organization
    if organization is None:
        return receipt.assessment.subject.name
    return organization.on(receipt.at.astimezone(ZoneInfo(zone)).date()).name


def _unknown(number: str):
    page = render_template("public/verification.html", number=number, receipt=None, unknown=True)
    return page, 404
