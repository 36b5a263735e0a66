"""The web process is killed at any point of a last piece: afterwards there is all of it or nothing, and the way goes on."""

import os
import signal

import pytest
from sqlalchemy import func, select

from assessments.models import Citation, Document, DocumentVersion, Upload
from portal import housekeeping, partial
from portal.blueprints.agency import uploading as views
from portal.partial import Partial, PartialFiles
from portal.storage import FolderStorage
from tests.portal.agency_pages import as_operator, begun, pdf
from tests.portal.uploading_pages import Sender


def die(*_args, **_more):
    os.kill(os.getpid(), signal.SIGKILL)


def write_half(file, piece: bytes):
    file.write(piece[: len(piece) // 2])
    die()


def kept_then_dead(store: FolderStorage, temporary, kept):
    target = store.path(kept.sha256)
    target.parent.mkdir(parents=True)
    os.rename(temporary, target)
    die()


POINTS = {
    "while the piece is written": (partial, "_write", write_half),
    "before it is synced": (partial.os, "fsync", die),
    "before it has its name in the store": (FolderStorage, "adopt", die),
    "while it gets its name": (FolderStorage, "adopt", kept_then_dead),
    "before the row is held": (views, "_mine", die),
    "before the commit": (views.evidence_jobs, "ask_to_read", die),
    "after the commit": (Partial, "remove", die),
}


def killed(app, session, target, name: str, deed, act) -> None:
    """Do `act` in a process that dies where `deed` takes the place of a function."""
    session.rollback()
    session.remove()
    del app.extensions["test_session"]
    child = os.fork()
    if child == 0:
        try:
            with app.app_context():
                app.extensions["sqlalchemy"].engine.dispose(close=False)
            setattr(target, name, deed)
            act()
        finally:
            os._exit(0)
    _pid, status = os.waitpid(child, 0)
    app.extensions["test_session"] = session
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, "it never came to this point"


@pytest.mark.parametrize("point", POINTS)
def test_killed_in_a_last_piece_leaves_all_or_nothing_and_it_goes_on(app, client, session, point):
    where = begun(session)
    as_operator(client, session, where)
    sender, content = Sender(client), pdf("dibunuh") * 3
    store = app.extensions["storage"]
    at = sender.begin(len(content), period=where.slug, item="I12").headers["Location"]
    sender.piece(at, 0, content[:100])
    killed(app, session, *POINTS[point], lambda: sender.piece(at, 100, content[100:]))
    documents = session.scalar(select(func.count()).select_from(Document))
    there = int(sender.progress(at).headers["Upload-Offset"])
    assert (documents, there) in ((0, 100), (1, len(content)))
    assert all(store.check(one.sha256) for one in store.walk()), "what lies in the store is whole"
    last = sender.piece(at, there, content[there:])
    assert last.status_code == 204 and last.headers["Portal-State"] == "complete"
    session.rollback()
    assert [session.scalar(select(func.count()).select_from(kind)) for kind in (Document, DocumentVersion, Citation)] == [1, 1, 1]
    sha256 = session.scalar(select(DocumentVersion.sha256))
    with store.open(sha256) as file:
        assert file.read() == content
    assert oct(store.path(sha256).stat().st_mode)[-3:] == "440"
    assert [one.sha256 for one in store.walk()] == [sha256]
    session.rollback()
    for path in [*PartialFiles(store).folder.iterdir(), *store.temporary.iterdir()]:
        os.utime(path, (0, 0))
    housekeeping.tidy(app)
    assert [*PartialFiles(store).folder.iterdir(), *store.temporary.iterdir()] == []


@pytest.mark.parametrize("point", ["while the piece is written", "before it is synced"])
def test_killed_in_a_middle_piece_never_promises_what_is_not_durable(app, client, session, point):
    where = begun(session)
    as_operator(client, session, where)
    sender, content = Sender(client), pdf("tengah")
    at = sender.begin(len(content)).headers["Location"]
    sender.piece(at, 0, content[:100])
    killed(app, session, *POINTS[point], lambda: sender.piece(at, 100, content[100:200]))
    assert sender.progress(at).headers["Upload-Offset"] == "100"
    assert sender.piece(at, 100, content[100:]).headers["Portal-State"] == "complete"


def test_a_disk_that_lost_bytes_is_told_and_they_are_sent_again(app, client, session):
    where = begun(session)
    as_operator(client, session, where)
    sender, content = Sender(client), pdf()
    at = sender.begin(len(content)).headers["Location"]
    sender.piece(at, 0, content[:150])
    path = PartialFiles(app.extensions["storage"]).path(at.rpartition("/")[2])
    os.truncate(path, 120)
    assert sender.progress(at).headers["Upload-Offset"] == "120"
    assert sender.piece(at, 120, content[120:]).headers["Portal-State"] == "complete"
    session.rollback()
    assert session.scalars(select(Upload.state)).one() == "complete"


def test_OP_02_a_full_disk_is_507_and_the_piece_can_be_sent_again(app, client, session, monkeypatch):
    where = begun(session)
    as_operator(client, session, where)
    sender, content = Sender(client), pdf()
    at = sender.begin(len(content)).headers["Location"]
    sender.piece(at, 0, content[:100])

    def full(file, piece):
        file.write(piece[:20])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(partial, "_write", full)
        answer = sender.piece(at, 100, content[100:])
    assert answer.status_code == 507 and "penuh" in answer.get_json()["title"]
    assert PartialFiles(app.extensions["storage"]).size(at.rpartition("/")[2]) == 100
    assert sender.piece(at, 100, content[100:]).headers["Portal-State"] == "complete"
