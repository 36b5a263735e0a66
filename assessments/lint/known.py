"""Fetching what rules know beside an answer: one statement for all answers of a page."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from sqlalchemy import and_, case, func, inspect, or_, select, tuple_
from sqlalchemy.orm import joinedload, object_session

from ..models import Blob, Citation, Contribution, DocumentVersion, LinkCheck
from .drafts import SIGNS
from .finding import Known

# What a page that loads the citations anyway adds to them, so that nothing is left to fetch.
BESIDE_CITED = (joinedload(DocumentVersion.blob).undefer(Blob.opening), joinedload(DocumentVersion.link_check))


def look_around(
    contributions: Iterable[Contribution], ended: Mapping[int, str] | None = None,
    values: Mapping[str, Fraction | None] | None = None,
) -> Known:
    """One statement for all answers, none where their citations were loaded with `BESIDE_CITED`.

    `ended` are the cited records of applications that have ended: {document: sentence}; `values` are those of the
    items the reader sees, else those of these answers.
    """
    answers = list(contributions)
    openings: dict[str, str] = {}
    links: dict[tuple[int, int], str] = {}
    rest = []
    for answer in answers:
        versions = [citation.cited for citation in answer.citations]
        if not all(_is_loaded(version) for version in versions):
            rest.append(answer)
            continue
        for version in versions:
            if version.link_check is not None:
                links[version.document_id, version.n] = version.link_check.state
            if version.blob is not None and version.blob.opening:
                openings[version.blob.sha256] = version.blob.opening
    if rest:
        for document, n, sha256, opening, state in object_session(rest[0]).execute(_beside(rest)):
            if state is not None:
                links[document, n] = state
            if opening:
                openings[sha256] = opening
    if values is None:
        values = {answer.item: answer.value for answer in answers}
    said = {item: value for item, value in values.items() if value is not None}
    return Known(openings, links, ended or {}, said)


def _is_loaded(version: DocumentVersion) -> bool:
    state = inspect(version)
    if "link_check" in state.unloaded:
        return False
    return version.blob is None or "opening" not in inspect(version.blob).unloaded


def _beside(cited: list[Contribution]):
    text = func.lower(Blob.opening)
    opening = case((or_(*(text.like(f"%{sign}%") for sign in SIGNS)), Blob.opening), else_="")
    ids = [answer.id for answer in cited]
    mine = select(Citation.document_id, Citation.n).where(Citation.contribution_id.in_(ids))
    checked = and_(LinkCheck.document_id == DocumentVersion.document_id, LinkCheck.n == DocumentVersion.n)
    return (
        select(DocumentVersion.document_id, DocumentVersion.n, DocumentVersion.sha256, opening, LinkCheck.state)
        .outerjoin(Blob, Blob.sha256 == DocumentVersion.sha256)
        .outerjoin(LinkCheck, checked)
        .where(tuple_(DocumentVersion.document_id, DocumentVersion.n).in_(mine))
    )
