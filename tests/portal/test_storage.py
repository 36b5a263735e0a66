"""Bytes under their hash: nothing lost, nothing half-written, no name that becomes a path."""

import hashlib
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portal.storage import FolderStorage, Kept, TooLarge, open_storage

MIB = 1024 * 1024


@pytest.fixture
def store(tmp_path):
    return FolderStorage(tmp_path / "evidence")


def keep(store, content: bytes) -> Kept:
    with store.receive() as incoming:
        incoming.write(content)
        return incoming.keep()


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_what_is_kept_lies_under_its_hash_and_can_only_be_read(store):
    content = os.urandom(3 * MIB)
    kept = keep(store, content)
    digest = hashlib.sha256(content).hexdigest()
    assert kept == Kept(digest, len(content))
    path = store.root / digest[:2] / digest[2:4] / digest
    assert store.path(digest) == path
    assert stat.S_IMODE(path.stat().st_mode) == 0o440
    assert (store.exists(digest), store.size(digest), store.check(digest)) == (True, 3 * MIB, True)
    assert list(store.walk()) == [kept]
    assert files_in(store.temporary) == []


def test_fi_08_fifty_files_come_back_byte_for_byte(store):
    sent = [os.urandom(n * 1501) + bytes([n]) for n in range(50)]
    kept = [keep(store, content) for content in sent]
    for content, one in zip(sent, kept, strict=True):
        assert one.sha256 == hashlib.sha256(content).hexdigest()
        with store.open(one.sha256) as file:
            assert file.read() == content
    assert sorted(kept, key=lambda one: one.sha256) == list(store.walk())


def test_fi_01_the_limit_holds_while_bytes_arrive_and_leaves_nothing(store):
    incoming = store.receive(limit=2 * MIB)
    incoming.write(bytes(2 * MIB))
    with pytest.raises(TooLarge) as refused:
        incoming.write(b"x")
    assert "2 MB" in refused.value.sentences[0]
    assert files_in(store.root) == []


def test_fi_01_exactly_the_limit_is_accepted(store):
    with store.receive(limit=MIB) as incoming:
        incoming.write(bytes(MIB))
        assert incoming.keep().size == MIB


@pytest.mark.parametrize(
    "name",
    ["../../portal.sqlite", "/etc/passwd", "CON", "", "a" * 63, "a" * 65, "A" * 64, "g" * 64, "../" + "a" * 61, "a" * 64 + "\n", "a" * 64 + "\0"],
)
def test_fi_03_only_a_hash_becomes_a_path(store, name):
    for ask in (store.path, store.open, store.exists, store.size, store.check):
        with pytest.raises(ValueError, match="SHA-256"):
            ask(name)
    assert files_in(store.root.parent) == []


def test_the_same_bytes_twice_are_one_file_which_is_not_written_again(store):
    first = keep(store, b"surat keputusan")
    before = store.path(first.sha256).stat()
    assert keep(store, b"surat keputusan") == first
    after = store.path(first.sha256).stat()
    assert (before.st_ino, before.st_size) == (after.st_ino, after.st_size)  # its day is new: a sweep lets it be
    assert files_in(store.temporary) == []


def test_a_stored_file_that_lost_its_end_is_restored_by_the_same_upload(store):
    kept = keep(store, b"laporan lengkap")
    path = store.path(kept.sha256)
    path.unlink()
    path.write_bytes(b"laporan")
    assert not store.check(kept.sha256)
    keep(store, b"laporan lengkap")
    assert store.check(kept.sha256)


def test_a_changed_byte_is_found(store):
    kept = keep(store, b"nilai 3")
    path = store.path(kept.sha256)
    path.chmod(0o640)
    path.write_bytes(b"nilai 5")
    assert not store.check(kept.sha256)
    assert not store.check(hashlib.sha256(b"tidak ada").hexdigest())


def test_what_is_not_kept_disappears(store):
    with store.receive() as incoming:
        incoming.write(b"batal")
        assert len(files_in(store.temporary)) == 1
    assert files_in(store.root) == []


def test_it_can_be_looked_at_before_it_is_kept_but_not_written_afterwards(store):
    with store.receive() as incoming:
        incoming.write(b"%PDF-1.7 isi")
        incoming.seek(0)
        assert incoming.read(8) == b"%PDF-1.7"
        with pytest.raises(ValueError):
            incoming.write(b"tambahan")
        kept = incoming.keep()
        assert incoming.keep() is kept
    assert store.check(kept.sha256)


def test_the_name_appears_only_after_the_bytes_are_safe(store, monkeypatch):
    calls = []
    real = {name: getattr(os, name) for name in ("fsync", "rename")}

    def fsync(descriptor):
        what = "folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file"
        calls.append((f"fsync {what}", os.readlink(f"/proc/self/fd/{descriptor}")))
        real["fsync"](descriptor)

    def rename(old, new):
        calls.append(("rename", str(new)))
        real["rename"](old, new)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "rename", rename)
    kept = keep(store, b"urutan")
    target = store.path(kept.sha256)
    assert calls[0][0] == "fsync file"
    assert calls[-2:] == [("rename", str(target)), ("fsync folder", str(target.parent))]
    assert {name for step, name in calls[1:-2] if step == "fsync folder"} == {str(store.root), str(target.parent.parent)}


@pytest.mark.parametrize("step", ["fsync", "rename"])
def test_op_02_a_failing_disk_leaves_neither_a_name_nor_a_temporary_file(store, monkeypatch, step):
    def fail(*_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(OSError, match="Input/output"):
        keep(store, b"tidak tersimpan")
    assert files_in(store.root) == []


KILLED = """
import os, signal, sys
sys.path.insert(0, sys.argv[2])
from portal.storage import FolderStorage
os.rename = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
incoming = FolderStorage(sys.argv[1]).receive()
incoming.write(b"x" * 100_000)
incoming.keep()
"""


def test_killed_before_the_rename_leaves_only_what_the_sweep_removes(store):
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", KILLED, str(store.root), str(root)], check=False)
    assert done.returncode == -signal.SIGKILL
    left = files_in(store.root)
    assert [path.parent for path in left] == [store.temporary]
    assert list(store.walk()) == []
    assert store.sweep(older_than=3600) == 0, "an upload of this hour may still be running"
    os.utime(left[0], (time.time() - 7200, time.time() - 7200))
    assert store.sweep(older_than=3600) == 1
    assert files_in(store.root) == []


def test_it_says_whether_it_can_be_written(store, monkeypatch):
    assert store.healthy()
    assert files_in(store.root) == []

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert not store.healthy()
    assert files_in(store.root) == []


def test_it_opens_from_a_configuration_or_a_path(tmp_path):
    assert open_storage(tmp_path / "a").healthy()
    assert open_storage({"EVIDENCE_FOLDER": tmp_path / "b"}).healthy()
    assert (tmp_path / "b" / "tmp").is_dir()
