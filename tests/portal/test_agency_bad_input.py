"""S21 under wrong input: one sentence, nothing stored, what was typed kept (security.md lists N, T, S)."""

import threading

import pytest

from assessments.models import ContributionRevision
from tests.portal.agency_pages import answer, answer_of, as_operator, begun, form_of

N = ["0", "-1", "6", "99", "2.5", "2,5", "1e0", "0x3", "٣", "３", "NaN", "Infinity", "-0", str(2**31), str(2**63),
     "1" * 401, "true", "null", "[]", "{}", "[3]", "03", "3.0", "III", "3-4", "3\u00a0", "\u20023"]
SHOWN = ["\U0001f600", "Z\u0351\u036ba\u0300lgo", "<script>alert(1)</script>", '"><svg onload=alert(1)>', "javascript:alert(1)",
         "{{7*7}}", "${7*7}", "<%= 7 %>", "' OR 1=1--", '"; DROP TABLE contribution', "[x](javascript:alert(1))",
         "\u202efdp.exe", "a\u200bb", "café", "baris\r\nBcc: x@y"]


@pytest.fixture
def where(client, session):
    made = begun(session)
    as_operator(client, session, made)
    return made


@pytest.mark.parametrize("value", N, ids=lambda value: value[:12].encode("ascii", "backslashreplace").decode())
def test_IN_01_a_level_outside_the_scale_is_refused_and_the_text_stays(client, session, where, value):
    sent = answer(client, where.item(), value=value, facts="Tulisan yang tidak boleh hilang.")
    page = sent.get_data(as_text=True)
    assert sent.status_code == 422
    assert "tidak dapat dipakai; isi bilangan bulat 1 sampai 5" in page
    assert "Tulisan yang tidak boleh hilang." in page
    assert answer_of(session, where).state == "empty"


def test_IN_01_a_level_that_vanished_from_the_form_does_not_erase_the_stored_one(client, session, where):
    answer(client, where.item())
    sent = answer(client, where.item(), value=None, facts="Lain.")
    assert sent.status_code == 422 and "Tingkat tidak ikut terkirim" in sent.get_data(as_text=True)
    assert answer_of(session, where).value == 3


def test_IN_02_a_text_of_exactly_the_limit_is_kept_and_one_letter_more_is_refused(client, session, where):
    lines = "a\r\n" * 1999 + "é" * 3  # 4001 with each line end as one letter, some 6000 as the browser sends it
    assert answer(client, where.item(), facts=lines[:-1]).status_code == 302
    assert len(answer_of(session, where).facts) == 4000
    sent = answer(client, where.item(), facts=lines)
    page = sent.get_data(as_text=True)
    assert sent.status_code == 422
    assert "Fakta terlalu panjang: 4001 karakter, paling banyak 4000." in page
    assert "ééé" in page
    assert len(answer_of(session, where).facts) == 4000


def test_IN_02_the_limit_counts_composed_letters(client, session, where):
    assert answer(client, where.item(), facts="e\u0301" * 4000).status_code == 302
    assert answer_of(session, where).facts == "é" * 4000


def test_IN_02_a_megabyte_of_text_is_refused_in_words(client, session, where):
    assert answer(client, where.item(), facts="a" * 900_000).status_code == 422
    sent = answer(client, where.item(), facts="a" * 2_000_000)
    assert sent.status_code == 413 and "terlalu besar" in sent.get_data(as_text=True)
    assert answer_of(session, where).state == "empty"


@pytest.mark.parametrize("bad", ["a\x00b", "a\x08b", "\ufffe", "\x7f"], ids=ascii)
def test_IN_03_characters_that_cannot_be_shown_are_refused(client, session, where, bad):
    sent = answer(client, where.item(), analysis=bad)
    assert sent.status_code == 422
    assert "Analisis memuat karakter yang tidak dapat ditampilkan" in sent.get_data(as_text=True)
    assert answer_of(session, where).state == "empty"


def test_IN_03_bytes_that_are_no_text_never_break_the_page(client, where):
    fields = form_of(client, where.item(), "jawaban")
    body = "&".join(f"{name}={text}" for name, text in fields.items()) + "&value=3&analysis=b&facts=%ED%A0%80%FF"
    sent = client.post(where.item(), data=body, content_type="application/x-www-form-urlencoded")
    assert sent.status_code in (302, 422)


@pytest.mark.parametrize("text", SHOWN, ids=ascii)
def test_IN_04_stored_text_is_shown_as_text(client, session, where, text):
    assert answer(client, where.item(), facts=text, analysis=text).status_code == 302
    page = client.get(where.item()).get_data(as_text=True)
    assert "<script>alert" not in page and "<svg onload" not in page
    stale = answer(client, where.item(), version="1", facts="<img src=x onerror=alert(2)>")
    assert stale.status_code == 409 and "<img src=x" not in stale.get_data(as_text=True)


def test_AC_06_fields_nobody_asked_for_change_nothing(client, session, where):
    extra = {"state": "ready", "status": "ready", "submission_id": "2", "item": "I01", "organization_id": "1", "id": "99",
             "role": "system_admin", "author": "1", "created_at": "2000-01-01", "raw": "5", "coverage": "x", "returned_n": "9"}
    assert answer(client, where.item(), **extra).status_code == 302
    stored = answer_of(session, where)
    assert (stored.item, stored.state, stored.raw, stored.coverage, stored.returned_n) == ("I12", "filling", None, None, None)
    assert answer_of(session, where, "I01").state == "empty"


@pytest.mark.parametrize("version", [None, "", "0", "-1", "99", "1.0", "01", "9" * 5000, "x"], ids=lambda v: str(v)[:6])
def test_BL_04_a_version_nobody_saw_is_a_conflict_with_both_texts(client, session, where, version):
    answer(client, where.item(), facts="Tulisan yang tersimpan.")
    sent = answer(client, where.item(), version=version, facts="Tulisan saya.", value="4")
    page = sent.get_data(as_text=True)
    assert sent.status_code == 409
    assert "Tulisan yang tersimpan." in page and page.count("Tulisan saya.") == 2
    assert "Yang tersimpan ditulis operator kota-contoh" in page
    assert 'value="4" checked' in page
    assert answer_of(session, where).facts == "Tulisan yang tersimpan."
    again = form_after(page)
    assert client.post(where.item(), data=again | {"value": "4", "facts": "Gabungan.", "analysis": "x"}).status_code == 302
    assert answer_of(session, where).facts == "Gabungan."


def form_after(page: str) -> dict[str, str]:
    """The hidden fields of the answer form on a page that is shown again."""
    import re

    body = page[page.index('id="jawaban"'):]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', body[: body.index("</form>")]))


def test_BL_04_of_forty_savings_at_once_one_wins_and_nobody_is_lost_in_silence(app, client, session, where):
    fields = form_of(client, where.item(), "jawaban")
    cookie = client.get_cookie("portal").value
    session.rollback()
    statuses, barrier = [], threading.Barrier(40)

    def save(n: int) -> None:
        own = app.test_client()
        own.set_cookie("portal", cookie)
        barrier.wait()
        sent = own.post(where.item(), data=fields | {"value": "2", "facts": f"Dari {n}.", "analysis": "x"})
        statuses.append(sent.status_code)

    app.extensions.pop("test_session")
    threads = [threading.Thread(target=save, args=(n,)) for n in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    app.extensions["test_session"] = session
    assert (statuses.count(302), statuses.count(409)) == (1, 39), statuses
    stored = answer_of(session, where)
    assert session.query(ContributionRevision).count() == 1 and stored.facts.startswith("Dari ")


def test_BL_11_an_old_form_at_another_round_goes_nowhere(client, session, where):
    fields = form_of(client, where.item(), "jawaban") | {"value": "3", "facts": "x", "analysis": "x", "period": "2026"}
    for page in ("/penilaian/2025/indikator/I12", "/penilaian/2026-gladi/indikator/I12", "/penilaian/2026/indikator/I13"):
        assert client.post(page, data=fields).status_code == 404
    assert answer_of(session, where).state == "empty"


def test_a_form_without_its_token_saves_nothing(client, session, where):
    assert answer(client, where.item(), csrf_token=None).status_code == 400
    assert answer_of(session, where).state == "empty"


def test_IN_05_filters_and_addresses_are_never_sql(client, session, where):
    for page in ("/penilaian/2026?saring=id;--", "/penilaian/2026?opd=' OR 1=1--", "/bukti?cari=%25' OR 1=1--&saring=x",
                 "/bukti?halaman=1;DROP", "/bukti?halaman=99999999999999999999", "/bukti?cari=%00", "/penilaian/' OR '1'='1"):
        assert client.get(page).status_code in (200, 404), page
