"""S59: what two closed readers gave for an item side by side, and the lead's decision where they differ or one asks for it.

`?rapat=1` is the meeting: one item after the other in large type.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from flask import abort, flash, render_template, request
from wtforms import RadioField, StringField, TextAreaField

from assessments import judging
from assessments.blindness import BLIND_STAGE, read_blind
from assessments.harmonizing import Readings, Word, readings, words_on_evidence
from assessments.instruments import Item
from assessments.judging import VERDICTS
from assessments.models import Assessment, Decision
from assessments.models.desk import CRITERION_MARKS
from assessments.panel_room import ORIGINS, claimed_now
from assessments.refusal import Refused
from assessments.workflow import look

from ...access import actor, find, may
from ...extensions import db
from ...forms import Form
from ...once import new_key, once
from . import blueprint
from .desk_page import shown_value
from .ways import address, tabs, written_value

REASON = "Alasan"


class LevelDecision(Form):
    value = RadioField("Nilai tahap", validate_choice=False)
    reason = TextAreaField(REASON)


class FigureDecision(Form):
    value = StringField("Nilai tahap")
    reason = TextAreaField(REASON)


@dataclass(frozen=True)
class Row:
    """One item whose readings differ or carry a flag; `form` is the lead's where it is still to be decided."""

    item: Item
    claimed: Fraction | None
    both: Readings
    words: list[Word]
    decided: Decision | None
    form: Form | None

    @property
    def settled_by(self) -> str:
        return ORIGINS[self.decided.origin] if self.decided else ""

    @property
    def waits(self) -> bool:
        return self.decided is None and not self.both.alike


@blueprint.get("/asesmen/<string:period>/<string:subject>/harmonisasi")
def harmony(period: str, subject: str):
    return _page(blind_only(find(Assessment, to="see_room", period=period, subject=subject)))


@blueprint.post("/asesmen/<string:period>/<string:subject>/harmonisasi/<string:item>")
def harmonize(period: str, subject: str, item: str):
    """The lead decides one item with a reason; the meeting goes on to the next difference."""
    assessment = blind_only(find(Assessment, to="adjudicate", period=period, subject=subject))
    wanted = next((one for one in assessment.period.instrument.items if one.code == item), None)
    if wanted is None:
        abort(404)
    answer = once()
    if request.form.get("stage") != judging.judged_stage(assessment):
        raise Refused("Tahap ini sudah ditutup. Muat ulang halaman harmonisasi.")
    form = _form(wanted)
    try:
        value = _read(wanted, form.value.data)
        faults = [] if (form.reason.data or "").strip() else ["Alasan harus diisi."]
        if value is None or faults:
            form.reason.errors = faults
            raise Refused("Pilih nilai tahap." if value is None else faults[0], field="value" if value is None else "reason")
        judging.decide(assessment, item, actor(), value, form.reason.data or "")
    except Refused as refused:
        if refused.field is None:
            raise
        db.session.rollback()
        if not (refused.field == "reason" and form.reason.errors):
            form.refused(refused)
        again = find(Assessment, to="adjudicate", period=period, subject=subject)
        return _page(again, item, form), 422
    flash(f"Indikator {wanted.number}: nilai tahap diputuskan.")
    return answer(_onward(assessment))


def _onward(assessment: Assessment) -> str:
    meeting = {"rapat": "1"} if request.form.get("rapat") else {}
    return address("harmony", assessment, **meeting)


def blind_only(assessment: Assessment) -> Assessment:
    """A round in which one assessor reads has no such page."""
    if not assessment.period.second_reader:
        abort(404)
    return assessment


def _form(item: Item, **more) -> Form:
    if item.scale.decimals:
        return FigureDecision(prefix=f"{item.code}-", **more)
    form = LevelDecision(prefix=f"{item.code}-", **more)
    form.value.choices = [(str(level.value), f"{level.value} {level.name}") for level in item.scale.levels]
    return form


def _read(item: Item, typed: str | None) -> Fraction | None:
    try:
        return written_value(item, typed)
    except Refused as refused:
        raise Refused(*refused.sentences, field="value") from None


def _page(assessment: Assessment, wrong: str = "", typed: Form | None = None):
    found = {item: both for (_id, item), both in readings(db.session, assessment, words=True).items()}
    decided = {decision.item: decision for decision in assessment.decisions if decision.stage == BLIND_STAGE}
    items = assessment.period.instrument.items
    chosen = [item for item in items if item.code in found and (found[item.code].flagged or not found[item.code].alike)]
    meeting = bool(request.values.get("rapat"))
    decides = read_blind(assessment, judging.judged_stage(assessment)) and may("adjudicate", assessment)
    waiting = [item for item in chosen if item.code not in decided and not found[item.code].alike]
    shown: Sequence[Item] = chosen
    here = None
    if meeting and chosen:
        here = _present(chosen, waiting, wrong or request.args.get("butir", ""))
        shown = [here]
    claimed = claimed_now(db.session, assessment)
    words = words_on_evidence(db.session, assessment, [found[item.code] for item in shown])
    rows = [
        Row(
            item, claimed.get(item.code), found[item.code], words.get(item.code, []), decided.get(item.code),
            (typed if item.code == wrong else _form(item, formdata=None)) if decides and item.code not in decided else None,
        )
        for item in shown
    ]
    return render_template(
        "assessor/harmony.html",
        assessment=assessment,
        period=assessment.period,
        state=look(assessment),
        tabs=tabs(assessment, "harmony"),
        rows=rows,
        chosen=chosen,
        counts=_counts(items, found, decided, waiting),
        waiting=waiting,
        meeting=meeting,
        here=here,
        neighbours=_neighbours(assessment, chosen, here),
        form=typed,
        stage=BLIND_STAGE,
        verdicts=VERDICTS,
        marks=CRITERION_MARKS,
        shown_value=shown_value,
        claim_url=lambda each: address("claim", assessment, item=each.code),
        decide_url=lambda each: address("harmonize", assessment, item=each.code),
        key=new_key,
        links={name: address(name, assessment) for name in ("harmony", "room", "agreed")}
        | {"meeting": address("harmony", assessment, rapat=1)},
    )


def _present(chosen: Sequence[Item], waiting: Sequence[Item], code: str) -> Item:
    """The item asked for, else the first that waits, else the first."""
    return next((item for item in chosen if item.code == code), (waiting or chosen)[0])


def _neighbours(assessment: Assessment, chosen: Sequence[Item], here: Item | None):
    """(label, address) of the items before and after in the meeting."""
    if here is None:
        return (None, None)
    at = chosen.index(here)
    return tuple(
        (chosen[place].number, address("harmony", assessment, rapat=1, butir=chosen[place].code))
        if 0 <= place < len(chosen)
        else None
        for place in (at - 1, at + 1)
    )


def _counts(items: Sequence[Item], found: dict[str, Readings], decided: dict[str, Decision], waiting: Sequence[Item]) -> dict[str, int]:
    return {
        "waiting": len(waiting),
        "decided": sum(decision.origin == "adjudicated" for decision in decided.values()),
        "alike": sum(both.alike for both in found.values()),
        "flagged": sum(both.flagged for both in found.values()),
        "closed": len(items) - len(found.keys() | decided.keys()),
    }
