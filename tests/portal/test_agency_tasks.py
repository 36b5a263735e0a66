"""S20: what an agency has to answer, and how far it is."""

from assessments import attesting
from tests import builders as build
from tests.portal.agency_pages import as_operator, begun, statements


def test_the_way_to_the_tasks_leads_to_the_open_round(client, session):
    where = begun(session)
    answer = as_operator(client, session, where).get("/penilaian")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/penilaian/2026")


def test_without_an_open_round_the_page_says_when_there_will_be_one(client, session):
    city = build.city(session)
    build.sign_in(client, session, city.people["operator"])
    page = client.get("/penilaian").get_data(as_text=True)
    assert "Belum ada periode yang dibuka" in page


def test_the_list_shows_progress_levels_and_states(client, session):
    where = begun(session)
    build.answered(session, where.city, where.period, "I01")
    page = as_operator(client, session, where).get("/penilaian/2026").get_data(as_text=True)
    assert "1 dari 2 indikator siap diperiksa" in page
    assert "1 belum mulai" in page
    assert "3 Terdefinisi" in page
    assert "Batas akhir" in page and "WITA" in page
    assert "head kota-contoh" in page
    assert f"Tugas: {where.period.title}</h1>" in page


def test_the_head_and_the_team_read_the_same_list_without_a_way_to_hand_it_in(client, session):
    where = begun(session)
    page = as_operator(client, session, where, "head").get("/penilaian/2026").get_data(as_text=True)
    assert "0 dari 2 indikator" in page and "Kurang 2" not in page
    page = as_operator(client, session, where, "inspector").get("/penilaian/2026?opd=bappeda").get_data(as_text=True)
    assert "/penilaian/2026/indikator/I12?opd=bappeda" in page


def test_tabs_narrow_the_list(client, session):
    where = begun(session)
    build.answered(session, where.city, where.period, "I01")
    as_operator(client, session, where)
    left = client.get("/penilaian/2026?saring=belum").get_data(as_text=True)
    assert "indikator/I12" in left and "indikator/I01" not in left
    assert "Tidak ada indikator pada saringan ini" in client.get("/penilaian/2026?saring=catatan").get_data(as_text=True)
    assert client.get("/penilaian/2026?saring=id;--").status_code == 200


def test_a_list_of_all_items_costs_no_more_statements_than_one_of_two(client, session):
    where = begun(session)
    counts = []
    for who, page in (("operator", "/penilaian/2026"), ("inspector", "/penilaian/2026?opd=kominfo")):
        as_operator(client, session, where, who).get(page)
        with statements() as seen:
            assert client.get(page).status_code == 200
        counts.append(len(seen))
    print(counts, *seen, sep="\n")
    # The operator's page asks once more: what could be copied from last year.
    assert counts[0] - 1 == counts[1] <= 9


def test_what_was_left_open_when_the_whole_was_sent_is_nobodys_task(client, session):
    where = begun(session)
    assessment = build.ready_to_send(session, where.city, where.period)
    attesting.send(assessment, where.city.actor("responsible_officer"))
    part = build.submission(session, where.period, where.city.agencies["bappeda"])
    part.state = "filling"
    session.commit()
    as_operator(client, session, where)
    html = client.get("/beranda").get_data(as_text=True)
    assert "indikator siap diperiksa" not in html and "Tidak ada tugas" in html
