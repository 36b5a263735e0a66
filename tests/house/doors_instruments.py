"""Doors of the versions of the instruments and of what is different between two of them."""

from tests.house.doors import door

PAGE = "/kelola/instrumen"
TWO = "?dari=permenpanrb-59-2020.59-2020&ke=permenpanrb-59-2020.pedoman-3-2024"

DOORS: tuple = (
    door(23, "GET", PAGE, shared=True),
    door(23, "GET", f"{PAGE}/perbandingan", query=TWO, shared=True),
    door(23, "GET", f"{PAGE}/perbandingan/tabel.csv", query=TWO, shared=True),
)
