"""Doors of the daily work inside an agency: who answers which item."""

from tests.house.doors import OPD, P, door

DOORS: tuple = (
    door(29, "GET", f"/penilaian/{P}/penugasan", "/penilaian/{slug}/penugasan", query=OPD),
    door(122, "POST", f"/penilaian/{P}/penugasan", "/penilaian/{slug}/penugasan", query=OPD, form={"items": "I12", "to": "nobody"}),
)
