"""Doors of the reference data: Flask-Admin's addresses, of which only those that are used exist."""

from tests.house.doors import door

DOORS: tuple = (
    door(22, "GET", "/admin/", shared=True),
    door(22, "GET", "/admin/organisasi/", shared=True),
    door(22, "GET", "/admin/jabatan/", shared=True),
    door(22, "GET", "/admin/orang/", shared=True),
    door(22, "GET", "/admin/orang/edit/", "/admin/orang/edit/?id={person}", shared=True),
    door(22, "POST", "/admin/orang/edit/", "/admin/orang/edit/?id={person}", shared=True, form={"name": "Nama baru"}),
    door(22, "GET", "/admin/kategori/", shared=True),
    door(22, "GET", "/admin/kategori/new/", shared=True),
    door(22, "POST", "/admin/kategori/new/", shared=True, form={"name": "Kebutuhan baru"}),
    door(22, "GET", "/admin/kategori/edit/", "/admin/kategori/edit/?id=1", shared=True),
    door(22, "POST", "/admin/kategori/edit/", "/admin/kategori/edit/?id=1", shared=True, form={"name": "Perencanaan"}),
    door(22, "POST", "/admin/kategori/delete/", shared=True, form={"id": "1"}),
)
