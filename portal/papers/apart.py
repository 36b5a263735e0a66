"""A small Python program run in a process of its own, with limits on its time and memory.

Three reasons: Typst keeps about 30 MB in the process that used it and pyHanko 20 MB more, which a web process would
never give back; what an uploaded PDF makes a reader do can only end that process; and a page that prints while the
queue stands still costs a web process nothing but the wait.
"""

import resource
import runpy
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 30
MEMORY = 1 << 30


class Failed(Exception):
    """The program ended badly or not in time; the words are for the log."""


def apart(program: "Path", given: bytes, *, seconds: int = SECONDS, memory: int = MEMORY) -> bytes:
    """What the program, started with `given` on its standard input, writes to its standard output."""
    import subprocess  # here, since the program itself starts sooner without it

    command = [sys.executable, "-I", __file__, str(program.resolve()), str(seconds), str(memory)]
    try:
        done = subprocess.run(command, input=given, capture_output=True, timeout=seconds + 5, check=False, cwd="/", env={})
    except subprocess.TimeoutExpired:
        raise Failed(f"{program.name}: not ready within {seconds} s") from None
    if done.returncode:
        raise Failed(f"{program.name}: status {done.returncode}: {done.stderr[-800:].decode(errors='replace')}")
    return done.stdout


def _main(program: str, seconds: str, memory: str) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    _main(*sys.argv[1:])
