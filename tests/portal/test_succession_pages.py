"""The page of a change of organizations: preview, what goes where, and doing it once."""


import pytest
from sqlalchemy import func, select

from assessments import attesting, staffing
from assessments.actors import SYSTEM
from assessments.models import Receipt, Share, Succession
from portal.papers.pressing import unit_of
from tests import builders as build
from tests.assessments.test_succeeding import LAST_WEEK, do, new_office, returned
from tests.portal.agency_pages import statements

PAGE = "/kelola/organisasi/bappeda/peralihan"


@pytest.fixture
def place(session, client):
    city = build.city(session)
    period = build.opened(session, city)
    build.answered(session, city, period, "I12")
    heir = new_office(session, city)
    build.sign_in(client, session, city.people["system_admin"])
    return city, heir


def facts(heir, **more) -> dict:
    return {"kind": "merge", "successors": heir, "effective_on": LAST_WEEK.isoformat(), "decision_no": "Perda 3/2026",
            "decision_on": LAST_WEEK.isoformat()} | more


def seen(client, query) -> str:
    import re

    return re.search(r'name="seen" value="(\w+)"', client.get(PAGE, query_string=query).get_data(as_text=True)).group(1)


def sent(client, heir, **more) -> dict:
    query = facts(heir, **{key: value for key, value in more.items() if key in ("kind", "successors")})
    return build.form(client, PAGE) | query | {"seen": seen(client, query), "key": "k" * 30} | more


def test_the_preview_says_what_moves_and_changes_nothing(client, session, place):
    _city, heir = place
    html = client.get(PAGE, query_string=facts(heir.slug)).get_data(as_text=True)
    assert "Belum ada yang diubah" in html and "indikator terbuka" in html and "Laksanakan peralihan" in html
    assert "Penilaian mandiri SPBE 2026" in html and "1 dokumen" not in html
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Succession)) == 0


def test_it_is_carried_out_once_and_both_pages_show_it_with_the_decision(client, session, place):
    _city, heir = place
    fields, slug = sent(client, heir.slug), heir.slug
    assert client.post(PAGE, data=fields).status_code == 302
    assert client.post(PAGE, data=fields).status_code == 302, "the same form again hears the first answer"
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Succession)) == 1
    assert session.scalar(select(func.count()).where(Share.organization_id == heir.id)) == 2
    old = client.get("/kelola/organisasi/bappeda").get_data(as_text=True)
    assert "Digabung ke" in old and "Perda 3/2026" in old and "Ganti nama" not in old
    assert "Meneruskan" in client.get(f"/kelola/organisasi/{slug}").get_data(as_text=True)
    assert "Berakhir" in client.get("/kelola/organisasi").get_data(as_text=True)


def test_every_fault_stands_at_its_field_and_the_typed_text_stays(client, place):
    _city, heir = place
    answer = client.get(PAGE, query_string=facts(heir.slug, effective_on=(build.day(9)).isoformat(), decision_no="", decision_on="kemarin"))
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "belum tiba" in html and "Nomor keputusan" in html and "tidak dapat dibaca" in html
    assert 'value="kemarin"' in html and 'name="decision_on" type="text"' in html, "a date picker would drop the word"
    asked = client.get(PAGE, query_string=facts(heir.slug)).get_data(as_text=True)
    assert 'name="effective_on" type="date"' in asked and 'name="decision_on" type="date"' in asked


def test_what_came_in_after_the_preview_is_shown_before_it_moves(client, session, place):
    city, heir = place
    fields = sent(client, heir.slug)
    session.rollback()
    build.document(session, city.agencies["bappeda"], city.actor("operator"), b"%PDF-baru")
    session.commit()
    answer = client.post(PAGE, data=fields)
    assert answer.status_code == 409 and "Periksa lagi" in answer.get_data(as_text=True)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Succession)) == 0


def test_a_transfer_asks_for_each_thing_and_moves_only_what_was_chosen(client, session, place):
    city, heir = place
    part = build.submission(session, session.scalars(select(build.Period)).one(), city.agencies["bappeda"]).id
    session.rollback()
    fields = sent(client, heir.slug, kind="transfer") | {f"items-{part}-I12": heir.slug}
    assert client.post(PAGE, data=fields).status_code == 302
    session.rollback()
    assert set(session.scalars(select(Share.item).where(Share.organization_id == heir.id))) == {"I12"}
    assert city.agencies["bappeda"].ended_on is None


def test_a_split_that_ends_says_what_has_no_place_yet(client, session, place):
    city, heir = place
    second = new_office(session, city, "Dinas Kedua", "dua-1")
    session.commit()
    both = [heir.slug, second.slug]
    fields = sent(client, both, kind="split") | {"ends": "y"}
    answer = client.post(PAGE, data=fields)
    assert answer.status_code == 422 and "belum ada tujuan" in answer.get_data(as_text=True)


def test_a_split_asks_where_the_units_below_go(client, session, place):
    city, heir = place
    second = new_office(session, city, "Dinas Kedua", "dua-1")
    unit = staffing.add_organization(
        session, SYSTEM, name="UPTD Laboratorium", kind="upt", instansi=city.instansi, parent=city.agencies["bappeda"]
    )
    session.commit()
    both, goal = [heir.slug, second.slug], second.id
    work = {f"rest-{kind}": heir.slug for kind in ("items", "documents", "applications", "recommendations")}
    left = client.post(PAGE, data=sent(client, both, kind="split") | work | {"ends": "y"})
    assert left.status_code == 422 and "1 unit di bawahnya" in left.get_data(as_text=True)
    assert "UPTD Laboratorium" in left.get_data(as_text=True)
    fields = sent(client, both, kind="split", key="u" * 30) | work | {"ends": "y", f"units-{unit.id}": second.slug}
    assert client.post(PAGE, data=fields).status_code == 302
    session.rollback()
    assert session.get(type(unit), unit.id).on().parent_id == goal


def test_the_preview_costs_the_same_for_one_document_and_for_fifty(client, session, place):
    city, heir = place
    query = facts(heir.slug)
    session.commit()

    def cost() -> int:
        with statements() as seen:
            assert client.get(PAGE, query_string=query).status_code == 200
        return len(seen)

    few = cost()
    for n in range(50):
        build.document(session, city.agencies["bappeda"], city.actor("operator"), f"%PDF-{n}".encode())
    session.commit()
    assert cost() == few <= 26


def test_a_receipt_says_who_signed_after_the_part_went_to_a_successor(client, session):
    city = build.city(session)
    part = build.signed(session, city, build.opened(session, city))
    number, heir = attesting.receipts_of(part)[0].number, new_office(session, city)
    do(session, city, [city.agencies["bappeda"]], [heir])
    returned(session, city, part)
    assert part.organization is heir
    session.commit()
    html = client.get(f"/verifikasi/{number}").get_data(as_text=True)
    assert "Badan Perencanaan Pembangunan Daerah" in html and heir.name not in html
    assert unit_of(session.get(Receipt, number)) == "Badan Perencanaan Pembangunan Daerah", "and so does its paper"


def test_work_goes_to_an_agency_that_answers_and_to_nothing_else(client, session):
    city = build.city(session)
    village = staffing.add_organization(session, city.actor("system_admin"), name="Kelurahan Contoh", kind="kelurahan", instansi=city.instansi)
    session.flush()
    slug, old = village.slug, city.agencies["bappeda"].slug
    build.sign_in(client, session, city.people["system_admin"])
    page = client.get(f"/kelola/organisasi/{old}/peralihan?kind=merge&successors={slug}&effective_on=01-11-2026&decision_no=1&decision_on=01-11-2026")
    html = page.get_data(as_text=True)
    assert page.status_code == 422 and "bukan perangkat daerah" in html and "Laksanakan peralihan" not in html
