"""The Koordinator reads and signs both papers on a phone, with and without scripts; then the penanggung jawab sends."""

import pytest
from playwright.sync_api import expect

from portal import passwords
from tests import builders as build
from tests.browser import DESK, PHONE
from tests.journeys.people import become, cookie_of
from tests.portal.round_pages import begun

pytestmark = pytest.mark.once


@pytest.fixture
def where(app, session):
    made = begun(session, asks_papers=True)
    build.ready_to_send(session, made.city, made.period)
    for who in ("coordinator", "responsible_officer"):
        build.account_of(made.city.people[who]).password = passwords.hashed(build.PASSWORD)
    session.commit()
    return made


@pytest.mark.parametrize("scripts", [True, False])
def test_the_koordinator_signs_and_the_penanggung_jawab_sends(app, session, where, site, page_at, scripts):
    page = page_at(PHONE, java_script_enabled=scripts)
    become(page, site, cookie_of(app, session, where.city.people["coordinator"]))
    page.goto("/beranda")
    page.get_by_role("link", name="Baca dan tandatangani").click()
    expect(page.get_by_role("heading", name="Yang Anda tandatangani")).to_be_visible()
    page.get_by_label("Saya telah membaca berita acara").check()
    page.get_by_role("button", name="Tandatangani keduanya").click()
    expect(page.get_by_role("main")).to_contain_text("Tulis kata sandi akun Anda.")
    page.get_by_label("Saya telah membaca berita acara").check()
    page.get_by_label("Kata sandi", exact=True).fill(build.PASSWORD)
    page.get_by_role("button", name="Tandatangani keduanya").click()
    expect(page.locator(".flashes")).to_contain_text("Ditandatangani: BA-2026-")

    boss = page_at(DESK, java_script_enabled=scripts)
    become(boss, site, cookie_of(app, session, where.city.people["responsible_officer"]))
    boss.goto("/beranda")
    boss.get_by_role("link", name="Periksa dan kirim").click()
    boss.get_by_label("Saya telah memeriksa semua klaim").check()
    boss.get_by_label("Kata sandi", exact=True).fill(build.PASSWORD)
    boss.get_by_role("button", name="Kirim penilaian mandiri").click()
    expect(boss.get_by_role("heading", name="Tanda terima penilaian mandiri")).to_be_visible()
    expect(boss.get_by_role("main")).to_contain_text("Berlaku")
