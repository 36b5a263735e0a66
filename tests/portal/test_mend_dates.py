"""S35: until when a returned answer is asked for, shown to who mends it, in reminders and calendar, never after the stage."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from assessments import checking, mend_dates
from assessments.models import Contribution, Notice, Reminder
from portal import reminder_jobs
from tests import builders as build
from tests.portal.chase_pages import WEDNESDAY, as_, at, chased, send

FRIDAY = datetime(2026, 11, 6, 15, 59, 59, 999999, tzinfo=UTC)  # 23.59 WITA
WORDS = "Jumat, 6 November 2026 pukul 23.59 WITA"


@pytest.fixture
def where(session):
    return chased(session)


@pytest.fixture
def waiting(session, where):
    """The part of bappeda waits for its head."""
    with at(WEDNESDAY):
        part = build.ready(session, where.city, where.period)
        session.commit()
    return part


def page_of(part) -> str:
    return f"/persetujuan/{part.id}/kembalikan"


def give_back(client, part, **fields):
    wanted = {"items": "I12", "note": "Halaman 44 belum ada.", "mend_by": "06-11-2026", "mend_clock": "23.59"} | fields
    return client.post(page_of(part), data=build.form(client, page_of(part), **wanted))


def kept(session, part) -> dict[str, datetime | None]:
    session.rollback()
    return dict(session.execute(select(Contribution.item, Contribution.mend_by).where(Contribution.submission_id == part.id)).all())


def test_the_head_asks_for_a_day_which_the_operator_finds_everywhere(client, session, where, waiting):
    with at(WEDNESDAY):
        as_(client, session, where, "head")
        assert "14 November 2026" in client.get(page_of(waiting)).get_data(as_text=True)
        assert give_back(client, waiting).status_code == 302
        assert kept(session, waiting) == {"I01": None, "I12": FRIDAY}
        as_(client, session, where, "operator")
        for page in ("/penilaian/2026", "/penilaian/2026/indikator/I12", "/beranda", "/kalender", "/pemberitahuan"):
            text = client.get(page).get_data(as_text=True)
            assert WORDS in text, page
        assert WORDS not in client.get("/penilaian/2026/indikator/I01").get_data(as_text=True)
        lines = client.get("/kalender/tanggal.ics").get_data(as_text=True)
        assert "DTSTART:20261106T155959Z" in lines and "SUMMARY:Batas perbaikan: 1 indikator" in lines
        told = session.scalars(select(Notice).where(Notice.kind == "returned")).one()
        assert told.person_id == where.city.people["operator"].person_id and WORDS in told.sentence


def test_the_team_asks_for_a_day_when_it_returns_items(client, session, where):
    with at(WEDNESDAY):
        part = build.signed(session, where.city, where.period)
        by = where.city.actor("internal_assessor")
        item = next(c for c in part.contributions if c.item == "I12")
        checking.check(item, by, "needs_work", "incomplete", "Halaman 44 belum ada.", item.revision_n)
        session.commit()
        as_(client, session, where, "internal_assessor")
        answer = send(client, where.check() + "/pengembalian", where.check(), note="", mend_by="2026-12-31", mend_clock="25.00")
        text = answer.get_data(as_text=True)
        assert answer.status_code == 422 and "Jam tidak dapat dibaca" in text and "Tulis alasannya" in text
        assert "tidak boleh sesudah penutupan" in text
        sent = send(client, where.check() + "/pengembalian", where.check(), note="Lengkapi.", mend_by="06-11-2026", mend_clock="23.59")
        assert sent.status_code == 302 and kept(session, part) == {"I01": None, "I12": FRIDAY}
        assert "6 Nov 2026 23.59 WITA" in client.get(where.check()).get_data(as_text=True)


@pytest.mark.parametrize(("fields", "sentence"), [
    ({"mend_by": "31-02-2026"}, "Perbaiki paling lambat tidak dapat dibaca"),
    ({"mend_by": "06-11-2026", "mend_clock": "24.00"}, "Jam tidak dapat dibaca"),
    ({"mend_by": "03-11-2026"}, "Batas perbaikan sudah lewat"),
    ({"mend_by": "15-11-2026"}, "tidak boleh sesudah penutupan penilaian mandiri"),
    ({"mend_by": "14-11-2026", "mend_clock": "10.01"}, "tidak boleh sesudah penutupan penilaian mandiri"),
    ({"mend_by": "06-11-2026\x00"}, "tidak dapat dibaca"),
])
def test_a_day_that_cannot_be_is_said_at_its_field_and_nothing_moves(client, session, where, waiting, fields, sentence):
    with at(WEDNESDAY):
        as_(client, session, where, "head")
        answer = give_back(client, waiting, **fields)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and sentence in text and "Halaman 44 belum ada." in text
    session.rollback()
    assert waiting.state == "ready" and set(kept(session, waiting).values()) == {None}


def test_all_faults_of_the_form_are_said_at_once(client, session, where, waiting):
    with at(WEDNESDAY):
        as_(client, session, where, "head")
        text = give_back(client, waiting, items=None, note="", mend_by="03-11-2026").get_data(as_text=True)
    for sentence in ("Pilih sedikitnya satu indikator", "Tulis apa yang harus diperbaiki", "sudah lewat"):
        assert sentence in text


def test_without_a_day_nothing_is_asked_and_a_mended_item_asks_no_more(client, session, where, waiting):
    with at(WEDNESDAY):
        as_(client, session, where, "head")
        assert give_back(client, waiting, mend_by="").status_code == 302
        assert kept(session, waiting)["I12"] is None and mend_dates.waiting(session, [waiting.id]) == {}


def test_a_date_that_is_near_reminds_by_itself_and_names_the_items(client, session, where, waiting):
    with at(WEDNESDAY):
        checking.send_back(waiting, where.city.actor("head"), "Halaman 44 belum ada.", ["I12"], FRIDAY)
        session.commit()
    with at(FRIDAY - timedelta(days=1, hours=13)):  # Thursday 10.59
        reminder_jobs.remind_round(session, where.period.id)
        session.commit()
    sent = session.scalars(select(Reminder).where(Reminder.submission_id == waiting.id, Reminder.channel == "portal")).one()
    assert f"Perbaiki paling lambat {WORDS}: butir 12." in sent.text and "Batas akhir" in sent.text
    assert session.scalar(select(Reminder.id).where(Reminder.submission_id != waiting.id)) is None
    with at(FRIDAY - timedelta(days=1, hours=12)):
        reminder_jobs.remind_round(session, where.period.id)
    assert len(session.scalars(select(Reminder).where(Reminder.channel == "portal")).all()) == 1


def test_more_time_is_needed_before_a_day_can_be_asked_after_the_stage(session, where, waiting):
    with at(WEDNESDAY + timedelta(days=11)), pytest.raises(Exception, match="sudah ditutup"):
        mend_dates.check(waiting, WEDNESDAY + timedelta(days=12))
