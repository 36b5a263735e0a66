"""Doors of the Laporan Hasil: the lead's page, the printed file before and after publication; papers made on demand."""

from tests.house.doors import P, S, door

PAGE = f"/asesmen/{P}/{S}/penetapan/laporan"
AT = "/asesmen/{slug}/{subject}/penetapan/laporan"
FILE = f"/hasil/{P}/{S}/laporan/<string:number>"
SHEETS = f"/hasil/{P}/{S}/lembar-indikator"
OWN = f"/asesmen/{P}/{S}/laporan-anggota"
TRIED = "tests/portal/test_result_report.py"

DOORS: tuple = (
    door(120, "GET", PAGE, AT, slug="final"),
    door(180, "POST", PAGE, AT, slug="final", succeeds_in=TRIED),
    door(180, "POST", f"{PAGE}/penarikan", AT + "/penarikan", slug="final", succeeds_in=TRIED),
    door((87, 89), "GET", FILE, "/hasil/{slug}/{subject}/laporan/{final.report}", slug="final"),
    door(181, "GET", FILE, "/hasil/{slug}/{subject}/laporan/{terbit.report}", slug="terbit"),
    door((87, 89), "GET", SHEETS, "/hasil/{slug}/{subject}/lembar-indikator", slug="final"),
    door(118, "GET", SHEETS, "/hasil/{slug}/{subject}/lembar-indikator", slug="terbit"),
    door(120, "GET", OWN, "/asesmen/{slug}/{subject}/laporan-anggota", slug="final"),
)
