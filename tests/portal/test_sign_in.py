"""Signing in and out: passwords, throttling, sessions, where one is led afterwards, and forms that outlive a session."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher, extract_parameters
from sqlalchemy import select

from assessments.models import Account, Session, Throttle
from portal import passwords, throttling
from tests import builders as build
from tests.portal.agency_pages import statements

RIGHT = build.PASSWORD
LEADS_AWAY = (
    "//evil.example", r"/\evil.example", "/%5cevil.example", "https:evil.example", "https://evil.example", "/%09/evil.example",
    "\t//evil.example", "/@evil.example", "/..//evil.example", "/%0a", "/%0aevil", "/\n/evil", "/%0d%0aSet-Cookie:a=b",
    "/%2f%2fevil.example", "/%252f%252fevil.example", "///evil.example", "javascript:alert(1)", "evil.example", "/\u2028/evil",
    "/static/portal.css", "/masuk", "\x00", "/%00", "/beranda\x00", "http:///evil", "/%E0%A4%A",
)


@pytest.fixture
def city(session):
    """Everybody's password is RIGHT; hashed once, because hashing is slow on purpose."""
    made = build.city(session)
    stored = passwords.hashed(RIGHT)
    for appointment in made.people.values():
        appointment.person.account.password = stored
    session.commit()
    return made


def enter(client, username, password=RIGHT, address="10.0.0.1", **fields):
    """Send the sign-in page as a browser at this address does."""
    return client.post(
        "/masuk",
        data=build.form(client, "/masuk", username=username, password=password, **fields),
        environ_overrides={"REMOTE_ADDR": address},
    )


def name_of(city, who="operator"):
    return city.people[who].person.account.username


def test_somebody_signs_in_with_user_name_or_nip_and_reaches_the_start_page(app, session, city):
    city.people["operator"].person.nip = "198701012010011001"
    for typed in (name_of(city), f"  {name_of(city).upper()} ", "198701012010011001", "19870101 201001 1 001"):
        client = app.test_client()
        answer = enter(client, typed)
        assert (answer.status_code, answer.location) == (302, "/beranda"), typed
        assert client.get("/beranda").status_code == 200


def test_empty_fields_are_named_one_by_one(client, city):
    page = enter(client, "", "")
    assert page.status_code == 422
    assert "Isi NIP atau nama pengguna." in page.text and "Isi kata sandi." in page.text


def test_the_user_name_stays_and_the_password_does_not(client, city):
    page = enter(client, name_of(city), "bukan yang benar")
    assert page.status_code == 422
    assert f'value="{name_of(city)}"' in page.text and "bukan yang benar" not in page.text


def test_AU_03_passwords_are_kept_as_argon2id_at_todays_cost(client, session, city):
    account = city.people["operator"].person.account
    assert account.password.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    from argon2 import PasswordHasher

    account.password = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(RIGHT.encode())
    assert enter(client, account.username).status_code == 302
    session.rollback()
    assert account.password.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_AU_04_five_wrong_tries_wait_here_and_the_owner_comes_in_from_elsewhere(app, session, city):
    client = app.test_client()
    answers = [enter(client, name_of(city), "salah terus", "10.9.9.9") for _ in range(30)]
    assert [answer.status_code for answer in answers] == [422] * 4 + [429] * 26
    assert re.search(r"sesudah pukul \d\d\.\d\d WITA", answers[-1].text)
    assert int(answers[-1].headers["Retry-After"]) <= 15 * 60
    assert enter(client, name_of(city), RIGHT, "10.9.9.9").status_code == 429
    assert enter(app.test_client(), name_of(city), RIGHT, "10.1.1.1").status_code == 302
    session.rollback()
    for row in session.scalars(select(Throttle)):
        row.first_at, row.blocked_until = row.first_at - timedelta(minutes=16), None
    assert enter(client, name_of(city), RIGHT, "10.9.9.9").status_code == 302


def test_AU_04_many_addresses_slow_one_account_down_for_a_minute_only(app, session, city):
    client = app.test_client()
    for n in range(20):
        enter(client, name_of(city), "salah", f"10.3.0.{n}")
    assert enter(client, name_of(city), RIGHT, "10.1.1.1").status_code == 429
    session.rollback()
    waits = [row.blocked_until for row in session.scalars(select(Throttle)) if row.blocked_until]
    assert max(waits) < datetime.now(UTC) + timedelta(minutes=2)
    for row in session.scalars(select(Throttle)):
        if row.blocked_until:
            row.blocked_until -= timedelta(minutes=2)
    assert enter(client, name_of(city), RIGHT, "10.1.1.1").status_code == 302


def test_AU_04_one_address_that_tries_everybody_has_to_wait(app, session, city, monkeypatch):
    monkeypatch.setattr(throttling, "ADDRESS", throttling.Limit(8, *[timedelta(minutes=5)] * 3))
    client = app.test_client()
    for n in range(8):
        assert enter(client, f"nama{n}", "salah", "10.4.4.4").status_code in (422, 429)
    assert enter(client, name_of(city), RIGHT, "10.4.4.4").status_code == 429
    assert enter(client, name_of(city), RIGHT, "10.4.4.5").status_code == 302


def test_AU_05_nobody_learns_who_has_an_account(app, session, city, monkeypatch):
    """The same answer after the same work: one hash at the same cost, as many questions to the database."""
    off = city.people["executive"].person.account
    off.active = False
    names = {"known": name_of(city), "unknown": "tidak.ada.orangnya", "off": off.username}
    bodies, hashed, asked = {}, {kind: [] for kind in names}, {}
    check = PasswordHasher.verify

    def counted(hasher, stored, typed):
        hashed[kind].append(extract_parameters(stored))
        return check(hasher, stored, typed)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    for n in range(2):
        for kind, name in names.items():
            client = app.test_client()
            sent = build.form(client, "/masuk", username=name, password="bukan ini kata sandinya")
            with statements() as seen:
                answer = client.post("/masuk", data=sent, environ_overrides={"REMOTE_ADDR": f"10.5.{n}.{len(kind)}"})
            asked[kind] = len(seen)
            said = re.sub(r'value="[^"]*"|nonce="[^"]*"', "", answer.text)
            bodies.setdefault(kind, set()).add((answer.status_code, said))
    assert bodies["known"] == bodies["unknown"] == bodies["off"] and len(bodies["known"]) == 1
    assert hashed["known"] == hashed["unknown"] == hashed["off"] and len(hashed["known"]) == 2
    assert len(set(asked.values())) == 1, asked


def test_a_switched_off_account_does_not_come_in_with_the_right_password(client, session, city):
    city.people["operator"].person.account.active = False
    assert enter(client, name_of(city)).status_code == 422
    session.rollback()
    assert session.scalars(select(Session)).all() == []


def test_AU_09_a_fresh_installation_has_no_account_that_works(client, session):
    assert session.scalars(select(Account)).all() == []
    for name, password in (("admin", "admin"), ("admin", "password"), ("root", ""), ("demo", "demo"), ("admin", "!")):
        assert enter(client, name, password or " ").status_code in (422, 429)


def test_an_account_without_a_usable_password_lets_nobody_in(client, session):
    made = build.city(session)
    assert made.people["operator"].person.account.password == "!"
    assert enter(client, name_of(made), "!").status_code == 422


def test_SE_01_the_session_is_a_new_one_at_sign_in(app, session, city):
    client = app.test_client()
    client.get("/masuk")
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "ditanam-sebelumnya"
    enter(client, name_of(city))
    with client.session_transaction() as cookie:
        assert cookie["_user_id"] != "ditanam-sebelumnya" and len(cookie["_user_id"]) >= 43
    session.rollback()
    (row,) = session.scalars(select(Session)).all()
    assert len(row.token_hash) == 64
    with client.session_transaction() as cookie:
        assert cookie["_user_id"] not in row.token_hash


def test_SE_02_signing_out_ends_the_session_on_the_server(app, session, city):
    client = app.test_client()
    enter(client, name_of(city))
    stolen = client.get_cookie("portal").value
    assert client.post("/keluar", data=build.form(client, "/beranda")).status_code == 302
    thief = app.test_client()
    thief.set_cookie("portal", stolen)
    assert thief.get("/beranda").status_code == 302
    session.rollback()
    assert session.scalars(select(Session)).all() == []


def test_signing_in_again_ends_the_session_before(client, session, city):
    enter(client, name_of(city))
    token = build.form(client, "/akun")["csrf_token"]
    sent = {"csrf_token": token, "username": name_of(city, "head"), "password": RIGHT}
    assert client.post("/masuk", data=sent).status_code == 302
    session.rollback()
    assert [row.account_id for row in session.scalars(select(Session))] == [city.people["head"].person.account.id]


@pytest.mark.parametrize("limit", ["idle_until", "absolute_until"])
def test_SE_03_a_session_ends_when_idle_and_in_any_case(client, session, city, limit):
    enter(client, name_of(city))
    session.rollback()
    (row,) = session.scalars(select(Session)).all()
    setattr(row, limit, datetime.now(UTC) - timedelta(seconds=1))
    answer = client.get("/akun")
    assert answer.status_code == 302 and answer.location.startswith("/masuk?next=/akun")


def expire(session):
    session.rollback()
    for row in session.scalars(select(Session)):
        row.idle_until = datetime.now(UTC) - timedelta(seconds=1)


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page.text).group(1)


def test_SE_03_a_form_sent_after_the_session_ended_is_kept_and_sent_again(client, session, city):
    enter(client, name_of(city))
    typed = build.form(client, "/akun", name="Nama <baru> & panjang", phone="0361 1234")
    expire(session)
    page = client.post("/akun", data=typed)
    assert page.status_code == 401 and "Sesi Anda berakhir" in page.text
    assert "Nama &lt;baru&gt;" not in page.text
    wrong = client.post("/masuk", data={"csrf_token": hidden(page, "csrf_token"), "kept": hidden(page, "kept"),
                                        "username": name_of(city), "password": "salah"})
    assert wrong.status_code == 422
    again = client.post("/masuk", data={"csrf_token": hidden(wrong, "csrf_token"), "kept": hidden(wrong, "kept"),
                                        "username": name_of(city), "password": RIGHT})
    assert again.status_code == 200 and "Nama &lt;baru&gt; &amp; panjang" in again.text
    assert 'action="/akun"' in again.text
    assert re.findall(r"<dt>(.*?)</dt><dd", again.text)[:2] == ["Nama", "Telepon"], "as they are called beside the fields"
    session.rollback()
    assert city.people["operator"].person.name != "Nama <baru> & panjang"
    fields = {"csrf_token": hidden(again, "csrf_token"), "office": hidden(again, "office"),
              "name": "Nama <baru> & panjang", "phone": "0361 1234"}
    assert client.post("/akun", data=fields).status_code == 302
    session.rollback()
    assert city.people["operator"].person.name == "Nama <baru> & panjang"


def test_SE_03_a_kept_form_is_never_sent_under_another_name(client, session, city):
    enter(client, name_of(city))
    typed = build.form(client, "/akun", name="Bukan milik kepala")
    expire(session)
    page = client.post("/akun", data=typed)
    answer = client.post("/masuk", data={"csrf_token": hidden(page, "csrf_token"), "kept": hidden(page, "kept"),
                                         "username": name_of(city, "head"), "password": RIGHT})
    assert answer.status_code == 302
    assert "tidak dikirim" in client.get("/beranda").text
    assert "Bukan milik kepala" not in client.get("/beranda").text


def test_SE_03_a_kept_form_carries_no_password_and_cannot_be_altered(app, client, session, city):
    enter(client, name_of(city))
    typed = build.form(client, "/akun", email="baru@kota.example", password=RIGHT)
    expire(session)
    page = client.post("/akun/surel", data=typed)
    from portal.blueprints.account import kept_forms

    with app.test_request_context():
        kept = kept_forms.opened(hidden(page, "kept"))
        assert kept_forms.opened(hidden(page, "kept") + "x") is None
    assert kept.path == "/akun/surel"
    assert dict(kept.fields) == {"email": "baru@kota.example"}


def test_SE_04_the_cookie_is_kept_from_scripts_and_other_sites(make_app, session, city):
    app = make_app(public_url="https://spbe.contoh.go.id")
    client = app.test_client()
    answer = client.get("/masuk", base_url="https://spbe.contoh.go.id")
    header = next(value for name, value in answer.headers if name == "Set-Cookie")
    assert header.startswith("__Host-portal=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in header
    assert "Domain=" not in header and len(header) < 4096


@pytest.mark.parametrize("token", [None, "", "salah", "of somebody else"])
def test_SE_05_the_sign_in_form_needs_the_token_of_this_browser(app, client, session, city, token):
    sent = build.form(client, "/masuk", username=name_of(city), password=RIGHT)
    if token == "of somebody else":
        token = build.form(app.test_client(), "/masuk")["csrf_token"]
    sent.pop("csrf_token")
    if token is not None:
        sent["csrf_token"] = token
    assert client.post("/masuk", data=sent).status_code == 400
    session.rollback()
    assert session.scalars(select(Session)).all() == []


def test_SE_05_no_form_of_another_kind_passes(client, city):
    enter(client, name_of(city))
    for address in ("/keluar", "/akun", "/akun/surel", "/akun/kata-sandi", "/akun/jabatan"):
        assert client.post(address, data='{"name": "x"}', content_type="text/plain").status_code == 415, address
        assert client.post(address, json={"name": "x"}).status_code == 415, address


@pytest.mark.parametrize("target", LEADS_AWAY)
def test_SE_09_nobody_is_led_away_after_signing_in(client, city, target):
    page = client.get("/masuk", query_string={"next": target})
    assert page.status_code == 200 and 'name="next"' not in page.text
    assert client.get("/masuk?next=" + target.replace("\n", "%0a").replace("\t", "%09")).status_code == 200
    answer = enter(client, name_of(city), next=target)
    assert (answer.status_code, answer.location) == (302, "/beranda")
    assert client.get("/masuk", query_string={"next": target}).location == "/beranda"


def test_SE_09_a_page_of_the_portal_is_returned_to_with_its_filters(client, city):
    away = client.get("/kelola/pengguna?q=dinas+kesehatan&peran=")
    assert away.status_code == 302
    page = client.get(away.location)
    target = hidden(page, "next")
    answer = client.post("/masuk", data={"csrf_token": hidden(page, "csrf_token"), "username": name_of(city, "round_manager"),
                                         "password": RIGHT, "next": target.replace("&amp;", "&")})
    assert answer.location == "/kelola/pengguna?q=dinas+kesehatan&peran="


@pytest.mark.parametrize("typed", ["\x00", "a\x00b", "' OR 1=1--", "%", "\u202eadmin", "x" * 100_000, "{{7*7}}", "🦜"])
def test_strange_names_are_wrong_names(client, city, typed):
    assert enter(client, typed, "salah").status_code == 422
    assert enter(client, name_of(city), typed).status_code == 422


def test_AC_10_a_withdrawn_office_and_a_switched_off_account_count_on_the_next_request(client, session, city):
    enter(client, name_of(city, "round_manager"))
    assert client.get("/kelola/pengguna").status_code == 200
    city.people["round_manager"].ends_on = datetime.now(UTC).date() - timedelta(days=2)
    assert client.get("/kelola/pengguna").status_code == 404
    city.people["round_manager"].person.account.active = False
    assert client.get("/beranda").status_code == 302
