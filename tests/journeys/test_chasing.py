"""U-07: from the progress, and from a red cell, to a sent reminder in at most four clicks; and the matrix without a mouse."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from assessments.models import Contribution, Notice
from tests.browser import DESK, PHONE
from tests.journeys.people import become, cookie_of
from tests.portal.chase_pages import WEDNESDAY, at, chased

pytestmark = pytest.mark.once
COUNT = """document.addEventListener('click', event => { if (event.isTrusted)
  sessionStorage.clicks = Number(sessionStorage.clicks || 0) + 1; }, true)"""


@pytest.fixture
def round_of_late_ones(app, session):
    where = chased(session, closes=WEDNESDAY + timedelta(days=2))
    for row in session.scalars(select(Contribution).where(Contribution.item == "I12")):
        row.state = "returned"
    session.commit()
    with at(WEDNESDAY):
        yield where, cookie_of(app, session, where.city.people["round_manager"])


def clicked(page: Page) -> int:
    return page.evaluate("Number(sessionStorage.clicks)")


def told(session: Any) -> list[str]:
    session.rollback()
    return list(session.scalars(select(Notice.sentence)))


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_U_07_from_the_progress_to_a_sent_reminder_for_all_late_ones(round_of_late_ones, session, site, page_at, width):
    where, cookie = round_of_late_ones
    page = page_at(width)
    page.add_init_script(COUNT)
    become(page, site, cookie)
    page.goto(f"/pengelolaan/{where.slug}/kemajuan")
    page.get_by_role("link", name="Ingatkan yang terlambat").click()
    page.get_by_role("button", name="Lihat teks sebelum dikirim").click()
    page.get_by_role("button", name="Kirim pengingat").click()
    expect(page.locator(".flashes")).to_contain_text("diingatkan")
    assert clicked(page) == 3
    assert len(told(session)) == 1 and "belum siap" in told(session)[0]


@pytest.mark.parametrize("scripts", [True, False])
def test_U_07_from_a_red_cell_to_a_sent_reminder(round_of_late_ones, session, site, page_at, scripts):
    where, cookie = round_of_late_ones
    page = page_at(DESK, java_script_enabled=scripts)
    become(page, site, cookie)
    page.goto(f"/pengelolaan/{where.slug}/matriks")
    steps = [
        page.get_by_role("link", name="Perlu perbaikan, OPD utama; Bappeda, butir 12"),
        page.get_by_role("link", name="Ingatkan OPD ini"),
        page.get_by_role("button", name="Lihat teks sebelum dikirim"),
        page.get_by_role("button", name="Kirim pengingat (1 OPD)"),
    ]
    for step in steps:
        step.click()
    expect(page.locator(".flashes")).to_contain_text("1 orang pada 1 OPD diingatkan")
    assert len(steps) <= 4 and len(told(session)) == 1


def test_U_62_the_arrows_go_through_the_matrix_and_tab_leaves_it(round_of_late_ones, site, page_at):
    where, cookie = round_of_late_ones
    page = page_at(DESK)
    become(page, site, cookie)
    page.goto(f"/pengelolaan/{where.slug}/matriks")
    here = "[...document.activeElement.closest('tr').children].indexOf(document.activeElement.closest('td, th'))"
    row = "[...document.querySelectorAll('tbody tr')].indexOf(document.activeElement.closest('tr'))"
    assert page.locator("tbody [tabindex='0']").count() == 1
    page.locator("tbody [tabindex='0']").focus()
    for key, place in (("ArrowRight", (0, 1)), ("ArrowDown", (1, 1)), ("End", (1, 48)), ("ArrowRight", (1, 48)), ("ArrowUp", (0, 48)),
                       ("Home", (0, 0)), ("Control+End", (1, 48)), ("Control+Home", (0, 0))):
        page.keyboard.press(key)
        assert (page.evaluate(row), page.evaluate(here)) == place, key
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown") if "I12" not in page.evaluate("document.activeElement.href || ''") else None
    box = page.evaluate("(({top, bottom, left, right}) => [top, bottom, left, right])(document.activeElement.getBoundingClientRect())")
    assert box[0] >= 0 and box[3] <= DESK
    page.keyboard.press("Enter")
    page.wait_for_url("**/I12")
    page.go_back()
    page.locator("tbody [tabindex='0']").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("!document.activeElement.closest('[data-matrix]')")
