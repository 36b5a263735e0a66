"""Each rule of the remarks: an answer that makes it speak, and the nearest one that does not."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from assessments import answering, lint
from assessments.clock import day_of
from assessments.lint.dates import reference_day, years_before
from assessments.lint.declaring import FILES, declared
from assessments.lint.drafts import names_a_draft, opens_as_draft
from assessments.models import LinkCheck
from tests import builders as build


@pytest.fixture
def town(session):
    city = build.city(session)
    return city, build.opened(session, city, items=("I01", "I03", "I11", "I12", "I18", "I21", "I29", "I33"))


@pytest.fixture
def answer(session, town):
    return lambda item="I12", value=2: sound(session, town, item, value)


def sound(session, town, item: str, value: int):
    """An answer on which no rule speaks: every level above the lowest is proved by a new report of its own."""
    city, period = town
    by, agency = city.actor("operator"), city.agencies["bappeda"]
    made = build.contribution(session, period, agency, item)
    answering.answer(made, by, Fraction(value), "Dokumen terlampir.", "Memenuhi.", made.version)
    for level in range(2, value + 1):
        version = build.document(session, agency, by, f"%PDF-{item}-{level}".encode())
        version.document.kind, version.document.title = "report", f"Laporan {level}"
        version.blob.reading_state, version.blob.pages, version.blob.text_layer = "readable", 9, True
        answering.describe(version, number=f"{level}/2026", dated=reference_day(period) - timedelta(days=90),
                           effective_on=None, signatory="Kepala")
        answering.cite(made, version, by, [level], "hlm. 5")
    session.flush()
    session.refresh(made)
    return made


def rules(answer) -> list[str]:
    return [finding.rule for finding in lint.findings(answer)]


def only(answer, rule: str) -> lint.Finding:
    found = lint.findings(answer)
    assert [finding.rule for finding in found] == [rule]
    assert found[0].fix and found[0].title
    return found[0]


def two_years_before(answer) -> date:
    return years_before(reference_day(answer.submission.assessment.period), 2)


@pytest.mark.parametrize("item", ["I01", "I03", "I12", "I29", "I33"])
def test_a_sound_answer_has_no_remark_at_any_item(answer, item):
    assert rules(answer(item, 5)) == []


# ---------------------------------------------------------------- files


def test_a_file_in_quarantine(answer):
    made = answer()
    blob = made.citations[0].cited.blob
    blob.scan_state = "waiting"
    assert rules(made) == []
    blob.scan_state = "quarantined"
    assert only(made, "quarantined_file").weight == "weak"


def test_scripts_and_macros_in_a_file(answer):
    made = answer()
    made.citations[0].cited.blob.warnings = ["macros", "script"]
    assert "memuat makro, skrip" in only(made, "active_content").sentence
    made.citations[0].cited.blob.warnings = []
    assert rules(made) == []


def test_a_scan_without_text(answer):
    made = answer()
    version = made.citations[0].cited
    version.blob.text_layer = False
    assert only(made, "scan_without_text").place == f"citation:{made.citations[0].id}"
    version.document.kind = "screenshot"
    assert rules(made) == [], "a picture of a screen has no text to search"
    version.document.kind, version.blob.text_layer = "report", None
    assert rules(made) == [], "not known yet"


@pytest.mark.parametrize(("state", "rule"), [("asks_access", "closed_link"), ("gone", "dead_link"), ("open", None)])
def test_a_link_is_what_the_last_look_at_it_showed(session, town, answer, state, rule):
    made = answer()
    citation = made.citations[0]
    citation.cited.sha256, citation.cited.url = None, "https://contoh.go.id/laporan"
    session.add(LinkCheck(document_id=citation.document_id, n=citation.n, state=state))
    session.flush()
    session.expire(citation.cited)
    assert rules(made) == ([rule] if rule else [])


# ---------------------------------------------------------------- drafts


@pytest.mark.parametrize("name", [
    "Draft Perwal SPBE.pdf", "perwal_spbe_draft.docx", "Perwal SPBE (konsep).pdf", "KONSEP PERWAL SPBE 2024.pdf", "Konsep.pdf",
    "SK Tim SPBE - konsep v2.pdf", "Rancangan Peraturan Wali Kota tentang SPBE", "Ranperwal SPBE.pdf", "draf-laporan-reviu.pdf",
    "12.a.Draft Perwal.pdf", "Laporan_Draft_2025.pdf", "Konsep Keputusan Tim",
])
def test_a_name_that_says_draft(name):
    assert names_a_draft(name)


@pytest.mark.parametrize("name", [
    "Konsep Layanan Terpadu.pdf", "Kajian konsep layanan digital", "Peta Konsep.pdf", "Notula pembahasan draft Perwal.pdf",
    "SOP Penyusunan Draft Peraturan.pdf", "Drafting handbook.pdf", "Rancangan Awal RKPD 2026.pdf", "Konseptual data.pdf",
    "Undangan rapat konsep SK.pdf", "Pedoman Draf Naskah Dinas.pdf", "Rekonsepsi tata kelola.pdf", "Peraturan Wali Kota tentang SPBE.pdf",
])
def test_a_name_that_only_speaks_of_drafts_or_ideas(name):
    assert not names_a_draft(name)


@pytest.mark.parametrize("text", [
    "PEMERINTAH KOTA\nDRAFT\nPERATURAN", "KONSEP\r\nPERATURAN", "RANCANGAN PERATURAN WALI KOTA\nNOMOR", "D R A F T\nx", "Draf v2",
    "LAPORAN REVIU (DRAFT)", "Isi laporan.\n- 1 - DRAFT", "hasilnya menjadi dasar penyempurnaan. K O N S E P",
])
def test_a_first_page_that_says_draft(text):
    assert opens_as_draft(text)


@pytest.mark.parametrize("text", [
    "Konsep layanan ini dijalankan\noleh dinas", "konsep peraturan dibahas bersama", "Penyusunan draft\nperaturan",
    "LAPORAN KONSEP LAYANAN DIGITAL", "PETA KONSEP", "Ini baru sebuah konsep", "draft peraturan ini dibahas", "",
])
def test_a_first_page_that_only_speaks_of_drafts(text):
    assert not opens_as_draft(text)


def test_a_draft_by_its_file_its_title_or_its_first_page(answer):
    made = answer()
    version = made.citations[0].cited
    version.file_name = "draft-laporan.pdf"
    assert "nama berkasnya" in only(made, "draft_document").sentence
    version.file_name, version.document.title = "laporan.pdf", "Laporan (konsep)"
    assert "judulnya" in only(made, "draft_document").sentence
    version.document.title, version.blob.opening = "Laporan", "DRAFT\nLaporan"
    assert "halaman pertamanya" in only(made, "draft_document").sentence
    version.blob.opening = "Laporan konsep layanan"
    assert rules(made) == []


def test_a_draft_of_a_policy_proves_level_1_only(answer):
    made = answer("I01")
    made.citations[0].cited.file_name = "Draft Perwal.pdf"
    assert "hanya menunjukkan tingkat 1" in only(made, "draft_policy").sentence
    made.citations[0].levels, made.value = [1], Fraction(1)
    assert rules(made) == []


# ---------------------------------------------------------------- dates


def test_a_document_nobody_signed(answer):
    made = answer()
    version = made.citations[0].cited
    version.signatory = None
    assert rules(made) == [], "a report needs none"
    version.document.kind = "regulation"
    assert only(made, "unsigned_document").label == "Saran"


@pytest.mark.parametrize(("item", "level", "above"), [("I12", 4, 5), ("I01", 4, 5), ("I03", 5, 5), ("I33", 5, 5)])
def test_a_review_must_be_under_two_years_at_the_level_that_asks_for_it(answer, item, level, above):
    made = answer(item, above)
    asked = next(citation for citation in made.citations if citation.levels == [level])
    asked.cited.dated = two_years_before(made)
    assert only(made, "old_review").place == f"citation:{asked.id}"
    asked.cited.dated += timedelta(days=1)
    assert rules(made) == [], "one day under two years"


@pytest.mark.parametrize(("item", "level"), [("I12", 3), ("I12", 5), ("I03", 4), ("I33", 4)])
def test_other_levels_may_rest_on_older_papers(answer, item, level):
    made = answer(item, 5)
    next(each for each in made.citations if each.levels == [level]).cited.dated = date(2015, 3, 1)
    assert rules(made) == []


def test_the_youngest_review_counts_and_one_without_a_date_is_not_judged(session, answer):
    made = answer("I12", 5)
    made.citations[2].cited.dated = date(2015, 3, 1)
    made.citations[3].levels = [4, 5]
    made.citations[3].locator = "hlm. 5; hlm. 9"
    assert rules(made) == []
    made.citations[3].cited.dated = None
    assert rules(made) == ["undated_document"]


def test_an_audit_is_of_the_last_two_years_from_level_2_on(answer):
    made = answer("I29", 3)
    made.citations[0].cited.dated = date(2015, 3, 1)
    assert rules(made) == [], "one of both is young enough"
    made.citations[1].cited.dated = two_years_before(made)
    assert "audit TIK" in only(made, "old_audit").sentence
    made.value = Fraction(1)
    assert "old_audit" not in rules(made), "the lowest level asks for none"


def test_ages_are_counted_to_the_printed_end_of_the_self_assessment(session, town):
    period = town[1]
    assert reference_day(period) == day_of(period.stage("self_assessment").closes_at, period.zone)
    assert years_before(date(2028, 2, 29), 2) == date(2026, 2, 28)


def test_an_instrument_of_which_nothing_is_declared_asks_nothing(session):
    assert declared("permenpanrb-5-2018").fresh_of("I12") == () and declared("../texts").pairs == ()
    assert [file.stem for file in FILES.glob("*.yaml")] == ["permenpanrb-59-2020"]
    city = build.city(session)
    period = build.opened(session, city, key="permenpanrb-8-2026", items=("I01",))
    made = build.contribution(session, period, city.agencies["bappeda"], "I01")
    assert {finding.rule for finding in lint.findings(made)} == {"missing_part"}


def test_what_is_declared_names_items_of_its_instrument():
    from assessments.instruments import load

    for file in FILES.glob("*.yaml"):
        codes, said = {item.code for item in load(file.stem).items}, declared(file.stem)
        named = {code for each in said.fresh for code in each.items} | {code for items, _level in said.enacted for code in items}
        named |= {code for each in said.pairs for code in (each.item, each.other)}
        assert named | {code for each in said.leans for code in (each.item, each.needs)} <= codes


# ---------------------------------------------------------------- levels and texts


def test_one_file_for_two_levels_without_places_of_their_own(answer):
    made = answer("I12", 3)
    citation = made.citations[1]
    citation.levels = [2, 3]
    assert only(made, "one_file_many_levels").sentence.startswith("12.b dipakai untuk tingkat 2 dan 3 ")
    for locator in ("hlm. 5; hlm. 9", "Bab II dan Bab IV", "0:05:20-0:06:10, 0:09:00"):
        citation.locator = locator
        assert rules(made) == [], locator
    citation.locator, citation.article = "hlm. 5-8", "Pasal 7 ayat (2)"
    assert rules(made) == ["one_file_many_levels"], "one pasal on some pages is one place"
    citation.cited.blob.pages = 1
    assert rules(made) == [], "one page has one place"


@pytest.mark.parametrize("text", ["Dipakai seluruh perangkat daerah.", "Sudah 100 % terhubung.", "Seluruhnya memakai.", "Tercapai 100%."])
def test_all_needs_a_figure(answer, text):
    made = answer()
    made.analysis = text
    assert only(made, "coverage_not_given").place == "analysis"
    made.coverage = "41 dari 41 perangkat daerah"
    assert rules(made) == []


@pytest.mark.parametrize("text", [
    "Dokumen mencakup seluruh muatan Peta Rencana.", "Seluruh OPD, yaitu 41 dari 41, memakainya.", "Seluruh 41 perangkat daerah.",
    "Keseluruhan sistem.", "Naik 1000 % tidak disebut.",
])
def test_all_of_a_content_or_with_a_figure_is_enough(answer, text):
    made = answer()
    made.facts = text
    assert rules(made) == []


def test_a_code_is_named_whole(answer):
    made = answer("I12", 3)
    made.facts = "Lihat 12.a dan 12.bc."
    assert only(made, "unmentioned_evidence").sentence == "Fakta belum menyebut 12.b."


# ---------------------------------------------------------------- pairs


def values(**said) -> dict:
    return {code: Fraction(value) for code, value in said.items()}


def disagreeing(period, **said) -> list[tuple[str, str]]:
    return [(code, finding.place) for code, finding in lint.disagreements(period.instrument, values(**said))]


@pytest.mark.parametrize(("one", "other"), [
    ("I01", "I11"), ("I02", "I12"), ("I03", "I23"), ("I04", "I15"), ("I05", "I16"), ("I06", "I17"), ("I07", "I18"),
    ("I08", "I22"), ("I09", "I29"), ("I09", "I31"), ("I10", "I19"),
])
def test_policy_and_practice_two_levels_apart(town, one, other):
    assert disagreeing(town[1], **{one: 4, other: 2}) == [(one, f"value:{other}"), (other, f"value:{one}")]
    assert disagreeing(town[1], **{one: 3, other: 2}) == []


def test_levels_that_lean_on_another_item(town):
    period = town[1]
    assert disagreeing(period, I21=2, I12=1) and not disagreeing(period, I21=2, I12=2)
    assert disagreeing(period, I33=4, I18=1) and not disagreeing(period, I33=3, I18=1)
    assert disagreeing(period, I33=4) == [], "what is not known is not judged"


def test_a_pair_is_told_at_both_answers_of_a_part_and_never_blocks(answer):
    first, second = answer("I01", 4), answer("I11", 1)
    known = lint.look_around([first, second])
    for made, other in ((first, "I11"), (second, "I01")):
        found = [each for each in lint.findings(made, known) if each.rule == "inconsistent_pair"]
        assert [(each.place, each.weight) for each in found] == [(f"value:{other}", "tip")]
    assert "inconsistent_pair" not in rules(first), "nothing is known of the other"
