"""Doors for programs, their tokens, and values of other bodies."""

from tests.house.doors import ROUND, SUBJECT, P, S, door

V1 = "/api/v1"

PROGRAMS = (
    door(113, "GET", "/api/openapi.json", shared=True),
    door(24, "GET", f"{V1}/periods", is_list=True),
    door(24, "GET", f"{V1}/periods/{P}", V1 + "/periods/{slug}"),
    door(66, "GET", f"{V1}/assessments/{P}/{S}", V1 + "/assessments/{slug}/{subject}", slug="nilai"),
    door(118, "GET", f"{V1}/results", slug="terbit", is_list=True),
    door((87, 89), "GET", f"{V1}/results/{P}/{S}", V1 + "/results/{slug}/{subject}", slug="final"),
    door(118, "GET", f"{V1}/results/{P}/{S}", V1 + "/results/{slug}/{subject}", slug="terbit"),
    door(95, "GET", f"{V1}/recommendations", slug="terbit", is_list=True),
    door(95, "GET", f"{V1}/recommendations/<int:id>", V1 + "/recommendations/{recommendation}", slug="terbit"),
)
TOKENS = (
    door(114, "GET", "/akun/token", shared=True),
    door(114, "POST", "/akun/token", shared=True),
    door(114, "POST", "/akun/token/<string:token>/akhiri", "/akun/token/0/akhiri", shared=True,
         succeeds_in="tests/portal/test_tokens.py"),
)
OTHERS = (
    door(128, "GET", f"{ROUND}/nilai-luar", SUBJECT + "/nilai-luar", slug="kirim"),
    door(128, "POST", f"{ROUND}/nilai-luar", SUBJECT + "/nilai-luar", slug="kirim"),
)
DOORS = (*PROGRAMS, *TOKENS, *OTHERS)
