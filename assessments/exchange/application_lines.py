"""One line of a table of applications, read: what its cells mean, and a sentence for each that means nothing.

Nothing is thrown away: cells that say nothing ("-", "Belum ada") stay empty columns, and the whole line is kept with the
record as it was read.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..clock import today
from ..inventory.columns import checked, safe_address
from ..inventory.fields import cleaned
from ..models import Application, Organization
from ..models.application import APPLICATION_KINDS, INTEGRATION, PLATFORMS
from ..models.application import ORIGINS as ORIGIN_WORDS
from ..refusal import Faults, Refused
from ..texts import UNSHOWABLE, clean, clean_line
from ..workflow import LOOKS
from .agencies import EVERYBODY, SIGN, Agencies
from .plans import Complaint, Plan, Record, records_of
from .tables import Row

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
# Where no column bears a code of the owner, one with its name stands for it.
OWNER_NAMES = ("opd_pemilik", "owner_opd", "nama_opd_pemilik", "nama_opd")
HEAD_WITHIN = 10  # rows at the top of a file, one of which names the columns
STATES = {"aktif": "active", "naktif": "inactive", "tidak aktif": "inactive", "nonaktif": "inactive",
          "dalam pembangunan": "planned"}
# Words a record that is there may bear; no new one begins with them.
LATER = {look.label.casefold(): state for state, look in LOOKS[Application].items() if state not in STATES.values()}
INTEGRATED = {"sudah": "yes", "belum": "no", "sebagian": "partly"}
NOTHING = {"", "-", "belum ada", "tidak ada", "n/a"}
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

    @property
    def names(self) -> dict[str, str]:
        """{code: name} of the lines."""
        return {line.code: str(line.values["name"]) for line in self.lines.values()}



def known_columns(head: Iterable[str]) -> dict[int, str]:
    """{place: our name} of the columns that bear a name of ours."""
    names = [cell.casefold().replace(" ", "_") for cell in head]
    places = {word: ours for ours, words in COLUMNS.items() for word in words}
    known = {at: places[name] for at, name in enumerate(names) if name in places}
    if "owner" not in known.values():
        instead = [at for at, name in enumerate(names) if name in OWNER_NAMES]
        known |= {instead[0]: "owner"} if instead else {}
    return known



def from_the_head(rows: list[Row]) -> list[Row]:
    """Without the lines of title above the row that names the columns: the first of those that name the most."""
    counts = [len(set(known_columns(row.cells).values())) for row in rows[:HEAD_WITHIN]]
    return rows[counts.index(max(counts)):] if max(counts, default=0) > 1 else rows



def read_applications(rows: list[Row]) -> tuple[list[Record], list[Complaint], list[str]]:
    """The lines of a table of applications, what is wrong with its shape, and the columns nobody asked for."""
    head, *rest = from_the_head(rows)
    known = known_columns(head.cells)
    by_name = [at for at, ours in known.items() if ours == "owner"]
    named = [COLUMNS["owner"][0] if by_name == [at] else cell for at, cell in enumerate(head.cells)]
    records, complaints, passed = records_of([Row(head.line, tuple(named)), *rest], COLUMNS, ("code", "name", "owner"))
    of_head = [each for each in complaints if each.line == head.line]
    if not known:
        of_head = [Complaint(head.line, "", f"Tidak ada kepala tabel pada {HEAD_WITHIN} baris pertama. Tulis paling sedikit kolom "
                             "kode, nama, dan kode_opd.")]
    elif not rest:
        of_head.append(Complaint(head.line, "", "Berkas ini hanya memuat kepala tabel; tidak ada baris aplikasi di bawahnya."))
    return records, of_head or complaints, passed



def _owner(plan: Import, record: Record, agencies: Agencies) -> Organization | None:
    text = record["owner"].strip()
    found = agencies.found(text, by_number=True) if text else []
    if len(found) == 1:
        return found[0]
    if not text:
        sentence = "OPD pemilik wajib diisi."
    elif found:
        sentence = f"OPD pemilik “{text[:60]}” cocok dengan lebih dari satu OPD. Tulis kodenya dengan lengkap."
    else:
        sentence = f"OPD pemilik “{text[:60]}” tidak dikenal."
    plan.complain(record, "kode_opd", sentence)
    return None



def line_of(plan: Import, record: Record, agencies: Agencies) -> Line | None:
    code = _text_of(plan, record, "code", clean_line, 40, required=True)
    name = _text_of(plan, record, "name", clean_line, 160, required=True)
    purpose = _text_of(plan, record, "purpose", clean, 4000)
    legal = _text_of(plan, record, "legal_basis", clean_line, 300)
    told = {complaint.column for complaint in plan.complaints if complaint.line == record.line}
    for column, text in record.cells.items():
        if UNSHOWABLE.search(text) and COLUMNS[column][0] not in told:
            plan.complain(record, COLUMNS[column][0], "Sel ini memuat karakter yang tidak dapat ditampilkan. Hapus karakter itu.")
    owner = _owner(plan, record, agencies)
    values: dict[str, object] = {
        "name": name, "purpose": purpose, "legal_basis": legal,
        "kind": _one_of(plan, record, "kind", KINDS, "special"), "origin": _one_of(plan, record, "origin", ORIGINS, "local"),
        "platforms": _platforms(plan, record), "year_built": _year(plan, record),
        "integrated": _one_of(plan, record, "integrated", INTEGRATED, None), "url": _address(record),
    }
    details: dict[str, object] = {key: record[key] for key in ("database", "languages") if not _none(record[key])}
    state = _one_of(plan, record, "state", STATES | LATER, "active")
    users = _users(plan, record, agencies)
    if values["url"] is None and not _none(record["url"]):
        details["note"] = f"Alamat pada berkas asal: {record['url'][:500].strip()}"
    _as_the_record_would(plan, record, values, details)
    if owner is None:
        return None
    said = {"platforms" if key == "platform" else key for key, text in record.cells.items() if not _none(text)}
    if values["url"] is None:
        said.discard("url")
    if not users:  # "all agencies" names none, and a name of two agencies neither
        said.discard("users")
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



def _users(plan: Import, record: Record, agencies: Agencies) -> tuple[Organization, ...]:
    """The agencies a cell names: one name, or several between semicolons; names that hold commas stay whole.
    Nothing where one of them may be several: who uses it then stays as it is."""
    found, doubtful = [], False
    for word in map(str.strip, record["users"].split(SIGN)):
        if _none(word) or word.casefold() == EVERYBODY:
            continue
        meant = agencies.found(word)
        if len(meant) > 1:
            plan.warn(record, COLUMNS["users"][0], f"OPD pengguna “{word[:60]}” cocok dengan lebih dari satu OPD, jadi OPD pengguna "
                      "baris ini dilewati. Tulis kodenya.")
            doubtful = True
        elif not meant:
            plan.complain(record, COLUMNS["users"][0], f"OPD pengguna “{word[:60]}” tidak dikenal. Pisahkan beberapa OPD dengan "
                          "titik koma.")
        else:
            found.append(meant[0])
    if doubtful:
        return ()
    return tuple(dict.fromkeys(found))
