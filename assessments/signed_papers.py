"""The papers that were signed for an assessment: which are in force, and taking them back with a trace."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload, object_session

from .actors import Actor
from .clock import now
from .models import Assessment, Paper, Signature
from .models.paper import PAPER_KINDS
from .workflow import happened


def papers_of(assessment: Assessment) -> list[Paper]:
    """Every paper ever signed here with who signed it, the newest first, the berita acara before the consent."""
    order = list(PAPER_KINDS)
    papers = object_session(assessment).scalars(
        select(Paper)
        .where(Paper.assessment_id == assessment.id)
        .options(
            joinedload(Paper.signature).options(joinedload(Signature.appointment), joinedload(Signature.acting_for)),
            joinedload(Paper.snapshot),
            joinedload(Paper.withdrawn_by),
        )
    )
    return sorted(papers, key=lambda paper: (-paper.at.timestamp(), order.index(paper.kind)))


def in_force(assessment: Assessment) -> list[Paper]:
    """The papers that count: none, or both."""
    return [paper for paper in papers_of(assessment) if paper.withdrawn_at is None]


def take_papers_back(assessment: Assessment, by: Actor, why: str) -> list[Paper]:
    """The papers in force no longer hold, with who, when and why; nothing where there are none."""
    papers = in_force(assessment)
    for paper in papers:
        paper.withdrawn_at, paper.withdrawn_by_id, paper.withdrawn_why = now(), by.person_id, why
    if papers:
        numbers = " dan ".join(paper.number for paper in papers)
        happened(assessment, "papers", f"{numbers} tidak berlaku lagi", by, why)
    return papers
