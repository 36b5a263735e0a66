"""A round as people live it: opened, answered, vouched for, checked, approved, sent and locked; at the desk the whole
year, on to the judged result and the recommendation that is closed.

Everybody works in a browser of their own. Dinas Kesehatan answers two items by hand; the claims of all other items are
written beforehand, as the entry officer would.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from playwright.sync_api import expect

from assessments import claiming
from assessments.models import Period, Receipt, Recommendation
from portal.demo.documents import make_pdf
from portal.jobs import run_due
from tests import builders as build
from tests.browser import DESK, PHONE
from tests.journeys import second_half
from tests.journeys.people import PASSWORD, Somebody, give_passwords, sign_in
from tests.journeys.steps import attach_link, choose, describe_evidence, fill, hand_in, open_item

TITLE, SLUG = "Penilaian mandiri SPBE uji", "uji"
OWN = ("45", "46")  # what Dinas Kesehatan answers
FREE = ("34", "35", "36", "37", "38", "39", "41", "44", "45", "46", "47")  # what no agency usually answers
FACTS = "Bukti {n}.a, Peraturan Wali Kota, Bab II halaman 2: layanan rujukan berjalan pada satu sistem."
ANALYSIS = "Ketentuan itu berlaku bagi semua puskesmas, jadi kriteria tingkat {level} terpenuhi."


@dataclass
class Cast:
    """Everybody of the city, signed in when first needed."""

    usernames: dict[str, str]
    page_at: Callable[..., Any]
    width: int
    scripts: bool
    signed_in: dict[str, Somebody] = field(default_factory=dict)

    def __getitem__(self, who: str) -> Somebody:
        if who not in self.signed_in:
            page = self.page_at(self.width, java_script_enabled=self.scripts)
            page.set_default_timeout(15_000)
            self.signed_in[who] = sign_in(page, self.usernames[who], scripts=self.scripts)
        return self.signed_in[who]


@pytest.mark.parametrize(
    ("width", "scripts"),
    [
        pytest.param(DESK, True, id="desk"),
        pytest.param(PHONE, True, id="phone", marks=pytest.mark.once),
        pytest.param(DESK, False, id="without_scripts", marks=pytest.mark.once),
    ],
)
def test_a_round_is_lived_from_its_opening_to_the_receipt(app, session, page_at, width, scripts):
    city = build.city(session)
    usernames = give_passwords(city)
    session.commit()
    cast = Cast(usernames, page_at, width, scripts)
    open_the_round(cast["round_manager"])
    write_the_other_claims(session, city)
    answer_both_items(cast["operator_other"], session)
    the_head_sends_one_back(cast["head_other"])
    mend_item(cast["operator_other"], "46", "Halaman 2 memuat tabel rujukan tahun berjalan.")
    first = sign(cast["head_other"])
    anybody_can_verify(page_at(width, java_script_enabled=scripts), first, "Berlaku")
    the_assessor_returns_one(cast["internal_assessor"])
    mend_item(cast["operator_other"], "45", "Lampiran I menyebut seluruh puskesmas.")
    second = sign(cast["head_other"])
    assert second != first
    anybody_can_verify(page_at(width, java_script_enabled=scripts), first, "Sudah digantikan")
    the_assessor_accepts(cast["internal_assessor"])
    propose_the_claims(cast["round_manager"])
    number = approve_and_send(cast["responsible_officer"])
    everything_is_locked(cast)
    anybody_can_verify(page_at(width, java_script_enabled=scripts), number, "Berlaku")
    session.rollback()
    assert session.query(Receipt).count() == 3
    if width == DESK and scripts:
        the_rest_of_the_year(cast, session, city)


def the_rest_of_the_year(cast: Cast, session: Any, city: build.City) -> None:
    """From the panel to a closed recommendation."""
    outside = build.outsiders(session)
    cast.usernames |= give_passwords(outside)
    subject, items = city.instansi.slug, [item.code for item in session.query(Period).one().instrument.items]
    session.commit()
    second_half.call_the_panel(cast["round_manager"], SLUG, subject)
    second_half.judge_everything(cast["assessor"], SLUG, subject, items)
    second_half.settle(cast["panel_lead"], cast["assessor"], SLUG, subject)
    second_half.publish(cast["round_manager"], SLUG, subject)
    second_half.carry_out(cast["operator_other"], SLUG, subject)
    second_half.verify(cast["inspector"])
    session.rollback()
    assert session.query(Recommendation).one().closed


def _day(days: int) -> str:
    return (date.today() + timedelta(days=days)).isoformat()


def open_the_round(manager: Somebody) -> None:
    """Create it with its stages, share out what agencies usually answer, give away the rest, open."""
    manager.goes_to("/kelola/periode")
    manager.follows("Buat periode")
    manager.writes("Nama periode (boleh kosong)", TITLE)
    manager.writes("Kode alamat (boleh kosong)", SLUG)
    manager.writes("Pengisian dibuka", _day(-2))
    manager.writes("Pengisian ditutup", _day(10))
    manager.writes("Pemeriksaan dibuka (boleh kosong)", _day(-2))
    manager.writes("Pemeriksaan ditutup (boleh kosong)", _day(20))
    manager.presses("Buat sebagai draf")
    manager.reads_title(TITLE)
    manager.does_not_see_button("Buka periode")
    manager.sees("47 butir belum punya OPD utama.")
    manager.follows("Bagikan butir")
    manager.presses("Terapkan usulan awal")
    manager.sees("36 indikator dibagikan menurut usulan awal", "11 belum punya OPD utama")
    give(manager, FREE, "Dinas Komunikasi dan Informatika")
    manager.sees("Setiap butir punya OPD utama")
    give(manager, OWN, "Dinas Kesehatan")
    manager.page.get_by_role("navigation", name="Utama").get_by_role("link", name="Penilaian").click()
    manager.follows(TITLE, exact=True)
    manager.presses("Buka periode")
    manager.sees("Periode dibuka", "Dibuka")


def give(manager: Somebody, numbers: tuple[str, ...], agency: str) -> None:
    for number in numbers:
        manager.ticks(f"Pilih {number}")
    manager.picks("OPD utama untuk butir yang dicentang", agency)
    manager.presses("Tetapkan OPD utama")
    manager.sees(f"menjadi OPD utama {len(numbers)} indikator")


def write_the_other_claims(session: Any, city: build.City) -> None:
    """45 of 47 items, written and proposed by the entry officer."""
    session.rollback()
    period = session.query(Period).filter_by(slug=SLUG).one()
    assessment, writer = build.assessment_of(session, period), city.actor("entry_officer")
    for item in period.instrument.items:
        if item.number not in OWN:
            claim = claiming.write_claim(assessment, item.code, writer, Fraction(3), "Fakta.", "Analisis.", 0)
            session.flush()
            claiming.propose(claim, writer)
    session.commit()


def answer_both_items(operator: Somebody, session: Any) -> None:
    """One with a document, one with a link; then everything is checked and handed to the head."""
    operator.goes_to("/penilaian")
    operator.sees("0 dari 2 indikator siap diperiksa")
    open_item(operator, SLUG, "45")
    fill(operator, "45", 3, FACTS.format(n=45), ANALYSIS.format(level=3))
    document = make_pdf("Peraturan Wali Kota", "12 Tahun 2024", date(2024, 5, 6), "Wali Kota", ["Layanan rujukan."])
    operator.attaches("Perwali 12 Tahun 2024.pdf", document)
    session.rollback()
    run_due()
    describe_evidence(operator, "45.a", "2", (2, 3), number="12 Tahun 2024")
    operator.presses("Tandai siap diperiksa")
    operator.sees("Indikator 45 ditandai siap diperiksa.")
    open_item(operator, SLUG, "46")
    fill(operator, "46", 2, FACTS.format(n=46), ANALYSIS.format(level=2))
    attach_link(operator, "Daftar rumah sakit rujukan", "https://contoh.go.id/rujukan")
    describe_evidence(operator, "46.a", "Tabel 1", (2,))
    operator.presses("Tandai siap diperiksa")
    operator.sees("Indikator 46 ditandai siap diperiksa.")
    hand_in(operator, SLUG)


def mend_item(operator: Somebody, number: str, words: str) -> None:
    """Only what was returned can be changed; then the whole goes to the head again."""
    operator.goes_to("/penilaian")
    operator.sees("Perlu perbaikan")
    open_item(operator, SLUG, number)
    operator.sees("Dikembalikan")
    operator.writes("Fakta", words)
    operator.presses("Tandai siap diperiksa")
    operator.sees(f"Indikator {number} ditandai siap diperiksa.")
    hand_in(operator, SLUG)


def open_approval(head: Somebody) -> None:
    head.goes_to("/persetujuan")
    head.follows(TITLE)
    head.reads_title("Isian menunggu tanda tangan Anda")


def the_head_sends_one_back(head: Somebody) -> None:
    open_approval(head)
    head.sees("Yang perlu Anda lihat", "Semua isian")
    head.follows("Kembalikan")
    head.page.get_by_role("checkbox", name="46 ").check()
    head.presses("Kembalikan kepada operator")
    head.sees("Tulis apa yang harus diperbaiki operator.")
    head.writes("Alasan", "Sebutkan halaman yang memuat tabelnya.")
    head.presses("Kembalikan kepada operator")
    head.sees("Dikembalikan kepada operator: indikator 46.")


def sign(head: Somebody) -> str:
    """Read, tick, password; the number of the receipt."""
    open_approval(head)
    head.follows("Lanjut ke pernyataan")
    head.ticks("Saya telah memeriksa isian dan bukti dukung ini.")
    head.writes("Kata sandi", "bukan kata sandinya")
    head.presses("Tandatangani dan kirim")
    head.sees("Kata sandi salah.")
    head.ticks("Saya telah memeriksa isian dan bukti dukung ini.")
    head.writes("Kata sandi", PASSWORD)
    head.presses("Tandatangani dan kirim")
    head.reads_title("Bukti persetujuan")
    return head.page.title().removeprefix("Bukti persetujuan ").partition(" - ")[0]


def anybody_can_verify(page: Any, number: str, standing: str) -> None:
    stranger = Somebody(page)
    stranger.goes_to("/verifikasi")
    page.get_by_role("main").get_by_role("textbox").first.fill(number)
    page.get_by_role("main").get_by_role("button").first.click()
    stranger.sees(number, standing)
    page.context.close()


def check(assessor: Somebody, number: str, verdict: str, reason: str = "", note: str = "") -> None:
    assessor.goes_to(f"/pengelolaan/{SLUG}")
    assessor.follows("Dinas Kesehatan")
    assessor.page.get_by_role("main").get_by_role("table").get_by_role("link").filter(
        has_text=names_of(assessor, number)
    ).click()
    choose(assessor, verdict)
    if reason:
        assessor.picks("Jenis alasan", reason)
    if note:
        assessor.writes("Catatan untuk OPD", note)
    assessor.presses("Simpan dan lanjut")
    assessor.sees(f"Pemeriksaan indikator {number} disimpan.")


def names_of(assessor: Somebody, number: str) -> str:
    """The name that stands in the row of this number."""
    row = assessor.page.get_by_role("row").filter(has=assessor.page.get_by_text(number, exact=True))
    return row.get_by_role("link").first.inner_text()


def the_assessor_returns_one(assessor: Somebody) -> None:
    check(assessor, "46", "Setuju")
    check(assessor, "45", "Perlu perbaikan", "Bukti belum lengkap", "Bukti belum memuat seluruh puskesmas.")
    assessor.goes_to(f"/pengelolaan/{SLUG}")
    assessor.follows("Dinas Kesehatan")
    assessor.writes("Pesan untuk OPD", "Lengkapi cakupan puskesmas.")
    assessor.presses("Kembalikan indikator yang perlu perbaikan")
    assessor.sees("1 indikator dikembalikan kepada Dinkes.")


def the_assessor_accepts(assessor: Somebody) -> None:
    check(assessor, "45", "Setuju")
    assessor.goes_to(f"/pengelolaan/{SLUG}")
    assessor.follows("Dinas Kesehatan")
    assessor.presses("Terima isian OPD")
    assessor.sees("Isian Dinkes diterima.")


def propose_the_claims(manager: Somebody) -> None:
    manager.goes_to(f"/pengelolaan/{SLUG}")
    manager.sees("Indeks sementara")
    manager.follows("Lihat semua klaim")
    manager.sees("47 dari 47 butir punya klaim", "2 klaim lengkap dan masih draf")
    manager.presses("Usulkan semua yang lengkap")
    manager.sees("2 klaim diusulkan kepada penanggung jawab.")


def approve_and_send(boss: Somebody) -> str:
    """One read as a whole, the rest from the list; then everything is sent."""
    boss.goes_to(f"/pengelolaan/{SLUG}")
    boss.follows("Kirim", exact=True)
    boss.sees("Indeks sementara", "0 dari 47 disetujui")
    boss.page.get_by_role("table").get_by_role("link").first.click()
    choose(boss, "Setujui")
    boss.presses("Simpan dan lanjut")
    boss.sees("Indikator 1: disetujui.")
    boss.goes_to(boss.page.url.partition("/kirim")[0] + "/kirim")
    boss.presses("Setujui semua yang diusulkan")
    boss.sees("46 klaim disetujui.", "47 dari 47 disetujui")
    boss.sees("Pengiriman tidak dapat dibatalkan dari halaman ini.")
    boss.ticks("Saya telah memeriksa semua klaim dan buktinya.")
    boss.writes("Kata sandi", PASSWORD)
    boss.presses("Kirim penilaian mandiri")
    boss.reads_title("Tanda terima penilaian mandiri")
    boss.sees("Penilaian mandiri terkirim. Nomor", "47 butir")
    return boss.page.locator("body").inner_text().partition("terkirim. Nomor ")[2].split()[0].rstrip(".")


def everything_is_locked(cast: Cast) -> None:
    """Nobody finds a button to change what was sent; the pages say that it is locked."""
    operator = cast["operator_other"]
    open_item(operator, SLUG, "45")
    operator.does_not_see_button("Simpan")
    expect(operator.page.get_by_role("main").get_by_role("radio").first).to_be_disabled()
    operator.goes_to(f"/penilaian/{SLUG}")
    operator.sees("terkunci")
    manager = cast["round_manager"]
    manager.goes_to(f"/pengelolaan/{SLUG}")
    overview = manager.page.get_by_role("link", name="Klaim", exact=True).get_attribute("href").removesuffix("/klaim")
    manager.goes_to(f"{overview}/klaim/I45")
    for button in ("Simpan klaim", "Ambil sebagai klaim", "Lepas", "Pakai", "Usulkan"):
        manager.does_not_see_button(button)
    manager.goes_to(f"{overview}/penugasan")
    manager.does_not_see_button("Tetapkan OPD utama")
    boss = cast["responsible_officer"]
    boss.goes_to(f"{overview}/kirim")
    boss.sees("Terkunci sejak dikirim")
    for button in ("Setujui", "Kirim penilaian mandiri"):
        boss.does_not_see_button(button)
    assessor = cast["internal_assessor"]
    assessor.goes_to(f"/pengelolaan/{SLUG}")
    assessor.follows("Dinas Kesehatan")
    for button in ("Terima isian OPD", "Kembalikan indikator yang perlu perbaikan"):
        assessor.does_not_see_button(button)
