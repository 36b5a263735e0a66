"""S21: files, links and documents of the library under an answer, and who may touch them."""

import io
import threading

import pytest
from sqlalchemy import func, select

from assessments import library
from assessments.models import Blob, Citation, Document, DocumentVersion, Event
from portal import jobs
from tests import builders as build
from tests.portal.agency_pages import answer, answer_of, as_operator, begun, form_of, pdf, statements, upload


@pytest.fixture
def where(client, session):
    made = begun(session)
    as_operator(client, session, made)
    return made


def count(session, kind) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(kind))


def cited(session, where, code="I12", agency="bappeda") -> list[Citation]:
    return answer_of(session, where, code, agency).citations


def test_kinds_and_size_are_said_before_choosing(client, where):
    page = client.get(where.item()).get_data(as_text=True)
    assert "PDF, Word (.docx), Excel (.xlsx), gambar JPG, gambar PNG, video MP4; satu berkas paling besar 50 MB" in page
    assert 'accept=".pdf,.docx,.xlsx,.jpg,.jpeg,.png,.mp4"' in page and "multiple" in page


def test_several_files_are_attached_at_once_and_opened_afterwards(client, session, where):
    sent = upload(client, where.item(), ("Perwali 1.pdf", pdf("a")), ("Laporan.pdf", pdf("b")))
    assert (sent.status_code, sent.headers["Location"]) == (302, where.item() + "#bukti")
    assert [(c.letter, c.cited.document.title) for c in cited(session, where)] == [("a", "Perwali 1"), ("b", "Laporan")]
    assert "Sedang dibuka" in client.get(where.item()).get_data(as_text=True)
    session.rollback()
    assert jobs.run_due() >= 2
    page = client.get(where.item()).get_data(as_text=True)
    assert "Terbaca, 1 halaman" in page and "12.a" in page and "12.b" in page


def test_a_refused_file_says_why_and_the_others_go_on(client, session, where):
    sent = upload(client, where.item(), ("catatan.txt", b"abc"), ("baik.pdf", pdf()), ("palsu.pdf", b"<script>"),
                  ("kosong.pdf", b""))
    assert sent.status_code == 302
    page = client.get(where.item()).get_data(as_text=True)
    assert "1 berkas dilampirkan." in page
    assert "catatan.txt: Berkas berakhiran .txt" in page
    assert "palsu.pdf: Berkas bernama .pdf, tetapi isinya" in page
    assert "kosong.pdf: Berkas kosong (0 byte)." in page
    assert count(session, Blob) == 1


def test_FI_02_content_that_is_not_what_the_name_says_is_refused_and_nothing_is_stored(app, client, session, where):
    for name, content in (("a.pdf", b"<html><script>alert(1)</script>"), ("b.png", b"<svg onload='alert(1)'/>"),
                          ("c.docx", b"<html>"), ("d.pdf.exe", pdf()), ("e", pdf()), ("f.svg", b"<svg/>")):
        sent = upload(client, where.item(), (name, content))
        assert sent.status_code == 422, name
        assert "Kesalahan" in sent.get_data(as_text=True)
    assert (count(session, Blob), count(session, Document)) == (0, 0)
    assert list(app.extensions["storage"].walk()) == []


def test_FI_02_the_stored_type_is_what_was_found_not_what_was_claimed(client, session, where):
    fields = form_of(client, where.item(), "jawaban")
    part = (io.BytesIO(pdf()), "a.pdf", "text/html")
    assert client.post(where.item() + "/bukti", data=fields | {"files": part}).status_code == 302
    assert session.scalar(select(Blob.media_type)) == "application/pdf"


def test_FI_01_a_file_over_the_limit_is_refused_while_it_streams(make_app, session, where):
    small = make_app(evidence_max_mb=1)
    client = build.sign_in(small.test_client(), session, where.city.people["operator"])
    fields = form_of(client, where.item(), "jawaban")
    head = "".join(f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in fields.items())
    head += '--x\r\nContent-Disposition: form-data; name="files"; filename="besar.pdf"\r\n\r\n'
    body = head.encode() + pdf() + b"\0" * 3_000_000 + b"\r\n--x--\r\n"
    sent = client.post(where.item() + "/bukti", data=body, content_type="multipart/form-data; boundary=x")
    assert sent.status_code == 413
    assert "paling besar 1 MB" in sent.get_data(as_text=True) or "batas satu berkas 1 MB" in sent.get_data(as_text=True)
    assert count(session, Blob) == 0
    assert list(small.extensions["storage"].temporary.iterdir()) == []


P = ["../../app.db.pdf", "..\\..\\x.pdf", "/etc/passwd.pdf", "C:\\x.pdf", "%2e%2e%2fx.pdf", "CON.pdf", "a" * 250 + ".pdf",
     "laporan\u202efdp.pdf", "cafe\u0301.pdf", "\U0001f600.pdf", "a%22';.pdf", "<img src=x onerror=alert(1)>.pdf",
     "=cmd|' C calc'!A0.pdf", "-rf.pdf", ". .pdf"]


@pytest.mark.parametrize("name", P, ids=ascii)
def test_FI_03_no_name_becomes_a_path_or_markup(app, client, session, where, name):
    assert upload(client, where.item(), (name, pdf())).status_code == 302
    version = session.scalar(select(DocumentVersion))
    assert version.file_name.endswith(".pdf") and not set(version.file_name) & set('/\\<>:"|?*\u202e\r\n')
    assert not version.file_name.startswith(("=", "-", "."))
    assert [kept.sha256 for kept in app.extensions["storage"].walk()] == [version.sha256]
    assert "<img src=x" not in client.get(where.item()).get_data(as_text=True)


def test_the_same_bytes_of_the_own_library_are_used_again_and_said_so(client, session, where):
    upload(client, where.item("I01"), ("Perwali.pdf", pdf("sama")))
    assert upload(client, where.item(), ("Lain nama.pdf", pdf("sama"))).status_code == 302
    assert "sudah ada di pustaka sebagai “Perwali”" in client.get(where.item()).get_data(as_text=True)
    assert (count(session, Document), len(cited(session, where))) == (1, 1)
    again = upload(client, where.item(), ("Lagi.pdf", pdf("sama")))
    assert again.status_code == 422 and "sudah dilampirkan" in again.get_data(as_text=True)


def test_the_same_bytes_of_another_agency_are_never_mentioned(client, session, where):
    upload(client, where.item(), ("Rahasia.pdf", pdf("sama")))
    build.opened(session, where.city, slug="2026-gladi", title="Gladi", track="rehearsal", agency="dinkes")
    as_operator(client, session, where, "operator_other")
    page = "/penilaian/2026-gladi/indikator/I12"
    assert upload(client, page, ("Punya saya.pdf", pdf("sama"))).status_code == 302
    assert "Rahasia" not in client.get(page).get_data(as_text=True)
    assert (count(session, Document), count(session, Blob)) == (2, 1)


def test_no_file_at_all_is_said(client, where):
    fields = form_of(client, where.item(), "jawaban")
    sent = client.post(where.item() + "/bukti", data=fields | {"files": (io.BytesIO(b""), "")})
    assert sent.status_code == 422 and "Pilih berkas dulu." in sent.get_data(as_text=True)


def test_a_locked_item_takes_no_file_and_reads_none(client, session, where):
    fields = form_of(client, where.item(), "jawaban")
    build.ready(session, where.city, where.period)
    sent = client.post(where.item() + "/bukti", data=fields | {"files": (io.BytesIO(pdf("telat")), "a.pdf")})
    assert sent.status_code == 409 and "terkunci" in sent.get_data(as_text=True)
    assert session.scalar(select(func.count()).select_from(Document)) == 2


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "ftp://a/b", "https://", "//x",
                                 "http://user:pw@x/", "https://a b/", "https://x\u202e/", "http://[::1", "x" * 1200, ""],
                         ids=lambda url: ascii(url[:14]))
def test_IN_06_only_plain_web_addresses_become_links(client, session, where, url):
    fields = form_of(client, where.item(), "jawaban")
    sent = client.post(where.item() + "/tautan", data=fields | {"title": "Perda", "url": url})
    page = sent.get_data(as_text=True)
    assert sent.status_code == 422 and "Kesalahan" in page
    assert 'value="Perda"' in page
    assert f'href="{url}"' not in page or not url
    assert count(session, Document) == 0


def test_IN_06_a_link_is_kept_as_text_and_sent_once(client, session, where):
    fields = form_of(client, where.item(), "jawaban") | {"title": "JDIH", "url": "http://169.254.169.254/latest"}
    assert [client.post(where.item() + "/tautan", data=fields).status_code for _ in range(2)] == [302, 302]
    assert count(session, Document) == 1
    assert 'href="http://169.254.169.254/latest"' in client.get(where.item()).get_data(as_text=True)


def test_a_document_of_the_library_is_attached_once(client, session, where):
    upload(client, where.item("I01"), ("Perwali.pdf", pdf()))
    document = session.scalar(select(Document.id))
    fields = form_of(client, where.item(), "jawaban")
    assert client.post(where.item() + "/pustaka", data=fields | {"document": str(document)}).status_code == 302
    sent = client.post(where.item() + "/pustaka", data=fields | {"document": str(document)})
    assert sent.status_code == 422 and "sudah dilampirkan" in sent.get_data(as_text=True)
    for wrong in ("", "0", "-1", "01", "1 ", "1.0", "x"):
        assert client.post(where.item() + "/pustaka", data=fields | {"document": wrong}).status_code == 422
    assert client.post(where.item() + "/pustaka", data=fields | {"document": "9999999999"}).status_code == 404


def described(client, session, where, **fields):
    one = cited(session, where)[0]
    names = {f"r{one.id}-{name}": value for name, value in fields.items()}
    action = f"{where.item()}/rujukan/{one.id}"
    return client.post(action, data=form_of(client, where.item(), "jawaban") | names)


def test_a_citation_says_where_to_look_what_it_proves_and_what_the_document_is(client, session, where):
    upload(client, where.item(), ("Perwali.pdf", pdf()))
    sent = described(client, session, where, locator="hlm. 5-8", levels=["2", "3"], number="12 Tahun 2024",
                     dated="2024-03-01", effective_on="01-07-2024")
    assert sent.status_code == 302
    one = cited(session, where)[0]
    assert (one.locator, one.levels, one.cited.number) == ("hlm. 5-8", [2, 3], "12 Tahun 2024")
    assert (one.cited.dated.isoformat(), one.cited.effective_on.isoformat()) == ("2024-03-01", "2024-07-01")
    revisions = answer_of(session, where).revision_n
    described(client, session, where, locator="hlm. 5-8", levels=["2", "3"], number="12 Tahun 2024",
              dated="2024-03-01", effective_on="2024-07-01")
    assert answer_of(session, where).revision_n == revisions, "nothing changed, so nothing is remembered"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"levels": ["9"]}, "Tingkat yang ditunjang tidak dikenal."),
        ({"levels": ["²"]}, "Tingkat yang ditunjang tidak dikenal."),
        ({"dated": "kemarin"}, "Tanggal dokumen tidak dapat dibaca."),
        ({"dated": "2024-02-30"}, "Tanggal dokumen tidak dapat dibaca."),
        ({"effective_on": "0001-01-01"}, "Berlaku sejak tidak dapat dibaca."),
        ({"locator": "x" * 121}, "Halaman, bab, atau waktu terlalu panjang"),
        ({"number": "1\x00"}, "karakter yang tidak dapat ditampilkan"),
        ({"number": "x" * 81}, "Nomor dokumen terlalu panjang"),
    ],
)
def test_a_wrong_description_stays_in_its_form(client, session, where, fields, sentence):
    upload(client, where.item(), ("Perwali.pdf", pdf()))
    sent = described(client, session, where, **({"locator": "tetap ada"} | fields))
    page = sent.get_data(as_text=True)
    assert sent.status_code == 422 and sentence in page
    assert "tetap ada" in page or "locator" in fields
    assert (cited(session, where)[0].levels, cited(session, where)[0].cited.number) == ([], None)


def test_what_was_vouched_for_keeps_its_number(client, session, where):
    """A document of a closed round says for ever what the head signed."""
    build.accepted(session, where.city, where.period)
    session.commit()
    document = cited(session, where)[0].document_id
    build.opened(session, where.city, slug="2026-gladi", title="Gladi", track="rehearsal")
    session.commit()
    page = "/penilaian/2026-gladi/indikator/I12"
    client.post(page + "/pustaka", data=form_of(client, page, "jawaban") | {"document": str(document)})
    one = max(session.scalars(select(Citation.id)))
    names = {f"r{one}-number": "Diubah", f"r{one}-locator": "hlm. 2"}
    sent = client.post(f"{page}/rujukan/{one}", data=form_of(client, page, "jawaban") | names)
    assert sent.status_code == 422 and "isian yang sudah terkunci" in sent.get_data(as_text=True)


def test_detaching_leaves_the_document_in_the_library_and_never_gives_the_letter_again(client, session, where):
    upload(client, where.item(), ("Perwali.pdf", pdf()))
    one = cited(session, where)[0].id
    fields = form_of(client, where.item(), "jawaban")
    assert client.post(f"{where.item()}/rujukan/{one}/lepas", data=fields).status_code == 302
    assert cited(session, where) == [] and count(session, Document) == 1
    upload(client, where.item(), ("Baru.pdf", pdf("baru")))
    assert cited(session, where)[0].letter == "b"


def test_a_ready_item_is_open_again_when_its_evidence_changes(client, session, where):
    build.answered(session, where.city, where.period, "I12")
    session.commit()
    assert answer_of(session, where).state == "ready"
    upload(client, where.item(), ("Tambahan.pdf", pdf()))
    assert answer_of(session, where).state == "filling"


def test_AC_14_a_citation_of_another_item_does_not_exist_under_this_one(client, session, where):
    upload(client, where.item("I01"), ("Perwali.pdf", pdf()))
    upload(client, where.item(), ("Lain.pdf", pdf("lain")))
    foreign = cited(session, where, "I01")[0].id
    fields = form_of(client, where.item(), "jawaban")
    for action in (f"/rujukan/{foreign}", f"/rujukan/{foreign}/lepas", "/rujukan/0", "/rujukan/99999999999999999999"):
        assert client.post(where.item() + action, data=fields).status_code == 404, action
    assert len(cited(session, where, "I01")) == 1


def test_AC_03_nobody_else_writes_under_this_answer(client, session, where):
    upload(client, where.item(), ("Perwali.pdf", pdf()))
    one, document = cited(session, where)[0].id, session.scalar(select(Document.id))
    wishes = {"": {"value": "5"}, "/bukti": {}, "/tautan": {"url": "https://x.id", "title": "x"},
              "/pustaka": {"document": str(document)}, f"/rujukan/{one}": {}, f"/rujukan/{one}/lepas": {}}
    events = count(session, Event)
    for who, status in (("head", 403), ("operator_other", 404), ("round_manager", 404), ("system_admin", 404)):
        as_operator(client, session, where, who)
        fields = form_of(client, "/beranda", part="keluar")
        for opd in ("", "?opd=bappeda"):
            for action, more in wishes.items():
                expected = 403 if opd and who in ("round_manager", "system_admin") else status
                got = client.post(where.item() + action + opd, data=fields | more).status_code
                assert got == expected, (who, opd, action)
    assert (len(cited(session, where)), count(session, Event)) == (1, events)
    assert answer_of(session, where).value is None


def test_AC_03_a_foreign_document_cannot_be_attached(client, session, where):
    foreign = build.document(session, where.city.agencies["dinkes"], where.city.actor("operator_other"))
    number = foreign.document_id
    fields = form_of(client, where.item(), "jawaban")
    assert client.post(where.item() + "/pustaka", data=fields | {"document": str(number)}).status_code == 404
    assert cited(session, where) == []


def test_a_newer_version_is_taken_over_only_on_request(client, session, where):
    upload(client, where.item(), ("Perwali.pdf", pdf()))
    one = cited(session, where)[0]
    blob = library.remember_blob(session, "0" * 64, 3, "application/pdf")
    session.flush()
    library.add_version(one.cited.document, where.city.actor("operator"), blob=blob, file_name="baru.pdf")
    session.commit()
    page = client.get(where.item()).get_data(as_text=True)
    assert "Ada versi 2 di pustaka" in page and cited(session, where)[0].n == 1
    described(client, session, where)
    fields = form_of(client, where.item(), "jawaban") | {"then": "newest"}
    assert client.post(f"{where.item()}/rujukan/{one.id}", data=fields).status_code == 302
    assert cited(session, where)[0].n == 2


def test_a_page_with_fifteen_citations_costs_as_many_statements_as_one_with_one(client, session, where):
    page, counts = where.item(), []
    for batch in (1, 14):
        upload(client, page, *[(f"{batch}-{n}.pdf", pdf(f"{batch}-{n}")) for n in range(batch)])
        client.get(page)
        with statements() as seen:
            assert client.get(page).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 10
    answer(client, page)
    with statements() as seen:
        client.get("/penilaian/2026/periksa")
    assert len(seen) <= 10


def test_files_that_arrive_at_one_item_at_the_same_moment_are_all_attached(app, client, session, where):
    page = where.item()
    fields, cookie = form_of(client, page, "jawaban"), client.get_cookie("portal").value
    session.rollback()
    statuses, barrier = [], threading.Barrier(6)

    def send(n: int) -> None:
        own = app.test_client()
        own.set_cookie("portal", cookie)
        barrier.wait()
        sent = own.post(page + "/bukti", data=fields | {"files": (io.BytesIO(pdf(str(n))), f"{n}.pdf")})
        statuses.append(sent.status_code)

    del app.extensions["test_session"]
    threads = [threading.Thread(target=send, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    app.extensions["test_session"] = session
    assert statuses == [302] * 6
    assert sorted(c.letter for c in cited(session, where)) == list("abcdef")


def test_text_typed_beside_an_upload_stays_on_the_page_and_can_be_saved(client, session, where, site, page_at, tmp_path):
    (tmp_path / "Perwali.pdf").write_bytes(pdf())
    address, cookie = where.item(), client.get_cookie("portal").value
    session.rollback()
    page = page_at(1366)
    page.context.add_cookies([{"name": "portal", "value": cookie, "url": site}])
    page.goto(address)
    page.fill("#facts", "Belum disimpan.")
    page.set_input_files("input[type=file]", tmp_path / "Perwali.pdf")
    page.wait_for_selector("text=12.a")
    assert page.input_value("#facts") == "Belum disimpan."
    page.check("#value-1")
    page.keyboard.press("Control+s")
    page.wait_for_selector("text=Indikator 12 tersimpan.")
    stored = answer_of(session, where)
    assert (stored.facts, stored.value) == ("Belum disimpan.", 2)
