"""Opening a round, its calendar, and giving its items to agencies."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from assessments import claiming, sharing, subjects
from assessments.clock import judged_at
from assessments.models import Assessment, Contribution, InstrumentCopy, Share, Submission
from assessments.models.period import STAGES
from assessments.refusal import Refused
from tests import builders as build

NOON = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)


@pytest.fixture
def city(session):
    return build.city(session)


def shares(session, assessment, item) -> dict[str, str]:
    session.flush()
    rows = session.scalars(select(Share).where(Share.assessment_id == assessment.id, Share.item == item))
    return {share.organization.slug: share.part for share in rows}


# ---------------------------------------------------------------- rounds


def test_a_round_keeps_its_pack_once_under_its_fingerprint(session, city):
    first = build.draft(session, city)
    second = build.draft(session, city, slug="2026-gladi", track="rehearsal")
    assert first.instrument_sha == second.instrument_sha == first.instrument.sha256
    assert session.scalar(select(func.count()).select_from(InstrumentCopy)) == 1
    assert build.draft(session, city, slug="lama", year=2020, key="permenpanrb-5-2018").instrument.key == "permenpanrb-5-2018"


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"slug": "Besar"}, "slug"), ({"slug": "baru"}, "slug"), ({"slug": "a/b"}, "slug"), ({"slug": "a" * 25}, "slug"),
     ({"title": ""}, "title"), ({"title": "x" * 121}, "title"), ({"year": 2017}, "year"), ({"year": 2101}, "year"),
     ({"term": 0}, "term"), ({"kind": "audit"}, "kind"), ({"track": "x"}, "track"), ({"zone": "Europe/Paris"}, "zone"),
     ({"predicate_rule": "x"}, "predicate_rule"), ({"claim_rule": "x"}, "claim_rule"), ({"subjects": "x"}, "subjects")],
)
def test_a_round_of_unknown_shape_is_refused_at_its_field(session, city, fields, field):
    with pytest.raises(Refused) as refused:
        build.draft(session, city, **fields)
    assert refused.value.field == field


def test_one_national_round_a_year_whatever_its_kind(session, city):
    build.draft(session, city, track="national")
    with pytest.raises(Refused) as refused:
        build.draft(session, city, slug="b", track="national", kind="monitoring", term=2)
    assert refused.value.field == "track"
    build.draft(session, city, slug="c", track="national", year=2027)
    build.draft(session, city, slug="d", track="local")
    with pytest.raises(Refused) as refused:
        build.draft(session, city, slug="e", track="local")
    assert refused.value.field == "term"
    for slug in ("g1", "g2"):
        build.draft(session, city, slug=slug, track="rehearsal")


def test_a_stage_is_judged_by_instants_with_its_grace(session, city):
    period = build.opened(session, city)
    end = NOON + timedelta(days=1)
    sharing.set_stage(period, "self_assessment", NOON, end, 60)
    for moment, accepts in ((NOON - timedelta(microseconds=1), False), (NOON, True), (end, True),
                            (end + timedelta(seconds=60), True), (end + timedelta(seconds=60, microseconds=1), False)):
        with judged_at(moment):
            assert period.accepts("self_assessment") is accepts


@pytest.mark.parametrize(
    ("code", "days", "grace", "field"),
    [("pesta", 1, 0, "stage"), ("visit", 0, 0, "closes_at"), ("visit", -1, 0, "closes_at"), ("visit", 1, -1, "grace_s"),
     ("visit", 1, 86401, "grace_s")],
)
def test_a_stage_that_cannot_be_is_refused(session, city, code, days, grace, field):
    period = build.draft(session, city)
    with pytest.raises(Refused) as refused:
        sharing.set_stage(period, code, NOON, NOON + timedelta(days=days), grace)
    assert refused.value.field == field and period.stage("visit") is None


def test_stages_stand_in_the_order_of_the_law_however_they_were_typed(session, city):
    period = build.draft(session, city)
    for code in ("review", "preparation", "document"):
        sharing.set_stage(period, code, NOON, NOON + timedelta(days=1), by=city.actor("round_manager"))
    session.flush()
    session.expire(period)
    codes = [stage.stage for stage in period.stages]
    assert codes == [code for code in STAGES if code in codes]


def test_more_time_touches_those_it_names(session, city):
    period = build.opened(session, city)
    by = city.actor("round_manager")
    bappeda, kominfo = (build.submission(session, period, city.agencies[key]) for key in ("bappeda", "kominfo"))
    end = period.closes_at("self_assessment")
    sharing.extend(period, "self_assessment", end + timedelta(days=2), "Banjir.", by, bappeda)
    session.flush()
    assert bappeda.closes_at == end + timedelta(days=2) and kominfo.closes_at == end
    sharing.extend(period, "self_assessment", end + timedelta(days=1), "Semua.", by)
    session.flush()
    assert bappeda.closes_at == end + timedelta(days=2) and kominfo.closes_at == end + timedelta(days=1)


@pytest.mark.parametrize(
    ("stage", "days", "reason", "field"),
    [("visit", 99, "x", "stage"), ("self_assessment", -1, "x", "until"), ("self_assessment", 99, "  ", "reason"),
     ("self_assessment", 99, "x" * 501, "reason")],
)
def test_more_time_needs_a_later_end_and_a_reason(session, city, stage, days, reason, field):
    period = build.opened(session, city)
    until = period.closes_at("self_assessment") + timedelta(days=days)
    with pytest.raises(Refused) as refused:
        sharing.extend(period, stage, until, reason, city.actor("round_manager"))
    assert refused.value.field == field and not period.extensions


# ---------------------------------------------------------------- shares


def test_leads_change_places_without_two_leads_for_a_moment(session, city):
    period = build.draft(session, city)
    assessment, by, a = build.assessment_of(session, period), city.actor("round_manager"), city.agencies
    sharing.share_out(session, assessment, "I01", a["bappeda"], [a["dinkes"]], by)
    sharing.share_out(session, assessment, "I01", a["dinkes"], [a["bappeda"]], by)
    assert shares(session, assessment, "I01") == {"dinkes": "lead", "bappeda": "supporting"}
    session.add(Share(assessment_id=assessment.id, item="I01", organization_id=a["kominfo"].id, part="lead"))
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_each_share_has_its_contribution(session, city):
    period = build.draft(session, city)
    assessment, by, a = build.assessment_of(session, period), city.actor("round_manager"), city.agencies
    sharing.share_all(session, assessment, {"I01": (a["bappeda"], [a["dinkes"]]), "I02": (None, [a["dinkes"]])}, by)
    count = session.scalar(select(func.count()).select_from(Contribution))
    assert count == session.scalar(select(func.count()).select_from(Share)) == 3
    sharing.share_all(session, assessment, {"I01": (None, []), "I02": (a["dinkes"], [])}, by)
    assert session.scalar(select(func.count()).select_from(Contribution)) == 1
    with pytest.raises(KeyError):
        sharing.share_out(session, assessment, "I99", a["dinkes"], [], by)


def test_a_part_waiting_for_its_head_opens_again_for_another_item(session, city):
    period = build.opened(session, city)
    part = build.ready(session, city, period)
    sharing.share_out(session, part.assessment, "I02", city.agencies["bappeda"], [], city.actor("round_manager"))
    assert part.state == "filling"


def test_an_agency_evaluated_on_its_own_answers_everything_once(session, city):
    period = build.draft(session, city, slug="2026-opd", subjects="agencies")
    by, a = city.actor("round_manager"), city.agencies
    added = subjects.add_subjects(session, period, [a["bappeda"], a["dinkes"]], by)
    assert len(added) == 2 and subjects.add_subjects(session, period, [a["bappeda"]], by) == []
    assert session.scalar(select(func.count()).select_from(Contribution)) == 94
    with pytest.raises(Refused):
        subjects.add_subject(session, period, a["bappeda"], by)
    sharing.step(period, "open", by)
    assert period.state == "open"
    with pytest.raises(Refused):
        subjects.add_subjects(session, build.draft(session, city), [a["bappeda"]], by)


def test_a_sent_assessment_gives_nothing_away(session, city):
    period = build.opened(session, city)
    assessment = build.ready_to_send(session, city, period)
    build.attesting.send(assessment, city.actor("responsible_officer"))
    with pytest.raises(Refused, match="terkunci"):
        sharing.share_out(session, assessment, "I01", city.agencies["dinkes"], [], city.actor("round_manager"))


def test_the_proposal_fits_names_and_leaves_villages_alone(session, city):
    build.staffing.add_organization(session, build.SYSTEM, name="Kelurahan Komunikasi", kind="kelurahan", instansi=city.instansi)
    session.flush()
    period = build.draft(session, city)
    found = sharing.proposed_shares(period, list(city.agencies.values()))
    named = {agency.slug for fitting in found.values() for agency in fitting}
    assert set(found) == {item.code for item in period.instrument.items} and named == {"kominfo", "bappeda"}
    assert all(len(fitting) == len(set(fitting)) for fitting in found.values())


def test_everybody_who_takes_part_is_known_by_a_submission(session, city):
    period = build.opened(session, city)
    agencies = session.scalars(select(Submission.organization_id)).all()
    assert sorted(agencies) == sorted([city.agencies["bappeda"].id, city.agencies["kominfo"].id])
    assert session.scalar(select(func.count()).select_from(Assessment)) == 1
    assert claiming.provisional(build.assessment_of(session, period)).score is None
