"""A small HTTP load loop on kept-alive loopback connections, bounded in count and in time.

Measured is the time from before the request is written until the whole answer is read. The client shares the machine
with the server.
"""

import hashlib
import http.client
import itertools
import secrets
import statistics
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from .servers import Server

AGENT = "portal-bench"
IDLE_S = 4  # the server closes a silent connection after five seconds
TIMEOUT_S = 120
BLOCK = b"Contoh isi bukti dukung, diulang sampai cukup panjang. ".ljust(64, b".") * 16384  # 1 MiB


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes
    ms: float


@dataclass
class Ask:
    """One request. `settle` is told its answer, or None where there was none."""

    method: str
    path: str
    expect: int
    body: "bytes | Multipart | None" = None
    media_type: str = ""
    settle: Callable[[Answer | None], None] = lambda answer: None


class Multipart:
    """A form with one file of `size` bytes that no other request has sent, written in blocks."""

    def __init__(self, fields: dict[str, str], size: int):
        boundary = f"bench{secrets.token_hex(8)}"
        self.media_type = f"multipart/form-data; boundary={boundary}"
        self.name = f"bukti-{secrets.token_hex(6)}.pdf"
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
            for name, text in fields.items()
        ]
        parts.append(
            f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{self.name}"\r\n'
            "Content-Type: application/pdf\r\n\r\n"
        )
        self._before, self._after = "".join(parts).encode(), f"\r\n--{boundary}--\r\n".encode()
        self.head, self.tail, self.size = f"%PDF-1.7\n%{self.name}\n".encode(), b"\n%%EOF\n", size

    def __len__(self) -> int:
        return len(self._before) + self.size + len(self._after)

    def __iter__(self) -> Iterator[bytes]:
        yield self._before
        yield from self.content()
        yield self._after

    def content(self) -> Iterator[bytes]:
        """The bytes of the file."""
        yield self.head
        left = self.size - len(self.head) - len(self.tail)
        block = memoryview(BLOCK)
        while left > 0:
            yield block[:left]
            left -= len(block)
        yield self.tail

    @property
    def sha256(self) -> str:
        digest = hashlib.sha256()
        for block in self.content():
            digest.update(block)
        return digest.hexdigest()


def form(fields: dict[str, str]) -> bytes:
    return urllib.parse.urlencode(fields).encode()


class Connection:
    def __init__(self, port: int, cookie: str = ""):
        self._port, self._cookie = port, cookie
        self._connection: http.client.HTTPConnection | None = None
        self._used = 0.0

    def send(self, ask: Ask) -> Answer:
        headers = {"User-Agent": AGENT, "Accept-Encoding": "gzip", "Accept": "text/html"}
        if self._cookie:
            headers["Cookie"] = self._cookie
        if ask.body is not None:
            headers["Content-Length"] = str(len(ask.body))
            headers["Content-Type"] = ask.media_type or "application/x-www-form-urlencoded"
        if self._connection is not None and time.monotonic() - self._used > IDLE_S:
            self.close()
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT_S)
        body = ask.body if ask.body is None or isinstance(ask.body, bytes) else iter(ask.body)
        began = time.perf_counter()
        try:
            self._connection.request(ask.method, ask.path, body=body, headers=headers)
            response = self._connection.getresponse()
            content = response.read()
        except BaseException:
            self.close()
            raise
        ms = (time.perf_counter() - began) * 1000
        self._used = time.monotonic()
        if response.will_close:
            self.close()
        return Answer(response.status, response.headers, content, ms)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@dataclass
class Cell:
    """What one loop over one step gave."""

    ms: list[float] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    cpu_ms: float = 0.0

    def add(self, other: "Cell") -> None:
        self.ms += other.ms
        self.statements += other.statements
        self.sizes += other.sizes
        self.errors += other.errors
        self.cpu_ms += other.cpu_ms

    @property
    def median(self) -> float:
        return statistics.median(self.ms) if self.ms else float("nan")

    @property
    def cpu_each(self) -> float:
        return self.cpu_ms / len(self.ms) if self.ms else float("nan")


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def measure(server: Server, cookie: str, take: Callable[[], Ask], count: int, clients: int, seconds: float) -> Cell:
    """Send `count` requests from so many clients at once, no new one after `seconds`."""
    cell, lock = Cell(), threading.Lock()
    turns, ends = itertools.count(), time.monotonic() + seconds

    def client() -> None:
        connection = Connection(server.port, cookie)
        while next(turns) < count and time.monotonic() < ends:
            one(connection, take(), cell, lock)
        connection.close()

    before = server.cpu_ms()
    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cell.cpu_ms = server.cpu_ms() - before
    return cell


def one(connection: Connection, ask: Ask, cell: Cell, lock: threading.Lock) -> Answer | None:
    """Send it and write down what came of it; an answer that was not expected is an error."""
    try:
        answer = connection.send(ask)
    except (OSError, http.client.HTTPException) as error:
        answer = None
        fault = f"{ask.method} {ask.path}: {type(error).__name__}"
    else:
        fault = "" if answer.status == ask.expect else f"{ask.method} {ask.path}: {answer.status}"
    ask.settle(answer)
    with lock:
        if fault:
            cell.errors.append(fault)
        else:
            cell.ms.append(answer.ms)
            cell.sizes.append(len(answer.body))
            if counted := answer.headers.get("X-SQL-Count"):
                cell.statements.append(int(counted))
    return None if fault else answer
