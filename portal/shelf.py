"""What the directory holds: how it is asked, narrowed, counted and cut into pages; the pages and the API share it."""

from collections import Counter
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from assessments.inventory.ordering import LETTERS, OVER, STANDING, begins_with, by_name, first_letters
from assessments.inventory.publishing import public_applications
from assessments.inventory.searching import answers_to, fetched
from assessments.models import Application, Category, Organization

from .extensions import db

ENDED = ("retired", "merged")
# what an address says -> (words, states of the life cycle)
STATES = {
    "aktif": ("Aktif", ("active", "migrating")),
    "tidak-aktif": ("Tidak aktif", ("planned", "inactive")),
    "dihentikan": ("Dihentikan atau digabung", ENDED),
}
ROWS = 20
FARTHEST = 100_000


@dataclass(frozen=True)
class Wish:
    """What was asked, as an address carries it; unknown words narrow to nothing instead of being forgotten.

    Lists hold what lives; whoever searches, or asks for what is over, finds that too. `whole`: over or not, as a program asks.
    """

    q: str = ""
    kategori: str = ""
    opd: str = ""
    status: str = ""
    huruf: str = ""
    halaman: int = 1
    whole: bool = False

    def with_(self, **more) -> dict[str, object]:
        """The query of an address that differs in these; without a page it starts on the first one."""
        said = {"q": self.q, "kategori": self.kategori, "opd": self.opd, "status": self.status, "huruf": self.huruf} | more
        return {name: value for name, value in said.items() if value not in ("", None, 1)}

    def lists(self, state: str) -> bool:
        """Whether an application in this state is among what was asked."""
        if self.status:
            return self.status in STATES and state in STATES[self.status][1]
        return bool(self.q) or self.whole or state not in ENDED

    @property
    def narrowed(self) -> bool:
        return any((self.kategori, self.opd, self.status, self.huruf))


@dataclass(frozen=True)
class Shelf:
    """One page of what was found. `loose`: nothing met the whole question; `more`: the question was too wide."""

    applications: list[Application]
    total: int
    page: int
    last: int
    rows: int
    loose: bool = False
    more: bool = False

    @property
    def first(self) -> int:
        return (self.page - 1) * self.rows + 1


def read_wish(args) -> Wish:
    """From the query of an address; what cannot be a name there is one that nothing is called."""
    said = {name: storable(args.get(name, ""))[:200] for name in ("q", "kategori", "opd", "status", "huruf")}
    page = args.get("halaman", "1")
    n = int(page) if page.isascii() and page.isdigit() and len(page) < 8 else 1
    letter = said["huruf"].upper()
    return Wish(
        said["q"], said["kategori"], said["opd"], said["status"],
        huruf=letter if len(letter) == 1 and letter in LETTERS else "", halaman=max(1, min(n, FARTHEST)),
    )


def storable(text: str) -> str:
    """Without the one character that neither engine can be asked about; what holds it is no name of anything."""
    return text.replace("\x00", "\ufffd").strip()


def narrowed(wish: Wish) -> Select:
    """SELECT of the published applications under the filters.

    What lives is a stretch of the index by name; under a filter that leaves few rows these few are looked at instead.
    """
    rows, few = public_applications(), wish.kategori or wish.opd
    if wish.kategori:
        rows = rows.where(Application.category_id.in_(select(Category.id).where(Category.slug == wish.kategori)))
    if wish.opd:
        rows = rows.where(Application.current_owner_id.in_(select(Organization.id).where(Organization.slug == wish.opd)))
    if wish.status:
        rows = rows.where(Application.state.in_(STATES[wish.status][1] if wish.status in STATES else ()))
    if not wish.lists("retired"):
        rows = rows.where(Application.state.not_in(ENDED) if few else STANDING)
    if wish.huruf:
        rows = rows.where(begins_with(wish.huruf))
    return rows


def take_down(wish: Wish, size: int = ROWS) -> Shelf:
    """The page that was asked for; a page beyond the last one is the last one."""
    rows = narrowed(wish)
    if wish.q:
        hits = answers_to(db.session, rows, wish.q)
        page, last = _place(wish.halaman, len(hits.ids), size)
        found = fetched(db.session, hits.ids[(page - 1) * size : page * size])
        return Shelf(found, len(hits.ids), page, last, size, hits.loose, hits.more)
    total = db.session.scalar(rows.with_only_columns(func.count()))
    page, last = _place(wish.halaman, total, size)
    cut = rows.with_only_columns(Application.id).order_by(*([OVER] if wish.whole else []), *by_name()).limit(size).offset((page - 1) * size)
    return Shelf(fetched(db.session, list(db.session.scalars(cut))), total, page, last, size)


def _place(page: int, total: int, size: int) -> tuple[int, int]:
    last = max(1, -(-total // size))
    return min(page, last), last


@dataclass(frozen=True)
class Facets:
    """How many stand under each filter, given the other ones; every number is that of the page it leads to."""

    wish: Wish
    rows: list[tuple[str, int | None, int, int]]
    categories: dict[int, Category]
    owners: dict[int, Organization]

    def by_category(self) -> list[tuple[Category, int]]:
        """Categories that hold something, in their order."""
        counted = self._counted(1, kategori="")
        return [(category, counted[key]) for key, category in self.categories.items() if key in counted]

    def by_owner(self) -> list[tuple[Organization, int]]:
        """Agencies that answer for something here, by name."""
        counted = self._counted(2, opd="")
        pairs = ((owner, counted[key]) for key, owner in self.owners.items() if key in counted)
        return sorted(pairs, key=lambda pair: pair[0].name.casefold())

    def by_state(self) -> dict[str, int]:
        """{word of the address: how many}."""
        counted = self._counted(0, status="", whole=True)
        return {word: sum(counted.get(state, 0) for state in states) for word, (_label, states) in STATES.items()}

    def _counted(self, column: int, **without) -> Counter:
        wish = replace(self.wish, **without)
        counted: Counter = Counter()
        for row in self.rows:
            state, category, owner, count = row
            in_category = not wish.kategori or (category in self.categories and self.categories[category].slug == wish.kategori)
            of_owner = not wish.opd or (owner in self.owners and self.owners[owner].slug == wish.opd)
            if wish.lists(state) and in_category and of_owner:
                counted[row[column]] += count
        return counted


def facets(wish: Wish) -> Facets:
    """Counted in one go; words of a question do not count, only what is narrowed by."""
    rows = narrowed(Wish(huruf=wish.huruf, whole=True))
    columns = (Application.state, Application.category_id, Application.current_owner_id)
    counted = db.session.execute(rows.with_only_columns(*columns, func.count()).group_by(*columns)).all()
    categories = db.session.scalars(select(Category).order_by(Category.ordinal, Category.name))
    owners = db.session.scalars(
        select(Organization).where(Organization.id.in_({owner for _, _, owner, _ in counted})).options(joinedload(Organization.states))
    ).unique()
    return Facets(replace(wish, q=""), [(state, category, owner, count) for state, category, owner, count in counted], {one.id: one for one in categories}, {one.id: one for one in owners})


def letters(wish: Wish) -> list[str]:
    """The letters something begins with."""
    held = set(db.session.scalars(first_letters(narrowed(replace(wish, q="", huruf="")))))
    return [letter for letter in LETTERS if letter.lower() in held]


def host_of(url: str | None) -> str:
    """What of an address people read."""
    return (urlsplit(url).hostname or "").removeprefix("www.") if url else ""
