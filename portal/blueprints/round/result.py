"""What the team sees of the evaluation from outside: where it stands, its result versions, the official one, publishing."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from flask import flash, render_template, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from wtforms import BooleanField, FileField, StringField, TextAreaField
from wtforms.validators import InputRequired

from assessments import results
from assessments.clock import now
from assessments.exchange.levels import read_levels
from assessments.following_up import unfit_to_release
from assessments.models import Assessment, Decision, PanelMember, Result
from assessments.models.judgement import JUDGED_STAGES, PANEL_ROLES
from assessments.models.period import PeriodStage
from assessments.panel_questions import is_external
from assessments.refusal import Refused
from assessments.workflow import look, open_transitions

from ...access import actor, find, for_panels, may
from ...extensions import db
from ...forms import Form
from ...once import new_key, once
from . import blueprint
from .places import address, tabs

SHOWN = 20


class OfficialForm(Form):
    basis = StringField("Sumber dan nomor keputusan", validators=[InputRequired("Tulis sumber dan nomor keputusan.")])
    column = StringField("Nama kolom nilai", default="level")
    file = FileField("Berkas nilai, CSV atau XLSX")
    reason = TextAreaField("Alasan perubahan")


class PublishForm(Form):
    sure = BooleanField(
        "Saya sudah memeriksa hasil ini dan siap menerbitkannya.",
        validators=[InputRequired("Centang bahwa Anda sudah memeriksa hasil ini.")],
    )


@dataclass(frozen=True)
class Stage:
    """One stage of the panel. How its items were decided is said once it was closed, never while it runs."""

    row: PeriodStage
    decided: Counter
    total: int

    @property
    def closed(self) -> bool:
        return sum(self.decided.values()) == self.total


@blueprint.get("/pengelolaan/<string:period>/<string:subject>/hasil")
@for_panels
def result(period: str, subject: str):
    return _page(find(Assessment, period=period, subject=subject))


def _stages(assessment: Assessment) -> list[Stage]:
    counted: dict[str, Counter] = {stage: Counter() for stage in JUDGED_STAGES}
    rows = db.session.execute(
        select(Decision.stage, Decision.origin, func.count())
        .where(Decision.assessment_id == assessment.id)
        .group_by(Decision.stage, Decision.origin)
    )
    for stage, origin, count in rows:
        counted[stage][origin] = count
    total = len(assessment.period.instrument.items)
    return [
        Stage(row, counted[row.stage], total) for row in assessment.period.stages if row.stage in JUDGED_STAGES
    ]


def _page(assessment: Assessment, official: OfficialForm | None = None, publishing: PublishForm | None = None):
    versions = db.session.scalars(
        select(Result)
        .where(Result.assessment_id == assessment.id)
        .order_by(Result.source, Result.n.desc())
        .options(joinedload(Result.proposed_by), joinedload(Result.confirmed_by))
    ).all()
    readable = [each for each in versions if may("read", each)]
    panel = db.session.scalars(
        select(PanelMember).where(PanelMember.assessment_id == assessment.id).options(joinedload(PanelMember.person))
    ).all()
    publish = next((step for step in open_transitions(assessment, actor()) if step.name == "publish"), None)
    enters = may("enter_official", assessment)
    wrong = official or publishing
    page = render_template(
        "round/result.html",
        assessment=assessment,
        period=assessment.period,
        state=look(assessment),
        from_outside=is_external(actor(), assessment),
        tabs=tabs(assessment, "result"),
        stages=_stages(assessment),
        panel=sorted(panel, key=lambda member: (list(PANEL_ROLES).index(member.role), member.person.name)),
        roles=PANEL_ROLES,
        versions=[(each, Fraction(each.index_exact)) for each in readable],
        corrects=any(each.source == "official" for each in readable),
        official=(official or OfficialForm(formdata=None)) if enters else None,
        publish=publish,
        missing=unfit_to_release(assessment) if publish else [],
        held_until=_held_until(readable),
        publishing=(publishing or PublishForm(formdata=None)) if publish else None,
        form=wrong,
        key=new_key,
        links={name: address(name, assessment) for name in ("enter_official", "publish")},
        team_url=may("seat_panel", assessment)
        and url_for("assessor.team", period=assessment.period.slug, subject=assessment.subject.organization.slug),
        result_url=url_for(
            "leadership.result", period=assessment.period.slug, subject=assessment.subject.organization.slug
        ),
    )
    return page, 422 if wrong else 200


def _held_until(readable: list[Result]) -> datetime | None:
    """The end of an embargo that still keeps a final result from being published."""
    newest = next((each for each in readable if each.source == "portal"), None)
    until = newest.embargo_until if newest is not None else None
    return until if until is not None and until > now() else None


@blueprint.post("/pengelolaan/<string:period>/<string:subject>/hasil/resmi")
def enter_official(period: str, subject: str):
    """The levels another body published, from a file, with their source; the same again corrects them with a reason."""
    assessment = find(Assessment, to="enter_official", period=period, subject=subject)
    form, file = OfficialForm(), request.files.get("file")
    form.validate()
    values: dict = {}
    if file is None or not file.filename:
        form.file.errors = ["Pilih berkas CSV atau XLSX."]
    else:
        column = " ".join((form.column.data or "level").split()) or "level"
        values, complaints = read_levels(file.read(), assessment.period.instrument, file.filename, column[:80])
        if complaints:
            form.file.errors = _some(complaints)
    if form.errors:
        db.session.rollback()
        return _page(find(Assessment, period=period, subject=subject), official=form)
    answer = once()
    try:
        entered = results.enter_official(assessment, values, form.basis.data or "", actor(), form.reason.data or "")
    except Refused as refusal:
        if refusal.field is None:
            raise
        db.session.rollback()
        form.refused(refusal)
        return _page(find(Assessment, period=period, subject=subject), official=form)
    flash(f"Hasil resmi versi {entered.n} tersimpan: indeks {entered.index_shown.replace('.', ',')}, {entered.predicate}.")
    return answer(address("result", assessment))


def _some(complaints: list[str]) -> list[str]:
    """The first complaints, and how many more there are."""
    more = len(complaints) - SHOWN
    return complaints[:SHOWN] + ([f"Dan {more} baris lain yang salah."] if more > 0 else [])


@blueprint.post("/pengelolaan/<string:period>/<string:subject>/hasil/terbit")
@for_panels
def publish(period: str, subject: str):
    assessment = find(Assessment, to="publish", period=period, subject=subject)
    form = PublishForm()
    if not form.validate():
        db.session.rollback()
        return _page(find(Assessment, period=period, subject=subject), publishing=form)
    answer = once()
    results.publish(assessment, actor())
    flash("Hasil diterbitkan. OPD dapat membacanya, dan rekomendasinya sampai kepada pelaksananya.")
    return answer(address("result", assessment))
