"""S92: each OPD says once a year of its applications whether they are still used; who is silent is counted apart."""

import re

import pytest
from sqlalchemy import func, select

from assessments.clock import today
from assessments.inventory import census, living
from assessments.models import Confirmation, Event
from tests import builders as build
from tests.portal.agency_pages import form_of, statements
from tests.portal.inventory_pages import CENSUS, again, as_, listed

PAGE, SAVE = 10, 14
YEAR = today("Asia/Makassar").year


def say(client, application, answer: str, page: str = CENSUS, **fields):
    address = f"{CENSUS}/{application.id}"
    return client.post(address, data=form_of(client, page, part=f'"{address}"') | {"answer": answer} | fields)


def stored(session, application) -> Confirmation | None:
    key = application.id
    session.rollback()
    session.expire_all()
    return session.get(Confirmation, (key, YEAR))


def test_an_operator_answers_with_one_press_and_sees_how_far_it_is(client, session):
    where = listed(session, 12)
    client = as_(client, session, where, "operator")
    text = client.get(CENSUS).get_data(as_text=True)
    assert "0 dari 12" in text and "12 belum dikonfirmasi" in text
    for button in ("Masih dipakai", "Tidak dipakai", "Tidak tahu"):
        assert text.count(f">{button}<") == 12
    for application, answer in zip(where.made, ("active",) * 5 + ("inactive", "unknown"), strict=False):
        sent = say(client, application, answer, note="Diganti." if answer == "inactive" else "")
        assert (sent.status_code, sent.location) == (302, f"{CENSUS}#belum")
    text = client.get(CENSUS).get_data(as_text=True)
    assert "7 dari 12" in text and "5 belum dikonfirmasi" in text
    assert "5 masih dipakai" in text and "1 tidak dipakai" in text and "1 tidak tahu" in text
    assert text.index('id="belum"') < text.index(f'id="aplikasi-{where.made[11].id}"') < text.index('id="sudah"')
    assert text.index('id="sudah"') < text.index(f'id="aplikasi-{where.made[0].id}"')
    assert (stored(session, where.made[5]).answer, stored(session, where.made[5]).note) == ("inactive", "Diganti.")
    assert again(session, where.made[5]).state == "active"


def test_the_head_may_answer_too_and_an_answer_can_be_changed(client, session):
    where = listed(session)
    client = as_(client, session, where, "head")
    assert say(client, where.one, "unknown").status_code == 302
    assert say(client, where.one, "active").status_code == 302
    assert stored(session, where.one).answer == "active"
    text = client.get(CENSUS).get_data(as_text=True)
    assert "Semua aplikasi sudah dikonfirmasi" in text and "1 dari 1" in text


def test_the_same_answer_twice_is_one_answer(client, session):
    where = listed(session)
    client = as_(client, session, where, "operator")
    address = f"{CENSUS}/{where.one.id}"
    sent = form_of(client, CENSUS, part=f'"{address}"') | {"answer": "active", "note": ""}
    assert [client.post(address, data=sent).status_code for _ in range(2)] == [302, 302]
    session.rollback()
    assert session.scalar(select(func.count()).where(Event.verb == "confirm")) == 1


def test_an_old_page_does_not_write_over_a_colleagues_answer(client, session):
    where = listed(session)
    client = as_(client, session, where, "operator")
    address = f"{CENSUS}/{where.one.id}"
    old = form_of(client, CENSUS, part=f'"{address}"') | {"answer": "active", "note": "Kata saya."}
    census.confirm(again(session, where.one), where.city.actor("head"), YEAR, "inactive")
    session.commit()
    answer = client.post(address, data=old)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 409 and "menjawab “Tidak dipakai”" in text and "Kata saya." in text
    assert stored(session, where.one).answer == "inactive"
    assert say(client, where.one, "active").status_code == 302
    assert stored(session, where.one).answer == "active"


@pytest.mark.parametrize(("fields", "sentence"), [
    ({"answer": "omong"}, "Pilih: masih dipakai, tidak dipakai, atau tidak tahu."),
    ({"answer": ""}, "Pilih: masih dipakai, tidak dipakai, atau tidak tahu."),
    ({"answer": "active", "note": "x" * 501}, "Catatan terlalu panjang"),
    ({"answer": "active", "note": "a\x00b"}, "karakter yang tidak dapat ditampilkan"),
])
def test_a_bad_answer_says_why_beside_the_application(client, session, fields, sentence):
    where = listed(session, 2)
    client = as_(client, session, where, "operator")
    answer = say(client, where.one, **fields)
    text = answer.get_data(as_text=True)
    mine = text[text.index(f'id="aplikasi-{where.one.id}"'):]
    assert answer.status_code == 422 and sentence in mine[: mine.index("</article>")]
    if len(fields.get("note", "")) > 500:
        assert "x" * 501 in text
    assert stored(session, where.one) is None


@pytest.mark.parametrize(("who", "status"), [
    ("operator", 302), ("head", 302), ("inventory_manager", 302), ("round_manager", 403), ("internal_assessor", 403),
    ("inspector", 403), ("executive", 403), ("system_admin", 403), ("operator_other", 404), ("head_other", 404),
])
def test_who_confirms(client, session, who, status):
    where = listed(session)
    client = as_(client, session, where, who)
    sent = build.form(client, "/akun") | {"answer": "active"}
    assert client.post(f"{CENSUS}/{where.one.id}", data=sent).status_code == status
    assert (stored(session, where.one) is not None) == (status == 302)


def test_the_keepers_see_every_agency_and_the_silent_ones_apart(client, session):
    where = listed(session, 3)
    other = build.application(session, where.city, agency="dinkes", name="Antrean")
    census.confirm(other, where.city.actor("operator_other"), YEAR, "inactive")
    session.commit()
    client = as_(client, session, where, "round_manager")
    text = client.get(CENSUS).get_data(as_text=True)
    assert "1 dari 4" in text and "3 belum dikonfirmasi" in text
    bappeda, dinkes = where.city.agencies["bappeda"], where.city.agencies["dinkes"]
    row = re.search(rf"opd={bappeda.slug}.*?</tr>", text, re.S).group()
    assert "0 dari 3" in row
    assert text.index(f"opd={bappeda.slug}") < text.index(f"opd={dinkes.slug}")
    inside = client.get(f"{CENSUS}?opd={dinkes.slug}").get_data(as_text=True)
    assert "Antrean" in inside and "Tidak dipakai" in inside and "<form action=\"/inventaris/sensus/" not in inside
    assert client.get(f"{CENSUS}?opd=tidak-ada").status_code == client.get(f"{CENSUS}?opd=%00").status_code == 404
    client = as_(client, session, where, "inventory_manager")
    sent = say(client, where.one, "active", page=f"{CENSUS}?opd={bappeda.slug}")
    assert sent.location == f"{CENSUS}?opd={bappeda.slug}#belum"


def test_an_agency_sees_only_its_own_and_an_empty_list_says_so(client, session):
    where = listed(session)
    client = as_(client, session, where, "operator_other")
    for address in (CENSUS, f"{CENSUS}?opd={where.city.agencies['bappeda'].slug}"):
        text = client.get(address).get_data(as_text=True)
        assert where.one.name not in text and "tidak ada yang perlu dikonfirmasi" in text


def test_what_has_ended_is_not_asked_about(client, session):
    where = listed(session, 2)
    texts = {"reason": "Selesai.", "decision_no": "1/2026", "data_fate": "Diarsipkan.", "account_fate": "Ditutup."}
    living.change_state(where.one, "retire", where.city.actor("inventory_manager"), living.Given(texts), where.one.version)
    session.commit()
    client = as_(client, session, where, "operator")
    text = client.get(CENSUS).get_data(as_text=True)
    assert where.one.name not in text and "0 dari 1" in text
    sent = build.form(client, "/akun") | {"answer": "active"}
    answer = client.post(f"{CENSUS}/{where.one.id}", data=sent)
    assert answer.status_code == 422 and "tidak ikut sensus" in answer.get_data(as_text=True)


def test_the_census_costs_the_same_for_one_application_and_for_forty(client, session):
    where = listed(session)
    client = as_(client, session, where, "operator")

    def counted() -> int:
        client.get(CENSUS)
        with statements() as seen:
            assert client.get(CENSUS).status_code == 200
        return len(seen)

    few = counted()
    for n in range(40):
        made = build.application(session, where.city, name=f"Layanan {n}")
        if n % 2:
            census.confirm(made, where.city.actor("head" if n % 3 else "operator"), YEAR, "active")
    session.commit()
    assert few == counted() <= PAGE
    sent = form_of(client, CENSUS, part=f'"{CENSUS}/{where.one.id}"') | {"answer": "active"}
    with statements() as seen:
        assert client.post(f"{CENSUS}/{where.one.id}", data=sent).status_code == 302
    assert len(seen) <= SAVE
