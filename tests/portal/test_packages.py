"""Packages for the national application: what is in them, under which names, who takes them, and what happens to holes."""

import contextlib
import io
import re

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from assessments import general_questions
from assessments.models import AccessLog, Citation, Document
from assessments.policies import may
from portal import zip_streams
from tests import builders as build
from tests.portal.package_pages import carried, claimed, contents_of, put, read_package
from tests.portal.round_pages import Round, as_, begun, statements

ITEM = "/ekspor/butir/I12"


def out(where: Round, rest: str = "") -> str:
    return f"{where.base}/ekspor{rest}"


def test_a_package_of_an_item_holds_its_text_and_its_numbered_files(app, client, session):
    where = claimed(session)
    put(app, session, where, b"%PDF-isi perda", number="12/2024", title="Perda Peta Rencana")
    found = read_package(as_(client, session, where, "entry_officer").get(out(where, "/butir/I12/paket")))
    name = "12_Peta-Rencana_2_Perda-Peta-Rencana-12-2024.pdf"
    assert set(found.namelist()) == {"daftar-isi.csv", "12_Peta-Rencana.txt", name}
    assert found.read(name) == b"%PDF-isi perda"
    text = found.read("12_Peta-Rencana.txt").decode("utf-8-sig")
    assert "Fakta:\r\nFakta contoh." in text
    assert f"12.b {name}, hlm. 9-43" in text


def test_what_is_not_in_a_package_is_named_with_its_reason(app, client, session):
    where = claimed(session)  # the document of I12 was never opened by the worker: 12.a
    put(app, session, where, b"%PDF-virus", letter="b").cited.blob.scan_state = "quarantined"
    put(app, session, where, b"%PDF-hapus", letter="c").cited.document.removed_at = build.datetime.now(build.UTC)
    put(app, session, where, b"", letter="d", url="https://jdih.contoh.go.id/perda", title="JDIH")
    gone = put(app, session, where, b"%PDF-hilang", letter="e").cited
    short = put(app, session, where, b"%PDF-pendek", letter="f").cited
    store = app.extensions["storage"]
    store.path(gone.sha256).unlink()
    store.path(short.sha256).chmod(0o600)
    store.path(short.sha256).write_bytes(b"%PDF")
    put(app, session, where, b"%PDF-utuh", letter="g")
    session.commit()
    found = read_package(as_(client, session, where, "round_manager").get(out(where, "/butir/I12/paket")))
    said = {row["Kode"]: row["Keterangan"] for row in contents_of(found)}
    assert said == {
        "12.a": "tidak disertakan: belum selesai diperiksa portal",
        "12.b": "tidak disertakan: dikarantina pemindai virus",
        "12.c": "tidak disertakan: sudah dihapus dari pustaka",
        "12.d": "tautan: https://jdih.contoh.go.id/perda",
        "12.e": "tidak disertakan: hilang atau rusak di penyimpanan",
        "12.f": "tidak disertakan: hilang atau rusak di penyimpanan",
        "12.g": "",
    }
    assert [name for name in found.namelist() if name.endswith(".pdf")] == ["12_Peta-Rencana_7_Perda-12-Tahun-2024.pdf"]
    page = client.get(out(where, "/butir/I12")).get_data(as_text=True)
    assert "dikarantina pemindai virus" in page and "https://jdih.contoh.go.id/perda" in page


HOSTILE = ("../../etc/passwd", "CON", "\U0001f680\U0001f680", "a" * 300, "Perda\x07\tnomor\u202e12", "", "nama.exe/../x")


def test_hostile_names_become_safe_ones_and_none_twice(app, client, session):
    where = claimed(session)
    for at, title in enumerate(HOSTILE):
        put(app, session, where, f"%PDF-{at}".encode(), letter=chr(98 + at), title=title[:200], name=f"{title[:100]}.PDF")
    put(app, session, where, b"%PDF-dua", letter="x", title="CON", name="con.pdf")
    found = read_package(as_(client, session, where, "round_manager").get(out(where, "/paket")))
    names = found.namelist()
    assert len(names) == len(set(map(str.lower, names)))
    for name in names:
        for part in name.split("/"):
            assert re.fullmatch(r"[0-9a-z][A-Za-z0-9_.-]{0,139}", part), name
            assert ".." not in part
    assert any(name.endswith("_4_Dokumen.pdf") for name in names), "a name of pictures only is still called something"


def test_a_package_of_everything_has_a_folder_for_each_claim_and_the_general_questions(app, client, session):
    where = claimed(session)
    put(app, session, where, b"%PDF-1")
    put(app, session, where, b"%PDF-2", item="I01")
    version = carried(app, session, where)
    assessment, by = build.assessment_of(session, where.period), where.city.actor("round_manager")
    general_questions.add_questions(session, where.period, ["Layanan apa?"], by)
    general_questions.answer(general_questions.asked_of(session, assessment)[0], assessment, "Layanan kependudukan.", 0, by)
    general_questions.attach(general_questions.asked_of(session, assessment)[0], assessment, version, by)
    session.commit()
    found = read_package(as_(client, session, where, "responsible_officer").get(out(where, "/paket")))
    names = set(found.namelist())
    assert "12_Peta-Rencana/12_Peta-Rencana_2_Perda-12-Tahun-2024.pdf" in names
    assert "00_Pertanyaan-umum/P1_1_Dokumen-instansi.pdf" in names
    assert "Layanan kependudukan." in found.read("00_Pertanyaan-umum/00_Pertanyaan-umum.txt").decode()
    assert {row["Folder"] for row in contents_of(found)} >= {"00_Pertanyaan-umum", "12_Peta-Rencana"}


def test_every_file_that_goes_may_be_downloaded_one_by_one_too(app, client, session):
    where = claimed(session)
    put(app, session, where, b"%PDF-1")
    by = where.city.actor("entry_officer")
    for citation in session.scalars(select(Citation).where(Citation.claim_id.is_not(None))):
        assert may(by, "download", citation.cited)


def test_AC_a_file_of_a_foreign_instansi_is_left_out_and_named(app, client, session):
    where = claimed(session)
    abroad = build.city(session, "Kota Lain")
    made = put(app, session, where, b"%PDF-asing")
    session.get_one(Document, made.document_id).owner_org_id = abroad.agencies["dinkes"].id
    session.commit()
    found = read_package(as_(client, session, where, "round_manager").get(out(where, "/butir/I12/paket")))
    assert "tidak boleh dibuka" in contents_of(found)[1]["Keterangan"]
    assert not [name for name in found.namelist() if name.endswith(".pdf")]


def test_taking_a_package_leaves_a_line_for_each_file(app, client, session):
    where = claimed(session)
    made = put(app, session, where, b"%PDF-1")
    read_package(as_(client, session, where, "round_manager").get(out(where, "/butir/I12/paket")))
    session.rollback()
    lines = {(line.thing, line.outcome) for line in session.scalars(select(AccessLog).where(AccessLog.action == "download"))}
    assert (f"document_version:{made.document_id}/{made.n}", "allowed") in lines
    assert any(thing.startswith("package:assessment/") for thing, _ in lines)
    assert any(outcome == "left_out" for _, outcome in lines)


def test_nothing_is_held_while_a_package_travels_and_leaving_ends_it(app, client, session, monkeypatch):
    where = claimed(session)
    content = b"%PDF" + b"x" * (3 * zip_streams.CHUNK)
    put(app, session, where, content)
    opened = []
    real = app.extensions["storage"].open
    monkeypatch.setattr(app.extensions["storage"], "open", lambda sha256: opened.append(real(sha256)) or opened[-1])
    signed_in = as_(client, session, where, "round_manager")
    answer = signed_in.get(out(where, "/butir/I12/paket"), buffered=False)
    chunks = iter(answer.response)
    while not opened:
        next(chunks)
    build.document(session, where.city.agencies["bappeda"], where.city.actor("operator"), b"%PDF-sementara")
    session.commit()  # another writer goes on in the middle of it
    answer.close()
    assert opened[0].closed


def test_bytes_that_changed_in_the_store_break_the_package_off(app, client, session):
    where = claimed(session)
    version = put(app, session, where, b"%PDF-asli").cited
    path = app.extensions["storage"].path(version.sha256)
    path.chmod(0o600)
    path.write_bytes(b"%PDF-lain")  # as long as before
    answer = as_(client, session, where, "round_manager").get(out(where, "/butir/I12/paket"), buffered=False)
    with pytest.raises(zip_streams.Damaged), contextlib.closing(answer):
        for _ in answer.response:
            pass


def test_the_page_of_an_item_has_the_text_in_one_field_that_can_be_selected(app, client, session):
    where = claimed(session)
    page = as_(client, session, where, "entry_officer").get(out(where, "/butir/I12")).get_data(as_text=True)
    field = re.search(r"<textarea[^>]*readonly[^>]*>(.*?)</textarea>", page, re.S)[1]
    assert field.startswith("Fakta:\nFakta contoh.\n\nAnalisis:\nAnalisis contoh.")
    assert "Terdefinisi" in page


def test_an_item_without_a_claim_says_so(app, client, session):
    where = begun(session)
    entry = as_(client, session, where, "entry_officer")
    assert "Belum ada klaim" in entry.get(out(where, "/butir/I12")).get_data(as_text=True)
    assert entry.get(out(where, "/butir/I12/penjelasan")).status_code == 409
    assert entry.get(out(where, "/pertanyaan-umum")).status_code == 409
    assert entry.get(out(where, "/butir/I99")).status_code == 404
    assert entry.get(out(where, "/butir/I12%00")).status_code == 404


def test_the_recap_has_every_item_and_no_formula(app, client, session):
    where = claimed(session)
    build.assessment_of(session, where.period).claim("I12").facts = "=HYPERLINK(1)"
    session.commit()
    answer = as_(client, session, where, "round_manager").get(out(where, "/rekap.xlsx"))
    sheet = load_workbook(io.BytesIO(answer.get_data())).active
    rows = list(sheet.iter_rows(min_row=2))
    assert len(rows) == len(where.period.instrument.items)
    row = next(row for row in rows if row[0].value == "12")
    assert row[5].value == 3 and row[8].value == "=HYPERLINK(1)" and row[8].data_type == "s"


@pytest.mark.parametrize("page", ["", ITEM.removeprefix("/ekspor"), "/paket", "/butir/I12/paket", "/rekap.xlsx"])
def test_a_page_asks_as_much_for_forty_files_as_for_one(app, client, session, page):
    where = claimed(session)
    manager = as_(client, session, where, "round_manager")
    put(app, session, where, b"%PDF-1")
    manager.get(out(where, page)).close()
    with statements() as one:
        manager.get(out(where, page)).close()
    for at in range(40):
        put(app, session, where, f"%PDF-{at}".encode(), letter="a" + chr(97 + at % 26) + ("" if at < 26 else "z"))
    with statements() as many:
        manager.get(out(where, page)).close()
    assert len([s for s in many if "INSERT" not in s]) <= len([s for s in one if "INSERT" not in s])
    assert len([s for s in many if "INSERT" not in s]) <= 10, many
