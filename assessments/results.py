"""Settled values: the portal's own, which two people stand for, and an official one that another body published.

A result never changes. What has to be corrected becomes its next version with a reason, and the earlier one stays.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import joinedload, object_session
from sqlalchemy.orm.attributes import set_committed_value

from .actors import Actor
from .canonical import canonical, digest
from .clock import now
from .consolidation_questions import moved_values
from .following_up import release_of
from .judging import decided_values
from .models import Assessment, Decision, Objection, Proposal, Result, ResultValue, ReviewNote, Snapshot
from .panel_questions import NO_REHEARSAL, SETTLED, newest_result, no_open_proposal, open_proposal
from .policies import entitled, obstacle
from .refusal import Refused
from .scoring import Score, exact_text, score, shown
from .texts import clean, clean_line
from .workflow import Forbidden, advance, happened


def _allow(by: Actor, action: str, assessment: Assessment) -> None:
    if not entitled(by, action, assessment):
        raise Forbidden(action)
    sentence = obstacle(by, action, assessment)
    if sentence:
        raise Refused(sentence)


# ---------------------------------------------------------------- what is proposed


@dataclass(frozen=True)
class Final:
    """Final values as they are put forward: {item: value}, where each came from, and what they amount to."""

    values: dict[str, Fraction]
    origins: dict[str, str]
    score: Score
    content: bytes

    @property
    def sha256(self) -> str:
        return digest(self.content)


def final_of(assessment: Assessment, changes: dict[str, Fraction] | None = None) -> Final:
    """The values the decisions left; of a settled assessment those of its newest version, with `changes` on top."""
    settled = newest_result(assessment)
    if settled is not None:
        values = item_values(settled)
        origins = dict.fromkeys(values, "settled")
    else:
        values = decided_values(assessment)
        origins = {d.item: f"{d.stage}:{d.origin}" for d in sorted(assessment.decisions, key=lambda d: d.at)}
        origins |= {item: origin for item, (_value, origin) in moved_values(assessment).items()}
    for code, value in (changes or {}).items():
        values[code], origins[code] = Fraction(value), "corrected"
    found = score(assessment.period.instrument, values)
    return Final(values, origins, found, _frozen(assessment, values, origins, found))


def proposed(proposal: Proposal) -> Final:
    """What a proposal froze, read back from its snapshot."""
    content = json.loads(proposal.snapshot.content)
    values = {code: Fraction(value) for code, value in content["items"].items()}
    return Final(values, content["origins"], score(proposal.assessment.period.instrument, values), proposal.snapshot.content)


def _frozen(assessment: Assessment, values, origins, found: Score) -> bytes:
    period = assessment.period
    return canonical(
        {
            "kind": "result",
            "figure": period.figure_label or None,
            "period": period.slug,
            "subject": assessment.subject.name,
            "instrument": period.instrument_sha,
            "predicate_rule": period.predicate_rule,
            "version": _next_n(assessment, "portal"),
            "attempt": len([p for p in assessment.proposals if p.state == "rejected"]) + 1,
            "index": exact_text(found.index),
            "predicate": found.predicate(period.predicate_rule).name,
            "nodes": {code: exact_text(value) for code, value in found.nodes.items()},
            "items": {code: exact_text(value) for code, value in values.items()},
            "origins": origins,
        }
    )


def _next_n(assessment: Assessment, source: str) -> int:
    return max((result.n for result in assessment.results if result.source == source), default=0) + 1


def propose(
    assessment: Assessment,
    by: Actor,
    changes: dict[str, Fraction] | None = None,
    reason: str = "",
    embargo_until: datetime | None = None,
) -> Proposal:
    """The lead puts the final values forward, frozen; another member confirms exactly these.

    After a result was settled this proposes a correction: `changes` {item: value} and `reason` are required, the state
    of the assessment stays, and what is confirmed becomes the next version under the same embargo.
    """
    _allow(by, "propose_final", assessment)
    waiting = open_proposal(assessment)
    if waiting is not None:
        raise Refused(f"Masih ada usulan dari {waiting.by.name} yang menunggu keputusan.")
    settled = newest_result(assessment)
    reason = clean(reason, 500, "Alasan perubahan", "reason", required=settled is not None)
    if embargo_until is not None and embargo_until <= now():
        raise Refused("Akhir embargo sudah lewat.", field="embargo_day")
    if settled is not None:
        before = item_values(settled)
        changes = {code: value for code, value in (changes or {}).items() if before.get(code) != value}
        if not changes:
            raise Refused("Belum ada nilai yang diubah.", field="changes")
        embargo_until = settled.embargo_until
    elif changes:
        raise Refused("Nilai diputuskan pada tahap penilaian, bukan pada usulan.")
    final = final_of(assessment, changes)
    if assessment.state in SETTLED:
        happened(assessment, "propose_correction", "Perubahan hasil diusulkan", by, reason)
    else:
        advance(assessment, "propose", by)
    session = object_session(assessment)
    proposal = Proposal(
        assessment=assessment, by_id=by.person_id, at=now(), snapshot=_kept(session, "result", final),
        embargo_until=embargo_until, supersedes_id=settled.id if settled else None, reason=reason,
    )
    session.add(proposal)
    return proposal


def _kept(session, kind: str, final: Final) -> Snapshot:
    known = session.get(Snapshot, final.sha256)
    return known or Snapshot(sha256=final.sha256, kind=kind, content=final.content, at=now())


def reject(assessment: Assessment, by: Actor, note: str) -> Proposal:
    """Back to consolidation, with the reason; the lead may so withdraw an own proposal."""
    proposal = _the_open_one(assessment)
    note = clean(note, 1000, "Alasan", "note", required=True)
    if assessment.state == "proposed_final":
        advance(assessment, "reject", by, note)
    else:
        _allow(by, "reject_final", assessment)
        happened(assessment, "reject_correction", "Usulan perubahan hasil ditolak", by, note)
    proposal.state, proposal.decided_by_id, proposal.decided_at, proposal.note = "rejected", by.person_id, now(), note
    return proposal


def confirm(assessment: Assessment, by: Actor, seen_fingerprint: str) -> Result:
    """A second person settles exactly what was proposed: the result with its values, frozen from then on."""
    proposal = _the_open_one(assessment)
    _allow(by, "confirm_final", assessment)
    if proposal.snapshot_sha != seen_fingerprint:
        raise Refused("Usulan berubah sesudah Anda membukanya. Periksa lagi sebelum menetapkan.")
    content = json.loads(proposal.snapshot.content)
    values = {code: Fraction(value) for code, value in content["items"].items()}
    found = score(assessment.period.instrument, values)
    if exact_text(found.index) != content["index"]:
        raise Refused("Hitungan ulang tidak sama dengan usulan. Tolak usulan ini dan usulkan lagi.")
    if assessment.state == "proposed_final":
        advance(assessment, "confirm", by)
    else:
        happened(assessment, "confirm_correction", "Perubahan hasil ditetapkan", by, proposal.reason)
    result = _settle(
        assessment, "portal", values, found, proposed_by_id=proposal.by_id, confirmed_by_id=by.person_id,
        snapshot_sha=proposal.snapshot_sha, embargo_until=proposal.embargo_until, reason=proposal.reason or None,
    )
    proposal.state, proposal.decided_by_id, proposal.decided_at = "confirmed", by.person_id, now()
    return result


def settle_claims(assessment: Assessment, by: Actor, sent_by_id: int) -> Result:
    """A local figure: the claims as they were checked inside, approved and sent, settled by somebody else than their sender.

    Who may is asked by the caller, for many at once (`local_figures.settle_all`); claims, proposals and results should be
    loaded.
    """
    values = {claim.item: claim.value for claim in assessment.claims}
    found = score(assessment.period.instrument, values)
    content = _frozen(assessment, values, dict.fromkeys(values, "internal_check"), found)
    snapshot = Snapshot(sha256=digest(content), kind="result", content=content, at=now())
    object_session(assessment).add(snapshot)
    advance(assessment, "settle_figure", by, because=True)
    return _settle(
        assessment, "portal", values, found, proposed_by_id=sent_by_id, confirmed_by_id=by.person_id,
        snapshot_sha=snapshot.sha256,
    )


def _the_open_one(assessment: Assessment) -> Proposal:
    proposal = open_proposal(assessment)
    if proposal is None:
        raise Refused(no_open_proposal(assessment))
    return proposal


def publish(assessment: Assessment, by: Actor, with_recommendations: bool = True) -> None:
    """Let the own instansi see the result, and hand its recommendations to their owners (where there may be any)."""
    advance(assessment, "publish", by)
    if with_recommendations:
        release_of(assessment, by)


# ---------------------------------------------------------------- official


def enter_official(
    assessment: Assessment, values: dict[str, Fraction], basis: str, by: Actor, reason: str = ""
) -> Result:
    """The result another body published, value by value, with index and predicate computed from them.

    `basis` names the source and the decree. Entering it again corrects it: the next version, with its `reason`.
    """
    _allow(by, "enter_official", assessment)
    basis = clean_line(basis, 200, "Sumber dan nomor keputusan", "basis", required=True)
    before = newest_result(assessment, "official")
    reason = clean(reason, 500, "Alasan perubahan", "reason", required=before is not None)
    found = score(assessment.period.instrument, values, partial=True)
    if not found.complete:
        raise Refused("Nilai resmi harus lengkap untuk semua butir.", field="file")
    values = {code: Fraction(value) for code, value in values.items()}
    if before is not None and (item_values(before), before.basis) == (values, basis):
        raise Refused("Nilai dan sumbernya sama dengan hasil resmi yang sudah ada.", field="file")
    result = _settle(
        assessment, "official", values, found, basis=basis, proposed_by_id=by.person_id, reason=reason or None
    )
    happened(assessment, "official", f"Hasil resmi {'diperbaiki' if before else 'dimasukkan'}: {basis}", by, reason)
    return result


def _settle(assessment: Assessment, source: str, values, found: Score, **more) -> Result:
    """The only place where a result is made, whatever door led here: a rehearsal never gets one."""
    if assessment.period.track == "rehearsal":
        raise Refused(NO_REHEARSAL)
    period, before = assessment.period, newest_result(assessment, source)
    result = Result(
        assessment=assessment,
        source=source,
        n=_next_n(assessment, source),
        index_exact=exact_text(found.index),
        index_shown=shown(found.index),
        predicate=period.instrument.predicate(found.index, period.predicate_rule).name,
        predicate_rule=period.predicate_rule,
        instrument_sha=period.instrument_sha,
        supersedes_id=before.id if before else None,
        at=now(),
        **more,
    )
    object_session(assessment).add(result)
    for code, value in {**found.nodes, **values}.items():
        result.values.append(ResultValue(node=code, exact=exact_text(value), shown=shown(value)))
    return result


# ---------------------------------------------------------------- reading


def with_versions(assessment: Assessment) -> Assessment:
    """The same with its decisions and what moved them, proposals, results and their people: five statements for any number."""
    session = object_session(assessment)
    people = (joinedload(Proposal.by), joinedload(Proposal.decided_by), joinedload(Proposal.snapshot).undefer(Snapshot.content))
    both = (joinedload(Result.proposed_by), joinedload(Result.confirmed_by), joinedload(Result.values))
    of = assessment.id
    queries = {
        "decisions": select(Decision).where(Decision.assessment_id == of),
        "objections": select(Objection).where(Objection.assessment_id == of).order_by(Objection.item),
        "review_notes": select(ReviewNote).where(ReviewNote.assessment_id == of).options(joinedload(ReviewNote.answer))
        .order_by(ReviewNote.id),
        "proposals": select(Proposal).where(Proposal.assessment_id == of).options(*people).order_by(Proposal.id),
        "results": select(Result).where(Result.assessment_id == of).options(*both).order_by(Result.id),
    }
    for name, query in queries.items():
        set_committed_value(assessment, name, list(session.scalars(query).unique()))
    return assessment


def item_values(result: Result) -> dict[str, Fraction]:
    """{item: value} of a result, in the order of its instrument."""
    stored = {row.node: Fraction(row.exact) for row in result.values}
    return {item.code: stored[item.code] for item in result.assessment.period.instrument.items if item.code in stored}


def node_values(result: Result) -> dict[str, Fraction]:
    """{domain or aspect: value} of a result."""
    codes = {node.code for node in result.assessment.period.instrument.nodes()}
    return {row.node: Fraction(row.exact) for row in result.values if row.node in codes}
