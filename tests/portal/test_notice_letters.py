"""Notices become letters as each person chose, and a first day is confirmed."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from assessments import mailing, noticing
from assessments.clock import judged_at
from assessments.models import Mail, Notice, Superior
from portal.notice_letters import mail_notices
from tests import builders as build

LOCAL = ZoneInfo("Asia/Makassar")
NOON = datetime(2026, 3, 3, 12, tzinfo=LOCAL).astimezone(UTC)


@pytest.fixture
def city(session):
    made = build.city(session)
    for who in ("operator", "head"):
        account = made.people[who].person.account
        account.email = account.email_folded = f"{who}@kota.example"
    session.commit()
    return made


@pytest.fixture
def portal(make_app):
    return make_app(smtp_url="smtp://127.0.0.1:9", mail_from="spbe@kota.example")


def tell(session, city, at=NOON, key="satu", who="operator", kind="question"):
    with judged_at(at):
        noticing.tell(session, [city.people[who].person_id], kind, "Ada pertanyaan tentang indikator 12.", "/penilaian/2026", key)
    session.commit()


def mail(portal, session, at):
    """What waits in the outbox after a round of the worker at this moment."""
    session.commit()
    with portal.app_context(), judged_at(at):
        mail_notices()
    session.expire_all()
    found = session.scalars(select(Mail).order_by(Mail.id)).all()
    session.commit()
    return found


def choose(session, city, **choice):
    mailing.choose(session, city.people["operator"].person_id, **({"by_mail": True, "daily": False, "kinds": list(mailing.KINDS)} | choice))
    session.commit()


def test_a_notice_becomes_one_letter_with_its_page(portal, session, city):
    tell(session, city)
    assert mail(portal, session, NOON + timedelta(minutes=1)) == []
    later = NOON + timedelta(minutes=3)
    mail(portal, session, later)
    (letter,) = mail(portal, session, later)
    assert letter.subject == "Ada pertanyaan tentang indikator 12." and "http://127.0.0.1:8000/penilaian/2026" in letter.body
    assert letter.notice_id == session.scalars(select(Notice.id)).one() and not letter.urgent


def test_what_was_seen_meanwhile_is_not_mailed(portal, session, city):
    tell(session, city)
    noticing.mark_seen(session, city.actor("operator"))
    assert mail(portal, session, NOON + timedelta(minutes=3)) == []


@pytest.mark.parametrize("choice", [{"by_mail": False}, {"kinds": ["reminder"]}])
def test_whoever_does_not_want_it_gets_no_letter(portal, session, city, choice):
    choose(session, city, **choice)
    tell(session, city)
    tell(session, city, who="head", key="dua")
    assert [letter.address for letter in mail(portal, session, NOON + timedelta(minutes=3))] == ["head@kota.example"]


def test_a_day_is_gathered_into_one_letter_at_seven(portal, session, city):
    choose(session, city, daily=True)
    for hour in range(3):
        tell(session, city, NOON + timedelta(hours=hour), f"jam-{hour}")
    assert mail(portal, session, NOON + timedelta(hours=5)) == []
    morning = datetime(2026, 3, 4, 7, 2, tzinfo=LOCAL).astimezone(UTC)
    assert mail(portal, session, morning - timedelta(minutes=3)) == []
    tell(session, city, morning - timedelta(minutes=1), "pagi ini")
    mail(portal, session, morning)
    (letter,) = mail(portal, session, morning + timedelta(hours=4))
    assert letter.subject == "Portal SPBE: 3 pemberitahuan" and letter.body.count("/penilaian/2026") == 3
    next_day = mail(portal, session, morning + timedelta(days=1))
    assert [each.subject for each in next_day[1:]] == ["Portal SPBE: 1 pemberitahuan"]


def test_at_night_letters_wait_for_the_morning(portal, session, city):
    night = datetime(2026, 3, 3, 22, tzinfo=LOCAL).astimezone(UTC)
    tell(session, city, night)
    (letter,) = mail(portal, session, night + timedelta(minutes=3))
    assert letter.not_before == datetime(2026, 3, 4, 7, tzinfo=LOCAL)


def test_a_flood_still_fits_one_letter(portal, session, city):
    choose(session, city, daily=True)
    for n in range(60):
        with judged_at(NOON):
            noticing.tell(session, [city.people["operator"].person_id], "question", "😀" * 290, "/" + "x" * 380, f"banyak-{n}")
    session.commit()
    (letter,) = mail(portal, session, NOON + timedelta(days=1))
    assert len(letter.body.encode()) < mailing.LARGEST and "pemberitahuan lagi ada di portal" in letter.body


def test_where_nothing_is_sent_notices_stay_in_the_portal(app, session, city):
    tell(session, city)
    assert mail(app, session, NOON + timedelta(minutes=3)) == []


def test_somebody_chooses_how_to_be_told(app, session, city):
    client = build.sign_in(app.test_client(), session, city.people["operator"])
    fields = build.form(client, "/akun/pemberitahuan", by_mail="y", when="harian", kinds="question")
    assert client.post("/akun/pemberitahuan", data=fields).status_code == 302
    session.rollback()
    choice = mailing.choice_of(session, city.people["operator"].person_id)
    assert choice.by_mail and choice.daily and "question" not in choice.muted and "reminder" in choice.muted
    assert re.search(r'<input[^>]*checked[^>]*value="harian"', client.get("/akun/pemberitahuan").text)


# ---------------------------------------------------------------- the first day (S09)


def confirm(client, **fields):
    wanted = {"name": "Ni Contoh", "phone": "0812 3456 7890", "superior": "", "named": ""} | fields
    return client.post("/akun/pengenalan", data=build.form(client, "/akun/pengenalan", **wanted))


def test_the_first_day_is_asked_until_it_is_confirmed(app, session, city):
    client = build.sign_in(app.test_client(), session, city.people["operator"])
    assert "Pastikan data Anda" in client.get("/beranda").text
    head = city.people["head"].person
    page = client.get("/akun/pengenalan").text
    assert f'value="{head.id}"' in page and "Nanti saja" in page
    assert "Pastikan data Anda" in client.get("/beranda").text
    assert confirm(client, superior=str(head.id)).status_code == 302
    session.rollback()
    row = session.get(Superior, city.people["operator"].id)
    assert row.superior_id == head.id and city.people["operator"].person.phone == "0812 3456 7890"
    assert "Pastikan data Anda" not in client.get("/beranda").text


def test_a_superior_who_is_not_in_the_list_is_named(app, session, city):
    client = build.sign_in(app.test_client(), session, city.people["operator"])
    assert confirm(client, named="I Wayan Contoh").status_code == 302
    session.rollback()
    assert session.get(Superior, city.people["operator"].id).named == "I Wayan Contoh"


@pytest.mark.parametrize("fields", [{}, {"superior": "999999"}, {"superior": "x", "named": "A"}, {"named": "a\r\nb"},
                                    {"named": "x" * 161}, {"name": "", "named": "A"}, {"phone": "abc", "named": "A"}])
def test_a_wrong_first_day_is_said_at_its_field(app, session, city, fields):
    client = build.sign_in(app.test_client(), session, city.people["operator"])
    answer = confirm(client, **fields)
    assert answer.status_code == 422 and "Kesalahan" in answer.text
    session.rollback()
    assert session.get(Superior, city.people["operator"].id) is None


def test_offices_outside_agencies_are_not_asked(app, session, city):
    client = build.sign_in(app.test_client(), session, city.people["round_manager"])
    assert "Pastikan data Anda" not in client.get("/beranda").text
    assert client.get("/akun/pengenalan").location == "/akun"


def test_the_round_manager_sees_who_has_not(app, session, city):
    client = build.sign_in(app.test_client(), session, city.people["round_manager"])
    operator = city.people["operator"]
    page = client.get("/kelola/pengguna?pengenalan=belum").text
    assert operator.person.name in page and city.people["coordinator"].person.name not in page
    account = operator.person.account.id
    assert "Belum memastikan atasan" in client.get(f"/kelola/pengguna/{account}").text
    session.add(Superior(appointment_id=operator.id, named="I Wayan Contoh"))
    session.commit()
    assert operator.person.name not in client.get("/kelola/pengguna?pengenalan=belum").text.partition("<main")[2]
    assert "Atasan: I Wayan Contoh" in client.get(f"/kelola/pengguna/{account}").text
