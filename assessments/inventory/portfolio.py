"""The inventory as a whole: figures by agency, state, platform and age, and applications that look like one another."""

from collections import Counter
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from urllib.parse import urlsplit

from sqlalchemy.orm import Session, joinedload

from ..clock import today
from ..models import Application, Organization
from .words import words_of

AGES = ((0, 2, "0–2 tahun"), (3, 5, "3–5 tahun"), (6, 10, "6–10 tahun"), (11, 200, "lebih dari 10 tahun"))
UNKNOWN_AGE = "tahun tidak diketahui"
SIMILAR = 0.86


@dataclass
class Figures:
    """Counts of what still counts (retired and merged ones apart), and the money that ended ones save in a year."""

    total: int = 0
    ended: int = 0
    published: int = 0
    saving: int = 0
    states: Counter = field(default_factory=Counter)
    owners: Counter = field(default_factory=Counter)
    platforms: Counter = field(default_factory=Counter)
    ages: Counter = field(default_factory=Counter)

    @property
    def active_rate(self) -> float | None:
        """Share (0..1) of those that count which are active."""
        return self.states["active"] / self.total if self.total else None


def figures(session: Session, rows) -> Figures:
    """Figures of the applications in `rows` (a SELECT), read in one statement."""
    found = Figures()
    year = today("Asia/Jakarta").year
    for state, owner, platforms, built, published, saving in session.execute(
        rows.with_only_columns(
            Application.state, Application.current_owner_id, Application.platforms, Application.year_built,
            Application.published_at, Application.yearly_saving, maintain_column_froms=True,
        )
    ):
        if state in ("retired", "merged"):
            found.ended += 1
            found.saving += saving or 0
            continue
        found.total += 1
        found.published += published is not None
        found.states[state] += 1
        found.owners[owner] += 1
        for platform in platforms or ["other"]:
            found.platforms[platform] += 1
        found.ages[_age(year - built) if built else UNKNOWN_AGE] += 1
    return found


def _age(years: int) -> str:
    return next((label for low, high, label in AGES if low <= max(years, 0) <= high), UNKNOWN_AGE)


@dataclass(frozen=True)
class Twins:
    """Two that may be one, and why."""

    one: Application
    other: Application
    why: str


def twins(session: Session, rows) -> list[Twins]:
    """Pairs of applications in `rows` (a SELECT) with the same address or nearly the same name."""
    found = session.scalars(
        rows.where(Application.state.not_in(("retired", "merged")))
        .options(joinedload(Application.current_owner).joinedload(Organization.states))
        .order_by(Application.id)
    ).unique().all()
    pairs: dict[tuple[int, int], Twins] = {}
    by_address: dict[str, list[Application]] = {}
    by_start: dict[str, list[tuple[str, Application]]] = {}
    for application in found:
        address = bare_address(application.url)
        for other in by_address.setdefault(address, []) if address else ():
            pairs[(other.id, application.id)] = Twins(other, application, f"alamat sama: {address}")
        if address:
            by_address[address].append(application)
        name = " ".join(words_of(application.name))
        for near, other in by_start.setdefault(name[:3], []):
            if near == name or SequenceMatcher(None, near, name).ratio() >= SIMILAR:
                why = "nama sama" if near == name else "nama mirip"
                pairs.setdefault((other.id, application.id), Twins(other, application, why))
        by_start[name[:3]].append((name, application))
    return list(pairs.values())


def bare_address(url: str | None) -> str:
    """Host, path and question without scheme, www and the last slash: what two spellings of one address share."""
    if not url:
        return ""
    parts = urlsplit(url)
    question = f"?{parts.query}" if parts.query else ""
    return f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rstrip('/')}{question}"


def overlaps(session: Session, rows) -> list[Application]:
    """Local applications in a field where a national Aplikasi Umum exists: candidates to migrate or end."""
    found = session.scalars(
        rows.where(Application.origin == "local", Application.state.in_(("active", "inactive", "planned")))
        .options(joinedload(Application.current_owner).joinedload(Organization.states))
    ).unique()
    return [application for application in found if application.details.get("common_field")]


