"""S12: where the own account is signed in, and ending it there."""

import pytest
from sqlalchemy import select

from assessments.models import Session
from tests import builders as build


@pytest.fixture
def city(session):
    return build.city(session)


def elsewhere(app, session, city, who="operator"):
    return build.sign_in(app.test_client(), session, city.people[who])


def is_in(client) -> bool:
    return client.get("/akun").status_code == 200


def test_one_other_session_is_ended_and_the_own_one_stays(app, session, city):
    here, phone, library = (elsewhere(app, session, city) for _ in range(3))
    stranger = elsewhere(app, session, city, "head")
    html = here.get("/akun").get_data(as_text=True)
    assert html.count("Peramban lain") == 2 and html.count("Peramban ini") == 1
    names = [row.token_hash[:16] for row in session.scalars(select(Session)) if row.token_hash[:16] in html]
    assert len(names) == 2
    assert here.post("/akun/sesi/akhir", data=build.form(here, "/akun", which=names[0])).status_code == 302
    assert [is_in(phone), is_in(library)].count(True) == 1 and is_in(here) and is_in(stranger)
    here.post("/akun/sesi/akhir", data=build.form(here, "/akun", which=names[0]))
    assert "Sesi itu sudah berakhir." in here.get("/akun").get_data(as_text=True)


def test_all_others_are_ended_at_once_and_it_is_told(app, session, city):
    here, phone, library = (elsewhere(app, session, city) for _ in range(3))
    assert here.post("/akun/sesi/akhir", data=build.form(here, "/akun", which="semua")).status_code == 302
    html = here.get("/akun").get_data(as_text=True)
    assert "2 sesi diakhiri." in html and "2 sesi lain diakhiri" in html
    assert not is_in(phone) and not is_in(library) and is_in(here)


@pytest.mark.parametrize("which", ["", "0", "f" * 16, "%", "semua\x00", "x" * 5000])
def test_AC_04_sessions_of_others_cannot_be_named(app, session, city, which):
    here, stranger = elsewhere(app, session, city), elsewhere(app, session, city, "head")
    theirs = session.scalars(select(Session.token_hash).where(Session.account_id == city.people["head"].person.account.id)).one()
    session.rollback()
    for name in (which, theirs[:16], theirs):
        assert here.post("/akun/sesi/akhir", data=build.form(here, "/akun", which=name)).status_code in (302, 409)
    assert is_in(stranger) and is_in(here)
