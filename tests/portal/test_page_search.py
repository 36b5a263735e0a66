"""Evidence is searched by a panel and by an agency: by its words, within its rights, and nothing typed is an order."""

from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import select

from assessments.models import Blob, Citation, Document, PageText
from assessments.page_search import ReadPage, remember_pages
from assessments.page_words import page_roots
from portal import evidence_jobs, page_reading
from portal.evidence_jobs import ask_again
from portal.jobs import run_due
from portal.scanning import Verdict
from tests import builders as build
from tests.portal import files
from tests.portal.agency_pages import as_operator, begun, upload
from tests.portal.desk_pages import as_, before_a_panel, page, statements
from tests.portal.test_reading import pdf_with_text

BUDGET = 10
HOSTILE = ("%", "' OR 1=1--", '"', "NEAR(a b)", "a*", "\x00", "a\x00b", "a" * 4000, "<script>alert(1)</script>", "😀" * 80, "{{7*7}}",
           "AND", "&|!:*", "\u202e", "risiko " * 600, "words:x")


def say(session, sha256: str, *texts: str) -> None:
    remember_pages(session, sha256, [ReadPage(n, text, " ".join(page_roots(text))) for n, text in enumerate(texts, 1)])
    session.commit()


@pytest.fixture
def where(session):
    made = before_a_panel(session, evidence=("I12", "I01"))
    for citation in session.scalars(select(Citation).where(Citation.claim_id.is_not(None))):
        say(session, citation.cited.sha256, "Pembuka", f"Manajemen <i>risiko</i> {citation.claim.item}")
    return made


def test_a_panel_finds_pages_by_item_and_file_and_goes_to_the_desk_at_that_page(client, session, where):
    as_(client, session, where, "assessor")
    answer = client.get(f"{where.base}/cari?q=risiko")
    raw = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "2 halaman ditemukan" in raw
    assert "&lt;i&gt;<mark>risiko</mark>&lt;/i&gt;" in raw and "<i>" not in raw.partition('id="temuan"')[2].partition("</section>")[0]
    html = unescape(raw)
    assert html.index("Indikator 1:") < html.index("Indikator 12:")
    assert f'{where.desk()}?berkas={where.citation}&lembar=2#lihat' in html


def test_who_does_not_judge_is_led_to_the_claim(client, session, where):
    as_(client, session, where, "reviewer")
    html = page(client, f"{where.base}/cari?q=risiko")
    assert where.claim() in html and where.desk() not in html


def test_VIS_only_what_claims_of_this_assessment_cite_is_found(client, session, where):
    other = build.document(session, where.city.agencies["bappeda"], where.city.actor("operator"), b"%PDF-tidak dirujuk")
    say(session, other.sha256, "Risiko rahasia yang tidak dirujuk")
    as_(client, session, where, "assessor")
    assert "rahasia" not in page(client, f"{where.base}/cari?q=risiko").partition("<main")[2]
    assert "Tidak ada halaman yang memuat" in page(client, f"{where.base}/cari?q=rahasia")


def test_VIS_a_quarantined_file_is_not_found(client, session, where):
    session.get_one(Blob, session.get_one(Citation, where.citation).cited.sha256).scan_state = "quarantined"
    session.commit()
    for who, address in (("assessor", f"{where.base}/cari"), ("operator", "/bukti/cari")):
        as_(client, session, where, who)
        html = page(client, address + "?q=risiko")
        assert "1 halaman ditemukan" in html and "I12</p>" not in html


@pytest.mark.parametrize("who", ["operator", "head_other", "coordinator", "round_manager", "assessor_off"])
def test_VIS_nobody_off_the_panel_finds_the_page(client, session, where, who):
    as_(client, session, where, who)
    assert client.get(f"{where.base}/cari?q=risiko").status_code == 404


def test_an_agency_searches_its_own_library_only(client, session, where):
    theirs = build.document(session, where.city.agencies["dinkes"], where.city.actor("operator"), b"%PDF-dinkes")
    say(session, theirs.sha256, "Risiko milik dinas lain")
    as_(client, session, where, "operator")
    html = page(client, "/bukti/cari?q=risiko")
    assert "2 halaman ditemukan" in html and "dinas lain" not in html
    removed = session.scalars(select(Document).order_by(Document.id)).first()
    removed.removed_at = removed.versions[0].at
    session.commit()
    assert "1 halaman ditemukan" in page(client, "/bukti/cari?q=risiko")


def test_the_team_finds_what_was_put_forward_and_no_drafts_of_a_library(client, session, where):
    loose = build.document(session, where.city.agencies["bappeda"], where.city.actor("operator"), b"%PDF-draf")
    say(session, loose.sha256, "Risiko dalam draf")
    as_(client, session, where, "coordinator")
    html = page(client, "/bukti/cari?q=risiko")
    assert "2 halaman ditemukan" in html and "dalam draf" not in html


@pytest.mark.parametrize("question", HOSTILE, ids=range(len(HOSTILE)))
def test_IN_a_hostile_question_gets_one_sentence(client, session, where, question):
    for who, address in (("assessor", f"{where.base}/cari"), ("operator", "/bukti/cari")):
        as_(client, session, where, who)
        answer = client.get(address, query_string={"q": question, "halaman": question})
        html = answer.get_data(as_text=True)
        assert answer.status_code == 200 and "<script>alert" not in html
        said = ("Tidak ada", "terlalu panjang", "Yang dicari adalah", "halaman ditemukan")
        assert sum(words in html for words in said) == 1


def test_pages_of_the_list_and_as_many_statements_for_one_hit_as_for_fifty(client, session, where):
    seen = {}
    cited = session.get_one(Citation, where.citation).cited.sha256
    for count in (1, 50):
        say(session, cited, *(f"Angin ke-{n}" for n in range(count)))
        for who, address in (("assessor", f"{where.base}/cari"), ("operator", "/bukti/cari")):
            as_(client, session, where, who)
            client.get(address + "?q=angin")
            with statements() as sent:
                html = page(client, address + "?q=angin&halaman=9")
            assert f"{count} halaman ditemukan" in html and html.count("<mark>") == (1 if count == 1 else 10)
            seen.setdefault(who, []).append(len(sent))
    assert all(few == many <= BUDGET for few, many in seen.values()), seen


# ---------------------------------------------------------------- reading


def test_after_an_upload_the_words_of_its_pages_are_kept(client, session):
    where = begun(session)
    as_operator(client, session, where)
    upload(client, where.item(), ("halo.pdf", pdf_with_text()))
    run_due()
    session.rollback()
    assert session.execute(select(PageText.page, PageText.text, PageText.words)).all() == [(1, "Halo", "halo")]
    assert "1 halaman ditemukan" in page(client, "/bukti/cari?q=halo")


def test_what_was_read_before_is_read_for_its_words_once(client, session):
    where = begun(session)
    as_operator(client, session, where)
    upload(client, where.item(), ("halo.pdf", pdf_with_text()))
    run_due()
    session.rollback()
    session.execute(PageText.__table__.delete())
    ask_again(session)
    session.commit()
    assert run_due() == 1
    ask_again(session)
    session.commit()
    assert run_due() == 0 and session.scalar(select(PageText.text)) == "Halo"


def test_the_words_of_what_the_scanner_catches_are_forgotten_and_not_read_again(client, session, app, monkeypatch):
    where = begun(session)
    as_operator(client, session, where)
    upload(client, where.item(), ("halo.pdf", pdf_with_text()))
    run_due()
    session.rollback()
    sha256 = session.scalar(select(PageText.sha256))
    monkeypatch.setitem(app.config, "SETTINGS", app.config["SETTINGS"].model_copy(update={"clamd": "/ada"}))
    monkeypatch.setattr(evidence_jobs, "scan", lambda *_: Verdict("quarantined", "Contoh"))
    evidence_jobs.scan_evidence(session, sha256)
    session.commit()
    evidence_jobs.read_words(session, sha256)
    ask_again(session)
    session.commit()
    assert run_due() == 0 and session.scalar(select(PageText.id)) is None


def test_a_word_document_is_read_by_its_page_breaks_and_a_broken_file_not_at_all(tmp_path: Path):
    one = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
    body = one.format("Pertama") + '<w:p><w:r><w:br w:type="page"/></w:r></w:p>' + one.format("Kedua \u200b halaman")
    path = tmp_path / "berkas"
    path.write_bytes(files.docx(body=body))
    found = page_reading.read_pages(path, page_reading.WORD)
    assert [(each.page, each.words) for each in found] == [(1, "tama"), (2, "kedua halam")]
    path.write_bytes(b"%PDF-1.7 rusak")
    assert page_reading.read_pages(path, "application/pdf") == []


def test_reading_is_bounded_in_pages_letters_and_time(tmp_path: Path, monkeypatch):
    path = tmp_path / "berkas"
    path.write_bytes(pdf_with_text())
    assert [each.text for each in page_reading.read_pages(path, "application/pdf")] == ["Halo"]
    assert page_reading.read_pages(path, "application/pdf", seconds=0) == []
    monkeypatch.setattr(page_reading, "LETTERS", 2)
    monkeypatch.setattr(page_reading, "LINE", 1000)
    assert [each.text for each in page_reading.read_pages(path, "application/pdf")] == ["Ha"]
