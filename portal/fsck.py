"""The store beside the rows: what is missing, damaged or of another length, and what lies there that nobody names.

Nothing is changed by looking. `sweep` takes away what no row names and nobody touched for a while; it takes a file out of
its place first and looks again before it is gone, so that an upload of the same bytes at that moment loses nothing.
"""

import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessments.models import Blob, DocumentVersion, MeetingPhoto, PrintedPaper, Upload

from . import previews
from .extensions import only_reading
from .storage import FolderStorage

GRACE_S = 24 * 3600


@dataclass
class Findings:
    """Hashes or names, in order."""

    checked: int = 0
    missing: list[str] = field(default_factory=list)  # a row, no bytes
    damaged: list[str] = field(default_factory=list)  # bytes with another hash
    wrong_size: list[str] = field(default_factory=list)  # bytes of another length
    short_uploads: list[str] = field(default_factory=list)  # an upload under way, less on disk than its row says
    unnamed_rows: list[str] = field(default_factory=list)  # a row of bytes no document names
    orphans: list[str] = field(default_factory=list)  # bytes, no row
    partials: list[str] = field(default_factory=list)  # part of an upload, no row
    pictures: list[str] = field(default_factory=list)  # pictures of bytes nobody knows, or that are quarantined
    strangers: list[str] = field(default_factory=list)  # files that are none of ours

    @property
    def lost(self) -> bool:
        return bool(self.missing or self.damaged or self.wrong_size or self.short_uploads)

    @property
    def leftovers(self) -> bool:
        return bool(self.orphans or self.partials or self.pictures or self.unnamed_rows or self.strangers)


def examine(session: Session, store: FolderStorage, *, hashes: bool = True, progress: Callable[[int], None] | None = None) -> Findings:
    """Compare; with `hashes` every file is read from end to end. No transaction is open meanwhile."""
    # Files first: what arrives after that has its row by the time rows are read, or belongs to a file not seen here.
    kept = {each.sha256: each.size for each in store.walk()}
    partial = _sizes(store.root / "partial")
    pictured = list(previews.walk(store.root))
    rows, quarantined, named, coming = _rows(session)
    found = Findings(checked=len(rows))
    for number, (sha256, size) in enumerate(sorted(rows.items())):
        if progress:
            progress(number)
        try:
            length = store.size(sha256)
        except FileNotFoundError:
            found.missing.append(sha256)
            continue
        if length != size:
            found.wrong_size.append(sha256)
        elif hashes and not store.check(sha256):
            found.damaged.append(sha256)
    found.unnamed_rows = sorted(rows.keys() - named)
    found.orphans = sorted(kept.keys() - rows.keys())
    found.partials = sorted(partial.keys() - coming.keys())
    found.short_uploads = sorted(name for name, received in coming.items() if _length(store, name) < received)
    found.pictures = sorted(each for each in pictured if each not in rows or each in quarantined)
    found.strangers = sorted(_strangers(store))
    return found


def _rows(session: Session):
    with only_reading():
        rows, quarantined = {}, set()
        for sha256, size, state in session.execute(select(Blob.sha256, Blob.size, Blob.scan_state)):
            rows[sha256] = size
            if state == "quarantined":
                quarantined.add(sha256)
        named = set(session.scalars(select(DocumentVersion.sha256).where(DocumentVersion.sha256.is_not(None)).distinct()))
        named |= set(session.scalars(select(MeetingPhoto.sha256).distinct()))
        for sha256, size in session.execute(select(PrintedPaper.sha256, PrintedPaper.size)):
            rows[sha256] = size
            named.add(sha256)
        coming = dict(session.execute(select(Upload.id, Upload.received).where(Upload.state == "receiving")).all())
        session.rollback()
    return rows, quarantined, named, coming


def _sizes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in folder.iterdir()} if folder.is_dir() else {}


def _length(store: FolderStorage, name: str) -> int:
    try:
        return (store.root / "partial" / name).stat().st_size
    except FileNotFoundError:
        return 0


def _strangers(store: FolderStorage) -> Iterable[str]:
    """Files in the folders of the store whose name or place no file of ours has."""
    for path in store.root.glob("[0-9a-f][0-9a-f]/*/*"):
        try:
            ours = store.path(path.name) == path
        except ValueError:
            ours = False
        if not ours:
            yield str(path.relative_to(store.root))


def sweep(session: Session, store: FolderStorage, found: Findings, *, grace: float = GRACE_S) -> int:
    """Remove what no row names and nobody touched for `grace` seconds; how many. Strangers and rows stay."""
    removed, before = 0, time.time() - grace
    for sha256 in found.orphans:
        removed += _take_away(session, store, store.path(sha256), sha256, before)
    for name in found.partials:
        path = store.root / "partial" / name
        if _older(path, before):
            path.unlink(missing_ok=True)
            removed += 1
    for sha256 in found.pictures:
        folder = previews.place(store.root, sha256)
        if folder.is_dir():
            shutil.rmtree(folder)
            removed += 1
    return removed


def _take_away(session: Session, store: FolderStorage, path: Path, sha256: str, before: float) -> bool:
    if not _older(path, before):
        return False
    aside = store.temporary / f"{sha256}.swept"
    try:
        path.rename(aside)
    except FileNotFoundError:
        return False
    # An upload of the same bytes touches what it finds; one that came before this has its row by now or a fresh time.
    with only_reading():
        wanted = session.get(Blob, sha256) is not None or bool(
            session.scalar(select(PrintedPaper.number).where(PrintedPaper.sha256 == sha256).limit(1))
        )
        session.rollback()
    if wanted or not _older(aside, before):
        if not path.exists():
            aside.rename(path)
        else:
            aside.unlink()
        return False
    aside.unlink()
    return True


def _older(path: Path, before: float) -> bool:
    try:
        return path.stat().st_mtime <= before
    except FileNotFoundError:
        return False
