"""Doors of last year's answers, of questions on an item, and of what people are told."""

from tests.house.doors import AGENCY_ITEM, ITEM, OPD, P, door

ONE = "/tanya/<int:id>"
AT = "/tanya/{question}"

DOORS: tuple = (
    door(34, "GET", f"/penilaian/{P}/salin", "/penilaian/{slug}/salin", query=OPD),
    door(34, "POST", f"/penilaian/{P}/salin", "/penilaian/{slug}/salin", query=OPD),
    door(34, "POST", f"{AGENCY_ITEM}/tinjauan", ITEM + "/tinjauan", query=OPD),
    door(45, "POST", f"{AGENCY_ITEM}/tanya", ITEM + "/tanya", query=OPD, form={"question": "Apa buktinya?"}),
    door(45, "POST", f"{ONE}/jawab", f"{AT}/jawab", form={"reply": "Lampirkan notula."}),
    door(45, "POST", f"{ONE}/tutup", f"{AT}/tutup"),
    door(42, "POST", f"{ONE}/bantuan", f"{AT}/bantuan", form={"reply": "{reply}", "help": "Lampirkan notula rapat."}),
    door(29, "GET", f"/penilaian/{P}/klarifikasi", "/penilaian/{slug}/klarifikasi", query=OPD),
    door(11, "GET", "/pemberitahuan", shared=True),
)
