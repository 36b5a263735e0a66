"""Tags, titles alike, removal and undo, the generated code of a piece of evidence."""

from datetime import date

import pytest

from assessments import answering, checking, claiming, library, removing
from assessments.canonical import digest
from assessments.lint import full_code_of
from assessments.models import Event
from assessments.refusal import Faults, Refused
from tests import builders as build


@pytest.fixture
def where(session):
    return build.city(session)


def made(session, where, title, agency="bappeda", content=None):
    content = content or f"%PDF-{title}".encode()
    blob = library.remember_blob(session, digest(content), len(content), "application/pdf")
    version = library.add_document(session, where.agencies[agency], where.actor("operator"), title=title, blob=blob,
                                   file_name=f"{title}.pdf")
    session.flush()
    return version


def test_tags_are_words_between_commas_each_once():
    assert library.known_tags(" SPBE, peta  rencana,spbe,, Audit ") == ["spbe", "peta rencana", "audit"]
    assert library.known_tags("") == []
    assert len(library.known_tags(",".join(map(str, range(10))))) == 10
    for bad, sentence in ((",".join(map(str, range(11))), "paling banyak 10 label; ini 11"), ("x" * 31, "paling banyak 30 huruf"),
                          ("a\u202eb", "tersembunyi"), ("a\x00b", "tidak dapat ditampilkan")):
        with pytest.raises(Refused) as refused:
            library.known_tags(bad)
        assert sentence in str(refused.value).replace("Paling", "paling") and refused.value.field == "tags"


def test_all_that_is_wrong_with_a_description_is_said_at_once(session, where):
    document = made(session, where, "Perwali").document
    with pytest.raises(Faults) as refused:
        library.rename(document, title="", kind="x", secrecy="top", tags="x" * 31)
    assert [each.field for each in refused.value.each] == ["kind", "secrecy", "title", "tags"]
    assert document.title == "Perwali"


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [("Perwali Peta Rencana", "peta rencana PERWALI", True), ("Perwali 12 Tahun 2024", "Perwali 12 Tahun 2023", False),
     ("Laporan reviu peta rencana", "Laporan reviu peta rencana final", True), ("Laporan", "Notula", False),
     ("Notula rapat", "Notula rakor", False), ("!!!", "???", False)],
)
def test_titles_alike_are_found_in_the_own_library_only(session, where, one, other, alike):
    first = made(session, where, one)
    made(session, where, other, "dinkes")
    assert library.titles_alike(session, where.agencies["bappeda"], other) == ([(first.document_id, one)] if alike else [])
    assert library.titles_alike(session, where.agencies["bappeda"], one, besides=first.document_id) == []
    assert library.titles_alike(session, where.agencies["kominfo"], one) == []


def test_the_code_of_a_piece_of_evidence_is_item_letter_and_title(session, where):
    period = build.opened(session, where)
    answer = build.contribution(session, period, where.agencies["bappeda"], "I12")
    citation = answering.cite(answer, made(session, where, "Perwali Peta Rencana"), where.actor("operator"))
    session.flush()
    assert full_code_of(citation) == "12.a.Perwali Peta Rencana"
    claim = claiming.write_claim(build.assessment_of(session, period), "I12", where.actor("round_manager"), 3, "F", "A", 0)
    session.flush()
    leaned = claiming.cite_for_claim(claim, citation.cited, where.actor("round_manager"))
    assert full_code_of(leaned) == "12.a.Perwali Peta Rencana"


def test_a_removed_document_leaves_a_line_and_comes_back(session, where):
    version, by = made(session, where, "Perwali"), where.actor("operator")
    owner = where.agencies["bappeda"]
    assert removing.remove(version.document, by) == 0
    session.flush()
    assert library.known_in_library(session, owner, version.sha256) is None
    assert library.titles_alike(session, owner, "Perwali") == []
    with pytest.raises(Refused, match="sudah dihapus"):
        removing.remove(version.document, by)
    removing.restore(version.document, by)
    session.flush()
    assert version.document.removed_at is None
    assert library.known_in_library(session, owner, version.sha256) is version
    with pytest.raises(Refused, match="tidak dihapus"):
        removing.restore(version.document, by)
    assert [event.verb for event in session.query(Event).filter_by(thing="document").order_by(Event.id)] == ["remove", "restore"]


def test_answers_that_are_still_open_let_go_of_what_is_removed(session, where):
    period, by = build.opened(session, where), where.actor("operator")
    answer = build.answered(session, where, period, "I12")
    version = answer.citations[0].cited
    assert removing.remove(version.document, by) == 1
    session.flush()
    session.expire_all()
    assert answer.citations == [] and answer.state == "filling"
    with pytest.raises(Refused, match="sudah dihapus"):
        answering.cite(answer, version, by)


@pytest.mark.parametrize("state", ["ready", "signed", "accepted"])
def test_what_was_handed_in_keeps_its_document(session, where, state):
    period = build.opened(session, where)
    part = getattr(build, state)(session, where, period)
    document = part.contributions[0].citations[0].cited.document
    with pytest.raises(Refused, match="tetap di pustaka"):
        removing.remove(document, where.actor("operator"))
    assert document.removed_at is None


def test_what_was_signed_once_stays_even_after_the_answer_let_go_of_it(session, where):
    period, by = build.opened(session, where), where.actor("operator")
    part = build.signed(session, where, period)
    for each in part.contributions:
        checking.check(each, where.actor("internal_assessor"), "needs_work", "unfit", "Ganti.", each.revision_n)
    session.flush()
    checking.return_items(part, where.actor("internal_assessor"), "Ganti buktinya.")
    session.flush()
    citation = next(each for each in part.contributions if each.citations).citations[0]
    document = citation.cited.document
    answering.detach(citation, by)
    session.flush()
    with pytest.raises(Refused, match="sudah ditandatangani"):
        removing.remove(document, by)


def test_what_a_claim_leans_on_stays(session, where):
    period = build.opened(session, where)
    version = made(session, where, "Perwali")
    claim = claiming.write_claim(build.assessment_of(session, period), "I12", where.actor("round_manager"), 3, "F", "A", 0)
    session.flush()
    claiming.cite_for_claim(claim, version, where.actor("round_manager"))
    session.flush()
    with pytest.raises(Refused, match="bukti sebuah klaim"):
        removing.remove(version.document, where.actor("operator"))


def test_dates_and_signatory_can_be_emptied_and_all_faults_come_together(session, where):
    version = made(session, where, "Perwali")
    said = {"number": "12", "dated": date(2024, 1, 2), "effective_on": date(2024, 2, 1)}
    assert answering.describe(version, **said, valid_until=date(2026, 1, 1), signatory="Wali Kota")
    assert not answering.describe(version, **said)
    assert (version.valid_until, version.signatory) == (date(2026, 1, 1), "Wali Kota")
    assert answering.describe(version, **said, valid_until=None, signatory="")
    assert (version.valid_until, version.signatory) == (None, None)
    with pytest.raises(Faults) as refused:
        answering.describe(version, number="x" * 81, dated=None, effective_on=date(2024, 2, 1), valid_until=date(2023, 1, 1),
                           signatory="y" * 121)
    assert [each.field for each in refused.value.each] == ["number", "signatory", "valid_until"]
