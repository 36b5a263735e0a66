"""Doors of the public directory and of published results."""

from tests.house.doors import P, door

APP = "/aplikasi/<string:slug>"
AT = "/aplikasi/{application.slug}"

DOORS: tuple = (
    door(100, "GET", "/aplikasi", shared=True),
    door(100, "GET", APP, AT, shared=True),
    door(101, "POST", f"{APP}/laporan", f"{AT}/laporan", shared=True),
    door(100, "GET", f"{APP}/publiccode.yml", f"{AT}/publiccode.yml", shared=True),
    door(100, "GET", "/peta-situs.xml", shared=True),
    door(100, "GET", "/robots.txt", shared=True),
    door(88, "GET", f"/hasil/{P}", "/hasil/{slug}", slug="terbit", shared=True),
    door(88, "GET", f"/hasil/{P}/tabel.csv", "/hasil/{slug}/tabel.csv", slug="terbit", shared=True),
    door(88, "GET", "/pengumuman", shared=True),
    door(100, "GET", "/api/v1/aplikasi", shared=True),
    door(100, "GET", "/api/v1/aplikasi/<string:slug>", "/api/v1/aplikasi/{application.slug}", shared=True),
)
