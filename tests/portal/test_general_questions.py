"""Pertanyaan umum: written for a round, answered by an assessment with files, locked and shown to the panel once sent."""

import re

import pytest
from sqlalchemy import select

from assessments import attesting, general_questions
from assessments.document_questions import bound_nowhere
from assessments.models import Event, GeneralAnswer, GeneralFile, GeneralQuestion
from tests import builders as build
from tests.portal.package_pages import carried
from tests.portal.round_pages import Round, as_, begun, drafted, hidden, send, statements


def questions(where: Round) -> str:
    return f"{where.calendar}/pertanyaan-umum"


def answers(where: Round, question: int | None = None) -> str:
    return f"{where.base}/pertanyaan-umum" + (f"/{question}" if question else "")


def asked(session, where: Round, *texts: str) -> list[int]:
    made = general_questions.add_questions(session, where.period, texts or ["Layanan apa?"], where.city.actor("round_manager"))
    session.commit()
    return [question.id for question in made]


def texts_of(session, where: Round) -> list[str]:
    session.rollback()
    return [question.text for question in general_questions.questions_of(session, where.period)]


def test_the_four_topics_of_the_guidance_are_one_press_and_stay_four(app, client, session):
    where = drafted(session)
    manager = as_(client, session, where, "round_manager")
    for _ in range(2):
        assert send(manager, questions(where) + "/pedoman", questions(where)).status_code == 302
    assert texts_of(session, where) == list(general_questions.TOPICS)


def test_questions_are_copied_from_the_year_before(app, client, session):
    where = begun(session, slug="2025", year=2025, title="Putaran 2025")
    asked(session, where, "Satu?", "Dua?")
    later = build.draft(session, where.city)
    session.commit()
    after = Round(where.city, later, later.slug, where.subject)
    manager = as_(client, session, where, "round_manager")
    assert "Salin dari Putaran 2025" in manager.get(questions(after)).get_data(as_text=True)
    send(manager, questions(after) + "/salinan", questions(after))
    assert texts_of(session, after) == ["Satu?", "Dua?"]


def test_questions_are_ordered_reworded_and_removed(app, client, session):
    where = drafted(session)
    one, two, three = asked(session, where, "Satu?", "Dua?", "Tiga?")
    manager, at = as_(client, session, where, "round_manager"), questions(where)
    assert send(manager, f"{at}/{three}/naik", at).status_code == 302
    assert send(manager, f"{at}/{one}/naik", at).status_code == 302  # the first one stays
    assert texts_of(session, where) == ["Satu?", "Tiga?", "Dua?"]
    assert send(manager, f"{at}/{two}", at, text="Dua, ditulis ulang?").status_code == 302
    assert send(manager, f"{at}/{one}/penghapusan", at).status_code == 302
    assert texts_of(session, where) == ["Tiga?", "Dua, ditulis ulang?"]


def test_a_question_changed_meanwhile_is_409_with_both(app, client, session):
    where = drafted(session)
    (one,) = asked(session, where, "Semula?")
    manager, at = as_(client, session, where, "round_manager"), questions(where)
    sent = hidden(manager, at, f"{at}/{one}")
    session.get_one(GeneralQuestion, one).text = "Diubah orang lain?"
    session.commit()
    answer = manager.post(f"{at}/{one}", data=sent | {"text": "Tulisan saya?"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409 and "Diubah orang lain?" in page and "Tulisan saya?" in page
    assert texts_of(session, where) == ["Diubah orang lain?"]


@pytest.mark.parametrize(("text", "sentence"), [("  ", "Pertanyaan wajib diisi."), ("x" * 1001, "terlalu panjang"), ("a\x00b", "karakter"),
                                                ("Layanan apa?", "sudah ada")])
def test_a_bad_question_is_422_and_keeps_what_was_typed(app, client, session, text, sentence):
    where = drafted(session)
    asked(session, where)
    answer = send(as_(client, session, where, "round_manager"), questions(where), text=text)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and sentence in page
    assert text.strip().replace("\x00", "") == "" or text[:20].replace("\x00", "")[:1] in page
    assert len(texts_of(session, where)) == 1


def test_an_answer_is_written_kept_and_told(app, client, session):
    where = begun(session)
    (one,) = asked(session, where)
    entry = as_(client, session, where, "entry_officer")
    assert send(entry, answers(where, one), text="Layanan kependudukan.\r\nLayanan perizinan.").status_code == 302
    session.rollback()
    assert session.scalar(select(GeneralAnswer.text)) == "Layanan kependudukan.\nLayanan perizinan."
    assert session.scalar(select(Event.label).where(Event.verb == "general_answer")) == "Pertanyaan umum 1 dijawab"
    page = entry.get(answers(where)).get_data(as_text=True)
    assert "1 dari 1 terjawab" in page and "Layanan perizinan." in page


def test_two_who_answer_at_once_get_both_texts(app, client, session):
    where = begun(session)
    (one,) = asked(session, where)
    entry = as_(client, session, where, "entry_officer")
    stale = hidden(entry, answers(where, one), answers(where, one))
    send(entry, answers(where, one), text="Tulisan pertama.")
    answer = entry.post(answers(where, one), data=stale | {"text": "Tulisan kedua."})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409 and "Tulisan pertama." in page and "Tulisan kedua." in page
    session.rollback()
    assert session.scalar(select(GeneralAnswer.text)) == "Tulisan pertama."
    again = re.search(r'<form[^>]*id="jawaban".*?</form>', page, re.S)[0]
    version = re.search(r'name="version" value="(\d+)"', again)[1]
    assert entry.post(answers(where, one), data=stale | {"text": "Gabungan.", "version": version}).status_code == 302


@pytest.mark.parametrize("text", ["x" * 4001, "a\x00b"])
def test_a_bad_answer_is_422(app, client, session, text):
    where = begun(session)
    (one,) = asked(session, where)
    answer = send(as_(client, session, where, "entry_officer"), answers(where, one), text=text)
    assert answer.status_code == 422
    session.rollback()
    assert session.scalar(select(GeneralAnswer)) is None


def test_files_come_from_the_library_of_the_instansi_only(app, client, session):
    where = begun(session)
    (one,) = asked(session, where)
    own = carried(app, session, where)
    of_agency = build.document(session, where.city.agencies["bappeda"], where.city.actor("operator"), b"%PDF-opd")
    abroad = build.city(session, "Kota Lain")
    foreign = build.document(session, abroad.instansi, abroad.actor("round_manager"), b"%PDF-asing")
    session.commit()
    keys = [version.document_id for version in (own, of_agency, foreign)]
    entry, at = as_(client, session, where, "entry_officer"), answers(where, one)
    statuses = [send(entry, at + "/berkas", at, document=str(key), n="1").status_code for key in keys]
    assert statuses == [302, 422, 404]
    assert send(entry, at + "/berkas", at, document=str(keys[0]), n="1").status_code == 422  # twice
    page = entry.get(at).get_data(as_text=True)
    assert "Dokumen instansi" in page and "Lepas" in page
    session.rollback()
    assert [row.document_id for row in session.scalars(select(GeneralFile))] == [keys[0]]
    assert "pertanyaan umum" in bound_nowhere(where.city.actor("round_manager"), session.scalar(select(GeneralFile)).document.document)
    assert send(entry, at + "/pelepasan", at, document=str(keys[0]), n="1").status_code == 302
    session.rollback()
    assert session.scalar(select(GeneralFile)) is None


def test_questions_of_another_round_are_not_found_here(app, client, session):
    where = begun(session)
    other = build.draft(session, where.city, slug="2027", year=2027, title="Putaran 2027")
    session.commit()
    (strange,) = asked(session, Round(where.city, other, other.slug, where.subject), "Asing?")
    entry = as_(client, session, where, "round_manager")
    assert entry.get(answers(where, strange)).status_code == 404
    assert send(entry, answers(where, strange), answers(where), text="x").status_code == 404
    assert send(entry, f"{questions(where)}/{strange}/naik", questions(where)).status_code == 404
    assert entry.get(answers(where) + "/99999999999999").status_code == 404


def test_after_sending_all_stands_still_and_the_panel_reads_text_and_files(app, client, session):
    where = begun(session)
    outside = build.outsiders(session)
    (one,) = asked(session, where)
    assessment, by = build.ready_to_send(session, where.city, where.period), where.city.actor("round_manager")
    general_questions.answer(general_questions.asked_of(session, assessment)[0], assessment, "Jawaban terkirim.", 0, by)
    version = carried(app, session, where)
    general_questions.attach(general_questions.asked_of(session, assessment)[0], assessment, version, by)
    moment = build.datetime.now(build.UTC)
    build.sharing.set_stage(where.period, "document", moment - build.timedelta(days=1), moment + build.timedelta(days=20))
    file = f"/bukti/{version.document_id}/1/berkas"
    session.commit()
    assessor = build.sign_in(app.test_client(), session, outside.people["assessor"])
    assert assessor.get(answers(where)).status_code == 404
    attesting.send(assessment, where.city.actor("responsible_officer"))
    build.seat_panel(session, where.city, outside, assessment)
    session.commit()
    entry = as_(client, session, where, "round_manager")
    assert "Simpan jawaban" not in entry.get(answers(where, one)).get_data(as_text=True)
    assert send(entry, answers(where, one), text="Diam-diam.").status_code == 409
    assert send(entry, questions(where), text="Pertanyaan baru?").status_code == 409
    receipt = entry.get(f"{where.base}/tanda-terima").get_data(as_text=True)
    assert "Jawaban terkirim." in receipt and "1 dari 1 pertanyaan umum dijawab" in receipt and version.document.title in receipt
    page = assessor.get(answers(where))
    assert page.status_code == 200 and "Jawaban terkirim." in page.get_data(as_text=True)
    with assessor.get(file) as opened:
        assert opened.get_data() == b"%PDF-instansi"
    off = build.sign_in(app.test_client(), session, outside.people["assessor_off"])
    assert off.get(answers(where)).status_code == 404 and off.get(file).status_code == 404


def test_pages_ask_as_much_for_twenty_questions_as_for_one(app, client, session):
    where = begun(session)
    asked(session, where)
    manager = as_(client, session, where, "round_manager")
    pages = (questions(where), answers(where))
    counts = []
    for more in (0, 19):
        if more:
            asked(session, where, *(f"Pertanyaan {at}?" for at in range(more)))
        for page in pages:
            manager.get(page)
            with statements() as seen:
                manager.get(page)
            counts.append(len(seen))
    assert counts[:2] == counts[2:] and max(counts) <= 10, counts
    (first, *_rest) = [question.id for question in general_questions.questions_of(session, where.period)]
    sent = hidden(manager, answers(where, first), answers(where, first))
    with statements() as saving:
        assert manager.post(answers(where, first), data=sent | {"text": "Jawaban."}).status_code == 302
    assert len(saving) <= 14, saving
