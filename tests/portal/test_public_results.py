"""S04 and the index on the front page: what everybody may know once it may be known, and nothing before or beside it."""

import csv
import io
import re

import pytest

from assessments import results
from tests import builders as build
from tests.portal.agency_pages import statements
from tests.portal.result_pages import BASIS, denpasar, levels

SECRETS = ("Fakta.", "Fakta asesor", "Analisis", "Justifikasi asesor", "Catatan tim rahasia", "hlm. 5", "asesor luar", "assessor luar",
           "panel lead luar", "penilaian mandiri 3,75")


@pytest.fixture
def city(session):
    return build.city(session)


def text(client, url, status=200):
    answer = client.get(url)
    assert answer.status_code == status, answer.get_data(as_text=True)[:300]
    return answer.get_data(as_text=True)


def official(session, **more):
    """Denpasar's round of 2021: claims 3,75, the published result 3,19."""
    where = denpasar(session, **more)
    results.enter_official(where.assessment, levels("external"), BASIS, where.city.actor("round_manager"))
    session.commit()
    return where


def test_before_a_result_is_set_the_front_page_says_so_and_no_address_answers(client, session, city):
    html = text(client, "/")
    assert "belum ditetapkan" in html
    period = build.opened(session, city)
    session.commit()
    assert f"Hasil {period.year} belum ditetapkan" in text(client, "/")
    for slug in (period.slug, "tidak-ada", "%00", "..", "2021' OR 1=1--", "x" * 3000):
        text(client, f"/hasil/{slug}", 404)


def test_an_official_result_is_told_with_its_parts_and_its_source(client, session):
    official(session)
    html = text(client, "/hasil/2021")
    for told in ("3,19", "Baik", "Kurang 0,31 untuk predikat Sangat Baik", "3,00", "3,30", "2,18", "3,55", "Tata Kelola SPBE", BASIS):
        assert told in html, told
    for secret in SECRETS:
        assert secret not in html, secret
    assert html.count("<h1") == 1 and "<script" not in html and "style=" not in html
    assert '<meta name="description" content="Indeks SPBE' in html and 'rel="canonical"' in html
    front = text(client, "/")
    assert "3,19" in front and 'href="/hasil/2021"' in front and "3,75" not in front
    for page in ("/", "/hasil/2021"):
        with statements() as seen:
            text(client, page)
        assert len(seen) <= 10, page


def test_a_portal_result_stays_in_the_house_until_it_is_published(client, session, city):
    outside = build.outsiders(session)
    assessment = build.judging(session, city, outside, evidence=("I12",), slug="putaran", title="Evaluasi contoh")
    build.settled(session, assessment, outside)
    session.commit()
    text(client, "/hasil/putaran", 404)
    assert "/hasil/putaran" not in text(client, "/")
    assert client.get(f"/hasil/putaran/{city.instansi.slug}").status_code == 302, "the page of the house asks to sign in"
    results.publish(assessment, city.actor("round_manager"))
    session.commit()
    html = text(client, "/hasil/putaran")
    assert "3,00" in html and "Evaluasi contoh" in html
    for secret in SECRETS:
        assert secret not in html, secret
    for seat in (*outside.people.values(), *city.people.values()):
        assert seat.person.name not in html


def test_a_rehearsal_is_never_announced(client, session, city):
    outside = build.outsiders(session)
    assessment = build.judging(session, city, outside, slug="latihan")
    build.published(session, city, assessment, outside)
    assessment.period.track = "rehearsal"  # no verb gets here; the page does not rely on that
    session.commit()
    text(client, "/hasil/latihan", 404)
    assert "/hasil/latihan" not in text(client, "/")


def test_the_years_stand_beside_one_another_and_the_newest_is_on_the_front_page(client, session):
    where = official(session)
    period = build.opened(session, where.city, slug="2022", year=2022, title="Evaluasi SPBE 2022", track="national")
    assessment = build.assessment_of(session, period)
    better = {item: min(value + 1, 5) for item, value in levels("external").items()}
    results.enter_official(assessment, better, "Keputusan contoh", where.city.actor("round_manager"))
    session.commit()
    html = text(client, "/hasil/2022")
    assert 'href="/hasil/2021"' in html and "Evaluasi SPBE 2021: 3,19" in html and "Dari tahun ke tahun" in html
    assert 'href="/hasil/2022"' in text(client, "/") and 'href="/hasil/2021"' not in text(client, "/")


def test_a_corrected_result_shows_its_newest_version(client, session):
    where = official(session)
    values = levels("external") | {"I01": levels("external")["I01"] + 1}
    results.enter_official(where.assessment, values, BASIS, where.city.actor("round_manager"), "Salah ketik.")
    session.commit()
    html = text(client, "/hasil/2021")
    assert "<dd>2, menggantikan versi 1</dd>" in html and html.count("Evaluasi SPBE 2021</span>") == 1 and "Salah ketik" not in html


def test_the_rows_of_the_page_can_be_taken_along_and_the_page_is_found_from_everywhere(client, session):
    official(session)
    html = text(client, "/hasil/2021")
    assert 'href="/hasil/2021/tabel.csv"' in html and 'href="/pengumuman"' in html
    answer = client.get("/hasil/2021/tabel.csv")
    assert answer.mimetype == "text/csv" and 'filename="hasil-2021.csv"' in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff")), delimiter=";"))
    shown = re.findall(r'data-row="([^"]+)".*?data-label="Nilai">([^<]+)<', html, re.S)
    assert rows[0] == ["Kode", "Bagian", "Jenis", "Bobot", "Nilai"] and rows[1][-1] == "3,19"
    assert [(row[0], row[4]) for row in rows[2:]] == shown and len(shown) > 10
    text(client, "/hasil/tidak-ada/tabel.csv", 404), text(client, "/hasil/%00/tabel.csv", 404)
    listed = text(client, "/pengumuman")
    assert 'href="/hasil/2021"' in listed and "3,19" in listed
    for url in ("/", "/aplikasi", "/panduan"):
        assert 'href="/pengumuman"' in text(client, url), url
    told = text(client, "/peta-situs.xml")
    assert "/hasil/2021<" in told and "/pengumuman<" in told
    for page in ("/pengumuman", "/hasil/2021/tabel.csv"):
        with statements() as seen:
            text(client, page)
        assert len(seen) <= 10, page


def test_a_year_leads_to_its_result_or_to_a_choice_and_never_to_nothing(client, session):
    where = official(session)
    html = text(client, "/hasil/2024", 404)
    assert "Belum ada hasil yang diumumkan untuk tahun 2024" in html and 'href="/hasil/2021"' in html
    for slug, track in (("awal-2022", "national"), ("akhir-2022", "local")):
        period = build.opened(session, where.city, slug=slug, year=2022, title=f"Evaluasi {slug}", track=track)
        results.enter_official(build.assessment_of(session, period), levels("external"), BASIS, where.city.actor("round_manager"))
        session.commit()
        answer = client.get("/hasil/2022")
        if slug == "awal-2022":
            assert answer.status_code == 302 and answer.location == "/hasil/awal-2022"
    html = text(client, "/hasil/2022")
    assert 'href="/hasil/awal-2022"' in html and 'href="/hasil/akhir-2022"' in html and 'href="/hasil/2021"' not in html
    for slug in ("20221", "9999", "٢٠٢٢", "2022 "):
        assert client.get(f"/hasil/{slug}").status_code == 404, slug
