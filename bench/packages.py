"""`.venv/bin/python bench/packages.py`: a ZIP of 400 files (about 200 MB) sent while it is made.

Each run is a program of its own and reads what `zip_streams` sends, 256 KiB at a time, writing it to a file as the floor
does; files lie in a real store. Beside it: bare `zipfile` writing the same files to disk, and the same archive of 40 files,
whose peak memory says whether that of 400 depends on their number or their sizes.
"""

import hashlib
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)

from portal.storage import FolderStorage  # noqa: E402
from portal.zip_streams import Member, length, zipped  # noqa: E402

FILES, FEW, TOTAL = 400, 40, 200_000_000
ROUNDS = 2
AT = datetime(2026, 1, 1, tzinfo=UTC)


def fill(folder: Path) -> None:
    """Mixed sizes, from some KB to some MB, always the same ones; of random bytes, as photographs and PDFs are."""
    chance = random.Random(59)
    weights = [chance.lognormvariate(0, 1.4) for _ in range(FILES)]
    store, kept = FolderStorage(folder / "evidence"), []
    for weight in weights:
        with store.receive() as incoming:
            incoming.write(chance.randbytes(max(1000, round(TOTAL * weight / sum(weights)))))
            kept.append((incoming.keep().sha256, incoming.size))
    (folder / "list.json").write_text(json.dumps(kept))


def members(folder: Path, most: int) -> list[Member]:
    store = FolderStorage(folder / "evidence")
    rows = json.loads((folder / "list.json").read_text())[:most]
    return [Member(f"{at // 9:02}_Butir/{at}_Berkas.pdf", size, lambda sha256=sha256: store.open(sha256), sha256)
            for at, (sha256, size) in enumerate(rows)]


def ours(folder: Path, most: int) -> None:
    inside = members(folder, most)
    with (folder / "ours.zip").open("wb") as out:
        for chunk in zipped(inside, AT):
            out.write(chunk)
        assert out.tell() == length(inside)


def unchecked(folder: Path, most: int) -> None:
    """The same without comparing the bytes with their hash: what the comparison costs."""
    inside = [Member(each.path, each.size, each.opened) for each in members(folder, most)]
    with (folder / "ours.zip").open("wb") as out:
        for chunk in zipped(inside, AT):
            out.write(chunk)


def bare(folder: Path, most: int) -> None:
    store = FolderStorage(folder / "evidence")
    with zipfile.ZipFile(folder / "bare.zip", "w", zipfile.ZIP_STORED) as archive:
        for each in members(folder, most):
            archive.write(store.path(each.sha256 or ""), each.path)


def hashing(folder: Path, most: int) -> None:
    for each in members(folder, most):
        with each.opened() as file:
            hashlib.file_digest(file, "sha256")


def nothing(folder: Path, most: int) -> None:
    """What a program has before it begins."""
    members(folder, most)


WAYS = {way.__name__: way for way in (ours, unchecked, bare, hashing, nothing)}


def one(way: str, folder: Path, most: int) -> tuple[float, float]:
    """Milliseconds and peak memory (MiB) of one run in a program of its own."""
    done = subprocess.run([sys.executable, __file__, way, str(folder), str(most)], capture_output=True, text=True, check=True)
    taken, most_memory = done.stdout.split()
    return float(taken), float(most_memory)


def peak() -> float:
    """The most this program ever had, in MiB; what its parent had does not count."""
    said = Path("/proc/self/status").read_text()
    return int(said.split("VmHWM:")[1].split()[0]) / 1024


def report(folder: Path) -> None:
    fill(folder)
    figures: dict[tuple[str, int], list[tuple[float, float]]] = {}
    for _ in range(ROUNDS):  # in turns, so that a busy moment meets all
        for way, most in (("nothing", FILES), ("bare", FILES), ("ours", FILES), ("unchecked", FILES), ("hashing", FILES),
                          ("bare", FEW), ("ours", FEW)):
            figures.setdefault((way, most), []).append(one(way, folder, most))
    print("| what | files | median, ms | least, ms | peak memory, MiB |\n|---|---|---|---|---|")
    for (way, most), runs in figures.items():
        times, peaks = zip(*runs, strict=True)
        print(f"| {way} | {most} | {statistics.median(times):.0f} | {min(times):.0f} | {max(peaks):.1f} |")
    ratio = [mine[0] / floor[0] for mine, floor in zip(figures["ours", FILES], figures["bare", FILES], strict=True)]
    more = max(run[1] for run in figures["ours", FILES]) - max(run[1] for run in figures["ours", FEW])
    print(f"\nours to bare: {statistics.median(ratio):.2f} ({min(ratio):.2f}-{max(ratio):.2f}); 400 files take {more:+.1f} MiB more than 40")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        began = time.perf_counter()
        WAYS[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
        print((time.perf_counter() - began) * 1000, peak())
    else:
        with tempfile.TemporaryDirectory(prefix="portal-bench-") as name:
            report(Path(name))
