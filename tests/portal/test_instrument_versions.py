"""S46: versions of the instruments, and what is different between two of them."""

import csv
import io
import re

import pytest

from assessments.canonical import digest
from assessments.instruments import load
from assessments.instruments.differing import compare, counterparts
from assessments.models import InstrumentCopy, Period
from tests import builders as build
from tests.portal.round_pages import as_, begun, statements

PAGE = "/kelola/instrumen"
OLDEST, FIRST = "permenpanrb-5-2018.5-2018", "permenpanrb-59-2020.59-2020"
GUIDE, LAST = "permenpanrb-59-2020.pedoman-3-2024", "permenpanrb-8-2026.rancangan-2026"


def between(old: str, new: str) -> str:
    return f"{PAGE}/perbandingan?dari={old}&ke={new}"


def pack(name: str):
    return load(*name.split("."))


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


@pytest.fixture
def manager(client, session):
    return as_(client, session, begun(session), "round_manager")


def test_two_editions_of_one_pack_differ_in_their_words_and_in_no_item():
    found = compare(pack(FIRST), pack(GUIDE))
    assert (found.in_common, len(found.of_kind("added")), len(found.of_kind("dropped")), len(found.reweighted)) == (47, 0, 0, 0)
    first = found.pairs[0]
    assert first.kind == "changed" and {"Penjelasan", "Bukti tingkat 3", "Pemenuhan tingkat 4"} <= {each.place for each in first.wordings}
    assert all(pair.kind == "same" for pair in compare(pack(GUIDE), pack(GUIDE)).pairs)


def test_two_packs_are_compared_as_the_later_one_says_and_by_equal_codes_never():
    found = compare(pack(OLDEST), pack(FIRST))
    by_code = {pair.after.code: pair for pair in found.pairs if pair.after}
    assert [item.code for item in by_code["I34"].before] == ["I29"] and by_code["I34"].reweighted
    assert by_code["I01"].kind == "added", "item 1 of the older pack is another matter"
    assert {pair.before[0].code for pair in found.of_kind("dropped")} >= {"I02", "I34"}
    back = counterparts(pack(FIRST), pack(OLDEST))
    assert back["I30"] == ("I40", "I41"), "read backwards, both followed it"
    merged = next(pair for pair in compare(pack(GUIDE), pack(LAST)).pairs if pair.after and pair.after.code == "I09")
    assert [item.code for item in merged.before] == ["I29", "I30", "I31"] and merged.weights == (build.Fraction(9, 2), 4)
    names = {each.place for each in compare(pack(OLDEST), pack(FIRST)).whole}
    assert {"Predikat", "Bagian dan bobotnya", "Tingkat pada skala Kapabilitas proses"} <= names


def test_every_stated_counterpart_exists():
    for new in (FIRST, LAST):
        for old in (OLDEST, FIRST, LAST):
            for code, before in counterparts(pack(old), pack(new)).items():
                assert pack(new).item(code) and all(pack(old).item(each) for each in before)


def test_the_page_marks_words_weights_and_counts(manager):
    page = manager.get(between(FIRST, GUIDE))
    assert page.status_code == 200 and "butir berubah bunyi 47" in text_of(page) and "<ins>" in page.get_data(as_text=True)
    weights = manager.get(between(OLDEST, FIRST))
    assert re.search(r"<del>5,00%</del>\s*<ins>2,75%</ins>", weights.get_data(as_text=True))
    assert "Padanan ini usulan portal" in text_of(weights)
    assert "sama persis" in text_of(manager.get(between(GUIDE, GUIDE)))


def test_two_packs_with_nothing_in_common_say_so(manager):
    page = text_of(manager.get(between(OLDEST, LAST)))
    assert "tidak punya butir yang sama" in page and "butir ditambahkan 20" in page and "butir dihapus 37" in page


def test_the_same_goes_out_as_csv(manager):
    answer = manager.get(between(OLDEST, FIRST).replace("perbandingan?", "perbandingan/tabel.csv?"))
    assert answer.mimetype == "text/csv" and "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff")), delimiter=";"))
    assert {row["Perubahan"] for row in rows} == {"Instrumen", "Ditambahkan", "Dihapus", "Berubah"}
    money = [row for row in rows if (row["Butir lama"], row["Butir baru"]) == ("29", "34")]
    assert money and {row["Bobot baru"] for row in money} == {"2,75"} and "Nama" in {row["Bagian"] for row in money}


@pytest.mark.parametrize("query", ["", "?dari=x&ke=y", f"?dari={FIRST}", f"?dari={FIRST}&ke=../x", f"?dari={FIRST}&ke=%00"])
def test_IN_a_version_nobody_has_is_told_on_the_list(manager, query):
    for place in ("/perbandingan", "/perbandingan/tabel.csv"):
        answer = manager.get(f"{PAGE}{place}{query}")
        assert answer.status_code == 422 and "Pilih dua versi dari daftar" in text_of(answer)


def test_the_list_says_which_rounds_use_a_version_and_keeps_what_the_code_ships_no_more(client, session):
    where = begun(session)
    kept = load("permenpanrb-59-2020").canonical().replace(b"Indeks SPBE", b"Indeks Lama")
    sha = digest(kept)
    session.add(InstrumentCopy(sha256=sha, key="permenpanrb-59-2020", guidance="lama", content=kept))
    session.flush()
    build.draft(session, where.city, slug="dulu", title="Putaran dahulu", year=2024).instrument_sha = sha
    session.commit()
    as_(client, session, where, "round_manager")
    page = text_of(client.get(PAGE))
    assert where.period.title in page and "salinan putaran Putaran dahulu" in page and "Indeks Lama" in page
    compared = text_of(client.get(between(sha[:16], GUIDE)))
    assert "Nama indeks" in compared and "butir berubah bunyi 0" in compared
    assert session.query(Period).count() == 2


def test_the_pages_ask_little_and_the_same_for_every_comparison(manager):
    counts = []
    for address in (PAGE, between(FIRST, GUIDE), between(OLDEST, LAST)):
        manager.get(address)
        with statements() as seen:
            assert manager.get(address).status_code == 200
        counts.append(len(seen))
    assert max(counts) <= 6 and len(set(counts)) == 1
