"""Packs: what ships loads and adds up, what is faulty is refused with everything that is wrong."""

import copy
import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.instruments import BadPack, available, check, from_canonical, load
from assessments.instruments.loading import canonical_bytes
from assessments.refusal import Refused

EVERY_EDITION = [(key, edition) for key, editions, _ in available() for edition in editions]


@pytest.fixture(params=EVERY_EDITION, ids=["/".join(pair) for pair in EVERY_EDITION])
def instrument(request):
    return load(*request.param)


@pytest.fixture
def document():
    return json.loads(load("permenpanrb-59-2020").canonical())


def complaints_of(document):
    with pytest.raises(BadPack) as refusal:
        check(document)
    return refusal.value.complaints


def item_of(document, code):
    def search(raws):
        for raw in raws:
            found = raw if raw["code"] == code else search(raw.get("children", []))
            if found:
                return found
        return None

    return search(document["tree"])


def test_three_packs_ship_with_their_editions_oldest_first():
    assert [(key, editions) for key, editions, _ in available()] == [
        ("permenpanrb-5-2018", ["5-2018"]),
        ("permenpanrb-59-2020", ["59-2020", "pedoman-3-2024"]),
        ("permenpanrb-8-2026", ["rancangan-2026"]),
    ]


def test_the_newest_guidance_is_taken_when_none_is_named():
    assert load("permenpanrb-59-2020").guidance == "pedoman-3-2024"


@pytest.mark.parametrize("key", ["", "permenpanrb-1-1999", "../permenpanrb-59-2020", "permenpanrb-59-2020/", "."])
def test_an_unknown_instrument_is_refused_with_the_known_ones(key):
    with pytest.raises(Refused, match="yang tersedia: permenpanrb-5-2018, permenpanrb-59-2020"):
        load(key)


def test_an_unknown_guidance_edition_is_refused_with_the_known_ones():
    with pytest.raises(Refused, match="yang tersedia: 59-2020, pedoman-3-2024"):
        load("permenpanrb-59-2020", "pedoman-6-2023")


def test_weights_add_up_exactly_at_every_tier(instrument):
    assert sum(root.weight for root in instrument.roots) == instrument.total == 100
    for node in instrument.nodes():
        assert sum(child.weight for child in node.children) == node.weight, str(node)
    assert sum(item.weight for item in instrument.items) == instrument.total


def test_every_item_knows_its_path_and_every_code_is_used_once(instrument):
    codes = [node.code for node in instrument.nodes()] + [item.code for item in instrument.items]
    assert len(set(codes)) == len(codes)
    for item in instrument.items:
        assert tuple(node.kind for node in item.path) == instrument.tiers[:-1]
        assert item in item.path[-1].children and item in item.path[0].items
        assert instrument.item(item.code) is item


def test_numbers_of_the_shipped_packs():
    counts = {
        key: (len(load(key).nodes("domain")), len(load(key).nodes("aspect")), len(load(key).items))
        for key, _, _ in available()
    }
    assert counts == {
        "permenpanrb-5-2018": (3, 7, 37),
        "permenpanrb-59-2020": (4, 8, 47),
        "permenpanrb-8-2026": (0, 7, 20),
    }


def test_an_indicator_answered_three_times_has_three_slots_of_a_third_each():
    slots = [item for item in load("permenpanrb-5-2018").items if item.indicator == "35"]
    assert [(slot.code, slot.number, slot.weight) for slot in slots] == [
        ("I35", "35", Fraction(10, 3)),
        ("I35-2", "35-2", Fraction(10, 3)),
        ("I35-3", "35-3", Fraction(10, 3)),
    ]
    assert len({slot.short_name for slot in slots}) == 3


def test_short_names_leave_out_what_all_names_repeat():
    item = load("permenpanrb-59-2020").item("I12")
    assert item.name == "Tingkat Kematangan Peta Rencana SPBE Instansi Pusat/Pemerintah Daerah"
    assert item.short_name == "Peta Rencana SPBE"


def test_an_unknown_item_code_is_a_key_error(instrument):
    with pytest.raises(KeyError):
        instrument.item("I99")


def test_the_older_edition_has_criteria_only_and_the_newer_fulfilment_and_evidence_too():
    for item in load("permenpanrb-59-2020", "59-2020").items:
        assert sorted(item.criteria) == [1, 2, 3, 4, 5]
        assert not item.fulfilment and not item.evidence and not item.unverified
    for item in load("permenpanrb-59-2020", "pedoman-3-2024").items:
        assert sorted(item.criteria) == sorted(item.fulfilment) == sorted(item.evidence) == [1, 2, 3, 4, 5]
        assert item.explanation and item.typical_owners


def test_a_criterion_that_the_guidance_changed_differs_between_editions():
    older, newer = (load("permenpanrb-59-2020", edition).item("I22") for edition in ("59-2020", "pedoman-3-2024"))
    assert "Risiko SPBE" in older.criteria[3] and "Risiko SPBE" not in newer.criteria[3]
    assert "Risiko SPBE" not in older.criteria[4] and "Risiko SPBE" in newer.criteria[4]


def test_sources_name_the_pages_of_both_texts():
    item = load("permenpanrb-59-2020").item("I12")
    assert item.source == "PermenPANRB 59/2020 hlm. 42; Pedoman Menteri PANRB 3/2024 hlm. 53-56"


def test_words_from_a_draft_are_marked_and_a_missing_criterion_is_missing():
    pack = load("permenpanrb-8-2026")
    assert pack.unverified and all(item.unverified for item in pack.items)
    assert pack.item("I20").without_criterion == (5,)
    assert "BELUM ADA" not in pack.canonical().decode()
    assert load("permenpanrb-5-2018").item("I25").without_criterion == (0, 1, 2, 3, 4, 5)
    assert not load("permenpanrb-59-2020").unverified


def test_values_that_lean_on_another_body_name_it():
    named = {item.number: item.external_index for item in load("permenpanrb-8-2026").items if item.external_index}
    assert sorted(named, key=int) == ["5", "6", "7", "10", "11", "12", "18"]
    assert (named["7"].key, named["7"].owner) == ("ips", "BPS")


def test_predicate_bands_of_59_2020_begin_at_their_lower_bound():
    pack = load("permenpanrb-59-2020")
    expected = {
        "1": "Kurang",
        "1.7999": "Kurang",
        "1.8": "Cukup",
        "2.59": "Cukup",
        "2.6": "Baik",
        "2.98": "Baik",
        "3.4999": "Baik",
    }
    expected |= {"3.5": "Sangat Baik", "4.13": "Sangat Baik", "4.2": "Memuaskan", "4.23": "Memuaskan", "5": "Memuaskan"}
    assert {index: pack.predicate(Fraction(index)).name for index in expected} == expected
    assert [band.n for band in pack.bands] == [1, 2, 3, 4, 5]


def test_the_shown_index_decides_only_when_the_rule_says_so():
    pack = load("permenpanrb-59-2020")
    assert pack.predicate(Fraction("3.4975")).name == "Baik"
    assert pack.predicate(Fraction("3.4975"), "shown").name == "Sangat Baik"
    with pytest.raises(ValueError):
        pack.predicate(Fraction(3), "rounded")
    with pytest.raises(ValueError):
        pack.predicate(Fraction("5.01"))


def test_bands_of_8_2026_differ_from_those_of_59_2020():
    assert load("permenpanrb-8-2026").predicate(Fraction(4)).name == "Memuaskan"
    assert load("permenpanrb-59-2020").predicate(Fraction(4)).name == "Sangat Baik"


def test_a_kept_copy_comes_back_as_the_same_instrument(instrument):
    again = from_canonical(instrument.canonical())
    assert again.canonical() == instrument.canonical() and again.sha256 == instrument.sha256
    assert [item.criteria for item in again.items] == [item.criteria for item in instrument.items]
    assert [item.weight for item in again.items] == [item.weight for item in instrument.items]
    assert (
        again.bands == instrument.bands
        and again.scales == instrument.scales
        and again.unverified == instrument.unverified
    )


def test_the_hash_does_not_depend_on_the_order_of_keys(instrument):
    turned = dict(reversed(json.loads(instrument.canonical()).items()))
    assert from_canonical(canonical_bytes(turned)).sha256 == instrument.sha256


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b"null", b"{}", b"[" * 100_000], ids=repr)
def test_bytes_that_are_no_pack_are_refused(content):
    with pytest.raises(BadPack):
        from_canonical(content)


def test_missing_words_are_allowed_and_marked(document):
    del document["words"]["I07"]["criteria"]["5"]
    del document["words"]["I08"]
    pack = from_canonical(canonical_bytes(document))
    assert pack.item("I07").unverified and pack.item("I07").without_criterion == (5,)
    assert pack.item("I08").unverified and pack.unverified
    assert not pack.item("I09").unverified


def test_a_faulty_pack_says_everything_that_is_wrong_at_once(document):
    item_of(document, "I01")["weight"] = "1.31"
    del item_of(document, "I12")["weight"]
    item_of(document, "I40")["code"] = "I41"
    item_of(document, "I05")["scale"] = "layanan"
    item_of(document, "D4")["weight"] = "45.51"
    document["bands"][0]["min"] = "4.30"
    document["bands"][2]["max"] = "3.60"
    document["bands"][4]["name"] = "Cukup"
    del document["scales"]["process"]["levels"][2]
    document["scales"]["service"]["levels"][0]["name"] = ""
    document["words"]["I99"] = {}
    document["words"]["I02"]["criteria"]["7"] = "Tidak ada tingkat ini."
    complaints = "\n".join(complaints_of(document))
    for fault in (
        "A1: jumlah bobot di bawahnya 1301/100, seharusnya 13",
        "I12: bobot tidak ada",
        "I41: kode dipakai dua kali",
        "I05: skala “layanan” tidak dikenal",
        "D4: jumlah bobot di bawahnya 91/2, seharusnya 4551/100",
        "paket: jumlah bobot di bawahnya 10001/100, seharusnya 100",
        "predikat: ada celah antara Sangat Baik (sampai 21/5) dan Memuaskan (mulai 43/10)",
        "predikat: bertumpang tindih: Baik (sampai 18/5) dan Sangat Baik (mulai 7/2)",
        "predikat: Cukup tertulis dua kali",
        "skala process: ada celah antara tingkat 2 dan 4",
        "skala service: tingkat 1 tidak bernama",
        "panduan I99: butir ini tidak ada",
        "panduan I02: criteria menyebut tingkat “7”",
    ):
        assert fault in complaints


def test_gaps_and_overlaps_between_level_bands_are_refused():
    document = json.loads(load("permenpanrb-8-2026").canonical())
    levels = document["scales"]["maturity"]["levels"]
    levels[1]["min"], levels[3]["min"], levels[4]["max"] = "1.51", "3.40", None
    complaints = "\n".join(complaints_of(document))
    assert "tingkat 5 tidak mempunyai batas" in complaints
    levels[4]["max"] = "5.00"
    complaints = "\n".join(complaints_of(document))
    assert "ada celah antara tingkat 1 (sampai 3/2) dan tingkat 2 (mulai 151/100)" in complaints
    assert "bertumpang tindih: tingkat 3 (sampai 7/2) dan tingkat 4 (mulai 17/5)" in complaints


@pytest.mark.parametrize("weight", [1.3, "1,30", "", None, "0", "-1.30", "1.3%", True, "nan", "1/0", []], ids=repr)
def test_a_weight_that_is_not_written_exactly_is_refused(document, weight):
    item_of(document, "I01")["weight"] = weight
    assert any(line.startswith("I01: bobot tidak ada atau tidak ditulis eksak") for line in complaints_of(document))


def test_bands_must_reach_from_the_smallest_to_the_largest_index(document):
    document["bands"][-1]["min"], document["bands"][0]["max"] = "0.00", "4.90"
    assert {"predikat: seharusnya mulai 1, tertulis 0", "predikat: seharusnya sampai 5, tertulis 49/10"} <= set(
        complaints_of(document)
    )


ODD = st.sampled_from([None, True, -1, 3, 2.5, "", "x", [], {}, [[]], {"a": 1}])


@given(st.data())
def test_a_pack_with_any_part_replaced_is_sound_or_refused_never_a_crash(data):
    document = copy.deepcopy(SMALL)
    holder = document
    while True:
        places = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        place = data.draw(st.sampled_from(places))
        inner = holder[place]
        if not isinstance(inner, (dict, list)) or not inner or data.draw(st.booleans()):
            holder[place] = data.draw(ODD)
            break
        holder = inner
    try:
        from_canonical(canonical_bytes(document))
    except BadPack as refusal:
        assert refusal.complaints


SMALL = {
    "key": "contoh",
    "title": "Contoh",
    "index_name": "Indeks",
    "legal_basis": ["Contoh"],
    "notes": ["Contoh"],
    "tiers": [{"kind": "aspect", "label": "Aspek"}, {"kind": "indicator", "label": "Indikator"}],
    "repeated": {"prefix": "Tingkat ", "suffix": ""},
    "scales": {
        "whole": {"kind": "levels", "levels": [{"value": 1, "name": "Satu"}, {"value": 2, "name": "Dua"}]},
        "part": {
            "kind": "decimal",
            "decimals": 2,
            "levels": [
                {"value": 1, "name": "Satu", "min": "1.00", "max": "1.50"},
                {"value": 2, "name": "Dua", "min": "1.50", "max": "2.00"},
            ],
        },
    },
    "bands": [{"name": "Rendah", "min": "1", "max": "1.5"}, {"name": "Tinggi", "min": "1.5", "max": "2"}],
    "total": "100",
    "tree": [
        {
            "code": "A1",
            "number": "1",
            "name": "Aspek",
            "weight": "100",
            "children": [
                {"code": "I1", "number": "1", "name": "Tingkat satu", "weight": "100/3", "scale": "whole", "page": "1"},
                {
                    "code": "I2",
                    "number": "2",
                    "name": "Tingkat dua",
                    "weight": "200/3",
                    "scale": "part",
                    "indicator": "2",
                },
            ],
        }
    ],
    "edition": {"key": "satu", "title": "Satu", "since": "2024-01-01", "unverified": False},
    "words": {
        "I1": {"criteria": {"1": "Ada."}, "evidence": {"1": ["Berkas"]}, "notes": ["Catatan"], "explanation": "Teks"}
    },
    "owners": {"I1": ["Diskominfo"]},
}


def test_the_small_pack_is_sound_so_that_what_is_tried_on_it_means_something():
    assert [item.short_name for item in from_canonical(canonical_bytes(SMALL)).items] == ["satu", "dua"]
