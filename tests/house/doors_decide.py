"""Doors of the census, of an application's life, of publication and figures, and of records as evidence."""

from tests.house.doors import AGENCY_ITEM, ITEM, OPD, door

LIFE = "/inventaris/catatan/<int:id>/daur-hidup"
PUBLISH = "/inventaris/catatan/<int:id>/terbit"

DOORS: tuple = (
    door(102, "GET", "/inventaris/sensus", is_list=True),
    door(105, "POST", "/inventaris/sensus/<int:id>", "/inventaris/sensus/{application2}", form={"answer": "active"}),
    door(102, "GET", "/inventaris/keputusan", is_list=True),
    door(104, "GET", LIFE, "/inventaris/catatan/{application2}/daur-hidup"),
    door(104, "POST", LIFE, "/inventaris/catatan/{application2}/daur-hidup", form={"step": "stop", "then": "cari"}),
    door(129, "GET", "/inventaris/publikasi", shared=True),
    door(106, "POST", PUBLISH, "/inventaris/catatan/{application2}/terbit"),
    door(106, "POST", "/inventaris/laporan/<int:id>", "/inventaris/laporan/{link_report}"),
    door(102, "GET", "/inventaris/angka", is_list=True),
    door(62, "POST", f"{AGENCY_ITEM}/inventaris", f"{ITEM}/inventaris", query=OPD),
)
