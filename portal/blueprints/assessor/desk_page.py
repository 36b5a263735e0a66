"""The page of the desk: the claim with its evidence on the left, the own judgement on the right."""

from dataclasses import dataclass
from fractions import Fraction

from flask import render_template, request

from assessments import external_values, history, judging, marking, phrasing, waiving
from assessments.blindness import both_sent, read_blind
from assessments.composing.notes import NoteSlot, note_slots
from assessments.instruments import Item, decimal_text
from assessments.meeting_questions import know_valued, to_be_valued
from assessments.models import Claim, Decision, Judgement
from assessments.models.assessment import TEXT_LIMIT
from assessments.models.desk import CRITERION_MARKS
from assessments.models.judgement import EVIDENCE_REASONS, JUDGED_STAGES
from assessments.models.period import STAGES
from assessments.panel_questions import seat_on_panel
from assessments.policies import obstacle
from assessments.refusal import Refused, Stale
from assessments.workflow import Look, look

from ...access import actor, may
from ...extensions import db
from .evidence import Proof, proofs_of
from .forms import JudgementForm, VerdictForm, verdict_prefix
from .hints import hints_for
from .typed import CRITERIA, NOTES, Typed, typed
from .viewer import shown_page
from .ways import address
from .work import only_own_judgements, own_work, stage_shown

PARTS = {
    "value": "Tingkat hasil",
    "facts": "Fakta",
    "analysis": "Analisis",
    "justification": "Justifikasi hasil",
    "team_note": "Catatan tim",
}
TONES = {"accepted": Look("Diterima", "ok", "check"), "doubtful": Look("Meragukan", "warn", "partial"),
         "refused": Look("Tidak diterima", "bad", "x")}


@dataclass(frozen=True)
class Judged:
    """One piece of evidence with the form for the word on it; a mistake in the form says where."""

    proof: Proof
    form: VerdictForm
    seen: bool

    @property
    def spoken(self) -> bool:
        """Whether the reason and the note stand open."""
        return bool(self.form.errors or self.form.reason_kind.data or self.form.note.data)

    @property
    def mistakes(self) -> list[tuple[str, str]]:
        """(sentence, id of the control)."""
        return [
            (f"Bukti {self.proof.code}: {sentence}", field.id + ("-0" if field.short_name == "verdict" else ""))
            for field in self.form
            for sentence in field.errors
        ]

    @property
    def look(self) -> Look | None:
        return TONES[self.proof.verdict.verdict] if self.proof.verdict else None

    @property
    def reason(self) -> str:
        verdict = self.proof.verdict
        return EVIDENCE_REASONS[verdict.reason_kind] if verdict and verdict.reason_kind else ""


def desk_page(
    claim: Claim,
    *,
    form: JudgementForm | None = None,
    words: dict[int, VerdictForm] | None = None,
    stale: Stale | None = None,
    unsaved: tuple[Refused, JudgementForm] | None = None,
    faults: dict[str, list[str]] | None = None,
) -> str:
    """`form` and `words` are what was typed and refused, `faults` what is wrong beside them by the name of its field;
    `unsaved` is what can no longer be stored, and why."""
    user, assessment = actor(), claim.assessment
    period, item = assessment.period, assessment.period.instrument.item(claim.item)
    only_own_judgements(assessment, user.person_id, item.code)
    stage = stage_shown(assessment)
    own = judging.own_judgement(claim, user.person_id, stage)
    valued = to_be_valued(db.session, [assessment]).get(assessment.id)
    know_valued(assessment, valued)
    why_locked, work = obstacle(user, "judge", claim), own_work(assessment, user.person_id, valued)
    sent = item.code in work.sent
    editable = why_locked is None and not sent
    said = typed(item) if request.method == "POST" else NOTHING
    proofs = proofs_of(claim, item, stage, user.person_id)
    evidence = [_judged(proof, words, said) for proof in proofs]
    closed = sent and read_blind(assessment, stage)
    both = closed and both_sent(db.session, assessment, item.code)
    refused = {proof.citation.id: proof.code for proof in proofs if proof.verdict and proof.verdict.verdict == "refused"}
    ladder = marking.borne(item, claim.value, claim.citations, refused.keys())
    last = history.last_word(db.session, assessment, item.code)
    codes = list(work.items)
    at = codes.index(item.code)
    return render_template(
        "assessor/desk.html",
        assessment=assessment,
        period=period,
        item=item,
        claim=claim,
        claimed=item.scale.level(claim.value) if claim.value is not None else None,
        own=own,
        state=look(own) if own else None,
        sent=sent,
        opened=both or not closed or item.code in work.decided,
        both_sent=both,
        editable=editable,
        why_locked=why_locked,
        undeclared=seat_on_panel(user, assessment).declared_at is None,
        seat=next((seat for seat in assessment.seats if seat.item == item.code and seat.seat == 1), None),
        mine=item.code in work.own,
        changed=judging.changed_since(claim, own),
        evidence=evidence,
        left=_left(claim),
        replaced=[judged for judged in evidence if judged.proof.newer],
        last=last,
        earlier=_earlier(claim, stage),
        ladder=ladder,
        borne=marking.said_of(ladder, list(refused.values())) if evidence else "",
        shown=shown_page(proofs),
        mark_words=CRITERION_MARKS,
        marks=marking.marks_of(own) | (said.criteria or {}),
        flagged=bool(own and own.flagged) if said.flagged is None else said.flagged,
        slots=_slots(note_slots(period.instrument, item, stage), said, faults or {}) if editable else (),
        phrases=phrasing.phrases_of(db.session, user.person_id) if editable else {},
        typed=said,
        faults=faults or {},
        outside=external_values.newest_value(assessment, item.code),
        hints=hints_for(item, stage),
        form=form,
        asked=form or _filled(own, item),
        version=own.version if own else 0,
        problems=[mistake for judged in evidence for mistake in judged.mistakes]
        + [(sentence, field) for field, sentences in (faults or {}).items() for sentence in sentences],
        conflict=_differences(stale, form, item) if stale else None,
        unsaved=_unsaved(*unsaved) if unsaved else None,
        work=work,
        stage=STAGES[stage],
        stage_code=stage,
        closes=period.closes_at(stage, assessment),
        zone=user.zone,
        limit=TEXT_LIMIT,
        following=_number(assessment, work.following(item.code)),
        around=tuple(_neighbour(assessment, codes, place) for place in (at - 1, at + 1)),
        to=lambda endpoint, **more: address(endpoint, assessment, item=item.code, **more),
        room_url=address("room", assessment),
        declare_url=address("declaration", assessment),
        question_url=address("clarifications", assessment, butir=item.code) if may("see_clarifications", assessment) else "",
    )


@dataclass(frozen=True)
class Earlier:
    """What an earlier stage left of the item (Pedoman 3/2024 hlm. 220, 222)."""

    stage: str
    value: Fraction
    note: str


def _earlier(claim: Claim, stage: str) -> list[Earlier]:
    """Of each stage that ended before this one; their decisions are the panel's to read."""
    before = JUDGED_STAGES[: JUDGED_STAGES.index(stage)]
    ended = {row.stage: row for row in claim.assessment.decisions if row.item == claim.item and row.stage in before}
    return [Earlier(STAGES[name], ended[name].value, _note(ended[name])) for name in before if name in ended]


def _note(decision: Decision) -> str:
    said = decision.judgement
    texts = [decision.reason] if said is None else [decision.reason, said.facts, said.analysis, said.justification]
    return "\n\n".join(text for text in texts if text)


def _left(claim: Claim) -> list[waiving.Left]:
    """What the agency whose answer was adopted left with a reason; nothing where the claim was written otherwise."""
    if claim.contribution_id is None:
        return []
    return waiving.left_with_reason(db.session, claim.contribution_id)


NOTHING = Typed(None, None, None, {}, {})


@dataclass(frozen=True)
class Asked:
    """A short answer with what was typed into it and what is wrong with that."""

    slot: NoteSlot
    text: str
    errors: list[str]

    @property
    def name(self) -> str:
        return NOTES + self.slot.code


def _slots(slots: tuple[NoteSlot, ...], said: Typed, faults: dict[str, list[str]]) -> list[Asked]:
    return [Asked(slot, said.notes.get(slot.code, ""), faults.get(NOTES + slot.code, [])) for slot in slots]


def _judged(proof: Proof, words: dict[int, VerdictForm] | None, said: Typed) -> Judged:
    seen = proof.seen if said.viewed is None else proof.citation.id in said.viewed
    if words and proof.citation.id in words:
        return Judged(proof, words[proof.citation.id], seen)
    said = proof.verdict
    stored = {"verdict": said.verdict, "reason_kind": said.reason_kind or "", "note": said.note} if said else {}
    return Judged(proof, VerdictForm(formdata=None, prefix=verdict_prefix(proof.citation), data=stored), seen)


def _filled(own: Judgement | None, item: Item) -> JudgementForm:
    stored = {name: getattr(own, name) for name in PARTS if name != "value"} if own else {}
    return JudgementForm(formdata=None, data=stored | {"value": shown_value(item, own.value if own else None)})


def shown_value(item: Item, value) -> str:
    """A value as its control holds it: "3", or "2,50" where decimals are allowed."""
    return "" if value is None else decimal_text(value, item.scale.decimals, ",")


def _differences(stale: Stale, form: JudgementForm, item: Item) -> dict:
    """Both texts beside each other, part by part."""
    rows = []
    for name, label in PARTS.items():
        theirs, mine = stale.theirs[name], _lines(form[name].data or "")
        if name == "value" and theirs:
            theirs = shown_value(item, Fraction(theirs))
        if theirs != mine:
            rows.append((label, theirs, mine))
    for level, mark in (typed(item).criteria or {}).items():
        theirs = stale.theirs.get(f"{CRITERIA}{level}", "")
        if theirs != mark:
            rows.append((f"Kriteria tingkat {level}", CRITERION_MARKS.get(theirs, ""), CRITERION_MARKS.get(mark, "")))
    return {"sentence": stale.sentences[0], "rows": rows}


def _unsaved(refused: Refused, form: JudgementForm) -> dict:
    typed = [(label, _lines(form[name].data or "")) for name, label in PARTS.items()]
    return {"sentences": refused.sentences, "rows": [(label, text) for label, text in typed if text]}


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _number(assessment, code: str | None) -> str:
    return assessment.period.instrument.item(code).number if code else ""


def _neighbour(assessment, codes: list[str], at: int):
    """(number, address) of the item at this place, for the pager."""
    if not 0 <= at < len(codes):
        return None
    return _number(assessment, codes[at]), address("desk", assessment, item=codes[at])
