"""Doors of the inventory's list, of one record and of the import."""

from tests.house.doors import door

ONE = "/inventaris/catatan/<int:id>"
AT = "/inventaris/catatan/{application}"

DOORS: tuple = (
    door(102, "GET", "/inventaris", is_list=True),
    door(102, "GET", "/inventaris/tabel.xlsx", is_list=True),
    door(102, "GET", "/inventaris/tabel.csv", is_list=True),
    door(102, "GET", ONE, AT),
    door(130, "GET", "/inventaris/baru", shared=True),
    door(130, "POST", "/inventaris/baru", shared=True),
    door(103, "POST", ONE, AT),
    *(door(103, "POST", f"{ONE}/{part}", f"{AT}/{part}")
      for part in ("pemilik", "pengguna", "integrasi", "uji", "dokumen", "publiccode")),
    door(107, "GET", "/inventaris/impor", shared=True),
    door(107, "POST", "/inventaris/impor", shared=True),
    door(107, "POST", "/inventaris/impor/penerapan", shared=True, succeeds_in="tests/portal/test_inventory_import.py"),
)
