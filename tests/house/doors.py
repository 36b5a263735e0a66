"""Which rows of access.csv claim which door, and how to knock: one line for each rule and method."""

import re
from dataclasses import dataclass, field

SUBJECT = "/pengelolaan/{slug}/{subject}"
ITEM = "/penilaian/{slug}/indikator/I12"


@dataclass(frozen=True)
class Door:
    """`rows` must agree in every cell; `slug` is the round in the state the door needs; `query` names the agency
    for readers from elsewhere; `is_list` pages leave out instead of hiding themselves; `shared` ones belong to everybody;
    `gone_after` the first success there is nothing left to find; `succeeds_in` names the test that goes through a door
    whose form cannot be made here; `headers` and `body` are for programs."""

    rows: tuple[int, ...]
    method: str
    rule: str
    at: str = ""
    slug: str = "isi"
    form: dict = field(default_factory=dict)
    query: str = ""
    is_list: bool = False
    shared: bool = False
    ends_session: bool = False
    gone_after: bool = False
    succeeds_in: str = ""
    headers: dict = field(default_factory=dict)
    body: bytes | None = None  # in place of a form

    @property
    def path(self) -> str:
        return self.at or self.rule

    def address(self, world) -> str:
        return self._filled(self.path + self.query, world)

    def fields(self, world, actor: str) -> dict:
        world.ids["own.appointment"] = world.appointments.get(actor, 0)
        return {name: self._filled(text, world) for name, text in self.form.items()}

    def words(self, world) -> dict:
        return {name: self._filled(text, world) for name, text in self.headers.items()}

    def _filled(self, text: str, world) -> str:
        """{slug} and the names of the world's things, such as {siap.submission}."""
        names = {"slug": self.slug, **world.ids}
        return re.sub(r"{([\w.]+)}", lambda found: str(names[found.group(1)]), text)

    def cell(self, rows: dict, actor: str) -> str:
        cells = {rows[number][actor] for number in self.rows}
        assert len(cells) == 1, f"{self.rule}: rows {self.rows} disagree for {actor}"
        return cells.pop()

    def marks(self, world) -> tuple[str, ...]:
        return (f"/{self.slug}/", f"/{self.slug}\"", "Peraturan contoh")


def door(row, method: str, rule: str, at: str = "", **more) -> Door:
    rows = row if isinstance(row, tuple) else (row,)
    return Door(rows, method, rule, at, **more)


P, S, A, I = "<string:period>", "<string:subject>", "<string:agency>", "<string:item>"  # noqa: E741
ROUND = f"/pengelolaan/{P}/{S}"
AGENCY_ITEM = f"/penilaian/{P}/indikator/{I}"
PERIOD = f"/kelola/periode/{P}"
OPD = "?opd={agency}"
STEPS = '<any("pembukaan","penutupan","pembukaan-kembali","arsip"):step>'
CHECK = f"{ROUND}/verifikasi/{A}"

PUBLIC = (
    door(1, "GET", "/", shared=True),
    door(2, "GET", "/panduan", shared=True),
    door(2, "GET", "/panduan/<string:pack>", "/panduan/permenpanrb-59-2020", shared=True),
    door(2, "GET", "/panduan/<string:pack>/<string:item>", "/panduan/permenpanrb-59-2020/I12", shared=True),
    door(3, "GET", "/bantuan", shared=True),
    door(4, "GET", "/verifikasi", shared=True),
    door(4, "GET", "/verifikasi/<string:number>", "/verifikasi/{receipt}", shared=True),
    door(6, "GET", "/healthz", shared=True),
    door(6, "GET", "/readyz", shared=True),
    door(7, "GET", "/masuk", shared=True),
    door(7, "POST", "/masuk", shared=True),
    door(7, "POST", "/keluar", shared=True, ends_session=True),
)
ACCOUNT = (
    door(8, "GET", "/akun", shared=True),
    door(8, "POST", "/akun", shared=True),
    door(8, "POST", "/akun/surel", shared=True),
    door(8, "POST", "/akun/jabatan", shared=True, form={"appointment": "{own.appointment}"}),
    door(9, "GET", "/akun/kata-sandi", shared=True),
    door(9, "POST", "/akun/kata-sandi", shared=True),
    door(12, "GET", "/beranda", shared=True),
    door(14, "GET", "/kelola/organisasi", is_list=True),
    door(14, "GET", "/kelola/organisasi/<string:organization>", "/kelola/organisasi/{agency}"),
    door(15, "POST", "/kelola/organisasi/<string:organization>", "/kelola/organisasi/{agency}"),
    door(15, "GET", "/kelola/organisasi/baru", shared=True),
    door(15, "POST", "/kelola/organisasi/baru", shared=True),
    door((15, 18), "GET", "/kelola/impor", shared=True),
    door((15, 18), "POST", "/kelola/impor", shared=True),
    door((15, 18), "POST", "/kelola/impor/penerapan", shared=True, succeeds_in="tests/portal/test_people.py"),
    door(17, "GET", "/kelola/pengguna", is_list=True, shared=True),
    door(17, "GET", "/kelola/pengguna/<int:id>", "/kelola/pengguna/{account}"),
    door(18, "GET", "/kelola/pengguna/baru", shared=True),
    door(18, "POST", "/kelola/pengguna/baru", shared=True),
    door(18, "POST", "/kelola/pengguna/<int:id>/akun", "/kelola/pengguna/{account}/akun", form={"akun": "mati"}),
    door(18, "POST", "/kelola/pengguna/<int:id>/kata-sandi", "/kelola/pengguna/{account}/kata-sandi",
         succeeds_in="tests/portal/test_people.py"),
    door(20, "POST", "/kelola/pengguna/<int:id>/jabatan", "/kelola/pengguna/{account}/jabatan"),
    door(20, "POST", "/kelola/jabatan/<int:id>/akhir", "/kelola/jabatan/{appointment}/akhir"),
)
PART = (
    door(12, "GET", "/penilaian", shared=True),
    door((29, 108), "GET", f"/penilaian/{P}", "/penilaian/{slug}", query=OPD),
    door((30, 108), "GET", AGENCY_ITEM, ITEM, query=OPD),
    door(31, "POST", AGENCY_ITEM, ITEM, query=OPD),
    door((31, 62), "POST", f"{AGENCY_ITEM}/bukti", ITEM + "/bukti", query=OPD),
    door(62, "POST", f"{AGENCY_ITEM}/tautan", ITEM + "/tautan", query=OPD),
    door(62, "POST", f"{AGENCY_ITEM}/pustaka", ITEM + "/pustaka", query=OPD),
    door(62, "POST", f"{AGENCY_ITEM}/rujukan/<int:citation>", ITEM + "/rujukan/{citation}", query=OPD),
    door(62, "POST", f"{AGENCY_ITEM}/rujukan/<int:citation>/lepas", ITEM + "/rujukan/{citation}/lepas", query=OPD),
    door(29, "GET", f"/penilaian/{P}/periksa", "/penilaian/{slug}/periksa", query=OPD),
    door(31, "POST", f"/penilaian/{P}/siap", "/penilaian/{slug}/siap", query=OPD,
         succeeds_in="tests/portal/test_readying.py"),
    door(37, "POST", f"/penilaian/{P}/periksa", "/penilaian/{slug}/periksa", query=OPD, slug="penuh"),
    door(29, "GET", f"/penilaian/{P}/terkirim", "/penilaian/{slug}/terkirim", query=OPD, slug="ttd"),
    door(58, "GET", "/bukti", is_list=True),
    door(58, "GET", "/bukti/<int:document>", "/bukti/{document}"),
    door(59, "POST", "/bukti/<int:document>", "/bukti/{document}"),
    door(63, "GET", "/bukti/<int:document>/<int:n>/berkas", "/bukti/{document}/{n}/berkas"),
    door(29, "GET", "/persetujuan", is_list=True),
    door(29, "GET", "/persetujuan/<int:submission>", "/persetujuan/{siap.submission}", slug="siap"),
    door(38, "GET", "/persetujuan/<int:submission>/pernyataan", "/persetujuan/{siap.submission}/pernyataan"),
    door(38, "POST", "/persetujuan/<int:submission>/pernyataan", "/persetujuan/{siap.submission}/pernyataan"),
    door(39, "GET", "/persetujuan/<int:submission>/kembalikan", "/persetujuan/{siap2.submission}/kembalikan"),
    door(39, "POST", "/persetujuan/<int:submission>/kembalikan", "/persetujuan/{siap2.submission}/kembalikan"),
    door(41, "GET", "/persetujuan/<int:submission>/bukti", "/persetujuan/{ttd.submission}/bukti"),
)
PERIODS = (
    door(24, "GET", "/kelola/periode", is_list=True),
    door(24, "GET", PERIOD, "/kelola/periode/{slug}"),
    door(25, "GET", "/kelola/periode/baru", shared=True),
    door(25, "POST", "/kelola/periode/baru", shared=True),
    door(25, "POST", f"{PERIOD}/tahap", "/kelola/periode/{slug}/tahap"),
    door(25, "POST", f"{PERIOD}/perpanjangan", "/kelola/periode/{slug}/perpanjangan"),
    door(25, "POST", f"{PERIOD}/{STEPS}", "/kelola/periode/{slug}/penutupan"),
    door(25, "GET", f"{PERIOD}/yang-dinilai", "/kelola/periode/{slug}/yang-dinilai"),
    door(25, "POST", f"{PERIOD}/yang-dinilai", "/kelola/periode/{slug}/yang-dinilai"),
)
WORK = (
    door((115, 56), "GET", f"/pengelolaan/{P}", "/pengelolaan/{slug}"),
    door((115, 56), "GET", ROUND, SUBJECT),
    door(28, "GET", f"{ROUND}/penugasan", SUBJECT + "/penugasan"),
    door(28, "GET", f"{ROUND}/penugasan/{I}", SUBJECT + "/penugasan/I12"),
    door(27, "POST", f"{ROUND}/penugasan/{I}", SUBJECT + "/penugasan/I12"),
    door(27, "POST", f"{ROUND}/penugasan/usulan", SUBJECT + "/penugasan/usulan"),
    door(27, "POST", f"{ROUND}/penugasan/sekaligus", SUBJECT + "/penugasan/sekaligus"),
    door(115, "GET", CHECK, SUBJECT + "/verifikasi/{agency}", slug="ttd"),
    door(115, "GET", f"{CHECK}/{I}", SUBJECT + "/verifikasi/{agency}/I12", slug="ttd"),
    door(42, "POST", f"{CHECK}/{I}", SUBJECT + "/verifikasi/{agency}/I12", slug="ttd"),
    door(115, "GET", f"{CHECK}/isian-tetap", SUBJECT + "/verifikasi/{agency}/isian-tetap", slug="ttd"),
    door(170, "POST", f"{CHECK}/isian-tetap", SUBJECT + "/verifikasi/{agency}/isian-tetap", slug="ttd",
         succeeds_in="tests/portal/test_unchanged.py"),
    door(170, "POST", f"{CHECK}/isian-tetap/pembatalan", SUBJECT + "/verifikasi/{agency}/isian-tetap/pembatalan", slug="ttd",
         succeeds_in="tests/portal/test_unchanged.py"),
    door(44, "POST", f"{CHECK}/terima", SUBJECT + "/verifikasi/{agency}/terima", slug="ttd2"),
    door(43, "POST", f"{CHECK}/pengembalian", SUBJECT + "/verifikasi/{agency}/pengembalian", slug="ttd3",
         form={"note": "Lengkapi buktinya."}),
    door(48, "GET", f"{ROUND}/klaim", SUBJECT + "/klaim", slug="klaim"),
    door(48, "GET", f"{ROUND}/klaim/{I}", SUBJECT + "/klaim/I12", slug="klaim"),
    door(49, "POST", f"{ROUND}/klaim/{I}", SUBJECT + "/klaim/I12", slug="klaim2",
         form={"version": "{klaim2.version}", "value": "2", "facts": "Fakta.", "analysis": "Analisis."}),
    door(49, "POST", f"{ROUND}/klaim/{I}/pengambilan", SUBJECT + "/klaim/I12/pengambilan", slug="klaim3",
         form={"contribution": "{klaim3.contribution}", "version": "{klaim3.version}"}),
    door(49, "POST", f"{ROUND}/klaim/{I}/pengusulan", SUBJECT + "/klaim/I12/pengusulan", slug="klaim"),
    door(49, "POST", f"{ROUND}/klaim/usulan", SUBJECT + "/klaim/usulan", slug="klaim"),
    door(117, "POST", f"{ROUND}/klaim/{I}/bukti", SUBJECT + "/klaim/I12/bukti", slug="klaim",
         form={"citation": "{klaim.citation}"}),
    door(117, "POST", f"{ROUND}/klaim/{I}/pelepasan", SUBJECT + "/klaim/I12/pelepasan", slug="klaim",
         form={"citation": "{klaim.claim_citation}"}, gone_after=True),
    door((115, 56), "GET", f"{ROUND}/kirim", SUBJECT + "/kirim", slug="usul"),
    door(48, "GET", f"{ROUND}/kirim/{I}", SUBJECT + "/kirim/I12", slug="usul"),
    door((50, 51), "POST", f"{ROUND}/kirim/{I}", SUBJECT + "/kirim/I12", slug="usul"),
    door(50, "POST", f"{ROUND}/kirim/persetujuan", SUBJECT + "/kirim/persetujuan", slug="usul",
         form={"seen": "I12:{usul.I12.revision}"}),
    door(54, "POST", f"{ROUND}/kirim", SUBJECT + "/kirim", slug="lengkap",
         succeeds_in="tests/portal/test_round_sending.py"),
    door(116, "GET", f"{ROUND}/tanda-terima", SUBJECT + "/tanda-terima", slug="kirim"),
)
DOORS = (*PUBLIC, *ACCOUNT, *PART, *PERIODS, *WORK)
