"""The national table: from a published file by a dry run, then read with filter, search, order and pages."""

import io
import re

from sqlalchemy import select

from assessments.models import Benchmark
from portal.demo.benchmarks import import_benchmarks
from portal.exports import Column, Sheet, workbook
from tests import builders as build
from tests.portal.result_pages import NATIONAL
from tests.portal.round_pages import _tokens, statements

PAGE, DEED = "/kelola/pembanding", "/kelola/pembanding/penerapan"
SOURCE = "Keputusan Menteri tentang hasil evaluasi 2023"
HEAD = "no,instansi,type,table,table_title,d1_kebijakan,d2_tata_kelola,d3_manajemen,d4_layanan,index,predicate,source_line,note\n"
ROW = "1,Pemerintah Kota Contoh,kota,1,Tabel,3.60,3.50,3.45,4.14,{index},{predicate},10,{note}\n"


def city(client, session, who: str = "round_manager", name: str = "Kota Denpasar") -> build.City:
    made = build.city(session, name)
    session.commit()
    build.sign_in(client, session, made.people[who])
    return made


def check(client, content: bytes, name: str = "nasional.csv", year: str = "2023", source: str = SOURCE):
    return client.post(PAGE, data=_tokens(client) | {"year": year, "source": source, "file": (io.BytesIO(content), name)})


def carry_out(client, checked):
    lines = re.search(r'name="lines" value="([^"]+)"', checked.get_data(as_text=True)).group(1)
    return client.post(DEED, data=_tokens(client) | {"lines": lines})


def stored(session) -> dict[str, Benchmark]:
    session.rollback()
    session.expire_all()
    return {row.name: row for row in session.scalars(select(Benchmark))}


def test_the_file_of_2023_is_taken_over_once_and_then_changes_nothing(client, session):
    city(client, session)
    checked = check(client, NATIONAL.read_bytes())
    assert checked.status_code == 200 and "Terapkan 621 perubahan" in checked.get_data(as_text=True)
    assert stored(session) == {}  # a dry run
    assert carry_out(client, checked).status_code == 302
    rows = stored(session)
    own = rows["Pemerintah Kota Denpasar"]
    assert len(rows) == 621
    assert (own.kind, own.domain_1, own.domain_4, own.index_shown, own.predicate, own.source, own.year) == (
        "kota", "3.60", "4.14", "3.80", "Sangat Baik", SOURCE, 2023,
    )
    again = check(client, NATIONAL.read_bytes()).get_data(as_text=True)
    assert "0 perubahan: semua isi berkas ini sudah ada di portal." in again


def test_an_odd_row_is_kept_as_published_with_its_note_and_shown_as_odd(client, session):
    city(client, session)
    content = (HEAD + ROW.format(index="3.80", predicate="Cukup", note="tertulis demikian pada sumber")).encode()
    checked = check(client, content)
    html = checked.get_data(as_text=True)
    sentence = "Predikat tertulis Cukup, padahal indeks 3,80 termasuk Sangat Baik."
    assert checked.status_code == 200 and sentence in html and "Terapkan 1 perubahan" in html
    carry_out(client, checked)
    row = stored(session)["Pemerintah Kota Contoh"]
    assert (row.index_shown, row.predicate, row.note) == ("3.80", "Cukup", "tertulis demikian pada sumber")
    page = client.get("/pembanding").get_data(as_text=True)
    assert sentence in page and "tertulis demikian pada sumber" in page


def test_one_refused_row_refuses_all_with_row_and_column(client, session):
    city(client, session)
    content = (HEAD + ROW.format(index="3.80", predicate="Sangat Baik", note="")
               + ROW.format(index="38", predicate="Baik", note="").replace("kota,", "kotamadya,")).encode()
    answer = check(client, content)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "tertulis dua kali; yang pertama di baris 2" in html
    assert "Jenis harus salah satu dari" in html and "Indeks harus angka 0 sampai 5" in html and 'name="lines"' not in html
    assert stored(session) == {}


def test_what_changed_is_said_and_a_workbook_will_do(client, session):
    city(client, session)
    carry_out(client, check(client, (HEAD + ROW.format(index="3.80", predicate="Sangat Baik", note="")).encode()))
    head = [Column(name) for name in ("instansi", "jenis", "indeks", "predikat", "d1", "d2", "d3", "d4")]
    rows = [["Pemerintah Kota Contoh", "kota", "3,81", "Sangat Baik", "3,60", "3,50", "3,45", "4,14"]]
    checked = check(client, workbook(Sheet("Tabel", head, rows)), "tabel.xlsx")
    html = checked.get_data(as_text=True)
    assert "<del>3.80</del> menjadi 3.81" in html and "Terapkan 1 perubahan" in html
    carry_out(client, checked)
    assert stored(session)["Pemerintah Kota Contoh"].index_shown == "3.81"


def test_what_changed_meanwhile_is_shown_again_instead(client, session):
    made = city(client, session)
    checked = check(client, (HEAD + ROW.format(index="3.80", predicate="Sangat Baik", note="")).encode())
    import_benchmarks(session, made.actor("round_manager"), NATIONAL)
    session.add(Benchmark(year=2023, name="Pemerintah Kota Contoh", kind="kota", index_shown="2.00", predicate="Cukup",
                          source="lain"))
    session.commit()
    answer = carry_out(client, checked)
    assert answer.status_code == 409 and "belum ada yang diterapkan" in answer.get_data(as_text=True)
    assert stored(session)["Pemerintah Kota Contoh"].index_shown == "2.00"


def test_wrong_fields_are_said_at_the_field(client, session):
    city(client, session)
    answer = client.post(PAGE, data=_tokens(client) | {"year": "23", "source": " "})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Tulis tahun penilaian, misalnya 2023." in html
    assert "Sumber dan nomor keputusan wajib diisi." in html and "Pilih berkas CSV atau XLSX." in html
    spoiled = client.post(DEED, data=_tokens(client) | {"lines": "bukan tanda tangan"})
    assert spoiled.status_code == 409


def test_the_table_is_filtered_searched_ordered_and_paged(client, session):
    made = city(client, session)
    import_benchmarks(session, made.actor("round_manager"), NATIONAL)
    session.commit()
    cities = client.get("/pembanding?jenis=kota").get_data(as_text=True)
    assert "93 instansi" in cities and "Halaman 1 dari 2" in cities and "Pemerintah Kabupaten" not in cities
    found = client.get("/pembanding?q=denpasar").get_data(as_text=True)
    assert "1 instansi" in found and "Instansi Anda" in found and "3,80" in found
    assert "Tidak ada instansi yang cocok" in client.get("/pembanding?q=%25").get_data(as_text=True)
    lowest = client.get("/pembanding?urut=terendah&halaman=99999").get_data(as_text=True)
    assert "Halaman 13 dari 13" in lowest
    first = client.get("/pembanding?urut=nama").get_data(as_text=True)
    assert first.index("Arsip Nasional") < first.index("Badan ")
    for strange in ("?tahun=1", "?jenis=x", "?urut=x", "?halaman=-1", "?q=%00"):
        assert client.get("/pembanding" + strange).status_code == 200
    with statements() as seen:
        client.get("/pembanding?jenis=kota")
    assert len(seen) <= 10


def test_figures_by_kind_are_those_of_the_rows(client, session):
    made = city(client, session)
    import_benchmarks(session, made.actor("round_manager"), NATIONAL)
    session.commit()
    html = client.get("/pembanding").get_data(as_text=True)
    figures = re.search(r'<h2 id="ringkas">.*?</table>', html, re.S).group(0)
    lines = re.findall(r'scope="row">([^<]+)</th>.*?<span>(\d+)</span>', figures, re.S)
    assert dict(lines) == {"Kementerian": "34", "Lembaga": "58", "Provinsi": "38", "Kabupaten": "398", "Kota": "93", "Semua": "621"}


def test_without_a_table_the_page_says_so(client, session):
    city(client, session, "operator")
    html = client.get("/pembanding").get_data(as_text=True)
    assert "Belum ada tabel nasional" in html and "Unggah tabel" not in html


def test_only_reference_keepers_import(client, session):
    made = city(client, session)
    for who, status in (("operator", 403), ("executive", 403), ("system_admin", 200), ("round_manager", 200)):
        build.sign_in(client, session, made.people[who])
        assert client.get(PAGE).status_code == status, who
