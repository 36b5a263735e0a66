"""File parts go straight into the store, within limits, and leave nothing behind."""

import hashlib
import io
import os
import resource
import socket
import threading

import pytest
from flask import Flask, request
from werkzeug.serving import make_server

from assessments.refusal import Refused
from portal.storage import Incoming, TooLarge, open_storage
from portal.uploads import PortalRequest, accepts_upload, received

MIB = 1024 * 1024
BOUNDARY = "----batas"


@pytest.fixture
def portal(tmp_path):
    app = Flask(__name__)
    app.request_class = PortalRequest
    app.config.update(EVIDENCE_MAX_BYTES=2 * MIB, EVIDENCE_FILES_MAX=3, MAX_CONTENT_LENGTH=MIB)
    app.extensions["storage"] = open_storage(tmp_path / "evidence")

    @app.errorhandler(Refused)
    def refused(error):
        assert not list(request.form), "the form is not read a second time"
        return " ".join(error.sentences), 413 if isinstance(error, TooLarge) else 422

    @app.post("/bukti")
    @accepts_upload
    def add():
        kept = [received(file).keep() for file in request.files.getlist("berkas")]
        return {"kept": [[one.sha256, one.size] for one in kept], "note": request.form.get("catatan")}

    @app.post("/batal")
    @accepts_upload
    def change_of_mind():
        return {"seen": [file.filename for file in request.files.values()]}

    @app.post("/impor")
    def load():
        return {"evidence": isinstance(request.files["berkas"].stream, Incoming)}

    return app


class Endless(io.RawIOBase):
    """A body that never ends, and how much of it was taken."""

    def __init__(self, start: bytes):
        self.start = start
        self.taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        got = self.start[: len(buffer)] or bytes(len(buffer))
        self.start = self.start[len(got) :]
        buffer[: len(got)] = got
        self.taken += len(got)
        return len(got)


def left(portal) -> list[str]:
    root = portal.extensions["storage"].root
    return [path.name for path in root.rglob("*") if path.is_file()]


def form(*files: tuple[str, bytes], **fields: str) -> bytes:
    parts = [f'name="{name}"\r\n\r\n{text}'.encode() for name, text in fields.items()]
    parts += [f'name="berkas"; filename="{name}"\r\n\r\n'.encode() + content for name, content in files]
    opening = f"--{BOUNDARY}\r\nContent-Disposition: form-data; ".encode()
    return b"".join(opening + part + b"\r\n" for part in parts) + f"--{BOUNDARY}--\r\n".encode()


def send(portal, url, *files, **fields):
    return portal.test_client().post(url, data=form(*files, **fields), content_type=f"multipart/form-data; boundary={BOUNDARY}")


def test_a_file_part_is_in_the_store_under_its_hash(portal):
    content = os.urandom(MIB)
    answer = send(portal, "/bukti", ("../../app.db", content), catatan="lampiran").json
    digest = hashlib.sha256(content).hexdigest()
    assert answer == {"kept": [[digest, MIB]], "note": "lampiran"}
    assert left(portal) == [digest]


def test_fi_01_one_byte_over_the_limit_is_refused_with_the_limit_and_leaves_nothing(portal):
    assert send(portal, "/bukti", ("tepat.pdf", bytes(2 * MIB))).status_code == 200
    kept = left(portal)
    answer = send(portal, "/bukti", ("lebih.pdf", bytes(2 * MIB + 1)))
    assert answer.status_code == 413
    assert "2 MB" in answer.text
    assert left(portal) == kept


def test_fi_01_a_body_over_the_limit_is_refused_before_it_is_read(portal):
    endless = Endless(b"")
    answer = portal.test_client().post(
        "/bukti",
        content_type=f"multipart/form-data; boundary={BOUNDARY}",
        environ_overrides={"wsgi.input": endless, "CONTENT_LENGTH": str(2048 * MIB)},
    )
    assert endless.taken == 0
    assert answer.status_code == 413
    assert "2 MB" in answer.text


def test_fi_01_more_files_than_allowed_in_one_request_are_refused(portal):
    answer = send(portal, "/bukti", *((f"{n}.pdf", b"isi") for n in range(4)))
    assert answer.status_code == 413
    assert "3 berkas" in answer.text
    assert left(portal) == []


def test_what_a_view_does_not_keep_is_gone_after_the_request(portal):
    assert send(portal, "/batal", ("a.pdf", b"isi")).json == {"seen": ["a.pdf"]}
    assert left(portal) == []


def test_only_views_for_evidence_write_into_the_store(portal):
    assert send(portal, "/impor", ("opd.csv", b"nama")).json == {"evidence": False}
    assert send(portal, "/impor", ("opd.csv", bytes(MIB + 1))).status_code == 413
    assert left(portal) == []


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"--x\r\n"),
        ("multipart/form-data; boundary=lain", b"--x\r\nContent-Disposition: form-data; name=berkas; filename=a\r\n\r\nisi\r\n--x--"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=berkas; filename=a\r\n\r\nsetengah"),
        ("multipart/form-data; boundary=x", b"--x\r\nX-Besar: " + b"a" * MIB),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n" * 10_000),
    ],
)
def test_broken_forms_are_no_files_and_leave_nothing(portal, content_type, body):
    answer = portal.test_client().post("/bukti", data=body, content_type=content_type)
    assert answer.status_code in (200, 413)
    if answer.status_code == 200:
        assert answer.json["kept"] == []
    assert left(portal) == []


@pytest.mark.parametrize("length", ["", "10"])
def test_fi_01_a_body_without_or_with_a_false_length_is_cut_at_the_limit(portal, length):
    """Offered without end, as a chunked body is; what is read and stored stays bounded."""
    endless = Endless(form(("besar.pdf", b"")).partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = portal.test_client().post(
        "/bukti",
        content_type=f"multipart/form-data; boundary={BOUNDARY}",
        environ_overrides={"wsgi.input": endless, "wsgi.input_terminated": True, "CONTENT_LENGTH": length},
    )
    assert answer.status_code == 413
    assert "2 MB" in answer.text
    assert endless.taken < 5 * MIB
    assert left(portal) == []
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 16 * 1024


@pytest.fixture
def address(portal):
    server = make_server("127.0.0.1", 0, portal, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_upload_that_breaks_off_leaves_nothing(portal, address):
    with socket.create_connection(address, timeout=20) as link:
        link.sendall(
            f"POST /bukti HTTP/1.1\r\nHost: localhost\r\nContent-Length: {MIB}\r\n"
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n--{BOUNDARY}\r\n"
            'Content-Disposition: form-data; name="berkas"; filename="a.pdf"\r\n\r\n'.encode()
            + bytes(MIB // 2)
        )
        link.shutdown(socket.SHUT_WR)
        assert b"400" in link.recv(4096)
    assert left(portal) == []
