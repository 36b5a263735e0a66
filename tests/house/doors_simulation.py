"""Doors of gap and what-if (S83): the simulation, its table, and the form of what is aimed at."""

from tests.house.doors import P, S, door

PLACE = f"/pimpinan/simulasi/{P}/{S}"
AT = "/pimpinan/simulasi/{slug}/{subject}"

DOORS: tuple = (
    door(92, "GET", "/pimpinan/simulasi", is_list=True, slug="terbit"),
    door(92, "GET", PLACE, AT, slug="nilai"),
    door(92, "GET", f"{PLACE}/tabel.csv", AT + "/tabel.csv", slug="nilai"),
    door(179, "GET", f"{PLACE}/sasaran", AT + "/sasaran", slug="nilai"),
    door(179, "POST", f"{PLACE}/sasaran", AT + "/sasaran", slug="nilai"),
)
