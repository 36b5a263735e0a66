"""U-01: an item whose evidence exists in last year's set is completed in six clicks at most, with and without scripts;
and a question that is asked, answered and becomes help for everybody."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import DESK, PHONE
from tests.journeys.people import Somebody, become, cookie_of
from tests.portal.agency_pages import answer_of
from tests.portal.thread_pages import two_years

MOST = 6


@pytest.fixture
def where(session):
    return two_years(session)


class Counted(Somebody):
    """Counts every press of the mouse."""

    clicks = 0

    def follows(self, name: str, exact: bool = False) -> None:
        self.clicks += 1
        super().follows(name, exact)

    def presses(self, name: str, exact: bool = True, within=None) -> None:
        self.clicks += 1
        super().presses(name, exact, within)


def as_(app, session, site: str, page: Page, where, who: str, scripts: bool = True) -> Counted:
    become(page, site, cookie_of(app, session, where.city.people[who]))
    session.commit()
    return Counted(page, scripts)


@pytest.mark.once
@pytest.mark.parametrize(("width", "scripts"), [(DESK, True), (PHONE, False)])
def test_U_01_an_item_of_last_year_is_completed_in_six_clicks(app, session, site, page_at, axe, where, width, scripts):
    operator = as_(app, session, site, page_at(width, java_script_enabled=scripts), where, "operator", scripts)
    operator.goes_to("/penilaian/2026")
    operator.follows("Salin dari tahun lalu")
    operator.reads_title("Salin dari tahun lalu")
    if scripts:
        assert axe(operator.page) == []
    operator.presses("Salin yang dipilih")
    operator.sees("2 indikator dan 2 bukti disalin.")
    operator.follows("Tinjau indikator 12")
    operator.sees("disalin dari Evaluasi SPBE 2025", "Masih berlaku")
    operator.presses("Masih berlaku")
    operator.sees("Indikator 12 sudah ditinjau dan masih berlaku.")
    operator.presses("Tandai siap diperiksa")
    operator.sees("Indikator 12 ditandai siap diperiksa.")
    assert operator.clicks <= MOST
    assert answer_of(session, where).state == "ready"


@pytest.mark.once
def test_U_01_from_the_item_itself_it_takes_no_more(app, session, site, page_at, where):
    operator = as_(app, session, site, page_at(DESK), where, "operator")
    operator.goes_to("/penilaian/2026")
    operator.follows("Peta Rencana SPBE", exact=True)
    operator.follows("Salin dari tahun lalu")
    operator.presses("Salin indikator ini")
    operator.sees("1 indikator dan 1 bukti disalin.")
    operator.presses("Tandai siap diperiksa")
    operator.sees("Indikator 12 ditandai siap diperiksa.")
    assert operator.clicks <= MOST


@pytest.mark.once
def test_a_question_is_answered_and_becomes_help_for_all(app, session, site, page_at, axe, where):
    page = page_at(PHONE, java_script_enabled=False)
    operator = as_(app, session, site, page, where, "operator", False)
    operator.goes_to(where.item())
    operator.opens("Tulis pertanyaan")
    operator.writes("Pertanyaan", "Apakah notula cukup?")
    operator.presses("Kirim pertanyaan")
    operator.sees("Pertanyaan tentang indikator 12 terkirim.", "Apakah notula cukup?")

    team_page = page_at(DESK)
    team = as_(app, session, site, team_page, where, "round_manager")
    team.goes_to("/beranda")
    team.page.get_by_role("link", name="pemberitahuan baru").click()
    team.follows("Bappeda bertanya tentang indikator 12")
    team.sees("Apakah notula cukup?")
    team.goes_to("/penilaian/2026/klarifikasi")
    fold = team.opens("Jawab")
    team.writes("Jawaban", "Cukup bila bertanggal.", within=fold)
    team.presses("Kirim jawaban", within=fold)
    team.sees("Jawaban pada indikator 12 terkirim.")
    fold = team.opens("Jadikan bantuan untuk semua OPD")
    assert axe(team.page) == []
    team.writes("Teks bantuan", "Notula diterima bila bertanggal.", within=fold)
    team.presses("Tampilkan sebagai bantuan", within=fold)
    team.sees("Bantuan tampil pada indikator 12 bagi semua OPD.")

    operator.goes_to(where.item())
    operator.sees("Cukup bila bertanggal.", "Notula diterima bila bertanggal.", "Bantuan dari round manager")
    expect(operator.page.get_by_role("link", name="pemberitahuan baru")).to_be_visible()
