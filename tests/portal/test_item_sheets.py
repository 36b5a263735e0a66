"""Lembar Indikator and the report of one assessor: pages from stored rows, each reader's reasons and no others."""

import io
from fractions import Fraction

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from assessments import judging, results
from assessments.models import Assessment
from tests import builders as build
from tests.portal.meeting_pages import met, statements
from tests.portal.result_pages import judged_denpasar

REASON = "Justifikasi asesor."


def said_in(pdf: bytes) -> list[str]:
    """The words of each page, blanks made one."""
    return [" ".join(page.extract_text().replace("\u200b", "").split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def sign_in(client, session, where, who):
    people = where.outside.people if who in where.outside.people else where.city.people
    return build.sign_in(client, session, people[who])


def test_every_item_has_its_page_with_claim_value_and_reasons(client, session):
    where = judged_denpasar(session, publish=False)
    sign_in(client, session, where, "coordinator")
    with statements() as ran:
        answer = client.get(f"{where.page}/lembar-indikator")
    assert answer.status_code == 200 and len(ran) <= 18, len(ran)
    pages = said_in(answer.get_data())
    assert len(pages) == 48 and "tidak ditandatangani" in pages[0]
    for n, page in enumerate(pages[1:], 1):
        assert f"Indikator {n} " in page and "Nilai akhir" in page and REASON in page
    assert b"pdfaid:conformance>A" in answer.get_data() and "Catatan tim" not in " ".join(pages)


@pytest.mark.parametrize(("who", "before", "after", "reasons"), [
    ("assessor", 200, 200, 47), ("executive", 200, 200, 47), ("operator", 404, 200, 2), ("assessor_off", 404, 404, 0),
])
def test_reasons_go_to_whom_they_belong(client, session, who, before, after, reasons):
    where = judged_denpasar(session, publish=False)
    sign_in(client, session, where, who)
    url = f"{where.page}/lembar-indikator"
    assert client.get(url).status_code == before
    if after != 200:
        return
    publish(session, where)
    answer = client.get(url)
    assert answer.status_code == 200
    pages = said_in(answer.get_data())
    assert len(pages) == 48 and sum(REASON in page for page in pages) == reasons
    if who == "operator":
        assert sum("hanya untuk perangkat daerah" in page for page in pages) == 45


def test_an_item_that_a_later_version_changed_says_so_on_its_sheet_and_in_the_table(client, session):
    where = judged_denpasar(session, publish=False)
    publish(session, where)
    assessment = session.get_one(Assessment, where.assessment.id)
    lead, member = where.outside.actor("panel_lead"), where.outside.actor("assessor")
    value = results.item_values(assessment.results[-1])["I05"]
    proposal = results.propose(assessment, lead, {"I05": value - 1 if value > 1 else value + 1}, "Bukti terlewat.")
    session.flush()
    results.confirm(assessment, member, proposal.snapshot_sha)
    session.commit()
    sign_in(client, session, where, "executive")
    pages = said_in(client.get(f"{where.page}/lembar-indikator").get_data())
    said = "Diubah pada hasil versi 2: Bukti terlewat."
    assert [n for n, page in enumerate(pages) if said in page] == [5]
    book = load_workbook(io.BytesIO(client.get(f"{where.page}/tabel.xlsx").get_data()))
    told = {row[0]: row[-1] for row in book.worksheets[0].iter_rows(values_only=True)}
    assert told["I05"] == said and told["Kode"] == "Diubah sesudah tahap penilaian" and not told["I06"]


def publish(session, where) -> None:
    session.rollback()
    results.publish(session.get_one(Assessment, where.assessment.id), where.city.actor("round_manager"))
    session.commit()


def test_a_member_reads_of_the_own_work_only_with_holes_said(client, session):
    where = judged_denpasar(session, publish=False)
    url = f"/asesmen/{where.slug}/{where.subject}/laporan-anggota"
    sign_in(client, session, where, "assessor")
    text = " ".join(said_in(client.get(url).get_data()))
    assert "Laporan Anggota Tim Asesor Eksternal" in text and where.outside.people["assessor"].person.name in text
    assert text.count("Penilaian dokumen") >= 47 and "belum diisi" in text
    sign_in(client, session, where, "reviewer")
    assert "Penilaian dokumen" not in " ".join(said_in(client.get(url).get_data()))
    sign_in(client, session, where, "coordinator")
    assert client.get(url).status_code == 404
    sign_in(client, session, where, "assessor_off")
    assert client.get(url).status_code == 404


def test_sessions_and_their_presence_stand_in_the_report_of_a_member(client, session):
    where = met(session, "noted", items=("I12",))
    where.as_(client, session, "assessor")
    text = " ".join(said_in(client.get(f"{where.base}/laporan-anggota").get_data()))
    assert text.split("Cara Kehadiran")[1].strip().startswith("Interviu") and "hybrid" not in text


def test_a_draft_is_no_activity(client, session):
    city, outside = build.city(session), build.outsiders(session)
    assessment = build.judging(session, city, outside)
    judging.write_judgement(assessment.claim("I12"), outside.actor("assessor"), Fraction(2), "F", "A", "J", "", 0)
    session.commit()
    build.sign_in(client, session, outside.people["assessor"])
    text = " ".join(said_in(client.get(f"/asesmen/2026/{city.instansi.slug}/laporan-anggota").get_data()))
    assert "Penilaian dokumen" not in text and text.count("Tidak ada.") == 5, "what was not done is no hole"


def test_texts_rulings_and_the_result_stand_in_the_report_of_who_did_them(client, session):
    where = judged_denpasar(session, publish=False)
    url = f"/asesmen/{where.slug}/{where.subject}/laporan-anggota"
    sign_in(client, session, where, "panel_lead")
    lead = " ".join(said_in(client.get(url).get_data()))
    sign_in(client, session, where, "assessor")
    member = " ".join(said_in(client.get(url).get_data()))
    assert "Hasil akhir diusulkan" in lead and "Hasil ditetapkan" in member and "Hasil ditetapkan" not in lead
