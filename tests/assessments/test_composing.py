"""Fakta and Analisis put together: by article for policies, by section for records, by service for services."""

from datetime import date
from fractions import Fraction

import pytest

from assessments import answering, composing
from assessments.refusal import Refused, Stale
from tests import builders as build


def answered(session, item: str, agency: str = "bappeda"):
    city = build.city(session)
    period = build.opened(session, city, items=(item,), agency=agency)
    return build.contribution(session, period, city.agencies[agency], item), city


def cite(session, made, city, agency="bappeda", *, levels=(2,), **place):
    by = city.actor("operator")
    version = build.document(session, city.agencies[agency], by, b"%PDF-1")
    version.document.title, version.document.kind = "Peraturan Wali Kota tentang Peta Rencana SPBE", "regulation"
    answering.describe(version, number="12 Tahun 2024", dated=date(2024, 3, 1), effective_on=None)
    version.file_name = "perwali.pdf"
    answering.cite(made, version, by, levels, **place)
    session.flush()
    session.refresh(made)


def test_a_policy_is_told_by_article_page_and_content(session):
    made, city = answered(session, "I02")
    made.value = Fraction(2)
    composing.fill(made, {"substance": "Peta Rencana SPBE", "coverage": "Pasal itu mencakup seluruh unsur."})
    cite(session, made, city, article="5 ayat (1)", locator="7", gist="peta rencana ditetapkan untuk lima tahun")
    found = composing.compose(made)
    assert found.facts == (
        "Substansi: Peta Rencana SPBE.\n"
        "2.a Peraturan Wali Kota tentang Peta Rencana SPBE, nomor 12 Tahun 2024, tanggal 1 Maret 2024, "
        "Pasal 5 ayat (1), halaman 7 (berkas perwali.pdf): peta rencana ditetapkan untuk lima tahun."
    )
    assert found.analysis == "Kriteria tingkat 2 ditunjang 2.a.\nPasal itu mencakup seluruh unsur."
    assert found.missing == ()


def test_a_place_that_names_itself_is_not_named_twice(session):
    made, city = answered(session, "I12")
    cite(session, made, city, locator="Bab II hlm. 3", gist="isi")
    assert ", Bab II hlm. 3 (" in composing.compose(made).facts


def test_a_service_is_told_by_its_name_unit_scope_and_application(session):
    made, city = answered(session, "I33")
    composing.fill(made, {"service": "kepegawaian", "unit": "BKPSDM", "scope": "seluruh OPD", "application": "SIMPEG",
                          "functions": "usul cuti dan mutasi", "capability": "transaksi"})
    cite(session, made, city)
    found = composing.compose(made)
    assert found.facts.startswith(
        "Layanan kepegawaian, dikelola BKPSDM, lingkup seluruh OPD, memakai aplikasi SIMPEG.\n33.a Peraturan")
    assert found.analysis.endswith("Aplikasi SIMPEG menunjukkan fungsi usul cuti dan mutasi dan mencapai kemampuan transaksi.")


def test_what_is_missing_is_said_and_nothing_is_made_up(session):
    made, city = answered(session, "I02")
    assert not composing.compose(made)
    assert composing.compose(made).missing == (
        "Belum diisi: Substansi indikator, Cakupan pasal.", "Belum ada bukti yang dirujuk.")
    cite(session, made, city, levels=())
    assert composing.compose(made).missing[1] == "2.a belum menyebut pasal, uraian isi, tingkat yang ditunjang."


def test_taking_over_never_drops_what_is_written_unless_asked(session):
    made, _city = answered(session, "I02")
    made.facts = "Tulisan saya."
    proposal = composing.Composed("Usulan.", "", ())
    assert composing.taken_over(made, proposal, replace=False) == ("Tulisan saya.\n\nUsulan.", "")
    assert composing.taken_over(made, proposal, replace=True) == ("Usulan.", "")
    made.facts = "Tulisan saya.\n\nUsulan."
    assert composing.taken_over(made, proposal, replace=False)[0] == "Tulisan saya.\n\nUsulan."


@pytest.mark.parametrize(
    ("typed", "field"), [({"capability": "terbang"}, "slot-capability"), ({"service": "x" * 601}, "slot-service"),
                         ({"unit": "a\x00b"}, "slot-unit")])
def test_a_slot_that_cannot_be_kept_names_its_field(session, typed, field):
    made, _city = answered(session, "I33")
    with pytest.raises(Refused) as refused:
        composing.fill(made, typed)
    assert refused.value.field == field and made.slots == {}


def test_slots_of_an_old_page_are_no_silent_overwrite(session):
    made, _city = answered(session, "I33")
    composing.fill(made, {"service": "kepegawaian"})
    assert not composing.fill(made, {"service": "kepegawaian"}, is_current=False)
    with pytest.raises(Stale):
        composing.fill(made, {"service": "kearsipan"}, is_current=False)


@pytest.mark.parametrize("pack", ["permenpanrb-59-2020", "permenpanrb-5-2018", "permenpanrb-8-2026"])
def test_every_item_of_every_instrument_has_a_sheet(pack):
    from assessments.instruments import load

    instrument = load(pack)
    assert all(composing.sheet_of(instrument, item).slots for item in instrument.items)
