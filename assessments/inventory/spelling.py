"""A word nobody in the directory uses: the one that was perhaps meant, the same with both engines."""

from difflib import get_close_matches

from sqlalchemy.orm import Session

from ..models import Application, SearchWords
from .publishing import public_applications
from .words import IDLE, LONGEST, needs_words, root, words_of

SHORTEST = 4  # a shorter word is near to too many
LOOKED_AT = 2_000  # applications whose words are compared
MOST = 3  # words of one question that are put right
NEAR = 0.8


def meant(session: Session, question: str) -> str:
    """The question with its unknown words put right; "" where there is nothing better to say."""
    asked = words_of(question)[:LONGEST]
    doubtful = [word for word in asked if len(word) >= SHORTEST and word.isalpha() and word not in IDLE]
    if not doubtful:
        return ""
    words, roots = _spoken(session)
    better: dict[str, str] = {}
    for word in doubtful:
        if len(better) == MOST:
            break
        if word in words or root(word) in roots:
            continue
        near = [one for one in words if abs(len(one) - len(word)) <= 2]
        if found := get_close_matches(word, near, 1, NEAR):
            better[word] = found[0]
    return " ".join(better.get(word, word) for word in asked) if better else ""


def _spoken(session: Session) -> tuple[set[str], set[str]]:
    """Words that the directory and the list of needs are written in, and the roots that are found."""
    rows = session.execute(
        public_applications()
        .join(SearchWords, SearchWords.application_id == Application.id)
        .with_only_columns(Application.name, Application.purpose, SearchWords.title, SearchWords.body)
        .order_by(Application.id)
        .limit(LOOKED_AT)
    ).all()
    words = set(needs_words())
    roots = {root(word) for word in words}
    for name, purpose, title, body in rows:
        words.update(words_of(f"{name} {purpose}"))
        roots.update(title.split(), body.split())
    return {word for word in words if len(word) >= SHORTEST and word not in IDLE}, roots
