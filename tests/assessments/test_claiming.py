"""The subject's one answer: adopted or written, proposed, approved, and the index it amounts to."""

from fractions import Fraction

import pytest

from assessments import checking, claiming
from assessments.claiming import claimed_values, write_claim
from assessments.refusal import Refused, Stale
from assessments.scoring import exact_text, score
from assessments.workflow import Forbidden
from tests import builders as build


@pytest.fixture
def city(session):
    return build.city(session)


@pytest.fixture
def whole(session, city):
    """An assessment in which bappeda's two items were taken in."""
    part = build.accepted(session, city, build.opened(session, city))
    session.expire_all()
    return part.assessment


def recomputed(assessment) -> str:
    return exact_text(score(assessment.period.instrument, claimed_values(assessment), partial=True).index)


def test_leads_become_claims_with_their_evidence_and_what_was_written_by_hand_stays(session, city):
    period = build.opened(session, city)
    assessment = build.assessment_of(session, period)
    write_claim(assessment, "I12", city.actor("entry_officer"), Fraction(5), "Ditulis tangan.", "A.", 0)
    session.flush()
    build.accepted(session, city, period)
    session.refresh(assessment)
    assert {claim.item: (claim.origin, claim.facts) for claim in assessment.claims} == {
        "I01": ("adopted", "Fakta contoh."), "I12": ("written", "Ditulis tangan."),
    }
    assert [citation.letter for citation in assessment.claim("I01").citations] == ["a"]


def test_a_round_may_leave_all_claims_to_the_team(session, city):
    build.accepted(session, city, build.opened(session, city, claim_rule="manual"))
    session.expire_all()
    assert build.assessment_of(session, session.query(build.Period).one()).claims == []


def test_the_cached_index_is_always_what_a_recomputation_gives(session, city, whole):
    by = city.actor("round_manager")
    assert whole.cached_index == recomputed(whole)
    for n, item in enumerate(whole.period.instrument.items):
        claim = whole.claim(item.code)
        write_claim(whole, item.code, by, Fraction(n % 5 + 1), "F.", "A.", claim.version if claim else 0)
        session.flush()
        assert whole.cached_index == recomputed(whole)


def test_a_stale_text_is_shown_and_one_that_says_the_same_is_no_conflict(session, city, whole):
    by, claim = city.actor("round_manager"), whole.claim("I12")
    seen = claim.version
    write_claim(whole, "I12", by, Fraction(4), "Milik saya.", "A.", seen)
    session.flush()
    with pytest.raises(Stale) as stale:
        write_claim(whole, "I12", by, Fraction(2), "Milik lain.", "A.", seen)
    assert stale.value.theirs["facts"] == "Milik saya." and stale.value.theirs["value"] == "4"
    count = claim.revision_n
    assert write_claim(whole, "I12", by, Fraction(4), "Milik saya.", "A.", seen) is claim and claim.revision_n == count
    with pytest.raises(Refused):
        claiming.adopt(whole, claim.contribution, by, seen_version=seen)


@pytest.mark.parametrize("who", ["operator", "head", "responsible_officer", "coordinator", "inspector", "system_admin"])
def test_only_the_writers_write(session, city, whole, who):
    with pytest.raises(Forbidden):
        write_claim(whole, "I12", city.actor(who), Fraction(4), "F.", "A.", whole.claim("I12").version)


def test_a_claim_leans_only_on_documents_of_the_own_instansi(session, city, whole):
    by, claim = city.actor("round_manager"), whole.claim("I12")
    abroad = build.city(session, "Kota Lain")
    foreign = build.document(session, abroad.agencies["dinkes"], abroad.actor("operator_other"), b"%PDF-asing")
    with pytest.raises(Refused, match="bukan milik instansi"):
        claiming.cite_for_claim(claim, foreign, by, [2])
    claiming.propose(claim, by)
    own = build.document(session, city.agencies["dinkes"], city.actor("operator_other"), b"%PDF-sendiri")
    seen = claim.revision_n
    citation = claiming.cite_for_claim(claim, own, by, [2], "hlm. 3")
    session.flush()
    assert (claim.state, claim.revision_n, citation.letter) == ("draft", seen + 1, "b"), "other evidence is another statement"
    claiming.detach_from_claim(citation, by)
    session.flush()
    session.expire(claim)
    assert [c.letter for c in claim.citations] == ["a"] and claim.revision_n == seen + 2
    with pytest.raises(Refused):
        claiming.cite_for_claim(claim, own, by, [9])


def test_only_what_is_complete_is_proposed(session, city, whole):
    by = city.actor("internal_assessor")
    write_claim(whole, "I02", by, None, "Belum bernilai.", "A.", 0)
    session.flush()
    done, left = claiming.propose_complete(whole, by)
    assert {claim.item for claim in done} == {"I01", "I12"} and [claim.item for claim in left] == ["I02"]


def test_yes_is_said_to_the_revision_that_was_seen(session, city, whole):
    by, boss = city.actor("round_manager"), city.actor("responsible_officer")
    claiming.propose_complete(whole, by)
    seen = {claim.item: claim.revision_n for claim in whole.claims}
    write_claim(whole, "I12", by, Fraction(1), "Diubah.", "A.", whole.claim("I12").version)
    session.flush()
    claiming.propose(whole.claim("I12"), by)
    approved, left = claiming.approve_listed(whole, boss, seen | {"I99": 1})
    session.flush()
    assert [claim.item for claim in approved] == ["I01"] and "berubah" in left["I12"]
    assert [(row.revision_n, row.by_id) for row in whole.claim("I01").approvals] == [(seen["I01"], boss.person_id)]
    assert claiming.approve_listed(whole, boss, seen)[0] == [], "a yes is said once"


def test_the_whole_is_ready_when_the_last_claim_is_approved_and_no_longer_when_one_opens(session, city):
    assessment = build.ready_to_send(session, city, build.opened(session, city))
    assert assessment.state == "ready_to_sign"
    claiming.needs_work(assessment.claims[0], city.actor("responsible_officer"), "Periksa lagi.")
    assert assessment.state == "preparing" and assessment.claims[0].state == "needs_work"


def test_a_returned_part_takes_its_claims_back_approved_or_not(session, city, whole):
    by, boss = city.actor("round_manager"), city.actor("responsible_officer")
    claiming.propose_complete(whole, by)
    claiming.approve(whole.claim("I12"), boss, whole.claim("I12").revision_n)
    session.flush()
    part = build.submission(session, whole.period, city.agencies["bappeda"])
    checking.return_items(part, by, "Ada temuan.", {"I12": "Keliru."})
    assert (whole.claim("I12").state, whole.claim("I01").state) == ("draft", "proposed")
    with pytest.raises(Refused, match="belum diterima"):
        claiming.adopt(whole, whole.claim("I12").contribution, by)


def test_the_provisional_index_says_what_it_stands_on(session, city):
    period = build.opened(session, city)
    assessment = build.assessment_of(session, period)
    assert claiming.provisional(assessment).score is None
    build.answered(session, city, period, "I12", value=5)
    write_claim(assessment, "I01", city.actor("round_manager"), Fraction(5), "F.", "A.", 0)
    session.flush()
    now = claiming.provisional(assessment)
    assert (now.claims, now.estimated, now.total) == (1, 1, 47) and not now.score.complete
    assert now.score.index == score(period.instrument, {"I01": 5, "I12": 5}, partial=True).index
