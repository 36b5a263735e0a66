"""U-30 to U-37: what was typed is found again, whatever happens to the browser, the line, the session or a colleague."""

import os
import re
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import delete
from sqlalchemy.orm import Session

from assessments.models import Session as SignedIn
from tests import builders as build
from tests.browser import DESK, PHONE
from tests.journeys.people import PASSWORD, become, cookie_of, give_passwords
from tests.portal.agency_pages import Round, answer_of, begun
from tests.services import CHROMIUM_FLAGS, chromium

STATUS = "[data-autosave]"
SAVED = re.compile(r"^Tersimpan \d\d\.\d\d WITA")
KEPT = re.compile("^Belum terkirim, tersimpan di perangkat ini")
DRAFTS = "drafts.draftsOf(document.querySelector('[data-signout]').dataset.signout.split('.')[0])"
ITEM = "/penilaian/2026/indikator/I12"


@pytest.fixture
def where(session: Session) -> Round:
    made = begun(session)
    made.names = give_passwords(made.city)  # type: ignore[attr-defined]
    made.city.people["mate"] = build.office(session, "Sari Rekan", made.city.agencies["bappeda"], "agency_operator")
    session.commit()
    return made


@pytest.fixture
def as_who(app: Flask, session: Session, site: str, where: Round):
    """`as_who(page, "operator")`: the page goes on as this person; None: as nobody."""

    def go_on(page: Page, who: str | None) -> None:
        cookie = cookie_of(app, session, where.city.people[who]) if who else None
        session.commit()
        become(page, site, cookie)

    return go_on


@pytest.fixture
def page(page_at, as_who) -> Page:
    made = page_at(DESK)
    as_who(made, "operator")
    made.goto(ITEM)
    return made


def facts(page: Page) -> Any:
    return page.get_by_label("Fakta", exact=True)


def status_is(page: Page, words: Any) -> None:
    expect(page.locator(STATUS)).to_have_text(words)


@dataclass
class Stored:
    """What the database holds, read without keeping its lock."""

    value: Any
    facts: str
    analysis: str
    authors: list[str]


def read(session: Session, where: Round) -> Stored:
    answer = answer_of(session, where)
    found = Stored(answer.value, answer.facts, answer.analysis, [revision.author.name for revision in answer.revisions])
    session.rollback()
    return found


def stored(session: Session, where: Round) -> str:
    return read(session, where).facts


def letters(count: int) -> str:
    return "".join(f"Kalimat {n} tentang bukti dukung. " for n in range(count))[:count].strip().ljust(count, "z")


def test_U_30_U_35_text_is_saved_by_itself_and_the_status_says_so(page, session, where):
    status_is(page, "Belum pernah disimpan")
    assert page.locator(STATUS).get_attribute("aria-live") == "polite"
    facts(page).press_sequentially("Peraturan wali kota.")
    status_is(page, "Menyimpan")
    status_is(page, SAVED)
    assert stored(session, where) == "Peraturan wali kota."
    page.get_by_role("radio", name="3 Terdefinisi").check()
    page.get_by_label("Analisis", exact=True).fill("Menunjang tingkat 3.")
    with page.expect_response("**/simpan-otomatis"):
        page.locator("h1").click()
    status_is(page, SAVED)
    answer = read(session, where)
    assert (answer.value, answer.analysis, len(answer.authors)) == (3, "Menunjang tingkat 3.", 1)
    page.reload()
    expect(facts(page)).to_have_value("Peraturan wali kota.")
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('tulisan|'))") == []


def test_U_30_whoever_never_stops_typing_is_saved_every_ten_seconds(page, session, where):
    page.clock.install()
    page.reload()
    for n in range(14):
        facts(page).press_sequentially(f"{n} ")
        page.clock.run_for(1000)
    page.clock.resume()
    status_is(page, re.compile("Menyimpan|Tersimpan"))
    deadline = time.monotonic() + 10
    while not stored(session, where) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert stored(session, where).startswith("0 1 2")


def test_U_32_two_thousand_characters_typed_offline_arrive_whole_and_in_order(page, session, where):
    text = letters(2000)
    page.clock.install()
    page.reload()
    facts(page).click()
    page.context.set_offline(True)
    for start in range(0, 2000, 100):
        page.keyboard.insert_text(text[start:start + 99])
        page.keyboard.press(text[start + 99] if text[start + 99] != " " else "Space")
        page.clock.fast_forward(90_000)  # twenty times a minute and a half
    status_is(page, KEPT)
    assert stored(session, where) == ""
    page.context.set_offline(False)
    page.clock.resume()
    status_is(page, SAVED)
    assert stored(session, where) == text
    assert len(read(session, where).authors) == 1


def test_an_unsent_text_is_put_back_on_the_next_visit(page, session, where):
    page = _closed_offline(page, "Belum sampai.")
    assert stored(session, where) == ""
    page.goto(ITEM)
    expect(facts(page)).to_have_value("Belum sampai.")
    expect(page.get_by_text("Tulisan yang belum terkirim dikembalikan")).to_be_visible()
    status_is(page, SAVED)
    assert stored(session, where) == "Belum sampai."


def test_a_draft_that_is_found_late_joins_what_was_typed_meanwhile(page, session, where):
    page = _closed_offline(page, "Dari kemarin.")
    page.add_init_script("""const open = indexedDB.open.bind(indexedDB);
        indexedDB.open = (...names) => { const wish = {}; setTimeout(() => { const real = open(...names);
            real.onsuccess = () => { wish.result = real.result; wish.onsuccess(); }; }, 1500); return wish; };""")
    page.goto(ITEM)
    facts(page).press_sequentially("Hari ini.")
    expect(facts(page)).to_have_value(re.compile("Dari kemarin"))
    status_is(page, SAVED)
    assert "Dari kemarin." in stored(session, where) and "Hari ini." in stored(session, where)


def test_an_unsent_text_and_a_changed_one_are_offered_beside_each_other(page, page_at, session, where, as_who):
    page = _closed_offline(page, "Tulisan saya.")
    _writes_elsewhere(page_at, as_who, "Tulisan Sari.")
    page.goto(ITEM)
    panel = page.get_by_role("region", name="Bentrok tulisan")
    expect(panel).to_contain_text("Tulisan Sari.")
    expect(panel).to_contain_text("Tulisan saya.")
    panel.get_by_role("button", name="Gabungkan keduanya").click()
    panel.get_by_role("button", name="Simpan hasil pada isian").click()
    status_is(page, SAVED)
    assert "Tulisan Sari." in stored(session, where) and "Tulisan saya." in stored(session, where)


def _closed_offline(page: Page, text: str) -> Page:
    """The text is typed without a line and the tab is closed; a new tab of the same browser, with a line again."""
    page.context.set_offline(True)
    facts(page).press_sequentially(text)
    status_is(page, KEPT)
    context = page.context
    page.close()
    context.set_offline(False)
    return context.new_page()


def _writes_elsewhere(page_at, as_who, text: str, label: str = "Fakta") -> None:
    other = page_at(DESK)
    as_who(other, "mate")
    other.goto(ITEM)
    other.get_by_label(label, exact=True).fill(text)
    status_is(other, SAVED)
    other.context.close()


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_U_34_two_people_on_one_field_get_both_texts_and_a_merge(page_at, axe, session, where, as_who, keep_screenshot, width):
    page = page_at(width)
    as_who(page, "operator")
    page.goto(ITEM)
    facts(page).fill("Perwali 12 Tahun 2025 memuat peta rencana.")
    status_is(page, SAVED)
    _writes_elsewhere(page_at, as_who, "Perwali 12 Tahun 2025, halaman 9, memuat peta rencana.")
    facts(page).press_sequentially(" Ditetapkan 3 Maret.")
    panel = page.get_by_role("region", name="Bentrok tulisan")
    expect(panel).to_contain_text("Sari Rekan")
    expect(panel).to_contain_text("halaman 9")
    status_is(page, re.compile("^Bentrok"))
    facts(page).press_sequentially(" Berlaku.")
    expect(panel.locator("[data-mine]")).to_contain_text("Ditetapkan 3 Maret. Berlaku.")
    assert axe(page) == []
    keep_screenshot(page, "S21-bentrok")
    assert stored(session, where).endswith("halaman 9, memuat peta rencana."), "nothing is overwritten before somebody decides"
    panel.get_by_role("button", name="Gabungkan keduanya").click()
    panel.get_by_role("button", name="Simpan hasil pada isian").click()
    expect(panel).to_have_count(0)
    status_is(page, SAVED)
    kept = stored(session, where)
    assert kept == "Perwali 12 Tahun 2025, halaman 9, memuat peta rencana. Ditetapkan 3 Maret. Berlaku."


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_U_36_what_was_written_is_read_and_brought_back(page_at, axe, session, where, as_who, keep_screenshot, width):
    page = page_at(width)
    as_who(page, "operator")
    page.goto(ITEM)
    for text in ("Perwali 12 Tahun 2025.", "Perwali 14 Tahun 2025."):
        facts(page).fill(text)
        page.keyboard.press("Control+s")
        expect(page.get_by_text("Indikator 12 tersimpan.")).to_be_visible()
        page.goto(ITEM)
    page.get_by_role("link", name="Tulisan sebelumnya").click()
    expect(page.locator("ins").first).to_have_text("14")
    assert axe(page) == []
    keep_screenshot(page, "S21-riwayat")
    page.get_by_role("button", name="Pulihkan tulisan ini").click()
    page.wait_for_url(f"**{ITEM}")
    expect(facts(page)).to_have_value("Perwali 12 Tahun 2025.")


def test_what_two_people_wrote_in_different_fields_is_no_conflict(page, page_at, session, where, as_who):
    facts(page).fill("Fakta dari saya.")
    status_is(page, SAVED)
    _writes_elsewhere(page_at, as_who, "Analisis dari Sari.", "Analisis")
    facts(page).press_sequentially(" Lagi.")
    expect(page.get_by_label("Analisis", exact=True)).to_have_value("Analisis dari Sari.")
    expect(page.get_by_text("Analisis diubah Sari Rekan")).to_be_visible()
    status_is(page, SAVED)
    answer = read(session, where)
    assert (answer.facts, answer.analysis) == ("Fakta dari saya. Lagi.", "Analisis dari Sari.")


def test_U_33_a_session_that_ended_keeps_the_text_and_sends_it_after_signing_in(page, session, where):
    session.execute(delete(SignedIn))
    session.commit()
    facts(page).press_sequentially("Ditulis sesudah sesi berakhir.")
    expect(page.get_by_text("Sesi Anda berakhir")).to_be_visible()
    status_is(page, KEPT)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Masuk lagi di tab baru").click()
    tab = opened.value
    facts(page).press_sequentially(" Dan diteruskan.")
    tab.get_by_label("NIP atau nama pengguna").fill(where.names["operator"])
    tab.get_by_label("Kata sandi", exact=True).fill(PASSWORD)
    tab.get_by_role("main").get_by_role("button", name="Masuk", exact=True).click()
    tab.wait_for_url("**/beranda")
    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    status_is(page, SAVED)
    expect(page.get_by_text("Sesi Anda berakhir")).to_have_count(0)
    assert stored(session, where) == "Ditulis sesudah sesi berakhir. Dan diteruskan."


def test_S15_nothing_is_sent_under_the_name_of_whoever_signed_in_meanwhile(page, session, where, as_who):
    as_who(page, "mate")
    facts(page).press_sequentially("Tulisan operator pertama.")
    expect(page.get_by_text("Portal kini dibuka dengan akun atau jabatan lain")).to_be_visible()
    status_is(page, KEPT)
    page.goto(ITEM)
    expect(facts(page)).to_have_value("")
    assert read(session, where) == Stored(None, "", "", [])
    as_who(page, "operator")
    page.goto(ITEM)
    expect(facts(page)).to_have_value("Tulisan operator pertama.")
    status_is(page, SAVED)
    assert [name.partition(" ")[0] for name in read(session, where).authors] == ["operator"]


@pytest.mark.parametrize(("status", "title"), [(503, "Server sedang sibuk"), (507, "Ruang simpan server penuh")])
def test_OP_02_a_server_that_cannot_store_is_named_and_asked_again(page, session, where, status, title):
    page.clock.install()
    page.reload()
    refuse = {"status": status, "json": {"status": status, "title": title, "detail": ""}}
    page.route("**/simpan-otomatis", lambda route: route.fulfill(**refuse))
    facts(page).press_sequentially("Tetap ada.")
    page.clock.run_for(2000)
    status_is(page, f"Belum terkirim, tersimpan di perangkat ini. {title}.")
    page.unroute("**/simpan-otomatis")
    page.clock.run_for(40_000)
    page.clock.resume()
    status_is(page, SAVED)
    assert stored(session, where) == "Tetap ada."


def test_a_button_pressed_without_a_line_takes_no_text_away(page, session, where):
    facts(page).fill("Awal.")
    status_is(page, SAVED)
    page.context.set_offline(True)
    facts(page).fill("Awal. Ditulis tanpa sambungan.")
    status_is(page, KEPT)
    page.keyboard.press("Control+s")
    page.wait_for_timeout(1500)  # the browser shows its own page now
    page.context.set_offline(False)
    page.goto(ITEM)
    expect(facts(page)).to_have_value("Awal. Ditulis tanpa sambungan.")
    status_is(page, SAVED)
    assert stored(session, where) == "Awal. Ditulis tanpa sambungan."
    facts(page).fill("Dengan tombol.")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("tersimpan.", exact=False).first).to_be_visible()
    assert page.evaluate(f"{DRAFTS}.then(found => found.filter(([, draft]) => draft))") == []


def test_the_button_goes_with_the_newest_text_while_a_saving_is_on_its_way(page, session, where):
    def slowly(route):
        time.sleep(1)
        route.continue_()

    page.route("**/simpan-otomatis", slowly)
    facts(page).press_sequentially("Yang pertama.")
    with page.expect_request("**/simpan-otomatis"):
        pass
    facts(page).press_sequentially(" Yang kedua.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/penilaian/2026")
    expect(page.get_by_text("Indikator 12 tersimpan.")).to_be_visible()
    answer = read(session, where)
    assert (answer.facts, len(answer.authors)) == ("Yang pertama. Yang kedua.", 1)
    assert page.evaluate(DRAFTS) == [], "the page it led to has arrived"


def test_after_a_refused_saving_nothing_goes_by_itself_over_the_other_text(page, page_at, session, where, as_who):
    page.evaluate("document.querySelector('#jawaban').version.value = '999'")
    _writes_elsewhere(page_at, as_who, "Tulisan Sari.")
    facts(page).fill("Tulisan saya.")
    page.keyboard.press("Control+s")
    expect(page.get_by_role("alert")).to_contain_text("Bentrok")
    facts(page).press("Control+End")
    page.keyboard.type(" Lagi.")
    time.sleep(2)
    assert stored(session, where) == "Tulisan Sari."
    page.goto("/beranda")
    page.goto(ITEM)
    panel = page.get_by_role("region", name="Bentrok tulisan")
    expect(panel).to_contain_text("Tulisan saya. Lagi.")
    assert stored(session, where) == "Tulisan Sari."


def test_a_form_that_is_saved_by_its_button_keeps_a_draft_on_the_device(page_at, session, where, as_who):
    page = page_at(DESK)
    as_who(page, "round_manager")
    address = f"/pengelolaan/2026/{where.city.instansi.slug}/klaim/I12"
    session.rollback()
    page.goto(address)
    page.get_by_label("Fakta", exact=True).press_sequentially("Klaim yang sedang ditulis.")
    context = page.context
    page.close()
    page = context.new_page()
    page.goto(address)
    expect(page.get_by_label("Fakta", exact=True)).to_have_value("Klaim yang sedang ditulis.")
    expect(page.get_by_text("Tulisan yang belum terkirim dikembalikan")).to_be_visible()
    page.keyboard.press("Control+s")
    expect(page.get_by_label("Fakta", exact=True)).to_have_value("Klaim yang sedang ditulis.")
    expect(page.get_by_text("Tulisan yang belum terkirim dikembalikan")).to_have_count(0)
    assert page.evaluate(DRAFTS) == []


def test_what_cannot_be_stored_is_said_and_stays(page, session, where):
    facts(page).fill("x" * 4001)
    status_is(page, re.compile("^Belum tersimpan: Fakta terlalu panjang"))
    facts(page).press("Backspace")
    facts(page).press("Backspace")
    status_is(page, SAVED)
    assert len(stored(session, where)) == 3999


def test_U_37_signing_out_sends_the_drafts_and_takes_them_off_the_device(page, session, where):
    facts(page).press_sequentially("Belum sempat terkirim")
    page.get_by_role("button", name="Keluar").click()
    page.wait_for_url("**/masuk")
    assert stored(session, where) == "Belum sempat terkirim"
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('tulisan|'))") == []


def test_U_37_what_cannot_be_sent_is_asked_about_before_signing_out(page, axe, session, where, as_who):
    page.route("**/simpan-otomatis", lambda route: route.abort())
    facts(page).press_sequentially("Tidak dapat terkirim.")
    page.get_by_role("button", name="Keluar").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Ada tulisan yang belum terkirim")
    expect(dialog).to_contain_text("Indikator")
    assert axe(page) == []
    dialog.get_by_role("button", name="Tetap di sini").click()
    expect(dialog).to_have_count(0)
    expect(facts(page)).to_have_value("Tidak dapat terkirim.")
    page.get_by_role("button", name="Keluar").click()
    page.get_by_role("dialog").get_by_role("button", name="Keluar dan hapus").click()
    page.wait_for_url("**/masuk")
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('tulisan|'))") == []


def test_U_69_a_session_about_to_end_is_extended_with_one_key(page, axe):
    page.clock.install()
    page.reload()
    page.clock.fast_forward(111 * 60_000)
    page.clock.run_for(60_000)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Sesi berakhir sekitar lima menit lagi")
    assert axe(page) == []
    with page.expect_response(lambda answer: answer.url.endswith(ITEM) and answer.ok):
        page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)


@pytest.mark.parametrize("line", ["online", "offline"])
def test_U_31_a_browser_killed_two_seconds_after_the_last_key_loses_nothing(browser, app, session, where, site, line):
    """A whole browser of its own, with a profile on disk; SIGKILL lets it tidy up nothing."""
    cookie = cookie_of(app, session, where.city.people["operator"])
    session.commit()
    text = "Fakta yang tidak boleh hilang, sampai huruf terakhir: xyz."
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        for kill in (True, False):
            context = browser.browser_type.launch_persistent_context(
                profile, executable_path=chromium(), args=CHROMIUM_FLAGS, base_url=site, viewport={"width": DESK, "height": 900}
            )
            become(context.pages[0], site, cookie)
            page = context.pages[0]
            page.goto(ITEM)
            if kill:
                facts(page).click()
                if line == "offline":
                    context.set_offline(True)
                page.keyboard.type(text)
                time.sleep(2)
                _kill(profile)
                continue
            expect(facts(page)).to_have_value(text)
            status_is(page, SAVED)
            context.close()
    assert stored(session, where) == text


def _kill(profile: str) -> None:
    """SIGKILL for the browser that lives in this profile, found by its own words."""
    found = subprocess.run(["pgrep", "-f", f"user-data-dir={profile}"], capture_output=True, text=True).stdout.split()
    assert found, "the browser of this profile is running"
    for pid in map(int, found):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace") if Path(f"/proc/{pid}").exists() else ""
        if "--type=" not in words and "chromium" in words:
            os.kill(pid, signal.SIGKILL)
    for _ in range(50):
        if not subprocess.run(["pgrep", "-f", f"user-data-dir={profile}"], capture_output=True).stdout:
            return
        time.sleep(0.1)


def test_without_scripts_everything_is_as_before(page_at, session, where, as_who):
    page = page_at(DESK, java_script_enabled=False)
    as_who(page, "operator")
    page.goto(ITEM)
    facts(page).fill("Tanpa skrip.")
    page.get_by_role("radio", name="3 Terdefinisi").check()
    page.get_by_role("button", name="Simpan", exact=True).last.click()
    expect(page.get_by_text("Indikator 12 tersimpan.")).to_be_visible()
    facts(page).fill("Tanpa skrip, kedua.")
    page.get_by_role("button", name="Simpan", exact=True).last.click()
    page.get_by_role("link", name="Tulisan sebelumnya").click()
    page.get_by_role("button", name="Pulihkan tulisan ini").first.click()
    expect(facts(page)).to_have_value("Tanpa skrip.")
    assert stored(session, where) == "Tanpa skrip."
