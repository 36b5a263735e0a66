"""`.venv/bin/python bench/storing.py`: what it takes to keep a file, and what opening and drawing it takes afterwards.

Hash-and-store at 1 MiB and 100 MiB, beside the least that could be done (write and fsync) and beside the hash alone; no
HTTP and no database, which `run.py` measures. Then the worker's part: seconds and peak memory of the program that opens a
file and of the one that draws its pages.
"""

import hashlib
import io
import multiprocessing
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)

from pypdf import PdfWriter  # noqa: E402

from portal import previews  # noqa: E402
from portal.reading import read_facts  # noqa: E402
from portal.storage import FolderStorage  # noqa: E402

MIB = 1 << 20
STEP = 256 * 1024
TIMES = {1: 30, 100: 5}


def timed(work: Callable[[], None], times: int) -> tuple[float, float]:
    """Median and least, in milliseconds."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken), min(taken)


def store_figures(folder: Path) -> list[str]:
    lines = ["| size | hash alone | write, fsync | hash, write, fsync, rename (ours) | ours to write, fsync | peak memory |", "|---|---|---|---|---|---|"]
    store = FolderStorage(folder / "evidence")
    for mib, times in TIMES.items():
        block = os.urandom(STEP)
        pieces = mib * MIB // STEP

        def plain(pieces: int = pieces, block: bytes = block) -> None:
            path = folder / "plain"
            with path.open("wb") as file:
                for _ in range(pieces):
                    file.write(block)
                file.flush()
                os.fsync(file.fileno())
            path.unlink()

        def only_hash(pieces: int = pieces, block: bytes = block) -> None:
            found = hashlib.sha256()
            for _ in range(pieces):
                found.update(block)

        def ours(pieces: int = pieces, block: bytes = block) -> None:
            with store.receive() as incoming:
                incoming.write(os.urandom(16))  # other bytes each time
                for _ in range(pieces):
                    incoming.write(block)
                kept = incoming.keep()
            store.path(kept.sha256).unlink()

        hashing, writing, keeping = timed(only_hash, times), timed(plain, times), timed(ours, times)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        lines.append(
            f"| {mib} MiB | {hashing[0]:.1f} (least {hashing[1]:.1f}) ms | {writing[0]:.1f} (least {writing[1]:.1f}) ms"
            f" | {keeping[0]:.1f} (least {keeping[1]:.1f}) ms | {keeping[0] / writing[0]:.1f} | {peak:.0f} MiB |"
        )
    return lines


def paper(pages: int) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def _child(work: Callable[[], object], told: multiprocessing.Queue) -> None:
    began = time.perf_counter()
    work()
    told.put((time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024))


def apart(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds and peak memory (MiB) of the programs this work starts."""
    context = multiprocessing.get_context("fork")
    told = context.Queue()
    child = context.Process(target=_child, args=(work, told))
    child.start()
    found = told.get()
    child.join()
    return found


def worker_figures(folder: Path) -> list[str]:
    lines = ["| file | opened in | peak | 20 pages drawn in | peak |", "|---|---|---|---|---|"]
    for pages in (24, 400):
        path = folder / f"{pages}.pdf"
        path.write_bytes(paper(pages))
        opened = apart(lambda path=path: read_facts(path, "application/pdf"))
        drawn = apart(lambda path=path: previews.draw(folder, path, "a" * 64, "application/pdf", 20))
        lines.append(f"| PDF, {pages} pages | {opened[0]:.2f} s | {opened[1]:.0f} MiB | {drawn[0]:.2f} s | {drawn[1]:.0f} MiB |")
    return lines


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as name:
        print("\n".join(store_figures(Path(name))), "\n", "\n".join(worker_figures(Path(name))), sep="\n")
