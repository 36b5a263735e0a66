"""Finding applications by need words, with the full-text search of either engine and one order of our own."""

from dataclasses import dataclass

from sqlalchemy import Select, func, literal_column, select, text
from sqlalchemy.orm import Session, joinedload

from ..models import Application, Organization, SearchWords
from .words import asked, roots_of

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
class Hits:
    """Applications in their order; `loose` when no one met the whole question and those that meet a part are shown."""

    applications: list[Application]
    loose: bool = False
    more: bool = False


def search(session: Session, rows: Select, question: str) -> Hits:
    """Those of `rows` (a SELECT of applications) that meet the question, title hits first, then by name.

    Nothing asked: `rows` by name. The two engines give the same answers: both compare the stored roots as words.
    """
    rows = rows.options(
        joinedload(Application.current_owner).joinedload(Organization.states), joinedload(Application.category)
    )
    groups = asked(question)
    if not groups:
        if question.strip():
            return Hits([])
        found = session.scalars(rows.order_by(func.lower(Application.name), Application.id).limit(MOST + 1)).unique().all()
        return Hits(list(found[:MOST]), more=len(found) > MOST)
    for loose in (False, True):
        narrowed = rows.where(Application.id.in_(_matching(session, groups, loose)))
        found = session.execute(
            narrowed.join(SearchWords, SearchWords.application_id == Application.id)
            .add_columns(SearchWords.title, SearchWords.body)
            .limit(MOST + 1)
        ).unique().all()
        if found or len(groups) == 1:
            break
    ordered = sorted(found[:MOST], key=lambda row: _place(row, groups))
    return Hits([row[0] for row in ordered], loose and bool(found), len(found) > MOST)


def _place(row, groups) -> tuple:
    application, title, body = row
    in_title, anywhere = set(title.split()), set(title.split()) | set(body.split())
    return (
        application.state in ("retired", "merged"),
        -sum(bool(group & anywhere) for group in groups),
        -sum(2 * len(group & in_title) + len(group & anywhere) for group in groups),
        application.name.casefold(),
        application.id,
    )


def _matching(session: Session, groups, loose: bool):
    if session.get_bind().dialect.name == "sqlite":
        parts = ["(" + " OR ".join(f'"{word}"' for word in sorted(group)) + ")" for group in groups]
        question = (" OR " if loose else " AND ").join(parts)
        return select(literal_column("rowid")).select_from(text("search_words_fts")).where(
            text("search_words_fts MATCH :question").bindparams(question=question)
        )
    parts = ["(" + " | ".join(sorted(group)) + ")" for group in groups]
    question = (" | " if loose else " & ").join(parts)
    words = func.to_tsvector(literal_column("'simple'"), SearchWords.title + literal_column("' '") + SearchWords.body)
    return select(SearchWords.application_id).where(words.op("@@")(func.to_tsquery(literal_column("'simple'"), question)))
