"""`python bench/desk_keys.py`: 47 judgements in a row by keyboard in Chromium, and a desk with 40 files (U-06, U-24).

A sent self-assessment before a panel is built in a temporary folder and served on loopback. Each item takes two keystrokes:
the value, then Ctrl+Enter; measured is from the first key to the next item's page ready for keys. The desk with 40 files
is opened cold and warm. Times are ms, medians and the worst; the figures go into bench/README.md by hand.
"""

import gzip
import shutil
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)

from playwright.sync_api import Page, sync_playwright  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402

from portal import create_app  # noqa: E402
from portal.extensions import db  # noqa: E402
from tests import builders as build  # noqa: E402
from tests.databases import OnSqlite, settings_for  # noqa: E402
from tests.journeys.people import become, cookie_of  # noqa: E402
from tests.services import CHROMIUM_FLAGS, chromium  # noqa: E402

FILES = 40
ROUNDS = 5


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="portal-desk-"))
    try:
        database = OnSqlite(folder, "bench")
        app = create_app(settings_for(database.url, folder / "instance"))
        app.testing = True
        database.renew(app)
        with app.app_context():
            base, last = _before_a_panel()
            cookie = cookie_of(app, db.session, last)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        site = f"http://127.0.0.1:{server.port}"
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
            page = browser.new_context(viewport={"width": 1366, "height": 900}, base_url=site, locale="id-ID").new_page()
            become(page, site, cookie)
            _full_desk(page, f"{base}/I12")
            _in_a_row(page, base)
            browser.close()
        server.shutdown()
    finally:
        shutil.rmtree(folder)
    return 0


def _before_a_panel():
    """(address of the desk, the member who judges); every claim is 3, I12 cites FILES files."""
    session = db.session
    city, outside = build.city(session), build.outsiders(session)
    assessment = build.judging(session, city, outside, evidence=("I12",))
    for n in range(FILES - 1):
        build.cited(session, city, assessment, "I12", f"{'bcdefghijklmnopqrstuvwxyz'[n % 25]}{n // 25 or ''}")
    session.commit()
    return f"/asesmen/{assessment.period.slug}/{city.instansi.slug}/butir", outside.people["assessor"]


def _full_desk(page: Page, path: str) -> None:
    """How the desk with many files opens."""
    cold, warm = [], []
    line = page.context.new_cdp_session(page)
    for _ in range(ROUNDS):
        line.send("Network.clearBrowserCache")
        cold.append(_ready(page, path))
        warm.append(_ready(page, path))
    octets = len(gzip.compress(page.request.get(path).body(), 6))
    print(f"desk with {FILES} files: ready in {statistics.median(cold):.0f} ms cold, {statistics.median(warm):.0f} ms warm, "
          f"{octets / 1024:.1f} KB of HTML (gzip)")


def _ready(page: Page, path: str) -> float:
    page.goto(path, wait_until="domcontentloaded")
    return page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")


def _in_a_row(page: Page, base: str) -> None:
    """Every item of the instrument, one after the other, by two keystrokes each."""
    page.goto(f"{base}/I01", wait_until="domcontentloaded")
    took, began = [], time.monotonic()
    while "/butir/" in page.url:
        here, start = page.url, time.monotonic()
        page.keyboard.press("3")
        page.keyboard.press("Control+Enter")
        page.wait_for_url(lambda url, here=here: url != here, wait_until="domcontentloaded")
        took.append((time.monotonic() - start) * 1000)
    whole = time.monotonic() - began
    print(f"{len(took)} judgements, {2 * len(took)} keystrokes: {whole:.1f} s; each {statistics.median(took):.0f} ms, "
          f"worst {max(took):.0f} ms")


if __name__ == "__main__":
    sys.exit(main())
