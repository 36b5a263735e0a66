"""A remark is left with a reason in a browser, with scripts and without; what was typed beside it stays."""

import pytest

from tests import builders as build
from tests.browser import DESK, PHONE
from tests.journeys.people import PASSWORD, give_passwords

pytestmark = pytest.mark.once
REASON = "Ditandatangani secara elektronik, lihat halaman terakhir."


@pytest.fixture
def username(session) -> str:
    city = build.city(session)
    name = give_passwords(city)["operator"]
    build.answered(session, city, build.opened(session, city), "I12")
    session.commit()
    return name


@pytest.mark.parametrize(("width", "scripts"), [(DESK, True), (PHONE, False)])
def test_an_operator_leaves_a_remark_with_a_reason(page_at, axe, keep_screenshot, username, width, scripts):
    page = page_at(width, java_script_enabled=scripts)
    page.goto("/masuk")
    page.get_by_label("Nama pengguna").fill(username)
    page.get_by_label("Kata sandi", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    page.goto("/penilaian/2026/indikator/I12")
    page.get_by_label("Fakta").fill("Ditulis bersama alasan.")
    left = page.locator(".lint li", has_text="belum disebut siapa yang menandatanganinya")
    left.locator("summary").click()
    left.get_by_label("Alasan").fill("pendek")
    left.get_by_role("button", name="Biarkan").click()
    assert "Alasan terlalu pendek" in left.inner_text() and left.get_by_label("Alasan").input_value() == "pendek"
    left.get_by_label("Alasan").fill(REASON)
    if scripts:
        assert axe(page) == []
        keep_screenshot(page, "S21-catatan")
    left.get_by_role("button", name="Biarkan").click()
    assert REASON in page.locator(".lint--left").inner_text()
    assert page.get_by_label("Fakta").input_value() == "Ditulis bersama alasan."
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") if scripts else True
    keep_screenshot(page, "S21-dibiarkan")
    page.goto("/penilaian/2026/periksa")
    assert REASON in page.locator("main").inner_text()
    keep_screenshot(page, "S28-dibiarkan")
    page.goto("/penilaian/2026/indikator/I12")
    page.get_by_role("button", name="Cabut alasan").click()
    assert "tampil lagi" in page.locator("main").inner_text() and page.locator(".lint--left").count() == 0
