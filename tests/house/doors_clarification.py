"""Doors of clarification: a panel asks (S53), the instansi answers (S30)."""

from tests.house.doors import P, S, door

ROOM = f"/asesmen/{P}/{S}/klarifikasi"
AT = "/asesmen/{slug}/{subject}/klarifikasi"
LIST = f"/penilaian/{P}/klarifikasi/{S}"
LISTED = "/penilaian/{slug}/klarifikasi/{subject}"
ONE = "/klarifikasi/<int:id>"

DOORS: tuple = (
    door(76, "GET", ROOM, AT, slug="nilai"),
    door(76, "GET", f"{ROOM}/daftar.csv", AT + "/daftar.csv", slug="nilai"),
    door(76, "POST", ROOM, AT, slug="nilai", form={"item": "I12", "text": "Halaman berapa?"}),
    door(76, "POST", f"{ROOM}/<int:id>", AT + "/{nilai.drafted}", slug="nilai",
         form={"version": "1", "text": "Halaman berapa tepatnya?"}),
    door(76, "POST", f"{ROOM}/kiriman", AT + "/kiriman", slug="nilai", form={"chosen": "{nilai.drafted2_mark}", "days": "3"}),
    door(76, "POST", f"{ROOM}/<int:id>/tanggapan", AT + "/{nilai.asked}/tanggapan", slug="nilai", form={"text": "Sertakan."}),
    door(76, "POST", f"{ROOM}/<int:id>/penutupan", AT + "/{nilai.asked2}/penutupan", slug="nilai"),
    door(67, "GET", LIST, LISTED, slug="nilai"),
    door(67, "GET", f"{LIST}/daftar.csv", LISTED + "/daftar.csv", slug="nilai"),
    door(67, "GET", ONE, "/klarifikasi/{nilai.asked}", slug="nilai"),
    door(77, "POST", ONE, "/klarifikasi/{nilai.asked}", slug="nilai", form={"text": "Halaman 5."}),
)
