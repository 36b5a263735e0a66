"""Doors of following up recommendations and of quality assurance."""

from tests.house.doors import P, S, door

ONE = "/tindak-lanjut/<int:id>"
AT = "/tindak-lanjut/{recommendation}"
QUALITY = f"/mutu/{P}/{S}"
HERE = "/mutu/{slug}/{subject}"

DOORS: tuple = (
    door(95, "GET", "/tindak-lanjut", is_list=True, slug="terbit"),
    door(95, "GET", ONE, AT, slug="terbit"),
    door(98, "GET", f"{ONE}/verifikasi", f"{AT}/verifikasi", slug="terbit"),
    door(98, "POST", f"{ONE}/verifikasi", f"{AT}/verifikasi", slug="terbit"),
    door(97, "GET", f"{ONE}/lapor", f"{AT}/lapor", slug="terbit"),
    door(97, "POST", f"{ONE}/kemajuan", f"{AT}/kemajuan", slug="terbit"),
    door(96, "POST", f"{ONE}/rencana", f"{AT}/rencana", slug="terbit"),
    door(94, "GET", "/tindak-lanjut/baru", shared=True),
    door(94, "POST", "/tindak-lanjut/baru", shared=True),
    door(94, "GET", "/tindak-lanjut/impor", shared=True),
    door(94, "POST", "/tindak-lanjut/impor", shared=True),
    door(94, "POST", "/tindak-lanjut/impor/penerapan", shared=True,
         succeeds_in="tests/portal/test_recommendation_import.py"),
    door(121, "GET", QUALITY, HERE, slug="kirim"),
    door(52, "POST", QUALITY, HERE, slug="kirim"),
)
