"""A forgotten password, an invitation, and the links they travel by (S08, S09)."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from assessments import linking, staffing
from assessments.clock import judged_at
from assessments.models import Account, Job, Mail, OneTimeLink, Session
from portal import one_time_links, passwords, postman
from portal.jobs import run_due
from tests import builders as build
from tests.portal.agency_pages import statements
from tests.portal.smtp_server import mailbox

FRESH = "kuda baterai jepit betul"
LINK = re.compile(r"https?://\S+/sandi/\S+")
OVER = "Tautan tidak berlaku"


@pytest.fixture
def server():
    with mailbox() as running:
        yield running


@pytest.fixture
def city(session):
    made = build.city(session)
    for who, appointment in made.people.items():
        account = appointment.person.account
        account.email = account.email_folded = f"{who}@kota.example"
    session.commit()
    return made


@pytest.fixture
def portal(make_app, server, session):
    made = make_app(smtp_url=server.url, mail_from="spbe@kota.example", public_url="http://spbe.kota.example")
    made.extensions["test_session"] = session  # given back before each request of its clients
    return made


def browser(portal, host="http://spbe.kota.example"):
    client = portal.test_client()
    client.environ_base["HTTP_HOST"] = host.removeprefix("http://")
    return client


def of(city, who="operator") -> Account:
    return city.people[who].person.account


def ask(portal, name, client=None, address="10.0.0.1"):
    client = client or browser(portal)
    return client.post("/sandi/lupa", data=build.form(client, "/sandi/lupa", username=name),
                       environ_overrides={"REMOTE_ADDR": address})


def work(portal, session) -> None:
    session.commit()
    with portal.app_context():
        run_due()
        postman.make_round()
        run_due()


def mailed(portal, session, server, name) -> str:
    """The path of the link that was mailed for this name."""
    ask(portal, name)
    work(portal, session)
    return path_in(server.got[-1])


def path_in(message) -> str:
    return "/sandi/" + LINK.search(message.get_content()).group(0).rpartition("/")[2]


def choose(portal, path, fresh=FRESH, client=None):
    client = client or browser(portal)
    page = client.get(path)
    if page.status_code != 200:
        return page
    return client.post(path, data=build.form(client, path, fresh=fresh, again=fresh))


def has_password(session, account, password) -> bool:
    session.rollback()
    session.refresh(account)
    return passwords.matches(account.password, password)


# ---------------------------------------------------------------- AU-06: the link itself


def test_AU_06_a_forgotten_password_is_replaced_by_the_owner_of_the_mailbox(session, city, portal, server):
    account = of(city)
    client = build.sign_in(portal.test_client(), session, city.people["operator"])
    path = mailed(portal, session, server, account.username)
    assert server.envelopes == [("spbe@kota.example", ["operator@kota.example"])]
    answer = choose(portal, path)
    assert (answer.status_code, answer.location) == (302, "/masuk")
    assert has_password(session, account, FRESH) and not account.must_change_password
    assert session.scalars(select(Session).where(Session.account_id == account.id)).all() == []
    assert client.get("/beranda").status_code in (302, 400)
    work(portal, session)
    assert "Kata sandi akun Anda di portal SPBE diganti" in server.got[-1]["Subject"]
    assert not LINK.search(server.got[-1].get_content())


def test_AU_06_the_token_has_256_bits_and_stands_nowhere_in_the_database(session, city, portal, server):
    path = mailed(portal, session, server, "operator@kota.example")
    token = path.rpartition("/")[2]
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)
    session.rollback()
    link = session.scalars(select(OneTimeLink)).one()
    assert link.token_hash == linking.token_hash(token)
    mail = session.scalars(select(Mail).where(Mail.dedupe_key.startswith("link:"))).one()
    kept = repr([(mail.body, mail.subject, mail.message_id, mail.dedupe_key), session.scalars(select(Job.args)).all()])
    assert token not in kept


def test_AU_06_a_link_is_used_once(session, city, portal, server):
    path = mailed(portal, session, server, of(city).username)
    assert choose(portal, path).status_code == 302
    again = choose(portal, path, "gajah lompat tinggi sekali")
    assert again.status_code == 404 and OVER in again.text
    assert has_password(session, of(city), FRESH)


def test_AU_06_looking_uses_nothing_up_and_a_weak_password_neither(session, city, portal, server):
    path = mailed(portal, session, server, of(city).username)
    client = browser(portal)
    for _ in range(3):
        assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200
    assert choose(portal, path, "pendek", client).status_code == 422
    assert choose(portal, path, "operator kota 2026", client).status_code == 422
    assert choose(portal, path, client=client).status_code == 302


def test_AU_06_a_new_request_ends_the_old_link(session, city, portal, server):
    first = mailed(portal, session, server, of(city).username)
    second = mailed(portal, session, server, of(city).username)
    assert first != second
    assert choose(portal, first).status_code == 404
    assert choose(portal, second).status_code == 302


@pytest.mark.parametrize("change", ["password", "email", "switched off"])
def test_AU_06_a_change_of_the_account_ends_the_link(session, city, portal, server, change):
    account, path = of(city), mailed(portal, session, server, of(city).username)
    by = city.actor("operator")
    if change == "password":
        staffing.change_password(session, account, passwords.hashed("lain sekali dari itu"), by)
    elif change == "email":
        staffing.change_email(session, account, "baru@kota.example", by)
    else:
        staffing.set_active(session, account, False, city.actor("system_admin"))
        account.active = True
    session.commit()
    assert choose(portal, path).status_code == 404


@pytest.mark.parametrize(("purpose", "good_for"), [("reset", timedelta(minutes=60)), ("invite", timedelta(days=7))])
def test_AU_06_a_link_ends_by_itself(session, city, purpose, good_for):
    account = of(city)
    account.must_change_password = True
    made = datetime(2026, 3, 3, 3, tzinfo=UTC)
    with judged_at(made):
        linking.make(session, account, purpose, "a" * 64, city.actor("system_admin"))
        session.flush()
    for moment, living in ((made + good_for - timedelta(seconds=1), True), (made + good_for, False)):
        with judged_at(moment):
            assert (linking.living(session, "a" * 64) is not None) is living


def test_AU_06_two_at_once_choose_one_password(session, city, portal, server):
    path = mailed(portal, session, server, of(city).username)
    one, two = browser(portal), browser(portal)
    forms = [(client, build.form(client, path, fresh=word, again=word)) for client, word in ((one, FRESH), (two, FRESH + " lain"))]
    assert [client.post(path, data=fields).status_code for client, fields in forms] == [302, 404]
    assert has_password(session, of(city), FRESH)


def test_AU_06_a_letter_that_comes_too_late_is_not_sent(session, city, portal, server):
    server.answers = ["451 sibuk"]
    ask(portal, of(city).username)
    work(portal, session)
    link = session.scalars(select(OneTimeLink)).one()
    link.expires_at = datetime.now(UTC) - timedelta(seconds=1)
    session.execute(update(Mail.__table__).values(not_before=datetime.now(UTC) - timedelta(seconds=1)))
    work(portal, session)
    session.rollback()
    assert server.got == [] and session.scalars(select(Mail)).one().state == "given_up"


def test_AU_06_the_page_tells_nobody_where_one_came_from_and_is_not_kept(session, city, portal, server, caplog):
    path = mailed(portal, session, server, of(city).username)
    client = browser(portal)
    answers = [client.get(path), client.get("/sandi/" + "x" * 43), choose(portal, path, "pendek", client), choose(portal, path, client=client)]
    assert [answer.status_code for answer in answers] == [200, 404, 422, 302]
    for answer in answers:
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
    assert path.rpartition("/")[2] not in caplog.text and "x" * 43 not in caplog.text


def test_AU_06_three_letters_an_hour_and_no_more_fill_a_mailbox(session, city, portal, server):
    names = [of(city).username, "operator@kota.example"] * 4
    for n, name in enumerate(names):
        ask(portal, name, address=f"10.0.{n}.1")
    work(portal, session)
    assert session.query(OneTimeLink).count() == linking.ASKED_AT_MOST
    assert session.query(Mail).count() == linking.ASKED_AT_MOST


# ---------------------------------------------------------------- AU-05, AU-07, AU-08: who asks, and under which name


def test_AU_05_known_and_unknown_names_get_the_same_answer_after_the_same_work(session, city, portal):
    """What is done about the name is done by the worker; until then nothing differs, so no clock tells."""
    asked = {}
    for n, person in enumerate(list(city.people.values())[:3]):
        for kind, name in {"known": person.person.account.username, "unknown": f"tiada.orang.{n}"}.items():
            client = browser(portal)
            fields = build.form(client, "/sandi/lupa", username=name)
            with statements() as seen:
                answer = client.post("/sandi/lupa", data=fields, environ_overrides={"REMOTE_ADDR": f"10.1.{n}.{len(kind)}"})
            asked.setdefault(kind, []).append(seen)
            assert (answer.status_code, answer.location) == (302, "/sandi/lupa?terkirim=1")
    assert asked["known"] == asked["unknown"]
    session.rollback()
    assert len(session.scalars(select(Job.id).where(Job.kind == "forgotten_password")).all()) == 6


def test_AU_05_requests_are_throttled_whether_or_not_the_name_is_known(session, city, portal):
    for name in (of(city).username, "tiada.orang"):
        codes = [ask(portal, name, address=f"10.2.{n}.1").status_code for n in range(7)]
        assert codes == [302] * 5 + [429] * 2, name


@pytest.mark.parametrize("name", ["", "tiada", "a\x00b", "x" * 5000, "operator@kota.example\r\nBcc: x@evil.example", "' OR 1=1--"])
def test_nobody_is_written_to_for_a_name_that_is_none(session, city, portal, server, name):
    assert ask(portal, name).status_code in (302, 422)
    work(portal, session)
    assert server.got == []


def test_accounts_without_address_and_dead_ones_get_nothing(session, city, portal, server):
    of(city).email, of(city, "head").active = None, False
    session.commit()
    for who in ("operator", "head"):
        assert ask(portal, of(city, who).username).status_code == 302
    work(portal, session)
    assert server.got == []


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Host": "evil.example", "X-Forwarded-Host": "spbe.kota.example"}])
def test_AU_07_a_wrong_host_is_refused(session, city, portal, server, headers):
    client = browser(portal)
    fields = build.form(client, "/sandi/lupa", username=of(city).username)
    assert client.post("/sandi/lupa", data=fields, headers=headers).status_code == 400
    work(portal, session)
    assert server.got == []


@pytest.mark.parametrize("headers", [{"X-Forwarded-Host": "evil.example"}, {"X-Host": "evil.example"}, {"Forwarded": "host=evil.example"}])
def test_AU_07_the_host_of_a_link_comes_from_the_settings(session, city, portal, server, headers):
    client = browser(portal)
    fields = build.form(client, "/sandi/lupa", username=of(city).username)
    assert client.post("/sandi/lupa", data=fields, headers=headers).status_code == 302
    work(portal, session)
    text = server.got[-1].get_content()
    assert LINK.search(text).group(0).startswith("http://spbe.kota.example/sandi/") and "evil" not in text


@pytest.mark.parametrize("name", ["ADMIN.KOTA", " admin.kota ", "admin.kota\u200b", "ａdmin.kota"])
def test_AU_08_the_same_name_written_otherwise_reaches_its_owner_only(session, city, portal, server, name):
    of(city).username = of(city).username_folded = "admin.kota"
    session.commit()
    assert ask(portal, name).status_code == 302
    work(portal, session)
    assert server.envelopes == [("spbe@kota.example", ["operator@kota.example"])]


@pytest.mark.parametrize("name", ["аdmin.kota", "admin.kotа", "operаtor@kota.example"])
def test_AU_08_a_look_alike_is_somebody_else(session, city, portal, server, name):
    of(city).username = of(city).username_folded = "admin.kota"
    session.commit()
    assert ask(portal, name).status_code == 302
    work(portal, session)
    assert server.got == []


# ---------------------------------------------------------------- from the page of a person


@pytest.mark.parametrize("who", ["round_manager", "system_admin"])
def test_a_manager_sends_a_link_and_never_sees_it(session, city, portal, server, who):
    client = build.sign_in(browser(portal), session, city.people[who])
    page = f"/kelola/pengguna/{of(city).id}"
    assert "Kirim tautan ganti kata sandi" in client.get(page).text
    answer = client.post(f"{page}/tautan", data=build.form(client, page))
    assert answer.status_code == 302
    assert "menunggu dikirim" in client.get(page).text
    work(portal, session)
    shown = client.get(page).text
    assert "Tautan terakhir terkirim" in shown and not LINK.search(shown)
    assert choose(portal, path_in(server.got[-1])).status_code == 302


def test_an_invitation_lets_a_new_person_choose_the_first_password(session, city, portal, server):
    client = build.sign_in(browser(portal), session, city.people["round_manager"])
    fields = {"name": "Ni Contoh", "nip": "", "username": "ni.contoh", "email": "ni@kota.example", "organization": "dinkes",
              "role": "agency_operator", "invite": "y"}
    answer = client.post("/kelola/pengguna/baru", data=build.form(client, "/kelola/pengguna/baru", **fields))
    assert answer.status_code == 302
    work(portal, session)
    text = server.got[-1].get_content()
    assert server.envelopes[-1][1] == ["ni@kota.example"] and "7 hari" in text and "ni.contoh" in text
    assert choose(portal, path_in(server.got[-1])).status_code == 302
    fresh = browser(portal)
    assert fresh.post("/masuk", data=build.form(fresh, "/masuk", username="ni.contoh", password=FRESH)).location == "/beranda"


def test_without_an_address_nobody_is_invited(session, city, portal):
    client = build.sign_in(browser(portal), session, city.people["round_manager"])
    fields = {"name": "Ni Contoh", "nip": "", "username": "ni.contoh", "email": "", "organization": "dinkes",
              "role": "agency_operator", "invite": "y"}
    answer = client.post("/kelola/pengguna/baru", data=build.form(client, "/kelola/pengguna/baru", **fields))
    assert answer.status_code == 422 and "Undangan memerlukan alamat surel" in answer.text
    session.rollback()
    assert session.scalar(select(Account).where(Account.username == "ni.contoh")) is None


def test_where_no_mail_goes_out_the_link_is_shown_once_and_pages_say_so(app, session, city):
    client = build.sign_in(app.test_client(), session, city.people["system_admin"])
    page = f"/kelola/pengguna/{of(city).id}"
    assert "Buat tautan untuk diserahkan" in client.get(page).text
    answer = client.post(f"{page}/tautan", data=build.form(client, page))
    link = LINK.search(re.sub(r"<[^>]*>", " ", answer.text)).group(0)
    assert link.startswith(app.config["SETTINGS"].address)
    assert not LINK.search(client.get(page).text)
    assert choose(app, "/sandi/" + link.rpartition("/")[2], client=app.test_client()).status_code == 302
    assert has_password(session, of(city), FRESH)
    assert "belum dapat mengirim surel" in app.test_client().get("/sandi/lupa").text
    assert "belum dapat mengirim surel" in client.get("/akun/pemberitahuan").text


def test_nobody_makes_a_link_for_oneself_or_for_a_dead_account(app, session, city):
    client = build.sign_in(app.test_client(), session, city.people["system_admin"])
    fields = build.form(client, "/akun")
    assert client.post(f"/kelola/pengguna/{of(city, 'system_admin').id}/tautan", data=fields).status_code == 409
    of(city).active = False
    assert client.post(f"/kelola/pengguna/{of(city).id}/tautan", data=fields).status_code == 409
    session.rollback()
    assert session.scalars(select(OneTimeLink)).all() == []


def test_a_token_of_another_secret_is_another_one(app):
    with app.app_context():
        mine = one_time_links.token_of("satu")
        assert mine == one_time_links.token_of("satu") != one_time_links.token_of("dua")
        app.secret_key, before = "l" * 64, app.secret_key
        try:
            assert one_time_links.token_of("satu") != mine
        finally:
            app.secret_key = before
