"""The tables of `workflow.py` against the listing of states and legal moves in access.md: all of them, and no other."""

from dataclasses import replace

import pytest

from assessments.clock import now
from assessments.models import (
    Application,
    Assessment,
    CheckMark,
    Claim,
    Contribution,
    Decision,
    Event,
    Judgement,
    PanelMember,
    Period,
    Proposal,
    Snapshot,
    Submission,
)
from assessments.models.application import APPLICATION_STATES
from assessments.models.assessment import ASSESSMENT_STATES
from assessments.models.submission import CONTRIBUTION_STATES, SUBMISSION_STATES
from assessments.refusal import Refused
from assessments.workflow import LOOKS, WORKFLOWS, Forbidden, Transition, advance, blockers, look, open_transitions
from tests import builders as build

# (thing, from, step, to, who may say it). "-" stands for a step that follows from another one.
MOVES = {
    Submission: [
        ("empty", "begin", "filling", "-"),
        ("filling", "mark_ready", "ready", "operator"),
        ("empty", "mark_ready", "ready", "operator"),
        ("returned", "mark_ready", "ready", "operator"),
        ("ready", "attest", "signed", "head"),
        ("ready", "send_back", "filling", "head"),
        ("signed", "accept", "accepted", "internal_assessor round_manager"),
        ("signed", "withdraw", "filling", "head"),
        ("filling", "mend_on", "returned", "-"),
        ("signed", "return", "returned", "internal_assessor round_manager"),
        ("accepted", "return", "returned", "round_manager"),
    ],
    Contribution: [
        ("empty", "answer", "filling", "-"),
        ("needs_review", "answer", "filling", "-"),
        ("filling", "answer", "filling", "-"),
        ("ready", "answer", "filling", "-"),
        ("returned", "answer", "filling", "-"),
        ("filling", "mark_ready", "ready", "operator"),
        ("ready", "return", "returned", "-"),
    ],
    Claim: [
        ("draft", "write", "draft", "-"),
        ("needs_work", "write", "draft", "-"),
        ("proposed", "write", "draft", "-"),
        ("draft", "propose", "proposed", "round_manager internal_assessor entry_officer"),
        ("proposed", "approve", "approved", "responsible_officer"),
        ("proposed", "return", "needs_work", "responsible_officer"),
        ("approved", "return", "needs_work", "responsible_officer"),
        ("proposed", "reset", "draft", "-"),
        ("approved", "reset", "draft", "-"),
    ],
    Assessment: [
        ("preparing", "complete", "ready_to_sign", "-"),
        ("ready_to_sign", "unsettle", "preparing", "-"),
        ("signed", "unsettle", "preparing", "-"),
        ("ready_to_sign", "sign", "signed", "coordinator"),
        ("signed", "withdraw", "ready_to_sign", "coordinator"),
        ("ready_to_sign", "send", "sent", "responsible_officer"),
        ("signed", "send", "sent", "responsible_officer"),
        ("sent", "reopen", "preparing", "round_manager"),
        ("sent", "settle_figure", "final", "-"),
        ("sent", "begin_document", "document", "-"),
        ("document", "to_interview", "interview", "-"),
        ("document", "to_visit", "visit", "-"),
        ("interview", "to_visit", "visit", "-"),
        ("document", "consolidate", "consolidating", "-"),
        ("interview", "consolidate", "consolidating", "-"),
        ("visit", "consolidate", "consolidating", "-"),
        ("consolidating", "propose", "proposed_final", "panel_lead"),
        ("reviewing", "propose", "proposed_final", "panel_lead"),
        ("proposed_final", "reject", "consolidating", "panel_lead assessor"),
        ("proposed_final", "confirm", "final", "assessor"),
        ("final", "publish", "published", "round_manager coordinator"),
    ],
    Judgement: [
        ("draft", "write", "draft", "-"),
        ("draft", "send", "sent", "-"),
        ("sent", "recall", "draft", "-"),
    ],
    Application: [
        ("planned", "start", "active", "inventory_manager"),
        ("active", "stop", "inactive", "inventory_manager"),
        ("inactive", "resume", "active", "inventory_manager"),
        ("active", "migrate", "migrating", "inventory_manager"),
        ("inactive", "migrate", "migrating", "inventory_manager"),
        ("active", "merge", "merged", "inventory_manager"),
        ("inactive", "merge", "merged", "inventory_manager"),
        ("migrating", "merge", "merged", "inventory_manager"),
        ("merged", "unmerge", "active", "inventory_manager"),
        ("migrating", "abandon", "active", "inventory_manager"),
        ("active", "retire", "retired", "inventory_manager"),
        ("inactive", "retire", "retired", "inventory_manager"),
        ("migrating", "retire", "retired", "inventory_manager"),
        ("retired", "revive", "active", "inventory_manager"),
    ],
    Period: [
        ("draft", "open", "open", "round_manager"),
        ("open", "close", "closed", "round_manager"),
        ("closed", "reopen", "open", "round_manager"),
        ("closed", "archive", "archived", "round_manager"),
    ],
}
STATES = {
    Submission: SUBMISSION_STATES,
    Contribution: CONTRIBUTION_STATES,
    Claim: ("draft", "proposed", "needs_work", "approved"),
    Assessment: ASSESSMENT_STATES,
    Judgement: ("draft", "sent"),
    Application: APPLICATION_STATES,
    Period: ("draft", "open", "closed", "archived"),
}
KINDS = list(MOVES)


def table(kind: type) -> dict[tuple[str, str], Transition]:
    return {(state, step.name): step for step in WORKFLOWS[kind] for state in step.sources}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_the_table_holds_the_listed_moves_and_no_other(kind):
    listed = {(source, step): target for source, step, target, _ in MOVES[kind]}
    assert {key: step.target for key, step in table(kind).items()} == listed
    assert {key for key, step in table(kind).items() if step.automatic} == {
        (source, step) for source, step, _, who in MOVES[kind] if who == "-"
    }


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_state_has_a_look_and_every_step_an_indonesian_name(kind):
    assert set(LOOKS[kind]) == set(STATES[kind])
    for step in WORKFLOWS[kind]:
        assert step.label and step.done and step.target in STATES[kind] and step.sources <= set(STATES[kind])


@pytest.fixture
def world(session):
    """A round in which every step could be taken: two items of bappeda answered, claimed and complete."""
    city = build.city(session)
    period = build.opened(session, city)
    part = build.ready(session, city, period)
    contribution = max(part.contributions, key=lambda each: each.item)
    assessment = build.assessment_of(session, period)
    for item in period.instrument.items:
        claim = Claim(assessment=assessment, item=item.code, origin="written", value=build.Fraction(3), facts="F.",
                      analysis="A.", state="draft")
        session.add(claim)
    outside = build.outsiders(session)
    for who, role in (("panel_lead", "lead"), ("assessor", "member"), ("reviewer", "reviewer")):
        session.add(PanelMember(assessment=assessment, person=outside.people[who].person, role=role, conflict="free"))
    one, other = build.application(session, city), build.application(session, city, name="Pengganti")
    one.successor, one.decided_on, one.reason = other, now().date(), "Alasan."
    one.data_fate, one.account_fate = "Dipindah.", "Ditutup."
    session.flush()
    session.refresh(assessment)
    judgement = Judgement(assessment=assessment, item="I01", stage="document", value=build.Fraction(3), saved_at=now(),
                          person_id=outside.people["assessor"].person_id, claim_revision_n=0)
    session.add(judgement)
    session.flush()
    actors = {who: city.actor(who) for who in SEATS} | {who: outside.actor(who) for who in OUTSIDE}
    return {"actors": actors, "session": session, "city": city, Period: period, Submission: part, Contribution: contribution,
            Assessment: assessment, Claim: assessment.claims[0], Judgement: judgement, Application: one}


def _into(world, kind: type, state: str):
    """The thing put into a state, with what its steps ask for otherwise in place."""
    thing = world[kind]
    if kind is Submission and state == "signed":
        for each in thing.contributions:
            if not each.check_marks:
                by = world["city"].people["internal_assessor"].person_id
                each.check_marks.append(CheckMark(revision_n=each.revision_n, by_id=by, verdict="agreed", at=now()))
    if kind is Contribution and state in ("empty", "filling", "returned", "needs_review"):
        world[Submission].state = "filling"
    if kind is Assessment:
        for claim in thing.claims:
            claim.state = "approved" if state in ("ready_to_sign", "signed") else "draft"
        if state == "preparing":
            for claim in thing.claims:
                claim.state = "approved"
        if state in ("document", "interview", "visit"):
            _decided(world, thing, state)
        if state == "proposed_final":
            _proposed(world, thing)
    thing.state = state
    world["session"].flush()
    return thing


def _decided(world, assessment: Assessment, stage: str) -> None:
    """One decision for every item at this stage."""
    if not any(decision.stage == stage for decision in assessment.decisions):
        for item in world[Period].instrument.items:
            world["session"].add(Decision(assessment=assessment, item=item.code, stage=stage, value=build.Fraction(3),
                                          origin="judged", at=now()))


def _proposed(world, assessment: Assessment) -> None:
    """The lead's proposal waits."""
    if not assessment.proposals:
        snapshot = Snapshot(sha256="0" * 64, kind="result", content=b"{}", at=now())
        world["session"].add(Proposal(assessment=assessment, snapshot=snapshot, at=now(),
                                      by_id=world["actors"]["panel_lead"].person_id))


OUTSIDE = ("assessor", "assessor_off", "panel_lead", "reviewer")
SEATS = ("operator", "operator_other", "head", "head_other", "round_manager", "internal_assessor", "entry_officer",
         "responsible_officer", "coordinator", "inspector", "executive", "inventory_manager", "system_admin")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_move_that_is_not_listed_is_refused_and_changes_nothing(world, kind):
    legal = {(source, step) for source, step, _, _ in MOVES[kind]}
    by = world["actors"]
    for state in STATES[kind]:
        for step in WORKFLOWS[kind]:
            if (state, step.name) in legal:
                continue
            thing = _into(world, kind, state)
            before = world["session"].query(Event).count()
            for actor in by.values():
                with pytest.raises((Refused, Forbidden)):
                    advance(thing, step.name, actor, note="Alasan.")
            with pytest.raises(Refused):
                advance(thing, step.name, by["round_manager"], note="Alasan.", because=True)
            assert thing.state == state and world["session"].query(Event).count() == before


LISTED = [(kind, *move) for kind in KINDS for move in MOVES[kind]]


@pytest.mark.parametrize(("kind", "source", "step", "target", "who"), LISTED,
                         ids=lambda value: value.__name__ if isinstance(value, type) else str(value))
def test_a_listed_move_is_taken_by_those_it_belongs_to_and_nobody_else(world, kind, source, step, target, who):
    if kind is Period and source == "draft":
        world[Period].state = "draft"
    thing = _into(world, kind, source)
    if who == "-":
        if (kind, step) == (Assessment, "unsettle"):
            thing.claims[0].state = "draft"
        if step == "settle_figure":  # only of a round that evaluates each agency
            world[Period].subjects = "agencies"
        advance(thing, step, world["actors"]["round_manager"], note="Alasan.", because=True)
        assert thing.state == target
        return
    for seat, actor in world["actors"].items():
        thing = _into(world, kind, source)
        offered = step in {each.name for each in open_transitions(thing, actor)}
        assert offered == (seat in who.split()), f"{seat} and the button {step}"
        if seat not in who.split():
            with pytest.raises((Refused, Forbidden)):
                advance(thing, step, actor, note="Alasan.")
            assert thing.state == source
            continue
        events = world["session"].query(Event).count()
        event = advance(thing, step, actor, note="Alasan.")
        world["session"].flush()
        assert thing.state == target and world["session"].query(Event).count() == events + 1
        assert (event.from_state, event.to_state, event.by_id) == (source, target, actor.person_id)


NEEDS_REASON = [(kind, source, step) for kind, source, step, _, who in LISTED
                for each in WORKFLOWS[kind] if each.name == step and each.needs_note and who != "-"]


@pytest.mark.parametrize(("kind", "source", "step"), NEEDS_REASON, ids=str)
def test_steps_back_need_a_reason(world, kind, source, step):
    who = next(who for move_kind, move_source, move, _, who in LISTED if (move_kind, move_source, move) == (kind, source, step))
    thing = _into(world, kind, source)
    with pytest.raises(Refused) as refused:
        advance(thing, step, world["actors"][who.split()[0]], note="  ")
    assert refused.value.field == "note" and thing.state == source


def test_what_is_in_the_way_is_said_with_numbers(world):
    part, contribution = world[Submission], world[Contribution]
    contribution.state = "filling"
    part.state = "filling"
    assert blockers(part, "mark_ready") == ["1 indikator belum ditandai siap: 12."]
    part.state = "signed"
    assert blockers(part, "accept") == ["2 indikator belum diperiksa: 1, 12."]
    claim = world[Claim]
    claim.value, claim.facts = None, " "
    assert blockers(claim, "propose") == ["Tingkat klaim belum ditetapkan.", "Fakta dan Analisis klaim harus terisi."]
    assert blockers(world[Assessment], "send")[0].startswith("47 indikator belum disetujui: 1, 2,")


def test_nobody_vouches_for_or_approves_what_they_wrote(world, session):
    city, part = world["city"], world[Submission]
    writer = city.people["operator"].person
    for role, agency in (("agency_head", "bappeda"), ("responsible_officer", "kominfo")):
        build.staffing.appoint(session, writer, city.agencies[agency], role, build.SYSTEM, starts_on=build.SINCE, kind="plt",
                               acting_for=city.people["head"].person, decision_no="SK", decision_on=build.SINCE)
    session.flush()
    session.refresh(writer)
    head, boss = (build.acting(next(a for a in writer.appointments if a.role == role), writer.account.id)
                  for role in ("agency_head", "responsible_officer"))
    with pytest.raises(Refused, match="ikut menulis"):
        advance(part, "attest", head)
    assert "attest" not in {step.name for step in open_transitions(part, head)}
    claim = world[Claim]
    claim.contribution, claim.origin, claim.state = part.contributions[0], "adopted", "proposed"
    with pytest.raises(Refused, match="ikut menulis"):
        advance(claim, "approve", boss)
    claim.contribution, claim.origin = None, "written"
    claim.remember(city.people["responsible_officer"].person)
    session.flush()
    with pytest.raises(Refused, match="ikut menulis"):
        advance(claim, "approve", city.actor("responsible_officer"))
    assert {"return"} == {step.name for step in open_transitions(claim, city.actor("responsible_officer"))}


def test_derived_looks_are_never_stored(world):
    contribution = world[Contribution]
    contribution.returned_n, contribution.state = 1, "ready"
    assert look(contribution).label == "Sudah diperbaiki"
    contribution.returned_n, contribution.state, contribution.analysis = None, "filling", ""
    assert look(contribution).label == "Belum lengkap"
    contribution.value, contribution.facts = None, ""
    assert look(contribution).label == "Sedang diisi"


def test_a_long_name_fits_its_line_of_history(world, session):
    actor = replace(world["city"].actor("round_manager"), person_name="N" * 120, organization_name="O" * 60)
    event = advance(world[Period], "close", actor, note="Selesai.")
    session.flush()
    assert len(event.by_label) == 120
