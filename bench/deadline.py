"""The last hour: a crowd of operators reads, thinks, saves and uploads; what was acknowledged must be there afterwards."""

import random
import re
import threading
import time
from dataclasses import dataclass, field

from flask import Flask
from sqlalchemy import select

from assessments.models import Citation, Contribution, ContributionRevision, DocumentVersion
from portal.extensions import db, only_reading

from .client import Cell, Connection, one
from .desks import Desk, Ledger
from .servers import Server

SECONDS = 60
LONGEST_S = 90  # whoever is still behind then gives up; what was not sent counts as offered and not accepted
THINK_S = 3.0  # between two saves of one operator
EVERY_NTH_UPLOADS = 8
UPLOAD = 300 * 1024
MARK = re.compile(r"catatan-\d{7}")


@dataclass
class Night:
    """What was offered in the time, what was accepted, and how long each kind of request took."""

    offered: int = 0
    page: Cell = field(default_factory=Cell)
    save: Cell = field(default_factory=Cell)
    upload: Cell = field(default_factory=Cell)
    latest_start_ms: float = 0.0
    cpu_ms: float = 0.0
    seconds: float = 0.0

    @property
    def errors(self) -> list[str]:
        return self.page.errors + self.save.errors + self.upload.errors


def spend(server: Server, desks: list[Desk]) -> Night:
    """Each operator comes back at moments drawn beforehand; who is late starts at once, so that nothing is hidden."""
    night, lock = Night(), threading.Lock()
    dice = random.Random(59)
    plans = [_moments(dice) for _ in desks]
    night.offered = sum(map(len, plans))
    before, began = server.cpu_ms(), time.monotonic()
    threads = [
        threading.Thread(target=_work, args=(server.port, desk, plan, began, night, lock))
        for desk, plan in zip(desks, plans, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    night.cpu_ms, night.seconds = server.cpu_ms() - before, time.monotonic() - began
    return night


def _moments(dice: random.Random) -> list[float]:
    moments, at = [], dice.uniform(0, THINK_S)
    while at < SECONDS:
        moments.append(at)
        at += dice.expovariate(1 / THINK_S)
    return moments


def _work(port: int, desk: Desk, plan: list[float], began: float, night: Night, lock: threading.Lock) -> None:
    connection = Connection(port, desk.cookie)
    for n, moment in enumerate(plan):
        wait = began + moment - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        else:
            with lock:
                night.latest_start_ms = max(night.latest_start_ms, -wait * 1000)
        if time.monotonic() - began > LONGEST_S:
            break
        item = desk.seat.items[n % len(desk.seat.items)]
        answer = one(connection, desk.page(item), night.page, lock)
        if answer is None:
            continue
        one(connection, desk.save_item(item, desk.read(answer)["version"]), night.save, lock)
        if n % EVERY_NTH_UPLOADS == EVERY_NTH_UPLOADS - 1:
            one(connection, desk.upload(UPLOAD, item), night.upload, lock)
    connection.close()


@dataclass(frozen=True)
class Missing:
    """Acknowledged, and not in the database or the evidence folder."""

    texts: list[str]
    files: list[str]


def compare(app: Flask, ledger: Ledger) -> Missing:
    """The ledger against what is stored, read anew from disk."""
    storage = app.extensions["storage"]
    with app.app_context(), only_reading():
        written: set[str] = set()
        for text in db.session.scalars(select(ContributionRevision.facts).where(ContributionRevision.facts != "")):
            written.update(MARK.findall(text))
        cited = set(
            db.session.scalars(
                select(DocumentVersion.sha256)
                .join(Citation, (Citation.document_id == DocumentVersion.document_id) & (Citation.n == DocumentVersion.n))
                .join(Contribution, Citation.contribution_id == Contribution.id)
            )
        )
        db.session.remove()
        db.engine.dispose()
    return Missing(
        [mark for mark in ledger.texts if mark not in written],
        [file.name for file in ledger.files if (sha256 := file.sha256) not in cited or not storage.check(sha256)],
    )
