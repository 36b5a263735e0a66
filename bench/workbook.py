"""One agency's workbook, made and read, beside a bare XlsxWriter and a bare calamine over the same cells.

    .venv/bin/python bench/workbook.py [--quick]

47 items whose Fakta and Analisis have 4,000 letters each. The bare side writes the same texts and numbers without formats,
locks, drop-downs and marks, and reads the cells of the file without looking at it first, at rows, ids or fingerprints.
"""

import io
import os
import random
import sys
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

import xlsxwriter
from python_calamine import CalamineWorkbook

from assessments.exchange.agency_workbook.making import PLAIN, make_workbook
from assessments.exchange.agency_workbook.reading import Whose, read_returned
from assessments.exchange.agency_workbook.shape import ROWS, Head, Line, locked_texts, row_id
from assessments.instruments import load
from bench import report
from bench.machine import three

TIMES, LETTERS = 25, 4000
PACK = load("permenpanrb-59-2020")
WORDS = (
    "dokumen", "peta", "rencana", "ditetapkan", "peraturan", "wali", "kota", "memuat", "tata", "kelola", "layanan", "infrastruktur",
    "aplikasi", "keamanan", "audit", "teknologi", "informasi", "reviu", "berkala", "ditindaklanjuti", "perangkat", "daerah",
)


def _lines() -> list[Line]:
    chance = random.Random(7)

    def text() -> str:
        return (" ".join(chance.choice(WORDS) for _ in range(LETTERS // 5)))[:LETTERS].strip()

    return [
        Line(row_id(1, item.code), item, Fraction(3), text(), text(), "Sedang diisi", "Petugas Contoh, hari ini", 4, True)
        for item in PACK.items
    ]


def _bare_out(lines: list[Line]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, PLAIN) as book:
        page = book.add_worksheet(ROWS)
        for n, line in enumerate(lines):
            cells = (line.id, *locked_texts(line).values(), line.facts, line.analysis)
            for at, cell in enumerate(cells):
                page.write_string(n, at, cell)
            page.write_number(n, len(cells), 3)
    return out.getvalue()


def _bare_in(content: bytes) -> int:
    return len(list(CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(ROWS).iter_rows()))


def _timed(deed: Callable[[], object]) -> float:
    begun = time.perf_counter()
    deed()
    return (time.perf_counter() - begun) * 1000


def _most(deed: Callable[[], object]) -> float:
    """MiB that Python held at most while it was done."""
    tracemalloc.start()
    deed()
    most = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    return most


def spend(times: int) -> str:
    """The figures as they stand in README.md."""
    lines, whose = _lines(), Whose(1, "2026", "opd", PACK)
    head = Head("2026", "Evaluasi SPBE 2026", "opd", "OPD Contoh", PACK.sha256, "hari ini", "besok")
    content, bare = make_workbook(head, lines, []), _bare_out(lines)
    pairs: dict[str, tuple[Callable[[], object], Callable[[], object], int]] = {
        "make, 47 rows x 8,000 letters": (lambda: make_workbook(head, lines, []), lambda: _bare_out(lines), len(content)),
        "read and compare with the marks": (lambda: read_returned(content, "isian.xlsx", whose), lambda: _bare_in(bare), len(bare)),
    }
    if read_returned(content, "isian.xlsx", whose).same != len(lines):
        raise SystemExit("the workbook does not come back as it went out")
    rows = []
    for name, (ours, least, octets) in pairs.items():
        mine, floor = [], []
        for n in range(times + 1):
            took = _timed(ours), _timed(least)
            if n:  # the first one imports what is imported once
                mine.append(took[0])
                floor.append(took[1])
        ratio = sorted(mine)[len(mine) // 2] / sorted(floor)[len(floor) // 2]
        rows.append(f"| {name} | {times} | {three(mine)} | {three(floor)} | **{ratio:.1f}** | {octets} | {_most(ours):.1f} / {_most(least):.1f} |")
    return "\n".join([
        f"{datetime.now(UTC):%d %B %Y}, one process; load {', '.join(f'{one:.1f}' for one in os.getloadavg())}.", "",
        "| what | n | ours, ms | bare, ms | ours / bare | bytes | MiB at most, ours / bare |", "|---|---|---|---|---|---|---|", *rows,
    ])


def main() -> int:
    quick = "--quick" in sys.argv
    text = spend(3 if quick else TIMES)
    print(text)
    if not quick:
        report.keep(text, "workbook")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
