"""Doors after the judged stages: the window of S32 from both sides."""

from tests.house.doors import OPD, I, P, S, door

RULE = f"/asesmen/{P}/{S}"
AT = "/asesmen/konsolidasi/{subject}"

DOORS: tuple = (
    door(80, "GET", f"/penilaian/{P}/tanggapan", "/penilaian/tanggap/tanggapan", query=OPD),
    door(80, "POST", f"/penilaian/{P}/tanggapan/{I}", "/penilaian/tanggap/tanggapan/I12", query=OPD, form={"answer": "accepted"}),
    door(80, "POST", f"/penilaian/{P}/tanggapan", "/penilaian/tanggap/tanggapan", query=OPD),
    door(120, "GET", f"{RULE}/tanggapan", AT + "/tanggapan"),
    door(81, "POST", f"{RULE}/tanggapan/{I}", AT + "/tanggapan/I12", form={"version": "1", "reason": "Benar."}),
)
