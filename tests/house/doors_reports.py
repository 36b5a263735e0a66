"""Doors of the Laporan Hasil: the lead's page, the printed file before and after publication."""

from tests.house.doors import P, S, door

PAGE = f"/asesmen/{P}/{S}/penetapan/laporan"
AT = "/asesmen/{slug}/{subject}/penetapan/laporan"
FILE = f"/hasil/{P}/{S}/laporan/<string:number>"
TRIED = "tests/portal/test_result_report.py"

DOORS: tuple = (
    door(120, "GET", PAGE, AT, slug="final"),
    door(180, "POST", PAGE, AT, slug="final", succeeds_in=TRIED),
    door(180, "POST", f"{PAGE}/penarikan", AT + "/penarikan", slug="final", succeeds_in=TRIED),
    door((87, 89), "GET", FILE, "/hasil/{slug}/{subject}/laporan/{final.report}", slug="final"),
    door(181, "GET", FILE, "/hasil/{slug}/{subject}/laporan/{terbit.report}", slug="terbit"),
)
