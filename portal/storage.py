"""Evidence bytes under their SHA-256.

Order of a write, proved by killing the process in between: receive into `tmp` on the same
filesystem while hashing, fsync the file, rename it to its hash, fsync the folder; the caller
writes its row only after `keep()` has returned. What a crash can leave is an abandoned temporary
file (`sweep` removes it) or bytes without a row, never a row without bytes.
"""

import contextlib
import hashlib
import logging
import os
import re
import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Protocol, Self

from assessments.refusal import Refused
from portal import formatting

SHA256 = re.compile(r"[0-9a-f]{64}")
log = logging.getLogger(__name__)


class TooLarge(Refused):
    """More bytes than the limit allows; answered with 413."""

    def __init__(self, limit: int, *sentences: str):
        usual = (f"Berkas terlalu besar: batas satu berkas {formatting.size(limit)}."
                 " Kecilkan atau pecah berkas itu, lalu unggah lagi.")
        super().__init__(*(sentences or (usual,)))
        self.limit = limit


@dataclass(frozen=True)
class Kept:
    """What lies in the store: its name and its length in bytes."""

    sha256: str
    size: int


class Incoming:
    """A file on its way into the store: hashed and counted while it is written.

    Readable and seekable too, so that it can be looked at before it is kept. Bytes are always
    appended; once something was read, nothing more can be written. Unless `keep()` was called,
    closing it removes it.
    """

    def __init__(self, store: "FolderStorage", path: Path, limit: int | None):
        self._store = store
        self._path = path
        self._limit = limit
        self._hash = hashlib.sha256()
        self._file: BinaryIO = open(path, "xb+")  # closed by discard() or keep()
        self._sealed = False
        self.size = 0
        self.kept: Kept | None = None

    def write(self, data: bytes) -> int:
        if self._sealed:
            raise ValueError("this file is already being read or was kept")
        self.size += len(data)
        if self._limit is not None and self.size > self._limit:
            self.discard()
            raise TooLarge(self._limit)
        self._hash.update(data)
        return self._file.write(data)

    def read(self, size: int = -1) -> bytes:
        self._sealed = True
        return self._file.read(size)

    def readline(self, size: int = -1) -> bytes:
        self._sealed = True
        return self._file.readline(size)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._sealed = True
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def writable(self) -> bool:
        return not self._sealed

    @property
    def closed(self) -> bool:
        return self._file.closed

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def keep(self) -> Kept:
        """Make it durable under its hash; only after this may a row name it."""
        if self.kept:
            return self.kept
        self._sealed = True
        kept = Kept(self.sha256, self.size)
        try:
            self._file.flush()
            os.fchmod(self._file.fileno(), 0o440)
            os.fsync(self._file.fileno())
            self._store.adopt(self._path, kept)
        except BaseException:
            self.discard()  # a failed fsync is never tried again on the same descriptor
            raise
        self._file.close()
        self.kept = kept
        return kept

    def discard(self) -> None:
        """Forget it. Nothing happens to what was already kept."""
        self._sealed = True
        if not self._file.closed:
            try:
                self._file.close()
            except OSError as error:  # a full disk says so again when the buffer is flushed
                log.warning("temporary file closed with %s", error)
        if not self.kept:
            self._path.unlink(missing_ok=True)

    close = discard

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.discard()


class Storage(Protocol):
    """All that the portal knows about where evidence lies."""

    def receive(self, limit: int | None = None) -> Incoming: ...
    def open(self, sha256: str) -> BinaryIO: ...
    def path(self, sha256: str) -> Path: ...
    def exists(self, sha256: str) -> bool: ...
    def size(self, sha256: str) -> int: ...
    def check(self, sha256: str) -> bool: ...
    def sweep(self, older_than: float) -> int: ...
    def walk(self) -> Iterator[Kept]: ...
    def healthy(self) -> bool: ...


class FolderStorage:
    """A local folder: `root/ab/cd/<sha256>`, read-only files, and `root/tmp`."""

    def __init__(self, root: str | os.PathLike[str]):
        self.root = Path(root)
        self.temporary = self.root / "tmp"
        self.temporary.mkdir(parents=True, exist_ok=True)

    def receive(self, limit: int | None = None) -> Incoming:
        """A new file on its way in, at most `limit` bytes long."""
        return Incoming(self, self.temporary / f"{secrets.token_hex(16)}.part", limit)

    def path(self, sha256: str) -> Path:
        """Where the bytes of this hash lie or would lie; no other text becomes a path."""
        if not SHA256.fullmatch(sha256):
            raise ValueError("not a SHA-256 in lowercase hexadecimal digits")
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def open(self, sha256: str) -> BinaryIO:
        return open(self.path(sha256), "rb")

    def exists(self, sha256: str) -> bool:
        return self.path(sha256).is_file()

    def size(self, sha256: str) -> int:
        return self.path(sha256).stat().st_size

    def check(self, sha256: str) -> bool:
        """Whether the bytes are there and still have the hash they are named after."""
        try:
            with open(self.path(sha256), "rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == sha256
        except FileNotFoundError:
            return False

    def sweep(self, older_than: float) -> int:
        """Remove temporary files untouched for `older_than` seconds; how many were removed."""
        removed = 0
        before = time.time() - older_than
        for path in self.temporary.iterdir():
            try:
                if path.stat().st_mtime <= before:
                    path.unlink()
                    removed += 1
            except FileNotFoundError:
                continue  # kept or discarded meanwhile
        return removed

    def walk(self) -> Iterator[Kept]:
        """Everything that is kept, in order of hash."""
        for path in sorted(self.root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*")):
            if SHA256.fullmatch(path.name):
                yield Kept(path.name, path.stat().st_size)

    def healthy(self) -> bool:
        """Whether a small file can be written, synced and removed right now."""
        probe = self.temporary / f"{secrets.token_hex(16)}.probe"
        try:
            with open(probe, "xb") as file:
                file.write(b"probe")
                file.flush()
                os.fsync(file.fileno())
            return True
        except OSError:
            return False
        finally:
            try:
                probe.unlink(missing_ok=True)
            except OSError as error:
                log.warning("probe not removed: %s", error)

    def adopt(self, temporary: Path, kept: Kept) -> None:
        """Give a complete, synced file its final name; bytes already there stay untouched."""
        target = self.path(kept.sha256)
        self._make_folder(target.parent)
        if target.exists():
            if target.stat().st_size == kept.size:
                with contextlib.suppress(FileNotFoundError):  # swept at this moment: the bytes in hand take its place
                    os.utime(target)  # whoever sweeps sees that it is wanted
                    temporary.unlink()
                    return
                os.rename(temporary, target)
                sync_folder(target.parent)
                return
            # Truncated by something outside: the bytes in hand are the proven ones.
            log.error("stored file %s had a wrong length and was restored", kept.sha256)
        os.rename(temporary, target)
        sync_folder(target.parent)

    def _make_folder(self, folder: Path) -> None:
        for level in (folder.parent, folder):
            try:
                level.mkdir()
            except FileExistsError:
                continue
            sync_folder(level.parent)


def open_storage(where: str | os.PathLike[str] | Mapping[str, Any]) -> Storage:
    """The store at a folder, or the one named by `EVIDENCE_FOLDER` in a configuration."""
    return FolderStorage(where["EVIDENCE_FOLDER"] if isinstance(where, Mapping) else where)


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
