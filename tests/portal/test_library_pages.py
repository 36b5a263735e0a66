"""S22 and S23 beyond the first file: adding without an indicator, labels, versions, codes, removal and undo."""

import io
import re
from datetime import date, timedelta

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from assessments import answering, library
from assessments.canonical import digest
from assessments.models import Citation, Document, DocumentVersion
from tests import builders as build
from tests.portal.agency_pages import answer_of, as_operator, begun, form_of, pdf, statements


@pytest.fixture
def where(client, session):
    made = begun(session)
    as_operator(client, session, made)
    return made


def add(client, *files):
    fields = form_of(client, "/bukti", "tambah-dokumen")
    fields["files"] = [(io.BytesIO(content), name) for name, content in files]
    return client.post(address_of(client), data=fields, content_type="multipart/form-data")


def address_of(client) -> str:
    return re.search(r'action="(/bukti/pustaka/[^"]+)"', client.get("/bukti").get_data(as_text=True)).group(1)


def stored(session, where, title="Perwali Peta Rencana", agency="bappeda", **more):
    content = f"%PDF-{title}-{agency}".encode()
    blob = library.remember_blob(session, digest(content), len(content), "application/pdf")
    made = library.add_document(session, where.city.agencies[agency], where.city.actor("operator"), title=title, blob=blob,
                                file_name=f"{title}.pdf", **more)
    session.flush()
    return made


def text(client, address):
    return client.get(address).get_data(as_text=True)


def test_several_files_come_in_without_an_indicator_and_each_refused_one_says_why(client, session, where):
    sent = add(client, ("Perwali 12.pdf", pdf("a")), ("kosong.pdf", b""), ("Notula.pdf", pdf("b")), ("x.exe", b"MZ"))
    assert sent.status_code == 302
    page = text(client, "/bukti")
    assert "2 dokumen masuk pustaka" in page and "kosong.pdf: Berkas kosong" in page and "x.exe: " in page
    assert {"Perwali 12", "Notula"} == set(session.scalars(select(Document.title)))
    again = add(client, ("lain nama.pdf", pdf("a")))
    assert again.status_code == 302 and "sudah ada di pustaka sebagai “Perwali 12”" in text(client, "/bukti")
    none = add(client, ("kosong.pdf", b""))
    assert none.status_code == 422 and "kosong.pdf: Berkas kosong" in none.get_data(as_text=True)
    session.rollback()
    assert len(session.scalars(select(Document)).all()) == 2


def test_a_title_like_another_one_is_pointed_out(client, session, where):
    stored(session, where, "Laporan reviu peta rencana")
    session.commit()
    add(client, ("Laporan reviu peta rencana final.pdf", pdf("z")))
    page = text(client, "/bukti")
    assert "ada dokumen berjudul mirip, “Laporan reviu peta rencana”" in page
    newest = max(session.scalars(select(Document.id)))
    session.rollback()
    assert "Ada dokumen berjudul mirip" in text(client, f"/bukti/{newest}")


def test_another_agency_learns_nothing_of_the_same_file_or_title(client, session, where):
    """Same answer and same work, whether somebody else holds the bytes or nobody does: but that new bytes are kept and read."""
    asked = []
    for held in (True, False):
        if held:
            as_operator(client, session, where)
            add(client, ("Perwali rahasia.pdf", pdf("sama" * 9000)))
            as_operator(client, session, where, "operator_other")
        marks = "sama" if held else "beda"
        name = "Perwali rahasia.pdf" if held else "Notula terbuka.pdf"
        fields = form_of(client, "/bukti", "tambah-dokumen") | {"files": [(io.BytesIO(pdf(marks * 9000)), name)]}
        shelf = address_of(client)
        with statements() as seen:
            sent = client.post(shelf, data=fields, content_type="multipart/form-data")
        asked.append(seen)
        page = text(client, "/bukti")
        assert sent.status_code == 302 and "1 dokumen masuk pustaka" in page
        assert "sudah ada" not in page and "mirip" not in page
    held, new = ([each for each in seen if not re.search(r"audit_|INTO blob|FROM blob\b|INTO job", each)] for seen in asked)
    assert held == new
    assert {d.owner_org.code for d in session.scalars(select(Document))} == {"bappeda-1", "dinkes-1"}


@pytest.mark.parametrize(("who", "status"), [("round_manager", 302), ("entry_officer", 302), ("internal_assessor", 403),
                                             ("head", 404), ("operator", 404), ("inspector", 403)])
def test_the_team_adds_to_the_library_of_the_instansi(client, session, where, who, status):
    root = where.city.instansi.slug
    as_operator(client, session, where, who)
    page = text(client, "/bukti")
    assert ("Tambah dokumen ke pustaka" in page) == (status == 302)
    fields = form_of(client, "/bukti", part="keluar") | {"files": [(io.BytesIO(pdf(who)), "SK Tim.pdf")]}
    sent = client.post(f"/bukti/pustaka/{root}", data=fields, content_type="multipart/form-data")
    assert sent.status_code == status
    session.rollback()
    owners = [document.owner_org_id for document in session.scalars(select(Document))]
    assert owners == ([where.city.instansi.id] if status == 302 else [])
    if status == 302:
        number = session.scalar(select(Document.id))
        session.rollback()
        assert "Simpan keterangan" in text(client, f"/bukti/{number}")
        read = client.get(f"/bukti/{number}/1/berkas", buffered=True)
        assert read.status_code == 200
        as_operator(client, session, where)
        assert client.get(f"/bukti/{number}").status_code == 404


def test_the_library_sorts_filters_and_searches(client, session, where):
    day = build.day()
    one = stored(session, where, "Zakat Perwali", kind="regulation", number="55/2024")
    two = stored(session, where, "Arsip notula", kind="report")
    one.valid_until, two.valid_until = day + timedelta(days=10), day - timedelta(days=1)
    two.document.tags = ["rapat é", "audit"]
    made = build.contribution(session, where.period, where.city.agencies["bappeda"], "I12")
    answering.cite(made, one, where.city.actor("operator"))
    session.commit()

    def shown(query):
        page = text(client, f"/bukti?{query}").partition('<tbody')[2]
        return sorted(("Zakat", "Arsip"), key=lambda word: page.find(word)) if "Zakat" in page and "Arsip" in page else [
            word for word in ("Zakat", "Arsip") if word in page
        ]

    assert shown("") == ["Arsip", "Zakat"] == shown("urut=judul") == shown("urut=belum") == shown("urut=berlaku")
    assert shown("jenis=regulation") == ["Zakat"] and shown("jenis=report") == ["Arsip"]
    assert shown("cari=55/2024") == ["Zakat"] and shown("cari=notula.pdf") == ["Arsip"] and shown("cari=%00") == ["Arsip", "Zakat"]
    assert shown("label=rapat+%C3%A9") == ["Arsip"] == shown("label=AUDIT") and shown("label=rapat") == [] == shown("label=%25")
    assert shown("saring=berlaku") == ["Arsip", "Zakat"] and shown("saring=belum") == ["Arsip"]
    page = text(client, "/bukti")
    assert "Tidak berlaku lagi sejak" in page and "Berlaku sampai" in page and "rapat é" in page


def test_four_hundred_files_cost_the_same_statements_and_come_in_pages(client, session, where):
    stored(session, where)
    session.commit()
    for address in ("/bukti?urut=belum", "/bukti/kebijakan"):
        client.get(address)
    with statements() as one:
        client.get("/bukti?urut=belum")
    for n in range(399):
        version = stored(session, where, f"Perwali nomor urut {n}", kind="regulation")
        version.document.tags = [f"label {n}"]
    session.commit()
    with statements() as many:
        page = text(client, "/bukti?urut=belum")
    assert len(one) == len(many) <= 10, "\n".join(many)
    assert "400 dokumen" in page and page.count('class="rowlink"') == 50 and "Halaman 1 dari 8" in page
    assert text(client, "/bukti?halaman=8").count('class="rowlink"') == 50
    with statements() as register:
        assert text(client, "/bukti/kebijakan").count('class="rowlink"') == 50
    assert len(register) <= 10, "\n".join(register)
    with statements() as tasks:
        assert client.get("/penilaian/2026").status_code == 200
    assert len(tasks) <= 10


def test_what_a_version_says_is_written_and_emptied_and_all_faults_come_at_once(client, session, where):
    version = stored(session, where)
    session.commit()
    page = f"/bukti/{version.document_id}"
    said = {"v1-number": "12/2024", "v1-dated": "2024-03-01", "v1-effective_on": "01-04-2024", "v1-valid_until": "2026-04-01",
            "v1-signatory": "Wali Kota"}
    fields = form_of(client, page, "keterangan-versi-1")
    assert client.post(f"{page}/1/keterangan", data=fields | said).status_code == 302
    session.expire_all()
    assert (version.number, version.dated, version.effective_on, version.valid_until, version.signatory) == (
        "12/2024", date(2024, 3, 1), date(2024, 4, 1), date(2026, 4, 1), "Wali Kota")
    session.rollback()
    shown = text(client, page)
    assert "Ditandatangani Wali Kota" in shown and "Keterangan versi 1 diubah" in shown
    bad = {"v1-number": "x" * 81, "v1-dated": "32-13-2024", "v1-signatory": "y" * 121}
    sent = client.post(f"{page}/1/keterangan", data=fields | said | bad)
    again = sent.get_data(as_text=True)
    assert sent.status_code == 422
    for sentence in ("Tanggal dokumen tidak dapat dibaca", "Nomor dokumen terlalu panjang", "Penanda tangan terlalu panjang"):
        assert sentence in again
    assert "32-13-2024" in again and "x" * 81 in again
    assert client.post(f"{page}/1/keterangan", data=fields).status_code == 302
    session.expire_all()
    assert (version.number, version.valid_until, version.signatory) == (None, None, None)
    session.rollback()
    assert client.post(f"{page}/7/keterangan", data=fields).status_code == 404


def test_what_a_locked_answer_cites_stays_as_it_was(client, session, where):
    part = build.ready(session, where.city, where.period)
    version = part.contributions[0].citations[0].cited
    session.commit()
    page = f"/bukti/{version.document_id}"
    fields = form_of(client, page, "keterangan-versi-1") | {"v1-number": "99"}
    sent = client.post(f"{page}/1/keterangan", data=fields)
    assert sent.status_code == 422 and "nomor dan tanggalnya tetap" in sent.get_data(as_text=True)
    session.expire_all()
    assert version.number is None
    session.rollback()
    assert "tetap di pustaka" in text(client, page)
    refused = client.post(f"{page}/hapus", data=fields)
    assert refused.status_code == 409 and "tetap di pustaka" in refused.get_data(as_text=True)


def test_a_removed_document_vanishes_says_so_and_comes_back(client, session, where):
    version = stored(session, where)
    session.commit()
    key, page = version.document_id, f"/bukti/{version.document_id}"
    session.rollback()
    assert "Perwali Peta Rencana" in text(client, where.item())
    fields = form_of(client, page, part="/hapus")
    assert client.post(f"{page}/hapus", data=fields).status_code == 302
    shown = text(client, page)
    assert "Dokumen ini dihapus dari pustaka" in shown and "Dihapus dari pustaka" in shown and "Simpan keterangan" not in shown
    assert "Perwali Peta Rencana" not in text(client, "/bukti") + text(client, where.item()) + text(client, "/bukti/kebijakan")
    assert "Perwali Peta Rencana" in text(client, "/bukti?saring=dihapus")
    assert client.post(f"{page}/hapus", data=fields).status_code == 409
    sent = form_of(client, where.item(), "jawaban") | {"document": str(key)}
    assert client.post(where.item() + "/pustaka", data=sent).status_code == 422
    for denied, status in (("head", 403), ("internal_assessor", 403), ("operator_other", 404)):
        as_operator(client, session, where, denied)
        given = form_of(client, "/bukti", part="keluar")
        assert client.post(f"{page}/pemulihan", data=given).status_code == status, denied
        assert client.get(page).status_code == (404 if status == 404 else 200)
    as_operator(client, session, where)
    fields = form_of(client, page, part="/pemulihan")
    assert client.post(f"{page}/pemulihan", data=fields).status_code == 302
    assert "Perwali Peta Rencana" in text(client, "/bukti") and "Dikembalikan ke pustaka" in text(client, page)


def test_removing_lets_go_of_it_in_answers_that_are_still_open(client, session, where):
    version = stored(session, where)
    made = build.contribution(session, where.period, where.city.agencies["bappeda"], "I12")
    answering.cite(made, version, where.city.actor("operator"))
    session.commit()
    page = f"/bukti/{version.document_id}"
    session.rollback()
    assert "1 rujukan pada isian yang masih diisi ikut dilepas" in text(client, page)
    assert client.post(f"{page}/hapus", data=form_of(client, page, part="/hapus")).status_code == 302
    assert answer_of(session, where).citations == []


def test_the_generated_code_is_shown_names_the_file_and_stands_in_the_workbook(app, client, session, where):
    add(client, ("Perwali Peta Rencana.pdf", pdf("kode")))
    version = session.scalar(select(DocumentVersion))
    made = build.contribution(session, where.period, where.city.agencies["bappeda"], "I12")
    citation = answering.cite(made, version, where.city.actor("operator"), [3], "5-8", article="Pasal 5")
    session.commit()
    number, document = citation.id, version.document_id
    session.rollback()
    for page in (where.item(), f"/bukti/{document}"):
        assert "12.a.Perwali Peta Rencana" in text(client, page), page
    assert f"/bukti/{document}/1/berkas?rujukan={number}" in text(client, where.item())
    for query, name in ((f"?rujukan={number}", "12.a.Perwali Peta Rencana.pdf"), ("?rujukan=999", "Perwali Peta Rencana.pdf"),
                        ("?rujukan=x", "Perwali Peta Rencana.pdf"), ("?rujukan=99999999999", "Perwali Peta Rencana.pdf")):
        answer = client.get(f"/bukti/{document}/1/berkas{query}", buffered=True)
        assert f'filename="{name}"' in answer.headers["Content-Disposition"], query
    sheet = client.get("/bukti/daftar.xlsx")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(sheet.data)).get_sheet_by_index(0).to_python()
    assert rows[1][0] == "12.a.Perwali Peta Rencana" and "Pasal 5" in rows[1]
    as_operator(client, session, where, "operator_other")
    foreign = client.get("/bukti/daftar.xlsx")
    assert len(CalamineWorkbook.from_filelike(io.BytesIO(foreign.data)).get_sheet_by_index(0).to_python()) == 1


def test_a_version_with_bytes_that_are_here_already_points_to_them(client, session, where):
    add(client, ("Satu.pdf", pdf("1")), ("Dua.pdf", pdf("2")))
    one, two = session.scalars(select(Document.id).order_by(Document.id)).all()
    session.rollback()
    for content, status, sentence in ((pdf("2"), 302, "Berkas yang sama juga ada di pustaka sebagai “Dua”"),
                                      (pdf("1"), 422, "isinya sama dengan versi 1")):
        fields = form_of(client, f"/bukti/{one}", "ganti") | {"files": (io.BytesIO(content), "baru.pdf")}
        sent = client.post(f"/bukti/{one}", data=fields)
        assert sent.status_code == status
        assert sentence in (sent.get_data(as_text=True) if status == 422 else text(client, f"/bukti/{one}"))
    assert session.query(Citation).count() == 0 and two


def test_tags_are_typed_with_commas_and_refused_at_their_field(client, session, where):
    version = stored(session, where)
    session.commit()
    page = f"/bukti/{version.document_id}"
    good = form_of(client, page, "keterangan") | {"then": "describe", "title": "P", "kind": "plan", "secrecy": "secret"}
    assert client.post(page, data=good | {"tags": "SPBE, peta  rencana"}).status_code == 302
    session.expire_all()
    assert version.document.tags == ["spbe", "peta rencana"]
    session.rollback()
    sent = client.post(page, data=good | {"tags": "x" * 31, "title": ""})
    page_again = sent.get_data(as_text=True)
    assert sent.status_code == 422 and "paling banyak 30 huruf" in page_again and "Judul dokumen wajib diisi" in page_again
