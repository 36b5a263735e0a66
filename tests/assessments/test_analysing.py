"""What is proposed for S60 follows the order the guidance gives (Pedoman 3/2024 p.224-227)."""

from fractions import Fraction

from assessments.analysing import aspects, proposed_aspect, proposed_conclusion, split
from assessments.comparing import Reason
from assessments.instruments import load
from assessments.scoring import score

PACK = load("permenpanrb-59-2020")


def why(words: str, moved: str = "") -> Reason:
    return Reason("document", Fraction(1), "", f"Fakta {words}.", "", f"Alasan {words}.", moved)


def values(**levels) -> dict[str, Fraction]:
    return {item.code: Fraction(levels.get(item.code, 3)) for item in PACK.items}


def test_each_aspect_once_in_the_order_of_the_instrument():
    assert [node.number for node in aspects(PACK)] == [str(n) for n in range(1, 9)]


def test_fulfilment_names_levels_2_to_5_strengths_4_and_5_downwards_weaknesses_1_and_2_upwards():
    node = aspects(PACK)[0]
    found = values(I01=1, I02=2, I03=3, I04=4, I05=5, I06=4, I07=2, I08=1)
    fulfilled, strong, weak = split(node.items, found)
    assert [item.code for item in strong] == ["I05", "I04", "I06"]
    assert [item.code for item in weak] == ["I01", "I08", "I02", "I07"]
    assert {"I01", "I08"}.isdisjoint({item.code for item in fulfilled}) and len(fulfilled) == 8
    assert not {"I03", "I09", "I10"} & {item.code for item in (*strong, *weak)}, "level 3 is neither"


def test_strengths_carry_the_facts_and_weaknesses_the_reason_of_the_judgement():
    node = aspects(PACK)[0]
    text = proposed_aspect(
        node, values(I05=5, I01=1, I02=2), {"I05": why("lima"), "I01": why("satu", "Diubah sesudah reviu."), "I02": why("dua")}
    )
    assert "Fakta lima.\nAlasan lima." in text.strengths and "tingkat 5" in text.strengths
    assert "Alasan dua.\nFakta dua." in text.weaknesses, "facts and reasons of each (Pedoman 3/2024 p.224-226)"
    assert "Diubah sesudah reviu." in text.weaknesses and "Alasan satu." not in text.weaknesses
    assert text.fulfilment.count("\n") == 8


def test_an_aspect_of_threes_has_neither_strength_nor_weakness():
    text = proposed_aspect(aspects(PACK)[1], values(), {})
    assert text.strengths.startswith("Belum ada") and text.weaknesses.startswith("Tidak ada")


def test_the_conclusion_names_the_highest_and_the_lowest_mean_and_advises_below_baik():
    node = aspects(PACK)[2]
    low = {item.code: Fraction(1) for item in PACK.items} | {item.code: Fraction(5) for item in node.items}
    text = proposed_conclusion(PACK, "Kota Contoh", score(PACK, low), low, "exact")
    assert f"{node} {node.name} memiliki nilai rata-rata tertinggi, 5,00." == text.strength
    assert "terendah, 1,00." in text.weakness and text.advice.startswith("Saran perbaikan menurut prioritas")
    high = values(**{item.code: 4 for item in PACK.items})
    assert proposed_conclusion(PACK, "Kota Contoh", score(PACK, high), high, "exact").advice.startswith("Apresiasi")
