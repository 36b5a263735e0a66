"""Doors of printed papers, and of the file that anybody may have compared."""

from tests.house.doors import ROUND, SUBJECT, door

DOORS: tuple = (
    door(41, "GET", "/persetujuan/<int:submission>/bukti/<string:number>",
         "/persetujuan/{ttd.submission}/bukti/{ttd.receipt}"),
    door(116, "GET", f"{ROUND}/cetakan/<string:number>", SUBJECT + "/cetakan/{kirim.receipt}", slug="kirim"),
    door(4, "GET", "/verifikasi/berkas", shared=True),
    door(140, "POST", "/verifikasi/berkas", shared=True),
)
