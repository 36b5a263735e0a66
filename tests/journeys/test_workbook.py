"""S26 in a browser: the workbook is taken out, filled in by another program, brought back, applied and taken back."""

import pytest
from playwright.sync_api import expect

from tests.browser import DESK, PHONE
from tests.journeys.looks import faults
from tests.journeys.people import Somebody, become, cookie_of
from tests.portal.agency_pages import answer_of, begun
from tests.portal.workbook_pages import filled

FAR = "Peta rencana ditetapkan dengan Perwali 12 Tahun 2024, memuat tujuh muatan. " * 12


@pytest.mark.once
def test_a_workbook_travels_out_and_back_with_and_without_scripts(app, session, site, page_at, axe, keep_screenshot, tmp_path):
    where = begun(session)
    cookie = cookie_of(app, session, where.city.people["operator"])
    session.commit()
    operator = Somebody(page_at(PHONE, java_script_enabled=False), scripts=False)
    become(operator.page, site, cookie)
    operator.goes_to("/penilaian/2026")
    operator.follows("Excel")
    operator.reads_title("Isi lewat Excel")
    with operator.page.expect_download() as coming:
        operator.follows("Unduh buku kerja")
    out = coming.value.path().read_bytes()
    assert coming.value.suggested_filename == "isian-2026-bappeda.xlsx"
    # While somebody works on the file, a colleague writes on the same item in the portal.
    operator.goes_to(where.item("I12"))
    operator.writes("Fakta", "Ditulis di portal sementara itu.")
    operator.presses("Simpan")
    operator.goes_to("/penilaian/2026/excel")
    file = tmp_path / "isian kembali.xlsx"
    file.write_bytes(filled(out, I01={"Capaian": 3, "Fakta": FAR, "Analisis": "Menunjang tingkat 3."}, I12={"Fakta": "Dari Excel."}))
    operator.page.get_by_label("Buku kerja yang sudah diisi").set_input_files(file)
    operator.presses("Periksa berkas")
    operator.reads_title("Buku kerja yang kembali")
    operator.sees("Akan berubah", "Bentrok dengan isian yang lebih baru", "Ditulis di portal sementara itu.", "isian kembali.xlsx")
    list_of_changes = operator.page.url.removeprefix(site)
    for width in (PHONE, DESK):
        looking = page_at(width)
        become(looking, site, cookie)
        looking.goto(list_of_changes if width == DESK else "/penilaian/2026/excel")
        keep_screenshot(looking, "S26-kembali" if width == DESK else "S26")
        assert axe(looking) == [] and faults(looking) == []
    assert faults(operator.page) == []
    operator.page.get_by_label("Isian dari Excel, gantikan yang di portal").check()
    operator.presses("Terapkan yang dipilih")
    operator.sees("2 indikator diubah dari Excel")
    assert (answer_of(session, where, "I01").facts, answer_of(session, where).facts) == (FAR.strip(), "Dari Excel.")
    session.rollback()
    operator.goes_to(where.item("I12"))
    operator.writes("Analisis", "Sesudah Excel.")
    operator.presses("Simpan")
    operator.goes_to(list_of_changes)
    operator.presses("Batalkan penerapan")
    operator.sees("1 indikator dikembalikan", "Indikator 12 sudah diubah lagi", "Dibatalkan operator kota-contoh")
    expect(operator.page.get_by_role("button", name="Batalkan penerapan")).to_have_count(0)
    assert (answer_of(session, where, "I01").facts, answer_of(session, where).facts) == ("", "Dari Excel.")
