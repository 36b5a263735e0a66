"""Pages of evidence found by their words, with the full-text search of either engine and one order of our own.

What may be searched comes as a SELECT of hashes; nothing outside of it is ever looked at, and quarantined bytes never.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Row, Select, delete, func, insert, literal_column, select, text
from sqlalchemy.orm import Session, joinedload

from .actors import Actor
from .inventory.words import Wanted
from .models import Assessment, Blob, Citation, Claim, Document, DocumentVersion, PageText
from .page_words import asked_of_pages
from .questions import is_agency

MOST = 300  # pages that are ordered; a question with more is told to be narrower
LONGEST_QUESTION = 200  # letters
OFTEN = 5  # a word that stands on a page more often than this is worth no more
AS_ASKED, AS_MEANT = 3, 1  # what a word is worth as it was asked, and as another word for the same need
TOO_LONG = f"Pertanyaan terlalu panjang: paling banyak {LONGEST_QUESTION} huruf. Persingkat menjadi beberapa kata."
NO_WORDS = "Tidak ada kata yang dapat dicari. Ketik kata dengan dua huruf atau angka atau lebih."
SIMPLE: ColumnElement[str] = literal_column("'simple'")


@dataclass(frozen=True)
class Hit:
    """A page, and its place in the order: the smaller the better."""

    id: int
    sha256: str
    page: int
    rank: tuple[int, int]


@dataclass(frozen=True)
class Pages:
    """The best first. `loose`: none met the whole question, these meet a part; `fault` says why nothing was searched."""

    hits: list[Hit] = field(default_factory=list)
    wanted: list[Wanted] = field(default_factory=list)
    loose: bool = False
    more: bool = False
    fault: str = ""


def pages_meeting(session: Session, allowed: Select, question: str) -> Pages:
    """Pages of the bytes that `allowed` (a SELECT of hashes) names and that meet all of the question, else a part of it.

    At most three statements; the same answers on both engines.
    """
    question = question.replace("\x00", " ").strip()
    if not question:
        return Pages()
    if len(question) > LONGEST_QUESTION:
        return Pages(fault=TOO_LONG)
    wanted = asked_of_pages(question)
    if not wanted:
        return Pages(fault=NO_WORDS)
    groups = list(dict.fromkeys(one.alike for one in wanted))
    found: Sequence[Row] = ()
    for loose in (False, True):
        found = session.execute(_candidates(session, allowed, groups, loose)).all()
        if found or len(groups) == 1:
            break
    hits = [Hit(row.id, row.sha256, row.page, _rank(row.words, wanted)) for row in found[:MOST]]
    hits.sort(key=lambda hit: (hit.rank, hit.page, hit.sha256))
    return Pages(hits, wanted, loose and bool(found), len(found) > MOST)


def _candidates(session: Session, allowed: Select, groups, loose: bool) -> Select:
    """At most one more than is ordered; of too many the first pages of files are taken."""
    quarantined = select(Blob.sha256).where(Blob.scan_state == "quarantined")
    return (
        select(PageText.id, PageText.sha256, PageText.page, PageText.words)
        .where(_matching(session, groups, loose), _of(session, allowed), PageText.sha256.not_in(quarantined))
        .order_by(PageText.page, PageText.sha256)
        .limit(MOST + 1)
    )


def _of(session: Session, allowed: Select) -> ColumnElement[bool]:
    """SQLite has no figures for its full-text index: unless told, it reads every allowed page and asks the index of each."""
    if session.get_bind().dialect.name == "sqlite":
        return PageText.sha256.concat("").in_(allowed)
    return PageText.sha256.in_(allowed)


def _rank(words: str, wanted: list[Wanted]) -> tuple[int, int]:
    """Who meets more of the words comes first, then who says them more often."""
    stand = Counter(words.split())
    met = points = 0
    for one in wanted:
        asked, meant = stand[one.root], sum(stand[word] for word in one.alike)
        met += bool(meant)
        points += max(AS_ASKED * min(asked, OFTEN), AS_MEANT * min(meant, OFTEN))
    return -met, -points


def _matching(session: Session, groups, loose: bool) -> ColumnElement[bool]:
    if session.get_bind().dialect.name == "sqlite":
        parts = ["(" + " OR ".join(f'"{word}"' for word in sorted(group)) + ")" for group in groups]
        asked = text("page_text_fts MATCH :asked").bindparams(asked=(" OR " if loose else " AND ").join(parts))
        return PageText.id.in_(select(literal_column("rowid")).select_from(text("page_text_fts")).where(asked))
    parts = ["(" + " | ".join(sorted(group)) + ")" for group in groups]
    question = func.to_tsquery(SIMPLE, (" | " if loose else " & ").join(parts))
    return func.to_tsvector(SIMPLE, PageText.words).bool_op("@@")(question)


# ---------------------------------------------------------------- which files


def cited_in(assessment: Assessment) -> Select:
    """The bytes that claims of this assessment cite, in the version they cite."""
    return (
        select(DocumentVersion.sha256)
        .join(Citation, (Citation.document_id == DocumentVersion.document_id) & (Citation.n == DocumentVersion.n))
        .join(Claim, Claim.id == Citation.claim_id)
        .where(Claim.assessment_id == assessment.id, DocumentVersion.sha256.is_not(None))
    )


def newest_of(documents: Select, by: Actor) -> Select:
    """SELECT of the newest versions of these documents; who is of no agency sees only what was put forward.

    The bytes of another's library are closed until something cites them (`cited_somewhere`), so its words are too.
    """
    newest = select(func.max(DocumentVersion.n)).where(DocumentVersion.document_id == Document.id)
    rows = (
        documents.order_by(None)
        .join(DocumentVersion, DocumentVersion.document_id == Document.id)
        .where(DocumentVersion.n == newest.correlate(Document).scalar_subquery(), DocumentVersion.sha256.is_not(None))
        .with_only_columns(DocumentVersion.document_id, DocumentVersion.n, DocumentVersion.sha256)
    )
    if is_agency(by, Document):
        return rows
    cited = select(Citation.id).where(
        Citation.document_id == DocumentVersion.document_id, Citation.n == DocumentVersion.n
    )
    return rows.where(cited.exists() | (Document.owner_org_id == by.instansi_id))


def citations_of(session: Session, assessment: Assessment, hashes: Iterable[str]) -> list[Citation]:
    """Citations of claims whose bytes are among these, with claim, version and document, in one statement."""
    rows = (
        select(Citation)
        .join(Citation.claim)
        .join(Citation.cited)
        .where(Claim.assessment_id == assessment.id, DocumentVersion.sha256.in_(set(hashes)))
        .order_by(Citation.id)
        .options(joinedload(Citation.claim), joinedload(Citation.cited).joinedload(DocumentVersion.document))
    )
    return list(session.scalars(rows).unique())


# ---------------------------------------------------------------- kept and forgotten


@dataclass(frozen=True)
class ReadPage:
    """One page as it was read: its number from 1, its text, and its roots separated by spaces."""

    page: int
    text: str
    words: str


def remember_pages(session: Session, sha256: str, pages: Sequence[ReadPage]) -> None:
    """Keep these pages of a file in place of those kept before.

    The first page is kept even where it says nothing: so a file that was read is known from one that still waits.
    """
    forget_pages(session, sha256)
    kept = [page for page in pages if page.words]
    if not any(page.page == 1 for page in kept):
        kept.insert(0, next((page for page in pages if page.page == 1), ReadPage(1, "", "")))
    session.execute(
        insert(PageText), [{"sha256": sha256, "page": one.page, "text": one.text, "words": one.words} for one in kept]
    )


def forget_pages(session: Session, sha256: str) -> None:
    session.execute(delete(PageText).where(PageText.sha256 == sha256))


def texts_of(session: Session, hits: Iterable[Hit]) -> dict[int, str]:
    """{id of a page: its text}."""
    rows = session.execute(select(PageText.id, PageText.text).where(PageText.id.in_({hit.id for hit in hits})))
    return {row.id: row.text for row in rows}
