"""The second half of a year as people live it: judged, settled by two, published, followed up, closed."""

import re
from datetime import date, timedelta
from typing import Any

from playwright.sync_api import expect

from portal.demo.documents import make_pdf
from tests.journeys.people import PASSWORD, Somebody

LOWERED = "I45"
WHY = "Bukti belum memuat seluruh puskesmas."
WANTED = "Lengkapi cakupan layanan rujukan di seluruh puskesmas."


def _option(somebody: Somebody, label: str, words: str, within: Any = None) -> None:
    """Pick the option that contains these words."""
    select = (within or somebody.page.get_by_role("main")).get_by_label(label, exact=True).first
    option = select.locator("option").filter(has_text=re.compile(re.escape(words), re.IGNORECASE)).first
    select.select_option(value=option.get_attribute("value"))


def call_the_panel(manager: Somebody, slug: str, subject: str) -> None:
    """The calendar gets its stage of judging, two assessors a seat: the first one leads."""
    manager.goes_to(f"/kelola/periode/{slug}?tahap=document")
    manager.opens("Atur satu tahap")
    manager.writes("Tanggal buka", (date.today() - timedelta(days=1)).isoformat())
    manager.writes("Tanggal tutup", (date.today() + timedelta(days=20)).isoformat())
    manager.presses("Simpan jadwal")
    manager.sees("Jadwal Penilaian dokumen disimpan.")
    for name, role in (("panel lead luar", "Ketua tim"), ("assessor luar", "Anggota")):
        manager.goes_to(f"/asesmen/{slug}/{subject}/tim")
        form = manager.page.locator("form", has=manager.page.get_by_role("button", name="Tambahkan ke tim"))
        _option(manager, "Asesor", name, form)
        _option(manager, "Peran dalam tim", role, form)
        manager.presses("Tambahkan ke tim")
        manager.sees(name)


def declare(assessor: Somebody) -> None:
    """Nobody judges or settles before this word."""
    assessor.goes_to("/asesmen")
    assessor.follows("Beri pernyataan")
    assessor.page.get_by_role("radio", name=re.compile("bebas dari benturan")).check()
    assessor.presses("Simpan pernyataan")


def judge_everything(assessor: Somebody, slug: str, subject: str, items: list[str]) -> None:
    """Each item is chosen and sent with one key press, and the next one opens."""
    declare(assessor)
    assessor.goes_to(f"/asesmen/{slug}/{subject}/butir/{items[0]}")
    for place, item in enumerate(items):
        expect(assessor.page).to_have_url(re.compile(f"/butir/{item}$"))
        level = "2" if item == LOWERED else _claimed(assessor)
        assessor.page.locator(f"input[name=value][value='{level}']").press("Space")
        if item == LOWERED:
            assessor.page.keyboard.press("Control+Enter")
            assessor.sees("Nilai berbeda dari klaim, jadi tulis alasannya pada Justifikasi.")
            assessor.writes("Justifikasi hasil", WHY)
        assessor.page.get_by_label("Fakta", exact=True).press("Control+Enter")
        if place + 1 == len(items):
            expect(assessor.page).not_to_have_url(re.compile("/butir/"))


def _claimed(assessor: Somebody) -> str:
    """The level the city claims, as the desk shows it."""
    shown = assessor.page.locator("dt", has_text="Klaim instansi").locator("xpath=following-sibling::dd").first
    found = re.search(r"[1-5]", shown.inner_text())
    assert found, "the desk shows no claim"
    return found.group()


def settle(lead: Somebody, member: Somebody, slug: str, subject: str) -> None:
    """The lead closes the stage, recommends and proposes; another member confirms with the password."""
    room = f"/asesmen/{slug}/{subject}"
    declare(lead)
    lead.goes_to(f"{room}/rekomendasi?butir={LOWERED}")
    _option(lead, "Indikator", "45")
    lead.writes("Rekomendasi", WANTED)
    _option(lead, "Prioritas", "Tinggi")
    lead.page.locator("#due_on").fill((date.today() + timedelta(days=200)).isoformat())
    _option(lead, "OPD pelaksana utama", "Dinas Kesehatan")
    lead.presses("Simpan rekomendasi")
    lead.sees(WANTED)
    lead.goes_to(room)
    close = lead.page.locator("form", has=lead.page.get_by_role("button", name="Tutup tahap", exact=True))
    close.get_by_role("checkbox").check()
    close.get_by_role("button", name="Tutup tahap", exact=True).click()
    lead.sees("Konsolidasi")
    lead.goes_to(f"{room}/penetapan")
    lead.presses("Usulkan hasil akhir")
    lead.does_not_see_button("Tetapkan hasil")
    member.goes_to(f"{room}/penetapan")
    member.writes("Kata sandi", PASSWORD)
    member.presses("Tetapkan hasil")
    member.sees("Baik")


def publish(manager: Somebody, slug: str, subject: str) -> None:
    manager.goes_to(f"/pengelolaan/{slug}/{subject}/hasil")
    manager.ticks("Saya sudah memeriksa hasil ini dan siap menerbitkannya.")
    manager.presses("Terbitkan hasil")
    manager.goes_to(f"/hasil/{slug}/{subject}")
    manager.sees("Baik")


def carry_out(operator: Somebody, slug: str, subject: str) -> None:
    """The agency reads why it was lowered, plans, and reports with proof that it is done; it cannot close it."""
    operator.goes_to(f"/hasil/{slug}/{subject}")
    operator.sees(WHY)
    operator.goes_to("/tindak-lanjut")
    operator.follows("Lapor")
    operator.opens("Tulis rencana")
    operator.writes("Apa yang akan dikerjakan", "Menambah lampiran seluruh puskesmas.")
    operator.page.locator("#due_on").fill((date.today() + timedelta(days=60)).isoformat())
    operator.presses("Simpan rencana")
    operator.sees("Menambah lampiran seluruh puskesmas.")
    operator.writes("Apa yang sudah dikerjakan", "Lampiran seluruh puskesmas ditetapkan.")
    document = make_pdf("Lampiran Puskesmas", "3 Tahun 2026", date(2026, 2, 3), "Kepala Dinas", ["Seluruh puskesmas."])
    operator.page.locator("#files").set_input_files(
        {"name": "Lampiran Puskesmas.pdf", "mimeType": "application/pdf", "buffer": document}
    )
    operator.ticks("Selesai menurut OPD")
    operator.presses("Kirim laporan")
    operator.sees("Lampiran seluruh puskesmas ditetapkan.")
    for verdict in ("Simpan status", "Sesuai rekomendasi"):
        operator.does_not_see_button(verdict)


def verify(inspector: Somebody) -> None:
    """The inspectorate opens what waits for it and closes the recommendation."""
    inspector.goes_to("/tindak-lanjut?status=menunggu")
    inspector.follows(WANTED)
    inspector.page.get_by_role("main").get_by_role("link", name=re.compile("erifikasi")).first.click()
    inspector.sees("Lampiran Puskesmas")
    inspector.page.get_by_text("Sesuai rekomendasi", exact=True).and_(inspector.page.locator("label")).click()
    inspector.page.get_by_role("main").get_by_label("Catatan", exact=True).fill("Lampiran lengkap.")
    inspector.presses("Simpan status")
    inspector.sees("Sesuai rekomendasi", "Lampiran lengkap.")
