"""How contributions become the subject's one answer on each item, and how that answer is approved."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import object_session

from .actors import Actor
from .answering import cite, detach, next_letter, room_for
from .clock import now
from .external_values import newest_value
from .models import (
    Approval,
    Assessment,
    Citation,
    Claim,
    Contribution,
    DocumentVersion,
    ExternalValue,
    Person,
    Share,
    Submission,
)
from .policies import entitled, obstacle
from .refusal import Refused, Stale
from .scoring import Score, exact_text, score
from .signed_papers import take_papers_back
from .texts import clean, clean_line
from .workflow import Forbidden, advance, blockers, happened, transition, unapproved_items


def _allowed(by: Actor, claim: Claim) -> None:
    if not entitled(by, "write", claim):
        raise Forbidden("write")
    sentence = obstacle(by, "write", claim)
    if sentence:
        raise Refused(sentence)


def _reopen(claim: Claim, by: Actor) -> None:
    if claim.state != "draft":
        advance(claim, "write", by, because=True)


def _author(claim: Claim, by: Actor) -> Person:
    return object_session(claim.assessment).get_one(Person, by.person_id)


def adopt(
    assessment: Assessment, contribution: Contribution, by: Actor, seen_version: int | None = None
) -> Claim:
    """Take one agency's contribution as the answer of the whole, with its evidence.

    `seen_version` is the claim that was on the page, 0 for none: what somebody wrote since is not written over.
    """
    claim = assessment.claim(contribution.item)
    if seen_version is not None and seen_version != (claim.version if claim else 0):
        raise Refused("Klaim ini diubah orang lain sesudah Anda membukanya. Muat ulang dan bandingkan lagi.")
    return _adopt_all(assessment, [contribution], by)[0]


def may_be_adopted(contribution: Contribution) -> bool:
    """Only what its agency's head vouched for and the team took in."""
    return contribution.submission.state == "accepted"


def _adopt_all(assessment: Assessment, contributions: list[Contribution], by: Actor) -> list[Claim]:
    session = object_session(assessment)
    author = session.get_one(Person, by.person_id)
    with session.no_autoflush:  # together, not the first one by itself
        claims = [_taken_over(assessment, contribution, by, author) for contribution in contributions]
    session.flush()
    for claim in claims:
        happened(claim, "adopt", f"Diambil dari isian {claim.contribution.submission.organization.short_name}", by)
    refresh_index(assessment)
    return claims


def _taken_over(assessment: Assessment, contribution: Contribution, by: Actor, author: Person) -> Claim:
    if contribution.submission.assessment_id != assessment.id:
        raise Refused("Isian itu bukan bagian dari penilaian ini.")
    if not may_be_adopted(contribution):
        raise Refused("Isian OPD ini belum diterima, jadi belum dapat diambil.")
    claim = assessment.claim(contribution.item)
    if claim is None:
        claim = Claim(assessment=assessment, item=contribution.item, state="draft")
        object_session(assessment).add(claim)
    _allowed(by, claim)
    _reopen(claim, by)
    claim.contribution = contribution
    if assessment.period.instrument.item(claim.item).external_index is None:
        claim.origin, claim.value, claim.raw = "adopted", contribution.value, contribution.raw
    else:
        lean_on_other_body(claim)
    claim.facts, claim.analysis = contribution.facts, contribution.analysis
    _copy_citations(claim, contribution)
    claim.remember(author, taken_over=True)
    return claim


def _copy_citations(claim: Claim, contribution: Contribution) -> None:
    session = object_session(contribution)
    present = {(c.document_id, c.n): c for c in claim.citations}
    for citation in contribution.citations:
        key = (citation.document_id, citation.n)
        if key in present:
            same = present[key]
            same.levels, same.locator = citation.levels, citation.locator
            same.article, same.gist = citation.article, citation.gist
            continue
        session.add(
            Citation(
                claim=claim,
                document_id=citation.document_id,
                n=citation.n,
                levels=citation.levels,
                article=citation.article,
                locator=citation.locator,
                gist=citation.gist,
                letter=next_letter(claim),
            )
        )
    kept = {(c.document_id, c.n) for c in contribution.citations}
    for key, citation in present.items():
        if key not in kept:
            session.delete(citation)


def adopt_leads(submission: Submission, by: Actor) -> list[Claim]:
    """Take over every item this agency leads, where nobody has written the claim by hand."""
    session = object_session(submission)
    led = set(
        session.scalars(
            select(Share.item).where(
                Share.assessment_id == submission.assessment_id,
                Share.organization_id == submission.organization_id,
                Share.part == "lead",
            )
        )
    )
    free = []
    for contribution in submission.contributions:
        claim = submission.assessment.claim(contribution.item)
        if contribution.item in led and (claim is None or (claim.origin == "adopted" and claim.state != "approved")):
            free.append(contribution)
    return _adopt_all(submission.assessment, free, by)


def room_for_claim(claim: Claim | None) -> dict[str, int]:
    """How long its Fakta and Analisis may be: whatever could be taken over can be edited, and put back as it was."""
    return room_for(claim, claim.contribution if claim else None)


def write_claim(
    assessment: Assessment,
    item: str,
    by: Actor,
    value: Fraction | None,
    facts: str,
    analysis: str,
    seen_version: int,
    service_name: str = "",
) -> Claim:
    """Write the answer of the whole by hand. `seen_version` is 0 where there was no claim yet."""
    claim = assessment.claim(item)
    room = room_for_claim(claim)
    facts = clean(facts, room["facts"], "Fakta", "facts")
    analysis = clean(analysis, room["analysis"], "Analisis", "analysis")
    service_name = clean_line(service_name, 200, "Nama layanan", "service_name") or None
    outside = assessment.period.instrument.item(item).external_index
    published = newest_value(assessment, item) if outside else None
    if outside is not None and published is None and value is None:
        value = _lowest(assessment, item)
    new = (value, facts, analysis, service_name)
    unchanged = claim is not None and new == (claim.value, claim.facts, claim.analysis, claim.service_name)
    if unchanged and published is not None:
        unchanged = claim.raw == published.raw  # the same value, now set in sight of what was published
    if seen_version != (claim.version if claim else 0) and not unchanged:
        raise Stale(
            "Klaim ini diubah orang lain sesudah Anda membukanya. Bandingkan kedua tulisan, lalu simpan lagi.",
            theirs={
                "value": "" if claim is None or claim.value is None else str(claim.value),
                "facts": claim.facts if claim else "",
                "analysis": claim.analysis if claim else "",
            },
        )
    if claim is None:
        claim = Claim(assessment=assessment, item=item, origin="written", state="draft")
        object_session(assessment).add(claim)
    _allowed(by, claim)
    if unchanged:
        return claim
    if outside is not None:
        _fits_other_body(claim, value, outside, published)
    _reopen(claim, by)
    claim.value, claim.facts, claim.analysis, claim.service_name = new
    if claim.contribution is None or (value, facts, analysis) != (
        claim.contribution.value,
        claim.contribution.facts,
        claim.contribution.analysis,
    ):
        claim.origin = "written" if outside is None else claim.origin
    claim.remember(_author(claim, by))
    happened(claim, "write", "Klaim ditulis", by)
    refresh_index(assessment)
    return claim


def lean_on_other_body(claim: Claim) -> None:
    """The value of an item that comes from another body's index: what was set from it, else awaited at the lowest."""
    published = newest_value(claim.assessment, claim.item)
    if published is None:
        claim.origin, claim.raw = "awaiting", None
        claim.value = _lowest(claim.assessment, claim.item)
    elif claim.origin != "external_index" or claim.raw != published.raw:
        claim.origin, claim.raw = "external_index", published.raw
        claim.value = None


def _lowest(assessment: Assessment, item: str) -> Fraction:
    """What an item counts while its value is awaited."""
    return Fraction(assessment.period.instrument.item(item).scale.min)


def _fits_other_body(claim: Claim, value: Fraction | None, outside, published: ExternalValue | None) -> None:
    if published is None and value != _lowest(claim.assessment, claim.item):
        raise Refused(
            f"Nilai indikator ini diambil dari {outside.name} ({outside.owner}), yang belum dimasukkan. Selama menunggu "
            f"nilai dihitung terendah.", field="value"
        )
    claim.origin = "awaiting" if published is None else "external_index"
    claim.raw = published.raw if published else None


def cite_for_claim(
    claim: Claim, version: DocumentVersion, by: Actor, levels: Sequence[int] = (), locator: str = ""
) -> Citation:
    """Let the claim lean on a document of the own instansi. Other evidence makes another statement."""
    _allowed(by, claim)
    if version.document.owner_org.root_id != claim.assessment.period.organiser_id:
        raise Refused("Dokumen ini bukan milik instansi yang dinilai.", field="document")
    citation = cite(claim, version, by, levels, locator)
    _restated(claim, by, "Bukti dilampirkan")
    return citation


def detach_from_claim(citation: Citation, by: Actor) -> None:
    """Take the citation away; the document stays in its library."""
    claim = citation.claim
    _allowed(by, claim)
    detach(citation, by)
    _restated(claim, by, "Bukti dilepas")


def _restated(claim: Claim, by: Actor, label: str) -> None:
    _reopen(claim, by)
    claim.remember(_author(claim, by))
    happened(claim, "evidence", label, by)


def propose(claim: Claim, by: Actor) -> None:
    """Complete in the writers' eyes: the penanggung jawab may look."""
    advance(claim, "propose", by)


def propose_complete(assessment: Assessment, by: Actor) -> tuple[list[Claim], list[Claim]]:
    """Propose every draft that is complete; gives those proposed and those still left."""
    drafts = [claim for claim in assessment.claims if claim.state == "draft"]
    complete = [claim for claim in drafts if not blockers(claim, "propose")]
    for claim in complete:
        propose(claim, by)
    return complete, [claim for claim in drafts if claim not in complete]


def awaits_approval(claim: Claim) -> bool:
    return claim.state == "proposed"


def approve(claim: Claim, by: Actor, seen_revision: int) -> None:
    """The penanggung jawab says yes to the revision that was on the page; the last one makes the whole ready."""
    if seen_revision != claim.revision_n:
        raise Refused("Klaim ini berubah sesudah Anda membukanya. Muat ulang dan periksa lagi.")
    advance(claim, "approve", by)
    object_session(claim).add(Approval(claim=claim, revision_n=claim.revision_n, by_id=by.person_id, at=now()))
    settle(claim.assessment, by)


def approve_listed(assessment: Assessment, by: Actor, seen: dict[str, int]) -> tuple[list[Claim], dict[str, str]]:
    """Say yes to exactly the revisions that were on the page, {item: revision}.

    Gives the claims approved and, for those that were not, {item: why}; one that fails does not stop the others.
    """
    approved, left = [], {}
    for claim in assessment.claims:
        if claim.item not in seen or claim.state == "approved":
            continue
        try:
            approve(claim, by, seen[claim.item])
        except Refused as refused:
            left[claim.item] = str(refused)
        else:
            approved.append(claim)
    return approved, left


def needs_work(claim: Claim, by: Actor, note: str) -> None:
    """Back to the writers, with the reason."""
    advance(claim, "return", by, clean(note, 1000, "Alasan", "note"))
    settle(claim.assessment, by)


def settle(assessment: Assessment, by: Actor) -> None:
    """Let the assessment follow its claims: ready when all are approved, preparing again when one is not.

    What the Koordinator signed held for the claims as they were, so the papers are taken back with it.
    """
    left = unapproved_items(assessment)
    if assessment.state == "preparing" and not left:
        advance(assessment, "complete", by, because=True)
    elif assessment.state in transition(Assessment, "unsettle").sources and left:
        advance(assessment, "unsettle", by, because=True)
        take_papers_back(assessment, by, "Ada klaim yang dibuka lagi sesudah ditandatangani.")


def take_back(submission: Submission, items: set[str], by: Actor) -> None:
    """Claims that stand on contributions just returned become drafts again."""
    for claim in submission.assessment.claims:
        from_here = claim.contribution is not None and claim.contribution.submission_id == submission.id
        if claim.item in items and from_here and claim.state in ("proposed", "approved"):
            advance(claim, "reset", by, because=True)
    settle(submission.assessment, by)


def claimed_values(assessment: Assessment) -> dict[str, Fraction]:
    return {claim.item: claim.value for claim in assessment.claims if claim.value is not None}


def refresh_index(assessment: Assessment) -> None:
    """Keep `cached_index` equal to the score of the claims so far (None while there is none)."""
    values = claimed_values(assessment)
    instrument = assessment.period.instrument
    assessment.cached_index = exact_text(score(instrument, values, partial=True).index) if values else None


@dataclass(frozen=True)
class Provisional:
    """An index that may still change: from claims, and from lead contributions where there is no claim yet."""

    score: Score | None
    claims: int
    estimated: int
    total: int


def provisional(assessment: Assessment) -> Provisional:
    """*Sementara*: what the index would be today. Items without any value count as the scale's lowest."""
    session = object_session(assessment)
    claims = claimed_values(assessment)
    leads = session.execute(
        select(Contribution.item, Contribution.value)
        .join(Submission, Submission.id == Contribution.submission_id)
        .join(
            Share,
            (Share.assessment_id == Submission.assessment_id)
            & (Share.organization_id == Submission.organization_id)
            & (Share.item == Contribution.item),
        )
        .where(Submission.assessment_id == assessment.id, Share.part == "lead", Contribution.value.is_not(None))
    ).all()
    estimated = {item: value for item, value in leads if item not in claims}
    values = estimated | claims
    instrument = assessment.period.instrument
    return Provisional(
        score(instrument, values, partial=True) if values else None,
        len(claims),
        len(estimated),
        len(instrument.items),
    )
