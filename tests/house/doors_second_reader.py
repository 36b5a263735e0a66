"""Doors of two closed readers: how many read in a round, who reads which item, their differences and how far they agree."""

from tests.house.doors import PERIOD, I, P, S, door

RULE = f"/asesmen/{P}/{S}"
AT = "/asesmen/{slug}/{subject}"

DOORS: tuple = (
    door(25, "POST", f"{PERIOD}/penilai", "/kelola/periode/{slug}/penilai", form={"readers": "one"}),
    door(69, "GET", f"{RULE}/penugasan", AT + "/penugasan", slug="nilai"),
    door(69, "POST", f"{RULE}/penugasan", AT + "/penugasan", slug="nilai"),
)
