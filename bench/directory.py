"""The public directory with 30,000 applications: its pages over HTTP beside the bare query of the driver, on either engine.

Names, purposes, owners and categories are those of the demo's inventory, put together anew by a seeded generator, so that
every run asks the same rows. The bare query is what a program without rights, pages or links would send: SQL, rows fetched.
"""

import contextlib
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import Request, urlopen

from flask import Flask
from sqlalchemy import insert, select, text

from assessments.inventory.words import roots_of
from assessments.models import Application, Category, Organization, SearchWords
from portal import create_app
from portal.config import ROOT, load
from portal.extensions import db

from .client import Ask, Cell, Connection, measure
from .desks import plain
from .machine import three
from .servers import Server, free_port

ROWS = 30_000
SEED = 1_904
BLOCK = 2_000
MADE_AT = datetime(2026, 1, 5, tzinfo=UTC)
HOME_KB = 70
LINKED = re.compile(r'<link rel="(?:stylesheet|icon)" href="([^"]+)"|<(?:script|img)[^>]* src="([^"]+)"')
QUESTIONS = ("antre puskesmas", "bayar pbb", "izin usaha", "lowongan kerja", "harga bahan pokok")
ENDED = "('merged', 'retired')"
LISTED = f"FROM application WHERE published_at IS NOT NULL AND (state IN {ENDED}) = FALSE ORDER BY lower(name{{C}}), id LIMIT 20"


@dataclass(frozen=True)
class Page:
    """One kind of page, the addresses it is asked by, and the least SQL that answers the same."""

    label: str
    addresses: tuple[str, ...]
    bare: str
    words: tuple[str, ...] = ("",)


def _pages(engine: str) -> tuple[Page, ...]:
    order = ' COLLATE "C"' if engine == "PostgreSQL" else ""
    listed = f"SELECT id, slug, name, purpose, state, url {LISTED.replace('{C}', order)}"
    meets = (
        "id IN (SELECT rowid FROM search_words_fts WHERE search_words_fts MATCH :words)" if engine == "SQLite" else
        "id IN (SELECT application_id FROM search_words WHERE to_tsvector('simple', title || ' ' || body) "
        "@@ plainto_tsquery('simple', :words))"
    )
    search = f"SELECT id, slug, name, purpose, state, url FROM application WHERE published_at IS NOT NULL AND {meets} LIMIT 20"
    asked = tuple(" ".join(roots_of(question)) for question in QUESTIONS)
    far = tuple(f"/aplikasi?halaman={page}" for page in (700, 1000, 1300))
    return (
        Page("search", tuple(f"/aplikasi?q={question.replace(' ', '+')}" for question in QUESTIONS), search, asked),
        Page("first page", ("/aplikasi",), listed),
        Page("far pages", far, f"{listed} OFFSET 20000"),
        Page("one category", ("/aplikasi?kategori=kesehatan",),
             listed.replace("WHERE", "WHERE category_id = (SELECT id FROM category WHERE slug = 'kesehatan') AND")),
        Page("front page", ("/",), "SELECT count(*) FROM application WHERE published_at IS NOT NULL"),
    )


@dataclass
class Beside:
    """One kind of page on one engine: what came over HTTP, and the bare query in the same rounds."""

    engine: str
    page: Page
    ours: Cell = field(default_factory=Cell)
    bare_ms: list[float] = field(default_factory=list)

    def line(self) -> str:
        bare = sorted(self.bare_ms)[len(self.bare_ms) // 2]
        counted = self.ours.statements
        return (
            f"| {self.engine} | {self.page.label} | {len(self.ours.ms)} | {three(self.ours.ms)} | {three(self.bare_ms)} | "
            f"**{self.ours.median / bare:.1f}** | {max(counted, default=0)} | {sorted(self.ours.sizes)[len(self.ours.sizes) // 2]} | "
            f"{len(self.ours.errors)} |"
        )


@dataclass
class Directory:
    pairs: list[Beside]
    home: dict[str, int]
    without: list[str]

    @property
    def errors(self) -> list[str]:
        return [error for pair in self.pairs for error in pair.ours.errors]

    def written(self) -> str:
        weight = sum(self.home.values())
        verdict = "reached" if weight <= HOME_KB * 1024 else "**missed**"
        busy = ", ".join(f"{load:.1f}" for load in os.getloadavg())
        parts = ", ".join(f"{name} {size}" for name, size in self.home.items())
        busy = ", ".join(f"{load:.1f}" for load in os.getloadavg())
        parts = ", ".join(f"{name} {size}" for name, size in self.home.items())
        lines = [
            f"{time.strftime('%d %B %Y')}, {ROWS} applications made from the names of the demo, seed {SEED}, one client; load {busy}.",
            "",
            "| engine | page | n | ours over HTTP, ms | bare query, ms | ours / bare | SQL | bytes | errors |",
            "|---|---|---|---|---|---|---|---|---|",
            *(pair.line() for pair in self.pairs),
            "",
            f"Front page, cold, as it travels: {weight} bytes ({parts}); aim {HOME_KB} KiB: {verdict}.",
            *(f"Left out: {sentence}." for sentence in self.without),
        ]
        return "\n".join(lines)


def spend(folder: Path, programs: contextlib.ExitStack, words: dict[str, str], rounds: int, quick: bool,
          say: Callable[[str], None]) -> Directory:
    """Build and measure engine by engine, so that two servers never wait for one another."""
    pairs: list[Beside] = []
    home: dict[str, int] = {}
    without = []
    for engine, url in (("SQLite", ""), ("PostgreSQL", _postgres(programs))):
        if engine == "PostgreSQL" and not url:
            without.append("PostgreSQL, which is not installed here")
            continue
        say(f"{engine}: the demo and {ROWS} applications ...")
        instance = folder / f"directory-{engine.lower()}"
        settings = load(instance=instance, port=free_port(), **({"database_url": url} if url else {}))
        own = words | {"PORTAL_INSTANCE": str(instance), "PORT": str(settings.port)} | ({"PORTAL_DATABASE_URL": url} if url else {})
        subprocess.run([sys.executable, "-m", "flask", "--app", "wsgi", "prepare"], cwd=ROOT, env=own, check=True,
                       stdout=subprocess.DEVNULL, timeout=300)
        app = create_app(settings)
        fill(app)
        server = Server("bench.counted:app", settings, own, folder / f"directory-{engine.lower()}.log")
        programs.callback(server.end)
        server.wait_until_it_answers()
        pairs += _measured(app, server, engine, rounds, 5 if quick else 20, say)
        if not home:
            home = cold(server.port, "/")
        server.end()
        with app.app_context():
            db.engine.dispose()
    return Directory(pairs, home, without)


def _measured(app: Flask, server: Server, engine: str, rounds: int, count: int, say: Callable[[str], None]) -> list[Beside]:
    found = [Beside(engine, page) for page in _pages(engine)]
    for page in found:  # one of each, so that nothing measured is the first
        measure(server, "", _turns(page.page), len(page.page.addresses), 1, 60)
    for _ in range(rounds):
        for pair in found:
            pair.ours.add(measure(server, "", _turns(pair.page), count, 1, 60))
            pair.bare_ms += _bare(app, pair.page, count)
            say(f"{engine}, {pair.page.label}: {pair.ours.median:.1f} ms")
    return found


def _turns(page: Page) -> Callable[[], Ask]:
    turn = iter(page.addresses * 1000)
    return lambda: Ask("GET", next(turn), 200)


def _bare(app: Flask, page: Page, count: int) -> list[float]:
    times = []
    with app.app_context(), db.engine.connect() as connection:
        query = text(page.bare)
        for n in range(count + 1):
            given = {"words": page.words[n % len(page.words)]} if ":words" in page.bare else {}
            began = time.perf_counter()
            connection.execute(query, given).all()
            times.append((time.perf_counter() - began) * 1000)
    return times[1:]


def cold(port: int, address: str) -> dict[str, int]:
    """{what: bytes as they travel}, for somebody who comes for the first time."""
    connection = Connection(port)
    html = connection.send(Ask("GET", address, 200))
    connection.close()
    sizes = {"html": len(html.body)}
    for match in LINKED.finditer(plain(html).decode()):
        linked = match[1] or match[2]
        asked = Request(f"http://127.0.0.1:{port}{linked}", headers={"Accept-Encoding": "gzip, deflate, br, zstd"})
        with urlopen(asked, timeout=30) as answer:
            sizes[linked.partition("?")[0].rsplit("/", 1)[-1]] = len(answer.read())
    return sizes


def fill(app: Flask, count: int = ROWS, seed: int = SEED) -> None:
    """Add published applications, with the words they are found by; statistics are refreshed as a night's upkeep does."""
    chance = random.Random(seed)
    with app.app_context():
        session = db.session
        real = session.execute(select(Application.name, Application.purpose).order_by(Application.id)).all()
        city = session.scalar(select(Application.instansi_id).limit(1))
        owners = [(one.id, f"{one.name} {one.short_name}") for one in session.scalars(
            select(Organization).where(Organization.instansi_id == city).order_by(Organization.id))]
        categories = [(one.id, one.name) for one in session.scalars(select(Category).order_by(Category.id))]
        first = session.scalar(select(Application.id).order_by(Application.id.desc()).limit(1)) + 1
        for start in range(0, count, BLOCK):
            made = [_one(chance, first + n, real, owners, categories, city) for n in range(start, min(start + BLOCK, count))]
            session.execute(insert(Application), [row for row, _words in made])
            session.execute(insert(SearchWords), [words for _row, words in made])
            session.commit()
        session.execute(text("ANALYZE"))
        session.commit()
        session.remove()
        db.engine.dispose()


def _one(chance: random.Random, n: int, real, owners, categories, city: int) -> tuple[dict, dict]:
    (name, purpose), (second, _) = chance.choice(real), chance.choice(real)
    owner, owner_name = chance.choice(owners)
    category, category_name = chance.choice(categories)
    name = f"{name[:70]} {second[:70]} {n}"
    state = chance.choices(("active", "inactive", "retired"), (90, 6, 4))[0]
    ended = {"decided_on": MADE_AT.date(), "reason": "Contoh.", "data_fate": "Contoh.", "account_fate": "Contoh."}
    row = {
        "id": n, "instansi_id": city, "code": f"B{n}", "slug": f"contoh-{n}", "name": name, "state": state, "purpose": purpose,
        "current_owner_id": owner, "category_id": category, "audience": "Warga kota.", "how_to_open": "Buka alamatnya.",
        "helpdesk": "Loket.", "url": f"https://contoh-{n}.example.go.id/", "platforms": ["web"], "details": {},
        "published_at": MADE_AT, "created_at": MADE_AT, "changed_at": MADE_AT, "version": 1,
        "decided_on": None, "reason": "", "data_fate": "", "account_fate": "",
    } | (ended if state == "retired" else {})
    said = f"{purpose} Warga kota. Buka alamatnya. {category_name} {owner_name}"
    return row, {"application_id": n, "title": " ".join(roots_of(name)), "body": " ".join(roots_of(said))}


def _postgres(programs: contextlib.ExitStack) -> str:
    """The address of an empty database in a throw-away cluster, the one the tests use; nothing where it is not installed."""
    from tests.services import Postgres, in_postgres, postgresql_programs

    if postgresql_programs() is None:
        return ""
    cluster = Postgres()
    programs.callback(cluster.stop)
    in_postgres(cluster.folder, "CREATE DATABASE bench")
    return cluster.url("bench")
