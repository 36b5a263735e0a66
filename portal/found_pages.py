"""Pages of evidence that meet a question, a page of them at a time, the same for a panel and for an agency's library."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import request
from sqlalchemy import Select

from assessments.models import DocumentVersion
from assessments.page_search import Hit, Pages, pages_meeting, texts_of
from assessments.page_words import Piece, snippet

from .evidence import pictured
from .extensions import db
from .page_reading import SLIDES, WORD

ON_A_PAGE = 20
CALLED = {WORD: "Bagian", SLIDES: "Salindia"}  # what a page of it is called; "Halaman" in anything else


@dataclass(frozen=True)
class Place:
    """A file where a page may stand. Places of one `group` are listed together, in the order of `order`."""

    group: str
    code: str
    version: DocumentVersion
    order: tuple
    url: Callable[[int], str]


@dataclass(frozen=True)
class Line:
    """One page that was found: its words around what was asked."""

    place: Place
    called: str
    url: str
    pictured: bool
    pieces: list[Piece]


@dataclass(frozen=True)
class Found:
    """What the page shows: [(group, [(place, lines)])] of one leaf of all the lines."""

    question: str
    pages: Pages
    groups: list[tuple[str, list[tuple[Place, list[Line]]]]]
    total: int
    page: int
    last: int

    @property
    def narrower(self) -> bool:
        return self.pages.more


def find_pages(allowed: Select, places_of: Callable[[set[str]], Sequence[Place]]) -> Found:
    """What `?q=` asks of the bytes `allowed` names; `places_of` says where those of these hashes stand.

    At most four statements of its own and of `places_of` one.
    """
    question = " ".join(request.args.get("q", "").replace("\x00", " ").split())
    pages = pages_meeting(db.session, allowed, question)
    places = _by_hash(places_of({hit.sha256 for hit in pages.hits})) if pages.hits else {}
    ordered = _ordered(pages.hits, places)
    last = max(1, -(-len(ordered) // ON_A_PAGE))
    typed = request.args.get("halaman", "1")
    page = max(1, min(int(typed), last) if typed.isascii() and typed.isdigit() and 0 < len(typed) < 6 else 1)
    shown = ordered[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    texts = texts_of(db.session, [hit for hit, _place in shown]) if shown else {}
    groups: list[tuple[str, list[tuple[Place, list[Line]]]]] = []
    for hit, place in shown:
        if not groups or groups[-1][0] != place.group:
            groups.append((place.group, []))
        files = groups[-1][1]
        if not files or files[-1][0] is not place:
            files.append((place, []))
        files[-1][1].append(_line(hit, place, texts.get(hit.id, ""), pages))
    return Found(question[:200], pages, groups, len(ordered), page, last)


def _by_hash(places: Sequence[Place]) -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = {}
    for place in places:
        found.setdefault(place.version.sha256 or "", []).append(place)
    return found


def _ordered(hits: list[Hit], places: dict[str, list[Place]]) -> list[tuple[Hit, Place]]:
    """Groups by their best page, in them files by their best page, in them pages as they were ranked."""
    both = [(hit, place) for hit in hits for place in places.get(hit.sha256, ())]
    groups: dict[str, tuple] = {}
    files: dict[tuple, tuple] = {}
    for hit, place in both:  # the best come first
        groups[place.group] = min(groups.get(place.group, (hit.rank, place.order)), (hit.rank, place.order))
        files.setdefault(place.order, hit.rank)
    return sorted(
        both, key=lambda one: (groups[one[1].group], one[1].group, files[one[1].order], one[1].order, one[0].rank, one[0].page)
    )


def _line(hit: Hit, place: Place, text: str, pages: Pages) -> Line:
    blob = place.version.blob
    called = CALLED.get(blob.media_type if blob else "", "Halaman")
    drawn = hit.page <= pictured(place.version)
    return Line(place, f"{called} {hit.page}", place.url(hit.page), drawn, snippet(text, pages.wanted))
