"""Doors of the workbook of an agency: out, back in, applied, undone."""

from tests.house.doors import OPD, P, door

EXCEL, ISI = f"/penilaian/{P}/excel", "/penilaian/{slug}/excel"
BACK = ISI + "/{workbook}"

DOORS: tuple = (
    door(29, "GET", EXCEL, ISI, query=OPD),
    door(36, "GET", f"{EXCEL}/isian.xlsx", ISI + "/isian.xlsx", query=OPD),
    door(150, "POST", EXCEL, ISI, query=OPD),
    door(151, "GET", f"{EXCEL}/<int:id>", BACK, query=OPD),
    door(150, "POST", f"{EXCEL}/<int:id>", BACK, query=OPD, form={"berkas": "0" * 64}),
    door(150, "POST", f"{EXCEL}/<int:id>/pembatalan", BACK + "/pembatalan", query=OPD,
         succeeds_in="tests/portal/test_workbook_applying.py"),
)
