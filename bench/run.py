"""`make bench`: measure the portal beside a bare Flask app, print the figures and write them into bench/README.md.

Everything lies in a temporary folder and listens on loopback; only programs started here are ended. Nothing is asserted
by time: a slow machine gives other figures, not a failure. The exit status is 1 only for errors or lost answers.
"""

import argparse
import contextlib
import itertools
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)

from flask import Flask  # noqa: E402

from bench import chasing, city, deadline, desks, directory, floor, panel, report  # noqa: E402
from bench.client import Ask, Cell, Connection, measure  # noqa: E402
from bench.machine import Machine  # noqa: E402
from bench.servers import Program, Server, free_port  # noqa: E402
from portal import create_app  # noqa: E402
from portal.config import Settings, load  # noqa: E402
from portal.serve import environment, worker_command  # noqa: E402

MIB = 1024 * 1024
EVIDENCE_MAX_MB = 128
CROWD = 60
MIXED = 300
CELL_S = 20
TAKE = Callable[[], Ask]
# kind of request -> {clients: requests in one round}
COUNTS = {
    "item": {1: 60, 8: 160}, "item_sized": {1: 60, 8: 160}, "tasks": {1: 60, 8: 160}, "tasks_sized": {1: 60, 8: 160},
    "save": {1: 60, 8: 160}, "desk": {1: 60, 8: 160}, "judge": {1: 60, 8: 160}, "board": {1: 30, 8: 80},
    "table": {1: 30, 8: 80}, "upload_1": {1: 20, 8: 48}, "upload_100": {1: 3, 8: 8},
}


@dataclass
class Side:
    """A running server with what is sent to it."""

    server: Server
    cookie: str
    takes: dict[str, TAKE]
    cookies: dict[str, str]

    def measure(self, name: str, count: int, clients: int) -> Cell:
        return measure(self.server, self.cookies.get(name, self.cookie), self.takes[name], count, clients, CELL_S)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, choices=range(1, 11), metavar="1-10")
    parser.add_argument("--quick", action="store_true", help="one short round without the deadline; nothing is written")
    parser.add_argument("--only", choices=("chasing", "directory"), help="leave out everything but this")
    wanted = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started here is ended here
    folder = Path(tempfile.mkdtemp(prefix="portal-bench-"))
    rounds, figures = 1 if wanted.quick else wanted.rounds, None
    try:
        if wanted.only != "directory":
            _tell(chasing.spend(folder, wanted.quick, say), "chasing", wanted.quick)
        if wanted.only == "chasing":
            return 0
        with contextlib.ExitStack() as programs:
            if wanted.only is None:
                figures = run(folder, programs, rounds, quick=wanted.quick)
        with contextlib.ExitStack() as programs:
            words = _environment(folder, load(instance=folder / "directory", port=free_port()))
            shelf = directory.spend(folder, programs, words, rounds, wanted.quick, say)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if figures is not None:
        _tell(report.written(figures), report.FIGURES, wanted.quick)
    _tell(shelf.written(), report.DIRECTORY, wanted.quick)
    errors = shelf.errors + (figures.errors if figures else [])
    for error in errors[:10]:
        print("error:", error, file=sys.stderr)
    return 1 if errors or (figures and (figures.missing.texts or figures.missing.files)) else 0


def _tell(text: str, part: str, quick: bool) -> None:
    print(f"\n{text}\n")
    if not quick:
        report.keep(text, part)


def run(folder: Path, programs: contextlib.ExitStack, rounds: int, quick: bool) -> report.Figures:
    settings = load(instance=folder / "instance", port=free_port(), evidence_max_mb=EVIDENCE_MAX_MB)
    words = _environment(folder, settings)
    say("building the demo and the round that is measured ...")
    subprocess.run([sys.executable, "-m", "flask", "--app", "wsgi", "prepare"], cwd=ROOT, env=words, check=True,
                   stdout=subprocess.DEVNULL, timeout=300)
    app = create_app(settings)
    full, crowd = city.build(app, CROWD)
    floor.prepare(folder)
    ours = start(programs, Server("bench.counted:app", settings, words, folder / "ours.log"))
    bare = start(programs, Server("bench.floor:app", load(instance=folder / "bare", port=free_port()), words, folder / "floor.log"))
    first_answer, _ = ours.wait_until_it_answers(), bare.wait_until_it_answers()
    ledger = desks.Ledger()
    sides = (our_side(app, ours, full, ledger), bare_side(bare, ours, full))
    say(f"{MIXED} mixed requests on both sides ...")
    mixed = [_mixed(side) for side in sides]
    machine = Machine(folder)
    pairs = measure_rounds(sides, machine, rounds, quick)
    memory_at_end = ours.memory_mib()
    night = None if quick else spend_night(programs, folder, words, ours, crowd, ledger, machine)
    machine.look()
    missing = deadline.compare(app, ledger)
    figures = report.Figures(
        machine, pairs, mixed[0], mixed[1], memory_at_end, first_answer, night, missing,
        len(ledger.texts) + len(ledger.files),
    )
    if figures.errors:
        say(ours.last_words())
    return figures


def start(programs: contextlib.ExitStack, program: Server) -> Server:
    programs.callback(program.end)
    return program


def _environment(folder: Path, settings: Settings) -> dict[str, str]:
    """Nothing of the user's own settings reaches what is measured."""
    kept = {name: text for name, text in environment().items() if not name.startswith(("PORTAL_", "FLASK_")) and name != "PORT"}
    return kept | {
        "PORTAL_INSTANCE": str(settings.instance), "PORT": str(settings.port),
        "PORTAL_EVIDENCE_MAX_MB": str(EVIDENCE_MAX_MB), "PORTAL_EVIDENCE_QUOTA_MB": str(1 << 20), "FLOOR_FOLDER": str(folder),
    }


def our_side(app: Flask, server: Server, full: dict[str, city.Seat], ledger: desks.Ledger) -> Side:
    reader, writer, sender = (desks.Desk(server.port, full[name], ledger) for name in city.FULL)
    writer.learn_versions(server.port)
    judging = panel.Panel(app, server.port)
    takes: dict[str, TAKE] = {
        "item": reader.page, "item_sized": reader.page, "tasks": reader.tasks, "tasks_sized": reader.tasks,
        "save": writer.save, "desk": judging.desk, "judge": judging.judge, "board": judging.board, "table": judging.table,
        "upload_1": lambda: sender.upload(MIB), "upload_100": lambda: sender.upload(100 * MIB),
    }
    lead = judging.cookies["asesor.ketua"]
    cookies = {"desk": lead, "judge": lead, "board": judging.cookies["pengelola"], "table": judging.cookies["pimpinan"],
               "save": writer.cookie, "upload_1": sender.cookie, "upload_100": sender.cookie}
    return Side(server, reader.cookie, takes, cookies)


def bare_side(server: Server, ours: Server, full: dict[str, city.Seat]) -> Side:
    """Pages of 47 rows, and of as many rows as make a page of the size of ours."""
    reader = desks.Desk(ours.port, full[city.FULL[0]], desks.Ledger())
    size_of_47 = _plain_size(server.port, "", _rows(47))
    turn = itertools.cycle(range(1, 48))
    takes: dict[str, TAKE] = {
        "item": lambda: _rows(47), "tasks": lambda: _rows(47), "desk": lambda: _rows(47), "board": lambda: _rows(63),
        "table": lambda: Ask("GET", "/table/47", 200), "judge": lambda: desks.floor_save(turn), "save": lambda: desks.floor_save(turn),
        "upload_1": lambda: desks.floor_upload(MIB), "upload_100": lambda: desks.floor_upload(100 * MIB),
    }
    for name, page in (("item", reader.page()), ("tasks", reader.tasks())):
        size = _plain_size(ours.port, reader.cookie, page)
        n = max(1, round(47 * size / size_of_47))
        say(f"{name}: {size} bytes before gzip, as a bare page {n} rows")
        takes[f"{name}_sized"] = lambda n=n: _rows(n)
    return Side(server, "", takes, {})


def _rows(n: int) -> Ask:
    return Ask("GET", f"/rows/{n}", 200)


def _plain_size(port: int, cookie: str, ask: Ask) -> int:
    connection = Connection(port, cookie)
    answer = connection.send(ask)
    connection.close()
    return len(desks.plain(answer))


def _mixed(side: Side) -> list[float]:
    """Warm the side up with a bit of everything; memory of its workers afterwards."""
    shares = {"item": 150, "tasks": 75, "save": 60, "upload_1": 15}
    kinds = [name for name, count in shares.items() for _ in range(count)]
    random.Random(59).shuffle(kinds)
    for name, group in itertools.groupby(kinds):
        cell = side.measure(name, len(list(group)), 4)
        if cell.errors:
            raise SystemExit(f"{cell.errors[0]}\n{side.server.last_words()}")
    return side.server.memory_mib()


def measure_rounds(sides: tuple[Side, Side], machine: Machine, rounds: int, quick: bool) -> list[report.Pair]:
    """Both sides in turn, who is first changes from round to round."""
    pairs = [report.Pair(work, clients) for work in report.WORKS for clients in (1, 8)]
    for n in range(rounds):
        machine.look()
        with machine.watched([side.server for side in sides]):
            for pair in pairs:
                count = COUNTS[pair.work.name][pair.clients] // (4 if quick else 1) or 1
                order = sides if n % 2 == 0 else sides[::-1]
                cells = {id(side): side.measure(pair.work.name, count, pair.clients) for side in order}
                pair.add(cells[id(sides[0])], cells[id(sides[1])])
                say(f"round {n + 1}: {pair.work.name}, {pair.clients} clients: {pair.ratios[-1]:.2f} times the floor")
    return pairs


def spend_night(programs: contextlib.ExitStack, folder: Path, words: dict[str, str], server: Server,
                crowd: list[city.Seat], ledger: desks.Ledger, machine: Machine) -> deadline.Night:
    say(f"the deadline: {len(crowd)} operators for {deadline.SECONDS} s ...")
    worker = Program(worker_command(), words, folder / "worker.log")
    programs.callback(worker.end)
    waiting = [desks.Desk(server.port, seat, ledger) for seat in crowd]
    with machine.watched([server, worker]):
        return deadline.spend(server, waiting)


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
