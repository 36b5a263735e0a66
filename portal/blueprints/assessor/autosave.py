"""Saving of a judgement without a button. Answers are JSON: what happened, never where to go; a draft is its author's own."""

from fractions import Fraction

from flask import jsonify, request

from assessments import judging
from assessments.clock import now
from assessments.instruments import Item
from assessments.models import Claim, Judgement
from assessments.refusal import Refused, Stale

from ...access import actor
from ...errors import problem
from ...extensions import db
from ...formatting import clock
from . import blueprint
from .desk import ADDRESS, keep_draft, keep_seen, to_judge
from .desk_page import PARTS, shown_value
from .evidence import Proof, proofs_of
from .forms import JudgementForm
from .typed import CRITERIA, typed


@blueprint.post(f"{ADDRESS}/simpan-otomatis")
def save_by_itself(period: str, subject: str, item: str):
    """200 {saved_at, version}; 409 with what is stored; 409 or 422 with the sentences. Fields are those of the form."""
    claim = to_judge(period, subject, item)
    wanted, stage = claim.assessment.period.instrument.item(claim.item), judging.judged_stage(claim.assessment)
    if request.form.get("seen", stage) != stage:
        raise Refused("Tahap yang Anda buka sudah ditutup. Salin tulisan Anda, lalu muat ulang halaman.")
    said, proofs = typed(wanted), proofs_of(claim, wanted, stage, actor().person_id, told=False)
    try:
        kept = keep_draft(claim, wanted, JudgementForm(), said)
        keep_seen(claim, proofs, said)
    except Stale:
        return _both(claim, wanted, proofs)
    except Refused as refusal:
        if refusal.field is None:
            raise
        return _refused(refusal)
    db.session.flush()
    zone = claim.assessment.period.zone
    answer = {
        "saved_at": clock(kept.saved_at if kept else now(), zone),
        "version": kept.version if kept else 0,
    }
    db.session.commit()
    return jsonify(answer)


def _both(claim: Claim, item: Item, proofs: list[Proof]):
    """What is stored now, name by name as the form has them, so that the page shows it beside what was typed there."""
    own = judging.own_judgement(claim, actor().person_id)
    answer = {
        "status": 409,
        "detail": "Penilaian ini berubah sesudah Anda membukanya.",
        "theirs": _stored(own, item) | {"viewed": " ".join(str(proof.citation.id) for proof in proofs if proof.seen)},
        "version": own.version if own else 0,
        "who": "Anda di jendela lain",
        "at": clock(own.saved_at, claim.assessment.period.zone) if own else "",
    }
    db.session.rollback()
    return jsonify(answer), 409


def _stored(own: Judgement | None, item: Item) -> dict[str, str]:
    texts = {name: getattr(own, name, "") or "" for name in PARTS if name != "value"}
    value: Fraction | None = own.value if own else None
    marks = {mark.level: mark.mark for mark in own.criteria} if own else {}
    return (
        {"value": shown_value(item, value), "flagged": "1" if own and own.flagged else ""}
        | texts
        | {f"{CRITERIA}{level.value}": marks.get(level.value, "") for level in item.scale.levels}
    )


def _refused(refusal: Refused):
    response = problem(422, refusal.sentences)
    if response.is_json:
        response.set_data(jsonify(status=422, sentences=refusal.sentences, fields=[refusal.field]).get_data())
    return response
