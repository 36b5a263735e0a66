"""`python bench/slow_line.py`: the most used pages and one whole item over a slow line, in a real browser (U-01, U-20).

The demo is built in a temporary folder and served on loopback; Chromium is slowed to the profiles of the goals: N1 is
400 kbit/s with 400 ms of round trip and a processor six times slower, N2 400 kbit/s with 2,000 ms. Times are seconds,
medians of the rounds. Needs what `make test` installs. The figures go into bench/README.md by hand.
"""

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)

from playwright.sync_api import Page, sync_playwright  # noqa: E402

from bench.servers import free_port  # noqa: E402
from tests.services import CHROMIUM_FLAGS, chromium  # noqa: E402

OCTETS_A_SECOND = 50_000
PROFILES = {"N1": (400, 6), "N2": (2000, 1)}  # round trip in ms, how much slower the processor is
PAGES = {"S20": "/penilaian/2026", "S21": "/penilaian/2026/indikator/I12", "S28": "/penilaian/2026/periksa"}
ROUNDS = 3
# U-01: items whose evidence was cited last year are open on the task list of this operator; typed at 40 letters a second.
ITEMS = ("I01", "I02", "I03", "I04", "I06")
KEY_MS = 25
TYPED = " Dokumen yang sama masih berlaku tahun ini; halaman 2 memuat ketentuannya, dan tidak ada perubahan sesudahnya."


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="portal-line-"))
    port = free_port()
    env = {**os.environ, "PORTAL_INSTANCE": str(folder), "PORT": str(port)}
    told = folder / "told.txt"
    with open(told, "w") as out:
        portal = subprocess.Popen([sys.executable, "-m", "portal.serve"], cwd=ROOT, env=env, stdout=out, stderr=out)
    try:
        site = f"http://127.0.0.1:{port}"
        _wait(f"{site}/readyz", portal)
        passwords = dict(re.findall(r"^  (\S+)\s+(\S+)   ", told.read_text(), re.M))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
            print(f"{'page':6}{'profile':10}{'cold s':>8}{'warm s':>8}{'cold KB':>9}")
            for name, path in PAGES.items():
                for profile in PROFILES:
                    print(_page(browser, site, passwords, name, path, profile))
            took = [_last_years_item(browser, site, passwords, item) for item in ITEMS]
            print(f"U-01  N1{statistics.median(took):16.1f} s, median of {len(took)}: {', '.join(f'{one:.1f}' for one in took)}; 4 clicks")
            browser.close()
    finally:
        portal.terminate()
        portal.wait(20)
        shutil.rmtree(folder)
    return 0


def _wait(address: str, portal: subprocess.Popen) -> None:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        if portal.poll() is not None:
            raise SystemExit("the portal ended before it was ready")
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(1)
    raise SystemExit("the portal was not ready in time")


def _signed_in(browser, site: str, passwords: dict[str, str], who: str, profile: str) -> tuple[Page, object]:
    """A page of this person on the slow line, and the session that slows it."""
    page = browser.new_context(viewport={"width": 1366, "height": 900}, base_url=site, locale="id-ID").new_page()
    page.goto("/masuk")
    page.locator("#username").fill(who)
    page.locator("#password").fill(passwords[who])
    page.get_by_role("button", name="Masuk", exact=True).click()
    page.wait_for_url("**/beranda")
    line = page.context.new_cdp_session(page)
    latency, slower = PROFILES[profile]
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", {
        "offline": False, "latency": latency, "downloadThroughput": OCTETS_A_SECOND, "uploadThroughput": OCTETS_A_SECOND})
    line.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    page.set_default_timeout(60_000)
    return page, line


def _page(browser, site: str, passwords: dict[str, str], name: str, path: str, profile: str) -> str:
    page, line = _signed_in(browser, site, passwords, "operator.bappeda", profile)
    cold, warm, octets = [], [], 0
    for _ in range(ROUNDS):
        line.send("Network.clearBrowserCache")
        cold.append(_loaded(page, path))
        octets = page.evaluate(
            "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
            ".reduce((sum, entry) => sum + entry.transferSize, 0)")
        warm.append(_loaded(page, path))
    page.context.close()
    return (f"{name:6}{profile:10}{statistics.median(cold):8.2f}{statistics.median(warm):8.2f}{octets / 1024:9.1f}")


def _last_years_item(browser, site: str, passwords: dict[str, str], item: str) -> float:
    """Seconds from the task list to an item that is ready: copied from last year, a sentence typed, marked; four clicks."""
    page, _line = _signed_in(browser, site, passwords, "operator.hukum", "N1")
    page.goto("/penilaian/2026")
    began = time.monotonic()
    page.locator(f"main a[href$='/indikator/{item}']").first.click()
    page.get_by_role("link", name="Salin dari tahun lalu").first.click()
    page.get_by_role("button", name="Salin indikator ini").click()
    facts = page.locator("#facts")
    facts.focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(TYPED, delay=KEY_MS)
    page.get_by_role("button", name="Tandai siap diperiksa").click()
    page.get_by_text("ditandai siap diperiksa").first.wait_for()
    took = time.monotonic() - began
    page.context.close()
    return took


def _loaded(page: Page, path: str) -> float:
    page.goto(path, wait_until="domcontentloaded")
    return page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd") / 1000


if __name__ == "__main__":
    sys.exit(main())
