"""Forms 5, 6 and 9 as PDF: what stands in them, and how they stay within what a request may take."""

import io

import pytest
from PIL import Image
from pypdf import PdfReader

from assessments import general_questions
from portal import previews
from portal.papers import entry_forms
from tests import builders as build
from tests.portal.package_pages import claimed, put
from tests.portal.round_pages import as_, begun


def text_of(answer) -> str:
    assert answer.status_code == 200 and answer.mimetype == "application/pdf", answer.get_data()[:300]
    found = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.get_data())).pages)
    return found.replace("\u200b", "")  # where a long name may be broken


def test_penjelasan_tambahan_goes_level_by_level_up_to_the_claim(app, client, session):
    where = claimed(session)
    made = put(app, session, where, b"%PDF-1")
    made.levels, made.gist = [1, 2], "memuat arah kebijakan"
    session.commit()
    text = text_of(as_(client, session, where, "entry_officer").get(f"{where.base}/ekspor/butir/I12/penjelasan"))
    assert "tingkat 3, Terdefinisi" in text
    assert text.count("dinyatakan terpenuhi") == 3
    together = "".join(text.split())
    assert "12_Peta-Rencana_2_Perda-12-Tahun-2024.pdf" in together and "memuatarahkebijakan" in together
    assert "Fakta contoh." in text and "Analisis contoh." in text
    assert "Optimum" in text


def test_penjelasan_tambahan_shows_evidence_that_is_a_picture(app, client, session):
    where = claimed(session)
    made = put(app, session, where, b"\x89PNG gambar", title="Layar beranda", name="layar.png", media_type="image/png")
    made.cited.blob.previews = 1
    session.commit()
    drawn = previews.picture(app.config["EVIDENCE_FOLDER"], made.cited.sha256, 1)
    drawn.parent.mkdir(parents=True)
    Image.new("RGB", (400, 300), "#356").save(drawn, "JPEG")
    answer = as_(client, session, where, "entry_officer").get(f"{where.base}/ekspor/butir/I12/penjelasan")
    assert "12.b Layar beranda" in text_of(answer)
    with_pictures = [page for page in PdfReader(io.BytesIO(answer.get_data())).pages if page.images]
    assert with_pictures


def test_the_kuesioner_has_all_items_filled_or_blank(app, client, session):
    where = claimed(session)
    entry = as_(client, session, where, "entry_officer")
    filled = text_of(entry.get(f"{where.base}/ekspor/kuesioner"))
    blank = text_of(entry.get(f"{where.base}/ekspor/kuesioner?isi=kosong"))
    for text in (filled, blank):
        for item in where.period.instrument.items:
            assert f"Indikator {item.number}:" in text
    assert "Fakta contoh." in filled and "Fakta contoh." not in blank


def test_a_kuesioner_that_would_take_too_long_comes_in_parts(app, client, session, monkeypatch):
    monkeypatch.setattr(entry_forms, "LONGEST", 20)
    where = claimed(session)
    entry = as_(client, session, where, "entry_officer")
    assert entry.get(f"{where.base}/ekspor/kuesioner").status_code == 409
    assert "kuesioner?bagian=1" in entry.get(f"{where.base}/ekspor").get_data(as_text=True)
    monkeypatch.setattr(entry_forms, "LONGEST", 40)
    assert "Indikator 1:" in text_of(entry.get(f"{where.base}/ekspor/kuesioner?bagian=1"))
    assert entry.get(f"{where.base}/ekspor/kuesioner?bagian=99").status_code == 404


@pytest.mark.parametrize("text", ["#import \"x\"; $x$ ]", "=1+1 \U0001f680", "\u202ebalik", "x" * 4000])
def test_hostile_texts_are_printed_as_text(app, client, session, text):
    where = claimed(session)
    claim = build.assessment_of(session, where.period).claim("I12")
    claim.facts = claim.analysis = text
    session.commit()
    assert "Indikator" in text_of(as_(client, session, where, "entry_officer").get(f"{where.base}/ekspor/kuesioner?bagian=2"))


def test_general_questions_are_printed_with_their_answers(app, client, session):
    where = begun(session)
    assessment, by = build.assessment_of(session, where.period), where.city.actor("round_manager")
    general_questions.add_questions(session, where.period, general_questions.TOPICS, by)
    general_questions.answer(general_questions.asked_of(session, assessment)[0], assessment, "Layanan kependudukan.", 0, by)
    session.commit()
    text = text_of(as_(client, session, where, "round_manager").get(f"{where.base}/ekspor/pertanyaan-umum"))
    assert "Layanan kependudukan." in text and text.count("Belum dijawab.") == 3
