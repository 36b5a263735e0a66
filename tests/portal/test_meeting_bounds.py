"""S54: who hears of a session after leaving its panel, and what the page of a session with signed minutes still offers."""

from sqlalchemy import select

from assessments import interviewing, seating, session_minutes
from assessments.models import Notice
from tests.portal.meeting_pages import met, send


def test_whoever_left_the_panel_or_declared_a_conflict_hears_nothing_more_of_its_sessions(client, session):
    where = met(session, "arranged")
    assessment, out = where.assessment(session), where.outside.people
    seating.declare(assessment, where.outside.actor("assessor"), False, "Saudara bekerja di sana.")
    seating.unseat_member(assessment, out["reviewer"].person, where.outside.actor("panel_lead"))
    session.commit()
    where.as_(client, session, "round_manager")
    assert send(client, f"{where.page}/pembatalan", where.page, why="Bentrok dengan sidang.").status_code == 302
    told = set(session.scalars(select(Notice.person_id).where(Notice.sentence.contains("dibatalkan"))))
    assert out["panel_lead"].person_id in told
    assert not told & {out["assessor"].person_id, out["reviewer"].person_id}


def test_a_session_with_signed_minutes_offers_no_other_agenda_or_people(client, session):
    where = met(session, "noted")
    where.as_(client, session, "panel_lead")
    links = [f'href="{where.page}/{word}"' for word in ("agenda", "peserta")]
    before = client.get(where.page).get_data(as_text=True)
    assert all(link in before for link in links)
    meeting = where.row(session)
    interviewing.end(meeting, where.outside.actor("assessor"))
    session.flush()
    draft = session_minutes.draft(meeting, where.outside.people["panel_lead"])
    session_minutes.sign(meeting, where.outside.actor("panel_lead"), draft.sha256)
    session.commit()
    after = client.get(where.page).get_data(as_text=True)
    assert not any(link in after for link in links)
