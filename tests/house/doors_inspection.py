"""Doors of what is seen of evidence without opening it: pictures of pages, and whether links open."""

from tests.house.doors import AGENCY_ITEM, ITEM, OPD, door

PAGE = "/bukti/<int:document>/<int:n>/halaman/<int:page>"

OWN = "/bukti/{document}/{n}/halaman/1"
JUDGED = "/bukti/{nilai.document}/{nilai.n}/halaman/1"

DOORS: tuple = (
    *(door(63, "GET", PAGE + tail, OWN + tail) for tail in ("", ".jpg", "-kecil.jpg")),
    *(door(64, "GET", PAGE + tail, JUDGED + tail, slug="nilai") for tail in ("", ".jpg", "-kecil.jpg")),
    door(59, "POST", "/bukti/<int:document>/<int:n>/tautan", "/bukti/{link}/1/tautan"),
    door(62, "POST", f"{AGENCY_ITEM}/rujukan/<int:citation>/tautan", ITEM + "/rujukan/{link_citation}/tautan", query=OPD),
    door(103, "POST", "/inventaris/catatan/<int:id>/tautan", "/inventaris/catatan/{application}/tautan"),
)
