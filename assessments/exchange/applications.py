"""Applications from a spreadsheet: what would be added, changed or refused, and what looks like a duplicate.

A line is known by its code (or `app_id`); `application_lines.py` reads it.
"""

from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from ..actors import Actor
from ..clock import today
from ..inventory.fields import BY_KEY, IMPORTED, cleaned
from ..inventory.keeping import Batch, add_application, change, day_refused, hand_over, set_users
from ..inventory.portfolio import bare_address
from ..inventory.words import words_of
from ..models import Application, ApplicationUser, Organization, SearchWords
from ..refusal import Refused
from .agencies import Agencies
from .application_lines import (
    COLUMNS,
    LABELS,
    LATER,
    WORDS,
    Import,
    Line,
    from_the_head,
    known_columns,
    line_of,
    read_applications,
)
from .plans import Record, Step

__all__ = ["COLUMNS", "Import", "carry_out_applications", "from_the_head", "known_columns", "plan_applications",
           "read_applications"]


def plan_applications(session: Session, instansi: Organization, records: list[Record]) -> Import:
    """What carrying out these lines would do now. Reads only."""
    plan = Import()
    agencies = Agencies.of(session, instansi.id)
    present = _present(session, instansi)
    written = {_bare(code): code for code in present}
    first_line: dict[str, Record] = {}
    for record in records:
        line = line_of(plan, record, agencies)
        _once(plan, record, first_line, present)
        if line is None or plan.refuses(record):
            continue
        there = present.get(line.code)
        name = str(line.values["name"])
        if there is None:
            _as_a_new_one(plan, record, line, written)
            plan.lines[record.line] = line
            if not plan.refuses(record):
                plan.adds.append(Step(record.line, name, _told(line), record))
            continue
        line = plan.lines[record.line] = _beside_the_note(plan, record, line, there)
        said = _differences(line, there)
        _look_at_owner(plan, record, line, there, agencies)
        if plan.refuses(record):
            continue
        if "state" in line.said and line.state != there.state:
            plan.warn(record, "status", f"Status “{WORDS['state'][line.state]}” pada berkas dilewati: catatan {there.name} "
                      f"berstatus {WORDS['state'][there.state]}, dan status hanya berubah lewat daur hidup.")
        if said:
            plan.changes.append(Step(record.line, there.name, said, record))
        else:
            plan.same += 1
    plan.duplicates = _alike(plan.lines.values())
    return plan



def carry_out_applications(session: Session, by: Actor, instansi: Organization, plan: Import) -> None:
    """Do what the plan says, all of it. Raises `Refused` and leaves the rest to a rollback."""
    if plan.complaints:
        raise Refused("Berkas ini masih memuat baris yang ditolak, jadi tidak ada yang diterapkan.")
    batch = Batch(session)
    with session.no_autoflush:
        for step in plan.adds:
            line = plan.lines[step.line]
            made = add_application(
                session, instansi, line.owner, by, line.values, code=line.code, state=line.state, details=line.details,
                imported=line.imported, batch=batch,
            )
            made.source = line.imported.get("source", "")[:200]
            made.source_updated_on = _day(line.imported.get("updated", ""))
            set_users(made, line.users, by)
        batch.finish(by)
    present = _present(session, instansi, [plan.lines[step.line].code for step in plan.changes])
    words = session.scalars(select(SearchWords).where(SearchWords.application_id.in_([each.id for each in present.values()])))
    kept = list(words)  # held until the end: each record then finds its own without asking
    with session.no_autoflush:
        for step in plan.changes:
            line = plan.lines[step.line]
            there = present[line.code]
            change(there, by, line.changes, line.details, there.version)
            there.details = there.details | {IMPORTED: there.details.get(IMPORTED, {}) | line.imported}
            if line.owner.id != there.current_owner_id:
                hand_over(there, line.owner, by)
            if "users" in line.said:
                set_users(there, line.users, by)
        session.flush()
    del kept



def _present(session: Session, instansi: Organization, codes: list[str] | None = None) -> dict[str, Application]:
    """{code: record} with owners, users and category, of these codes or of all."""
    rows = select(Application).where(Application.instansi_id == instansi.id)
    if codes is not None:
        rows = rows.where(Application.code.in_(codes))
    found = session.scalars(
        rows.options(
            joinedload(Application.current_owner).joinedload(Organization.states),
            joinedload(Application.category),
            selectinload(Application.owners),
            selectinload(Application.users).joinedload(ApplicationUser.organization).joinedload(Organization.states),
        )
    )
    return {application.code: application for application in found.unique()}



def _bare(code: str) -> str:
    """A code as people compare it: 05 is 5 that a spreadsheet took for a number."""
    return code.lstrip("0") if code.isascii() and code.isdigit() else code.casefold()



def _once(plan: Import, record: Record, first_line: dict[str, Record], present: dict[str, Application]) -> None:
    """Complain of a code that stands in the file a second time, however it is written."""
    code = " ".join(record["code"].split())
    before = first_line.setdefault(_bare(code), record)
    other = " ".join(before["code"].split())
    if before is record or not code:
        return
    if other == code:
        plan.complain(record, "kode", f"Kode {code[:40]} tertulis dua kali; yang pertama di baris {before.line}.")
    elif not (code in present and other in present):
        plan.complain(record, "kode", f"Kode {code[:40]} tampak sama dengan kode {other[:40]} di baris {before.line}. "
                      "Samakan kodenya, atau beri kode lain bila memang dua aplikasi.")



def _as_a_new_one(plan: Import, record: Record, line: Line, written: dict[str, str]) -> None:
    """Complain of what a record that is there may say and a new one may not."""
    alike = written.get(_bare(line.code))
    if alike is not None:
        plan.complain(record, "kode", f"Kode {line.code} tampak sama dengan kode {alike} yang sudah dicatat. "
                      f"Tulis {alike}, atau beri kode lain bila memang dua aplikasi.")
    if line.state in LATER.values():
        plan.complain(record, "status", f"Aplikasi baru tidak dapat langsung berstatus {WORDS['state'][line.state]}; "
                      "status itu hanya diberikan lewat daur hidup.")



def _beside_the_note(plan: Import, record: Record, line: Line, there: Application) -> Line:
    """An address nobody can open goes below what is already noted, once; what people typed stays."""
    typed, more = str(there.details.get("note") or ""), str(line.details.get("note") or "")
    if not typed or not more:
        return line
    details = {key: value for key, value in line.details.items() if key != "note"}
    if more in typed:
        return replace(line, details=details)
    together = f"{typed}\n{more}"
    try:
        cleaned({"note": together})
    except Refused:
        plan.warn(record, "alamat", "Alamat ini tidak dapat dibuka dan Catatan sudah penuh, jadi alamat ini tidak dicatat.")
        return replace(line, details=details)
    return replace(line, details=details | {"note": together})



def _look_at_owner(plan: Import, record: Record, line: Line, there: Application, agencies: Agencies) -> None:
    """A line that changes the owner: refused on a day the record refuses, a warning when it takes a hand-over back."""
    if line.owner.id == there.current_owner_id:
        return
    sentence = day_refused(there, today(there.instansi.clock_zone))
    if sentence:
        plan.complain(record, "kode_opd", sentence)
    elif _takes_back(line, there, agencies):
        since = there.owners[-1].from_day.strftime("%d-%m-%Y") if there.owners else ""
        plan.warn(record, "kode_opd", f"{there.name} sudah diserahkan ke {there.current_owner.short_name} di portal"
                  f"{' sejak ' + since if since else ''}. Baris ini mengembalikannya ke {line.owner.short_name}.")



def _takes_back(line: Line, there: Application, agencies: Agencies) -> bool:
    """Whether the line names an owner of before: one of the history, or the one of the file it came from."""
    before = {held.organization_id for held in there.owners}
    written = str(there.details.get(IMPORTED, {}).get("owner", "")).strip()
    came_from = agencies.find(written)
    return line.owner.id in before or (came_from is not None and came_from.id == line.owner.id)



def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None



def _told(line: Line) -> tuple[tuple[str, str, str], ...]:
    shown = {**line.values, "owner": line.owner.short_name, "state": line.state, **line.details,
             "users": _names(line.users)}
    return tuple((_label(key), "", _text(key, value)) for key, value in shown.items() if value)



def _differences(line: Line, there: Application) -> tuple[tuple[str, str, str], ...]:
    now = {key: getattr(there, key) for key in line.values} | {key: there.details.get(key) for key in line.details}
    new = line.changes | line.details
    said = [(_label(key), _text(key, now[key]), _text(key, value)) for key, value in new.items() if now[key] != value]
    if line.owner.id != there.current_owner_id:
        said.append((LABELS["owner"], there.current_owner.short_name, line.owner.short_name))
    if "users" in line.said and {user.organization_id for user in there.users} != {user.id for user in line.users}:
        said.append((LABELS["users"], _names([user.organization for user in there.users]), _names(line.users)))
    return tuple(said)



def _label(key: str) -> str:
    return LABELS.get(key) or BY_KEY[key].label



def _names(agencies) -> str:
    return ", ".join(sorted(agency.short_name for agency in agencies))



def _text(key: str, value) -> str:
    """A value in the words of the pages."""
    words = WORDS.get(key, {})
    values = value if isinstance(value, list) else [] if value is None else [value]
    return ", ".join(words.get(str(one), str(one)) for one in values)



def _alike(lines) -> list[tuple[str, str, str]]:
    found: dict[tuple[str, str], str] = {}
    names: dict[str, str] = {}
    addresses: dict[str, str] = {}
    for line in lines:
        name, address = " ".join(words_of(str(line.values["name"]))), bare_address(line.values["url"])
        if name in names:
            found[(names[name], line.code)] = "nama sama"
        names.setdefault(name, line.code)
        if address and address in addresses:
            found.setdefault((addresses[address], line.code), "alamat sama")
        if address:
            addresses.setdefault(address, line.code)
    return [(one, other, why) for (one, other), why in found.items()]
