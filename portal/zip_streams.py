"""A ZIP that is sent while it is made: never whole in memory, never on disk.

`zipfile` of the standard library writes to anything that cannot seek; here it writes to a pocket that is emptied after each
chunk. Files are stored as they are (PDF, pictures and videos do not get smaller), so the length is known before the first
byte: a browser shows how far it is, and an archive that ends early is seen as a failed download and never taken for a whole.
"""

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

CHUNK = 256 * 1024
# What `zipfile` writes around a stored file: local head, descriptor behind it, entry of the directory; and the end.
AROUND_FILE, AT_THE_END = 30 + 16 + 46, 22
PLAIN_SIZE = 2_000_000_000  # beyond this the 64-bit forms begin, whose length is not foretold here
MOST_FILES = 65_000


class Damaged(RuntimeError):
    """Bytes that are not what their name in the store says: the archive ends here, unfinished."""


@dataclass(frozen=True)
class Member:
    """One file of the archive: its path inside, its length in bytes, and how its bytes are opened.

    With `sha256` the bytes are compared while they pass.
    """

    path: str
    size: int
    opened: Callable[[], BinaryIO]
    sha256: str | None = None


def text_member(path: str, text: str) -> Member:
    """A text of our own as a file, with the line ends and the mark that Windows programs look for."""
    content = ("\ufeff" + text.replace("\r\n", "\n").replace("\n", "\r\n")).encode("utf-8", "replace")
    return Member(path, len(content), lambda: io.BytesIO(content))


class _Pocket(io.RawIOBase):
    """Takes what is written and gives it away; cannot seek, which `zipfile` then knows."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, part) -> int:
        self._parts.append(bytes(part))
        return len(part)

    def take(self) -> bytes:
        taken, self._parts = b"".join(self._parts), []
        return taken


def length(members: Sequence[Member]) -> int | None:
    """How many bytes the archive will have; None where it is so large that it is written in another form."""
    total = AT_THE_END + sum(AROUND_FILE + 2 * len(member.path.encode()) + member.size for member in members)
    return total if total < PLAIN_SIZE and len(members) < MOST_FILES else None


def zipped(members: Sequence[Member], at: datetime) -> Iterator[bytes]:
    """The archive in chunks of at most some hundred KiB. `at` is the time all files carry, on the reader's clock.

    Raises `Damaged` in the middle when bytes are missing or wrong; closing the iterator closes what is open.
    """
    pocket = _Pocket()
    with zipfile.ZipFile(pocket, "w", zipfile.ZIP_STORED) as archive:
        for member in members:
            yield from _stored(archive, pocket, member, at)
    yield pocket.take()


def _stored(archive: zipfile.ZipFile, pocket: _Pocket, member: Member, at: datetime) -> Iterator[bytes]:
    entry = zipfile.ZipInfo(member.path, at.timetuple()[:6])
    entry.external_attr = 0o644 << 16
    entry.file_size = member.size
    seen, count = hashlib.sha256(), 0
    with member.opened() as source, archive.open(entry, "w") as target:
        while chunk := source.read(CHUNK):
            count += len(chunk)
            seen.update(chunk)
            target.write(chunk)
            yield pocket.take()
        if count != member.size or (member.sha256 and seen.hexdigest() != member.sha256):
            raise Damaged(f"{member.path}: {count} of {member.size} bytes, or other bytes than before")
    yield pocket.take()
