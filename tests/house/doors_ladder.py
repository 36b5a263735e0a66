"""The door of what is composed from the evidence of an item."""

from tests.house.doors import AGENCY_ITEM, ITEM, OPD, door

DOORS: tuple = (door(31, "POST", f"{AGENCY_ITEM}/susun", ITEM + "/susun", query=OPD),)
