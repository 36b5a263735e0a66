"""Applications from a spreadsheet: what would be added, changed or refused, and what looks like a duplicate.

A line is known by its code (or `app_id`). Nothing is thrown away: cells that say nothing ("-", "Belum ada") stay empty
columns, and the whole line is kept with the record as it was read.
"""

import re
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from ..actors import Actor
from ..clock import today
from ..inventory.columns import checked, safe_address
from ..inventory.fields import BY_KEY, IMPORTED, cleaned
from ..inventory.keeping import Batch, add_application, change, day_refused, hand_over, set_users
from ..inventory.portfolio import bare_address
from ..inventory.words import words_of
from ..models import Application, ApplicationUser, Organization, SearchWords
from ..models.application import APPLICATION_KINDS, INTEGRATION, PLATFORMS
from ..models.application import ORIGINS as ORIGIN_WORDS
from ..refusal import Faults, Refused
from ..texts import UNSHOWABLE, clean, clean_line
from ..workflow import LOOKS
from .plans import Complaint, Plan, Record, Step, records_of
from .tables import Limits, Row

COLUMNS = {
    "code": ("kode", "code", "app_id"),
    "name": ("nama", "name", "nama_aplikasi"),
    "owner": ("kode_opd", "kode_opd_pemilik", "owner_opd_code"),
    "users": ("opd_pengguna", "user_opd"),
    "kind": ("jenis", "classification"),
    "origin": ("kategori_asal", "asal", "scope"),
    "platform": ("basis_aplikasi", "basis", "platform"),
    "url": ("alamat", "url"),
    "state": ("status",),
    "year_built": ("tahun_pembuatan", "year_built"),
    "purpose": ("fungsi", "function"),
    "legal_basis": ("dasar_hukum", "legal_basis"),
    "database": ("basis_data", "database"),
    "languages": ("bahasa_pemrograman", "language"),
    "integrated": ("terintegrasi", "integrated"),
    "updated": ("diperbarui_pada", "last_update"),
    "source": ("sumber", "source"),
}
LABELS = {
    "name": "Nama", "owner": "OPD pemilik", "kind": "Jenis", "origin": "Asal", "platforms": "Basis", "url": "Alamat",
    "state": "Status", "year_built": "Tahun", "purpose": "Fungsi", "legal_basis": "Dasar hukum", "database": "Basis data",
    "languages": "Bahasa", "integrated": "Terintegrasi", "users": "OPD pengguna",
}
TITLES = {"code": "Kode", **LABELS}
KINDS = {"umum": "common", "aplikasi umum": "common", "khusus": "special", "aplikasi khusus": "special"}
ORIGINS = {"pusat": "central", "provinsi": "province", "lokal": "local"}
BASES = {"web": "web", "website": "web", "mobile": "mobile", "android": "mobile", "ios": "mobile", "desktop": "desktop",
             "dekstop": "desktop", "lainnya": "other"}
WORDS: dict[str, dict[str, str]] = {
    "kind": APPLICATION_KINDS, "origin": ORIGIN_WORDS, "platforms": PLATFORMS, "integrated": INTEGRATION,
    "state": {state: look.label for state, look in LOOKS[Application].items()},
}
STATES = {"aktif": "active", "naktif": "inactive", "tidak aktif": "inactive", "nonaktif": "inactive",
          "dalam pembangunan": "planned"}
INTEGRATED = {"sudah": "yes", "belum": "no", "sebagian": "partly"}
NOTHING = {"", "-", "belum ada", "tidak ada", "n/a"}
EVERYBODY = "seluruh perangkat daerah"
LIMITS = Limits(bytes=4_000_000, rows=5_000, columns=60, cell=8_000, text=20_000_000, inflated=60_000_000, parts=400)
ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?!//|[0-9])")


@dataclass(frozen=True)
class Line:
    """One line as it would be stored. `said` are the columns it speaks of: what a file leaves empty changes nothing
    of a record that is there."""

    code: str
    owner: Organization
    values: dict[str, object]
    details: dict[str, object]
    state: str
    users: tuple[Organization, ...]
    imported: dict[str, str]
    said: frozenset[str]

    @property
    def changes(self) -> dict[str, object]:
        """The values a record that is there would take over."""
        return {key: value for key, value in self.values.items() if key in self.said}


@dataclass
class Import(Plan):
    """A plan with the lines behind its steps, and pairs that look like one application (code, code, why)."""

    lines: dict[int, Line] = field(default_factory=dict)
    duplicates: list[tuple[str, str, str]] = field(default_factory=list)


def read_applications(rows: list[Row]) -> tuple[list[Record], list[Complaint], list[str]]:
    """The lines of a table of applications, what is wrong with its shape, and the columns nobody asked for."""
    return records_of(rows, COLUMNS, ("code", "name", "owner"))


def plan_applications(session: Session, instansi: Organization, records: list[Record]) -> Import:
    """What carrying out these lines would do now. Reads only."""
    plan = Import()
    agencies = list(
        session.scalars(
            select(Organization)
            .where((Organization.instansi_id == instansi.id) | (Organization.id == instansi.id))
            .options(selectinload(Organization.states))
        )
    )
    by_code = {agency.code: agency for agency in agencies if agency.code}
    by_name = {name.casefold(): agency for agency in agencies for name in (agency.name, agency.short_name) if name}
    present = _present(session, instansi)
    first_line: dict[str, int] = {}
    for record in records:
        line = _line(plan, record, by_code, by_name, first_line)
        if line is None or plan.refuses(record):
            continue
        plan.lines[record.line] = line
        there = present.get(line.code)
        name = str(line.values["name"])
        if there is None:
            plan.adds.append(Step(record.line, name, _told(line), record))
            continue
        said = _differences(line, there)
        _look_at_owner(plan, record, line, there, by_code, by_name)
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


def _line(plan: Import, record: Record, by_code, by_name, first_line: dict[str, int]) -> Line | None:
    code = _text_of(plan, record, "code", clean_line, 40, required=True)
    name = _text_of(plan, record, "name", clean_line, 160, required=True)
    purpose = _text_of(plan, record, "purpose", clean, 4000)
    legal = _text_of(plan, record, "legal_basis", clean_line, 300)
    told = {complaint.column for complaint in plan.complaints if complaint.line == record.line}
    for column, text in record.cells.items():
        if UNSHOWABLE.search(text) and COLUMNS[column][0] not in told:
            plan.complain(record, COLUMNS[column][0], "Sel ini memuat karakter yang tidak dapat ditampilkan. Hapus karakter itu.")
    if code in first_line:
        plan.complain(record, "kode", f"Kode {code} tertulis dua kali; yang pertama di baris {first_line[code]}.")
    elif code:
        first_line[code] = record.line
    owner = by_code.get(record["owner"].strip()) or by_name.get(record["owner"].strip().casefold())
    if owner is None:
        plan.complain(record, "kode_opd", f"OPD pemilik “{record['owner'][:60]}” tidak dikenal." if record["owner"].strip()
                      else "OPD pemilik wajib diisi.")
    values: dict[str, object] = {
        "name": name, "purpose": purpose, "legal_basis": legal,
        "kind": _one_of(plan, record, "kind", KINDS, "special"), "origin": _one_of(plan, record, "origin", ORIGINS, "local"),
        "platforms": _platforms(plan, record), "year_built": _year(plan, record),
        "integrated": _one_of(plan, record, "integrated", INTEGRATED, None), "url": _address(record),
    }
    details: dict[str, object] = {key: record[key] for key in ("database", "languages") if not _none(record[key])}
    state = _one_of(plan, record, "state", STATES, "active")
    users = _users(record, by_name, by_code)
    if values["url"] is None and not _none(record["url"]):
        details["note"] = f"Alamat pada berkas asal: {record['url'][:500]}"
    _as_the_record_would(plan, record, values, details)
    if owner is None:
        return None
    said = {"platforms" if key == "platform" else key for key, text in record.cells.items() if not _none(text)}
    if values["url"] is None:
        said.discard("url")
    kept = {key: text for key, text in record.cells.items() if text}
    return Line(code, owner, values, details, str(state), users, kept, frozenset(said))


def _text_of(plan: Import, record: Record, column: str, read, limit: int, required: bool = False) -> str:
    """A cell as the record keeps it; empty, with a complaint, where it cannot be kept."""
    text = record[column] if required or not _none(record[column]) else ""
    try:
        return read(text, limit, TITLES[column], required=required)
    except Refused as refused:
        plan.complain(record, COLUMNS[column][0], refused.sentences[0])
        return ""


def _as_the_record_would(plan: Import, record: Record, values: dict[str, object], details: dict[str, object]) -> None:
    """Complain of all that the record itself would refuse, so that what is shown can be carried out."""
    named = {"platforms": "platform", "note": "url"}
    told = {complaint.column for complaint in plan.complaints if complaint.line == record.line}
    for check, given in ((checked, values), (cleaned, details)):
        try:
            check(given)
        except Refused as refused:
            for each in refused.each if isinstance(refused, Faults) else (refused,):
                column = COLUMNS.get(named.get(each.field or "", each.field or ""), ("",))[0]
                if column not in told:
                    plan.complain(record, column, each.sentences[0])


def _look_at_owner(plan: Import, record: Record, line: Line, there: Application, by_code, by_name) -> None:
    """A line that changes the owner: refused on a day the record refuses, a warning when it takes a hand-over back."""
    if line.owner.id == there.current_owner_id:
        return
    sentence = day_refused(there, today(there.instansi.clock_zone))
    if sentence:
        plan.complain(record, "kode_opd", sentence)
    elif _takes_back(line, there, by_code, by_name):
        since = there.owners[-1].from_day.strftime("%d-%m-%Y") if there.owners else ""
        plan.warn(record, "kode_opd", f"{there.name} sudah diserahkan ke {there.current_owner.short_name} di portal"
                  f"{' sejak ' + since if since else ''}. Baris ini mengembalikannya ke {line.owner.short_name}.")


def _takes_back(line: Line, there: Application, by_code, by_name) -> bool:
    """Whether the line names an owner of before: one of the history, or the one of the file it came from."""
    before = {held.organization_id for held in there.owners}
    written = str(there.details.get(IMPORTED, {}).get("owner", "")).strip()
    came_from = by_code.get(written) or by_name.get(written.casefold())
    return line.owner.id in before or (came_from is not None and came_from.id == line.owner.id)


def _none(text: str) -> bool:
    return text.strip().casefold() in NOTHING


def _one_of(plan: Import, record: Record, column: str, words: dict[str, str], default):
    text = record[column].strip().casefold()
    if _none(text):
        return default
    if text not in words:
        plan.complain(record, COLUMNS[column][0], f"{LABELS[column]} “{record[column][:40]}” tidak dikenal.")
        return default
    return words[text]


def _platforms(plan: Import, record: Record) -> list[str]:
    found = []
    for word in re.split(r"[,;/]", record["platform"]):
        if _none(word):
            continue
        code = BASES.get(word.strip().casefold())
        if code is None:
            plan.complain(record, "basis_aplikasi", f"Basis aplikasi “{word.strip()[:40]}” tidak dikenal.")
        else:
            found.append(code)
    return [code for code in dict.fromkeys(BASES.values()) if code in found]


def _year(plan: Import, record: Record) -> int | None:
    text = record["year_built"].strip()
    if _none(text):
        return None
    if not (text.isascii() and text.isdigit() and 1980 <= int(text[:6]) <= today("Asia/Jakarta").year + 1):
        plan.complain(record, "tahun_pembuatan", f"Tahun “{text[:20]}” bukan tahun.")
        return None
    return int(text)


def _address(record: Record) -> str | None:
    """What can be opened; anything else stays in the kept line (an address on somebody's disk is none)."""
    text = record["url"].strip()
    if _none(text) or (ADDRESS.match(text) and not text.lower().startswith(("http:", "https:"))):
        return None
    try:
        return safe_address(text)
    except Refused:
        return None


def _users(record: Record, by_name, by_code) -> tuple[Organization, ...]:
    """The agencies a cell names: one name, or several between semicolons; names that hold commas stay whole."""
    found = []
    for word in record["users"].split(";"):
        agency = by_name.get(word.strip().casefold()) or by_code.get(word.strip())
        if agency is not None and word.strip().casefold() != EVERYBODY:
            found.append(agency)
    return tuple(dict.fromkeys(found))


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
