"""S51: notes are put together, phrases used again, drafts saved by themselves; last year stands beside."""

import re

import pytest

from assessments import phrasing, results, sharing
from assessments.composing.notes import compose_note, note_slots
from assessments.history import last_word
from assessments.models import Assessment, Phrase
from assessments.refusal import Refused
from tests import builders as build
from tests.portal.agency_pages import form_of
from tests.portal.desk_pages import as_, before_a_panel, judge, page


@pytest.fixture
def where(session):
    return before_a_panel(session)


@pytest.fixture
def desk(client, session, where):
    return as_(client, session, where, "assessor")


@pytest.mark.parametrize(
    ("item", "answers", "facts", "analysis"),
    [
        ("I01", {"note-force": "telah berlaku", "note-coverage": "belum mencakup", "note-gist": "Memuat enam domain"},
         "Memuat enam domain.",
         "Kebijakan telah berlaku di dalam instansi.\nPengaturannya belum mencakup seluruh substansi indikator."),
        ("I12", {"note-fits": "telah sesuai"}, "Klaim dikirim tanpa bukti.", "Dokumentasi telah sesuai dengan kriteria."),
        ("I40", {"note-capability": "transaksi", "note-functions": "pembayaran."}, "Klaim dikirim tanpa bukti.",
         "Layanan mencapai kemampuan transaksi.\nHal itu ditunjukkan fungsi pembayaran."),
    ],
)
def test_short_answers_of_each_domain_become_sentences_under_what_is_written(client, session, item, answers, facts, analysis):
    where = before_a_panel(session, evidence=())
    desk = as_(client, session, where, "assessor")
    html = page(desk, where.desk(item))
    assert all(f'name="{name}"' in html for name in answers)
    answer = judge(desk, where.desk(item), "susun", facts="Tulisan saya.", **answers | {"criteria-2": "met"})
    assert answer.status_code == 302 and answer.location.endswith("#facts")
    kept = where.judgement(session, item)
    assert kept.facts.startswith("Tulisan saya.\n\nIndikator ") and facts in kept.facts
    assert analysis in kept.analysis and kept.analysis.endswith("Kriteria tingkat 2 terpenuhi.")
    assert kept.justification in ("Tingkat hasil 3 Terdefinisi.", "Tingkat hasil 3 Transaksi.")


def test_notes_tell_each_piece_of_evidence_its_refusal_and_where_the_value_stands(desk, session, where):
    b = f"b{where.citation}-"
    refused = {f"{b}verdict": "refused", f"{b}reason_kind": "outdated"}
    for _twice in range(2):
        judge(desk, where.desk(), "susun", value="2", facts="", analysis="", **refused)
    kept = where.judgement(session)
    assert "12.a Peraturan contoh" in kept.facts and "(tidak diterima: sudah lewat masa berlakunya)." in kept.facts
    assert kept.justification == "Tingkat hasil 2 Terkelola, di bawah klaim 3 Terdefinisi."
    answer = judge(desk, where.desk(), "susun", facts="Masih ada.", **{"note-fits": "barangkali"})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422 and 'href="#note-fits"' in html and "Masih ada." in html
    assert where.judgement(session).facts == kept.facts


def test_later_stages_ask_for_what_was_said_and_show_what_the_stage_before_left(client, session, where):
    from datetime import UTC, datetime, timedelta

    from assessments import judging

    assessment, moment = where.assessment(session), datetime.now(UTC)
    sharing.set_stage(assessment.period, "interview", moment, moment + timedelta(days=9))
    session.commit()
    assessment = where.assessment(session)
    build.judged(session, assessment, where.outside)
    judging.close_stage(assessment, where.outside.actor("panel_lead"))
    session.commit()
    html = page(as_(client, session, where, "assessor"), where.desk())
    assert "Nilai penilaian dokumen" in html and "Justifikasi asesor." in html
    assert "Catatan tim rahasia." not in html
    claim, period = where.on(session), where.assessment(session).period
    slots = {slot.code for slot in note_slots(period.instrument, period.instrument.item("I12"), "interview")}
    assert slots == {"shown", "added", "object", "standing"}
    said = {"object": "tata kelola", "standing": "telah memenuhi", "added": "SK Tim.pdf"}
    note = compose_note(claim, "visit", claim.citations, {}, build.Fraction(4), {4: "met"}, said)
    assert "Berkas tambahan: SK Tim.pdf." in note.facts and "12.a Peraturan contoh" in note.facts
    assert note.analysis == "Tata kelola telah memenuhi kriteria.\nKriteria tingkat 4 terpenuhi."
    assert note.justification == "Tingkat hasil 4 Terpadu dan Terukur, di atas klaim 3 Terdefinisi."


def test_own_sentences_are_kept_used_and_dropped(desk, session, where):
    assert judge(desk, where.desk(), "tambah-facts", **{"phrase-facts": "Dokumen telah resmi."}).status_code == 302
    id = session.query(Phrase.id).scalar()
    html = page(desk, where.desk())
    assert "Kalimat simpanan" in html and "Dokumen telah resmi." in html and f'value="sisip-{id}"' in html
    answer = judge(desk, where.desk(), f"sisip-{id}", facts="Sudah ada.")
    assert answer.status_code == 302 and where.judgement(session).facts == "Sudah ada. Dokumen telah resmi."
    answer = judge(desk, where.desk(), "tambah-facts", facts="Tetap.", **{"phrase-facts": " "})
    assert answer.status_code == 422 and "Tetap." in answer.get_data(as_text=True)
    assert 'href="#phrase-facts"' in answer.get_data(as_text=True)
    assert judge(desk, where.desk(), f"hapus-{id}").status_code == 302
    assert session.query(Phrase).count() == 0
    assert judge(desk, where.desk(), f"sisip-{id}").status_code == 404


def test_sentences_of_others_are_not_there(desk, session, where):
    theirs = phrasing.keep_phrase(session(), where.outside.actor("panel_lead"), "facts", "Kalimat ketua.")
    session.commit()
    assert "Kalimat ketua." not in page(desk, where.desk())
    for deed in ("sisip", "hapus"):
        assert judge(desk, where.desk(), f"{deed}-{theirs.id}").status_code == 404
    assert session.query(Phrase).count() == 1


def test_a_list_of_sentences_ends_somewhere_and_says_nothing_twice(session, where):
    by = where.outside.actor("assessor")
    for n in range(phrasing.MOST):
        phrasing.keep_phrase(session(), by, "facts", f"Kalimat {n}.")
    assert phrasing.keep_phrase(session(), by, "facts", "Kalimat 1.").text == "Kalimat 1."
    with pytest.raises(Refused, match="paling banyak"):
        phrasing.keep_phrase(session(), by, "facts", "Satu lagi.")


def autosaved(desk, where, item="I12", **fields):
    sent = form_of(desk, where.desk(item), "penilaian")
    named = {"csrf_token": sent["csrf_token"], "office": sent["office"], "version": sent["version"], "value": "", "facts": "",
             "analysis": "", "justification": "", "team_note": "", "flagged": "", "viewed": "", "criteria-2": ""}
    return desk.post(f"{where.desk(item)}/simpan-otomatis", data=named | fields, headers={"Accept": "application/json"})


def test_what_is_typed_saves_itself_as_the_same_draft(desk, session, where):
    answer = autosaved(desk, where, viewed=str(where.citation))
    assert answer.status_code == 200 and answer.json["version"] == 0 and where.judgement(session) is None
    assert "1 dari 1 sudah dilihat" in page(desk, where.desk())
    answer = autosaved(desk, where, value="2", facts="Sendiri.", **{"criteria-2": "doubtful"})
    kept = where.judgement(session)
    assert answer.status_code == 200 and re.fullmatch(r"\d\d\.\d\d WITA", answer.json["saved_at"])
    assert answer.json["version"] == kept.version == 1
    assert (kept.value, kept.facts, kept.state, kept.criteria[0].mark) == (2, "Sendiri.", "draft", "doubtful")
    assert 'data-autosave="' in page(desk, where.desk()) and "0 dari 1 sudah dilihat" in page(desk, where.desk())


def test_another_window_gets_both_texts_and_overwrites_nothing(desk, session, where):
    autosaved(desk, where, facts="Satu.", **{"criteria-2": "met"})
    answer = autosaved(desk, where, facts="Dua.", version="0")
    assert answer.status_code == 409 and answer.json["theirs"]["facts"] == "Satu."
    assert answer.json["theirs"]["criteria-2"] == "met" and answer.json["version"] == 1
    assert answer.json["who"] == "Anda di jendela lain" and where.judgement(session).facts == "Satu."


def test_what_cannot_be_stored_says_so_in_its_sentence(desk, client, session, where):
    answer = autosaved(desk, where, facts="x" * 4001)
    assert answer.status_code == 422 and "terlalu panjang" in answer.json["sentences"][0]
    assert autosaved(desk, where, value="9").json["fields"] == ["value"]
    assert autosaved(desk, where, facts="Lambat.", seen="interview").status_code == 409
    sent = form_of(desk, where.desk(), "penilaian")
    as_(client, session, where, "reviewer")
    answer = client.post(f"{where.desk()}/simpan-otomatis", data={"csrf_token": sent["csrf_token"], "version": "0", "facts": "x"})
    assert answer.status_code in (400, 403, 404) and where.judgement(session) is None


def test_last_year_speaks_only_when_it_is_out(client, session, where):
    city, outside = where.city, where.outside
    past = build.judging(session, city, outside, slug="2025", title="Penilaian 2025", year=2025)
    session.commit()
    html = page(as_(client, session, where, "assessor"), where.desk())
    assert "Nilai 2025" not in html
    past = session.get_one(Assessment, past.id)
    build.closed(session, past, outside, {"I12": 2})
    session.commit()
    assert "Nilai 2025" not in page(client, where.desk()) and "Justifikasi asesor." not in page(client, where.desk())
    past = session.get_one(Assessment, past.id)
    made = results.propose(past, outside.actor("panel_lead"))
    session.flush()
    results.confirm(past, outside.actor("assessor"), made.snapshot_sha)
    session.commit()
    assert "Justifikasi asesor." not in page(client, where.desk())
    past = session.get_one(Assessment, past.id)
    results.publish(past, city.actor("round_manager"))
    session.commit()
    html = page(client, where.desk())
    assert "Nilai 2025" in html and "2 Terkelola" in html and "Justifikasi asesor." in html
    assert "Catatan tim rahasia." not in html
    word = last_word(session(), where.assessment(session), "I12")
    assert (word.year, word.value, word.note) == (2025, 2, "Justifikasi asesor.")
