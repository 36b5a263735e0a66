"""Tokens for programs: one account, one office, until a day, read only."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from assessments import clock, tokens
from assessments.models import ApiToken, Throttle
from assessments.refusal import Refused
from portal import passwords
from tests import builders as build
from tests.portal.agency_pages import statements
from tests.portal.api_tokens import bearer, token_of

PAGE, PERIODS = "/akun/token", "/api/v1/periods"


@pytest.fixture
def city(session):
    where = build.city(session)
    build.opened(session, where)
    session.commit()
    return where


def owner(client, session, city, who="round_manager"):
    """Signed in, with a password that is really hashed."""
    build.account_of(city.people[who]).password = passwords.hashed(build.PASSWORD)
    return build.sign_in(client, session, city.people[who])


def made(client, **fields):
    sent = build.form(client, PAGE, name="Dasbor", days="90", password=build.PASSWORD) | fields
    return client.post(PAGE, data=sent)


def secret_in(page: str) -> str:
    return re.search(r'id="token-baru" value="([^"]+)"', page).group(1)


def test_a_token_is_shown_once_and_kept_as_a_hash(client, session, city):
    owner(client, session, city)
    assert "Token API untuk program" in client.get("/akun").get_data(as_text=True)
    answer = made(client)
    secret = secret_in(answer.get_data(as_text=True))
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    again = client.get(PAGE).get_data(as_text=True)
    assert secret not in again and "Dasbor" in again
    session.rollback()
    row = session.scalar(select(ApiToken))
    assert secret not in repr(vars(row)) and row.expires - row.created == timedelta(days=90)
    assert client.application.test_client().get(PERIODS, **bearer(secret)).json["total"] == 1


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"password": "bukan kata sandi saya"}, "bukan kata sandi akun Anda"),
        ({"password": ""}, "Isi kata sandi"),
        ({"name": " "}, "Nama token wajib diisi"),
        ({"name": "a\u202eb"}, "tersembunyi"),
        ({"name": "a" * 81}, "terlalu panjang"),
        ({"days": "3650"}, "pilih salah satu"),
        ({"days": ""}, "pilih salah satu"),
    ],
)
def test_what_is_wrong_with_a_new_token_is_said_at_the_field_and_nothing_is_made(client, session, city, fields, told):
    owner(client, session, city)
    answer = made(client, **fields)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and told in page and "token-baru" not in page
    session.rollback()
    assert session.scalar(select(ApiToken)) is None


def test_AU_04_wrong_passwords_on_the_token_page_have_to_wait(client, session, city):
    owner(client, session, city)
    found = [made(client, password="salah sama sekali").status_code for _ in range(6)]
    assert found[0] == 422 and found[-1] == 429
    assert made(client).status_code == 429


def test_a_name_serves_one_living_token_and_twenty_are_enough(session, city):
    token_of(session, city, name="Dasbor")
    with pytest.raises(Refused, match="sudah dipakai"):
        tokens.create(session, city.actor("round_manager"), "Dasbor", 30)
    for number in range(tokens.MOST - 1):
        tokens.create(session, city.actor("round_manager"), f"Program {number}", 30)
        session.flush()
    with pytest.raises(Refused, match="Paling banyak 20"):
        tokens.create(session, city.actor("round_manager"), "Satu lagi", 30)


def test_AC_15_an_ended_token_opens_nothing_ever_again(client, session, city):
    row, secret = token_of(session, city)
    program = client.application.test_client()
    assert program.get(PERIODS, **bearer(secret)).status_code == 200
    owner(client, session, city)
    door = f"{PAGE}/{row.token_hash}/akhiri"
    assert client.post(door, data=build.form(client, PAGE)).status_code == 302
    for _ in range(2):
        answer = program.get(PERIODS, **bearer(secret))
        assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == "Bearer"
    assert "diakhiri" in client.get(PAGE).get_data(as_text=True)
    session.rollback()
    ended = session.scalar(select(ApiToken.ended))
    assert client.post(door, data=build.form(client, PAGE)).status_code == 302
    session.rollback()
    assert session.scalar(select(ApiToken.ended)) == ended, "the day it ended stays what it was"


def test_AC_15_somebody_elses_token_cannot_be_ended_and_looks_like_none(client, session, city):
    row, secret = token_of(session, city, "coordinator")
    owner(client, session, city)
    answers = [
        client.post(f"{PAGE}/{name}/akhiri", data=build.form(client, PAGE)) for name in (row.token_hash, "0" * 64, "x")
    ]
    assert {answer.status_code for answer in answers} == {409}
    texts = {re.sub(r"[0-9a-f]{16}|value=\"[^\"]*\"|nonce=\"[^\"]*\"", "", one.get_data(as_text=True)) for one in answers}
    assert all("tidak ada pada akun Anda" in text for text in texts)
    assert client.application.test_client().get(PERIODS, **bearer(secret)).status_code == 200


QUERIES = ("office=1", "token=%s", "expires=2099-01-01", "appointment=1&role=system_admin", "account=1", "access_token=%s")


@pytest.mark.parametrize("query", QUERIES)
def test_AC_15_no_edit_of_the_address_lengthens_or_widens_a_token(client, session, city, query):
    _row, secret = token_of(session, city, "operator")
    _other, mighty = token_of(session, city, "round_manager")
    program = client.application.test_client()
    edited = query.replace("%s", mighty)
    plain = program.get(PERIODS, **bearer(secret))
    assert program.get(f"{PERIODS}?{edited}", **bearer(secret)).json == plain.json
    room = f"/api/v1/assessments/2026/{city.instansi.slug}"
    assert program.get(f"{room}?{edited}", **bearer(secret)).status_code == 403, "an operator stays an operator"
    assert program.get(f"{PERIODS}?{edited}").status_code == 401, "an address carries no token"
    with clock.judged_at(clock.now() + timedelta(days=91)):
        assert tokens.alive(_row) is False


def test_AC_15_a_token_ends_on_its_day(client, session, city):
    row, secret = token_of(session, city, days=30)
    row.expires = clock.now() - timedelta(seconds=1)
    session.commit()
    assert client.get(PERIODS, **bearer(secret)).status_code == 401


def test_AC_10_disabled_accounts_ended_offices_and_first_passwords_bite_on_the_next_request(client, session, city):
    seats = {}
    for who in ("operator", "head", "coordinator"):
        _row, seats[who] = token_of(session, city, who)
        assert client.get(PERIODS, **bearer(seats[who])).status_code == 200
    build.account_of(city.people["operator"]).active = False
    city.people["head"].ends_on = date(2021, 1, 1)
    build.account_of(city.people["coordinator"]).must_change_password = True
    session.commit()
    for who, secret in seats.items():
        assert client.get(PERIODS, **bearer(secret)).status_code == 401, who


def test_a_token_acts_in_its_office_whatever_other_offices_its_owner_holds(client, session, city):
    first = city.people["operator"]
    _row, secret = token_of(session, city, "operator")
    build.staffing.appoint(
        session, first.person, city.agencies["kominfo"], "round_manager", build.SYSTEM, starts_on=build.SINCE
    )
    session.commit()
    assert client.get("/api/v1/assessments/2026/" + city.instansi.slug, **bearer(secret)).status_code == 403


def test_SE_05_a_token_opens_no_page_and_writes_nothing(client, session, city):
    _row, secret = token_of(session, city)
    for page in ("/beranda", "/akun", "/kelola/periode", PAGE):
        assert client.get(page, **bearer(secret)).status_code == 302, page
    form = build.form(client, "/masuk")
    client.post("/akun", data=form | {"name": "Nama lain"}, **bearer(secret))
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert client.open(PERIODS, method=method, **bearer(secret)).status_code in (400, 405, 415)
    session.rollback()
    assert city.people["round_manager"].person.name != "Nama lain"


def test_AU_04_wrong_tokens_have_to_wait_and_right_ones_never_do(client, session, city):
    _row, secret = token_of(session, city)
    found = [client.get(PERIODS, **bearer(f"spbe_{number}")).status_code for number in range(7)]
    assert found[:4] == [401] * 4 and found[-1] == 429
    assert client.get(PERIODS, **bearer(secret)).status_code == 200
    session.rollback()
    assert len(session.scalars(select(Throttle)).all()) == 3, "a few counters for a place, however many tokens it tries"


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer x=y", "bearer \xff", "Basic YTpi", "Bearer " + "a" * 5000, "Token x"])
def test_IN_13_odd_headers_are_nobody(client, session, city, header):
    answer = client.get(PERIODS, headers={"Authorization": header})
    assert answer.status_code == 401 and set(answer.json) == {"code", "message"}


def test_a_token_costs_one_statement(client, session, city):
    _row, secret = token_of(session, city)
    client.get("/api/openapi.json", **bearer(secret))
    with statements() as seen:
        assert client.get("/api/openapi.json", **bearer(secret)).status_code == 200
    assert len(seen) <= 2, seen
