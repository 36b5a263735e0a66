"""Doors of links used once, of the first day, and of how one is told."""

from tests.house.doors import door

DOORS: tuple = (
    door(123, "GET", "/sandi/lupa", shared=True),
    door(123, "POST", "/sandi/lupa", shared=True),
    door(123, "GET", "/sandi/<string:token>", "/sandi/{one_time_link}", shared=True),
    door(123, "POST", "/sandi/<string:token>", "/sandi/{one_time_link}", shared=True),
    door(19, "POST", "/kelola/pengguna/<int:id>/tautan", "/kelola/pengguna/{guest}/tautan"),
    door(8, "GET", "/akun/pengenalan", shared=True),
    door(8, "POST", "/akun/pengenalan", shared=True),
    door(8, "POST", "/akun/zona", shared=True, form={"zone": "Asia/Jayapura"}),
    door(8, "GET", "/akun/pemberitahuan", shared=True),
    door(8, "POST", "/akun/pemberitahuan", shared=True),
)
