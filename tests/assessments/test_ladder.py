"""The ladder of one item: it names the gap, and says in one sentence why a claim is this level and not the next."""

from fractions import Fraction

import pytest

from assessments.instruments import load
from assessments.ladder import ladder_of

PACK = load("permenpanrb-59-2020")
ITEM = PACK.item("I12")


def steps(chosen: int | None, **proofs: str):
    named = {int(level[1:]): codes.split() for level, codes in proofs.items()}
    return ladder_of(ITEM, None if chosen is None else Fraction(chosen), named)


@pytest.mark.parametrize(
    ("chosen", "proofs", "carried", "gaps", "idle"),
    [
        (None, {}, 1, (), ()),
        (1, {}, 1, (), ()),
        (2, {"l2": "12.a"}, 2, (), ()),
        (3, {"l2": "12.a", "l3": "12.a 12.b"}, 3, (), ()),
        (4, {"l2": "12.a", "l4": "12.c"}, 2, (3,), ("12.c",)),
        (4, {"l2": "12.a", "l4": "12.a 12.c"}, 2, (3,), ("12.c",)),
        (5, {"l3": "12.b", "l4": "12.b", "l5": "12.b"}, 1, (2,), ("12.b",)),
        (2, {"l2": "12.a", "l3": "12.b"}, 3, (), ()),
    ],
)
def test_a_level_counts_only_when_each_one_below_has_proof(chosen, proofs, carried, gaps, idle):
    found = steps(chosen, **proofs)
    assert (found.carried, found.gaps, found.idle) == (carried, gaps, idle)


def test_the_sentence_says_why_two_and_not_three():
    found = steps(2, l2="12.a")
    assert found.sentence.startswith("Tingkat 2 dan belum 3, karena belum ada bukti untuk kriteria tingkat 3 (")
    assert ITEM.criteria[3][:40] in found.sentence


@pytest.mark.parametrize(
    ("chosen", "proofs", "words"),
    [
        (None, {}, "Belum ada tingkat yang dipilih dan belum ada bukti"),
        (None, {"l2": "12.a"}, "menunjang sampai tingkat 2"),
        (4, {"l2": "12.a", "l4": "12.b"}, "Tingkat 4 dipilih, tetapi bukti baru menunjang sampai tingkat 2: tingkat 3 belum"),
        (4, {}, "tingkat 2, 3 dan 4 belum ditunjang bukti"),
        (2, {"l2": "12.a", "l3": "12.a"}, "padahal bukti yang ditandai menunjang sampai tingkat 3"),
        (5, {f"l{n}": "12.a" for n in (2, 3, 4, 5)}, "tidak ada tingkat di atasnya"),
    ],
)
def test_every_case_has_one_sentence(chosen, proofs, words):
    sentence = steps(chosen, **proofs).sentence
    assert words in sentence
    assert sentence.endswith(".") and sentence.count(". ") == 0


def test_a_decimal_scale_climbs_by_its_bands():
    item = next(item for item in load("permenpanrb-8-2026").items if item.scale.kind == "decimal")
    lowest, second = (level.value for level in item.scale.levels[:2])
    found = ladder_of(item, item.scale.levels[1].min, {})
    assert (found.chosen, found.carried, found.gaps) == (second, lowest, (second,))


def test_a_long_criterion_is_cut_between_words():
    sentence = steps(2, l2="12.a").sentence
    assert len(sentence) < 300
