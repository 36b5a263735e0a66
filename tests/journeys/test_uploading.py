"""S24 in a browser: ten cuts, a reload, several files at once, and another client that knows the same protocol."""

import re
import socket
from collections.abc import Iterator
from typing import Any, NoReturn

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from assessments.models import Citation, DocumentVersion, Upload
from tests import builders as build
from tests.browser import DESK, PHONE
from tests.journeys.people import PASSWORD, give_passwords
from tests.portal.agency_pages import pdf
from tests.services import TUS_CLIENT, what_is_missing

pytestmark = pytest.mark.once
expect.set_options(timeout=12_000)
CHUNK = 20_000
ITEM = "/penilaian/2026/indikator/I12"


def large(size: int, mark: str = "") -> bytes:
    """A PDF of this many bytes; no two pieces of it are the same."""
    head, tail = pdf(mark).split(b"1 0 obj", 1)
    filling = b"".join(b"%%%d\n" % n for n in range(size // 4))
    tail = b"1 0 obj" + tail
    return head + filling[: size - len(head) - len(tail) - 1] + b"\n" + tail


class Line:
    """The way to the server: cuts it while a piece is on its way, and counts what went over it."""

    def __init__(self, app: Any):
        self.app = app
        self.cuts = 0
        self.dead = False
        self.pieces: list[tuple[int, int]] = []

    def __call__(self, environ: dict, start_response: Any) -> Any:
        if environ["REQUEST_METHOD"] != "PATCH":
            return self.app(environ, start_response)
        if self.dead:
            return cut(environ)
        self.pieces.append((int(environ["HTTP_UPLOAD_OFFSET"]), int(environ["CONTENT_LENGTH"])))
        if not self.cuts or len(self.pieces) % 2:
            return self.app(environ, start_response)
        self.cuts -= 1
        if self.cuts % 2:  # in the middle of a piece; otherwise only the answer gets lost
            environ["wsgi.input"] = Half(environ["wsgi.input"], int(environ["CONTENT_LENGTH"]) // 2)
        for _ in self.app(environ, lambda *_: None):
            pass
        return cut(environ)


def cut(environ: dict) -> NoReturn:
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    raise ConnectionResetError


class Half:
    def __init__(self, stream: Any, left: int):
        self.stream, self.left = stream, left

    def read(self, size: int = -1) -> bytes:
        if not self.left:
            raise ConnectionResetError
        found = self.stream.read(min(size, self.left) if size >= 0 else self.left)
        self.left -= len(found)
        return found


@pytest.fixture
def line(app: Flask) -> Iterator[Line]:
    straight = app.wsgi_app
    app.wsgi_app = made = Line(straight)  # type: ignore[method-assign, assignment]
    yield made
    app.wsgi_app = straight  # type: ignore[method-assign]


@pytest.fixture
def operator(session, page_at) -> Any:
    """`operator(path)`: a page where bappeda's operator is signed in; pieces are small and pauses short."""
    city = build.city(session)
    name = give_passwords(city)["operator"]
    build.opened(session, city)
    session.commit()

    def goes_to(path: str, width: int = DESK) -> Page:
        page = page_at(width)
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(f"/masuk?next={path}")
        page.get_by_label("Nama pengguna").first.fill(name)
        page.get_by_label("Kata sandi", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Masuk", exact=True).click()
        expect(page.locator("[data-uploads]")).to_be_attached()
        page.wait_for_load_state()  # the scripts come after the page
        quick(page)
        return page

    return goes_to


def quick(page: Page) -> None:
    page.evaluate("""chunk => { const place = document.querySelector('[data-uploads]').dataset;
        place.chunk = chunk; place.pause = .05; }""", CHUNK)


def choose(page: Page, *files: tuple[str, bytes], into: str = "input[type=file][data-autosubmit]") -> None:
    page.locator(into).first.set_input_files([{"name": name, "mimeType": "", "buffer": content} for name, content in files])


def cited(session) -> list[Citation]:
    session.rollback()
    session.expire_all()
    found = session.scalars(select(Citation)).all()
    session.rollback()
    return list(found)


def test_ten_cuts_resend_at_most_one_piece_each_and_typed_text_stays(app, session, operator, line):
    content = large(20 * CHUNK + 7)
    page = operator(ITEM)
    page.get_by_label("Fakta", exact=True).fill("Ditulis selama berkas berjalan.")
    line.cuts = 10
    choose(page, ("Peta rencana.pdf", content))
    expect(page.locator("#bukti .evidence")).to_contain_text("Peta rencana", timeout=25_000)
    assert line.cuts == 0
    sent = sum(length for _offset, length in line.pieces)
    assert sent <= len(content) + 10 * CHUNK
    assert max(length for _offset, length in line.pieces) <= CHUNK
    (citation,) = cited(session)
    with app.extensions["storage"].open(citation.cited.sha256) as file:
        assert file.read() == content
    session.rollback()
    expect(page.get_by_label("Fakta", exact=True)).to_have_value("Ditulis selama berkas berjalan.")
    page.get_by_role("button", name="Simpan", exact=True).locator("visible=true").last.click()
    expect(page.get_by_role("main")).to_contain_text("Indikator 12 tersimpan.")


@pytest.mark.parametrize("place", ["S21", "S24"])
def test_after_a_reload_the_same_file_goes_on_where_it_stopped(session, operator, line, place):
    content = large(10 * CHUNK)
    page = operator(ITEM)
    line.cuts = 0
    page.evaluate("""() => { const send = XMLHttpRequest.prototype.send; let n = 0;
        XMLHttpRequest.prototype.send = function (body) { if (body instanceof Blob && ++n > 6) return; send.call(this, body); }; }""")
    choose(page, ("Laporan.pdf", content))
    row = page.locator("[data-uploads-list] li")
    expect(row.locator("progress")).to_have_attribute("value", "0.6")
    page.reload()
    quick(page)
    expect(row).to_contain_text("Pilih lagi berkas yang sama untuk melanjutkan dari 60%")
    middle = len(content) // 2
    choose(page, ("Laporan.pdf", content[:middle] + b"lain" + content[middle + 4:]), into="[data-uploads-list] input[type=file]")
    expect(row).to_contain_text("Bukan berkas yang sama")
    line.pieces.clear()
    if place == "S24":
        page.goto("/bukti/unggahan")
        quick(page)
        expect(page.locator("#antrean")).to_contain_text("Pilih lagi berkas yang sama untuk melanjutkan dari 60%")
        choose(page, ("Laporan.pdf", content), into="#antrean input[type=file]")
        expect(page.locator("#selesai")).to_contain_text("Laporan.pdf")
    else:
        choose(page, ("Laporan.pdf", content), into="[data-uploads-list] input[type=file]")
        expect(page.locator("#bukti .evidence")).to_contain_text("Laporan")
    assert line.pieces[0][0] == 6 * CHUNK and len(line.pieces) == 4
    assert len(cited(session)) == 1


def test_the_queue_pauses_goes_on_removes_and_says_what_was_refused(session, operator, line, axe, keep_screenshot):
    page = operator("/bukti/unggahan", PHONE)
    line.dead = True
    choose(page, ("Satu.pdf", large(3 * CHUNK, "1")), ("Dua.pdf", large(3 * CHUNK, "2")), ("Empat.pdf", large(3 * CHUNK, "4")),
           ("Tiga.pdf", large(3 * CHUNK, "3")), into="#berkas-pustaka")
    rows = page.locator("[data-uploads-list] li")
    expect(rows).to_have_count(4)
    expect(rows.nth(3)).to_contain_text("menunggu giliran")
    expect(rows.nth(2).get_by_role("button", name="Dahulukan")).to_be_hidden()
    rows.nth(3).get_by_role("button", name="Dahulukan").click()
    expect(rows.nth(2)).to_contain_text("Tiga.pdf")
    rows.nth(3).get_by_role("button", name="Hapus").click()
    expect(rows.nth(0)).to_contain_text("Sambungan terputus")
    rows.nth(0).get_by_role("button", name="Jeda").click()
    expect(rows.nth(0)).to_contain_text("dijeda")
    rows.nth(1).get_by_role("button", name="Hapus").click()
    expect(rows).to_have_count(2)
    assert axe(page) == []
    keep_screenshot(page, "S24-berjalan")
    line.dead = False
    expect(rows.nth(1)).to_contain_text("Selesai")
    rows.nth(0).get_by_role("button", name="Lanjutkan").click()
    expect(rows.nth(0)).to_contain_text("Selesai")
    choose(page, ("palsu.pdf", b"<script>" * 100), ("baik.pdf", pdf("baik")), into="#berkas-pustaka")
    expect(rows.nth(2)).to_contain_text("tetapi isinya")
    expect(rows.nth(3)).to_contain_text("Selesai")
    page.reload()
    expect(page.locator("#isi")).to_contain_text("palsu.pdf Ditolak")
    assert axe(page) == []
    keep_screenshot(page, "S24")
    session.rollback()
    names = session.scalars(select(DocumentVersion.file_name).order_by(DocumentVersion.file_name)).all()
    assert names == ["Satu.pdf", "Tiga.pdf", "baik.pdf"]
    assert "Dua.pdf" not in session.scalars(select(Upload.file_name)).all()


def test_an_empty_file_is_refused_alone_and_the_library_takes_files_piece_by_piece(session, operator, line):
    page = operator(ITEM)
    choose(page, ("kosong.pdf", b""), ("satu.pdf", pdf("satu")))
    expect(page.get_by_text("Berkas kosong (0 byte)").first).to_be_visible()
    expect(page.get_by_role("link", name="satu", exact=True)).to_be_visible()
    page.goto("/bukti")
    quick(page)
    page.get_by_text("Tambah dokumen").click()
    before = len(line.pieces)
    choose(page, ("dua.pdf", pdf("dua")))
    expect(page.locator("[data-uploads-list]")).to_contain_text("dua.pdf")
    expect(page.locator("[data-uploads-list]")).to_contain_text(re.compile("Selesai|tersimpan", re.I))
    assert len(line.pieces) > before


def test_a_file_that_is_changed_while_it_goes_up_is_told_and_not_tried_for_ever(operator, line, tmp_path):
    page = operator(ITEM)
    line.dead = True
    file = tmp_path / "Notula.pdf"
    file.write_bytes(large(4 * CHUNK))
    page.locator("input[type=file][data-autosubmit]").first.set_input_files(file)
    row = page.locator("[data-uploads-list] li")
    expect(row).to_contain_text("Sambungan terputus")
    file.write_bytes(large(5 * CHUNK, "lain"))
    expect(row).to_contain_text("Berkas ini berubah atau tidak dapat dibaca lagi dari perangkat")


@pytest.mark.parametrize("script", ["portal.js", "uploads.js"])
def test_a_file_chosen_before_a_script_has_come_goes_up_once(session, operator, line, script):
    page = operator("/bukti")
    late: list = []
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.route(f"**/{script}*", lambda route: late.append(route))
    page.goto(ITEM, wait_until="commit")
    chooser = page.locator("input[type=file][data-autosubmit]").first
    expect(chooser).to_be_attached()
    chooser.set_input_files({"name": "Notula.pdf", "mimeType": "", "buffer": pdf("dini")})
    (route,) = late
    route.continue_()
    expect(page.locator("#bukti .evidence")).to_contain_text("Notula")
    expect(page.locator("#bukti .picker").first).to_have_class(re.compile("is-live"))
    assert bool(line.pieces) == (script == "portal.js")  # otherwise the plain form was quicker
    assert len(sent) == len(cited(session)) == 1


def test_progress_is_told_in_words_and_leaving_is_warned_about(operator, line):
    page = operator(ITEM)
    heard = page.evaluate_handle("""() => { const heard = []; new MutationObserver(() => heard.push(
        document.querySelector('[data-uploads-status]').textContent)).observe(document.querySelector('[data-uploads-status]'), {childList: true});
        return heard; }""")
    asked: list[str] = []
    page.on("dialog", lambda dialog: asked.append(dialog.type))
    choose(page, ("Notula.pdf", large(10 * CHUNK)))
    expect(page.locator("#bukti .evidence")).to_contain_text("Notula")
    told = heard.json_value()
    assert told[:9] == [f"Notula.pdf {tens}0 persen" for tens in range(1, 10)]
    line.dead = True
    choose(page, ("Lain.pdf", large(2 * CHUNK, "lain")))
    row = page.locator("[data-uploads-list] li").last
    assert re.search(r"\d,\d dari \d,\d MB", row.inner_text())
    page.goto("/akun")
    assert asked == ["beforeunload"]


def test_the_standard_client_of_tus_gets_its_file_through_and_goes_on_after_a_cut(app, session, operator, line):
    if not TUS_CLIENT.exists():
        pytest.skip(what_is_missing()["tus"])
    page = operator("/bukti/unggahan")
    page.evaluate(TUS_CLIENT.read_text())
    content = large(6 * CHUNK)
    line.cuts = 3
    ended = page.evaluate(
        """([text, chunk]) => new Promise((resolve) => {
            const place = document.querySelector('[data-uploads]').dataset;
            const file = new File([Uint8Array.from(text, c => c.charCodeAt(0))], 'Standar.pdf');
            const seen = [];
            const upload = new tus.Upload(file, {endpoint: '/unggahan', chunkSize: chunk, retryDelays: [0, 50, 100, 100, 100, 100],
                metadata: {filename: file.name}, headers: {'X-CSRFToken': place.token},
                onProgress: (sent) => seen.push(sent), onError: (error) => resolve({error: String(error)}),
                onSuccess: () => resolve({url: upload.url, last: seen.at(-1)})});
            upload.start();
        })""",
        [content.decode("latin-1"), CHUNK],
    )
    assert ended.get("last") == len(content), ended
    session.rollback()
    version = session.scalars(select(DocumentVersion)).one()
    with app.extensions["storage"].open(version.sha256) as file:
        assert file.read() == content
    session.rollback()
    aborted = page.evaluate(
        """() => new Promise((resolve) => {
            const place = document.querySelector('[data-uploads]').dataset;
            const upload = new tus.Upload(new File(['x'.repeat(100000)], 'Batal.pdf'), {endpoint: '/unggahan', chunkSize: 10000,
                metadata: {filename: 'Batal.pdf'}, headers: {'X-CSRFToken': place.token}, onError: (error) => resolve(String(error)),
                onChunkComplete: () => upload.abort(true).then(() => resolve('aborted'), (error) => resolve(String(error)))});
            upload.start();
        })"""
    )
    assert aborted == "aborted"
    session.rollback()
    assert "Batal.pdf" not in session.scalars(select(Upload.file_name)).all()
    session.rollback()
