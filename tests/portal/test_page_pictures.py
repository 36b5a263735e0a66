"""S23: what a file turned out to be, where it stands in the queue, and pictures of its pages."""

import pytest
from sqlalchemy import select

from assessments.models import Blob, Citation, Document
from portal.evidence import first_page
from portal.jobs import run_due
from tests import builders as build
from tests.portal import files
from tests.portal.agency_pages import as_operator, begun, statements, upload


@pytest.fixture
def where(client, session):
    made = begun(session)
    as_operator(client, session, made)
    return made


@pytest.fixture
def address(client, session, where) -> str:
    upload(client, where.item(), ("perwali.pdf", files.pdf_of(3)))
    found = f"/bukti/{session.scalar(select(Document.id))}"
    session.rollback()
    return found


def test_while_it_waits_the_place_in_the_queue_is_said(client, session, where, address):
    for n in range(4):
        upload(client, where.item("I01"), (f"{n}.pdf", files.pdf_of(n + 4)))
    last = max(session.scalars(select(Document.id)))
    session.rollback()
    assert "Sedang dibuka" in client.get(address).get_data(as_text=True)
    assert "Menunggu dibuka, urutan ke-5" in client.get(f"/bukti/{last}").get_data(as_text=True)
    with statements() as seen:
        assert "urutan ke-3" in client.get("/bukti").get_data(as_text=True)
    assert len(seen) <= 10
    run_due()
    assert "Terbaca, 3 halaman" in client.get(address).get_data(as_text=True)


def test_pages_are_shown_as_pictures_and_never_the_original(client, session, where, address):
    assert "gambar halaman" not in client.get(address).get_data(as_text=True).lower()
    assert client.get(address + "/1/halaman/1.jpg").status_code == 404
    run_due()
    page = client.get(address).get_data(as_text=True)
    assert page.count("-kecil.jpg") == 3 and "Halaman 3</span>" in page
    for name in ("2.jpg", "2-kecil.jpg"):
        picture = client.get(f"{address}/1/halaman/{name}", buffered=True)
        assert picture.status_code == 200 and picture.mimetype == "image/jpeg" and picture.data.startswith(b"\xff\xd8\xff")
        assert picture.headers["Cache-Control"] == "private, no-cache"
        assert "default-src 'none'" in picture.headers["Content-Security-Policy"]
    again = client.get(f"{address}/1/halaman/2.jpg", headers={"If-None-Match": client.get(f"{address}/1/halaman/2.jpg").headers["ETag"]})
    assert again.status_code == 304 and not again.data
    shown = client.get(address + "/1/halaman/2").get_data(as_text=True)
    assert "Halaman 2 dari 3" in shown and "/1/halaman/1" in shown and "/1/halaman/3" in shown
    for missing in ("/1/halaman/4", "/1/halaman/0.jpg", "/1/halaman/4.jpg", "/2/halaman/1.jpg", "/1/halaman/99999999999999999999.jpg"):
        assert client.get(address + missing).status_code == 404
    with statements() as seen:
        client.get(address)
    assert len(seen) <= 10


def test_a_citation_of_pages_leads_to_the_picture_of_the_first(client, session, where, address):
    run_due()
    session.rollback()
    session.scalars(select(Citation)).one().locator = "halaman 2-3"
    session.commit()
    assert f"{address}/1/halaman/2\"" in client.get(where.item()).get_data(as_text=True)
    as_operator(client, session, where, "head")
    assert f'<a href="{address}/1/halaman/2">halaman 2-3</a>' in client.get(where.item()).get_data(as_text=True)


@pytest.mark.parametrize(
    ("locator", "page"),
    [("5-8", None), ("3", 3), ("hlm. 2", 2), ("Bab II, halaman 1 sampai 3", 1), ("Pasal 2 ayat 1", None), ("", None), ("menit 02.10", None),
     ("02:15", None), ("2 dokumen", None), ("Bab 3", None), ("2, bagian akhir", 2), ("halaman 0", None), ("hal 2–3", 2)],
)
def test_only_pages_are_taken_for_pages(locator, page):
    from assessments.models import DocumentVersion

    blob = Blob(sha256="a" * 64, size=1, media_type="application/pdf", previews=3, scan_state="none")
    citation = Citation(locator=locator, cited=DocumentVersion(blob=blob))
    assert first_page(citation) == page


def test_AC_pictures_follow_the_rule_of_downloads(client, session, where, address):
    run_due()
    other = build.office(session, "Operator Lain", where.city.agencies["kominfo"], "agency_operator")
    session.commit()
    build.sign_in(client, session, other)
    for way in ("/1/halaman/1", "/1/halaman/1.jpg", "/1/halaman/1-kecil.jpg"):
        assert client.get(address + way).status_code == 404


def test_warnings_are_said_in_words(client, session, where):
    upload(client, where.item(), ("skrip.pdf", files.pdf_with_script()))
    run_due()
    assert "Terbaca, 1 halaman" in client.get("/bukti").get_data(as_text=True)
    assert "memuat skrip" in client.get("/bukti").get_data(as_text=True)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("F14.docx", files.docx(extra={"word/vbaProject.bin": b"x"}), "memuat makro"),
        ("F19.docx", files.docx(rels=files.TEMPLATE), "alamat luar"),
        ("F20.png", files.flood(), "50000 x 50000 piksel"),
        ("FI-05.docx", files.docx(extra={"word/media/x.bin": bytes(100 << 20)}), "terlalu besar saat dibuka"),
    ],
    ids=["F14", "F19", "F20", "FI-05"],
)
def test_what_is_known_at_the_door_is_refused_there_with_a_reason(client, session, where, name, content, said):
    answer = upload(client, where.item(), (name, content))
    assert answer.status_code == 422 and said in answer.get_data(as_text=True)
    session.rollback()
    assert session.scalar(select(Blob.sha256)) is None
