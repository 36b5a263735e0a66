"""The operator's verbs: what they keep, what they refuse, and when an answer becomes another one."""

from datetime import date
from fractions import Fraction

import pytest

from assessments import answering, library
from assessments.refusal import Refused, Stale
from tests import builders as build


@pytest.fixture
def where(session):
    made = build.city(session)
    made.period = build.opened(session, made)
    return made


@pytest.fixture
def answer(session, where):
    return build.contribution(session, where.period, where.agencies["bappeda"], "I12")


def write(answer, where, value=3, facts="Fakta.", analysis="Analisis.", version=None):
    seen = answer.version if version is None else version
    return answering.answer(answer, where.actor("operator"), Fraction(value), facts, analysis, seen)


def test_the_first_answer_begins_the_part(session, where, answer):
    assert write(answer, where) is True
    assert (answer.state, answer.submission.state, answer.revision_n) == ("filling", "filling", 1)


def test_saving_what_is_stored_remembers_nothing(session, where, answer):
    write(answer, where)
    session.flush()
    assert write(answer, where) is False
    assert write(answer, where, version=0) is False, "nothing would be lost, so it is no conflict"
    assert answer.revision_n == 1


def test_a_stale_form_is_refused_with_what_is_stored(session, where, answer):
    write(answer, where, facts="Yang pertama.")
    session.flush()
    with pytest.raises(Stale) as refused:
        write(answer, where, facts="Yang kedua.", version=answer.version - 1)
    assert refused.value.theirs["facts"] == "Yang pertama."
    assert answer.facts == "Yang pertama."


def test_line_ends_and_composed_letters_are_counted_once(where, answer):
    write(answer, where, facts="a\r\n" * 1999 + "e\u0301" * 2)
    assert len(answer.facts) == 4000
    with pytest.raises(Refused) as refused:
        write(answer, where, facts="x" * 4001)
    assert refused.value.field == "facts"


def test_letters_count_on_and_are_never_given_twice(session, where, answer):
    by = where.actor("operator")
    for n in range(28):
        version = build.document(session, where.agencies["bappeda"], by, f"%PDF-{n}".encode())
        answering.cite(answer, version, by)
    assert [c.letter for c in answer.citations][-3:] == ["z", "aa", "ab"]
    session.flush()
    answering.detach(answer.citations[-1], by)
    session.flush()
    session.refresh(answer)
    version = build.document(session, where.agencies["bappeda"], by, b"%PDF-more")
    assert answering.cite(answer, version, by).letter == "ac"


def test_one_version_is_cited_once_for_an_item(session, where, answer):
    by = where.actor("operator")
    version = build.document(session, where.agencies["bappeda"], by)
    answering.cite(answer, version, by)
    with pytest.raises(Refused, match="sudah dilampirkan"):
        answering.cite(answer, version, by)


def test_changing_a_citation_makes_another_statement_only_when_it_changed(session, where, answer):
    by = where.actor("operator")
    citation = answering.cite(answer, build.document(session, where.agencies["bappeda"], by), by, [2], "hlm. 1")
    before = answer.revision_n
    about = {"number": "12", "dated": date(2024, 3, 1), "effective_on": None}
    assert answering.change_citation(citation, by, [2], "hlm. 1", **about) is True
    assert answering.change_citation(citation, by, [2], "hlm. 1", **about) is False
    assert answering.change_citation(citation, by, [3, 2, 2], "hlm. 1") is True
    assert (citation.levels, answer.revision_n) == ([2, 3], before + 2)
    with pytest.raises(Refused, match="tidak dikenal"):
        answering.change_citation(citation, by, [7], "hlm. 1")


def test_describing_keeps_what_was_not_asked_for(session, where):
    version = build.document(session, where.agencies["bappeda"], where.actor("operator"))
    version.signatory, version.valid_until = "Wali Kota", date(2030, 1, 1)
    assert answering.describe(version, number="12", dated=None, effective_on=date(2024, 1, 1))
    assert (version.signatory, version.valid_until) == ("Wali Kota", date(2030, 1, 1))
    with pytest.raises(Refused, match="mendahului"):
        answering.describe(version, number="12", dated=None, effective_on=date(2024, 1, 1), valid_until=date(2023, 1, 1))


def test_a_version_keeps_its_number_while_a_locked_answer_cites_it(session, where, answer):
    build.ready(session, where, where.period)
    session.refresh(answer)
    version = answer.citations[0].cited
    with pytest.raises(Refused, match="sudah terkunci"):
        answering.describe(version, number="99", dated=None, effective_on=None)
    assert answering.describe(version, number="", dated=None, effective_on=None) is False


def test_a_citation_moves_only_to_a_version_of_its_own_document(session, where, answer):
    by = where.actor("operator")
    citation = answering.cite(answer, build.document(session, where.agencies["bappeda"], by), by)
    other = build.document(session, where.agencies["bappeda"], by, b"%PDF-other")
    with pytest.raises(Refused, match="dokumen lain"):
        answering.use_version(citation, other, by)
    blob = library.remember_blob(session, "1" * 64, 5, "application/pdf")
    session.flush()
    session.refresh(citation.cited.document)
    newer = library.add_version(citation.cited.document, by, blob=blob, file_name="b.pdf")
    session.flush()
    answering.use_version(citation, newer, by)
    session.flush()
    assert citation.n == 2


def test_the_library_calls_a_document_only_by_a_plain_name(session, where):
    document = build.document(session, where.agencies["bappeda"], where.actor("operator")).document
    library.rename(document, title="  Perwali   12 ", kind="regulation", secrecy="open")
    assert document.title == "Perwali 12"
    for wrong in ({"title": " "}, {"title": "a\u202eb"}, {"kind": "?"}, {"secrecy": "?"}):
        with pytest.raises(Refused):
            library.rename(document, **({"title": "x", "kind": "plan", "secrecy": "open"} | wrong))


def test_evidence_alone_reviews_nothing_that_came_from_last_year(session):
    """A file that arrives by itself, or is detached, is no look at the text; saving the text is."""
    city = build.city(session)
    period = build.opened(session, city)
    made, by = build.contribution(session, period, city.agencies["bappeda"], "I12"), city.actor("operator")
    made.state = "needs_review"
    citation = answering.cite(made, build.document(session, city.agencies["bappeda"], by), by, [2])
    session.flush()
    answering.detach(citation, by)
    session.flush()
    assert (made.state, made.submission.state) == ("needs_review", "filling")
    answering.answer(made, by, made.value, made.facts, "Ditinjau.", made.version)
    assert made.state == "filling"
