"""Freezing what is vouched for and sent, signing it, and the receipt that proves it."""

import secrets
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, object_session

from .actors import Actor
from .canonical import canonical, digest
from .clock import now
from .models import (
    Appointment,
    Assessment,
    Citation,
    Contribution,
    ContributionRevision,
    Receipt,
    Signature,
    Snapshot,
    Submission,
)
from .refusal import Refused
from .workflow import advance

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Frozen:
    """A frozen copy: its canonical bytes, their SHA-256, and what can be counted in it."""

    content: bytes
    sha256: str
    items: int
    files: int
    authors: int


def _citations(citations: list[Citation]) -> list[dict]:
    return [
        {
            "code": citation.letter,
            "title": citation.cited.document.title,
            "version": citation.n,
            "sha256": citation.cited.sha256,
            "url": citation.cited.url,
            "number": citation.cited.number,
            "dated": citation.cited.dated,
            "effective_on": citation.cited.effective_on,
            "levels": citation.levels,
            "locator": citation.locator,
        }
        for citation in citations
    ]


def frozen_submission(submission: Submission) -> Frozen:
    """What the head vouches for: every item's value, texts and evidence with the hash of each file.

    The copy of one state is the same however often it is taken, so the fingerprint on the page is the one
    that will be signed; `attestation` counts how often this part was vouched for before.
    """
    session = object_session(submission)
    period = submission.assessment.period
    order = {item.code: n for n, item in enumerate(period.instrument.items)}
    contributions = sorted(submission.contributions, key=lambda c: order[c.item])
    earlier = session.scalar(select(func.count()).where(Receipt.submission_id == submission.id))
    authors = session.scalar(
        select(func.count(func.distinct(ContributionRevision.author_id)))
        .join(Contribution)
        .where(Contribution.submission_id == submission.id)
    )
    content = canonical(
        {
            "kind": "submission",
            "period": period.slug,
            "instrument": period.instrument_sha,
            "agency": submission.organization.name,
            "attestation": earlier + 1,
            "items": [
                {
                    "item": c.item,
                    "value": c.value,
                    "facts": c.facts,
                    "analysis": c.analysis,
                    "revision": c.revision_n,
                    "citations": _citations(c.citations),
                }
                for c in contributions
            ],
        }
    )
    files = len({(c.document_id, c.n) for contribution in contributions for c in contribution.citations})
    return Frozen(content, digest(content), len(contributions), files, authors)


def frozen_assessment(assessment: Assessment) -> Frozen:
    """What is sent: every claim with its texts, evidence and the approval it stands on."""
    order = {item.code: n for n, item in enumerate(assessment.period.instrument.items)}
    claims = sorted(assessment.claims, key=lambda claim: order[claim.item])
    earlier = object_session(assessment).scalar(select(func.count()).where(Receipt.assessment_id == assessment.id))
    content = canonical(
        {
            "kind": "assessment",
            "period": assessment.period.slug,
            "instrument": assessment.period.instrument_sha,
            "subject": assessment.subject.name,
            "sending": earlier + 1,
            "index": assessment.cached_index,
            "items": [
                {
                    "item": claim.item,
                    "value": claim.value,
                    "facts": claim.facts,
                    "analysis": claim.analysis,
                    "origin": claim.origin,
                    "revision": claim.revision_n,
                    "citations": _citations(claim.citations),
                }
                for claim in claims
            ],
        }
    )
    files = len({(c.document_id, c.n) for claim in claims for c in claim.citations})
    return Frozen(content, digest(content), len(claims), files, 0)


def statement_for(submission: Submission, signer: Actor, frozen: Frozen) -> str:
    """The sentence the head signs; the legal wording is to be confirmed by the legal office."""
    period = submission.assessment.period
    return (
        f"Saya, {signer.person_name}, {title_of(signer)}, menyatakan bahwa isian dan bukti dukung "
        f"{period.title} ({frozen.items} indikator, {frozen.files} berkas atau tautan) benar, sah, "
        "dan dapat dipertanggungjawabkan."
    )


def title_of(signer: Actor) -> str:
    return f"{signer.office_label} {signer.organization_name}"


def attest(submission: Submission, by: Actor, seen_fingerprint: str, method: str = "password") -> Receipt:
    """The head vouches: the part is frozen, signed and receipted, or nothing happens.

    `seen_fingerprint` is the SHA-256 the page showed; another one now means that something changed since.
    """
    frozen = frozen_submission(submission)
    if submission.state == "ready" and frozen.sha256 != seen_fingerprint:
        raise Refused("Isian berubah sesudah Anda membukanya. Periksa lagi sebelum menandatangani.")
    advance(submission, "attest", by)
    return _receive(object_session(submission), frozen, "attested", by, statement_for(submission, by, frozen), method,
                    submission=submission)


def send(assessment: Assessment, by: Actor) -> Receipt:
    """Penanggung jawab sends the self-assessment (PermenPANRB 59/2020 p.85); from then on it is locked."""
    advance(assessment, "send", by)
    frozen = frozen_assessment(assessment)
    statement = (
        f"Penilaian mandiri {assessment.subject.name} untuk {assessment.period.title} "
        f"({frozen.items} indikator, {frozen.files} berkas atau tautan) dikirim."
    )
    return _receive(object_session(assessment), frozen, "sent", by, statement, "session", assessment=assessment)


def _receive(session: Session, frozen: Frozen, kind: str, by: Actor, statement: str, method: str, **thing) -> Receipt:
    snapshot = Snapshot(sha256=frozen.sha256, kind=kind, content=frozen.content, at=now())
    appointment = session.get_one(Appointment, by.appointment_id)
    signature = Signature(
        snapshot=snapshot,
        statement=statement,
        appointment=appointment,
        acting_for_id=appointment.acting_for_id,
        name=by.person_name,
        title=title_of(by),
        method=method,
        at=now(),
    )
    period = next(iter(thing.values())).period
    receipt = Receipt(
        number=_number(period.slug), kind=kind, snapshot=snapshot, signature=signature, at=now(), **thing
    )
    session.add_all([snapshot, signature, receipt])
    return receipt


def _number(slug: str) -> str:
    """A number that cannot be guessed from another one."""
    return f"PM-{slug.upper()}-" + "-".join(
        "".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(2)
    )


def newest_receipt(thing: Submission | Assessment) -> Receipt | None:
    """The receipt that counts: the last one given."""
    column = Receipt.submission_id if isinstance(thing, Submission) else Receipt.assessment_id
    return object_session(thing).scalar(
        select(Receipt).where(column == thing.id).order_by(Receipt.at.desc()).limit(1)
    )


def stands(receipt: Receipt) -> bool:
    """Whether a receipt still counts: the bytes are whole, nothing newer was handed in, nothing was taken back."""
    thing = receipt.submission or receipt.assessment
    if newest_receipt(thing).number != receipt.number:
        return False
    return thing.state in ("signed", "accepted") if receipt.submission else thing.sent


def intact(receipt: Receipt) -> bool:
    """Whether the frozen copy still has the fingerprint it was stored under."""
    return digest(receipt.snapshot.content) == receipt.snapshot_sha
