"""Pages of evidence are found by their words: the same answers on both engines, only among what is allowed."""

from pathlib import Path

import pytest
import yaml
from sqlalchemy import func, select

from assessments import library
from assessments.canonical import digest
from assessments.models import Blob, PageText
from assessments.page_search import MOST, NO_WORDS, TOO_LONG, ReadPage, forget_pages, pages_meeting, remember_pages
from assessments.page_words import asked_of_pages, page_roots, snippet

FIXED = yaml.safe_load((Path(__file__).parent / "page_questions.yaml").read_text(encoding="utf-8"))
HOSTILE = ("%", "_", "' OR 1=1--", '"', "'", "(", "a*", "NEAR(a b)", "-x", "&|!:*", "\x00", "a\x00b", "\\", "{", "😀" * 80, "OR", "AND",
           "NOT risiko", "^risiko", "words : risiko", '"; DROP TABLE page_text', "\u202e", "٣", "risiko:*", "risiko <-> data", "ß" * 200)


def named(name: str) -> str:
    return digest(name.encode())


def keep(session, pages=None) -> None:
    for name, texts in (pages or FIXED["pages"]).items():
        library.remember_blob(session, named(name), 10, "application/pdf")
        session.flush()
        remember_pages(session, named(name), [ReadPage(n, text, " ".join(page_roots(text))) for n, text in enumerate(texts, 1)])


def everything():
    return select(Blob.sha256)


def answers(session, question: str, allowed=None) -> list[str]:
    names = {named(name): name for name in FIXED["pages"]}
    found = pages_meeting(session, everything() if allowed is None else allowed, question)
    return [f"{names[hit.sha256]} {hit.page}" for hit in found.hits]


def test_the_fixed_questions_have_the_same_answers_on_both_engines(session):
    keep(session)
    assert {question: answers(session, question) for question in FIXED["questions"]} == FIXED["questions"]


@pytest.mark.parametrize("question", HOSTILE, ids=range(len(HOSTILE)))
def test_no_question_can_be_an_order_to_the_engine(session, question):
    keep(session)
    found = pages_meeting(session, everything(), question)
    assert found.fault in ("", NO_WORDS) and session.scalar(select(func.count(PageText.id))) == 11


def test_a_question_that_is_too_long_or_says_nothing_is_told_so_without_asking_the_database():
    assert pages_meeting(None, everything(), "a" * 4000).fault == TOO_LONG
    assert pages_meeting(None, everything(), "?!").fault == NO_WORDS
    assert pages_meeting(None, everything(), " \x00 ").fault == ""


def test_only_allowed_files_are_searched_and_quarantined_ones_never(session):
    keep(session)
    only = select(Blob.sha256).where(Blob.sha256 == named("notula"))
    assert answers(session, "risiko", only) == ["notula 2"]
    session.get_one(Blob, named("notula")).scan_state = "quarantined"
    session.flush()
    assert answers(session, "risiko", only) == [] and answers(session, "risiko") == ["perwali 4"]


def test_what_was_kept_is_replaced_and_forgotten_as_a_whole(session):
    keep(session)
    remember_pages(session, named("notula"), [ReadPage(1, "Angin", "angin")])
    assert answers(session, "risiko") == ["perwali 4"] and answers(session, "angin") == ["notula 1"]
    forget_pages(session, named("notula"))
    assert answers(session, "angin") == []


def test_a_scan_is_kept_as_read_with_a_page_that_says_nothing(session):
    keep(session)
    rows = session.execute(select(PageText.page, PageText.words).where(PageText.sha256 == named("pindai"))).all()
    assert rows == [(1, "")]


def test_of_too_many_pages_the_first_are_ordered_and_it_is_said(session):
    keep(session, {"panjang": ["Risiko layanan"] * (MOST + 5)})
    found = pages_meeting(session, everything(), "risiko")
    assert found.more and [hit.page for hit in found.hits] == list(range(1, MOST + 1))


def test_a_snippet_marks_the_words_and_keeps_to_its_length():
    text = "Awal. " * 200 + "Manajemen <b>risiko</b> dan Pendaftaran layanan" + " akhir" * 200
    pieces = snippet(text, asked_of_pages("mendaftar risiko"))
    assert [piece.text for piece in pieces if piece.hit] == ["risiko", "Pendaftaran"]
    shown = "".join(piece.text for piece in pieces)
    assert shown.startswith("… ") and shown.endswith(" …") and len(shown) < 330
    assert "".join(piece.text for piece in snippet("Pendek saja", asked_of_pages("saja"))) == "Pendek saja"
    assert snippet("", asked_of_pages("saja")) == []


def test_idle_words_ask_only_where_there_is_nothing_else():
    assert [one.root for one in asked_of_pages("sistem informasi")] == page_roots("sistem informasi")
    assert [one.root for one in asked_of_pages("sistem informasi keamanan")] == page_roots("keamanan")
