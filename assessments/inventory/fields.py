"""The long tail of an application's record: fields that are declared here instead of being columns.

Names and allowed values follow domain/app-inventory (sections 2.1 to 2.7); `internal` ones are for Diskominfo and the
owner only. A value that is not declared is refused, never dropped.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from ..instruments import available, load
from ..refusal import Refused, Together
from ..texts import clean, clean_line

SECTIONS = {
    "identity": "Identitas dan pemilik",
    "service": "Layanan dan data",
    "technology": "Teknologi dan hosting",
    "integration": "Integrasi",
    "security": "Keamanan dan pendaftaran",
    "cost": "Biaya dan pengadaan",
    "record": "Pencatatan",
}


@dataclass(frozen=True)
class Field:
    """One declared field: line, text, number, day, yes_no, address, indicators, or one of `choices`."""

    key: str
    section: str
    label: str
    kind: str = "line"
    choices: tuple[str, ...] = ()
    internal: bool = False
    help: str = ""


def _f(
    key: str, section: str, label: str, kind: str = "line", *choices: str, internal: bool = False, help: str = ""
) -> Field:
    return Field(key, section, label, kind, choices, internal, help)


# The licences of the SPDX list that public software bears most often.
OPEN_LICENCES = ("AGPL-3.0-only", "AGPL-3.0-or-later", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "EUPL-1.2",
                 "GPL-2.0-only", "GPL-2.0-or-later", "GPL-3.0-only", "GPL-3.0-or-later", "LGPL-3.0-only",
                 "LGPL-3.0-or-later", "MIT", "MPL-2.0")
SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?=\S)")
HOST_AND_PORT = re.compile(r"[A-Za-z0-9.-]+:[0-9]+(/|\Z)")

FIELDS = (
    _f("description", "identity", "Uraian singkat", "text", help="Satu atau dua kalimat seperti pada SIA SPBE."),
    _f("output", "identity", "Luaran", "text"),
    _f("input", "identity", "Masukan", "text"),
    _f("unit", "identity", "Unit kerja operasional"),
    _f("officer", "identity", "Penanggung jawab", internal=True),
    _f("builder", "identity", "Pengembang", "choice", "Internal", "Vendor", "Hibah instansi lain", "Pusat"),
    _f("vendor", "identity", "Vendor", internal=True),
    _f("vendor_contact", "identity", "Kontak vendor", internal=True),
    _f("year_changed", "identity", "Tahun pengembangan terakhir", "number"),
    _f("practical_group", "identity", "Kelompok praktis", "choice", "Aplikasi Umum", "Khusus milik K/L",
       "Khusus milik pemda"),
    _f("common_field", "identity", "Bidang Aplikasi Umum", "choice", "Perencanaan", "Penganggaran",
       "Pengadaan barang/jasa", "Akuntabilitas kinerja", "Pemantauan dan evaluasi", "Kearsipan", "Kepegawaian",
       "Pengaduan pelayanan publik"),
    _f("business_process", "service", "Proses bisnis", "text"),
    _f("services", "service", "Layanan yang didukung", "text"),
    _f("data_held", "service", "Data yang dikelola", "text"),
    _f("indicators", "service", "Indikator yang dibuktikan", "indicators"),
    _f("priority_service", "service", "Bagian layanan prioritas", "yes_no"),
    _f("transactions", "service", "Transaksi per tahun", "number"),
    _f("survey", "service", "Hasil survei pengguna"),
    _f("support", "service", "Dukungan dan SLA"),
    _f("languages", "technology", "Bahasa pemrograman"),
    _f("framework", "technology", "Kerangka pengembangan"),
    _f("database", "technology", "Basis data"),
    _f("licence", "technology", "Lisensi", "choice", "Sumber terbuka", "Proprietari", "Milik sendiri"),
    _f("spdx", "technology", "Kode lisensi sumber terbuka (SPDX)", "choice", *OPEN_LICENCES),
    _f("release", "technology", "Versi aplikasi"),
    _f("repository", "technology", "Repositori kode", "address", internal=True),
    _f("hosting", "technology", "Lokasi server", "choice", "Pusat Data Nasional", "Pusat data daerah", "Colocation",
       "Komputasi awan", "Server OPD", "Pengembang"),
    _f("cloud", "technology", "Penyedia komputasi awan"),
    _f("cloud_registered", "technology", "Penyedia awan terdaftar di kementerian", "choice", "Terdaftar", "Belum terdaftar",
       "Belum diketahui", help="Hanya bila memakai komputasi awan pihak ketiga."),
    _f("infrastructure", "technology", "Infrastruktur SPBE terkait", "text",
       help="Objek infrastruktur yang dipakai, dengan nama atau kode pada SIA SPBE."),
    _f("machine", "technology", "Server, OS, CPU, RAM, penyimpanan", "text", internal=True),
    _f("service_bus", "integration", "Lewat SPLP", "yes_no"),
    _f("api_document", "integration", "Dokumentasi API", "address"),
    _f("single_sign_on", "integration", "Masuk tunggal (SSO)", "yes_no"),
    _f("interoperability", "integration", "Interoperabilitas data", "text"),
    _f("pse_state", "security", "Status pendaftaran PSE", "choice", "Belum", "Diajukan", "Terdaftar",
       "Perlu pembaruan"),
    _f("pse_dated", "security", "Tanggal tanda daftar", "day"),
    _f("category_se", "security", "Kategori sistem elektronik", "choice", "Strategis", "Tinggi", "Rendah"),
    _f("data_class", "security", "Klasifikasi data", "choice", "Terbuka", "Terbatas", "Rahasia"),
    _f("encryption", "security", "Enkripsi tersimpan"),
    _f("security_controls", "security", "Kendali keamanan", "text",
       help="Catatan atau tautan untuk tujuh objek keamanan: standar, edukasi, identifikasi kerentanan, peningkatan, "
            "penanganan insiden, audit keamanan, dan kelaikan."),
    _f("fit_for_use", "security", "Uji kelayakan sebelum dipakai", "yes_no",
       help="Ya bila sudah diuji dan direviu; lampirkan hasilnya pada bagian Dokumen."),
    _f("backup", "security", "Cadangan terakhir", "day", internal=True),
    _f("restore_test", "security", "Uji pulih terakhir", "day", internal=True),
    _f("contract", "cost", "Judul kontrak", internal=True),
    _f("contract_value", "cost", "Nilai kontrak (rupiah)", "number", internal=True),
    _f("fund", "cost", "Sumber dana", "choice", "APBD", "APBN", "Hibah", "Lainnya", internal=True),
    _f("plan", "record", "Rencana", "choice", "Pertahankan", "Tingkatkan", "Gabungkan", "Ganti dengan Aplikasi Umum",
       "Hentikan"),
    _f("in_sia", "record", "Tercatat di SIA SPBE", "choice", "Belum", "Sudah", "Berbeda"),
    _f("verified_by", "record", "Diverifikasi oleh", help="Petugas Diskominfo yang memeriksa catatan ini."),
    _f("verified_on", "record", "Tanggal verifikasi", "day"),
    _f("note", "record", "Catatan", "text"),
)
BY_KEY = {field.key: field for field in FIELDS}
# What an import found in its file and no field holds word for word.
IMPORTED = "imported"


def cleaned(values: Mapping[str, object]) -> dict[str, object]:
    """The declared values that say something, checked by their kind; raises all that is refused, each at its field."""
    found = {}
    with Together() as faults:
        for key, text in values.items():
            with faults.noted():
                value = _one(key, text)
                if value not in ("", None):
                    found[key] = value
    return found


def _one(key: str, text) -> object:
    field = BY_KEY.get(key)
    if field is None:
        raise Refused(f"Isian “{key}” tidak dikenal.", field=key)
    if field.kind == "yes_no":
        return text if isinstance(text, bool) else {"ya": True, "tidak": False}.get(str(text or "").strip().casefold())
    written = clean(str(text or ""), 2000, field.label, key) if field.kind == "text" else clean_line(
        str(text or ""), 300, field.label, key)
    if not written:
        return None
    if field.kind == "choice" and written not in field.choices:
        raise Refused(f"{field.label}: pilih salah satu dari daftar.", field=key)
    if field.kind == "address":
        _address(written, field)
    if field.kind == "indicators":
        return _indicators(written, field)
    if field.kind == "number":
        digits = written.replace(".", "")
        if not (digits.isascii() and digits.isdigit()) or len(digits) > 15:
            raise Refused(f"{field.label} harus bilangan bulat.", field=key)
        return int(digits)
    if field.kind == "day":
        try:
            return date.fromisoformat(written).isoformat()
        except ValueError:
            raise Refused(f"{field.label} harus tanggal.", field=key) from None
    return written


def _address(written: str, field: Field) -> None:
    """A place in words is fine; an address is one that a browser or git opens, and names no password."""
    scheme = SCHEME.match(written)
    if scheme is None or HOST_AND_PORT.match(written):
        return
    if scheme[1].lower() not in ("http", "https", "ssh"):
        raise Refused(f"{field.label}: alamat harus dimulai dengan https://, http://, atau ssh://.", field=field.key)
    if re.match(r"[^/]*//[^/]*:[^/]*@", written):
        raise Refused(f"{field.label} tidak boleh memuat kata sandi.", field=field.key)


def _indicators(written: str, field: Field) -> str:
    """Codes of indicators, one comma between two; each is in one of the instruments that are known."""
    known = _codes()
    unknown: list[str] = []
    found: list[str] = []
    for word in re.split(r"[,;\s]+", written):
        if not word:
            continue
        code = known.get(word.casefold())
        (found if code else unknown).append(code or word)
    if unknown:
        named = ", ".join(word[:20] for word in unknown[:5])
        raise Refused(f"{field.label}: {named} tidak ada pada instrumen yang dikenal. Tulis kode, misalnya I13, I45.",
                      field=field.key)
    return ", ".join(dict.fromkeys(found))


@cache
def _codes() -> dict[str, str]:
    """{as people write it: code} of every indicator of every known instrument: i01, 01 and 1 are one."""
    codes: dict[str, str] = {}
    for key, _guidance, _title in available():
        for item in load(key).items:
            codes.setdefault(item.code.casefold(), item.code)
            for number in (item.number, item.number.zfill(2)):
                codes.setdefault(number, item.code)
    return codes
