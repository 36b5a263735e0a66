"""S24: who may send pieces, what becomes of a file at its end, and the page that lists them."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from assessments import sharing, uploading
from assessments.clock import judged_at
from assessments.models import Document, DocumentVersion, Upload
from tests import builders as build
from tests.portal.agency_pages import answer_of, as_operator, begun, pdf, statements
from tests.portal.uploading_pages import Sender, count, files_of, for_item, metadata, said, the_upload


@pytest.fixture
def where(client, session):
    made = begun(session)
    as_operator(client, session, made)
    return made


@pytest.fixture
def sender(client, where) -> Sender:
    return Sender(client)


# ---------------------------------------------------------------- who may


def test_an_upload_of_another_agency_does_not_exist(app, client, session, where, sender):
    at = sender.begin(len(pdf()), **for_item(where)).headers["Location"]
    sender.piece(at, 0, pdf()[:100])
    other = app.test_client()
    as_operator(other, session, where, "operator_other")
    stranger = Sender(other)
    for answer in (stranger.progress(at), stranger.piece(at, 100, pdf()[100:]), stranger.end(at)):
        assert answer.status_code == 404
    assert "Laporan.pdf" not in other.get("/bukti/unggahan").get_data(as_text=True)
    assert other.post(f"/bukti{at}/hapus", data={"csrf_token": stranger.token}).status_code == 404
    assert sender.progress(at).headers["Upload-Offset"] == "100"


def test_a_colleague_goes_on_and_the_head_only_looks(app, session, where, sender):
    at = sender.begin(len(pdf()), **for_item(where)).headers["Location"]
    sender.piece(at, 0, pdf()[:100])
    head = app.test_client()
    as_operator(head, session, where, "head")
    boss = Sender(head)
    assert boss.progress(at).status_code == 200
    assert boss.piece(at, 100, pdf()[100:]).status_code == 403
    page = head.get("/bukti/unggahan").get_data(as_text=True)
    assert "Laporan.pdf" in page and "Pilih lagi" not in page


def test_answers_and_documents_of_others_cannot_be_the_target(app, session, where, sender):
    theirs = build.document(session, where.city.agencies["kominfo"], where.city.actor("operator_other"), b"%PDF-lain")
    session.commit()
    assert sender.begin(100, document=str(theirs.document_id)).status_code == 404
    assert sender.begin(100, period=where.slug, item="I02").status_code == 404
    assert sender.begin(100, period="tidak-ada", item="I12").status_code == 404
    for strange in ("x", "-1", "9" * 20, "", "\x00"):
        assert sender.begin(100, document=strange).status_code in (404, 400)
    assert count(session, Upload) == 0


# ---------------------------------------------------------------- what becomes of it


def test_bytes_the_library_has_are_used_again(session, where, sender):
    sender.send(pdf(), "Pertama.pdf")
    answer = sender.send(pdf(), "Kedua.pdf", **for_item(where))
    assert said(answer) == "Sudah ada di pustaka sebagai “Pertama”, dipakai ulang."
    assert (count(session, Document), len(answer_of(session, where).citations)) == (1, 1)
    again = sender.send(pdf(), "Ketiga.pdf", **for_item(where))
    assert "Dokumen ini sudah dilampirkan pada indikator ini." in said(again)
    assert len(answer_of(session, where).citations) == 1


def test_a_document_gets_its_newer_version(session, where, sender):
    sender.send(pdf("a"), "Peraturan.pdf")
    session.rollback()
    document = str(session.scalar(select(Document.id)))
    sender.send(pdf("b"), "Peraturan baru.pdf", document=document)
    session.rollback()
    assert session.scalars(select(DocumentVersion.n).order_by(DocumentVersion.n)).all() == [1, 2]
    same = sender.send(pdf("b"), "Peraturan lagi.pdf", document=document)
    assert "sama dengan versi 2" in said(same) and count(session, DocumentVersion) == 2


def closing(session, where, ago: timedelta, grace: int = 0) -> None:
    """Let the time for answering end so long ago; what has begun began a day earlier."""
    end = datetime.now(UTC) - ago
    sharing.set_stage(where.period, "self_assessment", end - timedelta(days=20), end, grace)
    session.commit()


@pytest.mark.parametrize(
    ("ago", "grace", "attached"),
    [(timedelta(minutes=20), 1800, True), (timedelta(minutes=40), 1800, False), (timedelta(minutes=50), 7200, True),
     (timedelta(minutes=70), 7200, False), (timedelta(minutes=1), 0, False)],
)
def test_what_began_in_time_is_attached_until_the_grace_ends_and_never_after_an_hour(
    client, session, where, sender, ago, grace, attached
):
    at = sender.begin(len(pdf()), **for_item(where)).headers["Location"]
    the_upload(session).began_at = datetime.now(UTC) - timedelta(days=1)
    closing(session, where, ago, grace)
    answer = sender.piece(at, 0, pdf())
    assert answer.status_code == 204
    assert len(answer_of(session, where).citations) == attached
    assert count(session, Document) == 1, "it is in the library all the same"
    upload = the_upload(session)
    assert upload.began_at < upload.finished_at
    if not attached:
        assert "tidak dilampirkan: Pengisian sudah ditutup" in said(answer)
        page = client.get("/bukti/unggahan").get_data(as_text=True)
        assert "tidak dilampirkan: Pengisian sudah ditutup" in page and "Dimulai" in page and "selesai" in page


def test_nothing_is_begun_for_an_answer_that_is_closed(session, where, sender):
    closing(session, where, timedelta(hours=2))
    answer = sender.begin(100, **for_item(where))
    assert answer.status_code == 409 and "Pengisian sudah ditutup" in answer.get_json()["detail"]


def test_picking_the_same_file_again_goes_on_where_it_stopped(session, where, sender):
    first = sender.begin(len(pdf()), fingerprint="320-abc", **for_item(where))
    sender.piece(first.headers["Location"], 0, pdf()[:100])
    again = sender.begin(len(pdf()), fingerprint="320-abc", **for_item(where))
    assert (again.headers["Location"], again.headers["Upload-Offset"]) == (first.headers["Location"], "100")
    elsewhere = sender.begin(len(pdf()), fingerprint="320-abc", **for_item(where, "I01"))
    assert elsewhere.headers["Location"] != first.headers["Location"]
    other = sender.begin(len(pdf()), fingerprint="320-\x00abc")
    assert other.status_code == 201 and count(session, Upload) == 3


# ---------------------------------------------------------------- the page


def test_S24_lists_what_is_coming_done_and_refused_and_lets_it_be_removed(app, client, session, where, sender):
    at = sender.begin(len(pdf()), "Setengah.pdf", **for_item(where)).headers["Location"]
    sender.piece(at, 0, pdf()[: len(pdf()) * 68 // 100 + 1])
    sender.send(pdf("x"), "Jadi.pdf")
    page = client.get("/bukti/unggahan").get_data(as_text=True)
    assert "Pilih lagi berkas yang sama untuk melanjutkan dari 68%" in page
    assert "Jadi.pdf" in page and "indikator 12" in page
    gone = client.post(f"/bukti{at}/hapus", data={"csrf_token": sender.token})
    assert gone.status_code == 302
    assert "Setengah.pdf dihapus dari antrean." in client.get("/bukti/unggahan").get_data(as_text=True)
    assert files_of(app) == []


def test_the_page_and_a_piece_ask_few_questions_however_many_there_are(client, session, where, sender):
    content = pdf()
    at = sender.begin(len(content), **for_item(where)).headers["Location"]
    for n in range(8):
        sender.send(pdf(str(n)), f"{n}.pdf", step=1000, **for_item(where))
    with statements() as seen:
        client.get("/bukti/unggahan")
    assert len(seen) <= 10, seen
    with statements() as seen:
        sender.piece(at, 0, content[:100])
    assert len(seen) <= 10, seen
    with statements() as seen:
        sender.begin(10, "Satu.pdf", **for_item(where))
    assert len(seen) <= 14, seen


def test_a_line_that_breaks_keeps_what_has_come(session, sender, client):
    content = pdf()
    at = sender.begin(len(content)).headers["Location"]

    class Broken(io.BytesIO):
        def read(self, size=-1):
            if self.tell() >= 120:
                raise ConnectionResetError
            return super().read(min(size, 120) if size > 0 else 120)

        def readinto(self, into):
            piece = self.read(len(into))
            into[: len(piece)] = piece
            return len(piece)

    sent = client.patch(
        at, input_stream=Broken(content), content_type="application/offset+octet-stream",
        headers=sender.headers | {"Upload-Offset": "0", "Content-Length": str(len(content))},
    )
    assert (sent.status_code, sent.headers["Upload-Offset"]) == (204, "120")
    assert sender.progress(at).headers["Upload-Offset"] == "120"
    assert sender.piece(at, 120, content[120:]).headers["Portal-State"] == "complete"


def test_the_instant_of_a_request_counts(session, where, sender):
    """Both instants stand on the row, so that it can be said what happened at the deadline."""
    with judged_at(datetime(2026, 1, 1, tzinfo=UTC)):
        upload = uploading.begin(
            session, where.city.actor("operator"), where.city.agencies["bappeda"].id, id="0" * 32, file_name="a.pdf",
            length=5, fingerprint=None,
        )
    session.flush()
    assert upload.began_at == datetime(2026, 1, 1, tzinfo=UTC) and upload.expires_at == upload.began_at + uploading.LIFE
    assert metadata(filename="a") == "filename YQ=="
