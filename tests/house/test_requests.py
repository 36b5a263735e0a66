"""Whatever is sent to whichever door: no state changed by looking, no fault of ours, no end of statements."""

import random
import re
import secrets

import pytest

from tests.house.all_doors import DOORS
from tests.house.test_access import ROWS
from tests.house.world import ACTORS, World
from tests.portal.agency_pages import statements

SPICE = (
    "", " ", "0", "-1", "1", "99999999999999999999", "2.5", "2,5", "1e0", "0x3", "٣", "３", "NaN", "Infinity", "true", "null", "[]",
    "\x00", "a\x00b", "\ud800", "\u202e", "\u200b", "😀" * 50, "<script>alert(1)</script>", '"><svg onload=alert(1)>', "{{7*7}}",
    "' OR 1=1--", "%", "_", "../../etc/passwd", "..%2f..%2f", "a" * 5000, "\r\nSet-Cookie: x=1", "=cmd|' /C calc'!A0", "2026-13-45",
    "31-02-2026", "javascript:alert(1)", "http://127.0.0.1:1/", "I12", "I99", "1:1", ":", "1.0", "01",
)
FIELDS = (
    "value", "facts", "analysis", "version", "locator", "levels", "number", "dated", "effective_on", "document", "title", "url", "kind",
    "secrecy", "note", "items", "verdict", "reason_kind", "revision", "seen", "one", "contribution", "citation", "lead", "supporting",
    "slug", "year", "term", "track", "subjects", "zone", "instrument", "stage", "opens_at", "closes_at", "until", "reason", "username",
    "password", "next", "kept", "name", "nip", "email", "role", "organization", "starts_on", "ends_on", "appointment", "fingerprint",
    "checked", "then", "files", "agencies", "lines", "kind", "akun", "valid_from", "service_name",
)


@pytest.mark.parametrize("actor", [name for name in ACTORS if name != "disabled"])
def test_SE_06_looking_changes_nothing(world: World, actor: str):
    """But for a PDF that is printed when it is first asked for: made from what is frozen, the same for everybody."""
    before = world.tables() | {"printed_paper": None}
    for door in DOORS:
        if door.method == "GET":
            with world.clients[actor].get(door.address(world)) as response:
                assert response.status_code < 504
    assert world.tables() | {"printed_paper": None} == before


def knock(world: World, actor: str, door, dice: random.Random) -> tuple[int, int]:
    """The status of the answer and how many statements it took."""
    url = door.address(world)
    if dice.random() < 0.5:
        parts = url.split("/")
        at = dice.randrange(1, len(parts))
        word = dice.choice([word for word in SPICE if word.isascii() and "\r" not in word and "\x00" not in word] or ["x"])
        parts[at] = re.sub(r"[^\w.,:-]", "%20", word)[:200] or "x"
        url = "/".join(parts)
    url = url.partition("?")[0] if dice.random() < 0.3 else url
    query = {} if "?" in url else {dice.choice(("opd", "cari", "saring", "halaman", "q", "peran", "edisi", "next", "nomor")): printable(dice)}
    with statements() as counted:
        response = _asked(world, actor, door, dice, url, query)
        response.get_data()
        response.close()
    return response.status_code, len(counted)


def _asked(world: World, actor: str, door, dice: random.Random, url: str, query: dict):
    client = world.clients[actor]
    if door.method == "GET":
        return client.get(url, query_string=query or None)
    form = {dice.choice(FIELDS): printable(dice) for _ in range(dice.randrange(1, 8))}
    form |= {"csrf_token": world.tokens[actor], "key": secrets.token_urlsafe(24)}
    if dice.random() < 0.5:
        form |= door.fields(world, actor)
    return client.open(url, method=door.method, data=form)


def printable(dice: random.Random) -> str:
    """A lone surrogate cannot be sent in a form as it is; everything else goes as it stands."""
    return dice.choice(SPICE).encode("utf-8", "replace").decode()


HOSTILE_BODIES = {
    "ten thousand fields": ("application/x-www-form-urlencoded", "&".join(f"f{n}=1" for n in range(10_000)).encode()),
    "one field ten thousand times": ("application/x-www-form-urlencoded", b"&".join([b"value=1"] * 10_000)),
    "a deep list": ("application/json", b"[" * 100_000 + b"]" * 100_000),
    "a lone surrogate": ("application/json", b'{"value": "\\ud800"}'),
    "broken utf-8": ("application/x-www-form-urlencoded", b"facts=%ff%fe%c3%28"),
    "no boundary": ("multipart/form-data", b"--x\r\n\r\n"),
    "ten thousand parts": (
        "multipart/form-data; boundary=x",
        b"".join(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' for _ in range(10_000)) + b"--x--\r\n",
    ),
    "a header of a megabyte": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="' + b"a" * 900_000 + b'"\r\n\r\n1\r\n--x--\r\n',
    ),
    "text that claims to be a form": ("text/plain", b"value=5"),
    "gzip that was never announced": ("application/x-www-form-urlencoded", b"\x1f\x8b\x08\x00" + b"\x00" * 100),
}


@pytest.mark.parametrize("name", HOSTILE_BODIES)
@pytest.mark.parametrize("address", ["/masuk", "/penilaian/isi/indikator/I12", "/penilaian/isi/indikator/I12/bukti", "/kelola/impor"])
def test_IN_12_strange_bodies_are_refused_at_once(world: World, address: str, name: str):
    kind, body = HOSTILE_BODIES[name]
    actor = "round_manager" if address == "/kelola/impor" else "operator_own"
    before = world.tables()
    response = world.clients[actor].post(
        address, data=body, content_type=kind, headers={"X-CSRFToken": world.tokens[actor]}
    )
    assert 400 <= response.status_code < 500
    assert world.tables() == before


def test_IN_12_a_field_given_twice_stores_neither_silently(world: World):
    """The first one counts or the form is refused; never a mixture, never a fault."""
    token = world.tokens["operator_own"]
    response = world.clients["operator_own"].post(
        "/penilaian/isi/indikator/I12",
        data=f"csrf_token={token}&value=1&value=5&version=1&facts=a&analysis=b",
        content_type="application/x-www-form-urlencoded",
    )
    assert response.status_code in (302, 409, 422)


# Last, because it leaves the world in disorder.
@pytest.mark.parametrize("actor", ["operator_own", "head_own", "round_manager", "responsible_officer", "system_admin"])
def test_IN_13_no_input_makes_a_fault_of_ours(world: World, actor: str):
    """A seeded walk: every door this actor may open, with odd words in its address, its query and its form."""
    dice = random.Random(f"{actor} 2026")
    for door in DOORS:
        if ROWS[door.rows[0]][actor] != "A" or door.ends_session:
            continue
        for _ in range(6 if door.method == "POST" else 3):
            status, spent = knock(world, actor, door, dice)
            assert status < 500 or (status == 503 and door.rule == "/readyz"), f"{door.method} {door.rule}: {status}"
            assert spent < 300, f"{door.rule} took {spent} statements"
