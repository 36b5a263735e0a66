"""U-06, U-62: an assessor judges item after item without a mouse, and without scripts item after item with one."""

import re
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from assessments.models import Blob, FileSeen
from portal import previews
from tests import builders as build
from tests.browser import DESK, PHONE
from tests.journeys.people import become, cookie_of, give_passwords
from tests.portal.desk_pages import Panel, before_a_panel

pytestmark = pytest.mark.once
SAVED = re.compile(r"^Tersimpan \d\d\.\d\d WITA")
FIVE = ("I01", "I02", "I03", "I04", "I05")


@pytest.fixture
def where(app: Flask, session: Session) -> Panel:
    """I12 cites two files, the first with pictures of its pages."""
    made = before_a_panel(session)
    give_passwords(made.outside)
    assessment = made.assessment(session)
    build.cited(session, made.city, assessment, "I12", "b").locator = "hlm. 2"
    blob = session.get_one(Blob, assessment.claim("I12").citations[0].cited.sha256)
    blob.previews, blob.pages, blob.reading_state, blob.reading_note = 8, 24, "readable", "Terbaca, 24 halaman"
    for n in range(1, 9):
        path = previews.picture(app.config["EVIDENCE_FOLDER"].resolve(), blob.sha256, n)
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (1000, 1414), (250, 250, 240 + n)).save(path, "JPEG", quality=60)
    session.commit()
    return made


@pytest.fixture
def at_desk(app: Flask, session: Session, site: str, where: Panel, page_at):
    """`at_desk("I12", width)`: the desk of an item, opened by the panel's member."""

    def go(item: str, width: int = DESK, **options: Any) -> Page:
        page: Page = page_at(width, **options)
        cookie = cookie_of(app, session, where.outside.people["assessor"])
        session.commit()
        become(page, site, cookie)
        page.goto(where.desk(item))
        return page

    return go


def test_U_06_a_judgement_is_two_keystrokes(at_desk, session, where):
    page = at_desk(FIVE[0])
    for here, following in zip(FIVE, (*FIVE[1:], "I06"), strict=True):
        expect(page).to_have_url(re.compile(f"/butir/{here}$"))
        page.keyboard.press("3")
        page.keyboard.press("Control+Enter")
        page.wait_for_url(f"**/butir/{following}")
    session.rollback()
    sent = {each.item: (each.value, each.state) for each in where.assessment(session).judgements}
    assert sent == dict.fromkeys(FIVE, (3, "sent"))


def test_the_desk_is_worked_by_keys_alone(at_desk, session, where, keep_screenshot, axe):
    page = at_desk("I12")
    image, first = page.locator("[data-viewer] img"), page.locator("[data-look]").first
    expect(image).to_have_attribute("src", re.compile(r"/halaman/5\.jpg$"))
    page.keyboard.press("v")
    expect(page.locator("[data-seen]")).to_have_text("1 dari 2 sudah dilihat")
    page.keyboard.press("n")
    expect(page.locator("[data-part=code]")).to_have_text("12.b")
    expect(page.locator("[data-part=none]")).to_be_visible()
    page.keyboard.press("p")
    expect(first).to_have_attribute("aria-current", "true")
    page.get_by_role("link", name="Halaman berikutnya").click()
    expect(image).to_have_attribute("src", re.compile(r"/halaman/6\.jpg$"))
    page.keyboard.press("f")
    page.keyboard.press("4")
    expect(page.get_by_label("Tandai untuk ketua")).to_be_checked()
    expect(page.locator("[name=value][value='4']")).to_be_checked()
    page.keyboard.press("c")
    expect(page.get_by_label("Fakta", exact=True)).to_be_focused()
    page.keyboard.type("3 dokumen, fjkv?")
    expect(page.locator("[name=value][value='4']")).to_be_checked()
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator("[data-autosave]")).to_have_text(SAVED)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Pintasan papan ketik")
    expect(keys).to_contain_text("Berkas sudah dilihat")
    page.keyboard.press("j")
    expect(keys).to_be_visible()
    page.keyboard.press("Escape")
    assert axe(page) == []
    keep_screenshot(page, "S51-papan-ketik")
    page.keyboard.press("j")
    page.wait_for_url("**/butir/I13")
    page.keyboard.press("k")
    page.wait_for_url("**/butir/I12")
    expect(page.get_by_label("Fakta", exact=True)).to_have_value("3 dokumen, fjkv?")
    page.keyboard.press("q")
    page.wait_for_url("**/klarifikasi?butir=I12")
    kept = where.judgement(session)
    assert (kept.value, kept.state, kept.flagged) == (4, "draft", True) and session.query(FileSeen).count() == 1


def test_a_phrase_goes_where_the_writing_stands_and_a_draft_survives(at_desk, session, where):
    page = at_desk("I12")
    page.get_by_label("Fakta", exact=True).fill("Dokumen sudah resmi dan berlaku.")
    page.get_by_label("Fakta", exact=True).select_text()
    page.locator("#kalimat-facts summary").click()
    expect(page.get_by_label("Kalimat baru untuk Fakta")).to_have_value("Dokumen sudah resmi dan berlaku.")
    page.get_by_role("button", name="Simpan kalimat untuk Fakta").click()
    page.locator("#kalimat-facts summary").click()
    page.get_by_label("Fakta", exact=True).fill("Mulai. ")
    page.get_by_role("button", name=re.compile("^Sisipkan")).click()
    expect(page.get_by_label("Fakta", exact=True)).to_have_value("Mulai. Dokumen sudah resmi dan berlaku.")
    page.context.set_offline(True)
    page.get_by_label("Analisis", exact=True).fill("Ditulis saat putus.")
    expect(page.locator("[data-autosave]")).to_have_text(re.compile("^Belum terkirim, tersimpan di perangkat ini"))
    page.context.set_offline(False)
    expect(page.locator("[data-autosave]")).to_have_text(SAVED)
    assert where.judgement(session).analysis == "Ditulis saat putus."


def test_U_55_without_scripts_every_part_of_the_desk_works(at_desk, session, where, keep_screenshot):
    page = at_desk("I12", PHONE, java_script_enabled=False)
    page.get_by_role("link", name=re.compile("^12.b")).first.click()
    expect(page.locator("[data-part=code]")).to_have_text("12.b")
    page.get_by_role("link", name=re.compile("^12.a")).first.click()
    page.get_by_role("link", name="Halaman berikutnya").click()
    expect(page.locator("[data-viewer] img")).to_have_attribute("src", re.compile(r"/halaman/6\.jpg$"))
    page.locator("label[for=value-1]").click()
    page.locator("label[for=criteria-2-met]").click()
    page.locator("label[for^=dilihat-]").first.click()
    page.get_by_label("Justifikasi hasil").fill("Muatan belum lengkap.")
    page.get_by_label("Tandai untuk ketua").check()
    keep_screenshot(page, "S51-tanpa-skrip")
    page.get_by_role("button", name="Simpan draf").click()
    expect(page.locator("[data-seen]")).to_have_text("1 dari 2 sudah dilihat")
    page.get_by_role("button", name=re.compile("^Kirim dan lanjut")).click()
    page.wait_for_url("**/butir/I13")
    kept = where.judgement(session)
    assert (kept.value, kept.state, kept.flagged, kept.criteria[0].mark) == (2, "sent", True, "met")
