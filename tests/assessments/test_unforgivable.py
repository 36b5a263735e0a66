"""Ways in which an answer could be lost, a wrong index shown, or a stranger see what is not theirs; each one closed."""

from fractions import Fraction

import pytest
from sqlalchemy import delete, select

from assessments import answering, attesting, audit, checking, claiming, history, sharing, subjects
from assessments.models import AuditEntry, AuditHead, Citation, DocumentVersion
from assessments.policies import entitled, may
from assessments.refusal import Refused
from assessments.workflow import advance
from tests import builders as build


@pytest.fixture
def town(session):
    city = build.city(session)
    return city, build.opened(session, city)


def test_a_claim_waits_while_the_words_it_stands_on_are_being_mended(session, town):
    city, period = town
    part = build.accepted(session, city, period)
    assessment, manager, boss = part.assessment, city.actor("round_manager"), city.actor("responsible_officer")
    claim = assessment.claim("I01")
    claiming.propose(claim, manager)
    claiming.approve(claim, boss, claim.revision_n)
    checking.return_items(part, manager, "Nilainya tidak terbukti.", {"I01": "Nilainya tidak terbukti."})
    assert claim.state == "draft"
    with pytest.raises(Refused, match="sedang diperbaiki"):
        claiming.propose(claim, manager)
    mended = next(c for c in part.contributions if c.item == "I01")
    answering.answer(mended, city.actor("operator"), Fraction(1), "Fakta baru.", "Analisis baru.", mended.version)
    session.flush()
    answering.mark_item_ready(mended, city.actor("operator"))
    answering.hand_to_head(part, city.actor("operator"))
    session.flush()
    attesting.attest(part, city.actor("head"), attesting.frozen_submission(part).sha256)
    session.flush()
    for each in part.contributions:
        checking.check(each, city.actor("internal_assessor"), "agreed", None, "", each.revision_n)
    session.flush()
    checking.accept(part, city.actor("internal_assessor"))
    session.flush()
    assert assessment.claim("I01").value == 1, "the mended value is the claim"


def test_nothing_is_written_into_a_part_after_the_whole_was_sent(session, town):
    """Also where the agency never signed, because the team wrote the claims."""
    city, period = town
    contribution = build.answered(session, city, period, "I12")
    assessment = build.ready_to_send(session, city, period)
    attesting.send(assessment, city.actor("responsible_officer"))
    session.flush()
    operator = city.actor("operator")
    assert entitled(operator, "answer", contribution)
    for action, thing in (("answer", contribution), ("mark_ready", contribution.submission)):
        assert not may(operator, action, thing)
    citation = session.scalar(select(Citation).where(Citation.contribution_id == contribution.id))
    assert not may(operator, "write", citation)


def test_what_is_sent_carries_the_index_of_its_claims_whatever_was_kept(session, town):
    city, period = town
    assessment = build.ready_to_send(session, city, period)
    assessment.cached_index = "4.99"
    receipt = attesting.send(assessment, city.actor("responsible_officer"))
    session.flush()
    assert attesting.contents(receipt)["index"] == "3.00" == assessment.cached_index


def test_a_part_with_an_unanswered_item_cannot_be_signed(session, town):
    city, period = town
    part = build.ready(session, city, period)
    part.contributions[0].state = "empty"
    session.flush()
    with pytest.raises(Refused, match="belum ditandai siap"):
        attesting.attest(part, city.actor("head"), attesting.frozen_submission(part).sha256)


def test_the_receipt_counts_what_the_statement_counts(session, town):
    city, period = town
    part = build.ready(session, city, period)
    first = part.contributions[0]
    twin = build.document(session, city.agencies["bappeda"], city.actor("operator"), b"%PDF-I12")
    part.state = first.state = "filling"
    answering.cite(first, twin, city.actor("operator"))
    session.flush()
    answering.mark_item_ready(first, city.actor("operator"))
    answering.hand_to_head(part, city.actor("operator"))
    session.flush()
    frozen = attesting.frozen_submission(part)
    receipt = attesting.attest(part, city.actor("head"), frozen.sha256)
    session.flush()
    assert attesting.contents(receipt)["files"] == frozen.files
    assert f"{frozen.files} berkas" in receipt.signature.statement


def test_in_a_round_of_agencies_each_answers_for_itself(session):
    city = build.city(session)
    period = build.draft(session, city, slug="2026-opd", subjects="agencies")
    manager = city.actor("round_manager")
    assessment = subjects.add_subject(session, period, city.agencies["dinkes"], manager)
    with pytest.raises(Refused, match="mengisi sendiri"):
        sharing.share_out(
            session, assessment, "I01", city.agencies["dinkes"], [city.agencies["bappeda"]], manager
        )


@pytest.mark.parametrize("who", ["inspector", "coordinator", "internal_assessor", "operator", "head"])
def test_a_draft_round_is_hidden_with_everything_in_it(session, who):
    city = build.city(session)
    period = build.draft(session, city)
    assessment = build.assessment_of(session, period)
    sharing.share_out(session, assessment, "I12", city.agencies["bappeda"], [], city.actor("round_manager"))
    session.flush()
    part = build.submission(session, period, city.agencies["bappeda"])
    for thing in (period, assessment, part, part.contributions[0]):
        for action in ("read", "know"):
            assert not entitled(city.actor(who), action, thing), (action, thing)
    assert entitled(city.actor("round_manager"), "read", assessment)


def test_an_unsent_round_is_nobodys_past(session, town):
    city, period = town
    earlier = build.opened(session, city, slug="2021", year=2021, title="Putaran 2021")
    draft = build.assessment_of(session, earlier)
    claiming.write_claim(draft, "I01", city.actor("round_manager"), Fraction(4), "Fakta.", "Analisis.", 0)
    session.flush()
    assert history.before(session, build.assessment_of(session, period)) is None


def test_the_team_reads_the_bytes_of_what_was_put_forward_and_of_nothing_else(session, town):
    city, period = town
    build.answered(session, city, period, "I12")
    cited = session.scalar(select(DocumentVersion))
    kept = build.document(session, city.agencies["bappeda"], city.actor("operator"), b"%PDF-laci")
    for who in ("round_manager", "internal_assessor", "entry_officer", "inspector"):
        assert entitled(city.actor(who), "download", cited)
        assert not entitled(city.actor(who), "download", kept)
    assert entitled(city.actor("operator"), "download", kept)
    assert not entitled(city.actor("operator_other"), "download", cited)


def test_saying_twice_that_an_item_is_ready_is_no_fault(session, town):
    city, period = town
    contribution = build.answered(session, city, period, "I12")
    answering.mark_item_ready(contribution, city.actor("operator"))
    assert contribution.state == "ready"


def test_a_removed_head_of_a_chain_shows(session, town):
    session.commit()
    session.execute(delete(AuditHead).where(AuditHead.stream == "account"))
    assert "account: kepala rantai hilang" in list(audit.broken_links(session))


def test_a_signature_is_part_of_the_record(session, town):
    city, period = town
    build.signed(session, city, period)
    session.commit()
    streams = set(session.scalars(select(AuditEntry.stream)))
    assert f"signature:{city.people['head'].id}" in streams
    assert "subject" in streams


def test_a_closed_round_takes_no_more_checks(session, town):
    city, period = town
    part = build.signed(session, city, period)
    advance(period, "close", city.actor("round_manager"), "Selesai.")
    with pytest.raises(Refused):
        checking.check(part.contributions[0], city.actor("internal_assessor"), "agreed", None, "",
                       part.contributions[0].revision_n)
