"""One assessor for each item, or two closed ones: chosen when a round is made or on its page, until somebody judges."""

from sqlalchemy import select

from assessments import dividing
from assessments.models import Period, Seat
from tests import builders as build
from tests.portal.room_pages import drafted, panel
from tests.portal.round_pages import send
from tests.portal.test_round_periods import FILLED, NEW


def second_reader(session, slug: str) -> bool:
    session.rollback()
    return session.scalars(select(Period.second_reader).where(Period.slug == slug)).one()


def test_a_round_is_made_with_two_closed_readers(client, session):
    city = build.city(session)
    build.sign_in(client, session, city.people["round_manager"])
    assert send(client, NEW, **(FILLED | {"readers": "two", "slug": "dua"})).status_code == 302
    assert second_reader(session, "dua")


def test_the_page_of_a_round_takes_two_readers_and_back_and_frees_the_second_seats(client, session):
    where = panel(session)
    page, choose = "/kelola/periode/2026", "/kelola/periode/2026/penilai"
    where.as_(client, session, "round_manager")
    assert "satu penilai" in client.get(page).text
    assert send(client, choose, page=page, readers="two").status_code == 302
    assert second_reader(session, "2026") and "dua penilai, tertutup" in client.get(page).text
    dividing.divide(
        where.assessment(session), {"I12": {1: where.outside.people["assessor"].person, 2: where.outside.people["panel_lead"].person}},
        where.outside.actor("panel_lead"),
    )
    session.commit()
    assert send(client, choose, page=page, readers="one").status_code == 302
    assert not second_reader(session, "2026")
    assert session.scalars(select(Seat.seat).where(Seat.item == "I12")).all() == [1]


def test_once_somebody_judged_the_number_of_readers_stays(client, session):
    where = panel(session)
    where.as_(client, session, "round_manager")
    page, choose = "/kelola/periode/2026", "/kelola/periode/2026/penilai"
    form = build.form(client, page, readers="two")
    drafted(session, where)
    assert "Simpan jumlah penilai" not in client.get(page).text
    answer = client.post(choose, data=form)
    assert answer.status_code == 422 and "sudah dimulai" in answer.text
    assert not second_reader(session, "2026")


def test_only_one_of_the_two_can_be_chosen(client, session):
    city = build.city(session)
    period = build.opened(session, city)
    session.commit()
    build.sign_in(client, session, city.people["round_manager"])
    page = f"/kelola/periode/{period.slug}"
    answer = send(client, f"{page}/penilai", page=page, readers="tiga")
    assert answer.status_code == 422 and not second_reader(session, period.slug)
