"""S24: files that come in piece by piece, for an answer, a document or the library."""

import base64
import hashlib
import io
import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from assessments import uploading
from assessments.models import Blob, Citation, Document, DocumentVersion, Job, Upload
from portal import housekeeping
from portal.partial import PartialFiles
from tests.portal.agency_pages import answer_of, as_operator, begun, pdf
from tests.portal.uploading_pages import TUS, Sender, count, files_of, for_item, said, the_upload


@pytest.fixture
def where(client, session):
    made = begun(session)
    as_operator(client, session, made)
    return made


@pytest.fixture
def sender(client, where) -> Sender:
    return Sender(client)


# ---------------------------------------------------------------- the protocol


def test_the_server_says_what_it_can_do(client, where):
    told = client.options("/unggahan")
    assert told.status_code == 204
    assert told.headers["Tus-Resumable"] == told.headers["Tus-Version"] == "1.0.0"
    assert told.headers["Tus-Extension"] == "creation,expiration,checksum,termination"
    assert told.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"
    assert int(told.headers["Tus-Max-Size"]) == 50 * 1024 * 1024


def test_a_file_in_pieces_becomes_a_document_under_its_answer(app, client, session, where, sender):
    content = pdf("potong")
    begun = sender.begin(len(content), "Perwali 12.pdf", **for_item(where))
    assert begun.status_code == 201 and begun.headers["Upload-Offset"] == "0"
    assert "GMT" in begun.headers["Upload-Expires"]
    at = begun.headers["Location"]
    first = sender.piece(at, 0, content[:100])
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "100")
    asked = sender.progress(at)
    assert (asked.status_code, asked.headers["Upload-Offset"], asked.headers["Upload-Length"]) == (200, "100", str(len(content)))
    assert asked.headers["Cache-Control"] == "no-store"
    last = sender.piece(at, 100, content[100:])
    assert (last.status_code, last.headers["Upload-Offset"]) == (204, str(len(content)))
    assert last.headers["Portal-State"] == "complete"
    (citation,) = answer_of(session, where).citations
    assert (citation.cited.document.title, citation.cited.file_name) == ("Perwali 12", "Perwali 12.pdf")
    sha = hashlib.sha256(content).hexdigest()
    with app.extensions["storage"].open(sha) as file:
        assert file.read() == content
    assert files_of(app) == []
    assert session.scalar(select(Job.kind).where(Job.dedupe_key == f"read_evidence:{sha}")) == "read_evidence"
    assert sender.progress(at).headers["Upload-Offset"] == str(len(content))


@pytest.mark.parametrize(("offset", "sent"), [(50, 100), (0, 10), (101, 10)])
def test_a_piece_that_does_not_follow_is_409_and_changes_nothing(session, sender, offset, sent):
    content = pdf()
    at = sender.begin(len(content)).headers["Location"]
    sender.piece(at, 0, content[:100])
    wrong = sender.piece(at, offset, content[offset : offset + sent])
    assert (wrong.status_code, wrong.headers["Upload-Offset"]) == (409, "100")
    assert sender.progress(at).headers["Upload-Offset"] == "100"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_damaged_piece_is_460_and_forgotten(session, sender, algorithm):
    content = pdf()
    at = sender.begin(len(content)).headers["Location"]

    def mark(piece: bytes) -> str:
        return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, piece).digest()).decode()}"

    assert sender.piece(at, 0, content[:100], Upload_Checksum=mark(content[:100])).status_code == 204
    wrong = sender.piece(at, 100, b"x" * 50, Upload_Checksum=mark(content[100:150]))
    assert wrong.status_code == 460 and wrong.headers["Tus-Resumable"] == "1.0.0"
    assert sender.progress(at).headers["Upload-Offset"] == "100"
    assert sender.piece(at, 100, content[100:], Upload_Checksum=mark(content[100:])).status_code == 204
    assert the_upload(session).state == "complete"


@pytest.mark.parametrize("text", ["md5 AAAA", "sha1", "sha1 ***", "sha1 AAAA===="])
def test_a_checksum_that_cannot_be_read_is_refused(sender, text):
    content = pdf()
    at = sender.begin(len(content)).headers["Location"]
    answer = sender.piece(at, 0, content[:100], Upload_Checksum=text)
    assert answer.status_code in (400, 460)
    assert sender.progress(at).headers["Upload-Offset"] == "0"


def test_more_bytes_than_announced_are_refused_and_nothing_of_the_piece_stays(app, session, sender):
    content = pdf()
    at = sender.begin(len(content)).headers["Location"]
    sender.piece(at, 0, content[:100])
    assert sender.piece(at, 100, content[100:] + b"x").status_code == 413
    assert sender.progress(at).headers["Upload-Offset"] == "100"
    assert PartialFiles(app.extensions["storage"]).size(at.rpartition("/")[2]) == 100
    assert sender.piece(at, 100, content[100:]).headers["Portal-State"] == "complete"


def test_an_empty_piece_asks_for_nothing_and_changes_nothing(session, sender):
    content = pdf()
    at = sender.begin(len(content)).headers["Location"]
    sender.piece(at, 0, content[:100])
    again = sender.piece(at, 100, b"")
    assert (again.status_code, again.headers["Upload-Offset"]) == (204, "100")


def test_the_last_piece_sent_again_makes_no_second_document(session, where, sender):
    content = pdf()
    at = sender.begin(len(content), **for_item(where)).headers["Location"]
    sender.piece(at, 0, content[:100])
    assert sender.piece(at, 100, content[100:]).status_code == 204
    assert sender.piece(at, 100, content[100:]).status_code == 409
    assert sender.piece(at, len(content), b"").status_code == 204
    assert (count(session, Document), count(session, DocumentVersion), count(session, Citation)) == (1, 1, 1)


def test_two_last_pieces_at_once_make_one_document(app, session, where, sender, client):
    content = pdf()
    at = sender.begin(len(content), **for_item(where)).headers["Location"]
    sender.piece(at, 0, content[:100])
    session.rollback()
    other = app.test_client()
    as_operator(other, session, where)
    second = Sender(other)
    session.rollback()
    del app.extensions["test_session"]
    answers = []
    threads = [
        threading.Thread(target=lambda one=one: answers.append(one.piece(at, 100, content[100:]).status_code))
        for one in (sender, second)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    app.extensions["test_session"] = session
    assert 204 in answers and set(answers) <= {204, 409, 423}
    assert (count(session, Document), count(session, Citation)) == (1, 1)


def test_termination_forgets_row_and_bytes(app, session, sender):
    at = sender.begin(len(pdf())).headers["Location"]
    sender.piece(at, 0, pdf()[:100])
    assert len(files_of(app)) == 1
    assert sender.end(at).status_code == 204
    assert (files_of(app), count(session, Upload)) == ([], 0)
    assert sender.progress(at).status_code == 404
    assert sender.piece(at, 100, b"x").status_code == 404
    assert sender.end(at).status_code == 404


def test_what_nobody_goes_on_with_expires_and_is_swept(app, session, sender):
    at = sender.begin(len(pdf())).headers["Location"]
    sender.piece(at, 0, pdf()[:100])
    the_upload(session).expires_at = datetime.now(UTC) - timedelta(seconds=1)
    session.commit()
    assert sender.progress(at).status_code == 410
    assert sender.piece(at, 100, pdf()[100:]).status_code == 410
    session.rollback()
    housekeeping.tidy(app)
    assert (files_of(app), count(session, Upload)) == ([], 0)
    assert sender.progress(at).status_code == 404


def test_every_piece_moves_the_end_of_its_life(session, sender):
    at = sender.begin(len(pdf())).headers["Location"]
    the_upload(session).expires_at = datetime.now(UTC) + timedelta(minutes=1)
    session.commit()
    sender.piece(at, 0, pdf()[:100])
    assert the_upload(session).expires_at > datetime.now(UTC) + uploading.LIFE - timedelta(minutes=1)


@pytest.mark.parametrize("version", ["", "0.2.2", "2.0.0"])
def test_another_version_of_the_protocol_is_412(sender, version):
    answer = sender.begin(10, headers={"Tus-Resumable": version})
    assert (answer.status_code, answer.headers["Tus-Version"]) == (412, "1.0.0")


@pytest.mark.parametrize("length", ["", "-1", "1e3", "+5", " 5 ", "٣", "9" * 30, "0x10", "1.0"])
def test_a_length_that_is_no_plain_number_is_refused(session, sender, length):
    answer = sender.begin(0, headers={"Upload-Length": length.encode().decode("latin-1")})
    assert answer.status_code in (201, 400) and (answer.status_code == 400 or length == " 5 ")


@pytest.mark.parametrize(
    "header",
    ["filename", "filename ***", "filename YQ==,filename YQ==", "file name YQ==", "filename /w==", ",", "a" * 5000, "nama\x01 YQ=="],
)
def test_strange_words_about_a_file_are_refused(session, sender, header):
    if "\x01" in header:
        header = header.replace("\x01", "\x7f")
    answer = sender.begin(10, headers={"Upload-Metadata": header})
    assert answer.status_code in (400, 422)
    assert count(session, Upload) == 0


def test_a_piece_of_another_type_or_without_its_token_is_refused(client, session, sender):
    at = sender.begin(len(pdf())).headers["Location"]
    wrong = client.patch(at, data=b"x", content_type="text/plain", headers=sender.headers | {"Upload-Offset": "0"})
    assert wrong.status_code == 415
    forged = client.patch(
        at, data=pdf(), content_type="application/offset+octet-stream", headers=TUS | {"Upload-Offset": "0"}
    )
    assert forged.status_code == 400
    elsewhere = sender.piece(at, 0, pdf(), X_Office="99.99")
    assert elsewhere.status_code == 409
    assert sender.progress(at).headers["Upload-Offset"] == "0"


# ---------------------------------------------------------------- what is refused


def test_zero_bytes_and_strange_kinds_are_refused_before_anything_is_sent(session, sender):
    for name, length, part in (("kosong.pdf", 0, "Berkas kosong"), ("catatan.txt", 10, "berakhiran .txt"),
                               ("laporan.pdf.exe", 10, "berakhiran .exe"), ("tanpa", 10, "tidak berakhiran")):
        answer = sender.begin(length, name)
        assert answer.status_code == 422 and part in said(answer), name
    assert count(session, Upload) == 0


def test_FI_01_a_file_over_the_limit_is_413_before_anything_is_sent(app, session, sender):
    most = app.config["EVIDENCE_MAX_BYTES"]
    answer = sender.begin(most + 1)
    assert answer.status_code == 413 and "batas satu berkas 50 MB" in said(answer)
    assert count(session, Upload) == 0
    assert sender.begin(most).status_code == 201


def test_FI_07_one_byte_over_the_room_is_413_with_what_is_left(app, session, sender, monkeypatch):
    monkeypatch.setitem(app.config, "EVIDENCE_QUOTA_BYTES", 3 * 1024 * 1024)
    assert sender.begin(2 * 1024 * 1024).status_code == 201
    answer = sender.begin(1024 * 1024 + 1, "Besar.pdf")
    assert answer.status_code == 413 and "Sisa ruang bukti OPD Anda 1 MB" in said(answer)
    assert sender.begin(1024 * 1024, "Pas.pdf").status_code == 201


@pytest.mark.parametrize(
    ("name", "content", "part"),
    [
        ("palsu.pdf", b"<script>alert(1)</script>", "tetapi isinya"),
        ("gambar.png", b"<svg onload='alert(1)'/>", "tetapi isinya"),
        ("surat.docx", b"PK\x03\x04 bukan paket", "surat"),
        ("laporan.pdf", b"MZ\x90\x00" + bytes(200), "tetapi isinya"),
    ],
)
def test_FI_02_content_that_is_something_else_is_refused_at_the_end_and_its_row_says_why(
    app, client, session, where, sender, name, content, part
):
    answer = sender.send(content, name, step=10, **for_item(where))
    assert answer.status_code == 422
    upload = the_upload(session)
    assert upload.state == "refused" and upload.note
    assert part == "surat" or part in upload.note
    assert (count(session, Document), count(session, Blob), files_of(app)) == (0, 0, [])
    assert list(app.extensions["storage"].walk()) == []
    page = client.get("/bukti/unggahan").get_data(as_text=True)
    assert "Ditolak" in page and name in page
    assert sender.send(pdf(), "baik.pdf", **for_item(where)).status_code == 204
    at = f"/unggahan/{upload.id}"
    assert sender.progress(at).status_code == 410


def test_FI_03_a_name_never_becomes_a_path(app, session, where, sender):
    for n, name in enumerate(("../../x.pdf", "/etc/passwd.pdf", "CON.pdf", "a\u202egpj.pdf", "..\\..\\y.pdf", "\u200b.pdf", "a" * 500 + ".pdf")):
        assert sender.send(pdf(str(n)), name, **for_item(where)).status_code == 204
    session.rollback()
    names = session.scalars(select(DocumentVersion.file_name)).all()
    assert all("/" not in name and "\\" not in name and "\u202e" not in name and len(name) <= 120 for name in names)
    evidence = app.config["EVIDENCE_FOLDER"]
    outside = [path.name for path in evidence.rglob("*") if path.is_file() and len(path.name) != 64]
    assert outside == []


@pytest.mark.parametrize("id", ["../../portal", "a" * 31, "A" * 32, "g" * 32, "0" * 32, "%00" * 10 + "00", "x"])
def test_ids_nobody_gave_are_404(sender, id):
    for answer in (sender.progress(f"/unggahan/{id}"), sender.piece(f"/unggahan/{id}", 0, b"x"), sender.end(f"/unggahan/{id}")):
        assert answer.status_code == 404


def test_FI_01_a_stream_without_a_length_stops_at_what_was_announced(app, client, session, sender):
    at = sender.begin(len(pdf())).headers["Location"]

    class Endless(io.RawIOBase):
        read_so_far = 0

        def readable(self):
            return True

        def tell(self):
            return 0

        def seek(self, *_):
            return 0

        def readinto(self, into):
            into[:] = bytes(len(into))
            Endless.read_so_far += len(into)
            return len(into)

    answer = client.patch(
        at, input_stream=Endless(), content_type="application/offset+octet-stream",
        headers=sender.headers | {"Upload-Offset": "0"}, environ_overrides={"wsgi.input_terminated": True},
    )
    assert answer.status_code == 413
    assert Endless.read_so_far <= 4 * 1024 * 1024
    assert PartialFiles(app.extensions["storage"]).size(at.rpartition("/")[2]) == 0
    assert sender.progress(at).headers["Upload-Offset"] == "0"
