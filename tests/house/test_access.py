"""access.csv against the running portal: every door, every actor, every method.

`access.csv` is what is expected; `policies.py` is how it is done; neither is made from the other. A cell that turns
out wrong is changed there, with a reason in the commit, never here.
"""

import csv
import secrets
from pathlib import Path

import pytest

from tests.house.all_doors import DOORS
from tests.house.doors import Door
from tests.house.world import ACTORS, FOREIGN, World

HERE = Path(__file__).parent
with open(HERE / "access.csv", encoding="utf-8", newline="") as file:
    ROWS = {int(row["row"]): row for row in csv.DictReader(file)}
ALLOWED = {200, 201, 204, 302, 409, 422, 503}  # 503: /readyz, where no worker lives beside the tests
WAVES = ("1a", "1b", "1c", "2")
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


def test_every_rule_and_method_is_claimed_by_a_row(_house):
    claimed = {(door.rule, door.method) for door in DOORS}
    real = {
        (rule.rule, method)
        for rule in _house.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.endpoint not in _house.config["STATIC_ENDPOINTS"]
    }
    assert real - claimed == set(), "doors without a row of access.csv"
    assert claimed - real == set(), "rows for doors that do not exist"


def test_every_row_of_this_wave_has_a_door():
    missing = {
        number
        for number, row in ROWS.items()
        if row["wave"] in WAVES and number not in {row for door in DOORS for row in door.rows} and number != 110
    }
    assert missing == set(), f"rows of access.csv without a door: {sorted(missing)}"


def test_public_views_are_one_printed_set(_house):
    open_doors = {
        rule.rule for rule in _house.url_map.iter_rules()
        if getattr(_house.view_functions[rule.endpoint], "is_public", False)
    }
    expected = {door.rule for door in DOORS if all(ROWS[row]["anonymous"] == "A" for row in door.rows)}
    assert open_doors == expected


@pytest.mark.parametrize("door", DOORS, ids=lambda door: f"{door.method} {door.rule}")
def test_a_door_answers_what_the_table_says(world: World, door: Door):
    """AC-01, AC-02, AC-03, AC-16: status for each actor; refused unsafe wishes change no table and leave a line."""
    url = door.address(world)
    expected = {actor: door.cell(ROWS, actor) for actor in ACTORS}
    wrong, successes = [], 0
    before = world.tables() if door.method in UNSAFE else None
    denied = [actor for actor in expected if expected[actor] in "34L"]
    lines = world.refusals()
    for actor in [*denied, *[f"{actor}@abroad" for actor in FOREIGN if expected[actor] in "34" and not door.shared]]:
        status, body = ask(world, actor, door, url)
        # Nobody of another instansi learns that a thing of this one exists.
        cell = "4" if "@" in actor else expected[actor]
        if not fits(cell, status, body, door, world):
            wrong.append(f"{actor}: {status}, expected {cell}")
    if before is not None:
        assert world.tables() == before, "a refused wish changed something"
        refused = sum(expected[actor] in "34" for actor in denied)
        assert world.refusals() - lines >= refused, "refused wishes leave a line"
    for actor in [actor for actor in expected if expected[actor] == "A"]:
        status, body = ask(world, actor, door, url)
        if door.gone_after and successes and status == 404:
            continue
        successes += status in (200, 201, 204, 302, 422, 503)
        if status not in ALLOWED or (
            status == 302 and "/masuk" in body and not door.ends_session
        ):
            wrong.append(f"{actor}: {status}, expected A")
    assert wrong == [], f"{door.method} {url}: {'; '.join(wrong)}"
    if any(cell == "A" for cell in expected.values()) and not door.succeeds_in:
        assert successes, "no allowed actor got through: the door's world is not in the state it needs"


def ask(world: World, actor: str, door: Door, url: str) -> tuple[int, str]:
    key = secrets.token_urlsafe(24)
    sent = {"csrf_token": world.tokens[actor], "key": key, **door.fields(world, actor)} if door.method in UNSAFE else None
    headers = door.words(world)
    if door.headers:
        sent, headers = door.body, headers | {"X-CSRFToken": world.tokens[actor]}
    response = world.clients[actor].open(url, method=door.method, data=sent, headers=headers)
    if door.ends_session:
        world.sign_in_again(actor)
    body = response.headers.get("Location", "") if response.status_code == 302 else response.get_data().decode("utf-8", "replace")
    response.close()
    return response.status_code, body


def fits(cell: str, status: int, body: str, door: Door, world: World) -> bool:
    if cell == "3":
        return status == 403
    if cell == "4":
        return status == 404 or (door.is_list and status == 200 and not any(mark in body for mark in door.marks(world)))
    if cell == "L":
        return status == 401 or (status == 302 and "/masuk" in body)
    return False


@pytest.mark.parametrize("door", [door for door in DOORS if door.method == "GET"], ids=lambda door: door.rule)
def test_AC_12_tricks_with_the_method_or_the_path_open_nothing(world: World, door: Door):
    url = door.address(world)
    client = world.clients["assessor_panel"]

    def status_of(method: str, **more) -> int:
        response = client.open(url, method=method, **more)
        response.close()  # a file that is not read to its end stays open otherwise
        return response.status_code

    plain = status_of("GET")
    assert status_of("HEAD") == plain
    for override in ("DELETE", "POST", "GET"):
        assert status_of("GET", headers={"X-HTTP-Method-Override": override}) == plain
    anonymous = world.clients["anonymous"]
    base = anonymous.get(url).status_code
    for trick in (url + "/", "/" + url, url.replace("/", "//"), url.replace("/", "/%2e/"), url.upper()):
        status = anonymous.get(trick).status_code
        assert status in (301, 302, 308, 400, 401, 404) or status == base, trick
    for method in ("TRACE", "PROPFIND", "DELETE", "PUT", "PATCH"):
        if (door.rule, method) not in {(other.rule, other.method) for other in DOORS}:
            assert client.open(url, method=method).status_code in (400, 404, 405, 501)
