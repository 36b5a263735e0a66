"""Laporan Hasil of the version that counts: read as it would be signed, signed by the lead with password and fingerprint, taken back.

Beside it the report of one assessor about the own work.
"""

from flask import current_app, flash, render_template, request, url_for
from sqlalchemy.orm import joinedload
from wtforms import BooleanField
from wtforms.validators import InputRequired

from assessments import result_report
from assessments.analysing import LABELS, PARTS
from assessments.attesting import Changed, title_of
from assessments.clock import now
from assessments.member_report import activities_of
from assessments.models import Appointment, Assessment
from assessments.policies import entitled, obstacle
from assessments.refusal import Refused
from assessments.workflow import Look

from ... import formatting
from ...access import actor, find
from ...extensions import db
from ...once import new_key, once
from ...papers import pressing, sealing, unsigned
from ...papers.item_sheets import member_report
from ...presence import unproven
from . import blueprint
from .meeting_forms import SignForm, WithdrawForm
from .ways import address, tabs

PAGE = "/asesmen/<string:period>/<string:subject>/penetapan/laporan"
HOLDS, GONE, OLD = Look("Berlaku", "ok", "check"), Look("Tidak berlaku", "bad", "back"), Look("Versi sebelumnya", "warn", "next")


class ReportForm(SignForm):
    """The same two answers; the tick names this paper."""

    checked = BooleanField(
        "Saya telah membaca laporan ini.", validators=[InputRequired("Centang bahwa Anda telah membaca laporan ini.")]
    )


@blueprint.get(PAGE)
def report(period: str, subject: str):
    return _page(find(Assessment, to="see_room", period=period, subject=subject))


@blueprint.post(PAGE)
def sign_report(period: str, subject: str):
    find(Assessment, to="sign_report", period=period, subject=subject, hold=False)
    form = ReportForm()
    status = unproven(form, "Kata sandi salah. Belum ada yang ditandatangani.")
    if status is not None:
        return _page(find(Assessment, to="sign_report", period=period, subject=subject), form), status
    answer = once()
    found = find(Assessment, to="sign_report", period=period, subject=subject)  # again: no lock was held while hashing
    try:
        paper = result_report.sign(
            found, actor(), request.form.get("seen", ""), sealing.chosen(current_app.config["SETTINGS"]).method
        )
    except Changed as refused:
        db.session.rollback()
        again = url_for("assessor.report", period=period, subject=subject)
        return render_template("round/papers_changed.html", sentence=str(refused), again=again), 409
    pressing.ask_to_print(db.session, paper.number)
    flash(f"Ditandatangani: {paper.number}.")
    return answer(address("report", found))


@blueprint.post(f"{PAGE}/penarikan")
def take_report_back(period: str, subject: str):
    found = find(Assessment, to="sign_report", period=period, subject=subject)
    answer = once()
    form = WithdrawForm()
    try:
        paper = result_report.take_back(found, actor(), form.note.data or "")
    except Refused as refused:
        if refused.field is None:
            raise
        db.session.rollback()
        form.refused(refused)
        return _page(find(Assessment, to="sign_report", period=period, subject=subject), withdrawing=form), 422
    flash(f"{paper.number} tidak berlaku lagi. Perbaiki isinya, lalu tandatangani laporan baru.", "note")
    return answer(address("report", found))


def _page(assessment: Assessment, form: SignForm | None = None, withdrawing: WithdrawForm | None = None) -> str:
    basis = result_report.basis_of(assessment)
    leads = entitled(actor(), "sign_report", assessment)
    why_not = None if basis.result else result_report.NO_RESULT
    why_not = why_not or (obstacle(actor(), "sign_report", assessment) if leads else None)
    signing = content = None
    if leads and basis.in_force is None and why_not is None:
        office = db.session.get_one(
            Appointment, actor().appointment_id, options=[joinedload(Appointment.person), joinedload(Appointment.acting_for)]
        )
        draft = result_report.draft(assessment, basis, office)
        signing, content = {"draft": draft, "office": office, "title": title_of(office), "form": form or ReportForm(formdata=None)}, draft.content
    elif form is not None:
        raise Refused(why_not or "Laporan hasil versi ini sudah ditandatangani.")
    elif basis.result:
        content = result_report.content_of(assessment, basis, None)
    return render_template(
        "assessor/report.html",
        assessment=assessment,
        period=assessment.period,
        tabs=tabs(assessment, "settling"),
        basis=basis,
        content=content,
        title=result_report.title_for(content) if content else "Laporan Hasil",
        holes=result_report.holes(content) if content else [],
        papers=[
            (paper, GONE if paper.withdrawn_at else HOLDS if paper is basis.in_force else OLD, file_of(assessment, paper.number))
            for paper in basis.papers
        ],
        leads=leads,
        why_not=why_not,
        signing=signing,
        form=form or withdrawing,
        withdrawing=withdrawing or WithdrawForm(formdata=None),
        key=new_key,
        zone=assessment.period.zone,
        limit=result_report.REASON_LIMIT,
        parts=PARTS,
        labels=LABELS,
        links={name: address(name, assessment) for name in ("settling", "report", "take_report_back", "member_report_file")},
    )


def file_of(assessment: Assessment, number: str) -> str:
    """Where the printed report is fetched, by the panel as by everybody who may read the result."""
    return url_for(
        "leadership.report_file", period=assessment.period.slug, subject=assessment.subject.organization.slug, number=number
    )


@blueprint.get("/asesmen/<string:period>/<string:subject>/laporan-anggota")
def member_report_file(period: str, subject: str):
    """The reader's own activities on this panel, and nobody else's."""
    assessment, at = find(Assessment, to="see_room", period=period, subject=subject), now()
    done = activities_of(db.session, assessment, actor())
    institution = str(assessment.period.organiser.on(formatting.day_of(at, assessment.period.zone)).name)
    sheet = member_report(assessment, institution, done, at)
    return unsigned.send(sheet, f"laporan-anggota-{period}-{subject}", f"assessment:{assessment.id}")
