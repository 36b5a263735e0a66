"""The panel's verbs: judgements, decisions, a result two people stand for, and what becomes of recommendations."""

from fractions import Fraction

import pytest
from sqlalchemy import select

from assessments import following_up, history, judging, results, seating
from assessments.audit import broken_links
from assessments.clock import day_of, judged_at, now
from assessments.models import Assessment, AuditEntry, Result
from assessments.policies import entitled, may, visible
from assessments.recomputing import recompute
from assessments.refusal import Refused, Stale
from assessments.texts import written_day
from assessments.workflow import Forbidden
from tests import builders as build


@pytest.fixture
def town(session):
    return build.city(session), build.outsiders(session)


def test_a_year_from_the_first_judgement_to_a_closed_recommendation(session, town):
    city, outside = town
    assessment = build.judging(session, city, outside)
    made = build.recommendation(session, city, assessment, outside)
    result = build.published(session, city, assessment, outside, {"I01": 2})
    assert (result.index_exact, result.predicate, result.n) == ("2.987", "Baik", 1)
    assert made.released_at is not None
    operator, inspector = city.actor("operator"), city.actor("inspector")
    proof = build.document(session, city.agencies["bappeda"], operator)
    following_up.plan(made, operator, "Menyusun peraturan.", build.date(2027, 3, 1))
    following_up.report(made, operator, "Peraturan terbit.", True, [(proof, "hlm. 1")])
    session.flush()
    with pytest.raises(Forbidden):
        following_up.give_verdict(made, operator, "followup_conforming", "Sesuai.", None, made.progress[-1].id)
    with pytest.raises(Refused, match="kemajuan baru"):
        following_up.give_verdict(made, inspector, "followup_conforming", "Sesuai.", None, None)
    following_up.give_verdict(made, inspector, "followup_conforming", "Sesuai.", None, made.progress[-1].id)
    session.flush()
    assert made.closed and not may(operator, "report", made)
    assert recompute(session).differences == []


def test_AC_09_whoever_proposed_cannot_confirm_and_the_names_differ(session, town):
    city, outside = town
    assessment = build.closed(session, build.judging(session, city, outside), outside)
    lead = outside.actor("panel_lead")
    proposal = results.propose(assessment, lead)
    session.flush()
    with pytest.raises(Refused, match="anggota lain"):
        results.confirm(assessment, lead, proposal.snapshot_sha)
    with pytest.raises(Refused, match="berubah"):
        results.confirm(assessment, outside.actor("assessor"), "0" * 64)
    made = results.confirm(assessment, outside.actor("assessor"), proposal.snapshot_sha)
    session.flush()
    assert made.proposed_by_id != made.confirmed_by_id
    with pytest.raises(Refused):
        results.confirm(assessment, outside.actor("assessor"), proposal.snapshot_sha)


def test_a_settled_result_changes_only_as_the_next_version_with_its_reason(session, town):
    city, outside = town
    assessment = build.judging(session, city, outside)
    first = build.published(session, city, assessment, outside)
    lead = outside.actor("panel_lead")
    with pytest.raises(Refused, match="wajib diisi"):
        results.propose(assessment, lead, {"I01": Fraction(5)})
    with pytest.raises(Refused, match="Belum ada nilai"):
        results.propose(assessment, lead, {"I01": Fraction(3)}, "Salah baca.")
    proposal = results.propose(assessment, lead, {"I01": Fraction(5)}, "Salah baca.")
    session.flush()
    second = results.confirm(assessment, outside.actor("assessor"), proposal.snapshot_sha)
    session.flush()
    assert (second.n, second.supersedes_id, second.reason) == (2, first.id, "Salah baca.")
    assert assessment.state == "published" and first.index_shown == "3.00" != second.index_shown
    assert recompute(session).differences == []


def test_the_check_names_a_number_that_is_not_what_a_recomputation_gives(session, town):
    city, outside = town
    assessment = build.judging(session, city, outside)
    assessment.cached_index = "4.00"
    session.flush()
    assert [d.what for d in recompute(session).differences] == ["indeks sementara"]


def test_a_reason_is_required_where_the_value_differs_and_only_there(session, town):
    city, outside = town
    assessment = build.judging(session, city, outside)
    by, claim = outside.actor("assessor"), assessment.claim("I01")
    draft = judging.write_judgement(claim, by, Fraction(2), "", "", "", "", 0)
    session.flush()
    with pytest.raises(Refused) as said:
        judging.send_judgement(claim, by)
    assert said.value.field == "justification"
    draft = judging.write_judgement(claim, by, Fraction(3), "", "", "", "", draft.version)
    judging.send_judgement(claim, by)
    with pytest.raises(Refused, match="Tarik kembali"):
        judging.write_judgement(claim, by, Fraction(4), "", "", "x", "", draft.version)
    judging.recall_judgement(claim, by)
    session.flush()
    with pytest.raises(Stale):
        judging.write_judgement(claim, by, Fraction(4), "", "", "x", "", 1)


def test_AC_08_a_declared_conflict_is_gone_from_everything(session, town):
    city, outside = town
    assessment = build.judging(session, city, outside)
    by = outside.actor("assessor")
    seating.share_out(assessment, ["I01"], outside.people["assessor"].person, city.actor("round_manager"))
    session.flush()
    assert entitled(by, "see_desk", assessment.claim("I01"))
    seating.declare(assessment, by, False, "Pernah menjadi konsultan di sana.")
    session.flush()
    for action, thing in (("see_desk", assessment.claim("I01")), ("judge", assessment.claim("I01")),
                          ("read", assessment), ("see_room", assessment), ("declare", assessment)):
        assert not entitled(by, action, thing)
    assert [seat for seat in assessment.seats if seat.person_id == by.person_id] == []


def test_AC_08_nobody_of_the_own_instansi_sits_on_the_panel(session, town):
    city, outside = town
    assessment = build.judging(session, city, outside)
    insider = build.office(session, "asesor dalam", city.agencies["kominfo"], "assessor")
    with pytest.raises(Refused, match="instansi yang dinilai"):
        seating.seat_member(assessment, insider.person, "member", city.actor("round_manager"))


def test_AC_08_a_declared_conflict_cannot_be_taken_back_by_seating_again(session, town):
    city, outside = town
    assessment = build.judging(session, city, outside)
    manager, person = city.actor("round_manager"), outside.people["assessor"].person
    seating.declare(assessment, outside.actor("assessor"), False, "Pernah menjadi konsultan di sana.")
    session.flush()
    with pytest.raises(Refused, match="tetap tercatat"):
        seating.unseat_member(assessment, person, manager)
    with pytest.raises(Refused, match="benturan kepentingan"):
        seating.seat_member(assessment, person, "lead", manager)
    assert [member.person_id for member in assessment.panel if member.role == "lead"] == [
        outside.people["panel_lead"].person_id
    ]


def test_AC_08_an_office_in_the_instansi_ends_every_right_on_its_panel(session, town):
    city, outside = town
    assessment = build.judging(session, city, outside, evidence=("I01",))
    by, claim = outside.actor("assessor"), assessment.claim("I01")
    version = claim.citations[0].cited
    assert entitled(by, "judge", claim) and entitled(by, "download", version)
    build.staffing.appoint(session, outside.people["assessor"].person, city.agencies["dinkes"], "agency_operator",
                           city.actor("system_admin"))
    session.commit()
    for action, thing in (("see_desk", claim), ("judge", claim), ("read", assessment), ("see_room", assessment),
                          ("read", assessment.period), ("download", version), ("declare", assessment)):
        assert not entitled(by, action, thing), action
    assert assessment.id not in session.scalars(select(visible(by, Assessment).subquery().c.id)).all()
    assert entitled(outside.actor("panel_lead"), "judge", claim)
    assert list(broken_links(session)) == []
    assert not session.scalar(select(AuditEntry.seq).where(AuditEntry.payload.contains("at_home")).limit(1))


def test_a_member_who_becomes_a_reviewer_gives_the_items_back(session, town):
    city, outside = town
    assessment = build.judging(session, city, outside)
    manager, person = city.actor("round_manager"), outside.people["assessor"].person
    seating.share_out(assessment, ["I01"], person, manager)
    session.flush()
    seating.seat_member(assessment, person, "reviewer", manager)
    session.commit()
    assert assessment.seats == []


def test_a_stage_is_decided_and_ends_only_after_it_has_opened_and_while_the_round_is_open(session, town):
    city, outside = town
    assessment = build.judging(session, city, outside)
    period, lead, begins = assessment.period, outside.actor("panel_lead"), now() + build.timedelta(days=3)
    build.sharing.set_stage(period, "interview", begins, begins + build.timedelta(days=9))
    build.closed(session, assessment, outside)
    for deed in (lambda: judging.close_stage(assessment, lead),
                 lambda: judging.decide(assessment, "I01", lead, Fraction(2), "Bukti kurang.")):
        with pytest.raises(Refused, match=f"belum dibuka; mulai {written_day(day_of(begins, period.zone))}"):
            deed()
    with judged_at(begins + build.timedelta(days=30)):
        assert may(lead, "adjudicate", assessment)
        build.advance(period, "close", city.actor("round_manager"), "Selesai lebih awal.")
        with pytest.raises(Refused, match="tidak sedang dibuka"):
            judging.close_stage(assessment, lead)
    assert assessment.state == "interview"


def test_a_correction_keeps_the_embargo_of_what_it_corrects(session, town):
    city, outside = town
    assessment = build.closed(session, build.judging(session, city, outside), outside)
    lead, member, until = outside.actor("panel_lead"), outside.actor("assessor"), now() + build.timedelta(days=5)
    first = results.propose(assessment, lead, embargo_until=until)
    session.flush()
    results.confirm(assessment, member, first.snapshot_sha)
    session.flush()
    second = results.propose(assessment, lead, {"I01": Fraction(2)}, "Salah ketik.")
    session.flush()
    assert results.confirm(assessment, member, second.snapshot_sha).embargo_until == until
    session.flush()
    with pytest.raises(Refused, match="Embargo"):
        results.publish(assessment, city.actor("round_manager"))


def test_last_year_s_own_result_is_told_once_it_is_published(session, town):
    city, outside = town
    past = build.judging(session, city, outside, slug="2025", title="Penilaian mandiri SPBE 2025", year=2025)
    build.settled(session, past, outside, {"I01": 1})
    session.commit()
    present = build.assessment_of(session, build.opened(session, city))
    assert history.before(session, present, "I01").value("I01") == history.before(session, present).value("I01") == 3
    results.publish(past, city.actor("round_manager"))
    session.commit()
    assert history.before(session, present, "I01").value("I01") == history.before(session, present).value("I01") == 1


def test_a_seat_is_its_owner_s_and_a_free_one_is_taken_by_the_first(session, town):
    city, outside = town
    assessment = build.judging(session, city, outside)
    lead, member = outside.actor("panel_lead"), outside.actor("assessor")
    judging.write_judgement(assessment.claim("I01"), member, Fraction(3), "", "", "", "", 0)
    session.flush()
    session.expire(assessment, ["seats"])
    with pytest.raises(Refused, match="dibagikan kepada"):
        judging.write_judgement(assessment.claim("I01"), lead, Fraction(3), "", "", "", "", 0)


def test_a_stage_with_an_unjudged_item_does_not_close_until_the_lead_decides_it(session, town):
    city, outside = town
    assessment = build.judging(session, city, outside)
    lead = outside.actor("panel_lead")
    build.judged(session, assessment, outside)
    claim = assessment.claim("I05")
    judging.recall_judgement(claim, outside.actor("assessor"))
    session.flush()
    with pytest.raises(Refused, match="1 indikator belum bernilai: 5"):
        judging.close_stage(assessment, lead)
    session.rollback()


def test_an_official_result_is_corrected_by_a_version_with_its_reason(session, town):
    city, outside = town
    assessment = build.judging(session, city, outside)
    manager = city.actor("round_manager")
    values = {item.code: Fraction(2) for item in assessment.period.instrument.items}
    results.enter_official(assessment, values, "Keputusan 1/2026", manager)
    session.flush()
    with pytest.raises(Refused, match="Alasan"):
        results.enter_official(assessment, values | {"I01": Fraction(3)}, "Keputusan 1/2026", manager)
    made = results.enter_official(assessment, values | {"I01": Fraction(3)}, "Keputusan 1/2026", manager, "Salah ketik.")
    session.flush()
    assert (made.n, made.source) == (2, "official")
    assert session.query(Result).count() == 2


def test_AC_08_a_value_sent_before_a_declared_conflict_does_not_count(session, town):
    city, outside = town
    assessment = build.judging(session, city, outside)
    build.judged(session, assessment, outside)
    seating.declare(assessment, outside.actor("assessor"), False, "Pernah bekerja di sana.")
    session.flush()
    with pytest.raises(Refused, match="47 indikator belum bernilai"):
        judging.close_stage(assessment, outside.actor("panel_lead"))


def test_nobody_judges_or_settles_before_a_word_on_conflicts(session, town):
    city, outside = town
    assessment = build.judging(session, city, outside)
    lead = next(member for member in assessment.panel if member.role == "lead")
    lead.conflict = "none"
    session.flush()
    with pytest.raises(Refused, match="pernyataan benturan kepentingan"):
        judging.write_judgement(assessment.claim("I01"), outside.actor("panel_lead"), Fraction(3), "", "", "", "", 0)
    lead.conflict = "free"
    build.closed(session, assessment, outside)
    lead.conflict = "none"
    session.flush()
    with pytest.raises(Refused, match="pernyataan benturan kepentingan"):
        results.propose(assessment, outside.actor("panel_lead"))


def test_a_rehearsal_is_never_a_result(session, town):
    city, outside = town
    assessment = build.judging(session, city, outside, track="rehearsal", slug="gladi")
    build.closed(session, assessment, outside)
    with pytest.raises(Refused, match="gladi tidak dapat menjadi hasil"):
        results.propose(assessment, outside.actor("panel_lead"))
    assert not may(city.actor("round_manager"), "publish", assessment)
