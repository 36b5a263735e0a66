"""OP-02, OP-10, OP-12: what breaks while evidence is opened, drawn or kept leaves the whole or nothing, and a clear word."""

import errno
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from sqlalchemy import event, select
from sqlalchemy.engine import Engine

from assessments.models import Blob, Document, Job
from portal import evidence_jobs, housekeeping, previews, reading
from portal.fsck import examine
from portal.jobs import run_due
from tests.portal import files
from tests.portal.agency_pages import answer, as_operator, begun, pdf, upload


@pytest.fixture
def where(client, session):
    made = begun(session)
    as_operator(client, session, made)
    return made


def blob_of(session) -> Blob:
    session.rollback()
    session.expire_all()
    return session.scalars(select(Blob)).one()


def test_a_worker_killed_while_it_opens_a_file_is_followed_by_one_that_does(client, session, where, monkeypatch):
    upload(client, where.item(), ("a.pdf", files.pdf_of(2)))

    def dies(*_arguments):
        raise MemoryError

    monkeypatch.setattr(evidence_jobs, "read_facts", dies)
    run_due()
    assert blob_of(session).reading_note is None
    session.rollback()
    assert "Sedang dibuka" in client.get("/bukti").get_data(as_text=True)
    monkeypatch.undo()
    session.scalars(select(Job).where(Job.kind == "read_evidence")).one().not_before = None
    session.commit()
    run_due()
    assert blob_of(session).reading_note == "Terbaca, 2 halaman; tanpa teks yang dapat dicari, mungkin hasil pindai"


def test_a_drawing_that_is_killed_leaves_a_draft_that_is_swept(app, tmp_path, monkeypatch):
    path = tmp_path / "besar.pdf"
    path.write_bytes(files.pdf_of(150))
    program = (
        "import sys; sys.path.insert(0, '.')\n"
        "from pathlib import Path\nfrom portal import previews\n"
        f"previews.draw(Path({str(tmp_path)!r}), Path({str(path)!r}), 'a' * 64, 'application/pdf', 150)"
    )
    worker = subprocess.Popen([sys.executable, "-c", program], start_new_session=True)
    until = time.monotonic() + 20
    while not list(tmp_path.glob("previews/tmp-*/1.jpg")) and time.monotonic() < until:
        time.sleep(0.02)
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    assert not previews.place(tmp_path, "a" * 64).exists()
    (draft,) = (tmp_path / "previews").glob("tmp-*")
    previews.sweep(tmp_path, 3600)
    assert draft.exists()
    os.utime(draft, (0, 0))
    previews.sweep(tmp_path, 3600)
    assert not draft.exists()


def test_the_reading_program_that_is_killed_leaves_a_word_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "a.pdf"
    path.write_bytes(files.pdf_of(1))
    monkeypatch.setattr(reading.sys, "executable", "/bin/false")
    assert reading.read_facts(path, "application/pdf") == reading.UNREAD


def test_OP_12_a_disk_that_is_full_in_the_middle_leaves_nothing_and_says_so(app, client, session, where, monkeypatch):
    from portal import storage

    def full(*_arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(storage.os, "fsync", full)
    answered = upload(client, where.item(), ("a.pdf", pdf()))
    assert answered.status_code == 507 and "Ruang simpan server penuh" in answered.get_data(as_text=True)
    monkeypatch.undo()
    session.rollback()
    assert session.scalar(select(Document.id)) is None
    found = examine(session, app.extensions["storage"])
    assert not found.lost and not found.leftovers and not list(app.extensions["storage"].temporary.iterdir())


@pytest.fixture
def read_only_database(app):
    """Every connection refuses to write, as a database on a disk that was mounted read-only does."""
    on_sqlite = app.config["SETTINGS"].database.startswith("sqlite")

    def refuse(connection):
        connection.exec_driver_sql("PRAGMA query_only=ON" if on_sqlite else "SET TRANSACTION READ ONLY")

    def again(connection, _record):
        if on_sqlite:
            connection.execute("PRAGMA query_only=OFF")

    event.listen(Engine, "begin", refuse)
    event.listen(app_engine(app), "checkin", again)
    yield
    event.remove(Engine, "begin", refuse)


def app_engine(app):
    with app.app_context():
        return app.extensions["sqlalchemy"].engine


def test_OP_12_with_a_read_only_database_pages_work_and_saves_keep_the_text(client, session, where, read_only_database):
    assert client.get(where.item()).status_code == 200
    answered = answer(client, where.item(), facts="Diketik saat basis data terkunci.")
    text = answered.get_data(as_text=True)
    assert answered.status_code in (503, 507) and "Diketik saat basis data terkunci." in text
    assert upload(client, where.item(), ("a.pdf", pdf())).status_code in (503, 507)


def test_bytes_whose_row_never_came_are_an_orphan_and_no_more(app, client, session, where, monkeypatch):
    from portal.blueprints.agency import citations

    def dies(*_arguments, **_more):
        raise RuntimeError("between the bytes and the row")

    monkeypatch.setattr(citations.library, "remember_blob", dies)
    assert upload(client, where.item(), ("a.pdf", pdf())).status_code == 500
    monkeypatch.undo()
    session.rollback()
    found = examine(session, app.extensions["storage"])
    assert not found.lost and len(found.orphans) == 1
    assert upload(client, where.item(), ("a.pdf", pdf())).status_code == 302
    session.rollback()
    assert not examine(session, app.extensions["storage"]).leftovers


def test_the_hourly_round_asks_the_scanner_about_what_was_there_before(app, client, session, where, monkeypatch):
    upload(client, where.item(), ("a.pdf", files.pdf_of(1)))
    run_due()
    assert blob_of(session).scan_state == "none"
    session.rollback()
    settings = app.config["SETTINGS"].model_copy(update={"clamd": "127.0.0.1:9"})
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    housekeeping.tidy(app)
    assert blob_of(session).scan_state == "waiting"
    assert session.scalar(select(Job.id).where(Job.kind == "scan_evidence", Job.state == "waiting")) is not None


def test_many_bombs_at_once_stay_within_the_memory_of_their_programs(tmp_path):
    """Each program has its own limit; the worker that starts them grows by nothing."""
    import resource

    path = tmp_path / "banjir.png"
    path.write_bytes(files.flood(9_000, 11_000))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    threads = [
        threading.Thread(target=previews.draw, args=(tmp_path, path, letter * 64, "image/png", 1)) for letter in "abc"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 * 1024
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < previews.MEMORY // 1024
