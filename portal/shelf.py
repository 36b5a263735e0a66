"""What the directory holds: how it is asked, narrowed, counted and cut into pages; the pages and the API share it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from assessments.inventory.publishing import public_applications
from assessments.inventory.searching import search
from assessments.models import Application, Category, Organization

from .extensions import db

ENDED = ("retired", "merged")
# what an address says -> (words, states of the life cycle)
STATES = {
    "aktif": ("Aktif", ("active", "migrating")),
    "tidak-aktif": ("Tidak aktif", ("planned", "inactive")),
    "dihentikan": ("Dihentikan atau digabung", ENDED),
}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ROWS = 20
FARTHEST = 100_000


@dataclass(frozen=True)
class Wish:
    """What was asked, as an address carries it; unknown words narrow to nothing instead of being forgotten."""

    q: str = ""
    kategori: str = ""
    opd: str = ""
    status: str = ""
    huruf: str = ""
    halaman: int = 1

    def with_(self, **more) -> dict[str, object]:
        """The query of an address that differs in these; without a page it starts on the first one."""
        said = {"q": self.q, "kategori": self.kategori, "opd": self.opd, "status": self.status, "huruf": self.huruf} | more
        return {name: value for name, value in said.items() if value not in ("", None, 1)}

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
    letter = said.pop("huruf").upper()
    return Wish(**said, huruf=letter if len(letter) == 1 and letter in LETTERS else "", halaman=max(1, min(n, FARTHEST)))


def storable(text: str) -> str:
    """Without the one character that neither engine can be asked about; what holds it is no name of anything."""
    return text.replace("\x00", "\ufffd").strip()


def narrowed(wish: Wish) -> Select:
    """SELECT of the published applications under the filters, those that live first."""
    rows = public_applications()
    if wish.kategori:
        rows = rows.where(Application.category_id.in_(select(Category.id).where(Category.slug == wish.kategori)))
    if wish.opd:
        rows = rows.where(Application.current_owner_id.in_(select(Organization.id).where(Organization.slug == wish.opd)))
    if wish.status:
        rows = rows.where(Application.state.in_(STATES[wish.status][1] if wish.status in STATES else ()))
    if wish.huruf:
        rows = rows.where(func.upper(func.substr(Application.name, 1, 1)) == wish.huruf)
    return rows.order_by(Application.state.in_(ENDED))


def take_down(wish: Wish, size: int = ROWS) -> Shelf:
    """The page that was asked for; a page beyond the last one is the last one."""
    rows = narrowed(wish)
    if wish.q:
        hits = search(db.session, rows.order_by(Application.id), wish.q)  # of too many, both engines take the same
        total = len(hits.applications)
        page, last = _place(wish.halaman, total, size)
        return Shelf(hits.applications[(page - 1) * size : page * size], total, page, last, size, hits.loose, hits.more)
    counted = rows.order_by(None).with_only_columns(Application.id).subquery()
    total = db.session.scalar(select(func.count()).select_from(counted))
    page, last = _place(wish.halaman, total, size)
    cut = rows.order_by(func.lower(Application.name), Application.id).limit(size).offset((page - 1) * size)
    found = db.session.scalars(
        cut.options(
            joinedload(Application.current_owner).joinedload(Organization.states), joinedload(Application.category)
        )
    )
    return Shelf(list(found.unique()), total, page, last, size)


def _place(page: int, total: int, size: int) -> tuple[int, int]:
    last = max(1, -(-total // size))
    return min(page, last), last


def category_counts() -> list[tuple[Category, int]]:
    """Categories that hold something that lives, in their order."""
    rows = db.session.execute(
        select(Category, func.count())
        .join(Application, Application.category_id == Category.id)
        .where(Application.published_at.is_not(None), Application.state.not_in(ENDED))
        .group_by(Category.id)
        .order_by(Category.ordinal, Category.name)
    )
    return [(category, count) for category, count in rows]


def state_counts() -> dict[str, int]:
    """{word of the address: how many}."""
    rows = db.session.execute(
        select(Application.state, func.count()).where(Application.published_at.is_not(None)).group_by(Application.state)
    )
    counted = dict(rows.all())
    return {word: sum(counted.get(state, 0) for state in states) for word, (_label, states) in STATES.items()}


def owners() -> list[tuple[Organization, int]]:
    """Agencies that answer for something that lives here, by name."""
    counted = dict(
        db.session.execute(
            select(Application.current_owner_id, func.count())
            .where(Application.published_at.is_not(None), Application.state.not_in(ENDED))
            .group_by(Application.current_owner_id)
        ).all()
    )
    rows = db.session.scalars(
        select(Organization).where(Organization.id.in_(counted)).options(joinedload(Organization.states))
    ).unique()
    return sorted(((owner, counted[owner.id]) for owner in rows), key=lambda pair: pair[0].name.casefold())


def host_of(url: str | None) -> str:
    """What of an address people read."""
    return (urlsplit(url).hostname or "").removeprefix("www.") if url else ""
