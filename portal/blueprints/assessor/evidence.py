"""The evidence of one claim as it is judged: what was cited, what its owner put in its place since, and the own word on it."""

from dataclasses import dataclass

from flask import url_for
from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased, joinedload, load_only
from sqlalchemy.orm.attributes import set_committed_value

from assessments.instruments import Item
from assessments.models import Citation, CitationVerdict, Claim, ClaimRevision, DocumentVersion, FileSeen
from assessments.questions import is_agency, of_same_agency
from assessments.workflow import Look

from ... import evidence
from ...access import actor
from ...extensions import db


@dataclass(frozen=True)
class Newer:
    """A version that came after the cited one."""

    n: int
    at: object
    url: str
    facts: str
    pages: str


@dataclass(frozen=True)
class Proof:
    """One citation in words. `url` is empty for a reader who may not open the file; `seen` is whether the asked person
    looked at it. `pages` of it can be looked at, the cited one first (`page`, None where there is no picture at all);
    they lie at `picture` followed by their number."""

    citation: Citation
    code: str
    name: str
    url: str
    facts: str
    state: Look | None
    uses: list[str]
    verdict: CitationVerdict | None
    newer: list[Newer]
    seen: bool
    pages: int
    page: int | None
    whole: int
    picture: str

    @property
    def version(self) -> tuple[int, int]:
        return self.citation.document_id, self.citation.n


def proofs_of(claim: Claim, item: Item, stage: str, person_id: int | None, told: bool = True) -> list[Proof]:
    """The citations of a claim, later versions of their documents and what this person noted on them, in one statement
    (and one more where a record of the inventory is cited).

    The claim's newest revision comes along: it says what is judged. Where nothing is shown (`told` False) what the
    worker found in a file is not asked either.
    """
    later = aliased(DocumentVersion)
    last = select(func.max(ClaimRevision.n)).where(ClaimRevision.claim_id == claim.id).scalar_subquery()
    rows = db.session.execute(
        select(ClaimRevision, Citation, CitationVerdict, later, FileSeen.n)
        .select_from(Claim)
        .outerjoin(ClaimRevision, (ClaimRevision.claim_id == Claim.id) & (ClaimRevision.n == last))
        .outerjoin(Citation, Citation.claim_id == Claim.id)
        .outerjoin(
            CitationVerdict,
            (CitationVerdict.citation_id == Citation.id)
            & (CitationVerdict.stage == stage)
            & (CitationVerdict.person_id == (person_id or 0)),
        )
        .outerjoin(
            FileSeen,
            and_(
                FileSeen.document_id == Citation.document_id, FileSeen.n == Citation.n,
                FileSeen.assessment_id == Claim.assessment_id, FileSeen.person_id == (person_id or 0),
            ),
        )
        .outerjoin(later, (later.document_id == Citation.document_id) & (later.n > Citation.n))
        .where(Claim.id == claim.id)
        .order_by(Citation.id, later.n)
        .options(
            load_only(ClaimRevision.n), joinedload(Citation.cited).joinedload(DocumentVersion.document)
        )
    ).all()
    set_committed_value(claim, "revisions", [row[0] for row in rows[:1] if row[0] is not None])
    records = evidence.records({row[1].id: row[1] for row in rows if row[1] is not None}.values()) if told else {}
    found: dict[int, Proof] = {}
    for _revision, citation, verdict, version, seen in rows:
        if citation is None:
            continue
        proof = found.get(citation.id)
        if proof is None:
            proof = found[citation.id] = _proof(claim, item, citation, verdict, records, seen is not None, told)
        if version is not None:
            proof.newer.append(
                Newer(version.n, version.at, evidence.source(version), evidence.about(version, claim.assessment.period.zone),
                      _first_picture(version))
            )
    proofs = list(found.values())
    set_committed_value(claim, "citations", [proof.citation for proof in proofs])
    return proofs


def _proof(
    claim: Claim, item: Item, citation: Citation, verdict: CitationVerdict | None, records: evidence.Records, seen: bool,
    told: bool,
) -> Proof:
    cited, zone = citation.cited, claim.assessment.period.zone
    readable = opens(cited)
    pages = evidence.pictured(cited) if readable else 0
    return Proof(
        citation,
        f"{item.number}.{citation.letter}",
        cited.document.title,
        evidence.source(cited, citation) if readable else "",
        evidence.about(cited, zone),
        evidence.standing(citation, records) if told else None,
        evidence.used_for(citation, records) if told else [],
        verdict,
        [],
        seen,
        pages,
        (evidence.first_page(citation) or 1) if pages else None,
        (cited.blob.pages or pages) if pages else 0,
        _pictures(cited) if pages else "",
    )


def _pictures(version: DocumentVersion) -> str:
    """Where its pictures lie: the address up to the number of a page."""
    return url_for("agency.page", document=version.document_id, n=version.n, page=1).removesuffix("1")


def _first_picture(version: DocumentVersion) -> str:
    """The page that shows its first picture; empty where it has none."""
    if not evidence.pictured(version):
        return ""
    return url_for("agency.page", document=version.document_id, n=version.n, page=1)


def opens(version: DocumentVersion) -> bool:
    """Whether a reader of the claim that cites it may open it: agencies open their own library only, others what is cited.

    The door of the bytes asks the policy itself; here nothing is fetched for it.
    """
    user = actor()
    return not is_agency(user, version) or of_same_agency(user, version)
