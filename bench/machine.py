"""What kind of machine the figures come from, and how busy it was."""

import hashlib
import os
import platform
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

PROBES = 30


@dataclass
class Machine:
    """Probes taken in the folder that is measured: before each round and at the end."""

    folder: Path
    fsync_ms: list[float] = field(default_factory=list)
    hash_ms: list[float] = field(default_factory=list)
    loads: list[float] = field(default_factory=list)

    def look(self) -> None:
        self.loads.append(os.getloadavg()[0])
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

    def sentence(self) -> str:
        return (
            f"{time.strftime('%d %B %Y')}, {os.cpu_count()} cores shared with the client, {platform.system()} "
            f"{platform.release()}, Python {platform.python_version()}. fsync of 4 KiB: {three(self.fsync_ms)} ms; "
            f"SHA-256 of 32 MiB: {three(self.hash_ms)} ms; load average before the rounds: "
            f"{', '.join(f'{load:.1f}' for load in self.loads)}."
        )


def three(values: list[float]) -> str:
    """Minimum / median / maximum."""
    if not values:
        return "none"
    return " / ".join(_short(value) for value in (min(values), statistics.median(values), max(values)))


def _short(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"
