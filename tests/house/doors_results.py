"""Doors of results, the board of the leadership, and the national table."""

from tests.house.doors import ROUND, SUBJECT, P, S, door

RESULT = f"/hasil/{P}/{S}"
AT = "/hasil/{slug}/{subject}"

DOORS: tuple = (
    door(118, "GET", "/hasil", is_list=True, slug="terbit"),
    door(87, "GET", RESULT, AT, slug="final"),
    door(118, "GET", RESULT, AT, slug="terbit"),
    door(118, "GET", f"{RESULT}/tabel.xlsx", AT + "/tabel.xlsx", slug="terbit"),
    door((87, 89), "GET", f"{RESULT}/tabel.xlsx", AT + "/tabel.xlsx", slug="final"),
    door(118, "GET", "/pimpinan", is_list=True, slug="terbit"),
    door(90, "GET", "/pembanding", shared=True),
    door(91, "GET", "/kelola/pembanding", shared=True),
    door(91, "POST", "/kelola/pembanding", shared=True),
    door(91, "POST", "/kelola/pembanding/penerapan", shared=True, succeeds_in="tests/portal/test_benchmarks.py"),
    door(66, "GET", f"{ROUND}/hasil", SUBJECT + "/hasil", slug="nilai"),
    door(85, "POST", f"{ROUND}/hasil/resmi", SUBJECT + "/hasil/resmi", slug="nilai"),
    door(86, "POST", f"{ROUND}/hasil/terbit", SUBJECT + "/hasil/terbit", slug="final"),
)
