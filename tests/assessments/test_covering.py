"""The figure of coverage: what is one, when it counts as changed, what the remarks make of it, and how far agencies are."""

from fractions import Fraction
from types import SimpleNamespace

import pytest

from assessments import covering, lint
from assessments.covering import Coverage, reached
from assessments.lint.declaring import declared
from assessments.refusal import Refused, Stale
from tests import builders as build


@pytest.mark.parametrize(("text", "figure"), [
    ("28 dari 34 OPD", Coverage(28, 34, "OPD")), (" 28/34 opd ", Coverage(28, 34, "opd")), ("0 dari 3", Coverage(0, 3, "")),
    ("1.200 dari 1.500 pegawai", Coverage(1200, 1500, "pegawai")), ("35 dari 34 OPD", None), ("3 dari 0 OPD", None),
    ("semua OPD", None), ("80%", None), ("", None), ("9" * 40 + " dari " + "9" * 41, None), ("-1 dari 3", None),
])
def test_a_figure_is_so_many_of_so_many(text, figure):
    assert covering.read(text) == figure


def test_it_is_printed_as_it_is_read():
    assert str(covering.read("28 / 34   OPD")) == "28 dari 34 OPD"
    assert covering.read("34 dari 34 OPD").whole and not covering.read("33 dari 34 OPD").whole


def held(value, state="filling"):
    return SimpleNamespace(value=None if value is None else Fraction(value), submission=SimpleNamespace(state=state))


def test_agencies_that_hold_an_item_are_counted_by_what_they_have_done():
    all_of_them = [held(3, "signed"), held(2, "accepted"), held(4), held(None, "empty")]
    counted = reached(all_of_them, Fraction(3))
    assert (counted.holders, counted.answered, counted.signed, counted.reaching) == (4, 3, 2, 2)
    assert counted.silent == (all_of_them[3],)
    assert reached(all_of_them, None).reaching is None


def test_the_pack_names_the_items_whose_levels_speak_of_all_units():
    covered = declared("permenpanrb-59-2020").covered
    assert "I16" in covered and "I28" in covered and "I12" not in covered
    assert declared("permenpanrb-8-2026").covered == frozenset()


@pytest.fixture
def answer(session):
    city = build.city(session)
    made = build.answered(session, city, build.opened(session, city), "I12")
    return SimpleNamespace(made=made, by=city.actor("operator"), city=city)


def test_another_figure_makes_another_statement(session, answer):
    made, revisions = answer.made, answer.made.revision_n
    assert covering.fill(made, "28 dari 34 OPD", answer.by) and made.coverage == "28 dari 34 OPD"
    assert made.state == "filling" and made.revision_n == revisions + 1
    assert not covering.fill(made, "28/34 OPD", answer.by)
    with pytest.raises(Refused, match="28 dari 34 OPD"):
        covering.fill(made, "kira-kira semua", answer.by)
    with pytest.raises(Stale):
        covering.fill(made, "29 dari 34 OPD", answer.by, is_current=False)
    assert covering.fill(made, "", answer.by) and made.coverage is None


def test_it_is_asked_where_several_hold_the_item_or_the_pack_says_so(answer):
    assert not covering.is_asked(answer.made, 1) and covering.is_asked(answer.made, 2)
    answer.made.coverage = "1 dari 2 OPD"
    assert covering.is_asked(answer.made, 1)


def test_the_remarks_see_a_figure_that_is_not_all_of_them(session, answer):
    made = answer.made
    made.facts = "Seluruh OPD memakainya."
    said = lambda: [finding.rule for finding in lint.findings(made)]  # noqa: E731
    assert "coverage_not_given" in said()
    made.coverage = "28 dari 34 OPD"
    assert "coverage_short" in said() and "coverage_not_given" not in said()
    made.coverage = "34 dari 34 OPD"
    assert not {"coverage_short", "coverage_not_given"} & set(said())
