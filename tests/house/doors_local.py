"""Doors of rounds in which each agency is evaluated on its own, and of their table of local figures."""

from tests.house.doors import P, door

ROUND = f"/pengelolaan/{P}"
STEPS = f"{ROUND}/putaran-opd"
AT = "/pengelolaan/{slug}"
TICKED = {"agencies": "{agency}", "checked": "y"}

DOORS: tuple = (
    door(165, "GET", f"{ROUND}/angka-lokal", f"{AT}/angka-lokal", slug="lokal"),
    door(165, "GET", f"{ROUND}/angka-lokal/tabel.csv", f"{AT}/angka-lokal/tabel.csv", slug="lokal"),
    door(166, "GET", ROUND, AT, slug="lokal"),
    door(167, "POST", f"{STEPS}/persetujuan", f"{AT}/putaran-opd/persetujuan", slug="lokal", form=TICKED),
    door(167, "POST", f"{STEPS}/pengiriman", f"{AT}/putaran-opd/pengiriman", slug="lokal", form=TICKED),
    door(168, "POST", f"{STEPS}/penetapan", f"{AT}/putaran-opd/penetapan", slug="lokal", form=TICKED),
    door(168, "POST", f"{STEPS}/penerbitan", f"{AT}/putaran-opd/penerbitan", slug="lokal", form=TICKED),
    door(25, "POST", f"/kelola/periode/{P}/yang-dinilai/pengeluaran", "/kelola/periode/{slug}/yang-dinilai/pengeluaran",
         slug="lokal", form={"agency": "{agency}"}, succeeds_in="tests/portal/test_local_round.py"),
)
