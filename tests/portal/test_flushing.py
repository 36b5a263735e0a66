"""Rows that change alike go to the database together, and the record says of each what it says of one."""

import json

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.orm.exc import StaleDataError

from assessments import audit, checking, claiming
from assessments.clock import now
from assessments.models import AuditEntry, CheckMark, Claim, Event
from tests import builders as build
from tests.portal import local_round as local
from tests.portal.round_pages import hidden, statements


def drafts(session):
    city = build.city(session)
    assessment = build.ready_to_send(session, city, build.opened(session, city))
    for claim in assessment.claims:
        claim.state = "draft"
    session.commit()
    return city, assessment


def changes(session, kind: str) -> list[dict]:
    """What the newest link of the record says of rows of this kind."""
    newest = session.scalars(select(AuditEntry).order_by(AuditEntry.at.desc(), AuditEntry.seq.desc()).limit(1)).one()
    return [each for each in json.loads(newest.payload)["changes"] if each["kind"] == kind]


def test_forty_seven_claims_that_move_alike_are_two_writes_and_forty_seven_notes(session):
    city, assessment = drafts(session)
    versions = {claim.id: claim.version for claim in assessment.claims}
    by = city.actor("internal_assessor")
    with statements() as made:
        claiming.propose_complete(assessment, by)
        session.flush()
    written = [each for each in made if not each.startswith("SELECT")]
    assert len(written) == 2, written  # the claims, the lines of history
    session.commit()
    assert {each["key"][0]: each["set"] for each in changes(session, "claim")} == {
        key: {"state": ["draft", "proposed"]} for key in versions
    }
    session.expire_all()
    assert {claim.id: (claim.state, claim.version) for claim in assessment.claims} == {
        key: ("proposed", version + 1) for key, version in versions.items()
    }
    mine = select(Event).where(Event.thing == "claim", Event.verb == "propose", Event.by_id == by.person_id)
    assert sorted(line.thing_id for line in session.scalars(mine)) == sorted(versions)
    assert not list(audit.broken_links(session))


def test_what_moves_alike_is_refused_as_a_whole_when_one_row_was_changed_meanwhile(session):
    _, assessment = drafts(session)
    claims = list(assessment.claims)
    assert {claim.version for claim in claims} != {99}
    with session.no_autoflush:
        session.connection().execute(update(Claim.__table__).where(Claim.id == claims[3].id).values(version=99))
        for claim in claims:
            claim.state = "proposed"
    with pytest.raises(StaleDataError):
        session.flush()
    session.rollback()
    assert {claim.state for claim in claims} == {"draft"}
    assert session.info.get("audit") is None and session.info.get("lines") is None


def test_rows_that_change_each_in_its_own_way_keep_their_own_statements(session):
    _, assessment = drafts(session)
    for n, claim in enumerate(assessment.claims):
        claim.facts = f"Fakta {n}."
    session.commit()
    assert {each["set"]["facts"][1] for each in changes(session, "claim")} >= {"Fakta 0.", "Fakta 46."}
    session.expire_all()
    assert {claim.facts for claim in assessment.claims} == {f"Fakta {n}." for n in range(47)}


def test_new_rows_get_their_numbers_in_the_order_they_were_made(session):
    city = build.city(session)
    part = build.signed(session, city, build.opened(session, city))
    session.commit()
    by = city.people["internal_assessor"].person_id
    rows = list(part.contributions)
    assert len(rows) > 1
    for _ in range(3):
        for row in rows:
            row.check_marks.append(CheckMark(revision_n=row.revision_n, by_id=by, verdict="agreed", at=now()))
    with statements() as made:
        session.flush()
    marks = sorted((mark for row in rows for mark in row.check_marks), key=lambda mark: mark.id)
    assert [mark.contribution_id for mark in marks] == [row.id for row in rows] * 3
    assert sum("INSERT INTO check_mark" in each for each in made) == 1
    session.commit()
    assert {each["key"][0] for each in changes(session, "check_mark")} == {mark.id for mark in marks}


def test_a_line_of_history_about_a_row_that_is_refused_is_not_written(session):
    city, assessment = drafts(session)
    by = city.actor("internal_assessor")
    before = len(session.scalars(select(Event)).all())

    def fails(_connection, _cursor, statement, *_rest):
        if "claim" in statement and statement.startswith("UPDATE"):
            raise RuntimeError("in the middle")

    engine = session.get_bind()
    claiming.propose_complete(assessment, by)
    event.listen(engine, "before_cursor_execute", fails)
    try:
        with pytest.raises(RuntimeError):
            session.flush()
    finally:
        event.remove(engine, "before_cursor_execute", fails)
    session.rollback()
    assessment.claims[0].facts = "Lain."
    session.commit()
    assert len(session.scalars(select(Event)).all()) == before


def test_taking_in_forty_seven_items_costs_hardly_more_than_taking_in_two(app, session):
    """Claims with evidence and revisions are made, and in a round of agencies proposed at once."""
    city = build.city(session)
    two = build.signed(session, city, build.opened(session, city))
    many = local.filled(session, city, local.local_round(session, city, agencies=("bappeda",)), "bappeda", 2)
    by, made = city.actor("internal_assessor"), []
    for part in (two, many):
        for row in part.contributions:
            checking.check(row, by, "agreed", None, "", row.revision_n)
    session.commit()
    checker = build.sign_in(app.test_client(), session, city.people["internal_assessor"])
    for part in (two, many):
        period, subject = part.period.slug, part.assessment.subject.organization.slug
        page = f"/pengelolaan/{period}/{subject}/verifikasi/{part.organization.slug}"
        sent = hidden(checker, page, f"{page}/terima")
        with statements() as counted:
            assert checker.post(f"{page}/terima", data=sent).status_code == 302
        made.append(len(counted))
        session.rollback()
        session.expire_all()
    claims = many.assessment.claims
    assert len(claims) == 47 and {claim.state for claim in claims} == {"proposed"}
    assert all(len(claim.citations) == len(claim.revisions) == 1 for claim in claims)
    assert made[1] <= made[0] + 2 and max(made) <= 24, made
