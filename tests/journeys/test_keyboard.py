"""U-62: an operator works without a mouse: signs in, chooses a level with the arrows, writes, saves, goes on."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import builders as build
from tests.browser import DESK, PHONE
from tests.journeys.people import PASSWORD, give_passwords

pytestmark = pytest.mark.once
ITEM = "**/indikator/I12"
# What has the focus: whether it is drawn whole inside the window, what covers it, and whether its focus can be seen.
FOCUS = """async () => {
  await new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  const el = document.activeElement;
  if (!el || el === document.body) return null;
  const box = el.getBoundingClientRect(), style = getComputedStyle(el), label = el.labels?.[0];
  const x = box.left + Math.min(box.width / 2, 40), y = box.top + Math.min(box.height / 2, 20);
  const on = document.elementFromPoint(x, y);
  const free = Boolean(on) && (el.contains(on) || on.contains(el) || [...(el.labels || [])].some(one => one.contains(on)));
  const marked = one => one && (parseFloat(getComputedStyle(one).outlineWidth) >= 2 && getComputedStyle(one).outlineStyle !== 'none'
    || getComputedStyle(one).boxShadow !== 'none');
  return {what: el.id || el.innerText?.trim() || el.name || el.tagName, tag: el.tagName, free, marked: Boolean(marked(el) || marked(label)),
    on: on?.className || on?.tagName};
}"""


@pytest.fixture
def username(session) -> str:
    city = build.city(session)
    name = give_passwords(city)["operator"]
    build.opened(session, city)
    session.commit()
    return name


def focus(page: Page) -> dict[str, Any] | None:
    return page.evaluate(FOCUS)


def tab_to(page: Page, selector: str, at_most: int = 80) -> None:
    """Press Tab until the focus is there."""
    for _ in range(at_most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => Boolean(document.activeElement?.matches(selector))", selector):
            return
    raise AssertionError(f"Tab does not lead to {selector}; the focus is on {focus(page)}")


def sign_in(page: Page, username: str) -> None:
    page.goto("/masuk?next=/penilaian/2026")
    tab_to(page, "#username")
    page.keyboard.type(username)
    tab_to(page, "#password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Tugas")


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_U_62_an_item_is_answered_without_a_mouse(username, page_at, width):
    page = page_at(width)
    sign_in(page, username)
    tab_to(page, "a[href$='/indikator/I01']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/indikator/I01")
    tab_to(page, "input[type=radio][name=value]")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.value") == "3"
    expect(page.locator("[data-saved]")).to_have_text(re.compile("Menyimpan|Tersimpan"))
    tab_to(page, "#facts")
    page.keyboard.type("Peraturan wali kota, halaman 5.")
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    expect(page.locator(".flashes")).to_contain_text("Indikator 1 tersimpan.")
    expect(page.get_by_label("Fakta", exact=True)).to_have_value("Peraturan wali kota, halaman 5.")
    expect(page.get_by_role("radio", name="3 Terdefinisi")).to_be_checked()
    tab_to(page, "#analysis")
    page.keyboard.type("Berlaku bagi semua perangkat daerah.")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    page.wait_for_url(ITEM)
    page.keyboard.press("[")
    page.wait_for_url("**/indikator/I01")
    expect(page.get_by_label("Analisis", exact=True)).to_have_value("Berlaku bagi semua perangkat daerah.")
    page.keyboard.press("]")
    page.wait_for_url(ITEM)


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_U_62_the_focus_is_seen_never_covered_and_never_trapped(username, page_at, width):
    page = page_at(width, reduced_motion="reduce")  # no gliding: where the page lies after a key is where it stays
    sign_in(page, username)
    page.goto("/penilaian/2026/indikator/I12")
    seen, wrong = [], []
    for _ in range(140):
        page.keyboard.press("Tab")
        here = focus(page)
        if here is None or (seen and here["what"] == seen[0]):
            break
        seen.append(here["what"])
        if not here["free"]:
            wrong.append(f"covered by {here['on']}: {here['what']}")
        if not here["marked"]:
            wrong.append(f"not to be seen: {here['what']}")
    else:
        raise AssertionError(f"the focus never leaves the page: {seen[-5:]}")
    assert len(seen) > 15
    assert wrong == []
    page.keyboard.press("Shift+Tab")
    assert focus(page) is None or focus(page)["what"] in seen


def test_the_first_link_leads_past_the_head_to_the_content(username, page_at):
    page = page_at(DESK)
    sign_in(page, username)
    page.goto("/penilaian/2026/indikator/I12")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Langsung ke isi")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_the_list_of_keys_opens_and_closes_and_single_letters_can_be_switched_off(username, page_at):
    page = page_at(DESK)
    sign_in(page, username)
    page.goto("/penilaian/2026/indikator/I12")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Pintasan papan ketik")
    expect(keys).to_be_visible()
    keys.get_by_role("checkbox").check()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.keyboard.press("?")
    expect(keys).to_be_hidden()
    page.keyboard.press("[")
    assert page.url.endswith("I12")


def test_a_refused_form_takes_the_focus_and_its_sentences_lead_to_the_fields(username, page_at):
    """U-65."""
    page = page_at(DESK)
    sign_in(page, username)
    page.goto("/akun")
    page.get_by_role("button", name="Simpan surel").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.title.startsWith('Kesalahan: ')")
    expect(page.locator(".errors")).to_be_focused()
    tab_to(page, ".errors a", at_most=1)
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.type") == "password"
