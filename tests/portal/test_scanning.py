"""FI-06: what a virus scanner says is seen everywhere, and its silence is never taken for a yes."""

import socket
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from assessments.models import Blob, Document, Job
from portal import previews
from portal.housekeeping import tidy
from portal.jobs import run_due
from portal.scanning import scan
from tests.portal import files
from tests.portal.agency_pages import as_operator, begun, upload
from tests.portal.fake_clamd import scanner


@pytest.fixture
def server():
    with scanner() as running:
        yield running


@pytest.fixture
def say(tmp_path):
    def say(content: bytes, where: str):
        path = tmp_path / "berkas"
        path.write_bytes(content)
        return scan(path, where)

    return say


@pytest.mark.parametrize(
    "content",
    [files.EICAR, files.docx(extra={"word/media/x.bin": files.EICAR}), files.zip_of(luar_zip=files.zip_of(dalam_com=files.EICAR))],
    ids=["F15-plain", "F16-docx", "F17-zip-in-zip"],
)
def test_FI_06_eicar_is_caught_wherever_it_hides(say, server, content):
    verdict = say(content, server.address)
    assert (verdict.state, verdict.found) == ("quarantined", "Eicar-Test-Signature")


def test_a_clean_file_is_clean_in_pieces_too(say, server):
    assert say(b"x" * 700_000, server.address).state == "clean"


def test_a_scanner_may_listen_on_a_socket_in_the_file_system(say, tmp_path):
    with scanner(str(tmp_path / "clamd.ctl")):
        assert say(files.EICAR, str(tmp_path / "clamd.ctl")).state == "quarantined"
        assert say(b"bersih", str(tmp_path / "clamd.ctl")).state == "clean"


@pytest.mark.parametrize("manner", ["silent", "rubbish", "size"])
def test_OP_02_an_unclear_answer_is_never_a_yes(say, server, manner):
    server.manner = manner
    assert say(b"x", server.address).state == "waiting"


def test_OP_02_a_scanner_that_is_down_makes_files_wait(say, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert say(b"x", f"127.0.0.1:{port}").state == "waiting"
    assert say(b"x", str(tmp_path / "tiada.sock")).state == "waiting"
    with pytest.raises(FileNotFoundError):
        scan(tmp_path / "tiada", str(tmp_path / "tiada.sock"))


@pytest.fixture
def scanned(app, server, monkeypatch):
    settings = app.config["SETTINGS"].model_copy(update={"clamd": server.address})
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    return server


@pytest.fixture
def where(client, session):
    made = begun(session)
    as_operator(client, session, made)
    return made


def stored(client, session, where, *file) -> str:
    assert upload(client, where.item(), file or ("perwali.pdf", files.pdf_of(2))).status_code == 302
    found = f"/bukti/{session.scalar(select(Document.id))}"
    session.rollback()
    return found


def blob_of(session) -> Blob:
    session.rollback()
    session.expire_all()
    return session.scalars(select(Blob)).one()


def test_FI_06_what_is_caught_is_seen_and_nobody_can_open_it(client, session, where, scanned):
    infected = files.docx(extra={"word/media/x.bin": files.EICAR})
    address = stored(client, session, where, "laporan.docx", infected)
    assert blob_of(session).scan_state == "waiting"
    session.rollback()
    run_due()
    assert (blob_of(session).scan_state, blob_of(session).scan_note) == ("quarantined", "Eicar-Test-Signature")
    session.rollback()
    for page in (address, where.item(), "/bukti"):
        assert "Dikarantina: pemindai virus menemukan sesuatu (Eicar-Test-Signature)" in client.get(page).get_data(as_text=True)
    for way in ("/1/berkas", "/1/halaman/1", "/1/halaman/1.jpg", "/1/halaman/1-kecil.jpg"):
        answer = client.get(address + way)
        assert answer.status_code == 409 and "dikarantina" in answer.get_data(as_text=True)


def test_a_picture_made_before_the_scanner_spoke_is_removed(app, client, session, where, scanned):
    scanned.manner = "silent"
    address = stored(client, session, where)
    run_due()
    blob = blob_of(session)
    assert (blob.scan_state, blob.previews) == ("waiting", 2)
    sha256 = blob.sha256
    session.execute(update(Job).values(not_before=datetime.now(UTC) - timedelta(seconds=1)))
    session.commit()
    assert client.get(address + "/1/halaman/1.jpg").status_code == 200
    assert "menunggu pemindaian virus" in client.get(address).get_data(as_text=True)
    scanned.manner = "right"
    monkey = files.EICAR
    path = app.extensions["storage"].path(sha256)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes() + monkey)
    run_due()
    assert blob_of(session).scan_state == "quarantined" and blob_of(session).previews is None
    assert not previews.place(app.config["EVIDENCE_FOLDER"], sha256).exists()


def test_FI_06_a_scanner_that_comes_back_is_asked_again_and_clean_is_said(client, session, where, scanned):
    scanned.manner = "silent"
    address = stored(client, session, where)
    run_due()
    session.rollback()
    job = session.scalars(select(Job).where(Job.kind == "scan_evidence", Job.state == "waiting")).one()
    assert job.not_before > datetime.now(UTC)
    job.not_before = None
    session.commit()
    scanned.manner = "right"
    run_due()
    assert blob_of(session).scan_state == "clean"
    session.rollback()
    assert "bersih dari virus" in client.get(address).get_data(as_text=True)


def test_without_a_scanner_nothing_is_said_about_viruses(client, session, where):
    address = stored(client, session, where)
    run_due()
    assert blob_of(session).scan_state == "none"
    session.rollback()
    assert "virus" not in client.get(address).get_data(as_text=True)


def test_a_file_whose_reading_failed_for_good_is_opened_again_by_the_next_tidying(app, client, session):
    where = begun(session)
    upload(as_operator(client, session, where), where.item(), ("SK.pdf", files.pdf_of(2)))
    session.execute(update(Job).values(state="failed", dedupe_key=None))
    session.commit()
    assert run_due() == 0 and session.scalars(select(Blob.reading_state)).one() == "unread"
    session.rollback()
    tidy(app)
    run_due()
    session.expire_all()
    assert session.scalars(select(Blob.reading_state)).one() == "readable"
