"""Asking a virus scanner: INSTREAM over a socket to clamd, when PORTAL_CLAMD says where it listens.

The protocol is a length before each piece and one line as the answer; that is less than what either of the two client
libraries would bring, neither of which has had a release in years. Whatever is not a clear answer counts as none: a file
is clean only when the scanner said so.
"""

import logging
import socket
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

CONNECT_S = 5
ANSWER_S = 120
PIECE = 256 * 1024
ANSWER_MOST = 4096

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Verdict:
    """`waiting` when the scanner gave no clear answer; `found` names what it recognised, or says why it did not answer."""

    state: Literal["clean", "quarantined", "waiting"]
    found: str = ""


def scan(path: Path, where: str) -> Verdict:
    """What the scanner at `where` (host:port or the path of a socket) says of this file."""
    try:
        with _connected(where) as line, path.open("rb") as file:
            line.sendall(b"zINSTREAM\0")
            try:
                while piece := file.read(PIECE):
                    line.sendall(struct.pack(">I", len(piece)) + piece)
                line.sendall(struct.pack(">I", 0))
            except (BrokenPipeError, ConnectionResetError):
                pass  # it hangs up on what is longer than it wants, and says so first
            return _verdict(_answer(line))
    except FileNotFoundError:
        if not path.exists():
            raise  # a missing original is the store's fault, not the scanner's
        return Verdict("waiting", "pemindai tidak menjawab")
    except (OSError, ValueError) as error:
        log.warning("the scanner does not answer: %s", error)
        return Verdict("waiting", "pemindai tidak menjawab")


def _connected(where: str) -> socket.socket:
    if where.startswith("/"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            line.settimeout(CONNECT_S)
            line.connect(where)
        except OSError:
            line.close()
            raise
    else:
        host, _, port = where.rpartition(":")
        line = socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_S)
    line.settimeout(ANSWER_S)
    return line


def _answer(line: socket.socket) -> bytes:
    answer = b""
    while len(answer) < ANSWER_MOST and not answer.endswith((b"\0", b"\n")) and (piece := line.recv(ANSWER_MOST)):
        answer += piece
    return answer


def _verdict(answer: bytes) -> Verdict:
    said = answer.rstrip(b"\0\n").decode("utf-8", "replace").strip()
    result = said.partition(":")[2].strip()
    if result == "OK":
        return Verdict("clean")
    if result.endswith(" FOUND"):
        return Verdict("quarantined", result.removesuffix(" FOUND")[:160])
    log.warning("the scanner gave no verdict: %s", said[:200])
    return Verdict("waiting", "berkas melebihi batas pemindai" if "size limit" in said else "pemindai tidak menjawab")
