"""A real browser for the journeys: Debian's Chromium over a portal that answers on a port of its own."""

import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server
from werkzeug.wsgi import ClosingIterator

from tests.services import AXE, CHROMIUM_FLAGS, ROOT, chromium, what_is_missing

PHONE, DESK = 360, 1366
HEIGHTS = {PHONE: 760, DESK: 900}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = """async tags => (await axe.run({runOnly: tags, resultTypes: ['violations']})).violations.map(
    v => v.id + ': ' + v.help + ' (' + v.nodes.map(n => n.target.join(' ')).join(', ') + ')')"""


class Busy:
    """Counts the requests under way: a page that goes may still be sending what was typed on it."""

    def __init__(self, app: Any):
        self.app, self.under_way, self.changed = app, 0, threading.Condition()

    def __call__(self, environ: dict, start_response: Any) -> Any:
        self._count(1)
        try:
            answer = self.app(environ, start_response)
        except BaseException:
            self._count(-1)
            raise
        return ClosingIterator(answer, lambda: self._count(-1))

    def _count(self, step: int) -> None:
        with self.changed:
            self.under_way += step
            self.changed.notify_all()

    def wait(self, most: float = 10) -> None:
        with self.changed:
            self.changed.wait_for(lambda: self.under_way <= 0, most)


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The address of the portal, served by threads while the test lasts; what is under way at its end is waited for."""
    busy = Busy(app)
    server = make_server("127.0.0.1", 0, busy, threaded=True)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()
    busy.wait()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    if chromium() is None:
        pytest.skip(what_is_missing()["chromium"])
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page_at(browser: Any, site: str) -> Iterator[Callable[..., Any]]:
    """`page_at(360)`: a page of that width with cookies of its own; paths are relative to the portal.

    More words go to the browser context (`java_script_enabled=False`). A script error, a violated content security
    policy or a request that leaves the portal fails the test.
    """
    contexts, complaints = [], []

    def open_page(width: int = DESK, **options: Any) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": HEIGHTS.get(width, 900)},
            base_url=site,
            locale="id-ID",
            timezone_id="Asia/Makassar",
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
        page.on("console", lambda line: complaints.append(line.text) if _is_complaint(line) else None)
        page.on("request", lambda asked: complaints.append(f"left the portal: {asked.url}") if _is_away(asked) else None)
        return page

    def _is_away(asked: Any) -> bool:
        return not asked.url.startswith((site, "data:", "blob:", "about:"))

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def axe() -> Callable[[Any], list[str]]:
    """`axe(page)`: what WCAG 2.2 AA finds wrong, one sentence for each rule; empty when all is well."""
    if not AXE.exists():
        pytest.skip(what_is_missing()["axe"])
    source = AXE.read_text()

    def run(page: Any) -> list[str]:
        if not page.evaluate("() => Boolean(window.axe)"):
            page.evaluate(source)
        found: list[str] = page.evaluate(RUN_AXE, WCAG)
        return found

    return run


@pytest.fixture(scope="session")
def keep_screenshot() -> Callable[..., None]:
    """`keep_screenshot(page, "S21")`: with PICTURES=1 kept under screenshots/, by screen and width, to be looked at."""
    wanted = bool(os.environ.get("PICTURES"))

    def keep(page: Any, screen: str) -> None:
        if not wanted:
            return
        folder = ROOT / "screenshots"
        folder.mkdir(exist_ok=True)
        page.screenshot(path=folder / f"{screen}-{page.viewport_size['width']}.png", full_page=True)

    return keep


def _is_complaint(line: Any) -> bool:
    # A page that answers 404, 409 or 422 is told by the browser too; that is no fault of the page.
    return line.type == "error" and not line.text.startswith("Failed to load resource")
