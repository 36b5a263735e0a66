"""Doors of the Tim Asesor Internal, of more time, and of what is read about a round beside its matrix."""

from tests.house.doors import PERIOD, ROUND, SUBJECT, P, door

TEAM, AT = f"{ROUND}/tim", f"{SUBJECT}/tim"
PERSON = "{team.person}"
MATRIX = f"/pengelolaan/{P}/matriks"

DOORS: tuple = (
    door(145, "GET", TEAM, AT),
    door(26, "POST", f"{TEAM}/salinan", f"{AT}/salinan", succeeds_in="tests/portal/test_team.py"),
    door(26, "GET", f"{TEAM}/keputusan", f"{AT}/keputusan"),
    door(26, "POST", f"{TEAM}/keputusan", f"{AT}/keputusan"),
    door(26, "GET", f"{TEAM}/keputusan/<int:decision>", f"{AT}/keputusan/{{team.decision}}"),
    door(26, "POST", f"{TEAM}/keputusan/<int:decision>", f"{AT}/keputusan/{{team.decision}}"),
    door(26, "GET", f"{TEAM}/anggota", f"{AT}/anggota"),
    door(26, "POST", f"{TEAM}/anggota", f"{AT}/anggota"),
    door(26, "GET", f"{TEAM}/anggota/<int:person>", f"{AT}/anggota/{PERSON}"),
    door(26, "POST", f"{TEAM}/anggota/<int:person>", f"{AT}/anggota/{PERSON}"),
    door(26, "POST", f"{TEAM}/anggota/<int:person>/keluar", f"{AT}/anggota/{PERSON}/keluar", gone_after=True),
    door(25, "GET", f"{PERIOD}/perpanjangan", "/kelola/periode/{slug}/perpanjangan"),
    door(46, "GET", f"{MATRIX}/tabel.csv", "/pengelolaan/{slug}/matriks/tabel.csv"),
    door(46, "GET", f"{MATRIX}/daftar", "/pengelolaan/{slug}/matriks/daftar"),
    door(46, "GET", f"{MATRIX}/butir/<string:item>", "/pengelolaan/{slug}/matriks/butir/I12"),
)
