"""Files that have come in part: `partial/<id>` beside the store, on its file system.

A piece is appended, synced, and only then may a row say how much there is; so the row never promises more than the disk
holds. What a crash leaves is a longer file than the row says (cut back when the next piece comes) or a file without a
row (`sweep`). One writer at a time: the file itself is locked while it is held.
"""

import fcntl
import hashlib
import hmac
import os
import re
import secrets
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from .storage import FolderStorage, Kept, sync_folder

NAME = re.compile(r"[0-9a-f]{32}")
STEP = 1024 * 1024


class Busy(Exception):
    """Somebody else is writing this file right now."""


class Gone(Exception):
    """The file was taken away while it was held."""


class Lost(Exception):
    """The disk holds less than the row says; `size` is what is there."""

    def __init__(self, size: int):
        super().__init__(size)
        self.size = size


class TooMuch(Exception):
    """More bytes came than were announced."""


class Damaged(Exception):
    """The bytes of a piece do not have the checksum that came with them."""


@dataclass(frozen=True)
class Checksum:
    algorithm: str
    digest: bytes


def new_name() -> str:
    return secrets.token_hex(16)


class Partial:
    """One file while it is held."""

    def __init__(self, path: Path, file: BinaryIO):
        self.path = path
        self.file = file

    def append(self, offset: int, pieces: Iterable[bytes], most: int, checksum: Checksum | None = None) -> int:
        """Put `pieces` after the first `offset` bytes; how long the durable file is now. All of it or nothing of it."""
        size = os.fstat(self.file.fileno()).st_size
        if size < offset:
            raise Lost(size)
        self._be_ours_alone(offset)
        file, at = self.file, offset
        found = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None
        try:
            file.truncate(offset)
            file.seek(offset)
            for piece in pieces:
                at += len(piece)
                if at > most:
                    raise TooMuch
                _write(file, piece)
                if found:
                    found.update(piece)
            if checksum and found and not hmac.compare_digest(found.digest(), checksum.digest):
                raise Damaged
            os.fsync(file.fileno())
        except BaseException:
            file.truncate(offset)
            raise
        return at

    def sha256(self) -> str:
        self.file.seek(0)
        return hashlib.file_digest(self.file, "sha256").hexdigest()

    def read(self) -> BinaryIO:
        """The same bytes, to be looked at."""
        try:
            return open(self.path, "rb")
        except FileNotFoundError:
            raise Gone from None

    def give_to(self, store: FolderStorage, kept: Kept) -> None:
        """Let the store have these bytes too, under their hash. The file stays until `remove()`."""
        also = store.temporary / f"{secrets.token_hex(16)}.part"
        try:
            os.link(self.path, also)
        except FileNotFoundError:
            raise Gone from None
        os.fchmod(self.file.fileno(), 0o440)
        store.adopt(also, kept)

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)

    def _be_ours_alone(self, offset: int) -> None:
        """Bytes the store has already (the process died before it was written down) are never written again."""
        if os.fstat(self.file.fileno()).st_nlink < 2:
            return
        copy = self.path.with_suffix(".copy")
        file = _opened(copy)
        fcntl.flock(file, fcntl.LOCK_EX)
        file.truncate(0)
        self.file.seek(0)
        left = offset
        while left and (piece := self.file.read(min(STEP, left))):
            _write(file, piece)
            left -= len(piece)
        os.fsync(file.fileno())
        os.replace(copy, self.path)
        os.fchmod(self.file.fileno(), 0o440)
        self.file.close()
        self.file = file


class PartialFiles:
    def __init__(self, store: FolderStorage):
        self.folder = store.root / "partial"

    def path(self, name: str) -> Path:
        """No other text becomes a path."""
        if not NAME.fullmatch(name):
            raise ValueError("not the name of a partial file")
        return self.folder / name

    def size(self, name: str) -> int:
        try:
            return self.path(name).stat().st_size
        except FileNotFoundError:
            return 0

    @contextmanager
    def held(self, name: str) -> Iterator[Partial]:
        """The file of this name, made where it is not there yet, for one writer."""
        path = self.path(name)
        self._make_folder()
        partial = Partial(path, _opened(path))
        try:
            try:
                fcntl.flock(partial.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy from None
            if not _is_at(partial.file, path):
                raise Busy  # taken away or replaced between opening and locking
            sync_folder(self.folder)
            yield partial
        finally:
            partial.file.close()

    def remove(self, name: str) -> None:
        self.path(name).unlink(missing_ok=True)

    def sweep(self, wanted: Collection[str], older_than: float) -> int:
        """Remove files no row speaks of that were not touched for `older_than` seconds; how many."""
        removed, before = 0, time.time() - older_than
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
            try:
                if path.name not in wanted and path.stat().st_mtime <= before:
                    path.unlink()
                    removed += 1
            except FileNotFoundError:
                continue
        return removed

    def _make_folder(self) -> None:
        try:
            self.folder.mkdir()
        except FileExistsError:
            return
        sync_folder(self.folder.parent)


def _opened(path: Path) -> BinaryIO:
    """For reading and writing, without a buffer: what was written has been handed over."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except PermissionError:  # the store had it for a moment, see `give_to`
        os.chmod(path, 0o600)
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    return open(descriptor, "rb+", buffering=0)  # type: ignore[return-value]


def _write(file: BinaryIO, piece: bytes) -> None:
    left = memoryview(piece)
    while left:
        left = left[file.write(left):]


def _is_at(file: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
