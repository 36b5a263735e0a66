"""Savings without a button: which of them are one revision, and which revision nobody touches any more."""

from datetime import timedelta
from fractions import Fraction

import pytest

from assessments import answering, attesting, autosaving, checking
from assessments.clock import judged_at, now
from assessments.models import Contribution, ContributionRevision, Submission
from assessments.models.submission import CheckMark
from assessments.refusal import Refused, Stale
from tests import builders as build

BEGAN = now()


def said(n=1, author=7, after=0, autosaved=True, **more) -> Contribution:
    """A contribution in memory whose newest revision began `after` minutes ago."""
    made = Contribution(item="I12", facts="", analysis="", **more)
    made.revisions.append(
        ContributionRevision(n=n, author_id=author, at=BEGAN - timedelta(minutes=after), facts="", analysis="",
                             autosaved=autosaved)
    )
    return made


@pytest.mark.parametrize(
    ("made", "runs"),
    [
        (said(), True),
        (said(after=9.99), True),
        (said(after=10), False),
        (said(author=8), False),
        (said(autosaved=False), False),
        (said(n=3, returned_n=3), False),
        (said(n=4, returned_n=3), True),
        (said(n=2, check_marks=[CheckMark(revision_n=2)]), False),
        (said(n=2, check_marks=[CheckMark(revision_n=1)]), True),
        (Contribution(item="I12"), False),
    ],
    ids=["fresh", "within", "ten minutes", "another author", "closed", "returned", "after the return", "checked",
         "an earlier one was checked", "nothing yet"],
)
def test_which_revision_may_still_grow(made, runs):
    assert (made.running(7, BEGAN) is not None) is runs


@pytest.fixture
def where(session):
    made = build.city(session)
    made.period = build.opened(session, made)
    return made


@pytest.fixture
def answer(session, where):
    return build.contribution(session, where.period, where.agencies["bappeda"], "I12")


def auto(session, where, answer, facts, who="operator", version=None, value=3):
    seen = answer.version if version is None else version
    done = autosaving.autosave(answer, where.actor(who), Fraction(value), facts, "Analisis.", seen)
    session.flush()
    return done


def test_savings_of_one_sitting_are_one_revision_with_the_last_text(session, where, answer):
    for n in range(20):
        with judged_at(BEGAN + timedelta(seconds=10 * n)):
            assert auto(session, where, answer, f"Fakta {n}.")
    assert [(r.n, r.facts, r.autosaved) for r in answer.revisions] == [(1, "Fakta 19.", True)]
    assert answer.revisions[0].at == BEGAN and answer.saved_at == BEGAN + timedelta(seconds=190)
    with judged_at(BEGAN + timedelta(minutes=10)):
        auto(session, where, answer, "Sesudah sepuluh menit.")
    assert [r.facts for r in answer.revisions] == ["Fakta 19.", "Sesudah sepuluh menit."]


def test_a_deliberate_saving_ends_the_running_one(session, where, answer):
    auto(session, where, answer, "Otomatis.")
    answering.answer(answer, where.actor("operator"), Fraction(3), "Disimpan.", "Analisis.", answer.version)
    session.flush()
    assert [(r.n, r.facts, r.autosaved) for r in answer.revisions] == [(1, "Disimpan.", False)]
    auto(session, where, answer, "Otomatis lagi.")
    assert answering.answer(answer, where.actor("operator"), Fraction(3), "Otomatis lagi.", "Analisis.", 0) is False
    session.flush()
    assert [(r.n, r.autosaved) for r in answer.revisions] == [(1, False), (2, False)], "pressing the button closes it too"


def test_another_author_and_other_evidence_begin_another_revision(session, where, answer):
    auto(session, where, answer, "Satu.")
    where.people["mate"] = build.office(session, "Rekan lain", where.agencies["bappeda"], "agency_operator")
    auto(session, where, answer, "Dua.", who="mate")
    answering.cite(answer, build.document(session, where.agencies["bappeda"], where.actor("mate")), where.actor("mate"))
    session.flush()
    auto(session, where, answer, "Tiga.", who="mate")
    assert [r.facts for r in answer.revisions] == ["Satu.", "Dua.", "Dua.", "Tiga."]


def test_what_was_vouched_for_and_returned_is_never_changed_by_a_later_saving(session, where, answer):
    for item in build.TWO_ITEMS:
        build.answered(session, where, where.period, item)
    auto(session, where, answer, "Yang ditandatangani.")
    answering.mark_item_ready(answer, where.actor("operator"))
    part: Submission = answer.submission
    answering.hand_to_head(part, where.actor("operator"))
    session.flush()
    frozen = attesting.frozen_submission(part)
    attesting.attest(part, where.actor("head"), frozen.sha256)
    session.flush()
    by = where.actor("internal_assessor")
    checking.check(answer, by, "needs_work", "incomplete", "Lengkapi.", answer.revision_n)
    checking.return_items(part, by, "Lengkapi.")
    session.flush()
    n = answer.revision_n
    auto(session, where, answer, "Yang diperbaiki.")
    assert [(r.n, r.facts) for r in answer.revisions][-2:] == [(n, "Yang ditandatangani."), (n + 1, "Yang diperbaiki.")]
    assert answer.mended and answer.state == "filling"


def test_a_stale_page_is_refused_and_the_same_text_is_no_conflict(session, where, answer):
    auto(session, where, answer, "Yang pertama.")
    with pytest.raises(Stale) as refused:
        auto(session, where, answer, "Yang kedua.", version=answer.version - 1)
    assert refused.value.theirs["facts"] == "Yang pertama." and answer.facts == "Yang pertama."
    assert auto(session, where, answer, "Yang pertama.\r\n", version=0) is False
    with pytest.raises(Refused) as refused:
        auto(session, where, answer, "x" * 4001)
    assert refused.value.field == "facts"


def test_what_is_to_be_looked_at_again_is_confirmed_by_a_deliberate_saving_only(session, where, answer):
    answer.state = "needs_review"
    session.flush()
    auto(session, where, answer, "Diubah sedikit.")
    assert answer.state == "needs_review"
    answering.answer(answer, where.actor("operator"), Fraction(3), "Diubah sedikit.", "Analisis.", answer.version)
    assert answer.state == "filling"


def test_an_earlier_text_comes_back_as_a_new_revision(session, where, answer):
    for text in ("Satu.", "Dua."):
        answering.answer(answer, where.actor("operator"), Fraction(3), text, "Analisis.", answer.version)
        session.flush()
    assert autosaving.restore(answer, answer.revisions[0], where.actor("operator"), answer.version)
    session.flush()
    assert [r.facts for r in answer.revisions] == ["Satu.", "Dua.", "Satu."] and answer.facts == "Satu."
    assert autosaving.restore(answer, answer.revisions[0], where.actor("operator"), answer.version) is False
    with pytest.raises(Stale):
        autosaving.restore(answer, answer.revisions[1], where.actor("operator"), answer.version - 1)
    other = build.contribution(session, where.period, where.agencies["bappeda"], "I01")
    with pytest.raises(Refused):
        autosaving.restore(other, answer.revisions[0], where.actor("operator"), other.version)


def test_bringing_a_text_back_takes_nothing_from_what_was_just_saved_by_itself(session, where, answer):
    answering.answer(answer, where.actor("operator"), Fraction(3), "Satu.", "Analisis.", answer.version)
    session.flush()
    auto(session, where, answer, "Dua, tersimpan sendiri.")
    session.flush()
    assert autosaving.restore(answer, answer.revisions[0], where.actor("operator"), answer.version)
    session.flush()
    assert [r.facts for r in answer.revisions] == ["Satu.", "Dua, tersimpan sendiri.", "Satu."] and answer.facts == "Satu."
