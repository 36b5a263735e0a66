"""Doors of the Koordinator's papers, of taking back what was signed and of opening again what was sent."""

from tests.house.doors import ROUND, SUBJECT, door

TRIED = "tests/portal/test_papers.py"

DOORS: tuple = (
    door((115, 56), "GET", f"{ROUND}/berita-acara", SUBJECT + "/berita-acara", slug="lengkap"),
    door(53, "POST", f"{ROUND}/berita-acara", SUBJECT + "/berita-acara", slug="lengkap", succeeds_in=TRIED),
    door(133, "GET", f"{ROUND}/berita-acara/penarikan", SUBJECT + "/berita-acara/penarikan", slug="lengkap", succeeds_in=TRIED),
    door(133, "POST", f"{ROUND}/berita-acara/penarikan", SUBJECT + "/berita-acara/penarikan", slug="lengkap", succeeds_in=TRIED),
    door(55, "GET", f"{ROUND}/kirim/pembukaan-kembali", SUBJECT + "/kirim/pembukaan-kembali", slug="kirim"),
    door(55, "POST", f"{ROUND}/kirim/pembukaan-kembali", SUBJECT + "/kirim/pembukaan-kembali", slug="kirim"),
    door(40, "GET", "/persetujuan/<int:submission>/penarikan", "/persetujuan/{ttd.submission}/penarikan"),
    door(40, "POST", "/persetujuan/<int:submission>/penarikan", "/persetujuan/{ttd.submission}/penarikan"),
)
