"""Whether a receipt or a paper is what it says: the few facts anybody may know who holds its number or its file."""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime

from flask import current_app, redirect, render_template, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, undefer

from assessments import result_report
from assessments.attesting import intact, standing
from assessments.clock import now
from assessments.models import (
    Assessment,
    Organization,
    PanelPaper,
    Paper,
    Period,
    Receipt,
    Snapshot,
    Subject,
    Submission,
)
from assessments.models.panel_paper import PANEL_PAPER_KINDS
from assessments.models.paper import PAPER_KINDS

from ... import throttling
from ...access import ask, public
from ...errors import problem
from ...extensions import begin_as, db
from ...formatting import clock
from ...intake import check_form
from ...papers.comparing import MOST, compared
from ...papers.pressing import unit_of
from ...uploads import accepts_upload, at_most, received
from . import blueprint

NUMBER = re.compile(r"(?:PM|BA|PP|LH)-[A-Z0-9-]{1,36}")
WHAT = {
    "attested": "Pernyataan kebenaran isian dan bukti dukung",
    "sent": "Pengiriman penilaian mandiri",
    **PAPER_KINDS,
    **PANEL_PAPER_KINDS,
}


@dataclass(frozen=True)
class Known:
    """What anybody is told of a number. `called` is how the sentences name it.

    Of a Laporan Hasil under embargo only that its number exists (`standing` "embargoed", everything else empty). One of an
    earlier version of the result is "amended": `newer_n` is the version that counts, `newer` the number of its report.
    """

    number: str
    standing: str
    kind: str
    owner_label: str
    owner: str
    at: datetime
    zone: str
    called: str
    newer: str = ""
    newer_n: int = 0


@blueprint.get("/verifikasi")
@public
def verify():
    """The form; a number typed into it leads to its own address, one that cannot be a number is told at once."""
    ask("verify", "receipt")
    typed = request.args.get("nomor", "")
    if not typed.strip():
        return render_template("public/verification.html", number="", known=None)
    number = normal(typed)
    if not NUMBER.fullmatch(number):
        return _unknown(typed.strip()[:60])
    return redirect(url_for("public.verify_number", number=number))


@blueprint.get("/verifikasi/<string:number>")
@public
def verify_number(number: str):
    ask("verify", "receipt")
    wanted = normal(number)
    known = known_by(wanted) if NUMBER.fullmatch(wanted) else None
    if known is None:
        return _unknown(wanted[:60])
    return render_template("public/verification.html", number=known.number, known=known)


@blueprint.get("/verifikasi/berkas")
@public
def file_form():
    ask("verify", "receipt")
    return render_template("public/verification_file.html", most=MOST)


@blueprint.post("/verifikasi/berkas")
@public
@accepts_upload
@at_most(MOST)
def compare_file():
    """The file is compared while this request lasts and then forgotten; each address may ask so often an hour."""
    ask("check", "paper")
    db.session.rollback()
    begin_as(False)
    until = throttling.take_comparison(db.session, request.remote_addr)
    db.session.commit()
    if until is not None:
        sentence = f"Terlalu banyak berkas diperiksa dari tempat ini. Coba lagi sesudah pukul {clock(until, _zone())}."
        return problem(429, (sentence,), {"Retry-After": str(max(1, round((until - now()).total_seconds())))})
    check_form()
    begin_as(True)
    sent = request.files.get("berkas")
    if sent is None or not sent.filename:
        return _file_refused("Pilih berkas PDF yang akan diperiksa.")
    incoming = received(sent)
    incoming.seek(0)
    outcome = compared(incoming.read(), incoming.sha256)
    if outcome.refusal:
        return _file_refused(outcome.refusal)
    known = known_by(outcome.number) if outcome.number else None
    return render_template("public/verification_file.html", most=MOST, outcome=outcome, known=known)


def _file_refused(sentence: str):
    return render_template("public/verification_file.html", most=MOST, problems=[(sentence, "berkas")], refused=sentence), 422


def _zone() -> str:
    return str(current_app.config["INSTITUTION_ZONE"])


_ROUND = joinedload(Assessment.period).options(joinedload(Period.organiser))
_SUBJECT = joinedload(Assessment.subject).joinedload(Subject.organization).joinedload(Organization.states)
_RECEIPT = (
    joinedload(Receipt.snapshot).options(undefer(Snapshot.content)),
    joinedload(Receipt.submission).options(
        joinedload(Submission.organization).joinedload(Organization.states), joinedload(Submission.assessment).options(_ROUND)
    ),
    joinedload(Receipt.assessment).options(_ROUND, _SUBJECT),
)
_PAPER, _OF_PANEL = (
    (joinedload(kind.snapshot).options(undefer(Snapshot.content)), joinedload(kind.assessment).options(_ROUND, _SUBJECT))
    for kind in (Paper, PanelPaper)
)


def known_by(number: str) -> Known | None:
    """The receipt or paper of this number as the public may know it."""
    receipt = db.session.get(Receipt, number, options=_RECEIPT)
    if receipt is not None:
        thing = receipt.submission or receipt.assessment
        label = "Perangkat daerah" if receipt.submission or thing.period.of_agencies else "Instansi"
        return _known(receipt, standing(receipt), thing.period, label, "Tanda terima")
    paper = db.session.get(Paper, number, options=_PAPER) or db.session.get(PanelPaper, number, options=_OF_PANEL)
    if paper is None:
        return None
    report = paper if isinstance(paper, PanelPaper) and paper.kind == result_report.KIND else None
    if report and report.assessment.state != "published":
        return Known(paper.number, "embargoed", "", "", "", paper.at, paper.assessment.period.zone, "Surat")
    known = _known(paper, _standing_of(paper), paper.assessment.period, "Instansi", "Surat")
    if report and known.standing != "broken" and (newer := result_report.amended_by(db.session, report)):
        return replace(known, standing="amended", newer_n=newer[0], newer=newer[1])
    return known


def _known(thing: Receipt | Paper | PanelPaper, worth: str, period: Period, label: str, called: str) -> Known:
    kind = WHAT[thing.kind] + (" (gladi, bukan penilaian resmi)" if period.track == "rehearsal" else "")
    kind += f". {period.figure_label}" if period.of_agencies else ""
    return Known(thing.number, worth, kind, label, unit_of(thing), thing.at, period.zone, called)


def _standing_of(paper: Paper | PanelPaper) -> str:
    """In force; taken back; or taken back and signed anew since."""
    if not intact(paper):
        return "broken"
    if paper.withdrawn_at is None:
        return "valid"
    kind = type(paper)
    later = select(func.count()).where(
        kind.assessment_id == paper.assessment_id, kind.kind == paper.kind, kind.at > paper.at
    )
    if isinstance(paper, PanelPaper):  # of the same session, or of the same result or none
        later = later.where(
            PanelPaper.meeting_id.is_not_distinct_from(paper.meeting_id), PanelPaper.result_id.is_not_distinct_from(paper.result_id)
        )
    return "superseded" if db.session.scalar(later) else "withdrawn"


def normal(typed: str) -> str:
    """What people type, as numbers are stored: capitals, no blanks, any dash as a hyphen."""
    text = re.sub(r"[\s\u00ad\u200b]+", "", unicodedata.normalize("NFKC", typed))
    return re.sub(r"[\u2010-\u2015\u2212_]", "-", text).upper()


def _unknown(number: str):
    page = render_template("public/verification.html", number=number, known=None, unknown=True)
    return page, 404
