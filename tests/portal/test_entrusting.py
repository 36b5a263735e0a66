"""S27 inside an agency: who answers which item, named several at once, followed by filters and hand-overs, never a right."""

import pytest
from sqlalchemy import select

from assessments import entrusting, staffing
from assessments.actors import acting
from assessments.clock import today
from assessments.models import Event, Notice, Share
from tests import builders as build
from tests.portal.agency_pages import begun, statements

PAGE = "/penilaian/2026/penugasan"


@pytest.fixture
def where(session):
    made = begun(session)
    made.city.people["second"] = build.office(session, "operator kedua", made.city.agencies["bappeda"], "agency_operator")
    session.commit()
    return made


def pics(session, where) -> dict[str, int | None]:
    session.rollback()
    agency = where.city.agencies["bappeda"].id
    return dict(session.execute(select(Share.item, Share.pic_id).where(Share.organization_id == agency)).all())


def name(client, whom, items, page=PAGE, **more):
    to = str(whom.person_id) if whom is not None else "nobody"
    return client.post(page, data=build.form(client, page) | {"items": items, "to": to} | more)


@pytest.fixture
def operator(client, session, where):
    return build.sign_in(client, session, where.city.people["operator"])


def test_several_items_get_one_pic_at_once_who_hears_of_it_once(operator, session, where):
    second = where.city.people["second"]
    assert "2 dari 2 indikator belum punya PIC" in operator.get(PAGE).get_data(as_text=True)
    body = build.form(operator, PAGE) | {"items": ["I01", "I12"], "to": str(second.person_id)}
    for _ in range(2):
        assert operator.post(PAGE, data=body).status_code == 302
    assert pics(session, where) == {"I01": second.person_id, "I12": second.person_id}
    told = session.scalars(select(Notice).where(Notice.person_id == second.person_id)).one()
    assert "PIC 2 indikator" in told.sentence and told.path.endswith("saring=saya")
    line = session.scalars(select(Event).where(Event.verb == "entrust")).one()
    assert (line.label, line.note) == ("PIC 2 indikator kini operator kedua", "Indikator 1, 12")
    assert "Semua indikator punya PIC" in operator.get(PAGE).get_data(as_text=True)


def test_own_tasks_are_a_filter_and_the_start_page_leads_there_first(operator, session, where):
    assert "Tugas saya" not in operator.get("/penilaian/2026").get_data(as_text=True)
    name(operator, where.city.people["second"], ["I01"])
    name(operator, where.city.people["operator"], ["I12"])
    page = operator.get("/penilaian/2026?saring=saya").get_data(as_text=True)
    assert "Tugas saya 1" in page and "/indikator/I12" in page and "/indikator/I01" not in page
    assert 'href="/penilaian/2026/indikator/I12"' in operator.get("/beranda").get_data(as_text=True)
    assert "PIC operator kedua" in operator.get("/penilaian/2026/indikator/I01").get_data(as_text=True)
    head = build.sign_in(operator, session, where.city.people["head"])
    assert "PIC operator kedua" in head.get("/penilaian/2026").get_data(as_text=True)
    team = build.sign_in(operator, session, where.city.people["internal_assessor"])
    check = f"/pengelolaan/2026/{where.city.instansi.slug}/verifikasi/bappeda"
    assert "PIC operator kedua" in team.get("/penilaian/2026?opd=bappeda").get_data(as_text=True)
    assert "PIC operator kedua" in team.get(check).get_data(as_text=True)


def test_being_pic_is_no_right_and_another_operator_may_still_answer(operator, session, where):
    name(operator, where.city.people["second"], ["I12"])
    assert operator.get("/penilaian/2026/indikator/I12").get_data(as_text=True).count('id="jawaban"') == 1


def test_row_122_the_head_and_the_round_manager_may_name_one_others_may_not(client, session, where):
    for who, page, status in (("head", PAGE, 302), ("round_manager", f"{PAGE}?opd=bappeda", 302), ("coordinator", f"{PAGE}?opd=bappeda", 403),
                              ("operator_other", f"{PAGE}?opd=bappeda", 404)):
        build.sign_in(client, session, where.city.people[who])
        body = {"items": "I12", "to": str(where.city.people["second"].person_id), "was-I12": ""}
        here = page if status == 302 else "/akun"
        assert client.post(page, data=build.form(client, here) | body | {"key": "k" * 24 + who[:4]}).status_code == status, who
        name(client, None, ["I12"], page) if status == 302 else None


def test_faults_are_said_together_at_their_fields_and_ticks_stay(operator, session, where):
    answer = operator.post(PAGE, data=build.form(operator, PAGE) | {"to": ""})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Pilih sedikitnya satu indikator" in text and "PIC: pilih salah satu" in text
    for to in ("999999", "x", str(where.city.people["head"].person_id), str(where.city.people["operator_other"].person_id)):
        answer = operator.post(PAGE, data=build.form(operator, PAGE) | {"items": "I12", "to": to})
        assert answer.status_code == 422 and 'value="I12" id="items-1" checked' in answer.get_data(as_text=True)
    for items in ("I40", "I99\x00", "'; DROP"):
        assert name(operator, where.city.people["second"], items).status_code == 422
    assert pics(session, where) == {"I01": None, "I12": None}


def test_two_who_name_at_the_same_time_are_told_what_the_other_did(operator, session, where):
    stale = build.form(operator, PAGE) | {"items": "I12", "to": str(where.city.people["operator"].person_id), "was-I12": ""}
    name(operator, where.city.people["second"], ["I12"])
    answer = operator.post(PAGE, data=stale)
    assert answer.status_code == 409 and "sudah diberikan kepada operator kedua" in answer.get_data(as_text=True)
    assert pics(session, where)["I12"] == where.city.people["second"].person_id


def test_a_pic_whose_office_ended_shows_as_such_and_is_replaced_in_one_step(operator, session, where):
    second = where.city.people["second"]
    name(operator, second, ["I01", "I12"])
    staffing.end_appointment(session, second, where.city.actor("system_admin"))
    session.commit()
    page = operator.get(PAGE).get_data(as_text=True)
    assert "tidak lagi bertugas" in page and "PIC baru untuk 2 indikator" in page
    assert "tidak lagi bertugas" in operator.get("/penilaian/2026/indikator/I12").get_data(as_text=True)
    mine = where.city.people["operator"].person_id
    body = build.form(operator, PAGE) | {"former": str(second.person_id), "to": str(mine)}
    body.pop("items", None)
    assert operator.post(PAGE, data=body).status_code == 302
    assert set(pics(session, where).values()) == {mine}
    assert "tidak lagi bertugas" not in operator.get(PAGE).get_data(as_text=True)


def test_who_stands_in_for_a_pic_finds_the_items_among_the_own_ones(session, where):
    part = build.submission(session, where.period, where.city.agencies["bappeda"])
    mine = where.city.people["operator"]
    entrusting.entrust(part, ["I12"], mine.person_id, where.city.actor("head"), {"I12": None})
    stand_in = build.person(session, "wakil operator", where.city.agencies["bappeda"])
    lent = staffing.appoint(
        session, stand_in, mine.organization, "agency_operator", where.city.actor("system_admin"), kind="plh", acting_for=mine.person,
        decision_no="800/1", decision_on=today("Asia/Makassar"),
    )
    session.flush()
    pic = entrusting.pics_of(session, part)["I12"]
    assert pic.note == "diwakili Plh. wakil operator" and entrusting.is_own(acting(lent), pic)


def test_on_leaving_the_items_go_to_who_takes_over(client, session, where):
    part = build.submission(session, where.period, where.city.agencies["bappeda"])
    mine, second = where.city.people["operator"], where.city.people["second"]
    entrusting.entrust(part, ["I01", "I12"], mine.person_id, where.city.actor("head"), {"I01": None, "I12": None})
    session.commit()
    build.sign_in(client, session, where.city.people["system_admin"])
    page = f"/kelola/jabatan/{mine.id}/akhir"
    assert "PIC 2 indikator" in client.get(page).get_data(as_text=True)
    assert client.post(page, data=build.form(client, page) | {"to": str(second.person_id)}).status_code == 302
    assert set(pics(session, where).values()) == {second.person_id}
    told = session.scalars(select(Notice.sentence).where(Notice.person_id == second.person_id)).one()
    assert "2 indikator sebagai PIC" in told


def test_a_page_of_all_items_costs_no_more_than_one_of_two(client, session):
    made = begun(session, items=tuple(f"I{n:02d}" for n in range(1, 41)))
    build.sign_in(client, session, made.city.people["operator"])
    mine = str(made.city.people["operator"].person_id)
    with statements() as seen:
        client.get(PAGE)
    assert len(seen) <= 10, len(seen)
    body = build.form(client, PAGE) | {"items": [f"I{n:02d}" for n in range(1, 41)], "to": mine}
    with statements() as seen:
        assert client.post(PAGE, data=body).status_code == 302
    assert len(seen) <= 14, len(seen)
    for page in (PAGE, "/penilaian/2026", "/penilaian/2026/indikator/I12", "/beranda"):
        client.get(page)
        with statements() as seen:
            client.get(page)
        assert len(seen) <= 10, (page, len(seen))
