"""What people do on the pages of a round, told once for every journey."""

from tests.journeys.people import Somebody


def open_item(operator: Somebody, period: str, number: str) -> None:
    operator.goes_to(f"/penilaian/{period}/indikator/I{number}")


def fill(operator: Somebody, number: str, level: int, facts: str, analysis: str) -> None:
    """Choose a level, write both texts, save."""
    operator.page.get_by_role("radio", name=f"{level} ", exact=False).first.check()
    operator.writes("Fakta", facts)
    operator.writes("Analisis", analysis)
    operator.presses("Simpan")
    operator.sees(f"Indikator {number} tersimpan.")


def attach_link(operator: Somebody, title: str, url: str) -> None:
    fold = operator.opens("Tautan")
    operator.writes("Judul dokumen", title, within=fold)
    operator.writes("Alamat tautan", url, within=fold)
    operator.presses("Lampirkan tautan", within=fold)
    operator.sees("Tautan dilampirkan.")


def describe_evidence(operator: Somebody, code: str, locator: str, levels: tuple[int, ...], number: str = "") -> None:
    """Pages, levels and number of one piece of evidence."""
    piece = operator.page.get_by_role("main").get_by_role("listitem").filter(has_text=code).filter(
        has=operator.page.get_by_role("button", name="Simpan rujukan")
    )
    piece.get_by_label("Halaman, bab, atau waktu").fill(locator)
    for level in levels:
        piece.get_by_role("checkbox", name=str(level), exact=True).check()
    if number:
        piece.get_by_text("Pasal, uraian isi, nomor, dan tanggal").click()
        piece.get_by_label("Nomor dokumen").fill(number)
    piece.get_by_role("button", name="Simpan rujukan").click()
    operator.sees("Rujukan tersimpan.")


def hand_in(operator: Somebody, period: str) -> None:
    """Look over the answers, then send them to the head."""
    operator.goes_to(f"/penilaian/{period}")
    operator.follows("Periksa jawaban")
    operator.sees("2 dari 2 indikator siap")
    operator.presses("Kirim ke kepala OPD")
    operator.reads_title("Terkirim ke kepala OPD")


def choose(somebody: Somebody, verdict: str) -> None:
    """One of the buttons of a verdict: a radio that is drawn by its label."""
    somebody.page.get_by_text(verdict, exact=True).and_(somebody.page.locator("label")).click()
