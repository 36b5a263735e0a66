"""A published national table from a file: what it would add or change, what cannot be taken, what merely looks odd.

A row is known by its year and the name of the instansi. It is kept as it was published: where index and predicate
disagree, that is a warning beside the row and nothing is mended.
"""

import re
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..actors import Actor
from ..benchmarking import DOMAINS, KINDS, oddity
from ..models import Benchmark
from ..policies import entitled
from ..refusal import Refused
from ..texts import clean_line
from ..workflow import Forbidden
from .plans import Complaint, Plan, Record, Step, records_of
from .tables import Row

COLUMNS = {
    "name": ("instansi", "nama", "name"),
    "kind": ("type", "jenis", "kind"),
    "domain_1": ("d1_kebijakan", "d1", "domain_1"),
    "domain_2": ("d2_tata_kelola", "d2", "domain_2"),
    "domain_3": ("d3_manajemen", "d3", "domain_3"),
    "domain_4": ("d4_layanan", "d4", "domain_4"),
    "index_shown": ("index", "indeks"),
    "predicate": ("predicate", "predikat"),
    "note": ("note", "catatan"),
}
REQUIRED = ("name", "kind", "index_shown", "predicate")
LABELS = {
    "name": "Instansi", "kind": "Jenis", "domain_1": "Domain 1", "domain_2": "Domain 2", "domain_3": "Domain 3",
    "domain_4": "Domain 4", "index_shown": "Indeks", "predicate": "Predikat", "note": "Catatan", "source": "Sumber",
}
FIELDS = ("kind", *DOMAINS, "index_shown", "predicate", "note", "source")
MOST = 2000
NUMBER = re.compile(r"[0-5](?:[.,][0-9]{1,2})?")


def read_benchmarks(rows: list[Row]) -> tuple[list[Record], list[Complaint], list[str]]:
    """The lines of a national table, what is wrong with its shape, and the columns nobody asked for."""
    return records_of(rows, COLUMNS, REQUIRED)


def plan_benchmarks(session: Session, records: list[Record], year: int, source: str) -> Plan:
    """What taking these lines over would do now. Reads only, in one statement."""
    plan = Plan()
    if len(records) > MOST:
        plan.complaints.append(Complaint(records[MOST].line, "", f"Paling banyak {MOST} baris dalam satu berkas."))
        return plan
    present = {row.name: row for row in session.scalars(select(Benchmark).where(Benchmark.year == year))}
    first_line: dict[str, int] = {}
    for record in records:
        wanted = _wanted(plan, record, source)
        name = wanted.pop("name")
        if name and name in first_line:
            plan.complain(record, "instansi", f"{name} tertulis dua kali; yang pertama di baris {first_line[name]}.")
        first_line.setdefault(name, record.line)
        if plan.refuses(record):
            continue
        odd = oddity(year, wanted["index_shown"], wanted["predicate"])
        if odd:
            plan.warnings.append(Complaint(record.line, name, odd))
        there = present.get(name)
        step = Step(record.line, name, _told(wanted, there), Record(record.line, {"name": name, **wanted}))
        if there is None:
            plan.adds.append(step)
        elif step.said:
            plan.changes.append(step)
        else:
            plan.same += 1
    return plan


def carry_out_benchmarks(session: Session, by: Actor, plan: Plan, year: int) -> None:
    """Do what the plan says, whole."""
    if not entitled(by, "import", Benchmark):
        raise Forbidden("import")
    if plan.complaints:
        raise Refused("Berkas ini masih memuat baris yang ditolak, jadi tidak ada yang diterapkan.")
    for step in plan.adds:
        session.add(Benchmark(year=year, name=step.record["name"], **_stored(step.record)))
    present = {
        row.name: row
        for row in session.scalars(select(Benchmark).where(Benchmark.year == year))
    } if plan.changes else {}
    for step in plan.changes:
        for field, text in _stored(step.record).items():
            setattr(present[step.record["name"]], field, text)


def checked_year(text: str) -> int:
    """The year of a table as it was typed."""
    if not re.fullmatch(r"20(1[89]|[2-9][0-9])", text.strip(), re.ASCII):
        raise Refused("Tulis tahun penilaian, misalnya 2023.", field="year")
    return int(text)


def checked_source(text: str) -> str:
    return clean_line(text, 200, "Sumber dan nomor keputusan", "source", required=True)


def _stored(record: Record) -> dict[str, str | None]:
    return {field: record[field] or (None if field in DOMAINS else "") for field in FIELDS}


def _wanted(plan: Plan, record: Record, source: str) -> dict[str, str]:
    """The row as it would be stored; what cannot be stored is complained of with its column."""
    wanted = {"source": source}
    for field, most in (("name", 200), ("predicate", 40), ("note", 300)):
        try:
            wanted[field] = clean_line(record[field], most, LABELS[field], field, required=field != "note")
        except Refused as refusal:
            plan.complain(record, COLUMNS[field][0], str(refusal))
            wanted[field] = ""
    wanted["kind"] = record["kind"].casefold()
    if wanted["kind"] not in KINDS:
        plan.complain(record, COLUMNS["kind"][0], f"Jenis harus salah satu dari {', '.join(KINDS)}.")
    for field in (*DOMAINS, "index_shown"):
        text = record[field]
        if text and not NUMBER.fullmatch(text):
            plan.complain(record, COLUMNS[field][0], f"{LABELS[field]} harus angka 0 sampai 5 dengan paling banyak dua desimal.")
        elif not text and field == "index_shown":
            plan.complain(record, COLUMNS[field][0], "Indeks wajib diisi.")
        wanted[field] = _two_places(text) if text and NUMBER.fullmatch(text) else ""
    if wanted["index_shown"] and Decimal(wanted["index_shown"]) > 5:
        plan.complain(record, COLUMNS["index_shown"][0], "Indeks paling besar 5,00.")
    return wanted


def _two_places(text: str) -> str:
    return str(Decimal(text.replace(",", ".")).quantize(Decimal("0.01")))


def _told(wanted: dict[str, str], there: Benchmark | None) -> tuple[tuple[str, str, str], ...]:
    """What people read: all of a new row, of a known one what differs."""
    if there is None:
        return tuple((LABELS[field], "", wanted[field]) for field in FIELDS if wanted[field] and field != "source")
    return tuple(
        (LABELS[field], getattr(there, field) or "", wanted[field])
        for field in FIELDS if (getattr(there, field) or "") != wanted[field]
    )
