"""A PDF of 47 item sheets against a bare Typst compile of the same pages: `python bench/paper_sheets.py`.

Both run in a process of their own. "Ours" is all that a request does after reading: the sheet made of lines, reasons and
evidence, every string made fit to print, the process, the limits. Medians of ROUNDS, taken in turns.
"""

import io
import json
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pypdf import PdfReader

from assessments.comparing import Line, Reason
from assessments.instruments.loading import load
from bench.papers import BARE
from portal.papers import printing
from portal.papers.item_sheets import item_sheets

ROUNDS = 9
AIM = 1.3  # times the bare compile
AT = datetime(2026, 8, 3, 9, 0, tzinfo=UTC)
WORDS = "Dokumen peta rencana ditetapkan dengan keputusan dan memuat domain arsitektur yang diminta kriteria. " * 6


def sheet():
    instrument = load("permenpanrb-59-2020")
    period = SimpleNamespace(title="Evaluasi SPBE 2026", zone="Asia/Makassar", instrument=instrument, track="local", figure_label="")
    assessment = SimpleNamespace(period=period, subject=SimpleNamespace(name="Pemerintah Kota Contoh"))
    result = SimpleNamespace(assessment=assessment, n=1, at=AT)
    lines = [Line(item, Fraction(3), Fraction(4)) for item in instrument.items]
    why = {item.code: Reason("document", Fraction(3), "", WORDS, WORDS, WORDS) for item in instrument.items}
    evidence = {item.code: [f"{item.number}.{letter}, hlm. 5" for letter in "abc"] for item in instrument.items}
    return item_sheets(result, "Pemerintah Kota Contoh", lines, why, evidence, frozenset(), AT)


def ours() -> bytes:
    made = sheet()
    return printing.printed(made.template, made.content, title=made.title, at=made.at)


def bare(given: bytes) -> bytes:
    command = [sys.executable, "-I", "-c", BARE, str(printing.TEMPLATES / "item_sheets.typ"), str(printing.TEMPLATES)]
    return subprocess.run(command, input=given, capture_output=True, check=True).stdout


def main() -> None:
    made = sheet()
    given = json.dumps({**made.content, "title": made.title}).encode()
    pages = [len(PdfReader(io.BytesIO(pdf)).pages) for pdf in (ours(), bare(given))]
    assert pages[0] == pages[1] == len(made.content["sheets"]) + 1, pages
    took: dict[str, list[float]] = {"ours": [], "bare": []}
    for _ in range(ROUNDS):
        for name, make in (("ours", ours), ("bare", lambda: bare(given))):
            begun = time.perf_counter()
            pdf = make()
            took[name].append(time.perf_counter() - begun)
            assert pdf.startswith(b"%PDF-")
    middle = {name: statistics.median(times) * 1000 for name, times in took.items()}
    ratio = statistics.median(a / b for a, b in zip(took["ours"], took["bare"], strict=True))
    print(f"{len(made.content['sheets'])} sheets, {pages[0]} pages, {len(pdf)} bytes: printed {middle['ours']:.0f} ms, "
          f"bare Typst {middle['bare']:.0f} ms, ratio {ratio:.2f} (aim {AIM})")


if __name__ == "__main__":
    main()
