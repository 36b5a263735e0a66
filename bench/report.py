"""The figures in words and tables, written between the marks of README.md."""

import statistics
from dataclasses import dataclass, field
from pathlib import Path

from .client import Cell, percentile
from .deadline import EVERY_NTH_UPLOADS, SECONDS, THINK_S, Missing, Night
from .machine import Machine, three

README = Path(__file__).with_name("README.md")
FIGURES, DIRECTORY = "figures", "directory"  # the parts of the page that are written anew
MIB_IN_MB = 1.048576
MEMORY_MB = 160
PAGE_STATEMENTS, SAVE_STATEMENTS = 10, 14


@dataclass(frozen=True)
class Work:
    """One kind of request on both sides. `aim`: how many times the floor it may take; `statements`: how many it may run."""

    name: str
    label: str
    floor: str
    aim: float | None
    statements: int


WORKS = (
    Work("item", "item page", "47 rows, ORM and Jinja", 1.6, PAGE_STATEMENTS),
    Work("item_sized", "item page", "as many rows as make a page of its size", None, PAGE_STATEMENTS),
    Work("tasks", "task list of 47", "47 rows, ORM and Jinja", 1.6, PAGE_STATEMENTS),
    Work("tasks_sized", "task list of 47", "as many rows as make a page of its size", None, PAGE_STATEMENTS),
    Work("save", "save one answer", "UPDATE and one audit row, durable", 1.6, SAVE_STATEMENTS),
    Work("desk", "assessor's desk", "47 rows, ORM and Jinja", 1.6, PAGE_STATEMENTS),
    Work("judge", "save one judgement", "UPDATE and one audit row, durable", 1.6, SAVE_STATEMENTS),
    Work("board", "board of 63 agencies", "63 rows, ORM and Jinja", 3.0, 6),
    Work("table", "result as XLSX, 47 items", "47 rows by XlsxWriter alone", 1.5, 8),
    Work("upload_1", "upload 1 MiB", "hash, write, fsync, row", 1.3, SAVE_STATEMENTS),
    Work("upload_100", "upload 100 MiB", "hash, write, fsync, row", 1.1, SAVE_STATEMENTS),
)


@dataclass
class Pair:
    """Both sides of one kind of request at one number of clients, over all rounds."""

    work: Work
    clients: int
    ours: Cell = field(default_factory=Cell)
    floor: Cell = field(default_factory=Cell)
    ratios: list[float] = field(default_factory=list)

    def add(self, ours: Cell, floor: Cell) -> None:
        self.ours.add(ours)
        self.floor.add(floor)
        self.ratios.append(ours.median / floor.median)

    @property
    def ratio(self) -> float:
        return self.ours.median / self.floor.median


@dataclass
class Figures:
    machine: Machine
    pairs: list[Pair]
    ours_memory: list[float]
    floor_memory: list[float]
    memory_at_end: list[float]
    first_answer_s: float
    night: Night | None
    missing: Missing
    acknowledged: int

    @property
    def errors(self) -> list[str]:
        found = [error for pair in self.pairs for error in pair.ours.errors + pair.floor.errors]
        return found + (self.night.errors if self.night else [])


def written(figures: Figures) -> str:
    parts = [figures.machine.sentence(figures.night is not None), _table(figures.pairs), _memory(figures)]
    if figures.night:
        parts.append(_deadline(figures.night))
    parts += [_ledger(figures), "Aims:\n\n" + "\n".join(f"- {line}" for line in _aims(figures))]
    return "\n\n".join(parts)


def keep(text: str, part: str) -> None:
    """Write it between the marks of its part."""
    begin, end = f"<!-- {part}: begin -->", f"<!-- {part}: end -->"
    page = README.read_text(encoding="utf-8")
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    README.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")


def _table(pairs: list[Pair]) -> str:
    lines = [
        "| what | clients | n | ours, ms | floor, ms | ours / floor (rounds) | server CPU ms, ours / floor | SQL | bytes | errors |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for pair in pairs:
        ours, floor = pair.ours, pair.floor
        lines.append(
            f"| {pair.work.label}; floor: {pair.work.floor} | {pair.clients} | {len(ours.ms)} | {three(ours.ms)} | "
            f"{three(floor.ms)} | **{pair.ratio:.2f}** ({min(pair.ratios):.2f}-{max(pair.ratios):.2f}) | "
            f"{ours.cpu_each:.1f} / {floor.cpu_each:.1f} = {ours.cpu_each / floor.cpu_each:.2f} | "
            f"{_statements(ours)} | {statistics.median(ours.sizes) if ours.sizes else 0:.0f} | "
            f"{len(ours.errors) + len(floor.errors)} |"
        )
    return (
        "\n".join(lines) + "\n\nTimes are minimum / median / maximum over all requests of all rounds. Once in five minutes a session's "
        "idle limit moves: two statements more."
    )


def _statements(cell: Cell) -> str:
    low, high = min(cell.statements, default=0), max(cell.statements, default=0)
    return str(low) if low == high else f"{low}-{high}"


def _memory(figures: Figures) -> str:
    return (
        f"Memory of each worker after 300 mixed requests (PSS): {_mib(figures.ours_memory)} MiB, bare app "
        f"{_mib(figures.floor_memory)} MiB; ours at the end, after all uploads of 100 MiB: {_mib(figures.memory_at_end)} "
        f"MiB. From the start of the server to its first answer: {figures.first_answer_s:.1f} s."
    )


def _mib(values: list[float]) -> str:
    return " and ".join(f"{value:.0f}" for value in values)


def _deadline(night: Night) -> str:
    rows = [
        f"| {label} | {len(cell.ms)} | {percentile(cell.ms, 0.5):.0f} | {percentile(cell.ms, 0.95):.0f} | "
        f"{max(cell.ms, default=0):.0f} | {aim} |"
        for label, cell, aim in (
            ("item page", night.page, 300), ("save", night.save, 250), ("upload of 300 KiB", night.upload, 800)
        )
    ]
    story = (
        f"Deadline: for {SECONDS} s a crowd comes back every {THINK_S:.0f} s on average, each time opening an item and "
        f"saving it, every {EVERY_NTH_UPLOADS}th time with a file; the worker runs beside it. Offered "
        f"{night.offered} saves ({night.offered / SECONDS:.1f}/s), accepted {len(night.save.ms)} "
        f"({len(night.save.ms) / night.seconds:.1f}/s over {night.seconds:.1f} s), errors {len(night.errors)}; the web "
        f"workers used {night.cpu_ms / night.seconds / 10:.0f} % of one core; the latest visit began "
        f"{night.latest_start_ms:.0f} ms behind its plan."
    )
    head = ["| request | n | p50, ms | p95, ms | max, ms | aim for p95, ms |", "|---|---|---|---|---|---|"]
    return "\n".join([story, "", *head, *rows])


def _ledger(figures: Figures) -> str:
    lost = len(figures.missing.texts) + len(figures.missing.files)
    return f"Of {figures.acknowledged} acknowledged saves and uploads of the whole run {lost} were missing afterwards."


def _aims(figures: Figures) -> list[str]:
    lines = []
    for pair in figures.pairs:
        name = f"{pair.work.label}, {pair.clients} client{'s' if pair.clients > 1 else ''}"
        if pair.work.aim is not None:
            verdict = "reached" if pair.ratio <= pair.work.aim else "**missed**"
            lines.append(f"{name}: at most {pair.work.aim} times its floor, measured {pair.ratio:.2f}: {verdict}.")
        usual = statistics.mode(pair.ours.statements) if pair.ours.statements else 0
        if usual > pair.work.statements:
            lines.append(f"{name}: at most {pair.work.statements} statements, counted {usual}: **missed**.")
    memory = max(figures.ours_memory) * MIB_IN_MB
    lines.append(
        f"a worker after 300 mixed requests: at most {MEMORY_MB} MB, measured {memory:.0f}: "
        f"{'reached' if memory <= MEMORY_MB else '**missed**'}."
    )
    lines.append(f"errors: none, counted {len(figures.errors)}.")
    return lines
