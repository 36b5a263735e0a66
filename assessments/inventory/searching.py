"""Finding applications by need words, with the full-text search of either engine and one order of our own."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Row, Select, case, func, literal_column, select, text
from sqlalchemy.orm import Session, aliased, joinedload

from ..models import Application, Category, Organization, SearchWords
from .ordering import OVER, by_name
from .words import Wanted, asked, roots_of, wanted_in

MOST = 300  # hits that are ordered; a question with more is told to be narrower


def remember_words(session: Session, application: Application, fresh: bool = False) -> None:
    """Keep the roots of what the application says of itself; called whenever that changes. A `fresh` one has none yet."""
    row = session.get(SearchWords, application.id) if application.id and not fresh else None
    if row is None:
        if application.id is None:
            session.flush()
        row = SearchWords(application_id=application.id, title="", body="")
        session.add(row)
    category = application.category.name if application.category else ""
    owner = application.current_owner
    said = (application.purpose, application.audience, application.how_to_open, category, owner.name, owner.short_name)
    row.title = " ".join(roots_of(application.name))
    row.body = " ".join(roots_of(" ".join(word for word in said if word)))


@dataclass(frozen=True)
class Answers:
    """Numbers of applications, best first; `loose` when no one met the whole question and those that meet a part are shown."""

    ids: list[int]
    loose: bool = False
    more: bool = False


@dataclass(frozen=True)
class Hits:
    """The same with the applications themselves."""

    applications: list[Application]
    loose: bool = False
    more: bool = False


def search(session: Session, rows: Select, question: str) -> Hits:
    """Those of `rows` (a SELECT of applications) that meet the question, in the order of `answers_to`."""
    found = answers_to(session, rows, question)
    return Hits(fetched(session, found.ids), found.loose, found.more)


def fetched(session: Session, ids: Sequence[int]) -> list[Application]:
    """These applications in this order, with what a line of a list says of them."""
    if not ids:
        return []
    rows = session.scalars(
        select(Application).where(Application.id.in_(ids)).options(
            joinedload(Application.current_owner).joinedload(Organization.states), joinedload(Application.category)
        )
    ).unique()
    place = {each: n for n, each in enumerate(ids)}
    return sorted(rows, key=lambda application: place[application.id])


def answers_to(session: Session, rows: Select, question: str) -> Answers:
    """Those of `rows` that meet all of the question, else a part of it. Nothing asked: `rows` by name.

    The two engines give the same answers: both compare the stored roots as words, and the order is made here.
    """
    rows = rows.order_by(None)
    wanted, groups = wanted_in(question), asked(question)
    if not groups:
        if question.strip():
            return Answers([])
        ids = list(session.scalars(rows.with_only_columns(Application.id).order_by(*by_name()).limit(MOST + 1)))
        return Answers(ids[:MOST], more=len(ids) > MOST)
    found: Sequence[Row] = ()
    for loose in (False, True):
        found = session.execute(_candidates(session, rows, groups, loose)).all()
        if found or len(groups) == 1:
            break
    ordered = sorted(found[:MOST], key=lambda row: _place(row, wanted))
    return Answers([row.id for row in ordered], loose and bool(found), len(found) > MOST)


def _candidates(session: Session, rows: Select, groups, loose: bool) -> Select:
    """At most one more than is ordered; of too many those whose names meet it, and those that live, are taken first."""
    return (
        rows.where(Application.id.in_(_matching(session, groups, loose)))
        .join(SearchWords, SearchWords.application_id == Application.id)
        .outerjoin(Category, Category.id == Application.category_id)
        .with_only_columns(
            Application.id, Application.name, Application.purpose, SearchWords.title, SearchWords.body,
            Category.name.label("need"), OVER.label("over"),
        )
        .order_by(OVER, case((_in_name(session, groups, loose), 0), else_=1), Application.id)
        .limit(MOST + 1)
    )


# What it is worth where a word of the question stands: as it was asked, and as another word for the same need.
IN_NAME, IN_NEED, IN_PURPOSE, ELSEWHERE = (12, 7), (5, 4), (4, 2), (1, 1)


def _place(row: Row, wanted: list[Wanted]) -> tuple:
    """What lives first, then whoever meets more of the words, then where they stand; names in the order of the lists."""
    title = set(row.title.split())
    need, purpose = set(roots_of(row.need or "")), set(roots_of(row.purpose))
    anywhere = title | set(row.body.split())
    places = ((IN_NAME, title), (IN_NEED, need), (IN_PURPOSE, purpose), (ELSEWHERE, anywhere))
    points = 0
    for one in wanted:
        for (as_asked, as_meant), words in places:
            points += as_asked if one.root in words else as_meant if one.alike & words else 0
    return bool(row.over), -sum(bool(one.alike & anywhere) for one in wanted), -points, row.name.lower(), row.id


SIMPLE: ColumnElement[str] = literal_column("'simple'")


def _matching(session: Session, groups, loose: bool) -> Select:
    """SELECT of the numbers of those whose words meet the question, by the full-text index of either engine."""
    if session.get_bind().dialect.name == "sqlite":
        return _in_index("asked", _for_sqlite(groups, loose))
    stored = aliased(SearchWords)
    words = func.to_tsvector(SIMPLE, stored.title + literal_column("' '") + stored.body)
    return select(stored.application_id).where(words.op("@@")(_for_postgresql(groups, loose)))


def _in_name(session: Session, groups, loose: bool) -> ColumnElement[bool]:
    """Whether the name alone meets it; looked at for those that were found, and no others."""
    if session.get_bind().dialect.name == "sqlite":
        return Application.id.in_(_in_index("named", f"title : ({_for_sqlite(groups, loose)})"))
    return func.to_tsvector(SIMPLE, SearchWords.title).bool_op("@@")(_for_postgresql(groups, loose))


def _in_index(name: str, question: str) -> Select:
    found = text(f"search_words_fts MATCH :{name}").bindparams(**{name: question})
    return select(literal_column("rowid")).select_from(text("search_words_fts")).where(found)


def _for_sqlite(groups, loose: bool) -> str:
    parts = ["(" + " OR ".join(f'"{word}"' for word in sorted(group)) + ")" for group in groups]
    return (" OR " if loose else " AND ").join(parts)


def _for_postgresql(groups, loose: bool) -> ColumnElement:
    parts = ["(" + " | ".join(sorted(group)) + ")" for group in groups]
    return func.to_tsquery(SIMPLE, (" | " if loose else " & ").join(parts))
