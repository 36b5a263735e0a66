"""Somebody at a browser: signs in through the door everybody uses and speaks of buttons, fields and sentences."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from assessments.models import Appointment
from portal.passwords import hashed
from tests import builders as build

expect.set_options(timeout=20_000)  # a machine that is busy with other tests is slow, not wrong
PASSWORD = "kipas-lontar-hujan-7"


@cache
def _hash() -> str:
    return hashed(PASSWORD)


def give_passwords(city: build.City) -> dict[str, str]:
    """Everybody of the city signs in with PASSWORD; {seat: name of the account}."""
    names = {}
    for who, appointment in city.people.items():
        account = appointment.person.account
        account.password, account.must_change_password = _hash(), False
        names[who] = account.username
    return names


@dataclass
class Somebody:
    """One person with a page of their own; `scripts` tells whether the browser runs them."""

    page: Page
    scripts: bool = True

    def goes_to(self, path: str) -> None:
        answer = self.page.goto(path)
        assert answer is not None and answer.status == 200, f"{path}: {answer and answer.status}"

    def follows(self, name: str, exact: bool = False) -> None:
        self.page.get_by_role("main").get_by_role("link", name=name, exact=exact).first.click()

    def presses(self, name: str, exact: bool = True, within: Any = None) -> None:
        """What is hidden at this width is not a button for anybody."""
        (within or self.page.get_by_role("main")).get_by_role("button", name=name, exact=exact).first.click()

    def writes(self, label: str, text: str, exact: bool = True, within: Any = None) -> None:
        (within or self.page).get_by_label(label, exact=exact).fill(text)

    def picks(self, label: str, option: str) -> None:
        self.page.get_by_label(label, exact=True).select_option(label=option)

    def ticks(self, name: str, within: Any = None) -> None:
        (within or self.page).get_by_role("checkbox", name=name, exact=True).check()

    def opens(self, summary: str) -> Any:
        """A fold of the page; what lies in it."""
        fold = self.page.locator("details", has=self.page.locator("summary", has_text=summary)).first
        if fold.get_attribute("open") is None:
            fold.locator("summary").first.click()
        return fold

    def sees(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("body")).to_contain_text(text)

    def does_not_see_button(self, name: str) -> None:
        expect(self.page.get_by_role("main").get_by_role("button", name=name)).to_have_count(0)

    def reads_title(self, title: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(title)

    def attaches(self, name: str, content: bytes, media_type: str = "application/pdf") -> None:
        """Choose a file; without scripts the button sends it."""
        self.page.get_by_label("Berkas bukti dukung").set_input_files(
            {"name": name, "mimeType": media_type, "buffer": content}
        )
        if self.scripts:
            expect(self.page.locator("[data-uploads-list] li").last).to_contain_text("Selesai")
            expect(self.page.locator("#bukti .evidence")).to_be_attached()
            return
        self.presses("Unggah")
        self.sees("1 berkas dilampirkan")


def sign_in(page: Page, username: str, *, scripts: bool = True) -> Somebody:
    """Through /masuk with name and password."""
    somebody = Somebody(page, scripts)
    somebody.goes_to("/masuk")
    somebody.writes("NIP atau nama pengguna", username)
    somebody.writes("Kata sandi", PASSWORD)
    somebody.presses("Masuk")
    page.wait_for_url("**/beranda")
    return somebody


def cookie_of(app: Flask, session: Session, appointment: Appointment) -> tuple[str, str]:
    """(name, value) of a cookie with which this office is signed in already."""
    client = app.test_client()
    build.sign_in(client, session, appointment)
    (cookie,) = client._cookies.values()
    return cookie.key, cookie.value


def become(page: Page, site: str, cookie: tuple[str, str] | None) -> None:
    """The page goes on as the owner of this cookie, or as nobody."""
    page.context.clear_cookies()
    if cookie:
        page.context.add_cookies([{"name": cookie[0], "value": cookie[1], "url": site}])
