"""Two closed readers in the domain: seats, what opens when, recalling, closing, and the lead's decision on a difference."""

from fractions import Fraction

import pytest
from sqlalchemy import select

from assessments import dividing, seating, staffing
from assessments.actors import SYSTEM
from assessments.blindness import counts, items_both_sent, open_to
from assessments.harmonizing import ALIKE, readings
from assessments.judging import close_stage, decide, judge_citation, recall_judgement, send_judgement, write_judgement
from assessments.models import Judgement
from assessments.panel_room import room, sent_words, values_so_far
from assessments.refusal import Refused
from tests.builders import SINCE, city, judging, outsiders


@pytest.fixture
def where(session):
    return city(session)


@pytest.fixture
def outside(session):
    return outsiders(session)


def member_of(outside):
    return outside.people["assessor"].person


def lead_of(outside):
    return outside.people["panel_lead"].person


@pytest.fixture
def blind(session, where, outside):
    """Both items read by the member and the lead, closed from each other."""
    assessment = judging(session, where, outside, evidence=("I12",))
    assessment.period.second_reader = True
    first, second = member_of(outside), lead_of(outside)
    dividing.divide(assessment, {item: {1: first, 2: second} for item in ("I12", "I13")}, outside.actor("panel_lead"))
    session.flush()
    return assessment


def say(assessment, by, item, value, send=True, **more):
    claim = assessment.claim(item)
    stored = next((j for j in assessment.judgements if (j.item, j.person_id) == (item, by.person_id)), None)
    judgement = write_judgement(
        claim, by, Fraction(value), "Fakta.", "Analisis.", "Beda bukti.", "Catatan tim.", stored.version if stored else 0, **more
    )
    if send:
        send_judgement(claim, by)
    return judgement


def seen(session, assessment, by):
    """Items of which this member sees a word of somebody else's, through each way of the domain."""
    found = {row.item.code for row in room(session, assessment, by.person_id).rows if any(not s.mine for s in row.sent)}
    for item in ("I12", "I13"):
        if any(j.person_id != by.person_id for j in sent_words(session, assessment, item, "document", by.person_id)):
            found.add(item)
    rows = session.scalars(select(Judgement).where(Judgement.person_id != by.person_id, open_to(by.person_id)))
    return found | {judgement.item for judgement in rows}


def test_AC_07_nobody_sees_one_reading_until_both_are_sent(session, blind, outside):
    member, lead, reviewer = (outside.actor(who) for who in ("assessor", "panel_lead", "reviewer"))
    say(blind, member, "I12", 2, flagged=True)
    judge_citation(blind.claim("I12"), blind.claim("I12").citations[0], member, "refused", "unfit", "Rahasia.")
    say(blind, lead, "I12", 4, send=False)
    session.flush()
    for by in (member, lead, reviewer):
        assert seen(session, blind, by) == set()
        found = room(session, blind, by.person_id)
        assert {row.value for row in found.rows} == {None} and found.score is None
        assert sum(row.judged for row in found.rows) == 0
    row = next(row for row in room(session, blind, lead.person_id).rows if row.item.code == "I12")
    assert (row.refused, row.doubtful, row.changed) == (0, 0, False)
    assert values_so_far(session, blind) == {}
    assert session.scalars(select(Judgement.item).where(counts())).all() == []

    send_judgement(blind.claim("I12"), lead)
    session.flush()
    for by in (member, lead, reviewer):
        assert "I12" in seen(session, blind, by) and "I13" not in seen(session, blind, by)
    row = next(row for row in room(session, blind, lead.person_id).rows if row.item.code == "I12")
    assert row.split and row.value is None and row.refused == 1 and row.judged


def test_a_sent_reading_is_recalled_only_while_the_partner_has_not_sent(session, blind, outside):
    member, lead = outside.actor("assessor"), outside.actor("panel_lead")
    say(blind, member, "I12", 2)
    assert recall_judgement(blind.claim("I12"), member).state == "draft"
    send_judgement(blind.claim("I12"), member)
    say(blind, lead, "I12", 2)
    for by in (member, lead):
        with pytest.raises(Refused, match="tidak dapat ditarik kembali"):
            recall_judgement(blind.claim("I12"), by)


def test_only_the_holders_of_the_two_seats_judge_and_a_free_item_is_nobodys(session, blind, outside, where):
    lead = outside.actor("panel_lead")
    dividing.divide(blind, {"I12": {1: None, 2: None}, "I13": {2: None}}, lead)
    with pytest.raises(Refused, match="belum dibagikan"):
        say(blind, outside.actor("assessor"), "I12", 3)
    with pytest.raises(Refused, match="dibagikan kepada"):
        say(blind, lead, "I13", 3)


def test_one_person_never_holds_both_seats_and_two_may_change_places(session, blind, outside):
    lead = outside.actor("panel_lead")
    first, second = member_of(outside), lead_of(outside)
    with pytest.raises(Refused, match="orang yang berbeda: indikator 12"):
        dividing.divide(blind, {"I12": {2: first}}, lead)
    assert dividing.divide(blind, {"I12": {1: second, 2: first}}, lead) == 2
    assert {(s.seat, s.person_id) for s in blind.seats if s.item == "I12"} == {(1, second.id), (2, first.id)}
    with pytest.raises(Refused, match="ketua atau anggota"):
        dividing.divide(blind, {"I12": {1: outside.people["reviewer"].person}}, lead)


def test_a_round_with_one_reader_has_no_second_seat(session, blind, outside):
    blind.period.second_reader = False
    with pytest.raises(Refused, match="satu penilai"):
        dividing.divide(blind, {"I12": {1: None, 2: outside.people["assessor"].person}}, outside.actor("panel_lead"))


def test_a_lost_seat_takes_its_reading_back_as_a_draft_and_tells_nothing(session, blind, outside, where):
    """Were it refused or left waiting, the refusal or the opening would tell what the partner has done."""
    member, lead = outside.actor("assessor"), outside.actor("panel_lead")
    mine = say(blind, member, "I12", 2)
    dividing.divide(blind, {"I12": {1: None}}, lead)
    assert mine.state == "draft" and mine.facts == "Fakta."
    say(blind, lead, "I12", 4)
    session.flush()
    assert seen(session, blind, lead) == set() and items_both_sent(session, blind) == set()


def test_what_both_opened_stays_divided_as_it_is(session, blind, outside):
    member, lead = outside.actor("assessor"), outside.actor("panel_lead")
    say(blind, member, "I12", 2)
    say(blind, lead, "I12", 2)
    with pytest.raises(Refused, match="pembagiannya tetap: indikator 12"):
        dividing.divide(blind, {"I12": {1: None}}, lead)


def test_who_holds_seats_of_a_running_reading_leaves_after_these_went_to_somebody_else(session, blind, outside):
    say(blind, outside.actor("assessor"), "I12", 2)
    with pytest.raises(Refused, match="Bagikan dulu"):
        seating.unseat_member(blind, outside.people["assessor"].person, outside.actor("panel_lead"))


def test_who_reads_closed_keeps_the_role_so_that_an_opened_pair_stays_open(session, blind, outside):
    member, lead = outside.actor("assessor"), outside.actor("panel_lead")
    for by, value in ((member, 4), (lead, 2)):
        say(blind, by, "I12", value)
    session.flush()
    with pytest.raises(Refused, match="Bagikan dulu"):
        seating.seat_member(blind, member_of(outside), "reviewer", lead)
    assert items_both_sent(session, blind) == {"I12"}
    with pytest.raises(Refused, match="tidak dapat ditarik kembali"):
        recall_judgement(blind.claim("I12"), lead)


def test_a_declared_conflict_closes_what_its_author_wrote(session, blind, outside):
    member, lead = outside.actor("assessor"), outside.actor("panel_lead")
    say(blind, member, "I12", 2)
    seating.declare(blind, member, False, "Saudara bekerja di sana.")
    say(blind, lead, "I12", 4)
    session.flush()
    assert items_both_sent(session, blind) == set() and seen(session, blind, lead) == set()


def test_who_read_the_reading_of_somebody_that_left_keeps_the_own_one(session, blind, outside, where):
    """A conflict declared after both had sent closes the pair; the own value may not follow what was read in it."""
    member, lead = outside.actor("assessor"), outside.actor("panel_lead")
    say(blind, member, "I12", 4)
    say(blind, lead, "I12", 2)
    say(blind, member, "I13", 4)
    session.flush()
    assert seen(session, blind, lead) == {"I12"}
    seating.declare(blind, member, False, "Saudara bekerja di sana.")
    say(blind, lead, "I13", 2)
    assert recall_judgement(blind.claim("I13"), lead).state == "draft", "nothing of that item was read"
    for _again in range(2):
        with pytest.raises(Refused, match="tidak dapat ditarik kembali"):
            recall_judgement(blind.claim("I12"), lead)
        dividing.divide(blind, {"I12": {1: lead_of(outside), 2: None}}, lead)
        session.flush()
    assert items_both_sent(session, blind) == set() and seen(session, blind, lead) == set()


def test_equal_values_decide_themselves_and_say_so_different_ones_hold_the_stage_up(session, blind, outside):
    member, lead = outside.actor("assessor"), outside.actor("panel_lead")
    others = [item.code for item in blind.period.instrument.items if item.code != "I13"]
    dividing.divide(blind, {item: {1: member_of(outside), 2: lead_of(outside)} for item in others}, lead)
    for item in others:
        say(blind, member, item, 2)
        say(blind, lead, item, 2)
    session.flush()
    with pytest.raises(Refused, match="1 indikator belum dikirim kedua penilainya: 13"):
        close_stage(blind, lead)
    say(blind, member, "I13", 3)
    say(blind, lead, "I13", 4)
    session.flush()
    with pytest.raises(Refused, match="1 indikator dinilai berbeda dan belum diputuskan: 13"):
        close_stage(blind, lead)
    assert readings(session, blind)[blind.id, "I13"].difference == 1
    with pytest.raises(Refused) as refused:
        decide(blind, "I13", lead, Fraction(4), " ")
    assert refused.value.field == "reason"
    decide(blind, "I13", lead, Fraction(4), "Bukti kedua lengkap.")
    session.flush()
    close_stage(blind, lead)
    session.flush()
    made = {decision.item: decision for decision in blind.decisions}
    assert (made["I12"].value, made["I12"].origin, made["I12"].reason, made["I12"].by_id) == (2, "judged", ALIKE, None)
    assert (made["I13"].origin, made["I13"].judgement.person_id) == ("adjudicated", lead.person_id)


def test_the_reading_of_who_came_to_work_there_decides_nothing(session, where, blind, outside):
    member, lead = outside.actor("assessor"), outside.actor("panel_lead")
    say(blind, member, "I12", 2)
    say(blind, lead, "I12", 4)
    staffing.appoint(session, member_of(outside), where.agencies["kominfo"], "agency_operator", SYSTEM, starts_on=SINCE)
    session.flush()
    session.expire_all()
    with pytest.raises(Refused, match="kepada orang lain dulu"):
        decide(blind, "I12", lead, Fraction(2), "Sudah jelas.")
    assert not blind.decisions


def test_the_lead_decides_nothing_that_is_still_closed(session, blind, outside):
    say(blind, outside.actor("assessor"), "I12", 2)
    with pytest.raises(Refused, match="sesudah kedua penilai"):
        decide(blind, "I12", outside.actor("panel_lead"), Fraction(2), "Sudah jelas.")
