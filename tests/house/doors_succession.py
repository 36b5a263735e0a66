"""Doors of changes of organizations, of handing an office over, and of inviting many."""

from tests.house.doors import door

ORGANIZATION = "/kelola/organisasi/<string:organization>/peralihan"
DOORS: tuple = (
    door(16, "GET", ORGANIZATION, "/kelola/organisasi/{agency}/peralihan"),
    door(16, "POST", ORGANIZATION, "/kelola/organisasi/{agency}/peralihan"),
    door(20, "GET", "/kelola/jabatan/<int:id>/akhir", "/kelola/jabatan/{appointment}/akhir"),
    door(18, "GET", "/kelola/pengguna/undangan", shared=True),
    door(18, "POST", "/kelola/pengguna/undangan", shared=True, succeeds_in="tests/portal/test_inviting_many.py"),
    door(18, "POST", "/kelola/pengguna/kode-awal", shared=True, succeeds_in="tests/portal/test_inviting_many.py"),
)
