"""The needs that bring people to the directory: a list of twelve, made once and from then on the city's own."""

from functools import cache
from pathlib import Path

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..models import Application, Category
from .words import roots_of


@cache
def _needs() -> tuple[dict, ...]:
    text = (Path(__file__).parent / "categories.yaml").read_text(encoding="utf-8")
    return tuple(yaml.safe_load(text))


def make_first_categories(session: Session) -> int:
    """Fill a portal that has no category yet, and say how many were made; what somebody renamed or deleted stays so."""
    if session.scalar(select(Category.id).limit(1)) is not None:
        return 0
    for ordinal, need in enumerate(_needs(), start=1):
        session.add(Category(slug=need["slug"], name=need["name"], ordinal=ordinal))
    session.flush()
    return len(_needs())


@cache
def _rules() -> tuple[tuple[str, frozenset[str]], ...]:
    return tuple((need["slug"], frozenset(roots_of(" ".join(need["words"])))) for need in _needs())


def likely_category(application: Application) -> str | None:
    """The slug of the category whose words the record speaks of most; its name counts double. None where none does."""
    title = set(roots_of(application.name))
    body = set(roots_of(f"{application.purpose} {application.current_owner.name}"))
    points = [(2 * len(words & title) + len(words & body), slug) for slug, words in _rules()]
    most, slug = max(points, key=lambda point: point[0])
    return slug if most else None
