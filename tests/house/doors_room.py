"""Doors of a panel: summary, members, recommendations, the final result."""

from tests.house.doors import I, P, S, door

RULE = f"/asesmen/{P}/{S}"
AT = "/asesmen/{slug}/{subject}"

DOORS: tuple = (
    door((73, 120), "GET", RULE, AT, slug="nilai"),
    door((73, 120), "GET", f"{RULE}/cari", AT + "/cari", slug="nilai"),
    door(79, "POST", f"{RULE}/keputusan/{I}", AT + "/keputusan/I13", slug="nilai", form={"value": "2", "reason": "Bukti kurang.", "stage": "document"}),
    door(79, "POST", f"{RULE}/tutup-tahap", AT + "/tutup-tahap", slug="tutup"),
    door(69, "GET", f"{RULE}/tim", AT + "/tim", slug="nilai"),
    door(69, "POST", f"{RULE}/tim", AT + "/tim", slug="nilai"),
    door(69, "POST", f"{RULE}/tim/keluar", AT + "/tim/keluar", slug="nilai"),
    door(69, "POST", f"{RULE}/tim/pembagian", AT + "/tim/pembagian", slug="nilai", succeeds_in="tests/portal/test_panel.py"),
    door(69, "POST", f"{RULE}/tim/asesor-baru", AT + "/tim/asesor-baru", slug="nilai"),
    door(119, "GET", f"{RULE}/rekomendasi", AT + "/rekomendasi", slug="nilai"),
    door(93, "POST", f"{RULE}/rekomendasi", AT + "/rekomendasi", slug="nilai"),
    door(93, "POST", f"{RULE}/rekomendasi/<int:id>", AT + "/rekomendasi/{nilai.recommendation}", slug="nilai",
         form={"version": "1"}),
    door(93, "POST", f"{RULE}/rekomendasi/<int:id>/hapus", AT + "/rekomendasi/{tutup.recommendation}/hapus", slug="tutup",
         form={"version": "1"}, gone_after=True),
    door(120, "GET", f"{RULE}/penetapan", AT + "/penetapan", slug="usulan"),
    door(83, "POST", f"{RULE}/penetapan/usulan", AT + "/penetapan/usulan", slug="final"),
    door(84, "POST", f"{RULE}/penetapan/penolakan", AT + "/penetapan/penolakan", slug="usulan"),
    door(84, "POST", f"{RULE}/penetapan/pengesahan", AT + "/penetapan/pengesahan", slug="usulan"),
)
