"""S21: answering one item."""

from fractions import Fraction

import pytest

from assessments import checking, claiming
from tests import builders as build
from tests.portal.agency_pages import answer, answer_of, as_operator, begun, form_of, statements


@pytest.fixture
def where(client, session):
    made = begun(session)
    as_operator(client, session, made)
    return made


def test_the_page_shows_the_ladder_with_the_words_of_the_guidance(client, where):
    page = client.get(where.item()).get_data(as_text=True)
    assert "Tingkat Kematangan Peta Rencana SPBE" in page
    assert "Tingkat 2 terpenuhi; dokumen mencakup seluruh muatan Peta Rencana." in page
    assert "Dokumen memuat semua muatan" in page
    assert "Indikator 12, bobot 2,50%" in page
    assert "0 dari 4.000 huruf" in page


def test_saving_keeps_the_answer_and_its_author(client, session, where):
    sent = answer(client, where.item(), facts="Ada pada Perwali.\r\nBab III.", analysis="Memenuhi.")
    assert (sent.status_code, sent.headers["Location"]) == (302, where.item())
    stored = answer_of(session, where)
    assert (stored.value, stored.facts, stored.state) == (3, "Ada pada Perwali.\nBab III.", "filling")
    assert stored.revisions[-1].author_id == where.city.people["operator"].person_id
    assert stored.submission.state == "filling"
    page = client.get(where.item()).get_data(as_text=True)
    assert "Ada pada Perwali." in page and "Tersimpan" in page
    assert 'value="3" checked' in page


def test_save_and_go_on_leads_to_the_next_item_and_after_the_last_to_the_list(client, where):
    assert answer(client, where.item("I01"), then="next").headers["Location"] == where.item("I12")
    assert answer(client, where.item("I12"), then="next").headers["Location"] == "/penilaian/2026"


def test_marking_ready_saves_first_and_says_what_is_missing(client, session, where):
    sent = answer(client, where.item(), then="ready")
    page = sent.get_data(as_text=True)
    assert sent.status_code == 422
    assert "Belum ada bukti dukung untuk tingkat yang dipilih." in page
    assert "<title>Kesalahan: " in page
    assert answer_of(session, where).facts == "Fakta."


def test_an_item_at_the_lowest_level_needs_no_evidence_to_be_ready(client, session, where):
    assert answer(client, where.item(), value="1", then="ready").status_code == 302
    assert answer_of(session, where).state == "ready"
    assert "Siap diperiksa" in client.get(where.item()).get_data(as_text=True)


def test_a_form_saved_twice_is_saved_once(client, session, where):
    sent = form_of(client, where.item(), "jawaban") | {"value": "3", "facts": "Sama.", "analysis": "Sama."}
    assert [client.post(where.item(), data=sent).status_code for _ in range(2)] == [302, 302]
    assert len(answer_of(session, where).revisions) == 1


def test_unverified_criteria_say_so(client, session):
    made = begun(session, key="permenpanrb-8-2026", items=("I01", "I05"))
    page = as_operator(client, session, made).get(made.item("I05")).get_data(as_text=True)
    assert "Kriteria belum dicek ke naskah" in page
    assert "Nilai SDI" in page and "Bappenas" in page


def test_a_decimal_scale_takes_a_comma(client, session):
    made = begun(session, key="permenpanrb-8-2026", items=("I01", "I05"))
    as_operator(client, session, made)
    assert "1,50 sampai di bawah 2,50" in client.get(made.item("I01")).get_data(as_text=True)
    assert answer(client, made.item("I01"), value="2,75").status_code == 302
    assert str(answer_of(session, made, "I01").value) == "11/4"
    page = client.get(made.item("I01")).get_data(as_text=True)
    assert 'value="2,75"' in page
    assert answer(client, made.item("I01"), value="5,01").status_code == 422


def test_a_decimal_value_is_shown_with_the_level_it_lies_in(client, session):
    made = begun(session, key="permenpanrb-8-2026", items=("I01", "I05"))
    page = as_operator(client, session, made).get(made.item("I01")).get_data(as_text=True)
    assert "Nilai belum diisi." in page and "Tingkat kematangan belum dipilih." not in page and "Isi nilai" in page
    answer(client, made.item("I01"), value="2,5")
    for address in (f"/penilaian/{made.slug}", f"/penilaian/{made.slug}/periksa"):
        page = client.get(address).get_data(as_text=True)
        assert '<span class="pips" data-n="3"></span><span>2,50 Berkembang</span>' in page, address


def test_an_item_of_an_indicator_with_slots_starts_at_zero(client, session):
    made = begun(session, key="permenpanrb-5-2018", items=("I01", "I35-2"))
    page = as_operator(client, session, made).get(made.item("I35-2")).get_data(as_text=True)
    assert "Indikator 35-2" in page and "0 Belum ada" in page
    assert "(2 dari 3)</h1>" in page


def test_the_history_shows_the_newest_five_first(client, session, where):
    for n in range(1, 8):
        answer(client, where.item(), value=str(n % 5 + 1), facts=f"Fakta {n}.")
    page = client.get(where.item()).get_data(as_text=True)
    rail = page[page.index("<h2>Riwayat</h2>"):]
    first, rest = rail[: rail.index("<summary>")], rail[rail.index("<summary>"):]
    assert first.count("<li>") == 5
    assert first.index("Tingkat 2 menjadi 3") < first.index("Tingkat 1 menjadi 2") < first.index("Tingkat 5 menjadi 1")
    assert "Tingkat 2," in rest


def test_the_head_reads_without_a_form(client, session, where):
    page = as_operator(client, session, where, "head").get(where.item()).get_data(as_text=True)
    assert "Yang mengisi adalah operator" in page
    assert 'id="jawaban"' not in page and "Simpan dan lanjut ke" not in page


def test_a_locked_item_says_who_locked_it_and_when(client, session, where):
    build.ready(session, where.city, where.period)
    page = client.get(where.item()).get_data(as_text=True)
    assert "Isian ini terkunci" in page
    assert "Dikirim ke kepala OPD oleh operator kota-contoh" in page
    sent = client.post(where.item(), data=form_of(client, where.item(), part="keluar") | {"value": "4", "version": "1"})
    assert sent.status_code == 409
    assert answer_of(session, where).value == 3


def test_a_returned_item_says_why_and_only_it_can_be_changed(client, session, where):
    part = build.ready(session, where.city, where.period)
    checking.send_back(part, where.city.actor("head"), "Lengkapi reviu.", ["I12"])
    session.commit()
    page = client.get(where.item()).get_data(as_text=True)
    assert "Dikembalikan oleh head kota-contoh" in page and "Lengkapi reviu." in page
    assert "Perlu perbaikan" in client.get("/penilaian/2026?saring=catatan").get_data(as_text=True)
    assert answer(client, where.item(), facts="Sudah diperbaiki.").status_code == 302


def test_last_years_values_stand_beside_the_ladder(client, session, where):
    assert "Putaran sebelumnya" not in client.get(where.item()).get_data(as_text=True)
    before_last(session, where)
    page = client.get(where.item()).get_data(as_text=True)
    assert "Putaran sebelumnya" in page and "(2025)" in page
    assert "Hasil 2025" in client.get("/penilaian/2026").get_data(as_text=True)


def before_last(session, where):
    """A round of the year before that was sent, in which item 12 was claimed at level 2."""
    earlier = build.opened(session, where.city, slug="2025", title="Penilaian mandiri SPBE 2025", year=2025)
    by = where.city.actor("round_manager")
    claiming.write_claim(build.assessment_of(session, earlier), "I12", by, Fraction(2), "Fakta.", "Analisis.", 0)
    build.assessment_of(session, earlier).state = "sent"
    session.commit()


def test_neighbours_are_the_items_of_the_own_part(client, where):
    page = client.get(where.item()).get_data(as_text=True)
    assert f'rel="prev" href="{where.item("I01")}"' in page and 'rel="next"' not in page


def test_an_unknown_item_or_period_is_not_found(client, where):
    for page in ("/penilaian/2026/indikator/I99", "/penilaian/1999/indikator/I12", "/penilaian/2026/indikator/i12"):
        assert client.get(page).status_code == 404


def test_the_item_page_and_a_save_keep_to_their_statements(client, session, where):
    build.answered(session, where.city, where.period, "I12")
    before_last(session, where)
    client.get(where.item())
    with statements() as seen:
        assert client.get(where.item()).status_code == 200
    assert len(seen) <= 10, "\n".join(seen)
    sent = form_of(client, where.item(), "jawaban") | {"value": "4", "facts": "Lain.", "analysis": "Lain."}
    with statements() as seen:
        assert client.post(where.item(), data=sent).status_code == 302
    assert len(seen) <= 14, "\n".join(seen)
