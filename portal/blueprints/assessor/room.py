"""S52: everything the panel has on one assessment, the lead's decisions, and the end of a stage."""

from flask import abort, flash, render_template, request
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import InputRequired

from assessments import judging
from assessments.instruments import Item
from assessments.models import Assessment
from assessments.models.judgement import JUDGED_STAGES
from assessments.models.period import STAGES
from assessments.panel_questions import judges_here
from assessments.panel_room import Row
from assessments.panel_room import room as room_of
from assessments.refusal import Refused
from assessments.workflow import look

from ...access import actor, find, may
from ...extensions import db
from ...forms import Form
from ...once import new_key, once
from . import blueprint
from .ways import address, by_aspect, tabs, written_value

FILTERS = {
    "": ("Semua", lambda row: True),
    "belum": ("Belum dinilai", lambda row: not row.judged and row.carried is None),
    "bawa": ("Terbawa dari tahap sebelumnya", lambda row: not row.judged and row.carried is not None),
    "beda": ("Berbeda dari klaim", lambda row: row.differs),
    "tanda": ("Ditandai untuk ketua", lambda row: bool(row.flagged)),
    "putus": ("Belum diputuskan", lambda row: row.decided is None),
}
ORDERS = {"": "Nomor indikator", "beda": "Selisih terbesar"}


class DecisionForm(Form):
    value = StringField("Nilai")
    reason = TextAreaField("Alasan")


class ClosingForm(Form):
    sure = BooleanField(
        "Nilai tahap ini sudah dibahas tim dan boleh dikunci.",
        validators=[InputRequired("Centang bahwa nilai tahap ini sudah dibahas tim dan boleh dikunci.")],
    )


@blueprint.get("/asesmen/<string:period>/<string:subject>")
def room(period: str, subject: str):
    return _page(find(Assessment, to="see_room", period=period, subject=subject))


@blueprint.post("/asesmen/<string:period>/<string:subject>/keputusan/<string:item>")
def decide(period: str, subject: str, item: str):
    """The lead settles one item of the running stage with a reason."""
    assessment = find(Assessment, to="adjudicate", period=period, subject=subject)
    each = _item(assessment, item)
    answer = once()
    _same_stage(assessment, request.form.get("stage", ""))
    form = DecisionForm()
    try:
        judging.decide(assessment, item, actor(), _value(each, form.value.data), form.reason.data or "")
    except Refused as refused:
        if refused.field is None:
            raise
        db.session.rollback()
        form.refused(refused)
        return _page(find(Assessment, to="adjudicate", period=period, subject=subject), item, form), 422
    flash(f"Indikator {each.number}: nilai tahap diputuskan.")
    return answer(address("room", assessment) + f"#butir-{item}")


@blueprint.post("/asesmen/<string:period>/<string:subject>/tutup-tahap")
def close_stage(period: str, subject: str):
    assessment = find(Assessment, to="adjudicate", period=period, subject=subject)
    form = ClosingForm()
    if not form.validate():
        db.session.rollback()
        return _page(find(Assessment, to="adjudicate", period=period, subject=subject), closing=form), 422
    answer = once()
    _same_stage(assessment, request.form.get("stage", ""))
    judging.close_stage(assessment, actor())
    flash(f"Tahap ditutup. Sekarang: {look(assessment).label}.")
    return answer(address("room", assessment))


def _same_stage(assessment: Assessment, seen: str) -> None:
    """What was meant for one stage never counts for the next."""
    if seen != judging.judged_stage(assessment):
        raise Refused("Tahap ini sudah ditutup. Muat ulang halaman ringkasan.")


def _value(item: Item, typed: str | None):
    try:
        return written_value(item, typed)
    except Refused as refused:
        raise Refused(*refused.sentences, field="value") from None


def _item(assessment: Assessment, code: str) -> Item:
    try:
        return assessment.period.instrument.item(code)
    except KeyError:
        abort(404)


def _page(assessment: Assessment, item: str = "", decision: DecisionForm | None = None, closing: ClosingForm | None = None):
    """The table; with the form of `item` open again where its decision was refused."""
    found = room_of(db.session, assessment, actor().person_id)
    wanted, order = request.args.get("saring", ""), request.args.get("urut", "")
    wanted, order = wanted if wanted in FILTERS else "", order if order in ORDERS else ""
    keep = FILTERS[wanted][1]
    shown = {row.item.code: row for row in found.rows if keep(row) or row.item.code == item}
    adjudicates = found.open and may("adjudicate", assessment)
    judges = judges_here(actor(), assessment)
    after = judging.stage_after(assessment) if found.open else None
    return render_template(
        "assessor/room.html",
        assessment=assessment,
        period=assessment.period,
        state=look(assessment),
        tabs=tabs(assessment, "room"),
        found=found,
        stage=STAGES[found.stage] if found.stage else "",
        after=STAGES[after] if after else "Konsolidasi nilai",
        groups=_groups(assessment, shown, order),
        counts={key: sum(map(keeps, found.rows)) for key, (_label, keeps) in FILTERS.items()},
        filters={key: label for key, (label, _keeps) in FILTERS.items() if key != "bawa" or found.stage != JUDGED_STAGES[0]},
        orders=ORDERS,
        wanted=wanted,
        order=order,
        band=found.score.predicate(assessment.period.predicate_rule) if found.score else None,
        desk=lambda each: address("desk" if judges else "claim", assessment, item=each.code),
        claim_url=lambda each: address("claim", assessment, item=each.code),
        adjudicates=adjudicates,
        problems=_problems(item, decision),
        wrong_item=item,
        typed=decision,
        form=(closing or ClosingForm(formdata=None)) if adjudicates else None,
        key=new_key,
        links={name: address(name, assessment) for name in ("room", "close_stage", "harmony")},
        decide_url=lambda each: address("decide", assessment, item=each.code),
    )


def _problems(item: str, decision: DecisionForm | None) -> list[tuple[str, str]]:
    """Sentences of a refused decision, each with the control of its row."""
    if decision is None:
        return []
    return [(sentence, f"{name}-{item}") for name in ("value", "reason") for sentence in decision[name].errors]


def _groups(assessment: Assessment, shown: dict[str, Row], order: str) -> list[tuple[str, str, list[Row]]]:
    """By aspect as the instrument has them, or one list with the widest difference first."""
    if order == "beda":
        rows = sorted(shown.values(), key=lambda row: -abs(row.difference or 0))
        return [("Menurut selisih terhadap klaim", "terbesar dulu", rows)] if rows else []
    groups = by_aspect(assessment.period.instrument, lambda item: shown.get(item.code))
    kept = [(title, note, [row for row in rows if row is not None]) for title, note, rows in groups]
    return [group for group in kept if group[2]]
