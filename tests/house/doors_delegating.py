"""Doors of what is one's own: lending an office, the sessions of the account."""

from tests.house.doors import door

DOORS: tuple = (
    door(10, "POST", "/akun/sesi/akhir", shared=True, form={"which": "f" * 16}),
    door(132, "GET", "/akun/delegasi", shared=True),
    door(132, "POST", "/akun/delegasi", shared=True),
    door(131, "POST", "/akun/delegasi/<int:id>/akhir", "/akun/delegasi/{lent}/akhir", gone_after=True),
)
