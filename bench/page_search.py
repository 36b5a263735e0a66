"""Search over 20,000 pages of evidence on either engine, beside the bare query of the driver.

    .venv/bin/python -m bench.page_search [--pages 20000] [--rounds 20]

Text is put together from a list of words by a seeded generator, so every run searches the same pages; 400 files of 50 pages, a
fifth of them cited by the assessment that is searched. The bare query is the full-text match alone, with its rows fetched; ours
adds what may be seen, the order and one leaf of snippets. Both run in turn in one process, without HTTP.
"""

import argparse
import contextlib
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import flask_migrate
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from assessments.models import Blob, PageText
from assessments.page_search import pages_meeting, texts_of
from assessments.page_words import page_roots, snippet
from portal import create_app
from portal.config import ROOT, load
from portal.extensions import db, only_reading

from .directory import _postgres

SEED = 709
IN_A_FILE = 50
WORDS_ON_A_PAGE = 300
LEAF = 20
RARE = ("triwulan", "interoperabilitas", "kriptografi", "pusat", "audit")
QUESTIONS = ("manajemen risiko", "audit keamanan", "interoperabilitas data", "kriptografi", "layanan pusat triwulan")
COMMON = """peraturan wali kota tentang penyelenggaraan sistem pemerintahan berbasis elektronik manajemen risiko layanan data arsitektur peta rencana
    anggaran belanja perangkat daerah koordinasi keamanan informasi aplikasi infrastruktur dilaksanakan ditetapkan pasal ayat huruf tahun laporan
    evaluasi pemantauan rapat notula pegawai pelatihan dokumen bukti indikator tingkat terpadu terkelola terdefinisi proses bisnis"""


def fill(session: Session, pages: int) -> list[str]:
    """Adds the pages; the hashes of every fifth file."""
    chance, hashes = random.Random(SEED), []
    for start in range(0, pages, IN_A_FILE):
        name = sha256(f"bench {start}".encode()).hexdigest()
        hashes.append(name)
        session.execute(insert(Blob), [{"sha256": name, "size": 1, "media_type": "application/pdf", "reading_state": "readable"}])
        rows = []
        for page in range(1, IN_A_FILE + 1):
            words = chance.choices(COMMON.split(), k=WORDS_ON_A_PAGE)
            if chance.random() < 0.02:
                words[chance.randrange(WORDS_ON_A_PAGE)] = chance.choice(RARE)
            said = " ".join(words)
            rows.append({"sha256": name, "page": page, "text": said, "words": " ".join(page_roots(said))})
        session.execute(insert(PageText), rows)
    session.commit()
    session.execute(text("ANALYZE"))
    session.commit()
    return hashes[::5]


def ours(session: Session, cited: list[str], question: str) -> int:
    found = pages_meeting(session, select(Blob.sha256).where(Blob.sha256.in_(cited)), question)
    shown = found.hits[:LEAF]
    texts = texts_of(session, shown) if shown else {}
    for hit in shown:
        snippet(texts[hit.id], found.wanted)
    return len(found.hits)


def bare(session: Session, question: str) -> int:
    roots = page_roots(question)
    if session.get_bind().dialect.name == "sqlite":
        query, asked = "SELECT rowid FROM page_text_fts WHERE page_text_fts MATCH :asked", " AND ".join(roots)
    else:
        query, asked = "SELECT id FROM page_text WHERE to_tsvector('simple', words) @@ to_tsquery('simple', :asked)", " & ".join(roots)
    return len(session.execute(text(query), {"asked": asked}).all())


def timed(work: Callable[[], int]) -> tuple[float, int]:
    began = time.perf_counter()
    count = work()
    return (time.perf_counter() - began) * 1000, count


def measure(engine: str, url: str, folder: Path, pages: int, rounds: int) -> None:
    settings = load(instance=folder / engine.lower(), **({"database_url": url} if url else {}))
    app = create_app(settings)
    with app.app_context():
        flask_migrate.upgrade(directory=str(ROOT / "migrations"))
        began = time.perf_counter()
        cited = fill(db.session, pages)
        print(f"{engine}: {pages} pages kept and indexed in {time.perf_counter() - began:.1f} s", file=sys.stderr)
        with only_reading():
            for question in QUESTIONS:
                mine, least = [], []
                for _ in range(rounds + 1):
                    a, hits = timed(lambda asked=question: ours(db.session, cited, asked))
                    b, rows = timed(lambda asked=question: bare(db.session, asked))
                    mine.append(a)
                    least.append(b)
                one, other = statistics.median(mine[1:]), statistics.median(least[1:])
                print(f"| {engine} | {question} | {rows} | {hits} | {one:.1f} | {other:.1f} | **{one / other:.1f}** |")
                db.session.rollback()
        db.session.remove()
        db.engine.dispose()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=20)
    wanted = parser.parse_args()
    print("| engine | question | rows of the bare query | ours found among the cited | ours, ms | bare query, ms | ours / bare |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as programs:
        for engine, url in (("SQLite", ""), ("PostgreSQL", _postgres(programs))):
            if engine == "SQLite" or url:
                measure(engine, url, Path(folder), wanted.pages, wanted.rounds)


if __name__ == "__main__":
    main()
