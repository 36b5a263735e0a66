"""Freezing what is vouched for and sent, signing it, and the receipt that proves it."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, object_session, selectinload

from .actors import Actor
from .canonical import canonical, digest
from .claiming import refresh_index
from .clock import now
from .general_copy import EDITION, general_of
from .lint import BESIDE_CITED
from .models import (
    Appointment,
    Assessment,
    Citation,
    Claim,
    ClaimRevision,
    Contribution,
    ContributionRevision,
    DocumentVersion,
    Organization,
    Person,
    Receipt,
    Signature,
    Snapshot,
    Submission,
    Waiver,
)
from .models.people import APPOINTMENT_KINDS, ROLES
from .refusal import Refused
from .workflow import advance

# What a frozen copy says of each claim.
AS_FROZEN = (
    selectinload(Assessment.claims).selectinload(Claim.citations).joinedload(Citation.cited).joinedload(DocumentVersion.document)
)
NUMBER_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Frozen:
    """A frozen copy: its canonical bytes, their SHA-256, what can be counted in it, and who wrote it."""

    content: bytes
    sha256: str
    items: int
    files: int
    writers: tuple[str, ...] = ()

    @property
    def authors(self) -> int:
        return len(self.writers)


class Changed(Refused):
    """What was about to be vouched for is no longer what the page showed."""


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
            "article": citation.article,
            "locator": citation.locator,
            "gist": citation.gist,
        }
        for citation in citations
    ]


def _files(things) -> int:
    return len({(citation.document_id, citation.n) for thing in things for citation in thing.citations})


def _in_order(instrument, things) -> list:
    place = {item.code: n for n, item in enumerate(instrument.items)}
    return sorted(things, key=lambda thing: place[thing.item])


def contributions_of(submission: Submission) -> list[Contribution]:
    """The part's items as they are stored now, in the order of the instrument, with their evidence and waivers."""
    rows = object_session(submission).scalars(
        select(Contribution)
        .where(Contribution.submission_id == submission.id)
        .options(
            selectinload(Contribution.citations)
            .joinedload(Citation.cited)
            .options(joinedload(DocumentVersion.document), *BESIDE_CITED),
            joinedload(Contribution.waivers).joinedload(Waiver.by),
        )
        .execution_options(populate_existing=True)
    ).unique()
    return _in_order(submission.assessment.period.instrument, rows)


def frozen_submission(submission: Submission, contributions: list[Contribution] | None = None) -> Frozen:
    """What the head vouches for: every item's value, texts and evidence with the hash of each file.

    The copy of one state is the same however often it is taken, so the fingerprint on the page is the one
    that will be signed; `attestation` counts how often this part was vouched for before. A page that has
    the `contributions` already gives them.
    """
    contributions = contributions_of(submission) if contributions is None else contributions
    session = object_session(submission)
    period = submission.assessment.period
    earlier = select(func.count()).where(Receipt.submission_id == submission.id).scalar_subquery()
    written = session.execute(
        select(Contribution.id, Person.name, func.max(ContributionRevision.n).label("n"), earlier.label("earlier"))
        .select_from(Submission)
        .outerjoin(Contribution, Contribution.submission_id == Submission.id)
        .outerjoin(ContributionRevision, ContributionRevision.contribution_id == Contribution.id)
        .outerjoin(Person, Person.id == ContributionRevision.author_id)
        .where(Submission.id == submission.id)
        .group_by(Contribution.id, Person.id, Person.name)
    ).all()
    revisions: dict[int, int] = {}
    for row in written:
        revisions[row.id] = max(revisions.get(row.id, 0), row.n or 0)
    content = canonical(
        {
            "kind": "submission",
            "period": period.slug,
            "instrument": period.instrument_sha,
            "agency": submission.organization.name,
            "attestation": written[0].earlier + 1,
            "files": _files(contributions),
            "items": [
                {
                    "item": c.item,
                    "value": c.value,
                    "facts": c.facts,
                    "analysis": c.analysis,
                    "coverage": c.coverage,
                    "revision": revisions[c.id],
                    "citations": _citations(c.citations),
                }
                for c in contributions
            ],
        }
    )
    writers = tuple(sorted({row.name for row in written if row.name}))
    return Frozen(content, digest(content), len(contributions), _files(contributions), writers)


def frozen_assessment(assessment: Assessment) -> Frozen:
    """What the penanggung jawab sends: every claim with its evidence."""
    return frozen_assessments([assessment])[assessment.id]


def frozen_assessments(assessments: Sequence[Assessment], loaded: bool = False) -> dict[int, Frozen]:
    """{assessment id: its copy}, in as many statements for forty of them as for one.

    `loaded` says that this transaction read the claims with `AS_FROZEN` just now.
    """
    session, ids = object_session(assessments[0]), [each.id for each in assessments]
    if not loaded:
        again = select(Assessment).where(Assessment.id.in_(ids)).options(AS_FROZEN).execution_options(populate_existing=True)
        session.scalars(again).all()
    claims = {each.id: each.claims for each in assessments}
    revisions = dict(
        session.execute(
            select(ClaimRevision.claim_id, func.max(ClaimRevision.n))
            .join(Claim)
            .where(Claim.assessment_id.in_(ids))
            .group_by(ClaimRevision.claim_id)
        ).all()
    )
    earlier = dict(
        session.execute(
            select(Receipt.assessment_id, func.count())
            .where(Receipt.assessment_id.in_(ids))
            .group_by(Receipt.assessment_id)
        ).all()
    )
    general = general_of(session, assessments)
    return {
        each.id: _frozen_claims(each, claims[each.id], revisions, earlier.get(each.id, 0), general[each.id]) for each in assessments
    }


def _frozen_claims(
    assessment: Assessment, claims: list[Claim], revisions: dict[int, int], earlier: int, general: list[dict]
) -> Frozen:
    claims = _in_order(assessment.period.instrument, claims)
    content = canonical(
        {
            "kind": "assessment",
            "edition": EDITION,
            "general": general,
            "figure": assessment.period.figure_label or None,
            "period": assessment.period.slug,
            "instrument": assessment.period.instrument_sha,
            "subject": assessment.subject.name,
            "sending": earlier + 1,
            "index": assessment.cached_index,
            "files": _files(claims),
            "items": [
                {
                    "item": claim.item,
                    "value": claim.value,
                    "facts": claim.facts,
                    "analysis": claim.analysis,
                    "origin": claim.origin,
                    "revision": revisions.get(claim.id, 0),
                    "citations": _citations(claim.citations),
                }
                for claim in claims
            ],
        }
    )
    return Frozen(content, digest(content), len(claims), _files(claims))


def statement_for(submission: Submission, signer: Appointment, frozen: Frozen) -> str:
    """The sentence the head signs; the legal wording is to be confirmed by the legal office."""
    return (
        f"Saya, {signer.person.name}, {title_of(signer)}, menyatakan bahwa isian dan bukti dukung "
        f"{submission.period.title} ({frozen.items} indikator, {frozen.files} berkas atau tautan) benar, sah, "
        "dan dapat dipertanggungjawabkan."
    )


def office_of(session: Session, by: Actor) -> Appointment:
    """The office in which somebody signs, with the names that stand under a signature."""
    named = (joinedload(Appointment.person), joinedload(Appointment.acting_for))
    unit = joinedload(Appointment.organization).joinedload(Organization.states)
    return session.get_one(Appointment, by.appointment_id, options=[*named, unit], populate_existing=True)


def title_of(office: Appointment) -> str:
    """The office as it is written under a statement: the appointment's own title, else role and organization."""
    words = office.title or f"{ROLES[office.role]} {office.organization.short_name}"
    prefix = "" if office.kind == "definitive" else APPOINTMENT_KINDS[office.kind] + " "
    return words if words.startswith(prefix) else prefix + words


def attest(submission: Submission, by: Actor, seen_fingerprint: str, method: str = "password") -> Receipt:
    """The head vouches: the part is frozen, signed and receipted, or nothing happens.

    `seen_fingerprint` is the SHA-256 the page showed; another one means that something changed since (`Changed`).
    The same copy vouched for again by the same person gives the receipt there is already.
    """
    given = newest_receipt(submission)
    if given and given.snapshot_sha == seen_fingerprint and stands(given) and _signed_by(given, by):
        return given
    frozen = frozen_submission(submission)
    if submission.state == "ready" and frozen.sha256 != seen_fingerprint:
        raise Changed("Isian berubah sesudah Anda membukanya. Periksa lagi sebelum menandatangani.")
    advance(submission, "attest", by)
    session = object_session(submission)
    office = office_of(session, by)
    return _receive(session, frozen, "attested", office, statement_for(submission, office, frozen), method,
                    submission=submission)


def _signed_by(receipt: Receipt, by: Actor) -> bool:
    return receipt.signature.appointment.person_id == by.person_id


def send(assessment: Assessment, by: Actor, method: str = "password") -> Receipt:
    """Penanggung jawab sends the self-assessment (PermenPANRB 59/2020 p.85); from then on it is locked."""
    return send_all([assessment], by, method)[0]


def send_all(assessments: Sequence[Assessment], by: Actor, method: str = "password", loaded: bool = False) -> list[Receipt]:
    """The same for several, each with a receipt of its own; one that cannot go stops them all.

    `loaded` as for `frozen_assessments`.
    """
    for assessment in assessments:
        advance(assessment, "send", by)
        refresh_index(assessment)
    session = object_session(assessments[0])
    office, copies = office_of(session, by), frozen_assessments(assessments, loaded)
    return [
        _receive(session, copies[each.id], "sent", office, _sending(each, copies[each.id]), method, assessment=each)
        for each in assessments
    ]


def _sending(assessment: Assessment, frozen: Frozen) -> str:
    label = assessment.period.figure_label
    return (
        f"Penilaian mandiri {assessment.subject.name} untuk {assessment.period.title} "
        f"({frozen.items} indikator, {frozen.files} berkas atau tautan) dikirim." + (f" {label}." if label else "")
    )


def _receive(
    session: Session, frozen: Frozen, kind: str, appointment: Appointment, statement: str, method: str, **thing
) -> Receipt:
    snapshot = Snapshot(sha256=frozen.sha256, kind=kind, content=frozen.content, at=now())
    signature = Signature(
        snapshot=snapshot,
        statement=statement,
        appointment=appointment,
        acting_for_id=appointment.acting_for_id,
        name=appointment.person.name,
        title=title_of(appointment),
        method=method,
        at=now(),
    )
    period = next(iter(thing.values())).period
    receipt = Receipt(
        number=new_number(period.slug), kind=kind, snapshot=snapshot, signature=signature, at=now(), **thing
    )
    session.add_all([snapshot, signature, receipt])
    return receipt


def new_number(slug: str, prefix: str = "PM") -> str:
    """A number that cannot be guessed from another one: "PM-2026-7QF4-K2RD"; papers begin with BA or PP."""
    return f"{prefix}-{slug.upper()}-" + "-".join(
        "".join(secrets.choice(NUMBER_LETTERS) for _ in range(4)) for _ in range(2)
    )


def receipts_of(thing: Submission | Assessment) -> list[Receipt]:
    """All receipts of a thing with who signed; the first one is the newest and the only one that can count."""
    column = Receipt.submission_id if isinstance(thing, Submission) else Receipt.assessment_id
    return list(
        object_session(thing).scalars(
            select(Receipt)
            .where(column == thing.id)
            .options(joinedload(Receipt.signature).joinedload(Signature.appointment), joinedload(Receipt.snapshot))
            .order_by(Receipt.at.desc(), Receipt.number)
        )
    )


def newest_receipt(thing: Submission | Assessment) -> Receipt | None:
    """The receipt that counts: the last one given."""
    return next(iter(receipts_of(thing)), None)


# What a receipt is worth today, in the words of the public page.
STANDINGS = {
    "valid": "Berlaku",
    "superseded": "Sudah digantikan",
    "withdrawn": "Tidak berlaku",
    "broken": "Salinan beku rusak",
}


def standing(receipt: Receipt, newest: Receipt | None = None) -> str:
    """The key of `STANDINGS`: a newer receipt supersedes, sending back withdraws, changed bytes break.

    A page that has the `newest` receipt already gives it.
    """
    thing = receipt.submission or receipt.assessment
    if not intact(receipt):
        return "broken"
    if (newest or newest_receipt(thing)).number != receipt.number:
        return "superseded"
    if receipt.submission is not None:
        counts = receipt.submission.state in ("signed", "accepted")
    else:
        counts = receipt.assessment.sent
    return "valid" if counts else "withdrawn"


def stands(receipt: Receipt) -> bool:
    """Whether a receipt still counts: the bytes are whole, nothing newer was handed in, nothing was taken back."""
    return standing(receipt) == "valid"


def intact(receipt: Receipt) -> bool:
    """Whether the frozen copy still has the fingerprint it was stored under."""
    return digest(receipt.snapshot.content) == receipt.snapshot_sha


def contents(receipt: Receipt) -> dict | None:
    """What the frozen copy says, as it was vouched for; None when its bytes are no longer what was signed."""
    return json.loads(receipt.snapshot.content) if intact(receipt) else None
