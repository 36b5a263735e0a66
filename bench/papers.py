"""A printed receipt against a bare Typst compile of the same page: `python bench/papers.py`.

Both run in a process of their own, which is most of the time; beside it stands the compile alone, inside a process that
has done one before. Medians of ROUNDS, taken in turns.
"""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from portal.papers import printing
from portal.papers.codes import square

ROUNDS = 15
AIM = 1.3  # times the bare compile
ITEMS = 47
BARE = """
import json, sys, typst
fonts = typst.Fonts(include_system_fonts=False)
sys.stdout.buffer.write(typst.compile(sys.argv[1], root=sys.argv[2], font_paths=fonts, sys_inputs={"content": sys.stdin.read()},
                                      pdf_standards=["a-2a"], timestamp=0))
"""


def content() -> dict:
    address = printing.Verbatim("https://spbe.contoh.go.id/verifikasi/PM-2026-7QF4-K2RD")
    return {
        "title": "Tanda terima", "institution": "Pemerintah Kota Contoh", "unit": "Badan Perencanaan", "rehearsal": "", "local": "",
        "heading": "Tanda terima", "number": "PM-2026-7QF4-K2RD", "footer": "Tanda terima", "address": address,
        "code": square(address), "statement": "Saya menyatakan bahwa isian benar. " * 4, "fingerprint": "0123abcd " * 8,
        "facts": [["Periode", "Penilaian mandiri 2026"], ["Isi", "47 indikator, 168 berkas"]], "earlier": [],
        "signature": {"name": "Nama", "title": "Kepala", "for": "", "at": "hari ini", "day": "hari ini", "method": "kata sandi"},
        "answers": [[str(n), f"Indikator nomor {n} dengan nama yang agak panjang", "3", "4"] for n in range(1, ITEMS + 1)],
    }


def ours() -> bytes:
    return printing.printed("receipt.typ", content(), title="Tanda terima")


def bare() -> bytes:
    given = json.dumps(content()).encode()
    command = [sys.executable, "-I", "-c", BARE, str(printing.TEMPLATES / "receipt.typ"), str(printing.TEMPLATES)]
    return subprocess.run(command, input=given, capture_output=True, check=True).stdout


def inside() -> bytes:
    return printing._typeset({"template": "receipt.typ", "content": content(), "at": 0})


def main() -> None:
    took: dict[str, list[float]] = {"ours": [], "bare": [], "inside": []}
    inside()
    for _ in range(ROUNDS):
        for name, make in (("ours", ours), ("bare", bare), ("inside", inside)):
            begun = time.perf_counter()
            made = make()
            took[name].append(time.perf_counter() - begun)
            assert made.startswith(b"%PDF-")
    middle = {name: statistics.median(times) * 1000 for name, times in took.items()}
    ratio = statistics.median(a / b for a, b in zip(took["ours"], took["bare"], strict=True))
    print(f"receipt of {ITEMS} items, {len(made)} bytes: printed {middle['ours']:.0f} ms, bare Typst {middle['bare']:.0f} ms, "
          f"ratio {ratio:.2f} (aim {AIM}); the compile alone {middle['inside']:.0f} ms")


if __name__ == "__main__":
    main()
