"""The head takes a signed part back before the check begins, with the reason."""

from flask import flash, render_template, url_for
from wtforms import TextAreaField
from wtforms.validators import InputRequired

from assessments import checking
from assessments.models import Submission
from assessments.refusal import Refused
from assessments.workflow import look, transition

from ...access import actor, find
from ...extensions import db
from ...forms import Form
from ...once import new_key, once
from . import blueprint
from .approval import REASON_LIMIT


class WithdrawForm(Form):
    note = TextAreaField("Alasan", validators=[InputRequired("Tulis alasannya.")])


@blueprint.route("/persetujuan/<int:submission>/penarikan", methods=["GET", "POST"])
def withdraw(submission: int):
    """S34: the receipt no longer holds and the operator may write again."""
    part = find(Submission, id=submission, to="withdraw")
    form = WithdrawForm()
    if form.is_submitted():
        answer = once()
        if form.validate():
            try:
                checking.withdraw(part, actor(), form.note.data)
            except Refused as refused:
                if refused.field is None:
                    raise
                form.refused(refused)
            else:
                flash("Isian ditarik. Operator dapat memperbaikinya; tanda terima yang lama tidak berlaku lagi.")
                return answer(url_for("agency.approval", submission=submission))
        db.session.rollback()
        part = find(Submission, id=submission)
    if part.state not in transition(Submission, "withdraw").sources:
        raise Refused(f"Isian ini tidak dapat ditarik; statusnya {look(part).label.lower()}.")
    page = render_template(
        "agency/approval_withdraw.html", part=part, period=part.period, form=form, limit=REASON_LIMIT, key=new_key()
    )
    return page, 422 if form.errors else 200
