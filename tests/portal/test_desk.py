"""S51: one item is judged, kept, sent, taken back; nothing typed is ever lost."""

import gzip
import os
import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from assessments import external_values, judging, library, results, seating, sharing
from assessments.canonical import digest
from assessments.models import CitationVerdict, Period
from tests import builders as build
from tests import sessions
from tests.portal.agency_pages import form_of
from tests.portal.desk_pages import as_, before_a_panel, judge, page, statements

LARGEST = 40 * 1024
PAGE, SAVE = 10, 14
LOCKS = 2 if os.environ.get("TEST_DB") == "postgresql" else 0  # it also locks what it will change


@pytest.fixture
def where(session):
    return before_a_panel(session)


@pytest.fixture
def desk(client, session, where):
    """The client of the panel's member."""
    return as_(client, session, where, "assessor")


def words(answer) -> str:
    return unescape(answer.get_data(as_text=True))


def test_the_desk_shows_the_claim_its_evidence_the_criteria_and_an_empty_judgement(desk, session, where):
    html = page(desk, where.desk())
    for part in ("Klaim instansi", "12.a", "Peraturan contoh", "hlm. 5", "Menunjang tingkat 2, 3", "Penilaian Anda",
                 "hanya tim", "belum dibagikan", "Terdefinisi", "/bukti/", "Kirim dan lanjut ke 13", "0 dari 47"):
        assert part in html, part
    assert 'rel="prev"' in html and 'rel="next"' in html and "data-next" in html
    assert not any(f'id="value{n}" value="{n}" checked' in html for n in range(1, 6))


def test_hints_follow_the_domain_of_the_item(desk, where):
    for item, hint in (("I01", "bab, pasal, atau halaman"), ("I12", "jenis dokumentasi"), ("I40", "pemanfaatan layanan")):
        assert hint in page(desk, where.desk(item))


def test_one_save_keeps_text_team_note_and_verdicts(desk, session, where):
    b = f"b{where.citation}-"
    answer = judge(desk, where.desk(), value="2", justification="Belum lengkap.", team_note="Tanyakan.",
                   **{f"{b}verdict": "doubtful", f"{b}reason_kind": "unsigned", f"{b}note": "Masih konsep."})
    assert answer.status_code == 302 and answer.location.endswith(where.desk())
    kept = where.judgement(session)
    assert (kept.value, kept.facts, kept.justification, kept.team_note, kept.state) == (
        2, "Fakta asesor.", "Belum lengkap.", "Tanyakan.", "draft")
    verdict = session.query(CitationVerdict).one()
    assert (verdict.verdict, verdict.reason_kind, verdict.note) == ("doubtful", "unsigned", "Masih konsep.")
    html = page(desk, where.desk())
    assert "Draf" in html and "Masih konsep." in html and "bagian Anda" in html


def test_a_verdict_has_its_own_button_and_loses_no_text(desk, session, where):
    b = f"b{where.citation}-"
    door = f"{where.desk()}/bukti/{where.citation}"
    assert f'formaction="{door}"' in page(desk, where.desk())
    sent = {"csrf_token": _token_of(desk), "version": "0", "value": "3", "facts": "Sedang saya tulis."}
    answer = desk.post(door, data=sent | {f"{b}verdict": "accepted"})
    assert answer.status_code == 302 and answer.location.endswith(f"#bukti-{where.citation}")
    assert where.judgement(session).facts == "Sedang saya tulis."
    answer = desk.post(door, data=sent | {f"{b}verdict": "refused", "version": "1"})
    assert answer.status_code == 422 and "Pilih alasannya" in words(answer) and "Sedang saya tulis." in words(answer)
    assert session.query(CitationVerdict).one().verdict == "accepted"
    assert desk.post(f"{where.desk()}/bukti/999999", data=sent).status_code == 404
    assert desk.post(f"{where.desk('I01')}/bukti/{where.citation}", data=sent).status_code == 404


def test_a_verdict_alone_takes_no_seat(desk, session, where):
    b = f"b{where.citation}-"
    answer = judge(desk, where.desk(), value=None, facts="", analysis="", **{f"{b}verdict": "accepted"})
    assert answer.status_code == 302
    assert where.judgement(session) is None and where.assessment(session).seats == []


def test_send_and_next_goes_through_own_seats_first_then_free_items(desk, session, where):
    assessment = where.assessment(session)
    manager = where.city.actor("round_manager")
    seating.share_out(assessment, ["I12", "I30"], where.outside.people["assessor"].person, manager)
    seating.share_out(assessment, ["I13"], where.outside.people["panel_lead"].person, manager)
    session.commit()
    answer = judge(desk, where.desk(), "berikutnya")
    assert answer.location.endswith(where.desk("I30"))
    answer = judge(desk, where.desk("I30"), "berikutnya")
    assert answer.location.endswith(where.desk("I31"))
    assert where.judgement(session).state == "sent"
    assert "2 dari 46" in page(desk, where.desk("I31"))


def test_the_last_one_leads_back_to_the_queue(desk, session, where):
    assessment = where.assessment(session)
    every = [item.code for item in assessment.period.instrument.items]
    manager = where.city.actor("round_manager")
    seating.share_out(assessment, every, where.outside.people["panel_lead"].person, manager)
    seating.share_out(assessment, ["I12"], where.outside.people["assessor"].person, manager)
    session.commit()
    answer = judge(desk, where.desk(), "berikutnya")
    assert answer.location.endswith("/asesmen")
    assert "Semua bagian Anda sudah dinilai" in page(desk, "/asesmen")


def test_a_value_that_differs_needs_its_reason_and_the_text_is_kept_as_a_draft(desk, session, where):
    answer = judge(desk, where.desk(), "kirim", value="2", facts="Panjang sekali.")
    assert answer.status_code == 422
    html = words(answer)
    assert 'href="#justification"' in html and "Panjang sekali." in html and "Kesalahan: " in html
    assert where.judgement(session).state == "draft"
    assert judge(desk, where.desk(), "kirim", value="2", justification="Konsep.").status_code == 302
    assert where.judgement(session).state == "sent"


@pytest.mark.parametrize("value", ["6", "0", "2,5", "tiga"])
def test_a_value_beside_the_scale_is_refused_with_the_text_kept(desk, session, where, value):
    answer = judge(desk, where.desk(), value=value, facts="Tetap di sini.")
    assert answer.status_code == 422 and "Tetap di sini." in words(answer)
    assert where.judgement(session) is None


def test_nothing_is_chosen_yet(desk, where):
    answer = judge(desk, where.desk(), "berikutnya", value=None)
    assert answer.status_code == 422 and "Nilai belum dipilih." in words(answer) and 'href="#value"' in words(answer)


def test_a_claim_without_evidence_counts_no_files_looked_at(desk, where):
    assert "dari 1 sudah dilihat" in page(desk, where.desk())
    html = page(desk, where.desk("I13"))
    assert "Klaim ini dikirim tanpa bukti." in html and "dari 0 sudah dilihat" not in html


def test_too_long_a_text_comes_back_whole(desk, session, where):
    answer = judge(desk, where.desk(), facts="x" * 4001)
    assert answer.status_code == 422 and "x" * 4001 in words(answer) and where.judgement(session) is None


def test_a_sent_judgement_is_read_and_can_be_taken_back(desk, session, where):
    judge(desk, where.desk(), "kirim")
    html = page(desk, where.desk())
    assert "Dikirim" in html and "Tarik kembali" in html and '<textarea' not in html
    answer = desk.post(f"{where.desk()}/tarik", data=form_of(desk, where.desk(), part="/tarik"))
    assert answer.status_code == 302 and where.judgement(session).state == "draft"
    assert "<textarea" in page(desk, where.desk())


def test_two_windows_show_both_texts_and_overwrite_nothing(desk, session, where):
    judge(desk, where.desk(), facts="Satu.")
    old = form_of(desk, where.desk(), "penilaian") | {"value": "3", "then": "simpan", "analysis": "Analisis asesor."}
    judge(desk, where.desk(), facts="Dua.")
    answer = desk.post(where.desk(), data=old | {"facts": "Tiga."})
    assert answer.status_code == 409
    html = words(answer)
    assert "Tersimpan sekarang" in html and "Dua." in html and "Tiga." in html
    assert where.judgement(session).facts == "Dua."
    assert judge(desk, where.desk(), facts="Tiga.").status_code == 302


def test_the_same_form_twice_says_the_same(desk, session, where):
    sent = form_of(desk, where.desk(), "penilaian") | {"value": "3", "facts": "Sama.", "then": "berikutnya"}
    first, second = (desk.post(where.desk(), data=sent) for _ in range(2))
    assert first.status_code == second.status_code == 302 and first.location == second.location
    assert len(where.assessment(session).judgements) == 1


def test_somebody_elses_seat_is_read_only_and_names_who_has_it(desk, client, session, where):
    lead = where.outside.people["panel_lead"].person
    seating.share_out(where.assessment(session), ["I12"], lead, where.city.actor("round_manager"))
    session.commit()
    html = page(desk, where.desk())
    assert f"dibagikan kepada {lead.name}" in html and "<textarea" not in html
    answer = desk.post(where.desk(), data={"csrf_token": _token_of(desk), "version": "0", "value": "3",
                                           "facts": "Sudah terlanjur ditulis.", "then": "kirim"})
    assert answer.status_code == 409 and "Sudah terlanjur ditulis." in words(answer)
    assert where.judgement(session) is None


def _token_of(client) -> str:
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/akun").get_data(as_text=True)).group(1)


def test_a_stage_past_its_end_takes_nothing_and_gives_the_text_back(desk, session, where):
    judge(desk, where.desk(), facts="Tersimpan.")
    period = session.get_one(Period, where.assessment(session).period_id)
    ended = datetime.now(UTC) - timedelta(hours=1)
    sharing.set_stage(period, "document", ended - timedelta(days=3), ended)
    session.commit()
    html = page(desk, where.desk())
    assert "lewat batas waktunya" in html and "<textarea" not in html and "Tersimpan." in html
    answer = desk.post(where.desk(), data={"csrf_token": _token_of(desk), "version": "1", "value": "4",
                                           "facts": "Terlambat.", "then": "simpan"})
    assert answer.status_code == 409 and "Terlambat." in words(answer)
    assert where.judgement(session).facts == "Tersimpan."


def test_what_was_typed_for_a_stage_that_ended_is_no_judgement_of_the_next(desk, session, where):
    typed = form_of(desk, where.desk("I12"), "penilaian") | {"value": "2", "justification": "Ditulis untuk dokumen.",
                                                            "then": "kirim"}
    assessment, moment = where.assessment(session), datetime.now(UTC)
    sharing.set_stage(assessment.period, "interview", moment, moment + timedelta(days=9))
    session.commit()
    assessment, lead = where.assessment(session), where.outside.actor("panel_lead")
    for claim in assessment.claims:
        judging.decide(assessment, claim.item, lead, claim.value, "Sesuai klaim.")
    judging.close_stage(assessment, lead)
    session.commit()
    late = desk.post(where.desk("I12"), data=typed)
    assert late.status_code == 409 and "Ditulis untuk dokumen." in late.get_data(as_text=True)
    assert where.assessment(session).judgements == []
    assert "belum diklarifikasi pada sesi interviu" in words(desk.get(where.desk("I12")))
    assert desk.post(where.desk("I12"), data=typed | {"seen": "interview"}).status_code == 409
    sessions.held(session, where.city, where.outside, where.assessment(session))
    session.commit()
    assert judge(desk, where.desk("I12"), "kirim", value="2", justification="Menurut interviu.").status_code == 302
    assert where.judgement(session).stage == "interview"


def test_last_years_value_stands_beside_the_claim(desk, session, where):
    city = where.city
    earlier = build.opened(session, city, slug="2025", year=2025)
    assessment = build.ready_to_send(session, city, earlier)
    build.attesting.send(assessment, city.actor("responsible_officer"))
    session.flush()
    results.enter_official(assessment, {item.code: build.Fraction(4) for item in earlier.instrument.items},
                           "Keputusan 2025", city.actor("round_manager"))
    session.commit()
    html = page(desk, where.desk())
    assert "Nilai 2025" in html and "4 Terpadu dan Terukur" in html


def test_values_of_other_bodies_stand_beside_items_that_lean_on_them_and_go_with_the_judgement(client, session):
    where = before_a_panel(session, evidence=(), key="permenpanrb-8-2026")
    items = where.assessment(session).period.instrument.items
    item = next(item for item in items if item.external_index)
    client = as_(client, session, where, "assessor")
    assert "menunggu nilai" in page(client, where.desk(item.code))
    city, assessment = where.city, where.assessment(session)
    document = build.document(session, city.agencies["kominfo"], city.actor("round_manager"))
    external_values.enter(assessment, city.actor("round_manager"), index_key=item.external_index.key, year=2025,
                          raw=build.Fraction("72.5"), source="Keputusan Kepala BPS", document=document)
    session.commit()
    html = page(client, where.desk(item.code))
    assert "72,5" in html and "Keputusan Kepala BPS" in html and 'inputmode="decimal"' in html
    assert judge(client, where.desk(item.code), "kirim", value="2,50", justification="Alasan.").status_code == 302
    kept = where.judgement(session, item.code)
    assert (kept.value, kept.raw) == (build.Fraction("2.5"), build.Fraction("72.5"))
    assert "2,50" in page(client, where.desk(item.code))


def test_FI_09_a_document_replaced_after_sending_shows_both_versions_and_the_judged_one_stays(desk, session, where):
    b = f"b{where.citation}-"
    judge(desk, where.desk(), **{f"{b}verdict": "accepted"})
    city, claim = where.city, where.on(session)
    cited = claim.citations[0].cited
    old = (cited.document_id, cited.n, cited.sha256)
    content = b"%PDF-1.7 pengganti"
    blob = library.remember_blob(session, digest(content), len(content), "application/pdf")
    session.flush()
    library.add_version(cited.document, city.actor("operator"), blob=blob, file_name="baru.pdf")
    session.commit()
    html = page(desk, where.desk())
    assert f"/bukti/{old[0]}/{old[1]}/berkas" in html and f"/bukti/{old[0]}/{old[1] + 1}/berkas" in html
    assert "Versi 2 diunggah" in html and "versi 1" in html and "versi lebih baru" in html
    citation = where.on(session).citations[0]
    assert (citation.document_id, citation.n, citation.cited.sha256) == old
    assert session.query(CitationVerdict).one().citation.cited.sha256 == old[2]


def test_a_page_and_a_save_cost_the_same_for_one_citation_and_for_many(client, session):
    few = before_a_panel(session)
    counts = []
    client = as_(client, session, few, "assessor")
    judge(client, few.desk(), facts="Yang pertama.")
    for more in ((), "bcdefgh"):
        for letter in more:
            build.cited(session, few.city, few.assessment(session), "I12", letter)
        session.commit()
        page(client, few.desk())
        with statements() as seen:
            html = page(client, few.desk())
        read = len(seen)
        ids = [citation.id for citation in few.on(session).citations]
        kinds = {f"b{each}-{name}": text for each in ids
                 for name, text in (("verdict", "refused"), ("reason_kind", "unfit"), ("note", f"Catatan {len(ids)}"))}
        sent = form_of(client, few.desk(), "penilaian") | kinds | {
            "value": "2", "facts": f"Fakta {len(ids)}.", "justification": "Alasan.", "then": "simpan"}
        with statements() as seen:
            assert client.post(few.desk(), data=sent).status_code == 302
        counts.append((read, len(seen)))
    assert counts[0][0] == counts[1][0] <= PAGE, counts
    assert max(saved for _read, saved in counts) <= SAVE + LOCKS, (counts, "\n".join(seen))
    assert len(gzip.compress(html.encode(), 6)) <= LARGEST
    sent = form_of(client, few.desk(), "penilaian") | {"value": "3", "facts": "Akhir.", "then": "berikutnya"}
    with statements() as seen:
        assert client.post(few.desk(), data=sent).status_code == 302
    assert len(seen) <= SAVE + LOCKS, "\n".join(seen)
    sent = form_of(client, few.desk("I13"), "penilaian") | {"value": "3", "facts": "Baru.", "then": "berikutnya"}
    with statements() as seen:
        assert client.post(few.desk("I13"), data=sent).status_code == 302
    assert len(seen) <= SAVE + LOCKS, "\n".join(seen)
    with statements() as seen:
        page(client, few.claim())
    assert len(seen) <= PAGE
