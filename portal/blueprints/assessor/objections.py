"""The other side of S32: objections before the panel, each ruled by somebody who did not judge the item, and what came of them."""

from dataclasses import dataclass

from flask import abort, flash, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value
from wtforms import TextAreaField

from assessments import noticing, objecting
from assessments.consolidation_questions import STAGE, is_open, window_has_opened, window_is_over
from assessments.models import Assessment, Decision, PanelMember
from assessments.models.objection import RULINGS
from assessments.objecting import LIMIT, Lowered
from assessments.policies import obstacle
from assessments.refusal import Refused, Stale
from assessments.workflow import look

from ...access import actor, find, may
from ...extensions import db
from ...forms import Form, plain_version
from ...once import new_key, once
from . import blueprint
from .ways import address, tabs, written_value

ADDRESS = "/asesmen/<string:period>/<string:subject>/tanggapan"


class RulingForm(Form):
    reason = TextAreaField("Alasan putusan")


@dataclass(frozen=True)
class Case:
    """One objection as this member sees it: may he rule, and if not, who may."""

    row: Lowered
    mine: bool
    rulers: str
    file_url: str


@blueprint.get(ADDRESS)
def objections(period: str, subject: str):
    return _page(find(Assessment, to="see_room", period=period, subject=subject))


@blueprint.post(f"{ADDRESS}/<string:item>")
def rule_objection(period: str, subject: str, item: str):
    """An empty value leaves it as it is; another one of the scale changes it."""
    assessment = find(Assessment, to="rule_objection", period=period, subject=subject)
    if item not in {each.code for each in assessment.period.instrument.items}:
        abort(404)
    answer = once()
    form = RulingForm()
    wanted, wrong = assessment.period.instrument.item(item), ""
    try:
        try:
            value = written_value(wanted, request.form.get("value"))
        except Refused as refused:
            wrong, value = refused.sentences[0], None
        said = objecting.rule(
            assessment, item, actor(), value, form.reason.data or "", plain_version(request.form.get("version"))
        )
        if wrong:
            raise Refused(wrong, field="value")
    except Stale:
        raise
    except Refused as refused:
        if refused.field is None:
            raise
        form.also_refused(refused)
        db.session.rollback()
        again = find(Assessment, to="see_room", period=period, subject=subject)
        return _page(again, item, form, wrong or (refused.sentences[0] if refused.field == "value" else "")), 422
    noticing.tell(
        db.session, [said.by_id], "other", f"Tanggapan indikator {wanted.number} sudah diputus tim asesor. {assessment.period.title}.",
        url_for("agency.objections", period=period), f"ruling:{assessment.id}:{item}",
    )
    flash(f"Tanggapan indikator {wanted.number}: {RULINGS[said.ruling].lower()}.")
    return answer(address("objections", assessment, _anchor=f"butir-{item}"))


def _page(assessment: Assessment, item: str = "", form: RulingForm | None = None, wrong: str = "") -> str:
    _with_people(assessment)
    rows = objecting.lowered(db.session, assessment) if window_has_opened(assessment) else []
    judged = objecting.who_judged(db.session, assessment) if rows else {}
    objected = [row for row in rows if row.said is not None and row.said.answer == "objected"]
    rules = may("rule_objection", assessment)
    tallies = may("see_agreement", assessment)
    return render_template(
        "assessor/objections.html",
        assessment=assessment,
        period=assessment.period,
        state=look(assessment),
        tabs=tabs(assessment, "objections"),
        cases=[_case(assessment, row, judged.get(row.item.code, set()), rules) for row in objected],
        counts=objecting.counts(rows),
        total=len(rows),
        stage=assessment.period.stage(STAGE),
        closes_at=assessment.period.closes_at(STAGE, assessment),
        why=window_is_over(actor(), assessment) or (obstacle(actor(), "rule_objection", assessment) if objected else None),
        tallies=[
            ("Menurut aspek", objecting.tally_by_aspect(rows)),
            ("Menurut penilai", objecting.tally_by_assessor(db.session, assessment, rows)),
        ] if tallies and rows else [],
        failed=item,
        form=form,
        wrong=wrong,
        empty_form=RulingForm(formdata=None),
        typed=request.form.get("value", "") if form is not None else "",
        limit=LIMIT,
        key=new_key,
        looks=RULINGS,
        save_url=lambda row: address("rule_objection", assessment, item=row.item.code),
        claim_url=lambda row: address("claim", assessment, item=row.item.code),
    )


def _with_people(assessment: Assessment) -> None:
    """The panel and the decisions with their people, two statements."""
    panel = db.session.scalars(
        select(PanelMember).where(PanelMember.assessment_id == assessment.id).options(joinedload(PanelMember.person))
    ).all()
    decisions = db.session.scalars(
        select(Decision).where(Decision.assessment_id == assessment.id).options(joinedload(Decision.by))
    ).all()
    set_committed_value(assessment, "panel", list(panel))
    set_committed_value(assessment, "decisions", list(decisions))


def _case(assessment: Assessment, row: Lowered, judged: set[int], rules: bool) -> Case:
    others = objecting.who_rules(assessment, judged)
    names = ", ".join(sorted(member.person.name for member in others))
    version = row.said.document_version
    url = url_for("agency.download", document=version.document_id, n=version.n) if version is not None else ""
    mine = rules and is_open(row.said) and any(member.person_id == actor().person_id for member in others)
    return Case(row, mine, f"Yang memutus: {names}." if names else objecting.NOBODY_LEFT, url)
