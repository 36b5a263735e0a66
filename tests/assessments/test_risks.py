"""What the head is pointed at before vouching."""

from fractions import Fraction

import pytest

from assessments import risks
from assessments.attesting import contributions_of
from assessments.history import Before
from assessments.models import Citation
from tests import builders

ITEMS = tuple(f"I{n:02}" for n in range(1, 9))


@pytest.fixture
def part(session):
    where = builders.city(session)
    made = builders.ready(session, where, builders.opened(session, where, items=ITEMS), items=ITEMS)
    for contribution in contributions_of(made):
        prove(session, where, contribution)
    session.flush()
    return made


def prove(session, where, contribution):
    """A second piece of evidence, and everything dated: nothing is left to point at."""
    more = builders.document(session, where.agencies["bappeda"], where.actor("operator"), contribution.item.encode())
    session.add(Citation(cited=more, contribution=contribution, letter="b", levels=[2, 3], locator="hlm. 1"))
    session.flush()
    for citation in contribution.citations:
        citation.cited.number, citation.cited.dated = "1 Tahun 2024", builders.SINCE


def before(**values):
    return Before("Penilaian 2025", 2025, {code: Fraction(value) for code, value in values.items()}, {})


def named(part, earlier=None):
    return {concern.item.code: concern for concern in risks.concerns(contributions_of(part), earlier)}


def test_a_sound_part_that_did_not_move_points_at_nothing(part):
    assert named(part) == {}
    assert named(part, before(**dict.fromkeys(ITEMS, 3))) == {}


def test_the_five_biggest_rises_are_named_the_biggest_first(part):
    then = dict(zip(ITEMS, [1, 2, 1, 2, 2, 2, 3, 2], strict=True))
    found = risks.concerns(contributions_of(part), before(**then))
    assert [c.item.code for c in found] == ["I01", "I03", "I02", "I04", "I05"]
    assert found[0].sentences == ("Naik dari 1 ke 3.",) and found[0].look is risks.SOUND


def test_the_two_highest_levels_of_a_scale_are_named(session, part):
    for contribution, value in zip(contributions_of(part), (4, 5, 3), strict=False):
        contribution.value = Fraction(value)
        contribution.citations[0].levels = [2, 3, 4, 5]
    session.flush()
    assert set(named(part)) == {"I01", "I02"}


def test_one_piece_of_evidence_above_the_lowest_level_is_thin(session, part):
    first, second = contributions_of(part)[:2]
    session.delete(first.citations[1])
    session.delete(second.citations[1])
    second.value = Fraction(1)
    session.flush()
    found = named(part)
    assert set(found) == {"I01"} and found["I01"].look is risks.THIN
    assert "Tingkat 3 ditunjukkan oleh satu bukti saja." in found["I01"].sentences


def test_a_level_with_no_evidence_at_all_comes_first(session, part):
    last = contributions_of(part)[-1]
    for citation in list(last.citations):
        session.delete(citation)
    session.flush()
    found = risks.concerns(contributions_of(part), before(I01=1))
    assert [c.item.code for c in found] == ["I08", "I01"] and found[0].look is risks.UNPROVED
    assert "Tingkat 3 tanpa satu bukti pun." in found[0].sentences


def test_the_lowest_level_needs_no_evidence(session, part):
    first = contributions_of(part)[0]
    first.value = Fraction(1)
    for citation in list(first.citations):
        session.delete(citation)
    session.flush()
    assert named(part) == {}


def test_what_cannot_be_opened_or_is_undated_is_said(session, part):
    first, second = contributions_of(part)[:2]
    first.citations[0].cited.blob.reading_state = "locked"
    second.citations[0].cited.dated = None
    session.flush()
    found = named(part)
    assert found["I01"].look is risks.UNREADABLE and found["I02"].look is risks.THIN
    assert any("tidak dapat dibuka" in sentence for sentence in found["I01"].sentences)
    assert any("tanggal" in sentence for sentence in found["I02"].sentences)


def test_the_part_beside_the_round_before_in_one_sentence(part):
    assert risks.compared(contributions_of(part), None) is None
    then = before(I01=2, I02=3, I03=4)
    assert risks.compared(contributions_of(part), then).sentence == (
        "Dibanding Penilaian 2025: 1 naik, 1 tetap, 1 turun, 5 belum punya nilai sebelumnya."
    )


def test_a_settled_result_goes_before_the_claim_of_that_round(part):
    then = Before("Penilaian 2025", 2025, {"I01": Fraction(4)}, {"I01": Fraction("2.5")})
    assert named(part, then)["I01"].sentences[0] == "Naik dari 2,50 ke 3."
