"""Doors after the judged stages: the window of S32 from both sides, the texts of the panel and Tim Reviu (S60)."""

from tests.house.doors import OPD, I, P, S, door

RULE = f"/asesmen/{P}/{S}"
AT = "/asesmen/konsolidasi/{subject}"

DOORS: tuple = (
    door(80, "GET", f"/penilaian/{P}/tanggapan", "/penilaian/tanggap/tanggapan", query=OPD),
    door(80, "POST", f"/penilaian/{P}/tanggapan/{I}", "/penilaian/tanggap/tanggapan/I12", query=OPD, form={"answer": "accepted"}),
    door(80, "POST", f"/penilaian/{P}/tanggapan", "/penilaian/tanggap/tanggapan", query=OPD),
    door(120, "GET", f"{RULE}/tanggapan", AT + "/tanggapan"),
    door(81, "POST", f"{RULE}/tanggapan/{I}", AT + "/tanggapan/I12", form={"version": "1", "reason": "Benar."}),
    door(120, "GET", f"{RULE}/analisis", AT + "/analisis"),
    door(120, "GET", f"{RULE}/analisis/<string:node>", AT + "/analisis/kesimpulan"),
    door(127, "POST", f"{RULE}/analisis/<string:node>", AT + "/analisis/kesimpulan", form={"summary": "Ringkas."}),
    door(127, "POST", f"{RULE}/analisis/<string:node>/simpan-otomatis", AT + "/analisis/kesimpulan/simpan-otomatis"),
    door(120, "GET", f"{RULE}/reviu", AT + "/reviu"),
    door(82, "POST", f"{RULE}/reviu", AT + "/reviu", form={"about": "conclusion", "valid": "ya"}),
    door(127, "POST", f"{RULE}/reviu/<int:note>/jawaban", AT + "/reviu/{review_note}/jawaban", form={"text": "Sudah."}),
)
