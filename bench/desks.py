"""What an operator sends: pages, answers and files of one agency, with a ledger of what the portal said was stored."""

import gzip
import itertools
import queue
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from .city import SLUG, Seat
from .client import Answer, Ask, Connection, Multipart, form

FACTS = "Dokumen yang dirujuk memuat ruang lingkup, penanggung jawab dan jadwal pelaksanaan. " * 4
ANALYSIS = "Isi dokumen memenuhi kriteria sampai tingkat yang dipilih. " * 4
HIDDEN = re.compile(r'<input type="hidden" name="(csrf_token|office|version)" value="([^"]*)"')
FORM = re.compile(r'<form [^>]*id="jawaban".*?</form>', re.S)


@dataclass
class Ledger:
    """What was acknowledged: a mark in each saved text, each file."""

    texts: list[str] = field(default_factory=list)
    files: list[Multipart] = field(default_factory=list)
    _numbers: itertools.count = field(default_factory=lambda: itertools.count(1))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def mark(self) -> str:
        return f"catatan-{next(self._numbers):07d}"

    def saved(self, mark: str) -> None:
        with self._lock:
            self.texts.append(mark)

    def stored(self, file: Multipart) -> None:
        with self._lock:
            self.files.append(file)


class Desk:
    """One signed-in operator. Requests for the same item never overlap, so a save is always up to date."""

    def __init__(self, port: int, seat: Seat, ledger: Ledger):
        self.seat, self.ledger = seat, ledger
        self.cookie = seat.cookie
        self._tokens: dict[str, str] = {}
        self._turn = itertools.cycle(seat.items)
        self._free: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()
        self._enter(port)

    def _enter(self, port: int) -> None:
        """Open the first page, as a browser does, and keep its cookie and tokens."""
        connection = Connection(port, self.cookie)
        answer = connection.send(self.page())
        connection.close()
        if answer.status != 200:
            raise SystemExit(f"the page of an item answers {answer.status}:\n{answer.body[:500]!r}")
        if cookie := answer.headers.get("Set-Cookie"):
            self.cookie = cookie.partition(";")[0]
        self._tokens = self.read(answer)

    def read(self, answer: Answer) -> dict[str, str]:
        """The hidden fields of the form on an item's page."""
        found = FORM.search(plain(answer).decode())
        return dict(HIDDEN.findall(found.group())) if found else {}

    # ------------------------------------------------------------ what can be sent

    def page(self, item: str | None = None) -> Ask:
        return Ask("GET", self._address(item or next(self._turn)), 200)

    def tasks(self) -> Ask:
        return Ask("GET", f"/penilaian/{SLUG}", 200)

    def learn_versions(self, port: int) -> None:
        """Begin every item and open it again, so that each save after this moves its version by one."""
        connection = Connection(port, self.cookie)
        for item in self.seat.items:
            connection.send(self.save_item(item, self.read(connection.send(self.page(item)))["version"]))
            self._free.put((item, self.read(connection.send(self.page(item)))["version"]))
        connection.close()

    def save(self) -> Ask:
        item, version = self._free.get()

        def settle(answer: Answer | None) -> None:
            stored = answer is not None and answer.status == 302
            self._free.put((item, str(int(version) + 1) if stored else version))

        return self.save_item(item, version, settle)

    def save_item(self, item: str, version: str, settled: Callable[[Answer | None], None] = lambda answer: None) -> Ask:
        mark = self.ledger.mark()

        def settle(answer: Answer | None) -> None:
            if answer is not None and answer.status == 302:
                self.ledger.saved(mark)
            settled(answer)

        fields = self._tokens | {
            "version": version, "value": "3", "facts": f"{FACTS}{mark}", "analysis": ANALYSIS, "then": "stay",
        }
        return Ask("POST", self._address(item), 302, form(fields), settle=settle)

    def upload(self, size: int, item: str | None = None) -> Ask:
        fields = {name: self._tokens[name] for name in ("csrf_token", "office")}
        body = Multipart(fields, size)

        def settle(answer: Answer | None) -> None:
            if answer is not None and answer.status == 302:
                self.ledger.stored(body)

        address = f"{self._address(item or next(self._turn))}/bukti"
        return Ask("POST", address, 302, body, body.media_type, settle)

    def _address(self, item: str) -> str:
        return f"/penilaian/{SLUG}/indikator/{item}"


def plain(answer: Answer) -> bytes:
    """The page before it was compressed."""
    return gzip.decompress(answer.body) if answer.headers.get("Content-Encoding") == "gzip" else answer.body


def floor_save(turn: "itertools.cycle[int]") -> Ask:
    fields = {"csrf_token": "x" * 91, "office": "1.1", "version": "1", "value": "3", "facts": FACTS,
              "analysis": ANALYSIS, "then": "stay"}
    return Ask("POST", f"/row/{next(turn)}", 302, form(fields))


def floor_upload(size: int) -> Ask:
    body = Multipart({"csrf_token": "x" * 91, "office": "1.1"}, size)
    return Ask("POST", "/file", 302, body, body.media_type)
