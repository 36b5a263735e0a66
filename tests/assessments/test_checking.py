"""The internal check: a word on each revision; taking in, and sending back exactly what needs work."""

import pytest

from assessments import answering, attesting, checking
from assessments.autosaving import autosave
from assessments.policies import obstacle
from assessments.refusal import Refused
from assessments.workflow import Forbidden
from tests import builders as build


@pytest.fixture
def city(session):
    return build.city(session)


def both(part, by, verdict="agreed", kind=None, note=""):
    for each in part.contributions:
        checking.check(each, by, verdict, kind, note, each.revision_n)


@pytest.mark.parametrize("who", ["operator", "head", "responsible_officer", "entry_officer", "coordinator", "system_admin"])
def test_only_checkers_check(session, city, who):
    part = build.signed(session, city, build.opened(session, city))
    with pytest.raises(Forbidden):
        both(part, city.actor(who))


@pytest.mark.parametrize(
    ("verdict", "kind", "note", "field"),
    [("", None, "", "verdict"), ("yes", None, "", "verdict"), ("needs_work", None, "x", "reason_kind"),
     ("needs_work", "bad", "x", "reason_kind"), ("needs_work", "level", " ", "note"), ("agreed", None, "x" * 1001, "note")],
)
def test_a_word_has_a_verdict_and_a_refusal_its_reason(session, city, verdict, kind, note, field):
    part = build.signed(session, city, build.opened(session, city))
    with pytest.raises(Refused) as refused:
        both(part, city.actor("internal_assessor"), verdict, kind, note)
    assert refused.value.field == field and not part.contributions[0].check_marks


def test_a_word_speaks_for_one_revision_only(session, city):
    part = build.signed(session, city, build.opened(session, city))
    first = part.contributions[0]
    by = city.actor("internal_assessor")
    with pytest.raises(Refused, match="berubah"):
        checking.check(first, by, "agreed", None, "", first.revision_n - 1)
    checking.check(first, by, "agreed", None, "", first.revision_n)
    assert first.mark.verdict == "agreed"
    first.remember(city.people["operator"].person)
    assert first.mark is None


def test_nothing_is_taken_in_with_an_item_unseen_or_refused(session, city):
    part = build.signed(session, city, build.opened(session, city))
    by = city.actor("internal_assessor")
    with pytest.raises(Refused, match="2 indikator belum diperiksa: 1, 12"):
        checking.accept(part, by)
    both(part, by)
    last = max(part.contributions, key=lambda each: each.item)
    checking.check(last, by, "needs_work", "level", "Tidak didukung.", last.revision_n)
    with pytest.raises(Refused, match="12 masih ditandai perlu perbaikan"):
        checking.accept(part, by)
    assert part.state == "signed"


def test_what_comes_back_is_mended_attested_and_taken_in_again(session, city):
    period = build.opened(session, city)
    part = build.signed(session, city, period)
    by, operator = city.actor("internal_assessor"), city.actor("operator")
    first, last = sorted(part.contributions, key=lambda each: each.item)
    checking.check(first, by, "agreed", None, "", first.revision_n)
    checking.check(last, by, "needs_work", "incomplete", "Lampirkan peraturan.", last.revision_n)
    assert checking.return_items(part, by, "Mohon diperbaiki.") == ["I12"]
    session.flush()
    with pytest.raises(Refused):
        build.advance(first, "mark_ready", operator)
    build.answering.answer(last, operator, build.Fraction(2), "Fakta baru.", "Analisis.", last.version)
    session.flush()
    build.answering.mark_item_ready(last, operator)
    build.answering.hand_to_head(part, operator)
    session.flush()
    assert last.mended
    build.attesting.attest(part, city.actor("head"), build.attesting.frozen_submission(part).sha256)
    session.flush()
    assert first.mark is not None and last.mark is None, "agreed items need no second look"
    checking.check(last, by, "agreed", None, "", last.revision_n)
    checking.accept(part, by)
    session.flush()
    assert part.state == "accepted" and {claim.value for claim in part.assessment.claims} == {3, 2}


def test_returning_names_items_of_this_part_and_says_why(session, city):
    part = build.signed(session, city, build.opened(session, city))
    by = city.actor("round_manager")
    with pytest.raises(Refused, match="Tandai sedikitnya satu"):
        checking.return_items(part, by, "x")
    for note, reasons in ((" ", {"I12": "x"}), ("x" * 1001, {"I12": "x"}), ("x", {"I02": "bukan bagiannya"})):
        with pytest.raises(Refused), session.begin_nested():
            checking.return_items(part, by, note, reasons)


def test_the_head_sends_back_what_is_named(session, city):
    part = build.ready(session, city, build.opened(session, city))
    head = city.actor("head")
    with pytest.raises(Refused) as refused:
        checking.send_back(part, head, "Belum.", [])
    assert refused.value.field == "items"
    checking.send_back(part, head, "Halamannya salah.", ["I12"])
    assert part.state == "filling" and {c.item: c.state for c in part.contributions} == {"I01": "ready", "I12": "returned"}


def test_what_was_returned_and_is_taken_back_again_is_open_where_it_was_returned(session, city):
    period = build.opened(session, city)
    part = build.signed(session, city, period)
    assessor, operator, head = (city.actor(who) for who in ("internal_assessor", "operator", "head"))
    mine = next(c for c in part.contributions if c.item == "I12")
    other = next(c for c in part.contributions if c.item == "I01")
    checking.check(mine, assessor, "needs_work", "unfit", "Perbaiki.", mine.revision_n)
    session.flush()
    checking.return_items(part, assessor, "Lihat catatan.")
    session.flush()
    autosave(mine, operator, mine.value, "Fakta yang lebih jelas.", mine.analysis, mine.version)
    session.flush()
    answering.mark_item_ready(mine, operator)
    answering.hand_to_head(part, operator)
    session.flush()
    attesting.attest(part, head, attesting.frozen_submission(part).sha256)
    session.flush()
    said = mine.revisions[-1].facts
    checking.withdraw(part, head, "Salah berkas.")
    session.flush()
    assert part.state == "returned" and not attesting.stands(attesting.newest_receipt(part))
    assert obstacle(operator, "answer", other) and not obstacle(operator, "answer", mine)
    n = mine.revision_n
    autosave(mine, operator, mine.value, "Ditulis sesudah ditarik.", mine.analysis, mine.version)
    session.flush()
    assert mine.revision_n == n + 1 and mine.revisions[n - 1].facts == said
