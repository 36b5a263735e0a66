"""Doors of two closed readers: how many read in a round, who reads which item, their differences and how far they agree."""

from tests.house.doors import PERIOD, I, P, S, door

RULE = f"/asesmen/{P}/{S}"
AT = "/asesmen/{slug}/{subject}"

DOORS: tuple = (
    door(25, "POST", f"{PERIOD}/penilai", "/kelola/periode/{slug}/penilai", form={"readers": "one"}),
    door(69, "GET", f"{RULE}/penugasan", AT + "/penugasan", slug="nilai"),
    door(69, "POST", f"{RULE}/penugasan", AT + "/penugasan", slug="nilai", succeeds_in="tests/portal/test_division.py"),
    door((73, 120), "GET", f"{RULE}/harmonisasi", AT + "/harmonisasi", slug="dua"),
    door(79, "POST", f"{RULE}/harmonisasi/{I}", AT + "/harmonisasi/I12", slug="dua",
         form={"I12-value": "2", "I12-reason": "Bukti kurang.", "stage": "document"}),
    door((73, 120), "GET", f"{RULE}/kesepakatan", AT + "/kesepakatan", slug="dua"),
    door(182, "GET", f"{RULE}/kesepakatan.csv", AT + "/kesepakatan.csv", slug="dua"),
)
