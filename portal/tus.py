"""The tus protocol 1.0.0 as headers: what a client says, checked, and what it is told. https://tus.io/protocols/resumable-upload

Core, creation, expiration, checksum and termination. Whatever a client says wrongly ends the request here with one
sentence; what the sentence is about is decided elsewhere.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from datetime import datetime
from typing import NoReturn
from urllib.parse import quote

from flask import Response, abort, jsonify, make_response, request
from werkzeug.exceptions import ClientDisconnected
from werkzeug.http import http_date

from .partial import Checksum

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,checksum,termination"
ALGORITHMS = ("sha1", "sha256")
PIECE_TYPE = "application/offset+octet-stream"
READ_STEP = 64 * 1024
METADATA_LENGTH = 4096
PLAIN_NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)
KEY = re.compile(r"[!-+\--~]+")  # printable, no space, no comma


def answer(status: int, headers: dict[str, str] | None = None) -> Response:
    """An answer without a body."""
    response = make_response("", status)
    response.headers.update(headers or {})
    return response


def refuse(status: int, sentence: str, headers: dict[str, str] | None = None) -> NoReturn:
    response = jsonify(status=status, detail=sentence)
    response.status_code = status
    response.headers.update(headers or {})
    abort(response)


def only_this_version() -> None:
    """A client of another version is told which one there is."""
    if request.headers.get("Tus-Resumable") != VERSION:
        refuse(412, "Versi protokol unggah tidak dikenal.", {"Tus-Version": VERSION})


def capabilities(most: int) -> dict[str, str]:
    return {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(most),
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
    }


def progress(received: int, length: int, expires: datetime | None) -> dict[str, str]:
    found = {"Upload-Offset": str(received), "Upload-Length": str(length)}
    return found | ({"Upload-Expires": http_date(expires)} if expires else {})


def outcome(state: str, note: str | None) -> dict[str, str]:
    """How it ended, for our own client: a header holds no Indonesian quotation marks as they are."""
    return {"Portal-State": state, **({"Portal-Note": quote(note)} if note else {})}


def announced_length() -> int:
    if "Upload-Defer-Length" in request.headers:
        refuse(400, "Panjang berkas harus disebut di awal.")
    return _number("Upload-Length")


def offset() -> int:
    return _number("Upload-Offset")


def metadata() -> dict[str, str]:
    """What the client says of the file: pairs of a plain key and text in base64."""
    header = request.headers.get("Upload-Metadata", "").strip()
    if len(header) > METADATA_LENGTH:
        refuse(400, "Keterangan berkas terlalu panjang.")
    found: dict[str, str] = {}
    for pair in header.split(",") if header else ():
        key, _, value = pair.strip().partition(" ")
        if not KEY.fullmatch(key) or key in found:
            refuse(400, "Keterangan berkas tidak dapat dibaca.")
        try:
            found[key] = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            refuse(400, "Keterangan berkas tidak dapat dibaca.")
    return found


def checksum() -> Checksum | None:
    header = request.headers.get("Upload-Checksum")
    if header is None:
        return None
    algorithm, _, text = header.partition(" ")
    if algorithm not in ALGORITHMS:
        refuse(400, "Jenis jumlah pemeriksa tidak dikenal.")
    try:
        return Checksum(algorithm, base64.b64decode(text.strip(), validate=True))
    except (binascii.Error, ValueError):
        refuse(400, "Jumlah pemeriksa tidak dapat dibaca.")


def pieces() -> Iterator[bytes]:
    """The body as it comes; a line that breaks ends it, and what has come so far counts."""
    # Step by step as it arrives: what was waited for in one large step would be lost with the line.
    read = getattr(request.stream, "read1", request.stream.read)
    while True:
        try:
            piece = read(READ_STEP)
        except (ClientDisconnected, ConnectionError, TimeoutError):
            return
        if not piece:
            return
        yield piece


def _number(header: str) -> int:
    text = request.headers.get(header, "")
    if not PLAIN_NUMBER.fullmatch(text):
        refuse(400, f"{header} harus berupa bilangan bulat.")
    return int(text)
