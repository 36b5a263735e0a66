"""S21: short answers are kept with the answer, the proposal is shown, and taken over only when asked (scripts off)."""

import pytest

from tests.portal.agency_pages import answer_of, as_operator, begun, form_of, pdf, upload

TYPED = {"value": "2", "facts": "Tulisan saya.", "analysis": "Telaah saya.", "slot-substance": "Peta Rencana SPBE",
         "slot-coverage": "Memuat seluruh unsur."}


@pytest.fixture
def where(client, session):
    made = begun(session)
    as_operator(client, session, made)
    upload(client, made.item(), ("Perwali.pdf", pdf()))
    return made


def send(client, where, path="/susun", **fields):
    return client.post(where.item() + path, data=form_of(client, where.item(), "jawaban") | TYPED | fields)


def test_the_proposal_is_shown_with_what_it_lacks_and_changes_no_text(client, session, where):
    sent = send(client, where, then="preview")
    assert sent.status_code == 302 and sent.location.endswith("susun=ya#susunan")
    page = client.get(sent.location).get_data(as_text=True)
    assert "Pratinjau susunan" in page and "Substansi: Peta Rencana SPBE." in page and "12.a Perwali (berkas Perwali.pdf)." in page
    assert "12.a belum menyebut uraian isi, tingkat yang ditunjang." in page
    stored = answer_of(session, where)
    assert (stored.facts, stored.slots) == ("Tulisan saya.", {"substance": "Peta Rencana SPBE", "coverage": "Memuat seluruh unsur."})


@pytest.mark.parametrize(("then", "begins"), [("append", "Tulisan saya.\n\nSubstansi:"), ("replace", "Substansi:")])
def test_it_is_taken_over_under_the_text_or_instead_of_it(client, session, where, then, begins):
    assert send(client, where, then=then).status_code == 302
    stored = answer_of(session, where)
    assert stored.facts.startswith(begins) and "Memuat seluruh unsur." in stored.analysis
    assert any(revision.facts == "Tulisan saya." for revision in stored.revisions), "what was replaced stays in the history"


def test_a_text_that_grows_too_long_changes_nothing_but_says_so(client, session, where):
    sent = send(client, where, then="append", facts="a" * 3990)
    page = sent.get_data(as_text=True)
    assert sent.status_code == 422 and "Fakta terlalu panjang" in page and "a" * 3990 in page
    assert answer_of(session, where).facts == ""


def test_a_slot_that_cannot_be_kept_is_told_at_its_field_with_all_that_was_typed(client, session, where):
    sent = send(client, where, path="", **{"slot-substance": "x" * 601})
    page = sent.get_data(as_text=True)
    assert sent.status_code == 422 and page.count("Substansi indikator terlalu panjang") >= 2 and "x" * 601 in page
    assert 'id="slot-substance-salah"' in page
    assert answer_of(session, where).facts == ""


def test_slots_of_two_people_are_shown_side_by_side(client, session, where):
    old = form_of(client, where.item(), "jawaban")
    send(client, where, path="")
    sent = client.post(where.item(), data=old | TYPED | {"slot-substance": "Arsitektur SPBE"})
    page = sent.get_data(as_text=True)
    assert sent.status_code == 409 and "Peta Rencana SPBE" in page and "Arsitektur SPBE" in page
    assert answer_of(session, where).slots["substance"] == "Peta Rencana SPBE"


def test_a_citation_says_its_article_and_what_stands_there(client, session, where):
    one = answer_of(session, where).citations[0]
    fields = {"article": "Pasal 5 ayat (1)", "locator": "02:15", "gist": "Ditetapkan\nlima tahun", "levels": ["2"]}
    data = form_of(client, where.item(), "jawaban") | {f"r{one.id}-{name}": text for name, text in fields.items()}
    assert client.post(f"{where.item()}/rujukan/{one.id}", data=data).status_code == 302
    one = answer_of(session, where).citations[0]
    assert (one.article, one.locator, one.gist) == ("Pasal 5 ayat (1)", "02:15", "Ditetapkan lima tahun")
    long = data | form_of(client, where.item(), "jawaban") | {f"r{one.id}-gist": "x" * 1001, f"r{one.id}-article": "y" * 121}
    sent = client.post(f"{where.item()}/rujukan/{one.id}", data=long)
    assert sent.status_code == 422 and "terlalu panjang" in sent.get_data(as_text=True)
