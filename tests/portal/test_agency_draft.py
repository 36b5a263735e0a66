"""S21: what is typed on the page of an item is never lost to another button of the same page (scripts off)."""

import io

import pytest

from tests.portal.agency_pages import answer, answer_of, as_operator, begun, form_of, pdf, statements, upload

TYPED = {"value": "4", "facts": "Fakta yang baru diketik.", "analysis": "Analisis yang baru diketik."}


@pytest.fixture
def where(client, session):
    made = begun(session)
    as_operator(client, session, made)
    upload(client, made.item("I01"), ("Pustaka.pdf", pdf("pustaka")))
    upload(client, made.item(), ("Perwali.pdf", pdf()))
    return made


def deeds(session, where) -> dict[str, tuple[str, dict]]:
    one = answer_of(session, where).citations[0]
    known = answer_of(session, where, "I01").citations[0].document_id
    return {
        "link": ("/tautan", {"title": "JDIH", "url": "https://jdih.go.id/x"}),
        "known": ("/pustaka", {"document": str(known)}),
        "file": ("/bukti", {"files": (io.BytesIO(pdf("lain")), "Lain.pdf")}),
        "describe": (f"/rujukan/{one.id}", {f"r{one.id}-locator": "hlm. 7"}),
        "detach": (f"/rujukan/{one.id}/lepas", {}),
    }


DEEDS = ("link", "known", "file", "describe", "detach")


@pytest.mark.parametrize("deed", DEEDS)
def test_a_small_deed_stores_the_typed_answer_with_it(client, session, where, deed):
    path, fields = deeds(session, where)[deed]
    before = len(answer_of(session, where).citations)
    sent = form_of(client, where.item(), "jawaban") | TYPED | fields
    with statements() as seen:
        assert client.post(where.item() + path, data=sent).status_code == 302
    assert len(seen) <= 26, "\n".join(seen)  # a file is the dearest; PostgreSQL also locks the part it writes
    stored = answer_of(session, where)
    assert (stored.value, stored.facts, stored.analysis) == (4, TYPED["facts"], TYPED["analysis"])
    assert len(stored.citations) - before == {"describe": 0, "detach": -1}.get(deed, 1)


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize(("wrong", "status"), [({"value": "9"}, 422), ({"version": "99"}, 409), ({"facts": "a" * 4001}, 422)],
                         ids=["value", "version", "facts"])
def test_an_answer_that_cannot_be_stored_stops_the_deed_and_stays_on_the_page(client, session, where, deed, wrong, status):
    path, fields = deeds(session, where)[deed]
    before = [c.id for c in answer_of(session, where).citations]
    sent = client.post(where.item() + path, data=form_of(client, where.item(), "jawaban") | TYPED | fields | wrong)
    page = sent.get_data(as_text=True)
    assert sent.status_code == status
    assert TYPED["analysis"] in page and wrong.get("facts", TYPED["facts"]) in page
    assert all(f'value="{text}"' in page for text in fields.values() if isinstance(text, str))
    stored = answer_of(session, where)
    assert ([c.id for c in stored.citations], stored.value, stored.facts) == (before, None, "")
    assert stored.citations[0].locator == ""


def test_a_refused_deed_keeps_the_typed_answer_on_the_page(client, session, where):
    known = str(answer_of(session, where).citations[0].document_id)
    for path, fields in (("/tautan", {"title": "x", "url": "javascript:1"}), ("/pustaka", {"document": ""}),
                         ("/pustaka", {"document": known}), ("/bukti", {"files": (io.BytesIO(b"abc"), "a.txt")})):
        sent = client.post(where.item() + path, data=form_of(client, where.item(), "jawaban") | TYPED | fields)
        page = sent.get_data(as_text=True)
        assert sent.status_code == 422
        assert TYPED["facts"] in page and TYPED["analysis"] in page and 'value="4" checked' in page
        assert answer_of(session, where).facts == ""


def test_saving_stores_the_evidence_fields_that_were_changed_by_hand_and_no_others(client, session, where):
    one = answer_of(session, where).citations[0]
    fields = form_of(client, where.item(), "jawaban") | TYPED
    shown = {f"r{one.id}-{name}": "" for name in ("article", "locator", "gist", "number", "dated", "effective_on")}
    one.locator = "hlm. 3, ditulis orang lain"
    session.commit()
    assert client.post(where.item(), data=fields | shown).status_code == 302
    assert answer_of(session, where).citations[0].locator == "hlm. 3, ditulis orang lain"
    fields = form_of(client, where.item(), "jawaban") | TYPED | shown
    changed = {f"r{one.id}-locator": "hlm. 9", f"r{one.id}-levels": ["2", "3"], f"r{one.id}-number": "12"}
    assert client.post(where.item(), data=fields | changed).status_code == 302
    stored = answer_of(session, where).citations[0]
    assert (stored.locator, stored.levels, stored.cited.number) == ("hlm. 9", [2, 3], "12")
    fields = form_of(client, where.item(), "jawaban") | TYPED | shown | {f"r{one.id}-dated": "kemarin", "facts": "Belum disimpan."}
    sent = client.post(where.item(), data=fields)
    assert sent.status_code == 422 and "Belum disimpan." in sent.get_data(as_text=True) and "kemarin" in sent.get_data(as_text=True)
    assert answer_of(session, where).facts == TYPED["facts"]


def test_a_link_typed_beside_another_deed_is_named_and_not_attached(client, session, where):
    answer(client, where.item(), title="JDIH", url="https://jdih.go.id/belum")
    page = client.get(where.item()).get_data(as_text=True)
    assert "https://jdih.go.id/belum belum dilampirkan" in page
    assert len(answer_of(session, where).citations) == 1


def test_the_buttons_of_the_page_belong_to_the_one_form(client, session, where):
    page = client.get(where.item()).get_data(as_text=True)
    form = page[page.index('id="jawaban"'):]
    form = form[: form.index("</form>")]
    for words in ("Lampirkan tautan", "Simpan rujukan", "Lepas", "Unggah", 'name="facts"', 'name="analysis"', 'name="value"'):
        assert words in form, words
    assert form.count("formaction=") == form.count('type="submit"') - 1
    assert 'formenctype="multipart/form-data"' in form
