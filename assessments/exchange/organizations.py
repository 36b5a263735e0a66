"""Agencies from a file: what would be added, what would be called otherwise, and what cannot be taken.

A line is known by its code. Without a column for the parent, a code of eight or more signs that lengthens another by
two stands under that one (0308010102 under 03080101); everything else stands under the instansi. Agencies that are not
in the file are left alone, and so is what an empty cell does not say.
"""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ..actors import Actor
from ..models import Organization
from ..models.organization import KINDS
from ..refusal import Refused
from ..staffing import add_organization, rename_organization
from ..texts import clean_line
from .plans import Complaint, Plan, Record, Step, records_of
from .tables import Row

COLUMNS = {
    "code": ("kode", "code"),
    "name": ("nama", "name"),
    "short_name": ("nama_singkat", "short_name"),
    "kind": ("jenis", "kind"),
    "parent": ("kode_induk", "parent_code"),
}
LABELS = {"name": "Nama", "short_name": "Nama singkat", "kind": "Jenis", "parent": "Di bawah", "code": "Kode"}
MOST = 1000
GIVEN = {code: label for code, label in KINDS.items() if code not in ("instansi", "external")}
WORDS = {word.casefold(): code for code, label in GIVEN.items() for word in (code, label)}


def read_organizations(rows: list[Row]) -> tuple[list[Record], list[Complaint], list[str]]:
    """The lines of a table of agencies, what is wrong with its shape, and the columns nobody asked for."""
    return records_of(rows, COLUMNS, ("code", "name"))


def plan_organizations(session: Session, instansi: Organization, records: list[Record]) -> Plan:
    """What carrying out these lines would do now. Reads only, in two statements."""
    plan = Plan()
    if len(records) > MOST:
        plan.complaints.append(Complaint(records[MOST].line, "", f"Paling banyak {MOST} baris dalam satu berkas."))
        return plan
    present = _by_code(session, instansi)
    records = [_cleaned(plan, record, record["code"] not in present) for record in records]
    names = {each.id: each.name for each in present.values()} | {instansi.id: instansi.name}
    known = {record["code"] for record in records} | present.keys()
    bare = {code.lstrip("0"): code for code in present}
    first_line: dict[str, int] = {}
    for record in records:
        code = record["code"]
        _check_code(plan, record, first_line, present, bare)
        parent = _parent_code(record, known)
        if record["parent"] and (record["parent"] not in known or record["parent"] == code):
            plan.complain(record, "kode_induk", f"Kode induk {record['parent']} tidak ada di berkas maupun di portal.")
        if plan.refuses(record):
            continue
        if code not in present:
            plan.adds.append(Step(record.line, record["name"], _told(record), record))
            continue
        said = _differences(record, present[code], present.get(parent) if parent else None, names)
        if said:
            plan.changes.append(Step(record.line, present[code].name, said, record))
        else:
            plan.same += 1
    plan.adds = _parents_first(plan, known)
    return plan


def carry_out_organizations(
    session: Session, by: Actor, instansi: Organization, plan: Plan, from_day: date
) -> None:
    """Do what the plan says, parents before those below them. Raises `Refused` and leaves the rest to a rollback."""
    if plan.complaints:
        raise Refused("Berkas ini masih memuat baris yang ditolak, jadi tidak ada yang diterapkan.")
    present = _by_code(session, instansi)
    known = {step.record["code"] for step in plan.adds} | present.keys()
    for step in plan.adds:
        record = step.record
        parent = _parent_code(record, known)
        present[record["code"]] = add_organization(
            session, by, name=record["name"], short_name=record["short_name"], code=record["code"],
            kind=WORDS[record["kind"].casefold()], instansi=instansi, parent=present.get(parent) if parent else None,
        )
        session.flush()
    for step in plan.changes:
        record, there = step.record, present[step.record["code"]]
        state = there.states[-1]
        parent = _parent_code(record, known)
        above = present.get(parent) if parent else session.get(Organization, state.parent_id or instansi.id)
        rename_organization(
            session, there, by, max(from_day, there.states[-1].valid_from), name=record["name"] or state.name,
            short_name=record["short_name"] or state.short_name or "", code=record["code"],
            kind=WORDS[record["kind"].casefold()] if record["kind"] else state.kind, parent=above,
        )


def _by_code(session: Session, instansi: Organization) -> dict[str, Organization]:
    found = session.scalars(
        select(Organization).where(or_(Organization.instansi_id == instansi.id, Organization.id == instansi.id))
    )
    return {each.code: each for each in found if each.code}


def _check_code(plan: Plan, record: Record, first_line: dict, present: Iterable[str], bare: dict) -> None:
    code = record["code"]
    if not code:
        plan.complain(record, "kode", "Kode wajib diisi.")
        return
    if code in first_line:
        plan.complain(record, "kode", f"Kode {code} tertulis dua kali; yang pertama di baris {first_line[code]}.")
        return
    first_line[code] = record.line
    twin = bare.get(code.lstrip("0"))
    if code not in present and twin is not None:
        plan.complain(record, "kode", f"Kode {code} mirip {twin} yang sudah ada; nol di depannya mungkin hilang.")


def _cleaned(plan: Plan, record: Record, new: bool) -> Record:
    """The line with its texts as they will be kept; complains of those that cannot be."""
    cells = dict(record.cells)
    for column, limit in (("name", 200), ("short_name", 60), ("code", 40)):
        try:
            cells[column] = clean_line(record[column], limit, LABELS[column], column, required=column == "name" and new)
        except Refused as refusal:
            plan.complain(record, COLUMNS[column][0], " ".join(refusal.sentences))
    if record["kind"].casefold() not in WORDS and (record["kind"] or new):
        said = f"“{record['kind'][:40]}” tidak dikenal" if record["kind"] else "wajib diisi"
        plan.complain(record, "jenis", f"Jenis {said}. Pilihannya: {', '.join(GIVEN.values())}.")
    return Record(record.line, cells)


def _parent_code(record: Record, known: Iterable[str]) -> str:
    if record["parent"]:
        return record["parent"]
    shorter = record["code"][:-2]
    return shorter if len(record["code"]) >= 8 and shorter in known else ""


def _parents_first(plan: Plan, known: Iterable[str]) -> list[Step]:
    """New lines in an order in which everybody's parent is there already; complains of circles."""
    waiting, ordered = list(plan.adds), []
    while waiting:
        codes = {step.record["code"] for step in waiting}
        ready = [step for step in waiting if _parent_code(step.record, known) not in codes]
        if not ready:
            for step in waiting:
                plan.complain(step.record, "kode_induk", "Kode induk berputar kembali ke baris ini.")
            break
        ordered += ready
        waiting = [step for step in waiting if step not in ready]
    return ordered


def _told(record: Record) -> tuple[tuple[str, str, str], ...]:
    return (("Kode", "", record["code"]), ("Jenis", "", GIVEN[WORDS[record["kind"].casefold()]]))


def _differences(record: Record, there: Organization, parent: Organization | None, names: dict) -> tuple:
    state = there.states[-1]
    wanted = {
        "name": record["name"] or state.name,
        "short_name": record["short_name"] or state.short_name or "",
        "kind": WORDS[record["kind"].casefold()] if record["kind"] else state.kind,
    }
    said = [
        (LABELS[key], KINDS.get(before, before) if key == "kind" else before, KINDS[after] if key == "kind" else after)
        for key, after in wanted.items()
        if (before := getattr(state, key) or "") != after
    ]
    if parent is not None and parent.id != state.parent_id:
        said.append((LABELS["parent"], names.get(state.parent_id, ""), parent.name))
    return tuple(said)
