"""What is frozen, signed and receipted: one copy for one state, one receipt for one copy."""

import pytest
from sqlalchemy.orm import object_session

from assessments import answering, checking, library
from assessments.actors import acting
from assessments.attesting import (
    NUMBER_LETTERS,
    Changed,
    attest,
    contents,
    frozen_assessment,
    frozen_submission,
    intact,
    new_number,
    newest_receipt,
    receipts_of,
    send,
    standing,
    stands,
    statement_for,
    title_of,
)
from assessments.canonical import digest
from assessments.refusal import Refused
from assessments.workflow import Forbidden
from tests import builders


@pytest.fixture
def where(session):
    return builders.city(session)


@pytest.fixture
def part(session, where):
    return builders.ready(session, where, builders.opened(session, where))


def vouched(part, where):
    receipt = attest(part, where.actor("head"), frozen_submission(part).sha256)
    object_session(part).flush()
    return receipt


def stand_in(session, where):
    """Somebody who holds the head's office for a while."""
    return builders.office(
        session, "Pengganti", where.agencies["bappeda"], "agency_head", kind="plh",
        acting_for=where.people["head"].person, decision_no="800/1", decision_on=builders.SINCE, title="Kepala Bappeda",
    )


def test_the_copy_of_one_state_is_the_same_however_often_it_is_taken(session, part):
    first = frozen_submission(part)
    session.expire_all()
    assert frozen_submission(part) == first
    assert first.sha256 == digest(first.content) and (first.items, first.files, first.authors) == (2, 2, 1)


@pytest.mark.parametrize("what", ["facts", "value", "locator", "number", "citation"])
def test_whatever_the_head_reads_changes_the_fingerprint(session, part, what):
    before = frozen_submission(part).sha256
    contribution = part.contributions[0]
    citation = contribution.citations[0]
    if what == "facts":
        contribution.facts += " Lagi."
    elif what == "value":
        contribution.value = 2
    elif what == "locator":
        citation.locator = "hlm. 6"
    elif what == "number":
        citation.cited.number = "12 Tahun 2024"
    else:
        session.delete(citation)
    session.flush()
    assert frozen_submission(part).sha256 != before


def test_a_newer_version_in_the_library_does_not_change_what_was_cited(session, where, part):
    before = frozen_submission(part).sha256
    document = part.contributions[0].citations[0].cited.document
    blob = library.remember_blob(session, "a" * 64, 5, "application/pdf")
    session.flush()
    library.add_version(document, where.actor("operator"), blob=blob, file_name="baru.pdf")
    session.flush()
    assert frozen_submission(part).sha256 == before


def test_vouching_signs_with_name_title_and_the_words_that_were_shown(session, where, part):
    office = where.people["head"]
    sentence = statement_for(part, office, frozen_submission(part))
    receipt = vouched(part, where)
    signature = receipt.signature
    assert (signature.statement, signature.name, signature.title) == (sentence, office.person.name, title_of(office))
    assert office.person.name in sentence and "2 indikator" in sentence
    assert part.state == "signed" and stands(receipt) and intact(receipt)


def test_an_acting_head_signs_as_acting_and_for_whom(session, where, part):
    office = stand_in(session, where)
    receipt = attest(part, acting(office, office.person.account.id), frozen_submission(part).sha256)
    session.flush()
    assert receipt.signature.title == "Plh. Kepala Bappeda"
    assert receipt.signature.acting_for is where.people["head"].person


def test_another_fingerprint_than_the_one_shown_signs_nothing(session, where, part):
    with pytest.raises(Changed):
        attest(part, where.actor("head"), "0" * 64)
    assert part.state == "ready" and newest_receipt(part) is None


def test_only_the_head_of_the_agency_vouches(where, part):
    sha = frozen_submission(part).sha256
    for who in ("operator", "head_other", "round_manager", "internal_assessor"):
        with pytest.raises(Forbidden):
            attest(part, where.actor(who), sha)


def test_who_wrote_any_revision_does_not_vouch(session, where, part):
    part.contributions[0].remember(where.people["head"].person)
    session.flush()
    with pytest.raises(Refused, match="ikut menulis"):
        vouched(part, where)


def test_the_same_copy_again_gives_the_same_receipt_and_another_person_none(session, where, part):
    sha = frozen_submission(part).sha256
    first = attest(part, where.actor("head"), sha)
    session.flush()
    assert attest(part, where.actor("head"), sha) is first
    second = stand_in(session, where)
    with pytest.raises(Refused, match="ditandatangani"):
        attest(part, acting(second, second.person.account.id), sha)
    assert len(receipts_of(part)) == 1


def test_a_part_sent_back_and_signed_again_supersedes_its_first_receipt(session, where, part):
    first = vouched(part, where)
    checking.return_items(part, where.actor("internal_assessor"), "Perbaiki.", {"I12": "Belum lengkap."})
    session.flush()
    assert standing(first) == "withdrawn"
    with pytest.raises(Refused):
        attest(part, where.actor("head"), first.snapshot_sha)
    item = next(c for c in part.contributions if c.item == "I12")
    answering.answer(item, where.actor("operator"), item.value, "Fakta baru.", item.analysis, item.version)
    session.flush()
    answering.mark_item_ready(item, where.actor("operator"))
    answering.hand_to_head(part, where.actor("operator"))
    session.flush()
    second = vouched(part, where)
    assert (standing(first), standing(second)) == ("superseded", "valid")
    assert [r.number for r in receipts_of(part)] == [second.number, first.number]


def test_an_unchanged_part_signed_again_is_another_copy(session, where, part):
    first = vouched(part, where)
    checking.return_items(part, where.actor("internal_assessor"), "Salah kirim.", {"I12": "Lihat lagi."})
    session.flush()
    item = next(c for c in part.contributions if c.item == "I12")
    item.state = "ready"
    session.flush()
    answering.hand_to_head(part, where.actor("operator"))
    session.flush()
    assert vouched(part, where).snapshot_sha != first.snapshot_sha


def test_BL_08_the_receipt_lists_every_answer_and_file_and_shows_a_changed_byte(session, where, part):
    receipt = vouched(part, where)
    lines = contents(receipt)["items"]
    assert [line["item"] for line in lines] == ["I01", "I12"]
    hashes = {citation["sha256"] for line in lines for citation in line["citations"]}
    assert hashes == {c.cited.sha256 for contribution in part.contributions for c in contribution.citations}
    with session.no_autoflush:
        whole = receipt.snapshot.content
        receipt.snapshot.content = whole[:40] + bytes([whole[40] ^ 1]) + whole[41:]
        assert not intact(receipt) and contents(receipt) is None and standing(receipt) == "broken" and not stands(receipt)


def test_numbers_cannot_be_told_from_one_another(session, where):
    numbers = {new_number("2026") for _ in range(500)}
    assert len(numbers) == 500
    assert all(set(n.removeprefix("PM-2026-").replace("-", "")) <= set(NUMBER_LETTERS) for n in numbers)


def test_sending_freezes_every_claim_and_gives_a_receipt(session, where):
    assessment = builders.ready_to_send(session, where, builders.opened(session, where))
    frozen = frozen_assessment(assessment)
    receipt = send(assessment, where.actor("responsible_officer"))
    session.flush()
    assert receipt.snapshot_sha == frozen.sha256 and stands(receipt) and assessment.sent
    assert [line["revision"] for line in contents(receipt)["items"]] == [1] * frozen.items
