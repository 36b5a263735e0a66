"""Which pages are looked at, as whom, and how each is brought into its empty, filled and error state.

Addresses are written with the names of `town.py`; a rule of the app that none of them reaches fails the sweep.
"""

from dataclasses import dataclass, field

# Rules that answer no page.
NO_PAGE = {
    "public.health": "one word for a machine",
    "public.ready": "JSON for a machine",
    "agency.download": "bytes of evidence",
    "leadership.table": "a workbook",
    "inventory.workbook": "a workbook",
    "inventory.plain_table": "a CSV file",
    "api.document": "JSON for programs",
    "api.periods": "JSON for programs",
    "api.period": "JSON for programs",
    "api.assessment": "JSON for programs",
    "api.results": "JSON for programs",
    "api.result": "JSON for programs",
    "api.recommendations": "JSON for programs",
    "api.recommendation": "JSON for programs",
    "api.applications": "JSON for programs",
    "api.application": "JSON for programs",
    "public.publiccode_file": "a YAML file",
    "public.sitemap": "XML for search engines",
    "public.robots": "lines for search engines",
    "admin.static": "a stylesheet",
    "bootstrap.static": "a stylesheet",
    "static": "a stylesheet",
}


@dataclass(frozen=True)
class Visit:
    """One page in one state. `press` is the button that is pressed there, after `fill` ({label: text})."""

    who: str
    screen: str
    path: str
    status: int = 200
    press: str = ""
    fill: dict[str, str] = field(default_factory=dict)


def visit(who: str, *lines: tuple) -> list[Visit]:
    return [Visit(who, *line) for line in lines]


STRANGER = visit(
    "",
    ("S01", "/"),
    ("S02", "/aplikasi"),
    ("S02-cari", "/aplikasi?q=usulan+warga&kategori=perencanaan"),
    ("S02-tidak-ada", "/aplikasi?q=paspor"),
    ("S02-kata-panjang", "/aplikasi?q=" + "panjangsekali" * 14),
    ("S02-saringan-kosong", "/aplikasi?huruf=Z"),
    ("S03", "/aplikasi/{shown}"),
    ("S03-dihentikan", "/aplikasi/{over}"),
    ("S03-salah", "/aplikasi/tidak-ada", 404),
    ("S04", "/hasil/{sent}"),
    ("S04-belum", "/hasil/{now}", 404),
    ("S04-daftar", "/pengumuman"),
    ("S05-daftar", "/panduan"),
    ("S05-instrumen", "/panduan/permenpanrb-59-2020"),
    ("S05", "/panduan/permenpanrb-59-2020/I12"),
    ("S05-salah", "/panduan/permenpanrb-59-2020/I99", 404),
    ("S06", "/bantuan"),
    ("S07", "/masuk?next=/penilaian/2026/indikator/I12"),
    ("S07-salah", "/masuk", 422, "Masuk"),
    ("verifikasi", "/verifikasi"),
    ("verifikasi-sah", "/verifikasi/{receipt}"),
    ("verifikasi-salah", "/verifikasi/PM-2026-ABCD-EFGH", 404),
    ("galat-404", "/tidak-ada", 404),
)
# The same with nothing in the database at all.
UNTOUCHED = visit(
    "",
    ("S01-kosong", "/"),
    ("S02-kosong", "/aplikasi"),
    ("S05-daftar-kosong", "/panduan"),
    ("S06-kosong", "/bantuan"),
    ("S07-kosong", "/masuk"),
    ("verifikasi-kosong", "/verifikasi"),
)
OPERATOR = [
    *visit(
        "operator",
        ("S10-operator", "/beranda"),
        ("S12", "/akun"),
        ("S12-salah", "/akun", 422, "Simpan surel"),
        ("S12-sandi", "/akun/kata-sandi"),
        ("S12-sandi-salah", "/akun/kata-sandi", 422, "Ganti kata sandi"),
        ("S12-token", "/akun/token"),
        ("S12-token-salah", "/akun/token", 422, "Buat token"),
        ("S20", "/penilaian/{now}"),
        ("S20-saringan-kosong", "/penilaian/{now}?saring=catatan"),
        ("S20-terkunci", "/penilaian/{sent}"),
        ("S20-salah", "/penilaian/tidak-ada", 404),
        ("S21-siap", "/penilaian/{now}/indikator/I12"),
        ("S21-susunan", "/penilaian/{now}/indikator/I12?susun=ya"),
        ("S21", "/penilaian/{now}/indikator/I01"),
        ("S21-kosong", "/penilaian/{now}/indikator/I32"),
        ("S21-salah", "/penilaian/{now}/indikator/I32", 422, "Tandai siap diperiksa"),
        ("S21-tautan-salah", "/penilaian/{now}/indikator/I13", 422, "Lampirkan tautan"),
        ("S21-terkunci", "/penilaian/{sent}/indikator/I12"),
        ("S28", "/penilaian/{now}/periksa"),
        ("S28-salah", "/penilaian/{now}/periksa", 409, "Kirim ke kepala OPD"),
        ("S28-terkunci", "/penilaian/{waiting}/periksa"),
        ("S29", "/penilaian/{waiting}/terkirim"),
        ("S29-tanda-terima", "/penilaian/{sent}/terkirim"),
        ("S22", "/bukti"),
        ("S22-saringan-kosong", "/bukti?cari=tidak+ada"),
        ("S24-kosong", "/bukti/unggahan"),
        ("S23", "/bukti/{document}"),
        ("S23-salah", "/bukti/{document}", 422, "Simpan keterangan", {"Judul dokumen": ""}),
        ("galat-403", "/kelola/periode/baru", 403),
    ),
    *visit(
        "operator_other",
        ("S20-dikembalikan", "/penilaian/{waiting}"),
        ("S21-dikembalikan", "/penilaian/{waiting}/indikator/I45"),
    ),
    *visit(
        "nowhere operator",
        ("S10-kosong", "/beranda"),
        ("S20-kosong", "/penilaian"),
        ("S22-kosong", "/bukti"),
    ),
]
HEAD = [
    *visit(
        "head",
        ("S10-kepala", "/beranda"),
        ("S37", "/akun/delegasi"),
        ("S37-salah", "/akun/delegasi", 422, "Titipkan jabatan"),
        ("S33-daftar", "/persetujuan"),
        ("S33", "/persetujuan/{waiting.bappeda}"),
        ("S33-terkunci", "/persetujuan/{sent.bappeda}"),
        ("S33-salah", "/persetujuan/99999", 404),
        ("S34", "/persetujuan/{waiting.bappeda}/pernyataan"),
        ("S34-salah", "/persetujuan/{waiting.bappeda}/pernyataan", 422, "Tandatangani dan kirim"),
        ("S34-belum", "/persetujuan/{now.bappeda}/pernyataan", 409),
        ("S35", "/persetujuan/{waiting.bappeda}/kembalikan"),
        ("S35-salah", "/persetujuan/{waiting.bappeda}/kembalikan", 422, "Kembalikan kepada operator"),
        ("S36", "/persetujuan/{sent.bappeda}/bukti"),
    ),
    *visit("nowhere head", ("S33-kosong", "/persetujuan")),
]
MANAGER = [
    *visit(
        "round_manager",
        ("S10-pengelola", "/beranda"),
        ("S45-daftar", "/kelola/periode"),
        ("S45-baru", "/kelola/periode/baru"),
        ("S45-baru-salah", "/kelola/periode/baru", 422, "Buat sebagai draf"),
        ("S45", "/kelola/periode/{now}"),
        ("S45-salah", "/kelola/periode/{now}?tahap=self_assessment", 422, "Simpan jadwal", {"Tanggal tutup": "2020-01-01"}),
        ("S45-draf", "/kelola/periode/{draft}"),
        ("S45-yang-dinilai", "/kelola/periode/opd/yang-dinilai"),
        ("S45-yang-dinilai-salah", "/kelola/periode/opd/yang-dinilai", 422, "Tambahkan yang dipilih"),
        ("S40", "/pengelolaan/{now}"),
        ("S40-pemda", "/pengelolaan/{now}/{subject}"),
        ("S40-kosong", "/pengelolaan/{draft}"),
        ("S27", "/pengelolaan/{now}/{subject}/penugasan"),
        ("S27-kosong", "/pengelolaan/{draft}/{subject}/penugasan"),
        ("S27-salah", "/pengelolaan/{draft}/{subject}/penugasan", 422, "Tetapkan OPD utama"),
        ("S27-butir", "/pengelolaan/{now}/{subject}/penugasan/I12"),
        ("S42-daftar", "/pengelolaan/{now}/{subject}/klaim"),
        ("S42-daftar-kosong", "/pengelolaan/{draft}/{subject}/klaim"),
        ("S42", "/pengelolaan/{now}/{subject}/klaim/I12"),
        ("S42-kosong", "/pengelolaan/{now}/{subject}/klaim/I20"),
        ("S42-salah", "/pengelolaan/{now}/{subject}/klaim/I21", 422, "Simpan klaim", {"Tingkat atau nilai klaim": "9"}),
        ("S42-terkunci", "/pengelolaan/{sent}/{subject}/klaim/I12"),
        ("S42-menunggu", "/pengelolaan/pemdi/{subject}/klaim/I05"),
        ("S42-daftar-menunggu", "/pengelolaan/pemdi/{subject}/klaim"),
        ("S42-nilai-luar", "/pengelolaan/pemdi/{subject}/nilai-luar"),
        ("S42-nilai-luar-salah", "/pengelolaan/pemdi/{subject}/nilai-luar", 422, "Simpan nilai"),
        ("S42-nilai-luar-kosong", "/pengelolaan/{now}/{subject}/nilai-luar"),
        ("S48-pengelola", "/pengelolaan/{now}/{subject}/kirim"),
        ("S48-tanda-terima", "/pengelolaan/{sent}/{subject}/tanda-terima"),
        ("S48-tanda-terima-belum", "/pengelolaan/{now}/{subject}/tanda-terima", 404),
    ),
    *visit("nowhere round_manager", ("S45-daftar-kosong", "/kelola/periode")),
]
OFFICES = [
    *visit(
        "system_admin",
        ("S10-admin", "/beranda"),
        ("S47", "/kelola/pengguna"),
        ("S47-saringan-kosong", "/kelola/pengguna?q=tidak+ada"),
        ("S47-akun", "/kelola/pengguna/{account}"),
        ("S47-akun-salah", "/kelola/pengguna/{account}", 422, "Beri jabatan"),
        ("S47-akun-tidak-ada", "/kelola/pengguna/99999", 404),
        ("S47-baru", "/kelola/pengguna/baru"),
        ("S47-baru-salah", "/kelola/pengguna/baru", 422, "Simpan dan buat kata sandi awal"),
        ("S47-organisasi", "/kelola/organisasi"),
        ("S47-organisasi-saringan-kosong", "/kelola/organisasi?q=tidak+ada"),
        ("S47-organisasi-satu", "/kelola/organisasi/{bappeda}"),
        ("S47-organisasi-salah", "/kelola/organisasi/{bappeda}", 422, "Simpan perubahan", {"Nama": ""}),
        ("S47-organisasi-baru", "/kelola/organisasi/baru"),
        ("S47-organisasi-baru-salah", "/kelola/organisasi/baru", 422, "Tambah organisasi"),
        ("S47-impor", "/kelola/impor"),
        ("S47-impor-salah", "/kelola/impor", 422, "Periksa berkas"),
        ("acuan", "/admin/"),
        ("acuan-organisasi", "/admin/organisasi/"),
        ("acuan-orang", "/admin/orang/"),
        ("acuan-orang-kosong", "/admin/orang/?search=tidak-ada"),
        ("acuan-orang-ubah", "/admin/orang/edit/?id={person}"),
        ("acuan-orang-salah", "/admin/orang/edit/?id={person}", 422, "Simpan", {"Nama": ""}),
        ("acuan-jabatan", "/admin/jabatan/"),
        ("acuan-kategori", "/admin/kategori/"),
        ("acuan-kategori-baru", "/admin/kategori/new/"),
        ("acuan-kategori-salah", "/admin/kategori/new/", 422, "Simpan"),
        ("acuan-kategori-ubah", "/admin/kategori/edit/?id={category}"),
        ("acuan-libur", "/admin/hari-libur/"),
        ("acuan-libur-baru", "/admin/hari-libur/new/"),
        ("acuan-libur-salah", "/admin/hari-libur/new/", 422, "Simpan"),
    ),
]
TEAM = [
    *visit(
        "internal_assessor",
        ("S10-asesor", "/beranda"),
        ("S43-daftar", "/pengelolaan/{now}/{subject}/verifikasi/{dinkes}"),
        ("S43-daftar-salah", "/pengelolaan/{now}/{subject}/verifikasi/{dinkes}", 422,
         "Kembalikan indikator yang perlu perbaikan"),
        ("S43-daftar-belum", "/pengelolaan/{now}/{subject}/verifikasi/{bappeda}"),
        ("S43", "/pengelolaan/{now}/{subject}/verifikasi/{dinkes}/I42"),
        ("S43-dikembalikan", "/pengelolaan/{now}/{subject}/verifikasi/{dinkes}/I41"),
        ("S43-salah", "/pengelolaan/{now}/{subject}/verifikasi/{dinkes}/I42", 422, "Simpan dan lanjut"),
    ),
    *visit(
        "responsible_officer",
        ("S10-penanggung-jawab", "/beranda"),
        ("S48", "/pengelolaan/{now}/{subject}/kirim"),
        ("S48-lengkap", "/pengelolaan/lengkap/{subject}/kirim"),
        ("S48-lengkap-salah", "/pengelolaan/lengkap/{subject}/kirim", 422, "Kirim penilaian mandiri"),
        ("S48-terkirim", "/pengelolaan/{sent}/{subject}/kirim"),
        ("S48-butir", "/pengelolaan/{now}/{subject}/kirim/I03"),
        ("S48-butir-salah", "/pengelolaan/{now}/{subject}/kirim/I03", 422, "Simpan dan lanjut"),
        ("S48-butir-tanpa-klaim", "/pengelolaan/{now}/{subject}/kirim/I30", 404),
    ),
    *visit("entry_officer", ("S10-entri", "/beranda"), ("S42-entri", "/pengelolaan/{now}/{subject}/klaim/I05")),
    *visit("coordinator", ("S10-koordinator", "/beranda"), ("S40-koordinator", "/pengelolaan/{now}/{subject}")),
    *visit("executive", ("S10-pimpinan", "/beranda")),
]
FOLLOWING = [
    *visit(
        "inspector",
        ("S10-inspektur", "/beranda"),
        ("S70", "/tindak-lanjut"),
        ("S70-urut", "/tindak-lanjut?status=semua&urut=umur"),
        ("S70-saringan-kosong", "/tindak-lanjut?cari=tidak+ada"),
        ("S71", "/tindak-lanjut/{followed}"),
        ("S71-salah", "/tindak-lanjut/99999", 404),
        ("S72", "/tindak-lanjut/{followed}/verifikasi"),
        ("S72-salah", "/tindak-lanjut/{followed}/verifikasi", 422, "Simpan status"),
        ("S70-baru", "/tindak-lanjut/baru"),
        ("S70-baru-salah", "/tindak-lanjut/baru", 422, "Simpan rekomendasi"),
        ("S70-impor", "/tindak-lanjut/impor"),
        ("S70-impor-salah", "/tindak-lanjut/impor", 422, "Periksa berkas"),
        ("S48-mutu", "/mutu/{sent}/{subject}"),
        ("S48-mutu-salah", "/mutu/{sent}/{subject}", 422, "Simpan catatan"),
        ("S48-mutu-belum", "/mutu/{now}/{subject}"),
    ),
    *visit(
        "operator",
        ("S70-opd", "/tindak-lanjut"),
        ("S71-opd", "/tindak-lanjut/{followed}"),
        ("S74", "/tindak-lanjut/{followed}/lapor"),
        ("S74-salah", "/tindak-lanjut/{followed}/lapor", 422, "Kirim laporan"),
        ("S74-rencana-salah", "/tindak-lanjut/{followed}/lapor", 422, "Simpan rencana"),
    ),
    *visit("nowhere inspector", ("S70-kosong", "/tindak-lanjut")),
]
DESK = [
    *visit(
        "assessor",
        ("S50", "/asesmen"),
        ("S51", "/asesmen/panel/{subject}/butir/I12"),
        ("S51-kosong", "/asesmen/panel/{subject}/butir/I01"),
        ("S51-salah", "/asesmen/panel/{subject}/butir/I40", 422, "Simpan draf", {"Fakta": "x" * 4001}),
        ("S51-terkirim", "/asesmen/panel/{subject}/butir/I13"),
        ("S51-milik-lain", "/asesmen/panel/{subject}/butir/I20"),
        ("S57", "/asesmen/panel/{subject}/pernyataan"),
        ("S51-klaim", "/asesmen/panel/{subject}/klaim/I12"),
    ),
    *visit("reviewer", ("S57-salah", "/asesmen/panel/{subject}/pernyataan", 422, "Simpan pernyataan"),
           ("S50-tim-reviu", "/asesmen"), ("S51-klaim-tim-reviu", "/asesmen/panel/{subject}/klaim/I12")),
    *visit("assessor_off", ("S50-kosong", "/asesmen"), ("S51-tidak-ada", "/asesmen/panel/{subject}/butir/I12", 404)),
    *visit("operator", ("S51-klaim-opd", "/asesmen/panel/{subject}/klaim/I12")),
]
ROOM = [
    *visit(
        "panel_lead",
        ("S52", "/asesmen/panel/{subject}"),
        ("S52-selisih", "/asesmen/panel/{subject}?saring=beda&urut=beda"),
        ("S58", "/asesmen/panel/{subject}/tim"),
        ("S58-salah", "/asesmen/panel/{subject}/tim", 422, "Tambahkan ke tim"),
        ("S60", "/asesmen/panel/{subject}/rekomendasi?butir=I12"),
        ("S60-salah", "/asesmen/panel/{subject}/rekomendasi", 422, "Simpan rekomendasi"),
        ("S61-kosong", "/asesmen/panel/{subject}/penetapan"),
    ),
    *visit("reviewer", ("S52-tim-reviu", "/asesmen/panel/{subject}"), ("S60-kosong", "/asesmen/panel/{subject}/rekomendasi")),
    *visit("assessor_off", ("S52-salah", "/asesmen/panel/{subject}", 404)),
    *visit("round_manager", ("S58-pengelola", "/asesmen/panel/{subject}/tim")),
]
RESULTS = [
    *visit(
        "executive",
        ("S80", "/pimpinan"),
        ("S31-daftar", "/hasil"),
        ("S31", "/hasil/{sent}/{subject}"),
        ("S31-radar", "/hasil/{sent}/{subject}?rupa=radar"),
        ("S31-saringan-kosong", "/hasil/{sent}/{subject}?arah=naik"),
        ("S31-salah", "/hasil/{now}/{subject}", 404),
    ),
    *visit("operator", ("S31-opd", "/hasil/{sent}/{subject}?arah=turun"), ("S80-opd", "/pimpinan")),
    *visit(
        "round_manager",
        ("S80-pengelola", "/pimpinan"),
        ("pembanding", "/pembanding"),
        ("pembanding-saringan-kosong", "/pembanding?q=tidak+ada"),
        ("pembanding-unggah", "/kelola/pembanding"),
        ("pembanding-unggah-salah", "/kelola/pembanding", 422, "Periksa berkas"),
        ("S61-pengelola", "/pengelolaan/{sent}/{subject}/hasil"),
        ("S61-pengelola-belum", "/pengelolaan/{now}/{subject}/hasil"),
        ("S61-pengelola-salah", "/pengelolaan/{sent}/{subject}/hasil", 422, "Perbaiki hasil resmi"),
    ),
    *visit("nowhere executive", ("S80-kosong", "/pimpinan"), ("S31-daftar-kosong", "/hasil")),
]
INVENTORY = [
    *visit(
        "inventory_manager",
        ("S90", "/inventaris"),
        ("S90-saringan-kosong", "/inventaris?cari=tidak+ada"),
        ("S90-baru", "/inventaris/baru"),
        ("S90-baru-salah", "/inventaris/baru", 422, "Simpan aplikasi"),
        ("S90-impor", "/inventaris/impor"),
        ("S90-impor-salah", "/inventaris/impor", 422, "Periksa berkas"),
        ("S91", "/inventaris/catatan/{application}"),
        ("S91-salah", "/inventaris/catatan/{application}", 422, "Simpan catatan", {"Nama aplikasi": ""}),
    ),
    *visit("operator", ("S90-opd", "/inventaris"), ("S91-opd", "/inventaris/catatan/{application}")),
    *visit("executive", ("S91-baca", "/inventaris/catatan/{application}")),
]
LIFE = "/inventaris/catatan/{application}/daur-hidup"
DECISIONS = [
    *visit("operator", ("S92", "/inventaris/sensus")),
    *visit("round_manager", ("S92-semua", "/inventaris/sensus")),
    *visit(
        "inventory_manager",
        ("S93", "/inventaris/keputusan?bagian=sensus"),
        ("S93-daur-hidup", LIFE),
        ("S93-langkah", f"{LIFE}?langkah=merge"),
        ("S93-langkah-salah", f"{LIFE}?langkah=retire", 422, "Hentikan"),
        ("S94", "/inventaris/publikasi?bagian=siap"),
        ("S94-laporan-kosong", "/inventaris/publikasi?bagian=laporan"),
        ("inventaris-angka", "/inventaris/angka"),
    ),
    *visit(
        "nowhere inventory_manager",
        ("S92-kosong", "/inventaris/sensus"),
        ("S93-kosong", "/inventaris/keputusan"),
        ("S94-kosong", "/inventaris/publikasi"),
        ("inventaris-angka-kosong", "/inventaris/angka"),
    ),
]
GROUPS = {
    "stranger": STRANGER, "operator": OPERATOR, "head": HEAD, "manager": MANAGER, "offices": OFFICES, "team": TEAM,
    "following": FOLLOWING, "results": RESULTS,
    "desk": DESK, "room": ROOM, "inventory": INVENTORY, "decisions": DECISIONS,
}
