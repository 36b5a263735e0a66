"""Doors of lending an office."""

from tests.house.doors import door

DOORS: tuple = (
    door(132, "GET", "/akun/delegasi", shared=True),
    door(132, "POST", "/akun/delegasi", shared=True),
    door(131, "POST", "/akun/delegasi/<int:id>/akhir", "/akun/delegasi/{lent}/akhir", gone_after=True),
)
