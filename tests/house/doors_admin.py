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
    door(22, "POST", "/admin/kategori/delete/", shared=True, form={"id": "1", "sure": "ya"}),
    door(22, "GET", "/admin/hari-libur/", shared=True),
    door(22, "GET", "/admin/hari-libur/new/", shared=True),
    door(22, "POST", "/admin/hari-libur/new/", shared=True, form={"day": "2026-08-17", "name": "Hari libur", "kind": "national"}),
    door(22, "GET", "/admin/hari-libur/edit/", "/admin/hari-libur/edit/?id=1", shared=True),
    door(22, "POST", "/admin/hari-libur/edit/", "/admin/hari-libur/edit/?id=1", shared=True, form={"day": "2026-08-18", "name": "Hari libur", "kind": "national"}),
    door(22, "POST", "/admin/hari-libur/delete/", shared=True, form={"id": "1", "sure": "ya"}),
)
