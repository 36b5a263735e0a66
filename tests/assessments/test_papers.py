"""Berita acara and consent: one deed or nothing, by nobody who wrote, gone as soon as a claim is opened again."""

import json
from datetime import date, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import func, select

from assessments import answering, attesting, checking, claiming, countersigning, general_questions, staffing
from assessments.actors import SYSTEM, acting
from assessments.canonical import canonical, digest
from assessments.countersigning import WithoutTeam
from assessments.models import Appointment, Event, Paper, Receipt, Signature, Snapshot, TeamDecision
from assessments.papers import consent_content, minutes_content
from assessments.policies import may
from assessments.refusal import Refused
from assessments.signed_papers import in_force, papers_of
from assessments.workflow import Forbidden, advance, blockers, look, open_transitions
from tests import builders as build

LATER = date(2021, 1, 1)


@pytest.fixture
def where(session):
    return build.city(session)


@pytest.fixture
def assessment(session, where):
    return build.ready_to_send(session, where, build.opened(session, where, asks_papers=True))


def seen_by(session, assessment, by):
    office = session.get_one(Appointment, by.appointment_id)
    return {draft.kind: draft.sha256 for draft in countersigning.drafts(assessment, office)}


def signed_now(session, assessment, by):
    papers = countersigning.sign(assessment, by, seen_by(session, assessment, by))
    session.flush()
    return papers


def numbers(session, *kinds):
    return [session.scalar(select(func.count()).select_from(kind)) for kind in kinds]


def test_the_minutes_say_what_the_portal_counts(session, where, assessment):
    build.cited(session, where, assessment, "I12")
    session.add(TeamDecision(assessment=assessment, number="188.45/12", dated=LATER, signatory="Wali Kota", starts_on=LATER,
                             by_id=where.people["round_manager"].person_id))
    session.flush()
    content = minutes_content(assessment, where.people["coordinator"])
    score = claiming.provisional(assessment).score
    assert (content["total"], content["assessed"], content["files"]) == (47, 47, 1)
    assert Fraction(content["index"]["exact"]) == score.index
    assert content["predicate"] == score.predicate().name
    assert {node["code"]: Fraction(node["exact"]) for node in content["nodes"]} == score.nodes
    assert content["team"]["number"] == "188.45/12" and content["subject"] == "Pemerintah Kota Contoh"
    assert [one["name"] for one in content["responsible"]] == ["responsible officer kota-contoh"]
    assert content["coordinator"]["name"] == "coordinator kota-contoh"
    assert "dipublikasikan" in consent_content(assessment)["statement"]
    assert canonical(content) == canonical(minutes_content(assessment, where.people["coordinator"]))


def test_one_deed_signs_both_papers_with_numbers_of_their_own(session, where, assessment):
    by = where.actor("coordinator")
    minutes, consent = signed_now(session, assessment, by)
    assert minutes.number.startswith("BA-2026-") and consent.number.startswith("PP-2026-")
    assert assessment.state == "signed" and numbers(session, Paper, Signature, Snapshot) == [2, 2, 2]
    for paper in (minutes, consent):
        assert digest(paper.snapshot.content) == paper.snapshot_sha and paper.signature.method == "password"
    assert "47 dari 47 indikator" in minutes.signature.statement
    again = countersigning.sign(assessment, by, {paper.kind: paper.snapshot_sha for paper in (minutes, consent)})
    assert [paper.number for paper in again] == [minutes.number, consent.number]


def test_without_a_team_decision_the_minutes_are_signed_only_with_a_tick_and_a_reason_that_stay_on_them(session, where, assessment):
    build.team_undecided(session, assessment)
    by, seen = where.actor("coordinator"), seen_by(session, assessment, where.actor("coordinator"))
    for excuse, field in ((None, None), (WithoutTeam(True, " "), "reason"), (WithoutTeam(False, "Belum terbit."), "without_team")):
        with pytest.raises(Refused) as refused, session.begin_nested():
            countersigning.sign(assessment, by, seen, without_team=excuse)
        assert field is None or refused.value.field == field
    assert numbers(session, Paper, Signature) == [0, 0]
    minutes, consent = countersigning.sign(assessment, by, seen, without_team=WithoutTeam(True, "Keputusan sedang di bagian hukum."))
    session.flush()
    content = json.loads(minutes.snapshot.content)
    assert (content["team"], content["without_team"]) == (None, "Keputusan sedang di bagian hukum.")
    assert digest(minutes.snapshot.content) == minutes.snapshot_sha != seen["minutes"] and consent.snapshot_sha == seen["consent"]
    assert "bagian hukum" in session.scalars(select(Event.note).where(Event.verb == "sign")).one()
    again = countersigning.sign(assessment, by, seen, without_team=WithoutTeam(True, "Lain."))
    assert [paper.number for paper in again] == [minutes.number, consent.number], "what the page showed is what was signed"


def test_a_tick_means_nothing_where_there_is_a_decision(session, where, assessment):
    by = where.actor("coordinator")
    minutes, _ = countersigning.sign(assessment, by, seen_by(session, assessment, by), without_team=WithoutTeam(True, "Tidak perlu."))
    assert "without_team" not in json.loads(minutes.snapshot.content)


def test_the_answers_to_the_general_questions_are_in_what_is_signed_and_sent(session, where):
    period = build.opened(session, where, asks_papers=True)
    by = where.actor("round_manager")
    general_questions.add_questions(session, period, ["Layanan apa?", "Rencana apa?"], by)
    assessment = build.ready_to_send(session, where, period)
    first = general_questions.asked_of(session, assessment)[0]
    general_questions.answer(first, assessment, "Satu portal.", 0, by)
    version = build.document(session, where.instansi, by, b"%PDF-umum")
    general_questions.attach(general_questions.asked_of(session, assessment)[0], assessment, version, by)
    session.flush()
    before = seen_by(session, assessment, where.actor("coordinator"))
    again = general_questions.asked_of(session, assessment)[0]
    general_questions.answer(again, assessment, "Dua portal.", again.answer.version, by)
    session.flush()
    after = seen_by(session, assessment, where.actor("coordinator"))
    assert after["minutes"] != before["minutes"], "another answer makes another paper"
    minutes, _ = signed_now(session, assessment, where.actor("coordinator"))
    said = json.loads(minutes.snapshot.content)
    assert said["edition"] == 2 and (said["general"]["questions"], said["general"]["answered"]) == (2, 1)
    assert not may(by, "answer_general", assessment), "what is signed stands still"
    assert "berita acara" in general_questions.stand_still(period)
    receipt = attesting.send(assessment, where.actor("responsible_officer"))
    session.flush()
    general = attesting.contents(receipt)["general"]
    assert [(each["number"], each["answer"]) for each in general] == [(1, "Dua portal."), (2, "")]
    assert [file["title"] for file in general[0]["files"]] == [version.document.title] and general[0]["files"][0]["sha256"]
    assert digest(canonical(general)) == said["general"]["sha256"]


def test_a_copy_of_an_earlier_edition_verifies_as_it_did(session, where, assessment):
    signed_now(session, assessment, where.actor("coordinator"))
    receipt = attesting.send(assessment, where.actor("responsible_officer"))
    session.flush()
    old = canonical({name: said for name, said in attesting.contents(receipt).items() if name not in ("edition", "general")})
    early = Receipt(number="PM-2026-LAMA-LAMA", kind="sent", assessment=assessment, signature=receipt.signature,
                    snapshot=Snapshot(sha256=digest(old), kind="sent", content=old, at=receipt.at),
                    at=receipt.at + timedelta(seconds=1))
    session.add(early)
    session.flush()
    assert attesting.standing(early) == "valid" and "general" not in attesting.contents(early)


@pytest.mark.parametrize("part", ["minutes", "consent"])
def test_another_fingerprint_than_the_one_shown_signs_nothing(session, where, assessment, part):
    by = where.actor("coordinator")
    with pytest.raises(attesting.Changed):
        countersigning.sign(assessment, by, seen_by(session, assessment, by) | {part: "0" * 64})
    assert assessment.state == "ready_to_sign" and numbers(session, Paper, Signature, Snapshot) == [0, 0, 0]


def test_a_round_that_asks_for_papers_is_not_sent_without_them(session, where, assessment):
    boss = where.actor("responsible_officer")
    assert look(assessment).label == "Siap ditandatangani"
    with pytest.raises(Refused, match="Berita Acara Penilaian Mandiri dan Pernyataan Persetujuan Publikasi belum"):
        attesting.send(assessment, boss)
    signed_now(session, assessment, where.actor("coordinator"))
    assert blockers(assessment, "send") == []
    attesting.send(assessment, boss)
    assert assessment.state == "sent"


def test_a_round_that_asks_for_none_is_sent_with_or_without(session, where):
    assessment = build.ready_to_send(session, where, build.opened(session, where))
    assert look(assessment).label == "Siap dikirim" and blockers(assessment, "send") == []
    signed_now(session, assessment, where.actor("coordinator"))
    attesting.send(assessment, where.actor("responsible_officer"))
    assert assessment.state == "sent" and len(in_force(assessment)) == 2


def test_a_claim_opened_again_takes_both_papers_with_it_and_leaves_a_trace(session, where, assessment):
    papers = signed_now(session, assessment, where.actor("coordinator"))
    claiming.needs_work(assessment.claim("I12"), where.actor("responsible_officer"), "Bukti lama.")
    session.flush()
    assert assessment.state == "preparing" and in_force(assessment) == []
    boss = where.people["responsible_officer"].person_id
    assert {(paper.withdrawn_by_id, paper.withdrawn_why) for paper in papers} == {
        (boss, "Ada klaim yang dibuka lagi sesudah ditandatangani.")
    }
    line = session.scalar(select(Event).where(Event.thing == "assessment", Event.verb == "papers"))
    assert papers[0].number in line.label and papers[1].number in line.label


def test_a_return_to_the_agency_takes_the_papers_too(session, where):
    period = build.opened(session, where, asks_papers=True)
    build.accepted(session, where, period)
    assessment = build.assessment_of(session, period)
    manager, boss = where.actor("round_manager"), where.actor("responsible_officer")
    for item in period.instrument.items:
        claim = assessment.claim(item.code) or claiming.write_claim(
            assessment, item.code, manager, Fraction(3), "Fakta.", "Analisis.", 0
        )
        session.flush()
        claiming.propose(claim, manager)
        claiming.approve(claim, boss, claim.revision_n)
        session.flush()
    build.team_decided(session, assessment, where.actor("coordinator"))
    signed_now(session, assessment, where.actor("coordinator"))
    part = build.submission(session, period, where.agencies["bappeda"])
    checking.return_items(part, manager, "Perbaiki.", {"I12": "Bukti lama."})
    session.flush()
    assert assessment.state == "preparing" and in_force(assessment) == []
    assert {c.item: c.state for c in part.contributions} == {"I01": "ready", "I12": "returned"}


def test_the_koordinator_takes_the_signatures_back_with_a_reason_and_signs_again(session, where, assessment):
    by = where.actor("coordinator")
    first = signed_now(session, assessment, by)
    with pytest.raises(Refused, match="Tulis alasannya"):
        countersigning.withdraw(assessment, by, "  ")
    countersigning.withdraw(assessment, by, "Nomor keputusan tim belum benar.")
    session.flush()
    assert assessment.state == "ready_to_sign" and in_force(assessment) == []
    second = signed_now(session, assessment, by)
    assert [p.number for p in in_force(assessment)] == [p.number for p in second]
    assert {p.number for p in papers_of(assessment)} == {p.number for p in (*first, *second)}
    assert {p.snapshot_sha for p in first}.isdisjoint(p.snapshot_sha for p in second)


def test_reopening_asks_a_reason_and_voids_receipt_and_papers(session, where, assessment):
    signed_now(session, assessment, where.actor("coordinator"))
    receipt = attesting.send(assessment, where.actor("responsible_officer"))
    session.flush()
    manager = where.actor("round_manager")
    with pytest.raises(Refused, match="Tulis alasannya"):
        countersigning.reopen(assessment, manager, "")
    with pytest.raises(Forbidden):
        countersigning.reopen(assessment, where.actor("responsible_officer"), "Salah kirim.")
    countersigning.reopen(assessment, manager, "Klaim indikator 12 keliru.")
    session.flush()
    assert assessment.state == "ready_to_sign" and in_force(assessment) == []
    assert attesting.standing(receipt) == "withdrawn"
    signed_now(session, assessment, where.actor("coordinator"))
    again = attesting.send(assessment, where.actor("responsible_officer"))
    session.flush()
    assert again.number != receipt.number and attesting.standing(receipt) == "superseded"
    assert numbers(session, Receipt) == [2]


def test_what_the_assessors_have_begun_is_not_reopened(session, where, assessment):
    signed_now(session, assessment, where.actor("coordinator"))
    attesting.send(assessment, where.actor("responsible_officer"))
    advance(assessment, "begin_document", SYSTEM, because=True)
    manager = where.actor("round_manager")
    assert "reopen" not in {step.name for step in open_transitions(assessment, manager)}
    with pytest.raises(Refused, match="penilaian dokumen"):
        countersigning.reopen(assessment, manager, "Terlambat.")


# ---------------------------------------------------------------- nobody signs what they wrote


def also(session, where, who, role, at="kominfo", **more):
    """The same person in a second office."""
    organization = where.instansi if at == "instansi" else where.agencies[at]
    office = staffing.appoint(session, where.people[who].person, organization, role, SYSTEM, starts_on=LATER, **more)
    session.flush()
    return acting(office, where.people[who].person.account.id)


def day_of(session, where, role, for_whom, at):
    """A Plh. whose holder is `for_whom`: somebody else sits there and signs in their name."""
    organization = where.instansi if at == "instansi" else where.agencies[at]
    office = Appointment(
        person=build.person(session, f"plh {role}", organization), organization=organization, role=role, starts_on=LATER,
        kind="plh", acting_for=where.people[for_whom].person, decision_no="SK 9", decision_on=LATER,
    )
    session.add(office)
    session.flush()
    return acting(office, office.person.account.id)


def test_the_koordinator_who_wrote_a_claim_in_another_office_does_not_sign(session, where, assessment):
    both = also(session, where, "round_manager", "coordinator", "instansi", kind="plt",
                acting_for=where.people["coordinator"].person, decision_no="SK 1", decision_on=LATER)
    with pytest.raises(Refused, match="ikut menulis klaim"):
        countersigning.sign(assessment, both, seen_by(session, assessment, both))
    assert "sign" not in {step.name for step in open_transitions(assessment, both)}


def test_the_plh_of_an_author_signs_no_more_than_the_author(session, where, assessment):
    stand_in = day_of(session, where, "coordinator", "round_manager", "instansi")
    with pytest.raises(Refused, match="Anda atau pejabat yang Anda wakili ikut menulis klaim"):
        countersigning.sign(assessment, stand_in, seen_by(session, assessment, stand_in))


def one_letter(session, where, period, who):
    """`who` changes one letter of bappeda's answer on I12, once; the operator finishes it."""
    operator = where.actor("operator")
    made = build.answered(session, where, period, "I12")
    answering.answer(made, who, made.value, made.facts + "!", made.analysis, made.version)
    session.flush()
    answering.answer(made, operator, made.value, "Fakta lain.", made.analysis, made.version)
    session.flush()
    answering.mark_item_ready(made, operator)
    build.answered(session, where, period, "I01")
    part = build.submission(session, period, where.agencies["bappeda"])
    answering.hand_to_head(part, operator)
    session.flush()
    return part


@pytest.mark.parametrize("deed", ["attest", "approve", "sign"])
def test_one_letter_in_one_revision_is_enough_to_be_an_author(session, where, deed):
    period = build.opened(session, where, asks_papers=True)
    writer = also(session, where, "inspector", "agency_operator", "bappeda")
    part = one_letter(session, where, period, writer)
    if deed == "attest":
        head = also(session, where, "inspector", "agency_head", "bappeda", kind="plt",
                    acting_for=where.people["head"].person, decision_no="SK 2", decision_on=LATER)
        with pytest.raises(Refused, match="ikut menulis isian ini"):
            attesting.attest(part, head, attesting.frozen_submission(part).sha256)
        return
    attesting.attest(part, where.actor("head"), attesting.frozen_submission(part).sha256)
    session.flush()
    for each in part.contributions:
        checking.check(each, where.actor("internal_assessor"), "agreed", None, "", each.revision_n)
    session.flush()
    checking.accept(part, where.actor("internal_assessor"))
    assessment = part.assessment
    manager, boss = where.actor("round_manager"), where.actor("responsible_officer")
    if deed == "approve":
        claim = assessment.claim("I12")
        claiming.propose(claim, manager)
        mine = also(session, where, "inspector", "responsible_officer", kind="plt",
                    acting_for=where.people["responsible_officer"].person, decision_no="SK 3", decision_on=LATER)
        with pytest.raises(Refused, match="ikut menulis klaim ini"):
            claiming.approve(claim, mine, claim.revision_n)
        claiming.approve(claim, boss, claim.revision_n)
        return
    for item in period.instrument.items:
        claim = assessment.claim(item.code) or claiming.write_claim(
            assessment, item.code, manager, Fraction(3), "Fakta.", "Analisis.", 0
        )
        session.flush()
        claiming.propose(claim, manager)
        claiming.approve(claim, boss, claim.revision_n)
        session.flush()
    build.team_decided(session, assessment, where.actor("coordinator"))
    mine = also(session, where, "inspector", "coordinator", "instansi", kind="plt",
                acting_for=where.people["coordinator"].person, decision_no="SK 4", decision_on=LATER)
    with pytest.raises(Refused, match="ikut menulis klaim"):
        countersigning.sign(assessment, mine, seen_by(session, assessment, mine))
    assert len(signed_now(session, assessment, where.actor("coordinator"))) == 2


@pytest.mark.parametrize("deed", ["attest", "approve"])
def test_the_plh_of_the_author_vouches_for_and_approves_nothing_of_theirs(session, where, deed):
    period = build.opened(session, where)
    if deed == "attest":
        part = build.ready(session, where, period)
        stand_in = day_of(session, where, "agency_head", "operator", "bappeda")
        with pytest.raises(Refused, match="Anda atau pejabat yang Anda wakili ikut menulis"):
            attesting.attest(part, stand_in, attesting.frozen_submission(part).sha256)
        return
    build.accepted(session, where, period)
    claim = build.assessment_of(session, period).claim("I12")
    claiming.propose(claim, where.actor("round_manager"))
    stand_in = day_of(session, where, "responsible_officer", "operator", "kominfo")
    with pytest.raises(Refused, match="Anda atau pejabat yang Anda wakili ikut menulis"):
        claiming.approve(claim, stand_in, claim.revision_n)


# ---------------------------------------------------------------- the head takes the part back


def test_the_head_takes_a_part_back_before_the_check_and_the_operator_goes_on(session, where):
    part = build.signed(session, where, build.opened(session, where))
    receipt, head = attesting.newest_receipt(part), where.actor("head")
    with pytest.raises(Refused, match="Tulis alasannya"):
        checking.withdraw(part, head, " ")
    with pytest.raises(Forbidden):
        checking.withdraw(part, where.actor("head_other"), "Bukan milik kami.")
    checking.withdraw(part, head, "Lampiran tertukar.")
    session.flush()
    assert part.state == "filling" and attesting.standing(receipt) == "withdrawn"
    mine = next(c for c in part.contributions if c.item == "I12")
    answering.answer(mine, where.actor("operator"), mine.value, "Fakta yang benar.", mine.analysis, mine.version)
    session.flush()
    answering.mark_item_ready(mine, where.actor("operator"))
    answering.hand_to_head(part, where.actor("operator"))
    again = attesting.attest(part, head, attesting.frozen_submission(part).sha256)
    session.flush()
    assert attesting.standing(again) == "valid" and attesting.standing(receipt) == "superseded"


def test_once_the_check_has_begun_the_head_asks_the_assessor(session, where):
    part = build.signed(session, where, build.opened(session, where))
    mine = next(c for c in part.contributions if c.item == "I12")
    checking.check(mine, where.actor("internal_assessor"), "agreed", None, "", mine.revision_n)
    session.flush()
    with pytest.raises(Refused, match="Pemeriksaan sudah dimulai"):
        checking.withdraw(part, where.actor("head"), "Terlambat.")
    assert part.state == "signed"
