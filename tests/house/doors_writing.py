"""Doors of saving without a button and of what was written before."""

from tests.house.doors import AGENCY_ITEM, ITEM, OPD, door

DOORS: tuple = (
    door(32, "POST", f"{AGENCY_ITEM}/simpan-otomatis", ITEM + "/simpan-otomatis", query=OPD,
         succeeds_in="tests/portal/test_writing.py"),
    door((30, 108), "GET", f"{AGENCY_ITEM}/riwayat", ITEM + "/riwayat", query=OPD),
    door(33, "POST", f"{AGENCY_ITEM}/riwayat/<int:n>/pulihkan", ITEM + "/riwayat/1/pulihkan", query=OPD),
)
