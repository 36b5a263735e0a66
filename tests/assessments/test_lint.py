"""What the rules find wrong with an answer, each on an answer that is fine but for that."""

from fractions import Fraction

import pytest

from assessments import answering, lint, workflow
from tests import builders as build


@pytest.fixture
def answer(session):
    """Item 12 at level 3, its levels proved by two documents that are described in full."""
    city = build.city(session)
    period = build.opened(session, city)
    by = city.actor("operator")
    made = build.contribution(session, period, city.agencies["bappeda"], "I12")
    answering.answer(made, by, Fraction(3), "Lihat 12.a dan 12.b.", "Memenuhi.", made.version)
    for n, levels in ((1, [2]), (2, [3])):
        version = build.document(session, city.agencies["bappeda"], by, f"%PDF-{n}".encode())
        answering.describe(version, number=f"{n}/2024", dated=build.day(), effective_on=build.day(), signatory="Wali Kota")
        version.blob.reading_state, version.blob.pages = "readable", 40
        answering.cite(made, version, by, levels, "hlm. 5-8")
    session.flush()
    session.refresh(made)
    return made


def rules(answer) -> list[str]:
    return [finding.rule for finding in lint.findings(answer)]


def only(answer, rule: str) -> lint.Finding:
    found = lint.findings(answer)
    assert [finding.rule for finding in found] == [rule]
    return found[0]


def test_a_sound_answer_has_no_finding(answer):
    assert rules(answer) == []
    assert lint.carried_level(answer) == 3


def test_what_keeps_an_item_from_being_ready_is_said_in_the_same_words(answer):
    answer.facts = answer.analysis = ""
    answer.value = None
    found = [finding for finding in lint.findings(answer) if finding.weight == "must"]
    assert [finding.sentence for finding in found] == workflow.missing_parts(answer)
    assert [finding.place for finding in found] == ["value", "facts", "analysis"]


def test_a_level_without_any_evidence_is_a_must(session, answer):
    for citation in list(answer.citations):
        session.delete(citation)
    session.flush()
    session.expire(answer, ["citations"])
    assert only(answer, "missing_part").place == "evidence"
    answer.value = Fraction(1)
    assert rules(answer) == [], "the lowest level is proved by nothing"


def test_a_chosen_level_that_no_evidence_names(answer):
    answer.value = Fraction(4)
    assert only(answer, "no_evidence_at_level").sentence == "Belum ada bukti yang ditandai menunjang tingkat 4."


def test_a_gap_below_the_chosen_level(answer):
    answer.citations[0].levels = [3]
    assert only(answer, "gap_below").sentence == "Tingkat 2 di bawahnya belum ditunjang bukti mana pun."
    assert lint.carried_level(answer) == 1


@pytest.mark.parametrize("state", ["locked", "broken"])
def test_a_file_that_cannot_be_opened(answer, state):
    answer.citations[1].cited.blob.reading_state = state
    finding = only(answer, "unreadable_file")
    assert finding.sentence.startswith("12.b ") and finding.place == f"citation:{answer.citations[1].id}"
    assert finding.label == "Penting"


def test_pages_that_are_not_given(answer):
    answer.citations[0].locator = ""
    assert "40 halaman" in only(answer, "pages_not_given").sentence
    answer.citations[0].cited.blob.pages = 1
    assert rules(answer) == [], "one page needs no number"


def test_a_document_without_number_or_date(answer):
    version = answer.citations[0].cited
    version.number = version.dated = None
    assert only(answer, "undated_document").sentence == "12.a belum diberi nomor dan tanggal dokumen."
    version.document.kind = "screenshot"
    assert rules(answer) == [], "a screenshot has no number"


def test_a_document_that_is_no_longer_or_not_yet_in_force(answer):
    answer.citations[0].cited.valid_until = build.day(-2)
    assert only(answer, "not_in_force").sentence == "12.a sudah tidak berlaku."
    answer.citations[0].cited.valid_until = None
    answer.citations[0].cited.effective_on = build.day(3)
    assert only(answer, "not_in_force").sentence == "12.a belum berlaku."


def test_evidence_that_the_facts_do_not_mention(answer):
    answer.facts = "Lihat 12.a."
    assert only(answer, "unmentioned_evidence").sentence == "Fakta belum menyebut 12.b."
    answer.facts = "Tanpa kode rujukan sama sekali."
    assert rules(answer) == []


def test_the_heaviest_finding_comes_first(answer):
    answer.analysis = ""
    answer.citations[0].locator = ""
    answer.citations[1].cited.blob.reading_state = "locked"
    assert [finding.label for finding in lint.findings(answer)] == ["Wajib", "Penting", "Saran"]
