"""A scanner of our own on loopback: it speaks INSTREAM, knows one signature, and looks into archives as a real one does."""

import io
import socketserver
import struct
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

from tests.portal.files import EICAR


class Scanner(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    manner = "right"  # or: "silent", "rubbish", "size"
    scanned: int = 0

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class _Talk(socketserver.StreamRequestHandler):
    server: Scanner

    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while length := struct.unpack(">I", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
        self.server.scanned += 1
        answer = {
            "right": b"stream: Eicar-Test-Signature FOUND\0" if infected(content) else b"stream: OK\0",
            "silent": b"",
            "rubbish": b"stream: who knows\0",
            "size": b"INSTREAM size limit exceeded. ERROR\0",
        }[self.server.manner]
        self.wfile.write(answer)


def infected(content: bytes, depth: int = 0) -> bool:
    if EICAR in content:
        return True
    if depth > 4 or not content.startswith(b"PK"):
        return False
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return any(infected(archive.read(name), depth + 1) for name in archive.namelist())


class SocketScanner(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    manner = "right"
    scanned: int = 0


@contextmanager
def scanner(path: str = "") -> Iterator[Scanner]:
    """On a port of its own, or on the socket of this path."""
    with SocketScanner(path, _Talk) if path else Scanner(("127.0.0.1", 0), _Talk) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
