"""S10: the start page names what the inventory asks: applications to confirm and addresses citizens could not open."""

import pytest
from sqlalchemy import select

from assessments.clock import now, today
from assessments.inventory import census, publishing
from assessments.models import Application, LinkReport
from tests import builders as build
from tests.portal.agency_pages import statements

PAGE = 10


@pytest.fixture
def city(session):
    made = build.city(session)
    for agency, names in (("bappeda", ("Usulan Warga", "Rencana")), ("dinkes", ("Antrean",))):
        for name in names:
            build.application(session, made, agency=agency, name=name)
    session.commit()
    return made


def year(city) -> int:
    return today(city.instansi.clock_zone).year


def start(client, session, city, who) -> str:
    build.sign_in(client, session, city.people[who])
    with statements() as seen:
        page = client.get("/beranda")
    assert page.status_code == 200 and len(seen) <= PAGE, len(seen)
    return page.get_data(as_text=True)


def named(session, name) -> Application:
    session.rollback()
    return session.scalar(select(Application).where(Application.name == name))


def reported(session, name) -> int:
    one = named(session, name)
    session.add(LinkReport(application_id=one.id, note="Tidak terbuka.", at=now()))
    session.commit()
    return one.id


def test_an_operator_is_asked_to_confirm_what_nobody_confirmed_and_no_more_once_it_is(client, session, city):
    page = start(client, session, city, "operator")
    assert f"Konfirmasi 2 aplikasi tahun {year(city)}" in page and 'href="/inventaris/sensus"' in page
    assert "0 dari 2 aplikasi OPD Anda sudah dikonfirmasi." in page
    census.confirm(named(session, "Rencana"), city.actor("operator"), year(city), "active")
    session.commit()
    assert "Konfirmasi 1 aplikasi" in start(client, session, city, "operator")
    census.confirm(named(session, "Usulan Warga"), city.actor("operator"), year(city), "unknown")
    session.commit()
    assert "aplikasi tahun" not in start(client, session, city, "operator")


def test_last_years_word_does_not_count(client, session, city):
    for name in ("Rencana", "Usulan Warga"):
        census.confirm(named(session, name), city.actor("operator"), year(city) - 1, "active")
    session.commit()
    assert "Konfirmasi 2 aplikasi" in start(client, session, city, "operator")


def test_an_operator_of_an_agency_without_applications_is_asked_nothing(client, session):
    bare = build.city(session)
    session.commit()
    page = start(client, session, bare, "operator")
    assert "sensus" not in page.lower().split("<main")[-1] and "laporan tautan" not in page


def test_reports_lead_the_owner_to_the_record_and_the_keeper_to_the_reports(client, session, city):
    number = reported(session, "Usulan Warga")
    reported(session, "Antrean")
    page = start(client, session, city, "operator")
    assert "1 laporan tautan" in page and f'href="/inventaris/catatan/{number}"' in page
    keeper = start(client, session, city, "inventory_manager")
    assert "2 laporan tautan belum ditangani" in keeper and 'href="/inventaris/publikasi"' in keeper
    assert f"3 aplikasi belum dikonfirmasi tahun {year(city)}" in keeper and 'href="/inventaris/sensus"' in keeper
    manager = start(client, session, city, "round_manager")
    assert "2 laporan tautan belum ditangani" in manager and f'href="/inventaris/catatan/{number}"' in manager
    assert "3 aplikasi belum dikonfirmasi" in manager
    session.rollback()
    for report in session.scalars(select(LinkReport)):
        publishing.settle_report(report, city.actor("inventory_manager"))
    session.commit()
    for who in ("operator", "inventory_manager", "round_manager"):
        assert "laporan tautan" not in start(client, session, city, who), who


@pytest.mark.parametrize("who", ["executive", "inspector", "system_admin", "head"])
def test_others_are_asked_nothing_of_the_inventory(client, session, city, who):
    reported(session, "Usulan Warga")
    page = start(client, session, city, who)
    assert "laporan tautan" not in page and "dikonfirmasi" not in page


def test_every_way_of_the_start_page_opens(client, session, city):
    number = reported(session, "Usulan Warga")
    for who, pages in (("operator", ("/inventaris/sensus", f"/inventaris/catatan/{number}")),
                       ("round_manager", ("/inventaris/sensus", f"/inventaris/catatan/{number}")),
                       ("inventory_manager", ("/inventaris/sensus", "/inventaris/publikasi"))):
        build.sign_in(client, session, city.people[who])
        for page in pages:
            assert client.get(page).status_code == 200, (who, page)


def test_with_a_running_round_the_start_page_costs_no_more_for_many_applications(client, session, city):
    build.opened(session, city)
    session.commit()
    costs = {}
    for round_ in range(2):
        for who in ("operator", "round_manager", "inventory_manager"):
            build.sign_in(client, session, city.people[who])
            client.get("/beranda")
            with statements() as seen:
                client.get("/beranda")
            assert len(seen) <= PAGE, (who, len(seen))
            assert costs.setdefault(who, len(seen)) == len(seen)
        if round_ == 0:
            for n in range(12):
                build.application(session, city, name=f"Layanan {n}")
            session.commit()
            for n in range(12):
                reported(session, f"Layanan {n}")
