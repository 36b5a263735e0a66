"""Recommendations of audits, monitoring and reviews from a file: what would be added, and what cannot be taken.

A line is known by its source document together with its text: the same again is left alone, so a file can be brought
twice. Nothing that is there is changed by a file.
"""

import re
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from ..actors import Actor
from ..following_up import TEXT, Wish, add
from ..models import Organization, Recommendation
from ..models.organization import ANSWERING
from ..models.recommendation import PRIORITIES, SOURCES
from ..refusal import Refused
from ..texts import clean, clean_line, folded
from .plans import Complaint, Plan, Record, Step, records_of
from .tables import Row

COLUMNS = {
    "source": ("sumber", "source"),
    "source_note": ("dokumen_sumber", "source_document"),
    "text": ("rekomendasi", "recommendation"),
    "priority": ("prioritas", "priority"),
    "due_on": ("batas_waktu", "due_on"),
    "no_due_reason": ("alasan_tanpa_batas", "no_due_reason"),
    "owners": ("opd", "owners"),
}
MOST = 500
GIVEN = {code: label for code, label in SOURCES.items() if code != "result"}
SOURCE_WORDS = {word.casefold(): code for code, label in GIVEN.items() for word in (code, label)}
PRIORITY_WORDS = {word.casefold(): code for code, label in PRIORITIES.items() for word in (code, label)}


def read_recommendations(rows: list[Row]) -> tuple[list[Record], list[Complaint], list[str]]:
    """The lines of a table of recommendations, what is wrong with its shape, and the columns nobody asked for."""
    return records_of(rows, COLUMNS, ("source", "source_note", "text", "priority", "owners"))


def plan_recommendations(session: Session, instansi: Organization, records: list[Record]) -> Plan:
    """What carrying out these lines would do now. Reads only, in two statements."""
    plan = Plan()
    if len(records) > MOST:
        plan.complaints.append(Complaint(records[MOST].line, "", f"Paling banyak {MOST} baris dalam satu berkas."))
        return plan
    agencies = _agencies(session, instansi)
    known = {
        _mark(note, text)
        for note, text in session.execute(
            select(Recommendation.source_note, Recommendation.text).where(
                Recommendation.instansi_id == instansi.id, Recommendation.source != "result"
            )
        )
    }
    for record in [_cleaned(plan, record) for record in records]:
        wish = _wish(plan, record, agencies)
        if plan.refuses(record):
            continue
        mark = _mark(record["source_note"], record["text"])
        if mark in known:
            plan.same += 1
            continue
        known.add(mark)
        plan.adds.append(Step(record.line, record["text"], _told(record, wish), record))
    return plan


def carry_out_recommendations(session: Session, by: Actor, instansi: Organization, plan: Plan) -> None:
    """Do what the plan says, through the same verb as the form. Raises `Refused` and leaves the rest to a rollback."""
    if plan.complaints:
        raise Refused("Berkas ini masih memuat baris yang ditolak, jadi tidak ada yang diterapkan.")
    agencies = _agencies(session, instansi)
    for step in plan.adds:
        record = step.record
        wish = _wish(Plan(), record, agencies)
        add(session, instansi, SOURCE_WORDS[record["source"].casefold()], record["source_note"], wish, by)
        session.flush()


def _agencies(session: Session, instansi: Organization) -> dict[str, Organization]:
    found = session.scalars(
        select(Organization).where(Organization.instansi_id == instansi.id).options(joinedload(Organization.states))
    ).unique()
    answering = [each for each in found if each.kind in ANSWERING]
    names = {each.short_name.casefold(): each for each in answering if each.short_name}
    return names | {each.code.casefold(): each for each in answering if each.code}


def _cleaned(plan: Plan, record: Record) -> Record:
    """The line with its texts as they will be kept; complains of those that cannot be."""
    cells = dict(record.cells)
    for column, limit, label, read, required in (
        ("source_note", 200, "Dokumen sumber", clean_line, True),
        ("text", TEXT, "Rekomendasi", clean, True),
        ("no_due_reason", 300, "Alasan tanpa batas waktu", clean_line, False),
    ):
        try:
            cells[column] = read(record[column], limit, label, column, required=required)
        except Refused as refusal:
            plan.complain(record, COLUMNS[column][0], " ".join(refusal.sentences))
    for column, words, choices in (("source", SOURCE_WORDS, GIVEN), ("priority", PRIORITY_WORDS, PRIORITIES)):
        if record[column].casefold() not in words:
            said = f"“{record[column][:40]}” tidak dikenal" if record[column] else "wajib diisi"
            name = COLUMNS[column][0]
            plan.complain(record, name, f"{name.capitalize()} {said}. Pilihannya: {', '.join(choices.values())}.")
    return Record(record.line, cells)


def _wish(plan: Plan, record: Record, agencies: dict[str, Organization]) -> Wish:
    """What the line asks for; complains of its day and of agencies that are not there."""
    day = _day(record["due_on"])
    if record["due_on"] and day is None:
        plan.complain(record, "batas_waktu", f"Tanggal “{record['due_on'][:40]}” tidak dapat dibaca. Tulis seperti 2027-06-30.")
    if not record["due_on"] and not record["no_due_reason"]:
        plan.complain(record, "batas_waktu", "Isi batas waktu, atau alasan_tanpa_batas.")
    codes = list(dict.fromkeys(code.strip().casefold() for code in record["owners"].split(";") if code.strip()))
    if not codes:
        plan.complain(record, "opd", "OPD pelaksana wajib diisi: kode atau nama singkat.")
    for code in codes:
        if code not in agencies:
            plan.complain(record, "opd", f"OPD “{code[:40]}” tidak ada di portal. Tulis kode atau nama singkatnya.")
    return Wish(
        record["text"], PRIORITY_WORDS.get(record["priority"].casefold(), ""), day, record["no_due_reason"],
        owners=[agencies[code] for code in codes if code in agencies],
    )


def _day(text: str) -> date | None:
    parts = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text, re.ASCII)
    turned = re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", text, re.ASCII)
    numbers = parts.groups() if parts else turned.groups()[::-1] if turned else None
    try:
        day = date(*map(int, numbers)) if numbers else None
    except ValueError:
        return None
    return day if day and 1945 <= day.year <= 2100 else None


def _mark(source_note: str, text: str) -> tuple[str, str]:
    return folded(source_note), folded(" ".join(text.split()))


def _told(record: Record, wish: Wish) -> tuple[tuple[str, str, str], ...]:
    source = GIVEN[SOURCE_WORDS[record["source"].casefold()]]
    return (
        ("Sumber", "", f"{source}, {record['source_note']}"),
        ("Prioritas", "", PRIORITIES[wish.priority]),
        ("Batas waktu", "", f"{wish.due_on:%d-%m-%Y}" if wish.due_on else f"tidak ada, {wish.no_due_reason}"),
        ("OPD", "", ", ".join(owner.short_name for owner in wish.owners)),
    )
