"""IN-04: markup and template code typed into every text field stay text on every page that shows them."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from portal.demo.documents import make_pdf
from portal.jobs import run_due
from tests import builders as build
from tests.browser import DESK
from tests.journeys.people import PASSWORD, Somebody, become, cookie_of, give_passwords
from tests.journeys.steps import attach_link, choose, describe_evidence, fill, hand_in, open_item

MARK = '<img src=x onerror=alert(1)>"><svg onload=alert(1)>{{7*7}}'
FILE = "<img src=x onerror=alert(1)>{{7*7}}.pdf"
# Elements that only exist where the text was taken for markup.
BORN = "img[src='x'], svg[onload], [onerror]"


@dataclass
class Office:
    """One page that goes on as whoever is asked for."""

    page: Any
    site: str
    cookies: dict[str, tuple[str, str]]

    def __call__(self, who: str) -> Somebody:
        become(self.page, self.site, self.cookies[who])
        return Somebody(self.page)


@pytest.fixture
def city(session) -> build.City:
    return build.city(session)


@pytest.fixture
def office(app, session, site, page_at, city) -> Office:
    give_passwords(city)
    build.opened(session, city, items=("I01", "I45"))
    session.commit()
    cookies = {who: cookie_of(app, session, appointment) for who, appointment in city.people.items()}
    session.commit()
    page = page_at(DESK)
    page.set_default_timeout(20_000)
    return Office(page, site, cookies)


def is_text(page: Any, times: int = 1) -> None:
    """The mark stands there to be read, and nothing was born of it."""
    shown = page.locator("html").inner_text() + "".join(
        field.input_value() for field in page.locator("main input[type=text], main textarea").all()
    )
    assert shown.count("onerror=alert(1)>") >= times, f"{page.url} does not show the text"
    assert "{{7*7}}" in shown
    assert page.locator(BORN).count() == 0, f"{page.url} took the text for markup"


def test_IN_04_names_of_offices_and_people_stay_text(office: Office):
    admin = office("system_admin")
    admin.goes_to("/kelola/organisasi/baru")
    admin.writes("Nama", MARK)
    admin.writes("Nama singkat (boleh kosong)", MARK[:40])
    admin.picks("Jenis", "Dinas")
    admin.page.get_by_label("Di bawah", exact=True).select_option(index=1)
    admin.presses("Tambah organisasi")
    admin.sees("Organisasi")
    for path in ("/kelola/organisasi", "/kelola/pengguna/baru"):
        admin.goes_to(path)
        is_text(admin.page)
    admin.writes("Nama lengkap", MARK)
    admin.writes("Nama pengguna", "orang.baru")
    admin.page.get_by_label("Organisasi", exact=True).select_option(label=MARK)
    admin.picks("Peran", "Operator OPD")
    admin.presses("Simpan dan buat kata sandi awal")
    admin.reads_title("Kata sandi awal")
    is_text(admin.page)
    admin.goes_to("/kelola/pengguna?q=orang.baru")
    is_text(admin.page)
    admin.follows(MARK)
    admin.reads_title(MARK)
    admin.picks("Peran", "Kepala OPD")
    admin.page.get_by_label("Organisasi", exact=True).select_option(label=MARK)
    admin.writes("Nama jabatan (boleh kosong)", MARK)
    admin.presses("Beri jabatan")
    admin.sees("Jabatan tersimpan.")
    is_text(admin.page, times=3)


def test_IN_04_what_one_types_about_oneself_or_into_an_address_stays_text(office: Office):
    operator = office("operator")
    operator.goes_to("/akun")
    operator.writes("Nama lengkap", MARK)
    operator.presses("Simpan nama dan telepon")
    for path in ("/akun", "/beranda", "/penilaian/2026", "/penilaian/2026/indikator/I01"):
        operator.goes_to(path)
        is_text(operator.page)
    for path in ("/masuk?next=/", "/verifikasi?nomor=", "/bukti?cari=", "/penilaian/", "/panduan/", "/"):
        operator.page.goto(path + quote(MARK))
        assert operator.page.locator(BORN).count() == 0, path


def test_IN_04_texts_of_a_round_stay_text_from_its_title_to_the_receipt(office: Office, session):
    """Everything is typed into the forms of the pages, then read by everybody who meets it later."""
    the_title_and_the_reasons_of_a_round(office("round_manager"))
    answers_and_evidence(office("operator"))
    session.rollback()
    run_due()
    pages_of_the_agency(office("operator"))
    the_head_returns_and_signs(office)
    the_assessor_returns(office("internal_assessor"))
    claims(office)


def the_title_and_the_reasons_of_a_round(manager: Somebody) -> None:
    manager.goes_to("/kelola/periode/baru")
    manager.writes("Nama periode (boleh kosong)", MARK)
    manager.writes("Kode alamat (boleh kosong)", "lain")
    manager.picks("Jalur", "Gladi")
    manager.writes("Pengisian dibuka", date.today().isoformat())
    manager.writes("Pengisian ditutup", (date.today() + timedelta(days=3)).isoformat())
    manager.presses("Buat sebagai draf")
    manager.reads_title(f"Gladi: {MARK}")
    for path in ("/kelola/periode", "/kelola/periode/lain", "/pengelolaan/lain"):
        manager.goes_to(path)
        is_text(manager.page)
    manager.goes_to("/kelola/periode/2026/perpanjangan")
    manager.writes("Batas baru", (date.today() + timedelta(days=40)).isoformat())
    manager.presses("Lihat siapa yang terkena")
    manager.writes("Alasan", MARK)
    manager.presses("Perpanjang")
    manager.sees("Memperpanjang")
    is_text(manager.page)


def answers_and_evidence(operator: Somebody) -> None:
    open_item(operator, "2026", "01")
    fill(operator, "1", 3, MARK, MARK)
    operator.attaches(FILE, make_pdf(MARK, MARK, date(2024, 5, 6), MARK, [MARK]))
    describe_evidence(operator, "1.a", MARK[:60], (2, 3), number=MARK[:60])
    operator.presses("Tandai siap diperiksa")
    operator.sees("ditandai siap diperiksa.")
    is_text(operator.page, times=3)
    open_item(operator, "2026", "45")
    fill(operator, "45", 2, MARK, MARK)
    attach_link(operator, MARK, "https://contoh.go.id/?q=" + quote(MARK))
    operator.presses("Tandai siap diperiksa")
    operator.sees("ditandai siap diperiksa.")
    operator.goes_to("/bukti")
    operator.page.get_by_role("table").get_by_role("link").filter(has_text="onerror").last.click()
    operator.writes("Judul dokumen", MARK)
    operator.presses("Simpan keterangan")
    operator.reads_title(MARK)


def pages_of_the_agency(operator: Somebody) -> None:
    hand_in(operator, "2026")
    for path in ("/bukti", "/penilaian/2026/periksa", "/penilaian/2026/indikator/I01", "/penilaian/2026/indikator/I45"):
        operator.goes_to(path)
        is_text(operator.page)


def the_head_returns_and_signs(office: Office) -> None:
    head = office("head")
    head.goes_to("/persetujuan")
    head.follows("Penilaian mandiri SPBE 2026")
    here = head.page.url
    is_text_in_source(head.page)
    head.goes_to(here + "/kembalikan")
    head.page.get_by_role("checkbox", name="45 ").check()
    head.writes("Alasan", MARK)
    head.presses("Kembalikan kepada operator")
    head.sees("Dikembalikan kepada operator")
    operator = office("operator")
    for path in ("/penilaian/2026/terkirim", "/penilaian/2026/indikator/I45"):
        operator.goes_to(path)
        is_text(operator.page)
    operator.writes("Fakta", MARK + " Diperbaiki.")
    operator.presses("Tandai siap diperiksa")
    operator.sees("ditandai siap diperiksa.")
    hand_in(operator, "2026")
    head = office("head")
    head.goes_to(here + "/pernyataan")
    head.ticks("Saya telah memeriksa isian dan bukti dukung ini.")
    head.writes("Kata sandi", PASSWORD)
    head.presses("Tandatangani dan kirim")
    head.reads_title("Bukti persetujuan")
    is_text(head.page)


def is_text_in_source(page: Any) -> None:
    """For texts that lie in a fold."""
    assert "&lt;img src=x" in page.content()
    assert page.locator(BORN).count() == 0


def the_assessor_returns(assessor: Somebody) -> None:
    agency = "/pengelolaan/2026/pemerintah-kota-contoh/verifikasi/bappeda"
    for item in ("I01", "I45"):
        assessor.goes_to(f"{agency}/{item}")
        is_text(assessor.page)
        choose(assessor, "Perlu perbaikan")
        assessor.picks("Jenis alasan", "Bukti belum lengkap")
        assessor.writes("Catatan untuk OPD", MARK)
        assessor.presses("Simpan dan lanjut")
        assessor.sees("disimpan.")
    assessor.goes_to(agency)
    is_text(assessor.page, times=2)
    assessor.writes("Pesan untuk OPD", MARK)
    assessor.presses("Kembalikan indikator yang perlu perbaikan")
    assessor.sees("2 indikator dikembalikan")
    assessor.goes_to(f"{agency}/I01")
    is_text(assessor.page)


def claims(office: Office) -> None:
    of_city = "/pengelolaan/2026/pemerintah-kota-contoh"
    writer = office("entry_officer")
    writer.goes_to(f"{of_city}/klaim/I02")
    writer.writes("Tingkat atau nilai klaim", "3")
    writer.writes("Fakta", MARK)
    writer.writes("Analisis", MARK)
    writer.presses("Simpan klaim")
    is_text(writer.page, times=2)
    writer.presses("Usulkan")
    writer.sees("Klaim diusulkan")
    boss = office("responsible_officer")
    boss.goes_to(f"{of_city}/kirim/I02")
    is_text(boss.page, times=2)
    choose(boss, "Perlu perbaikan")
    boss.writes("Alasan", MARK)
    boss.presses("Simpan dan lanjut")
    boss.sees("dikembalikan kepada tim")
    boss.goes_to(f"{of_city}/kirim/I02")
    is_text(boss.page, times=3)
    writer = office("entry_officer")
    for path in ("klaim/I01", "klaim/I02"):
        writer.goes_to(f"{of_city}/{path}")
        is_text(writer.page)
