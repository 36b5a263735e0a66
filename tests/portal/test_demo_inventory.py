"""The demo's directory lives: the city's list goes in whole, and what citizens use is shown."""

from sqlalchemy import func, select

from assessments.exchange.organizations import carry_out_organizations, plan_organizations, read_organizations
from assessments.exchange.tables import read_table
from assessments.models import Application, Category
from portal.demo import building
from portal.demo.inventory import REPLACED, SHOWN, build_inventory
from tests import builders as build
from tests.portal.agency_pages import statements


def test_the_list_goes_in_and_the_well_known_ones_are_shown(client, session):
    city = build.city(session)
    records, _, _ = read_organizations(read_table(building.HERE / "opd_kota_denpasar_2022.csv"))
    carry_out_organizations(
        session, city.actor("round_manager"), city.instansi, plan_organizations(session, city.instansi, records), build.SINCE
    )
    session.flush()
    said: list[str] = []
    with statements() as counted:
        build_inventory(session, city.instansi, city.actor("inventory_manager"), said.append)
        session.commit()
    assert len(counted) < 30 * 189, "some for each application, none for each pair of them"
    assert said == [f"  189 aplikasi, {len(SHOWN)} di direktori publik, 2 dihentikan dengan pengganti"]
    assert session.scalar(select(func.count()).select_from(Category)) == 12
    rows = session.scalars(select(Application).where(Application.published_at.is_not(None))).all()
    assert {row.code for row in rows} == SHOWN | set(REPLACED)
    assert all(row.category_id for row in rows) and {row.state for row in rows} == {"active", "retired"}
    for question, first in (("antre puskesmas", "Damakesmas"), ("lowongan kerja", "Bursa Kerja Online"), ("bus sekolah", "SI BUSED")):
        assert first in client.get("/aplikasi", query_string={"q": question}).get_data(as_text=True), question
    html = client.get("/aplikasi/ecommerce").get_data(as_text=True)
    assert "Gunakan Rumah Belanja Denpasar." in html
