"""The panel's work: each assessor's judgement of an item, verdicts on evidence, and how a stage ends.

Stages and what they leave: PermenPANRB 59/2020 hlm. 29 and 86-87, Pedoman 3/2024 hlm. 213-223. Values of a stage are
decisions; a later stage never writes over them.
"""

from collections.abc import Mapping
from fractions import Fraction

from sqlalchemy import exists, select
from sqlalchemy.orm import object_session

from .actors import Actor
from .allowing import allow
from .blindness import both_sent, read_blind, seats_that_judge
from .carrying_values import carried_texts
from .clock import now
from .consolidation_questions import moved_values
from .harmonizing import ALIKE, alike_readings, demand_both
from .marking import marks_of, readable_marks, set_marks
from .meeting_questions import clarified_items, demand_clarified
from .models import Assessment, Citation, CitationVerdict, Claim, Decision, Judgement, Seat
from .models.assessment import TEXT_LIMIT
from .models.judgement import EVIDENCE_REASONS, JUDGED_STAGES
from .panel_questions import judged_stage
from .refusal import Refused, Stale
from .texts import clean
from .workflow import advance, judgement_gaps

VERDICTS = {"accepted": "Diterima", "doubtful": "Meragukan", "refused": "Tidak diterima"}


# ---------------------------------------------------------------- one judgement


def own_judgement(claim: Claim, person_id: int | None, stage: str | None = None) -> Judgement | None:
    """This person's judgement of an item at a stage (default: the running one)."""
    stage = stage or judged_stage(claim.assessment)
    return next(
        (
            judgement
            for judgement in claim.assessment.judgements
            if (judgement.item, judgement.stage, judgement.person_id) == (claim.item, stage, person_id)
        ),
        None,
    )


def write_judgement(
    claim: Claim,
    by: Actor,
    value: Fraction | None,
    facts: str,
    analysis: str,
    justification: str,
    team_note: str,
    seen_version: int,
    raw: Fraction | None = None,
    flagged: bool | None = None,
    criteria: Mapping[int, str] | None = None,
) -> Judgement:
    """Keep a draft. `seen_version` is 0 where there was none; a sent judgement must be recalled first.

    `criteria` are the marks on levels {level: mark}, as a whole; these and `flagged` stay as they are where None is given.
    The first judgement of an item nobody was given takes its seat, the first of all begins the document stage.
    """
    facts = clean(facts, TEXT_LIMIT, "Fakta", "facts")
    analysis = clean(analysis, TEXT_LIMIT, "Analisis", "analysis")
    justification = clean(justification, TEXT_LIMIT, "Justifikasi", "justification")
    team_note = clean(team_note, TEXT_LIMIT, "Catatan tim", "team_note")
    allow(by, "judge", claim)
    assessment, stage = claim.assessment, judged_stage(claim.assessment)
    scale = assessment.period.instrument.item(claim.item).scale
    if value is not None and not scale.holds(value):
        raise Refused(f"Nilai harus {scale.allowed}.", field="value")
    session = object_session(claim)
    judgement = own_judgement(claim, by.person_id)
    marked = marks_of(judgement)
    marks = marked if criteria is None else readable_marks(scale, criteria)
    if flagged is None:
        flagged = judgement is not None and judgement.flagged
    new = (value, raw, facts, analysis, justification, team_note, flagged)
    if judgement is not None:
        old = tuple(getattr(judgement, name) for name in WRITTEN)
        if old == new and marks == marked:
            return judgement
        if judgement.state == "sent":
            raise Refused("Penilaian ini sudah dikirim. Tarik kembali dulu bila ingin mengubahnya.")
    if seen_version != (judgement.version if judgement else 0):
        raise Stale(
            "Penilaian ini berubah sesudah Anda membukanya, mungkin di jendela lain. Bandingkan, lalu simpan lagi.",
            theirs={name: "" if getattr(judgement, name, None) is None else str(getattr(judgement, name)) for name in WRITTEN}
            | {f"criteria-{level}": mark for level, mark in marked.items()},
        )
    if assessment.state == "sent":
        advance(assessment, "begin_document", by, because=True)
    if judgement is None:
        if not any(seat.item == claim.item for seat in seats_that_judge(assessment, stage)):
            session.add(Seat(assessment=assessment, item=claim.item, seat=1, person_id=by.person_id))
        judgement = Judgement(
            assessment=assessment, item=claim.item, stage=stage, person_id=by.person_id, state="draft",
            claim_revision_n=claim.revision_n, saved_at=now(),
        )
        session.add(judgement)
    for name, written in zip(WRITTEN, new, strict=True):
        setattr(judgement, name, written)
    if marks != marked:
        set_marks(judgement, marks)
    judgement.claim_revision_n, judgement.saved_at = claim.revision_n, now()
    return judgement


WRITTEN = ("value", "raw", "facts", "analysis", "justification", "team_note", "flagged")


def send_judgement(claim: Claim, by: Actor) -> Judgement:
    """Put the own draft before the panel; a reason is required where the value differs from the claim."""
    allow(by, "judge", claim)
    judgement = own_judgement(claim, by.person_id)
    if judgement is None:
        raise Refused("Nilai belum dipilih.", field="value")
    if judgement.state == "sent":
        return judgement
    for field, sentence in judgement_gaps(judgement, claim.value):
        raise Refused(sentence, field=field)
    if read_blind(claim.assessment, judgement.stage):
        _hold_seats(claim)
    judgement.sent_at = now()
    advance(judgement, "send", by, because=True)
    return judgement


def recall_judgement(claim: Claim, by: Actor) -> Judgement:
    """Take it back as a draft while the stage runs, nothing was decided and a closed partner has not sent."""
    allow(by, "judge", claim)
    judgement = own_judgement(claim, by.person_id)
    if judgement is None or judgement.state != "sent":
        raise Refused("Belum ada penilaian yang dikirim untuk indikator ini.")
    if read_blind(claim.assessment, judgement.stage) and _partner_sent(claim, judgement):
        raise Refused("Penilai lain juga sudah mengirim, jadi penilaian ini tidak dapat ditarik kembali.")
    advance(judgement, "recall", by, because=True)
    judgement.sent_at = None
    return judgement


def _partner_sent(claim: Claim, judgement: Judgement) -> bool:
    """Asked while the item's seats are held fast: who sends and who recalls at the same moment wait for one another."""
    _hold_seats(claim)
    return both_sent(object_session(claim), claim.assessment, judgement.item) or _was_opened(claim, judgement)


def _was_opened(claim: Claim, judgement: Judgement) -> bool:
    """Whether somebody who is out by now had sent too, while this one stood: what was read then is not unread."""
    gone = [
        member.person_id for member in claim.assessment.panel
        if member.at_home or (member.conflict == "declared" and member.declared_at >= judgement.sent_at)
    ]
    theirs = exists().where(
        Judgement.assessment_id == claim.assessment_id, Judgement.item == judgement.item,
        Judgement.stage == judgement.stage, Judgement.state == "sent", Judgement.person_id.in_(gone),
    )
    return bool(gone) and object_session(claim).scalar(select(theirs))


def _hold_seats(claim: Claim) -> None:
    object_session(claim).execute(
        select(Seat.seat).where(Seat.assessment_id == claim.assessment_id, Seat.item == claim.item).with_for_update()
    )


def own_verdicts(claim: Claim, person_id: int | None, stage: str) -> dict[int, CitationVerdict]:
    """{citation id: this person's word on it} for one claim at one stage."""
    rows = object_session(claim).scalars(
        select(CitationVerdict)
        .join(CitationVerdict.citation)
        .where(Citation.claim_id == claim.id, CitationVerdict.person_id == person_id, CitationVerdict.stage == stage)
    )
    return {verdict.citation_id: verdict for verdict in rows}


def judge_citation(
    claim: Claim,
    citation: Citation,
    by: Actor,
    verdict: str,
    reason_kind: str | None = None,
    note: str = "",
    own: dict[int, CitationVerdict] | None = None,
) -> CitationVerdict:
    """The assessor's word on one cited version; anything but accepted names its reason.

    `own` are the words of this person that are known already, where several citations are judged at once.
    """
    allow(by, "judge", claim)
    if citation.claim_id != claim.id:
        raise Refused("Bukti ini tidak dirujuk oleh klaim ini.")
    if verdict not in VERDICTS:
        raise Refused("Pilih penilaian bukti.", field="verdict")
    if verdict == "accepted":
        reason_kind = None
    elif reason_kind not in EVIDENCE_REASONS:
        raise Refused("Pilih alasannya.", field="reason_kind")
    note = clean(note, 1000, "Catatan bukti", "note")
    session, stage = object_session(claim), judged_stage(claim.assessment)
    given = (own_verdicts(claim, by.person_id, stage) if own is None else own).get(citation.id)
    if given is None:
        given = CitationVerdict(citation=citation, stage=stage, person_id=by.person_id, at=now())
        session.add(given)
    elif (given.verdict, given.reason_kind, given.note) == (verdict, reason_kind, note):
        return given
    given.verdict, given.reason_kind, given.note, given.at = verdict, reason_kind, note, now()
    return given


def changed_since(claim: Claim, judgement: Judgement | None) -> bool:
    """Whether the claim says something else than when it was judged."""
    return judgement is not None and judgement.claim_revision_n != claim.revision_n


# ---------------------------------------------------------------- the end of a stage


def decide(assessment: Assessment, item: str, by: Actor, value: Fraction, reason: str) -> Decision:
    """The lead settles one item of the running stage, with a reason; its judgement then stands as it is."""
    allow(by, "adjudicate", assessment)
    reason = clean(reason, TEXT_LIMIT, "Alasan", "reason", required=True)
    scale = assessment.period.instrument.item(item).scale
    if value is None or not scale.holds(value):
        raise Refused(f"Nilai harus {scale.allowed}.", field="value")
    stage = judged_stage(assessment)
    if any(d.item == item and d.stage == stage for d in assessment.decisions):
        raise Refused("Nilai indikator ini sudah diputuskan untuk tahap ini.")
    demand_clarified(assessment, item)
    if assessment.state == "sent":
        advance(assessment, "begin_document", by, because=True)
    closed = read_blind(assessment, stage)
    base = demand_both(assessment, item).nearest(value) if closed else _newest_sent(assessment, item, stage)
    decision = Decision(
        assessment=assessment, item=item, stage=stage, value=value, origin="adjudicated", reason=reason,
        judgement=base, by_id=by.person_id, at=now(),
    )
    object_session(assessment).add(decision)
    return decision


def close_stage(assessment: Assessment, by: Actor) -> None:
    """Write one decision for every item and go on to what the calendar has next.

    Judged items take the judgement's value. In Interviu and Visitasi an item nobody judged again keeps the value of
    the stage before (Pedoman 3/2024 hlm. 219, 222); in Penilaian Dokumen every item needs one. Where two read closed,
    equal values are nobody's decision but theirs together, and different ones hold the stage up.
    """
    allow(by, "adjudicate", assessment)
    if assessment.state == "sent":
        advance(assessment, "begin_document", by, because=True)
    stage, session = assessment.state, object_session(assessment)
    before = values_before(assessment, stage)
    carried = carried_texts(assessment, stage, before, clarified_items(session, assessment, stage)) if before else {}
    decided = {d.item for d in assessment.decisions if d.stage == stage}
    alike = alike_readings(assessment) if read_blind(assessment, stage) else {}
    for item in assessment.period.instrument.items:
        if item.code in decided:
            continue
        judgement = alike[item.code].first if alike else _newest_sent(assessment, item.code, stage)
        if judgement is not None:
            value, raw, origin = judgement.value, judgement.raw, "judged"
        elif item.code in before:
            value, raw, origin = before[item.code], None, "carried"
        else:
            continue
        session.add(
            Decision(
                assessment=assessment, item=item.code, stage=stage, value=value, raw=raw, origin=origin,
                judgement=judgement, by_id=None if origin == "carried" or alike else judgement.person_id, at=now(),
                reason=carried[item.code] if origin == "carried" else ALIKE if alike else "",
            )
        )
    advance(assessment, _next_step(assessment), by, because=True)


def _newest_sent(assessment: Assessment, item: str, stage: str) -> Judgement | None:
    """What counts for an item; of whoever declared a conflict since then, or came to work there, nothing does."""
    out = {member.person_id for member in assessment.panel if not member.active}
    found = [
        judgement
        for judgement in assessment.judgements
        if (judgement.item, judgement.stage, judgement.state) == (item, stage, "sent") and judgement.person_id not in out
    ]
    return max(found, key=lambda judgement: judgement.sent_at, default=None)


def _next_step(assessment: Assessment) -> str:
    return {"interview": "to_interview", "visit": "to_visit", None: "consolidate"}[stage_after(assessment)]


def stage_after(assessment: Assessment) -> str | None:
    """The stage the calendar has after the running one; None where consolidation follows."""
    later = JUDGED_STAGES[JUDGED_STAGES.index(judged_stage(assessment)) + 1 :]
    return next((stage for stage in later if assessment.period.stage(stage)), None)


def values_before(assessment: Assessment, stage: str) -> dict[str, Fraction]:
    """{item: value} of the newest stage that ended before this one; empty before the first."""
    earlier = JUDGED_STAGES[: JUDGED_STAGES.index(stage)]
    return _newest_values(assessment, earlier)


def decided_values(assessment: Assessment) -> dict[str, Fraction]:
    """{item: value} as the last stage left them, with what a ruling on an objection or an answer to Tim Reviu changed."""
    moved = {item: value for item, (value, _origin) in moved_values(assessment).items()}
    return _newest_values(assessment, JUDGED_STAGES) | moved


def _newest_values(assessment: Assessment, stages) -> dict[str, Fraction]:
    values: dict[str, Fraction] = {}
    for stage in stages:
        values |= {d.item: d.value for d in assessment.decisions if d.stage == stage}
    return values
