"""Claims and citations as the pages of a round show them, loaded in a fixed number of statements."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from assessments.instruments import Item
from assessments.models import (
    Assessment,
    Citation,
    Claim,
    ClaimRevision,
    Contribution,
    ContributionRevision,
    DocumentVersion,
)
from assessments.workflow import Look

from ... import evidence
from ...extensions import db


@dataclass(frozen=True)
class Shown:
    """One citation in words, with the way to its bytes."""

    citation: Citation
    code: str
    name: str
    url: str
    facts: str
    state: Look | None
    uses: list[str]


def shown_evidence(item: Item, citations: list[Citation], zone: str, records: evidence.Records | None = None) -> list[Shown]:
    """Citations of one item; their version, bytes and document should be loaded.

    A page with several lists asks `evidence.records` once, for all of them.
    """
    records = evidence.records(citations) if records is None else records
    return [
        Shown(
            citation,
            f"{item.number}.{citation.letter}",
            citation.cited.document.title,
            evidence.source(citation.cited, citation),
            evidence.about(citation.cited, zone),
            evidence.standing(citation, records),
            evidence.used_for(citation, records),
        )
        for citation in citations
    ]


def with_claims(assessment: Assessment, *, item: str | None = None) -> list[Claim]:
    """The claims of an assessment (or the one of an item) with evidence and authors, set as its `claims` when all."""
    query = (
        select(Claim)
        .where(Claim.assessment_id == assessment.id)
        .options(
            selectinload(Claim.revisions).load_only(ClaimRevision.author_id),
            selectinload(Claim.citations).joinedload(Citation.cited).joinedload(DocumentVersion.document),
            joinedload(Claim.contribution)
            .selectinload(Contribution.revisions)
            .load_only(ContributionRevision.author_id),
        )
    )
    claims = list(db.session.scalars(query.where(Claim.item == item) if item else query).unique())
    for claim in claims:
        set_committed_value(claim, "assessment", assessment)
    if item is None:
        set_committed_value(assessment, "claims", claims)
    return claims
