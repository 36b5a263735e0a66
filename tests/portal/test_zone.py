"""The clock a person reads: chosen in the account or on the first day, shown beside that of the round, never instead of it."""

import pytest

from assessments import mailing
from assessments.actors import acting
from assessments.models import Account
from tests import builders as build
from tests.portal.agency_pages import as_operator, begun


@pytest.fixture
def where(session):
    return begun(session)


def choose(client, zone):
    return client.post("/akun/zona", data=build.form(client, "/akun", zone=zone))


def test_without_a_choice_the_clock_is_that_of_the_office(client, session, where):
    as_operator(client, session, where)
    page = client.get("/akun").get_data(as_text=True)
    assert "Ikut jabatan (WITA)" in page and "WIB)" not in client.get("/penilaian/2026").get_data(as_text=True)


def test_a_chosen_clock_stands_beside_that_of_the_round_on_deadlines_and_moments(client, session, where):
    item = build.answered(session, where.city, where.period, "I12")
    session.commit()
    as_operator(client, session, where)
    assert choose(client, "Asia/Jakarta").status_code == 302
    session.rollback()
    assert session.get_one(Account, build.account_of(where.city.people["operator"]).id).zone == "Asia/Jakarta"
    page = client.get(where.item(item.item)).get_data(as_text=True)
    head = page.partition("Tersimpan ")[2][:120]
    assert " WITA (" in head and " WIB)" in head
    assert " WIB)</b>" in client.get("/penilaian/2026").get_data(as_text=True).partition("Batas akhir")[2][:200]
    assert choose(client, "").status_code == 302
    assert "WIB)" not in client.get(where.item(item.item)).get_data(as_text=True)


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "WIB", "Asia/Jakarta\x00", "../etc/passwd"])
def test_an_unknown_zone_is_refused_at_its_field(client, session, where, zone):
    as_operator(client, session, where)
    answer = choose(client, zone)
    assert answer.status_code == 422 and "Zona waktu: pilih salah satu" in answer.get_data(as_text=True)
    session.rollback()
    assert session.get_one(Account, build.account_of(where.city.people["operator"]).id).zone is None


def test_the_first_day_asks_for_the_clock_and_says_all_faults_together(client, session, where):
    as_operator(client, session, where)
    page = "/akun/pengenalan"
    answer = client.post(page, data=build.form(client, page, name="", zone="Asia/Tokyo"))
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Zona waktu: pilih salah satu" in text and "Nama wajib diisi" in text
    sent = {"name": "Ni Contoh", "superior": "", "named": "I Wayan Contoh", "zone": "Asia/Jayapura"}
    assert client.post(page, data=build.form(client, page, **sent)).status_code == 302
    session.rollback()
    assert session.get_one(Account, build.account_of(where.city.people["operator"]).id).zone == "Asia/Jayapura"


def test_the_days_of_an_office_are_counted_by_its_own_zone_whatever_clock_is_read(session, where):
    office = where.city.people["operator"]
    user = acting(office, 1, "Asia/Jayapura")
    assert (user.zone, user.office_zone) == ("Asia/Jayapura", "Asia/Makassar")


def test_letters_keep_to_the_evening_of_the_chosen_zone(session, where):
    person = where.city.people["operator"].person
    assert mailing.zone_of(session, person) == "Asia/Makassar"
    person.account.zone = "Asia/Jayapura"
    assert mailing.zone_of(session, person) == "Asia/Jayapura"
