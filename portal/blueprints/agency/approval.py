"""The head of an agency: what to look at, the statement and its receipt, or giving back to the operator."""

from fractions import Fraction

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from wtforms import BooleanField, HiddenField, PasswordField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from assessments import attesting, checking, mending, risks, waiving
from assessments.history import before, events_of
from assessments.models import Appointment, Assessment, Contribution, Period, Submission
from assessments.policies import entitled, obstacle
from assessments.refusal import Refused
from assessments.workflow import look, open_transitions, transition

from ... import evidence
from ...access import actor, ask, find, listing
from ...extensions import db
from ...forms import Form
from ...once import once
from ...papers import pressing, sealing
from ...papers.codes import data_uri
from ...presence import unproven
from ...returning import MendForm, at_fields, tell_operators
from . import blueprint

SHOWN_FIRST = 8
REASON_LIMIT = 1000


class StatementForm(Form):
    fingerprint = HiddenField()
    checked = BooleanField(
        "Saya telah memeriksa isian dan bukti dukung ini.",
        validators=[InputRequired("Centang bahwa Anda telah memeriksa isian dan bukti dukung ini.")],
    )
    password = PasswordField("Kata sandi", validators=[InputRequired("Tulis kata sandi akun Anda.")])


class GiveBackForm(MendForm):
    items = SelectMultipleField(
        "Indikator yang harus diperbaiki",
        validators=[InputRequired("Pilih sedikitnya satu indikator yang harus diperbaiki.")],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )
    note = TextAreaField("Alasan", validators=[InputRequired("Tulis apa yang harus diperbaiki operator.")])


# ---------------------------------------------------------------- what waits


@blueprint.get("/persetujuan")
def approvals():
    """The parts of the own agency, the ones that wait for the head first."""
    ask("read", Submission)
    parts = db.session.scalars(
        listing(Submission)
        .join(Submission.assessment)
        .join(Assessment.period)
        .options(
            joinedload(Submission.assessment).joinedload(Assessment.period).joinedload(Period.instrument_copy),
            joinedload(Submission.organization),
        )
        .where(Period.state != "archived")
        .order_by(Period.year.desc(), Submission.id)
    ).all()
    items = dict(
        db.session.execute(
            select(Contribution.submission_id, func.count())
            .where(Contribution.submission_id.in_([part.id for part in parts]))
            .group_by(Contribution.submission_id)
        ).all()
    )
    rows = [{"part": part, "look": look(part), "items": items.get(part.id, 0)} for part in parts]
    waiting = [row for row in rows if _waits(row["part"]) and row["part"].period.state == "open"]
    return render_template(
        "agency/approval_list.html", waiting=waiting, others=[row for row in rows if row not in waiting]
    )


@blueprint.get("/persetujuan/<int:submission>")
def approval(submission: int):
    """S33: what is about to be vouched for, with all its texts and evidence."""
    part = find(Submission, id=submission)
    steps = {step.name for step in open_transitions(part, actor())}
    return render_template(
        "agency/approval.html",
        steps=steps,
        why_not=None if "attest" in steps else _why_not(part),
        given=None if steps - {"withdraw"} else attesting.newest_receipt(part),
        words=evidence,
        **_overview(part),
    )


def _overview(part: Submission) -> dict:
    """What S33 and S34 both show of a part."""
    contributions = attesting.contributions_of(part)
    earlier = before(db.session, part.assessment)
    records = evidence.records(citation for contribution in contributions for citation in contribution.citations)
    remarks = waiving.remarks_on(contributions, evidence.ended(records))
    changed = mending.mended_since(part, contributions)
    concerns = risks.concerns(contributions, earlier, {item: each.open for item, each in remarks.items()})
    return {
        "part": part,
        "period": part.period,
        "look": look(part),
        "contributions": contributions,
        "records": records,
        "remarks": remarks,
        "before": earlier,
        "frozen": attesting.frozen_submission(part, contributions),
        "concerns": concerns[:SHOWN_FIRST],
        "more": len(concerns) - SHOWN_FIRST,
        "comparison": risks.compared(contributions, earlier),
        "mended": [c for c in contributions if c.item in changed],
        "changed_at": max((c.saved_at for c in contributions if c.saved_at), default=None),
    }


def _waits(part: Submission) -> bool:
    return part.state in transition(Submission, "attest").sources


def _why_not(part: Submission) -> str | None:
    """To the head whose part waits: the sentence that keeps this person from signing it."""
    return obstacle(actor(), "attest", part) if _waits(part) and entitled(actor(), "attest", part) else None


# ---------------------------------------------------------------- vouching


@blueprint.get("/persetujuan/<int:submission>/pernyataan")
def statement(submission: int):
    part = find(Submission, id=submission, to="attest")
    given = None if _waits(part) else attesting.newest_receipt(part)
    if given is not None and attesting.stands(given):
        return redirect(url_for("agency.receipt", submission=submission))
    return _statement_page(part, StatementForm(formdata=None))


@blueprint.post("/persetujuan/<int:submission>/pernyataan")
def sign(submission: int):
    find(Submission, id=submission, to="attest", hold=False)
    form = StatementForm()
    status = unproven(form, "Kata sandi salah. Isian belum ditandatangani.")
    if status is not None:
        return _statement_again(submission, form, status)
    answer = once()
    part = find(Submission, id=submission, to="attest")
    try:
        seal = sealing.chosen(current_app.config["SETTINGS"])
        given = attesting.attest(part, actor(), form.fingerprint.data or "", seal.method)
    except attesting.Changed as refusal:
        db.session.rollback()
        return render_template("agency/approval_changed.html", sentence=str(refusal), submission=submission), 409
    pressing.ask_to_print(db.session, given.number)
    return answer(url_for("agency.receipt", submission=submission))


def _statement_again(submission: int, form: StatementForm, status: int = 422):
    db.session.rollback()
    return _statement_page(find(Submission, id=submission), form), status


def _statement_page(part: Submission, form: StatementForm):
    if not _waits(part):
        raise Refused(f"Isian ini tidak sedang menunggu tanda tangan; statusnya {look(part).label.lower()}.")
    seen = _overview(part)
    office = db.session.get_one(
        Appointment, actor().appointment_id, options=[joinedload(Appointment.person), joinedload(Appointment.acting_for)]
    )
    form.fingerprint.data = seen["frozen"].sha256
    return render_template(
        "agency/approval_statement.html",
        form=form,
        office=office,
        title=attesting.title_of(office),
        sentence=attesting.statement_for(part, office, seen["frozen"]),
        **seen,
    )


# ---------------------------------------------------------------- giving back


@blueprint.get("/persetujuan/<int:submission>/kembalikan")
def give_back(submission: int):
    """S35. Nothing is chosen beforehand but what the address names."""
    part = find(Submission, id=submission, to="send_back")
    return _give_back_page(part, GiveBackForm(formdata=None, items=request.args.getlist("butir")))


@blueprint.post("/persetujuan/<int:submission>/kembalikan")
def send_back(submission: int):
    part = find(Submission, id=submission, to="send_back")
    answer = once()
    form = GiveBackForm()
    form.validate()
    until = form.until(part)
    try:
        checking.send_back(part, actor(), form.note.data or "", form.items.data or [], until)
    except Refused as refusal:
        at_fields(form, refusal)
    if form.errors:
        db.session.rollback()
        return _give_back_page(find(Submission, id=submission), form), 422
    tell_operators(part, form.items.data, until)
    numbers = [item.number for item in part.period.instrument.items if item.code in form.items.data]
    flash(f"Dikembalikan kepada operator: indikator {', '.join(numbers)}.")
    return answer(url_for("agency.approvals"))


def _give_back_page(part: Submission, form: GiveBackForm):
    if "send_back" not in {step.name for step in open_transitions(part, actor())}:
        raise Refused(f"Isian ini tidak dapat dikembalikan; statusnya {look(part).label.lower()}.")
    instrument = part.period.instrument
    codes = set(db.session.scalars(select(Contribution.item).where(Contribution.submission_id == part.id)))
    form.items.choices = [(i.code, f"{i.number} {i.short_name}") for i in instrument.items if i.code in codes]
    return render_template(
        "agency/approval_return.html", part=part, period=part.period, form=form, limit=REASON_LIMIT,
        ends=part.closes_at, zone=part.period.zone,
    )


# ---------------------------------------------------------------- the receipt


@blueprint.get("/persetujuan/<int:submission>/bukti")
def receipt(submission: int):
    """S36: what proves it, and every answer with the hashes of its evidence as they were frozen."""
    part = find(Submission, id=submission)
    receipts = attesting.receipts_of(part)
    if not receipts:
        abort(404)
    newest = receipts[0]
    address = pressing.address_of(newest.number)
    frozen = attesting.contents(newest)
    answers = [
        {**line, "item": part.period.instrument.item(line["item"]), "value": line["value"] and Fraction(line["value"])}
        for line in (frozen or {"items": []})["items"]
    ]
    return render_template(
        "agency/approval_receipt.html",
        part=part,
        period=part.period,
        receipt=newest,
        standing=attesting.standing(newest, newest),
        standings=attesting.STANDINGS,
        older=receipts[1:],
        address=address,
        code=data_uri(address),
        method=sealing.method_words(newest.signature.method),
        answers=answers,
        files=(frozen or {"files": 0})["files"],
        events=[
            {"at": event.at, "who": event.by_label, "what": event.label, "note": event.note}
            for event in events_of(db.session, part)
        ],
    )


@blueprint.get("/persetujuan/<int:submission>/bukti/<string:number>")
def receipt_file(submission: int, number: str):
    """The printed receipt, as it was printed once; earlier ones too."""
    part = find(Submission, id=submission)
    if number not in {each.number for each in attesting.receipts_of(part)}:
        abort(404)
    return pressing.send_printed(number, "Tanda terima")
