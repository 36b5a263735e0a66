"""Doors of the library: files without an item, what a version says of itself, removal and undo, policies and reviews."""

from tests.house.doors import door

ONE = "/bukti/<int:document>"

DOORS: tuple = (
    door(59, "POST", "/bukti/pustaka/<string:organization>", "/bukti/pustaka/{agency}"),
    door(60, "POST", "/bukti/pustaka/<string:organization>", "/bukti/pustaka/{subject}"),
    door(59, "POST", f"{ONE}/<int:n>/keterangan", "/bukti/{document}/{n}/keterangan"),
    door(61, "POST", f"{ONE}/hapus", "/bukti/{spare_document}/hapus"),
    door(61, "POST", f"{ONE}/pemulihan", "/bukti/{removed_document}/pemulihan"),
    door(58, "GET", "/bukti/cari", is_list=True),
    door(58, "GET", "/bukti/kebijakan", is_list=True),
    door(58, "GET", "/bukti/kebijakan.csv", is_list=True),
    door(58, "GET", "/bukti/daftar.xlsx", is_list=True),
    door(58, "GET", "/bukti/kebijakan/<int:document>", "/bukti/kebijakan/{document}"),
    door(59, "POST", "/bukti/kebijakan/<int:document>", "/bukti/kebijakan/{document}",
         form={"kind": "review", "reviewed_on": "2025-01-02"}),
)
