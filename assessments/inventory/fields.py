"""The long tail of an application's record: fields that are declared here instead of being columns.

Names and allowed values follow domain/app-inventory (sections 2.1 to 2.7); `internal` ones are for Diskominfo and the
owner only. A value that is not declared is refused, never dropped.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ..refusal import Refused
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
    """One declared field: line, text, number, day, yes_no, or one of `choices`."""

    key: str
    section: str
    label: str
    kind: str = "line"
    choices: tuple[str, ...] = ()
    internal: bool = False


def _f(key: str, section: str, label: str, kind: str = "line", *choices: str, internal: bool = False) -> Field:
    return Field(key, section, label, kind, choices, internal)


FIELDS = (
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
    _f("indicators", "service", "Indikator yang dibuktikan"),
    _f("priority_service", "service", "Bagian layanan prioritas", "yes_no"),
    _f("transactions", "service", "Transaksi per tahun", "number"),
    _f("survey", "service", "Hasil survei pengguna"),
    _f("support", "service", "Dukungan dan SLA"),
    _f("languages", "technology", "Bahasa pemrograman"),
    _f("framework", "technology", "Kerangka pengembangan"),
    _f("database", "technology", "Basis data"),
    _f("licence", "technology", "Lisensi", "choice", "Sumber terbuka", "Proprietari", "Milik sendiri"),
    _f("release", "technology", "Versi aplikasi"),
    _f("repository", "technology", "Repositori kode", internal=True),
    _f("hosting", "technology", "Lokasi server", "choice", "Pusat Data Nasional", "Pusat data daerah", "Colocation",
       "Komputasi awan", "Server OPD", "Pengembang"),
    _f("cloud", "technology", "Penyedia komputasi awan"),
    _f("machine", "technology", "Server, OS, CPU, RAM, penyimpanan", "text", internal=True),
    _f("service_bus", "integration", "Lewat SPLP", "yes_no"),
    _f("api_document", "integration", "Dokumentasi API"),
    _f("single_sign_on", "integration", "Masuk tunggal (SSO)", "yes_no"),
    _f("interoperability", "integration", "Interoperabilitas data", "text"),
    _f("pse_state", "security", "Status pendaftaran PSE", "choice", "Belum", "Diajukan", "Terdaftar",
       "Perlu pembaruan"),
    _f("pse_dated", "security", "Tanggal tanda daftar", "day"),
    _f("category_se", "security", "Kategori sistem elektronik", "choice", "Strategis", "Tinggi", "Rendah"),
    _f("data_class", "security", "Klasifikasi data", "choice", "Terbuka", "Terbatas", "Rahasia"),
    _f("encryption", "security", "Enkripsi tersimpan"),
    _f("backup", "security", "Cadangan terakhir", "day", internal=True),
    _f("restore_test", "security", "Uji pulih terakhir", "day", internal=True),
    _f("contract", "cost", "Judul kontrak", internal=True),
    _f("contract_value", "cost", "Nilai kontrak (rupiah)", "number", internal=True),
    _f("fund", "cost", "Sumber dana", "choice", "APBD", "APBN", "Hibah", "Lainnya", internal=True),
    _f("plan", "record", "Rencana", "choice", "Pertahankan", "Tingkatkan", "Gabungkan", "Ganti dengan Aplikasi Umum",
       "Hentikan"),
    _f("in_sia", "record", "Tercatat di SIA SPBE", "choice", "Belum", "Sudah", "Berbeda"),
    _f("note", "record", "Catatan", "text"),
)
BY_KEY = {field.key: field for field in FIELDS}
# What an import found in its file and no field holds word for word.
IMPORTED = "imported"


def cleaned(values: Mapping[str, object]) -> dict[str, object]:
    """The declared values that say something, checked by their kind; raises `Refused` at the field."""
    return {key: value for key, text in values.items() if (value := _one(key, text)) not in ("", None)}


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
