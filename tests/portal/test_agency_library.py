"""S22, S23 and the one door for bytes."""

import io

import pytest
from sqlalchemy import select

from assessments.models import AccessLog, Blob, Document, DocumentVersion
from tests import builders as build
from tests.portal.agency_pages import as_operator, begun, form_of, pdf, statements, upload


@pytest.fixture
def where(client, session):
    made = begun(session)
    as_operator(client, session, made)
    return made


@pytest.fixture
def stored(client, session, where) -> str:
    """The address of an uploaded file."""
    upload(client, where.item(), ("Perwali é 12.pdf", pdf("x" * 5000)))
    return f"/bukti/{session.scalar(select(Document.id))}"


def fetch(client, address: str, **more):
    """A download read to its end, as a browser does."""
    return client.get(address, buffered=True, **more)


def test_an_empty_library_says_how_documents_come_in(client, where):
    assert "Pustaka masih kosong" in client.get("/bukti").get_data(as_text=True)


def test_the_library_lists_searches_and_filters(client, session, where, stored):
    page = client.get("/bukti").get_data(as_text=True)
    assert "1 dokumen" in page and "Perwali é 12" in page and "1 indikator" in page
    assert "Perwali é 12" in client.get("/bukti?cari=perwali").get_data(as_text=True)
    assert "Tidak ada dokumen yang cocok" in client.get("/bukti?cari=100%25").get_data(as_text=True)
    assert "Tidak ada dokumen yang cocok" in client.get("/bukti?saring=belum").get_data(as_text=True)


def test_the_library_of_many_costs_the_same_statements(client, session, where, stored):
    client.get("/bukti")
    with statements() as one:
        client.get("/bukti")
    for n in range(30):
        build.document(session, where.city.agencies["bappeda"], where.city.actor("operator"), f"%PDF-{n}".encode())
    session.commit()
    with statements() as many:
        assert "31 dokumen" in client.get("/bukti").get_data(as_text=True)
    assert len(one) == len(many) <= 10
    with statements() as seen:
        assert client.get(stored).status_code == 200
    assert len(seen) <= 10, "\n".join(seen)


def test_the_head_reads_and_cannot_change(client, session, where, stored):
    as_operator(client, session, where, "head")
    page = client.get(stored).get_data(as_text=True)
    assert "Unggah versi baru" not in page and "12 Peta Rencana SPBE" in page
    fields = form_of(client, stored, part="keluar")
    assert client.post(stored, data=fields | {"then": "describe", "title": "x"}).status_code == 403


def test_a_new_version_keeps_the_old_one(client, session, where, stored):
    fields = form_of(client, stored, "ganti")
    assert client.post(stored, data=fields | {"files": (io.BytesIO(pdf("baru")), "baru.pdf")}).status_code == 302
    sent = client.post(stored, data=fields | {"files": (io.BytesIO(pdf("baru")), "sama.pdf")})
    assert sent.status_code == 422 and "isinya sama dengan versi 2" in sent.get_data(as_text=True)
    assert [v.n for v in session.scalars(select(DocumentVersion).order_by(DocumentVersion.n))] == [1, 2]
    assert fetch(client, stored + "/1/berkas").data == pdf("x" * 5000)
    assert fetch(client, stored + "/2/berkas").data == pdf("baru")


def test_title_kind_and_class_are_corrected(client, session, where, stored):
    fields = form_of(client, stored, "keterangan") | {"then": "describe"}
    good = {"title": "Peraturan Wali Kota 12", "kind": "regulation", "secrecy": "open"}
    assert client.post(stored, data=fields | good).status_code == 302
    session.rollback()
    assert session.scalar(select(Document.title)) == "Peraturan Wali Kota 12"
    for bad in ({"title": ""}, {"title": "x" * 201}, {"title": "a\u202eb"}, {"kind": "x"}, {"secrecy": "top"}):
        assert client.post(stored, data=fields | good | bad).status_code == 422
    session.rollback()
    assert session.scalar(select(Document.kind)) == "regulation"


def test_FI_04_bytes_come_as_a_file_to_save_in_a_sandbox(client, session, where, stored):
    answer = fetch(client, stored + "/1/berkas")
    headers = answer.headers
    assert answer.status_code == 200
    assert headers["Content-Disposition"] == "attachment; filename=\"Perwali e 12.pdf\"; filename*=UTF-8''Perwali%20%C3%A9%2012.pdf"
    assert headers["Content-Type"] == "application/pdf"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["Cache-Control"] == "no-store"
    assert int(headers["Content-Length"]) == len(answer.data)
    session.rollback()
    line = session.scalars(select(AccessLog).where(AccessLog.action == "download")).one()
    assert (line.outcome, line.account_id) == ("allowed", build.account_of(where.city.people["operator"]).id)


def test_FI_08_what_comes_back_is_what_went_up_and_its_hash_is_shown(client, session, where):
    for n in range(20):
        content = pdf(f"{n}" * (n * 700 + 1)) + bytes(range(256)) * n
        upload(client, where.item(), (f"{n}.pdf", content))
        document = max(session.scalars(select(Document.id)))
        session.rollback()
        assert fetch(client, f"/bukti/{document}/1/berkas").data == content
        sha = session.get(DocumentVersion, (document, 1)).sha256
        session.rollback()
        assert sha in client.get(f"/bukti/{document}").get_data(as_text=True)


@pytest.mark.parametrize(
    ("asked", "status"),
    [("bytes=0-9", 206), ("bytes=-10", 206), ("bytes=5-", 206), ("bytes=99999999-", 416), ("bytes=9-2", 416), ("apa saja", 200),
     ("bytes=" + ",".join("0-1" for _ in range(1000)), 200), ("items=0-5", 200), ("bytes=0-99999999", 206)],
    ids=lambda value: str(value)[:18],
)
def test_a_range_is_honoured_when_it_is_one_plain_range(client, stored, asked, status):
    whole = pdf("x" * 5000)
    answer = fetch(client, stored + "/1/berkas", headers={"Range": asked})
    assert answer.status_code == status
    if status == 206:
        assert answer.data in whole and answer.headers["Content-Range"].endswith(f"/{len(whole)}")
    if status == 200:
        assert answer.data == whole


def test_a_file_with_a_wrong_length_or_missing_is_not_sent(app, client, session, stored):
    session.rollback()
    path = app.extensions["storage"].path(session.scalar(select(Blob.sha256)))
    path.chmod(0o600)
    path.write_bytes(b"pendek")
    for _ in range(2):
        answer = fetch(client, stored + "/1/berkas")
        assert answer.status_code == 409 and "rusak atau hilang" in answer.get_data(as_text=True)
        path.unlink(missing_ok=True)
    outcomes = session.scalars(select(AccessLog.outcome).where(AccessLog.action == "download")).all()
    assert outcomes == ["damaged", "damaged"]


def test_AC_02_AC_05_foreign_and_missing_things_look_the_same(client, session, where, stored):
    as_operator(client, session, where, "operator_other").get("/bukti")
    number = int(stored.rpartition("/")[2])
    for foreign, missing in (
        (f"/bukti/{number}", f"/bukti/{number + 1}"),
        (f"/bukti/{number}/1/berkas", f"/bukti/{number + 1}/1/berkas"),
        (f"/bukti/{number}/1/berkas", f"/bukti/{number}/7/berkas"),
        ("/penilaian/2026/indikator/I12?opd=bappeda", "/penilaian/2026/indikator/I12?opd=tiada"),
        ("/penilaian/2026?opd=bappeda", "/penilaian/2026?opd=tiada"),
        ("/penilaian/2026/periksa?opd=bappeda", "/penilaian/2026/periksa?opd=tiada"),
        ("/penilaian/2026/terkirim?opd=bappeda", "/penilaian/2026/terkirim?opd=tiada"),
    ):
        one, other = fetch(client, foreign), fetch(client, missing)
        assert (one.status_code, other.status_code) == (404, 404), foreign
        assert abs(len(one.data) - len(other.data)) <= 2, foreign
    assert "Perwali" not in client.get("/bukti").get_data(as_text=True)
    assert "Perwali" not in client.get("/bukti?cari=Perwali").get_data(as_text=True).replace('value="Perwali"', "")


def test_AC_04_the_door_asks_each_time(client, session, where, stored):
    address = stored + "/1/berkas"
    assert fetch(client, address).status_code == 200
    where.city.people["operator"].ends_on = build.SINCE
    session.commit()
    assert fetch(client, address).status_code == 404
    where.city.people["operator"].ends_on = None
    session.commit()
    assert fetch(client, address).status_code == 200
    client.post("/keluar", data=form_of(client, "/bukti", part="keluar"))
    assert fetch(client, address).status_code == 302


def test_AC_04_the_team_reads_evidence_and_others_do_not(client, session, where, stored):
    for who, status in (("inspector", 200), ("internal_assessor", 200), ("head", 200), ("head_other", 404),
                        ("executive", 404), ("inventory_manager", 404), ("system_admin", 403)):
        as_operator(client, session, where, who)
        assert fetch(client, stored + "/1/berkas").status_code == status, who
        assert client.get("/bukti").status_code == (200 if who == "head_other" else status), who


def test_a_link_has_no_bytes(client, session, where):
    fields = form_of(client, where.item(), "jawaban") | {"title": "JDIH", "url": "https://jdih.go.id/x"}
    client.post(where.item() + "/tautan", data=fields)
    number = session.scalar(select(Document.id))
    session.rollback()
    assert fetch(client, f"/bukti/{number}/1/berkas").status_code == 404
    assert "https://jdih.go.id/x" in client.get(f"/bukti/{number}").get_data(as_text=True)
