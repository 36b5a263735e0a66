"""The needs that bring people to the directory: a list of twelve, made once and from then on the city's own."""

import re
from functools import cache
from pathlib import Path

import yaml
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..models import Application, Category
from ..refusal import Refused
from ..texts import clean_line
from .searching import remember_words
from .words import roots_of

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")


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


def save_category(session: Session, category: Category | None, name: str, slug: str, ordinal: int | None) -> Category:
    """Make one or change it; an empty address is made from the name. What is found by its name is found by the new one."""
    name = clean_line(name, 80, "Nama", "name", required=True)
    slug = clean_line(slug, 60, "Alamat", "slug") or re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:60].strip("-")
    if not SLUG.match(slug):
        raise Refused("Alamat hanya huruf kecil, angka, dan tanda hubung di antaranya.", field="slug")
    taken = select(Category.id).where(Category.slug == slug, Category.id != (category.id if category else 0))
    if session.scalar(taken) is not None:
        raise Refused("Alamat ini sudah dipakai kategori lain.", field="slug")
    if category is None:
        category = Category()
        session.add(category)
    renamed = category.name not in (None, name)
    category.name, category.slug, category.ordinal = name, slug, ordinal or 0
    session.flush()
    if renamed:
        for application in session.scalars(select(Application).where(Application.category_id == category.id)):
            remember_words(session, application)
    return category


def delete_category(session: Session, category: Category) -> None:
    """Only one that no application has."""
    used = session.scalar(select(func.count()).where(Application.category_id == category.id))
    if used:
        raise Refused(f"Kategori {category.name} masih dipakai {used} aplikasi. Pindahkan dulu aplikasinya.")
    session.delete(category)
    session.flush()
