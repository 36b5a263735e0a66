"""S51: criteria and files are marked, a flag is set, and what evidence bears follows from the words on it."""

import gzip
import os
import re

import pytest

from assessments.ladder import ladder_of
from assessments.marking import borne, said_of
from assessments.models import Blob, CitationVerdict, CriterionMark, Document, FileSeen
from portal.assets import asset
from tests import builders as build
from tests.portal.agency_pages import form_of
from tests.portal.desk_pages import as_, before_a_panel, judge, page, statements

PAGE, SAVE = 10, 14
LOCKS = 2 if os.environ.get("TEST_DB") == "postgresql" else 0
KIB = 1024


@pytest.fixture
def where(session):
    return before_a_panel(session)


@pytest.fixture
def desk(client, session, where):
    return as_(client, session, where, "assessor")


def drawn(session, where, pages: int = 8) -> None:
    """As if the worker had drawn the first pages of every file."""
    for blob in session.query(Blob):
        blob.previews, blob.pages, blob.reading_state, blob.reading_note = pages, 24, "readable", "Terbaca"
    session.commit()


def test_marks_flag_and_files_looked_at_go_with_the_judgement_and_come_back(desk, session, where):
    build.cited(session, where.city, where.assessment(session), "I12", "b")
    session.commit()
    first, second = (each.id for each in where.on(session).citations)
    html = page(desk, where.desk())
    assert "0 dari 2 sudah dilihat" in html and 'name="criteria-5"' in html
    said = {"criteria-2": "met", "criteria-3": "doubtful", "criteria-4": "unmet", "flagged": "1", "viewed": str(second)}
    assert judge(desk, where.desk(), **said).status_code == 302
    kept = where.judgement(session)
    assert {mark.level: mark.mark for mark in kept.criteria} == {2: "met", 3: "doubtful", 4: "unmet"} and kept.flagged
    html = page(desk, where.desk())
    assert "1 dari 2 sudah dilihat" in html and f'id="dilihat-{second}" value="{second}" checked' in html
    assert 'id="criteria-3-doubtful" value="doubtful" checked' in html and 'id="flagged" value="1" checked' in html
    assert judge(desk, where.desk(), **said | {"criteria-3": "", "flagged": "", "viewed": str(first)}).status_code == 302
    kept = where.judgement(session)
    assert {mark.level for mark in kept.criteria} == {2, 4} and not kept.flagged
    assert [row.document_id for row in session.query(FileSeen)] == [where.on(session).citations[0].document_id]
    judge(desk, where.desk(), "kirim", **said)
    html = page(desk, where.desk())
    assert "Ditandai untuk ketua" in html and "tingkat 3 meragukan" in html and "Sudah Anda lihat" in html


def test_a_form_that_says_nothing_of_marks_leaves_them(desk, session, where):
    judge(desk, where.desk(), **{"criteria-2": "met", "flagged": "1"})
    sent = {"csrf_token": form_of(desk, where.desk(), "penilaian")["csrf_token"], "version": "1", "value": "3",
            "facts": "Lain.", "then": "simpan"}
    assert desk.post(where.desk(), data=sent).status_code == 302
    kept = where.judgement(session)
    assert kept.facts == "Lain." and kept.flagged and kept.criteria[0].mark == "met"


def test_a_mark_of_no_scale_is_refused_and_nothing_typed_is_lost(desk, session, where):
    answer = judge(desk, where.desk(), facts="Tetap di sini.", **{"criteria-2": "mungkin"})
    assert answer.status_code == 422 and "Tetap di sini." in answer.get_data(as_text=True)
    assert session.query(CriterionMark).count() == 0


def test_two_windows_show_marks_of_both_too(desk, session, where):
    old = form_of(desk, where.desk(), "penilaian") | {"value": "3", "facts": "", "then": "simpan", "criteria-2": "unmet"}
    judge(desk, where.desk(), **{"criteria-2": "met"})
    answer = desk.post(where.desk(), data=old)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 409 and "Kriteria tingkat 2" in html and "Tidak terpenuhi" in html


def test_nothing_counts_above_a_level_whose_evidence_was_refused(desk, session, where):
    """The same ladder as the operator's page climbs, without what was refused."""
    claim = where.on(session)
    item = claim.assessment.period.instrument.item("I12")
    claim.citations[0].levels = [2]
    build.cited(session, where.city, claim.assessment, "I12", "b").levels = [3]
    session.commit()
    first, second = where.on(session).citations
    assert "Bukti menunjang sampai tingkat 3." in page(desk, where.desk())
    b = f"b{first.id}-"
    judge(desk, where.desk(), **{f"{b}verdict": "refused", f"{b}reason_kind": "outdated"})
    sentence = "Tanpa 12.a yang tidak diterima, bukti menunjang sampai tingkat 1; 12.b tidak dihitung, karena tingkat 2"
    assert sentence in page(desk, where.desk())
    claim = where.on(session)
    assert borne(item, claim.value, claim.citations, {first.id}) == ladder_of(item, claim.value, {3: ["12.b"]})
    assert said_of(ladder_of(item, claim.value, {}), []) == "Bukti menunjang sampai tingkat 1."
    assert session.query(CitationVerdict).count() == 1 and second.levels == [3]


def test_the_picture_of_the_cited_page_stands_on_the_desk_and_links_turn_it(desk, session, where):
    version = where.on(session).citations[0].cited
    address = f"/bukti/{version.document_id}/{version.n}/halaman"
    html = page(desk, where.desk())
    assert "tidak punya gambar halaman" in html and f'src="{address}' not in html
    drawn(session, where)
    html = page(desk, where.desk())
    assert f'src="{address}/5.jpg"' in html and "halaman 5 dari 24" in html and "&lembar=6#lihat" in html
    at = f"{where.desk()}?berkas={where.citation}&lembar="
    assert f'src="{address}/8.jpg"' in page(desk, at + "8")
    for beyond in ("9", "0", "tiga", "99999999"):
        assert f'src="{address}/5.jpg"' in page(desk, at + beyond)
    assert f'src="{address}/5.jpg"' in page(desk, f"{where.desk()}?berkas=99999")
    assert desk.get(f"{address}/9.jpg").status_code == 404


def test_a_free_item_is_only_looked_at_by_those_who_judge_it(client, session, where):
    as_(client, session, where, "reviewer")
    assert client.get(where.desk()).status_code == 404
    token = token_of(client)
    answer = client.post(where.desk(), data={"csrf_token": token, "viewed": str(where.citation), "version": "0"})
    assert answer.status_code in (403, 404) and session.query(FileSeen).count() == 0


def token_of(client) -> str:
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/akun").get_data(as_text=True)).group(1)


def weight(client, address: str) -> int:
    return len(gzip.compress(client.get(address).data, 6))


def test_U_21_the_desk_keeps_its_budget_of_bytes_and_statements_also_with_forty_files(desk, session, where):
    """ux.md 4.2: HTML 30 KB, own stylesheets within the page's whole, scripts 40 KB, cold 100 KB without pictures."""
    drawn(session, where)
    judge(desk, where.desk(), facts="Yang pertama.")
    page(desk, where.desk())
    with statements() as seen:
        small = page(desk, where.desk())
    few = len(seen)
    scripts = ("portal.js", "drafts.js", "writing.js", "desk.js")
    sheets = ("portal.css", "screens.css", "writing.css", "desk.css", "print.css", "remarks.css")
    html, script, sheet = len(gzip.compress(small.encode(), 6)), *(
        sum(weight(desk, asset_of(desk, name)) for name in names) for names in (scripts, sheets)
    )
    assert html <= 30 * KIB and script <= 40 * KIB and sheet <= 22 * KIB
    assert html + script + sheet <= 100 * KIB
    assessment = where.assessment(session)
    for n in range(39):
        build.cited(session, where.city, assessment, "I12", f"{'bcdefghijklmnopqrstuvwxyz'[n % 25]}{n // 25 or ''}")
    drawn(session, where)
    with statements() as seen:
        large = page(desk, where.desk())
    assert len(seen) == few <= PAGE, "\n".join(seen)
    assert re.findall(r"\d+ dari \d+ sudah dilihat", large) == ["0 dari 40 sudah dilihat"]
    assert len(gzip.compress(large.encode(), 6)) <= 30 * KIB
    ids = [str(each.id) for each in where.on(session).citations]
    marked = {f"criteria-{level}": "met" for level in range(1, 6)} | {"viewed": " ".join(ids), "flagged": "1"}
    words = {f"b{id}-verdict": "accepted" for id in ids}
    sent = form_of(desk, where.desk(), "penilaian") | marked | words | {"value": "3", "facts": "Baru.", "then": "simpan"}
    with statements() as seen:
        assert desk.post(where.desk(), data=sent).status_code == 302
    assert len(seen) <= SAVE + LOCKS, "\n".join(seen)
    assert session.query(FileSeen).count() == 40 and session.query(Document).count() >= 40


def asset_of(client, name: str) -> str:
    with client.application.test_request_context():
        return asset(name)


def test_a_flag_is_shown_to_the_lead_once_the_judgement_was_sent(client, session, where):
    desk = as_(client, session, where, "assessor")
    judge(desk, where.desk(), flagged="1")
    assert "Ditandai untuk ketua oleh" in page(desk, where.base)
    as_(client, session, where, "panel_lead")
    assert "Ditandai untuk ketua oleh" not in page(client, where.base)
    judge(as_(client, session, where, "assessor"), where.desk(), "kirim", flagged="1")
    html = page(as_(client, session, where, "panel_lead"), f"{where.base}?saring=tanda")
    assert html.count("Ditandai untuk ketua oleh") == 1 and "Ditandai untuk ketua (1)" in html
