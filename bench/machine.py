"""What kind of machine the figures come from, and how busy it was."""

import hashlib
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .servers import TICK, Program

PROBES = 30


@dataclass
class Machine:
    """Probes taken in the folder that is measured: before each round and at the end."""

    folder: Path
    fsync_ms: list[float] = field(default_factory=list)
    hash_ms: list[float] = field(default_factory=list)
    others: list[float] = field(default_factory=list)

    @contextmanager
    def watched(self, programs: list[Program]) -> Iterator[None]:
        """Note which share of the machine went to programs that are none of ours while this lasts."""
        before, began = _busy_s() - _ours_s(programs), time.monotonic()
        yield
        share = (_busy_s() - _ours_s(programs) - before) / (time.monotonic() - began) / (os.cpu_count() or 1)
        self.others.append(max(0.0, share) * 100)

    def look(self) -> None:
        with tempfile.NamedTemporaryFile(dir=self.folder) as file:
            for _ in range(PROBES):
                file.write(b"y" * 4096)
                file.flush()
                began = time.perf_counter()
                os.fsync(file.fileno())
                self.fsync_ms.append((time.perf_counter() - began) * 1000)
        block = b"x" * (32 << 20)
        began = time.perf_counter()
        hashlib.sha256(block).digest()
        self.hash_ms.append((time.perf_counter() - began) * 1000)

    def sentence(self, with_deadline: bool) -> str:
        return (
            f"{time.strftime('%d %B %Y')}, {os.cpu_count()} cores shared with the client, {platform.system()} "
            f"{platform.release()}, Python {platform.python_version()}. fsync of 4 KiB: {three(self.fsync_ms)} ms; "
            f"SHA-256 of 32 MiB: {three(self.hash_ms)} ms. Of the machine "
            f"{', '.join(f'{share:.0f} %' for share in self.others)} went to other programs (round by round"
            f"{', and the deadline last' if with_deadline else ''})."
        )


def _busy_s() -> float:
    """Processor time of everything since the machine began, stolen time included."""
    user, nice, system, _idle, _wait, irq, soft, steal = map(int, Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + irq + soft + steal) / TICK


def _ours_s(programs: list[Program]) -> float:
    return time.process_time() + sum(program.cpu_ms() for program in programs) / 1000


def three(values: list[float]) -> str:
    """Minimum / median / maximum."""
    if not values:
        return "none"
    return " / ".join(_short(value) for value in (min(values), statistics.median(values), max(values)))


def _short(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"
