"""The one address: found by need words, told plainly, small, and closed to tricks; the same on both engines."""

import gzip
import re
from datetime import date
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
import yaml
from sqlalchemy import func, select, text

from assessments.exchange.applications import carry_out_applications, plan_applications, read_applications
from assessments.exchange.organizations import carry_out_organizations, plan_organizations, read_organizations
from assessments.exchange.tables import read_table
from assessments.inventory import living, publishing
from assessments.inventory.categories import likely_category, make_first_categories
from assessments.inventory.ordering import by_name
from assessments.inventory.searching import remember_words
from assessments.models import Application, AuditEntry, Category, LinkReport
from portal import shelf
from tests import builders as build
from tests.portal.agency_pages import statements

FILES = Path(__file__).resolve().parents[2] / "portal" / "demo"
QUESTIONS = yaml.safe_load(
    (Path(__file__).parents[1] / "assessments" / "need_words.yaml").read_text(encoding="utf-8")
)
BUDGET = 70 * 1024
NAMES = re.compile(r'<h3><a href="/aplikasi/[^"]+">([^<]+)</a>')
HOSTILE = (
    "%", "_", "' OR 1=1--", '"; DROP TABLE application', "(", "a*", "NEAR(a b)", "-x", "&|!:*", "\x00", "a\x00b", "😀" * 80,
    "puskesmas" * 2000, "<script>alert(1)</script>", '"><svg onload=alert(1)>', "{{7*7}}", "\u202e", "../../etc/passwd",
    "\r\nSet-Cookie: x=1", "٣", "OR", "AND", "NOT puskesmas", "'", '"', "\\", "{", "a" * 4000, "$" * 50, "ｐｕｓｋ",
)


@pytest.fixture
def city(session):
    return build.city(session)


def published(session, city, name="Antrean Puskesmas", **values):
    made = build.application(session, city, "dinkes", name=name, **values)
    publishing.publish(made, city.actor("inventory_manager"))
    session.flush()
    return made


def end(application, city, successor=None, step="merge"):
    texts = {"reason": "Sama.", "decision_no": "1/2026", "data_fate": "Dipindah.", "account_fate": "Ditutup."}
    living.change_state(
        application, step, city.actor("inventory_manager"), living.Given(texts, date(2026, 3, 3), successor), application.version
    )


def page(client, url, **query):
    response = client.get(url, query_string=query or None)
    assert response.status_code == 200, response.get_data(as_text=True)[:400]
    return response.get_data(as_text=True)


def names(client, **query) -> list[str]:
    return [name.replace("&amp;", "&") for name in NAMES.findall(page(client, "/aplikasi", **query))]


# ---------------------------------------------------------------- finding


def test_twenty_needs_find_their_application_on_the_page_and_in_the_api(client, session, city):
    by = city.actor("inventory_manager")
    records, _, _ = read_organizations(read_table(FILES / "opd_kota_denpasar_2022.csv"))
    carry_out_organizations(session, by, city.instansi, plan_organizations(session, city.instansi, records), date(2026, 3, 3))
    session.flush()
    records, _, _ = read_applications(read_table(FILES / "applications_kota_denpasar.csv"))
    carry_out_applications(session, by, city.instansi, plan_applications(session, city.instansi, records))
    for application in session.scalars(select(Application)):
        application.published_at = application.changed_at
    session.commit()
    unmet = {}
    for question in QUESTIONS:
        shown = names(client, q=question["asked"])
        if question["first"] not in shown[:5]:
            unmet[question["asked"]] = shown[:6]
        told = client.get("/api/v1/aplikasi", query_string={"q": question["asked"]}).json
        assert [row["name"] for row in told["items"]][: len(shown)] == shown
    assert unmet == {}
    with statements() as seen:
        page(client, "/aplikasi", q="antre puskesmas")
    assert len(seen) <= 10
    with statements() as seen:
        html = page(client, "/aplikasi", halaman="3")
    assert len(seen) <= 10 and "41–60 dari 189" in html and 'rel="next"' in html


def test_a_question_nobody_meets_whole_says_that_its_answers_are_loose(client, session, city):
    published(session, city, purpose="Mengambil nomor antrean.")
    html = page(client, "/aplikasi", q="antre imigrasi")
    assert "Antrean Puskesmas" in html and "Yang paling dekat dengan “antre imigrasi”" in html
    assert client.get("/api/v1/aplikasi?q=antre imigrasi").json["loose"] is True
    html = page(client, "/aplikasi", q="paspor")
    assert "Periksa ejaannya" in html and NAMES.findall(html) == []


@pytest.mark.parametrize(("asked", "told"), [
    ("puskemas", "puskesmas"), ("antre Puskemas", "antre puskesmas"), ("antre", ""), ("antre imigrasi", ""),
    ("zzzzzz", ""), ("nomro", "nomor"), ("dan " * 60 + "%00", ""),
])
def test_a_misspelled_word_gets_the_one_that_was_perhaps_meant(client, session, city, asked, told):
    published(session, city, purpose="Mengambil nomor antrean.")
    session.commit()
    with statements() as seen:
        html = page(client, "/aplikasi", q=asked)
    assert len(seen) <= 10
    assert ("Mungkin maksud Anda" in html) == bool(told)
    assert not told or f'q={told.replace(" ", "+")}"><b>{told}</b>' in html


def test_a_proposal_is_asked_for_only_where_it_leads_somewhere(app, client, session, city, monkeypatch):
    assert "Sampaikan usulan" not in page(client, "/aplikasi", q="paspor")
    monkeypatch.setitem(app.config, "HELPDESK_TEXT", "Tulis ke bantuan@denpasarkota.go.id.")
    assert 'href="mailto:bantuan@denpasarkota.go.id"' in page(client, "/aplikasi", q="paspor")


def test_filters_are_plain_links_and_combine(client, session, city):
    published(session, city), published(session, city, "Zona Sehat")
    published(session, city, "Bursa").current_owner = city.agencies["kominfo"]
    stopped = published(session, city, "Zaman Dulu")
    living.change_state(stopped, "stop", city.actor("inventory_manager"), living.Given({"reason": "Libur."}), stopped.version)
    session.commit()
    assert names(client) == ["Antrean Puskesmas", "Bursa", "Zaman Dulu", "Zona Sehat"]
    assert names(client, huruf="z", status="aktif") == ["Zona Sehat"]
    assert names(client, opd=city.agencies["kominfo"].slug) == ["Bursa"]
    assert names(client, kategori="perencanaan", q="zona") == ["Zona Sehat"]
    for nothing in ({"kategori": "x"}, {"opd": "x"}, {"status": "x"}, {"kategori": "\x00"}):
        assert names(client, **nothing) == []
    html = page(client, "/aplikasi", q="zona", kategori="perencanaan")
    assert 'rel="canonical" href="http://127.0.0.1' in html and "kategori=perencanaan" in html and "<script" not in html


@pytest.mark.parametrize("words", HOSTILE)
def test_T_R_odd_questions_get_a_page_and_never_a_fault(client, session, city, words):
    published(session, city)
    for query in ({"q": words}, {"kategori": words}, {"opd": words}, {"status": words}, {"huruf": words}, {"halaman": words}):
        html = page(client, "/aplikasi", **query)
        assert "<script>alert" not in html and "<svg onload" not in html
    assert client.get("/api/v1/aplikasi", query_string={"q": words[:150], "page": "1"}).status_code == 200
    assert client.get("/aplikasi/" + "".join(c for c in words if c.isalnum())[:200] + "x").status_code == 404


@pytest.mark.parametrize("query", ["halaman=0", "halaman=-1", "halaman=99999999999999999999", "halaman=1e3", "halaman=٣", "q=%ff%fe",
                                   "q=%ed%a0%80", "q=a&q=b", "kategori[]=x", "q=%00", "halaman=NaN"])
def test_R_odd_addresses_get_the_nearest_page(client, session, city, query):
    published(session, city)
    assert client.get(f"/aplikasi?{query}").status_code == 200


@pytest.mark.parametrize(("query", "status"), [("page=0", 422), ("page=x", 422), ("page=99999999999", 422), ("status=x", 422),
                                               ("q=" + "a" * 201, 422), ("page=2", 200), ("kategori=%00", 200)])
def test_the_api_says_what_is_wrong_with_a_query(client, session, city, query, status):
    published(session, city)
    answer = client.get(f"/api/v1/aplikasi?{query}")
    assert answer.status_code == status and (status == 422 or answer.json["items"] == [])


def test_every_number_beside_a_filter_is_that_of_the_page_it_leads_to_and_letters_lead_somewhere(client, session, city):
    make_first_categories(session)
    health = session.scalar(select(Category).where(Category.slug == "kesehatan"))
    for n, name in enumerate(("Antrean", "ambulans", "Zona", "1 Data", "Lama")):
        made = published(session, city, name)
        if n != 2:
            made.category_id = health.id
    end(session.scalar(select(Application).where(Application.name == "Lama")), city, None, "retire")
    session.commit()
    html = page(client, "/aplikasi")
    facets = re.findall(r'<li><a href="(/aplikasi\?[^"]+)"[^>]*>[^<]+<span class="num">(\d+)</span>', html)
    assert len(facets) >= 4, facets
    for url, count in facets:
        assert f"dari {count} aplikasi" in page(client, url.replace("&amp;", "&")), url
    assert "dari 4 aplikasi" in html and "Satu alamat untuk 4 aplikasi" in page(client, "/")
    assert re.findall(r'huruf=(.)"', html) == ["A", "Z"]
    assert "huruf=" not in page(client, "/aplikasi?kategori=kesehatan"), "one letter alone is no choice"
    assert names(client, huruf="A") == ["ambulans", "Antrean"] and names(client, status="dihentikan") == ["Lama"]
    assert names(client, q="lama") == ["Lama"], "whoever searches finds what is over, and where to go instead"


def test_names_and_needs_stand_before_descriptions_and_all_words_before_some(client, session, city):
    make_first_categories(session)
    tax = session.scalar(select(Category).where(Category.slug == "pajak-retribusi"))
    for name, purpose in (("Antar Warga", "Info retribusi, pajak, dan PBB."), ("e-Pajak", "Pajak hotel."), ("SIM PBB", "Bumi."),
                          ("Usaha Mikro", "Data."), ("Zona Izin", "Izin usaha."), ("Bina", "Usaha.")):
        made = published(session, city, name, purpose=purpose)
        if "Pajak" in name or "PBB" in name:
            made.category_id = tax.id
            remember_words(session, made)
    session.commit()
    assert names(client, q="bayar pbb") == ["SIM PBB", "e-Pajak", "Antar Warga"]
    assert names(client, q="izin usaha") == ["Zona Izin", "Usaha Mikro", "Bina"]


def test_far_pages_are_read_from_the_index_in_an_order_that_both_engines_share(client, session, city):
    for name in ("zeta", "Éta", "Eta", "eta", "a b", "a-b", "ab", "_x"):
        published(session, city, name)
    session.commit()
    assert names(client) == ["_x", "a b", "a-b", "ab", "Eta", "eta", "zeta", "Éta"]
    if session.get_bind().dialect.name == "sqlite":
        asked = shelf.narrowed(shelf.Wish()).with_only_columns(Application.id).order_by(*by_name()).limit(20).offset(20)
        plan = session.execute(text("EXPLAIN QUERY PLAN " + str(asked.compile(session.get_bind(), compile_kwargs={"literal_binds": True}))))
        told = " ".join(row[3] for row in plan)
        assert "ix_application_directory" in told and "TEMP B-TREE" not in told


# ---------------------------------------------------------------- one application


def test_an_application_says_what_for_who_how_and_where(client, session, city):
    made = published(session, city, url="https://antre.contoh.go.id/masuk")
    session.commit()
    html = page(client, f"/aplikasi/{made.slug}")
    for told in ("Mencatat usulan warga.", "Warga kota", "Buka alamatnya, lalu daftar.", "Telepon 112", "Dinas Kesehatan",
                 "belum pernah", "https://wa.me/?text=", "publiccode.yml"):
        assert told in html, told
    assert 'href="https://antre.contoh.go.id/masuk" rel="noopener nofollow"' in html
    assert f'<link rel="canonical" href="http://127.0.0.1:8000/aplikasi/{made.slug}">' in html or "canonical" in html
    assert '<meta name="description" content="Mencatat usulan warga.">' in html and html.count("<h1") == 1
    assert "<title>Antrean Puskesmas - " in html and "<script" not in html and "style=" not in html
    with statements() as seen:
        page(client, f"/aplikasi/{made.slug}")
    assert len(seen) <= 10


def test_what_is_not_published_is_nowhere(client, session, city):
    hidden = build.application(session, city, name="Rahasia Dapur")
    shown = published(session, city)
    session.commit()
    for path in ("", "/publiccode.yml"):
        assert client.get(f"/aplikasi/{hidden.slug}{path}").status_code == 404
    assert client.get(f"/api/v1/aplikasi/{hidden.slug}").status_code == 404
    for url in ("/", "/aplikasi", "/aplikasi?q=rahasia", "/peta-situs.xml", "/api/v1/aplikasi"):
        body = client.get(url).get_data(as_text=True)
        assert "Rahasia Dapur" not in body and hidden.slug not in body, url
    assert shown.slug in client.get("/peta-situs.xml").get_data(as_text=True)


def test_a_retired_one_says_where_to_go_and_stands_behind_those_that_live(client, session, city):
    old, new = published(session, city, "Antrean Lama"), published(session, city, "Antrean Terpadu")
    alone = published(session, city, "Antrean Ujung")
    end(old, city, new, "retire"), end(alone, city, None, "retire")
    session.commit()
    html = page(client, f"/aplikasi/{old.slug}")
    assert "Dihentikan 3 Maret 2026. Gunakan Antrean Terpadu." in html and f'href="/aplikasi/{new.slug}"' in html
    assert "Buka usulan.contoh.go.id" not in html and "Laporkan tautan rusak" not in html
    assert "Dihentikan 3 Maret 2026." in page(client, f"/aplikasi/{alone.slug}")
    assert names(client, q="antrean")[0] == names(client)[0] == "Antrean Terpadu"
    assert set(names(client, status="dihentikan")) == {"Antrean Lama", "Antrean Ujung"}
    assert old.slug not in page(client, "/peta-situs.xml") and "/aplikasi/antrean-terpadu<" in page(client, "/peta-situs.xml")
    told = client.get(f"/api/v1/aplikasi/{old.slug}").json
    assert (told["ended_on"], told["successor"]["name"], told["state_label"]) == ("2026-03-03", "Antrean Terpadu", "Dihentikan")


def test_publiccode_and_robots_are_files_that_say_what_they_are(client, session, city):
    made = published(session, city)
    session.commit()
    answer = client.get(f"/aplikasi/{made.slug}/publiccode.yml")
    assert answer.content_type == "text/yaml; charset=utf-8" and "attachment" in answer.headers["Content-Disposition"]
    assert yaml.safe_load(answer.get_data())["landingURL"].endswith(f"/aplikasi/{made.slug}")
    robots = page(client, "/robots.txt")
    assert "Disallow: /pengelolaan" in robots and "/peta-situs.xml" in robots


def test_hostile_text_of_a_record_stays_text(client, session, city):
    made = published(session, city, '<b>"Ganas"</b>', purpose="<script>alert(1)</script>", helpdesk="{{7*7}}")
    session.commit()
    for url in (f"/aplikasi/{made.slug}", "/aplikasi", "/aplikasi?q=ganas"):
        html = page(client, url)
        assert "<script>alert" not in html and '<b>"Ganas' not in html


@pytest.mark.parametrize("address", ["/aplikasi?q=", "/inventaris?cari="])
def test_an_address_of_five_thousand_letters_is_answered_in_one_sentence(client, city, address):
    answer = client.get(address + "a" * 5000)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 414 and "Pendekkan kata yang dicari" in text and "URI Too Long" not in text
    assert client.get("/aplikasi?q=" + "a" * 3000).status_code == 200


# ---------------------------------------------------------------- a dead link


def reports(session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(LinkReport))


def test_a_dead_link_is_reported_without_an_account_and_every_text_that_is_thanked_for_is_kept(client, session, city):
    made, other = published(session, city), published(session, city, "Lain")
    slug, second = made.slug, other.slug
    session.commit()
    at = f"/aplikasi/{slug}/laporan"
    assert client.post(at, data={"note": "Mati."}).status_code == 400, "without the token of the page nothing is stored"
    sent = build.form(client, f"/aplikasi/{slug}", note="Halaman putih.")
    with statements() as seen:
        answer = client.post(at, data=sent)
    assert answer.status_code == 302 and answer.location == f"/aplikasi/{slug}" and len(seen) <= 14
    assert "Terima kasih" in page(client, f"/aplikasi/{slug}")
    assert client.post(at, data=sent | {"note": "Masih."}).status_code == 302
    assert "Laporan Anda tersimpan" in page(client, f"/aplikasi/{slug}")
    assert reports(session) == 2
    assert client.post(at, data=sent | {"note": " "}).status_code == 302
    assert "tidak dicatat dua kali" in page(client, f"/aplikasi/{slug}")
    client.post(f"/aplikasi/{second}/laporan", data=sent)
    assert reports(session) == 3
    assert set(session.scalars(select(LinkReport.note))) == {"Halaman putih.", "Masih."}
    assert client.post("/aplikasi/tidak-ada/laporan", data=sent).status_code == 404
    assert session.scalar(select(func.count()).where(AuditEntry.stream.like("application:%"), AuditEntry.payload.like("%link_report%")))


def test_after_five_texts_of_a_day_the_reporter_is_told_that_the_next_one_is_not_stored(client, session, city):
    slug = published(session, city).slug
    session.commit()
    sent = build.form(client, f"/aplikasi/{slug}", note="")
    answers = [client.post(f"/aplikasi/{slug}/laporan", data=sent | {"note": f"Rusak {n}."}) for n in range(7)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429] * 2
    said = answers[5].get_data(as_text=True)
    assert "Laporan ini tidak disimpan" in said and "Rusak 5." in said
    assert reports(session) == 5


def test_too_many_reports_from_one_place_wait_and_a_bad_note_is_told_at_its_field(client, session, city):
    slug = published(session, city).slug
    session.commit()
    sent = build.form(client, f"/aplikasi/{slug}", note="x" * 301)
    answer = client.post(f"/aplikasi/{slug}/laporan", data=sent)
    assert answer.status_code == 422 and "x" * 301 in answer.get_data(as_text=True)
    assert reports(session) == 0
    codes = [client.post(f"/aplikasi/{slug}/laporan", data=sent | {"note": ""}).status_code for _ in range(62)]
    assert codes[0] == 302 and codes[-1] == 429
    answer = client.post(f"/aplikasi/{slug}/laporan", data=sent | {"note": ""})
    assert "Terlalu banyak laporan dari tempat ini" in answer.get_data(as_text=True) and int(answer.headers["Retry-After"]) > 0
    assert reports(session) == 1


# ---------------------------------------------------------------- weight, categories


@pytest.mark.parametrize("encodings", ["gzip, deflate", "gzip, deflate, br, zstd"])
def test_home_directory_and_one_application_cost_at_most_70_kb_cold(site, session, city, encodings):
    make_first_categories(session)
    for n in range(25):
        made = published(session, city, f"Aplikasi nomor {n}", purpose=f"Mengurus keperluan warga nomor {n}. " * 5)
    slug = made.slug
    session.commit()

    def fetched(address):
        with urlopen(Request(site + address, headers={"Accept-Encoding": encodings})) as answer:
            return answer.read()

    for url in ("/", "/aplikasi", f"/aplikasi/{slug}"):
        with urlopen(site + url) as answer:
            html = answer.read().decode()
        linked = set(re.findall(r'<link rel="stylesheet" href="([^"]+)"', html)) | set(re.findall(r'src="([^"]+)"', html))
        assert any("bootstrap" in each for each in linked) and "<script" not in html
        weight = len(gzip.compress(html.encode(), 6)) + sum(len(fetched(each)) for each in linked)
        assert weight <= BUDGET, f"{url}: {weight}"


def test_twelve_needs_are_made_once_and_stay_as_people_leave_them(session, city):
    assert make_first_categories(session) == 12
    session.delete(session.scalar(select(Category).where(Category.slug == "kesehatan")))
    session.flush()
    assert make_first_categories(session) == 0
    assert session.scalar(select(func.count()).select_from(Category)) == 11
    said = {"Damakesmas": "kesehatan", "SIM PBB": "pajak-retribusi", "Bus Sekolah": "pendidikan"}
    for name, expected in said.items():
        made = build.application(session, city, "kominfo", name=name, purpose="")
        assert likely_category(made) == expected, name
