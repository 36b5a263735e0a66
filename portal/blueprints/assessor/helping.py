"""What helps an assessor to write: notes put together from the evidence, and own sentences to use again.

A button changes the texts that came along, and then they are stored like any others; nothing typed is replaced.
"""

from collections.abc import Mapping

from flask import abort

from assessments import judging, phrasing
from assessments.composing.notes import compose_note
from assessments.composing.texts import under
from assessments.models import Claim
from assessments.models.desk import PHRASE_FIELDS
from assessments.models.judgement import EVIDENCE_REASONS
from assessments.refusal import Refused

from ...access import actor
from ...extensions import db
from ...forms import plain_id
from .evidence import Proof
from .forms import JudgementForm, VerdictForm
from .typed import Typed
from .ways import written_value

COMPOSE, INSERT, DROP, ADD = "susun", "sisip-", "hapus-", "tambah-"
TEXTS = ("facts", "analysis", "justification")


def helps(then: str) -> bool:
    """Whether the button that was pressed is one of these."""
    return then == COMPOSE or then.startswith((INSERT, DROP, ADD))


def help_with(
    then: str, claim: Claim, form: JudgementForm, typed: Typed, proofs: list[Proof], words: Mapping[int, VerdictForm]
) -> tuple[str, str]:
    """(sentence to say, id of the place to return to). Refused names the field it is about."""
    if then == COMPOSE:
        _compose(claim, form, typed, proofs, words)
        return "Susunan dari bukti ditambahkan di bawah tulisan Anda. Baca dan sempurnakan.", "facts"
    if then.startswith(ADD):
        field = then.removeprefix(ADD)
        phrasing.keep_phrase(db.session, actor(), field, typed.phrases.get(field, ""))
        return "Kalimat disimpan pada daftar Anda.", f"kalimat-{field}"
    id = plain_id(then.partition("-")[2])
    phrase = phrasing.own_phrase(db.session, actor(), id) if id else None
    if phrase is None:
        abort(404)
    if then.startswith(DROP):
        phrasing.drop_phrase(db.session, phrase)
        return "Kalimat dihapus dari daftar Anda.", f"kalimat-{phrase.field}"
    if phrase.field in TEXTS:
        field = form[phrase.field]
        field.data = f"{field.data.rstrip()} {phrase.text}".strip() if field.data else phrase.text
    return f"Kalimat ditambahkan pada {PHRASE_FIELDS[phrase.field]}.", phrase.field


def _compose(claim: Claim, form: JudgementForm, typed: Typed, proofs: list[Proof], words: Mapping[int, VerdictForm]) -> None:
    item = claim.assessment.period.instrument.item(claim.item)
    refusals = {
        id: EVIDENCE_REASONS.get(word.reason_kind.data or "", "tanpa alasan")
        for id, word in words.items()
        if word.verdict.data == "refused"
    }
    try:
        value = written_value(item, form.value.data)
    except Refused:
        value = None  # said at its own field when the text is stored
    marks = {level: mark for level, mark in (typed.criteria or {}).items() if mark in ("met", "doubtful", "unmet")}
    stage = judging.judged_stage(claim.assessment)
    note = compose_note(claim, stage, [proof.citation for proof in proofs], refusals, value, marks, typed.notes)
    for name in TEXTS:
        form[name].data = under((form[name].data or "").strip(), getattr(note, name))
