"""A deadline is one instant: judged by when the request arrived, in every zone, at year's end, and while bytes are on their way."""

import io
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from assessments import reminding, sharing
from assessments.chasing import Planner
from assessments.models import Citation, Contribution, ContributionRevision, Event
from assessments.models import Session as SignedIn
from portal.formatting import deadline, short_deadline
from portal.moments import closing
from portal.once import new_key
from tests import builders as build
from tests.portal.agency_pages import pdf
from tests.portal.chase_pages import at
from tests.portal.round_pages import Round, as_, begun, hidden

SECOND = timedelta(seconds=1)
# zone -> the instant that is printed as 31 Desember 2026 pukul 23.59 there
ENDS = {
    "Asia/Jakarta": datetime(2026, 12, 31, 16, 59, 59, 999999, tzinfo=UTC),
    "Asia/Makassar": datetime(2026, 12, 31, 15, 59, 59, 999999, tzinfo=UTC),
    "Asia/Jayapura": datetime(2026, 12, 31, 14, 59, 59, 999999, tzinfo=UTC),
}
LETTERS = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
ITEM = "/penilaian/2026/indikator/I12"


def closing_at(session, zone: str, end: datetime, grace: int = 0) -> Round:
    """A round of this zone whose self-assessment ends there; sessions last beyond it."""
    where = begun(session, zone=zone)
    sharing.set_stage(where.period, "self_assessment", end - timedelta(days=60), end, grace)
    session.commit()
    return where


def stay_signed_in(session) -> None:
    session.execute(update(SignedIn).values(idle_until=datetime(2030, 1, 1, tzinfo=UTC), absolute_until=datetime(2030, 1, 1, tzinfo=UTC)))
    session.commit()


def saved(client, text: str) -> int:
    sent = hidden(client, ITEM, ITEM)
    return client.post(ITEM, data=sent | {"value": ["2"], "facts": [text], "analysis": ["Analisis."], "key": [new_key()]}).status_code


def facts(session) -> str:
    session.rollback()
    return session.scalar(select(Contribution.facts).where(Contribution.item == "I12"))


@pytest.mark.parametrize("zone", ENDS)
@pytest.mark.parametrize(("late", "taken"), [(-SECOND, True), (timedelta(), True), (timedelta(microseconds=1), False), (SECOND, False)],
                         ids=["a second before", "at", "a microsecond after", "a second after"])
def test_BL_01_the_end_of_the_year_in_every_zone(client, session, zone, late, taken):
    from datetime import date
    from datetime import time as of_day

    end = ENDS[zone]
    assert closing(date(2026, 12, 31), of_day(23, 59), zone) == end
    where = closing_at(session, zone, end)
    as_(client, session, where, "operator")
    stay_signed_in(session)
    with at(end - timedelta(hours=1)):
        form = hidden(client, ITEM, ITEM)
    body = form | {"value": ["2"], "facts": ["Ditulis di ujung."], "analysis": ["Analisis."], "key": [new_key()]}
    with at(end + late):
        status = client.post(ITEM, data=body).status_code
    assert (status < 400) is taken, status
    assert (facts(session) == "Ditulis di ujung.") is taken


@pytest.mark.parametrize("zone", ENDS)
def test_the_printed_deadline_is_the_day_of_the_round_and_the_hour_of_the_reader(client, session, zone):
    where = closing_at(session, zone, ENDS[zone])
    as_(client, session, where, "operator")  # works in WITA
    stay_signed_in(session)
    with at(ENDS[zone] - timedelta(days=2)):
        for page in ("/penilaian/2026", ITEM, "/penilaian/2026/periksa", "/kalender"):
            html = client.get(page).get_data(as_text=True)
            assert f"23.59 {LETTERS[zone]}" in html, page
            assert ("WITA)" in html) is (zone != "Asia/Makassar"), page
        as_(client, session, where, "round_manager")
        stay_signed_in(session)
        for page in (where.calendar, where.base, "/pengelolaan/2026/kemajuan", "/pengelolaan/2026/matriks", "/pengelolaan/2026/pengingat"):
            html = client.get(page).get_data(as_text=True)
            assert f"23.59 {LETTERS[zone]}" in html, page
            assert ("WITA)" in html) is (zone != "Asia/Makassar"), page


def test_a_reader_in_another_zone_reads_the_new_year_where_it_is(client, session):
    assert deadline(ENDS["Asia/Jakarta"], "Asia/Jakarta", "Asia/Jayapura") == (
        "Kamis, 31 Desember 2026 pukul 23.59 WIB (Jumat, 1 Januari 2027 pukul 01.59 WIT)"
    )
    assert short_deadline(ENDS["Asia/Jakarta"], "Asia/Jakarta", "Asia/Jayapura") == "31 Des 2026 23.59 WIB (1 Jan 2027 01.59 WIT)"
    assert short_deadline(ENDS["Asia/Jakarta"], "Asia/Jakarta", "Asia/Jakarta") == "31 Des 2026 23.59 WIB"


@pytest.mark.parametrize("zone", ENDS)
def test_the_reminder_of_the_last_day_goes_by_the_clock_of_the_round(session, zone):
    where = closing_at(session, zone, ENDS[zone])
    eight = ENDS[zone].replace(minute=0, second=0, microsecond=0) - timedelta(hours=15)
    marks = []
    for moment in (eight - SECOND, eight, ENDS[zone], ENDS[zone] + SECOND):
        with at(moment):
            marks.append(reminding.mark_of_today(ENDS[zone], Planner(session, where.period)))
    assert marks == [None, 0, None, None], "from 08.00, not in the quiet hours, never afterwards"


class Slow(io.BytesIO):
    """A body whose second half comes after a while, as over a slow line."""

    pause = 0.0

    def read(self, size: int | None = -1) -> bytes:
        half = len(self.getbuffer()) // 2
        if self.tell() >= half and self.pause:
            time.sleep(self.pause)
            self.pause = 0.0
        most = half - self.tell() if self.tell() < half else -1
        return super().read(most if size in (None, -1) else min(size, most) if most > 0 else size)

    def readinto(self, buffer) -> int:
        found = self.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)


def test_BL_02_an_upload_that_crosses_the_line_counts_by_its_arrival(client, session):
    """The real clock: the request comes in time, its last bytes do not; the next request comes too late."""
    where = begun(session)
    as_(client, session, where, "operator")
    form = {name: values[0] for name, values in hidden(client, ITEM, ITEM).items()}
    end = datetime.now(UTC) + timedelta(seconds=3)
    sharing.set_stage(where.period, "self_assessment", end - timedelta(days=20), end)
    session.commit()
    answer = sent_slowly(client, form, pdf(), pause=4.0)
    assert datetime.now(UTC) > end and answer.status_code == 302, answer.get_data(as_text=True)[:500]
    session.rollback()
    assert len(session.scalars(select(Citation)).all()) == 1
    late = sent_slowly(client, form | {"key": new_key()}, pdf() + b"\n%lain", pause=0)
    assert late.status_code == 409 and "Pengisian sudah ditutup" in late.get_data(as_text=True)
    session.rollback()
    assert len(session.scalars(select(Citation)).all()) == 1


def sent_slowly(client, form: dict[str, str], content: bytes, pause: float):
    boundary = "batas0123456789"
    lines = [f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in form.items()]
    lines.append(f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="bukti.pdf"\r\nContent-Type: application/pdf\r\n\r\n')
    body = "".join(lines).encode() + content + f"\r\n--{boundary}--\r\n".encode()
    line = Slow(body)
    line.pause = pause
    return client.post(
        f"{ITEM}/bukti", input_stream=line, content_length=len(body),
        content_type=f"multipart/form-data; boundary={boundary}",
    )


def test_BL_10_a_clock_that_jumps_two_hours_duplicates_nothing_and_keeps_the_order(client, session):
    end = ENDS["Asia/Makassar"]
    where = closing_at(session, "Asia/Makassar", end)
    as_(client, session, where, "operator")
    stay_signed_in(session)
    noon = end - timedelta(hours=12)
    for text, moment in (("Satu.", noon), ("Dua.", noon - timedelta(hours=2)), ("Tiga.", noon + timedelta(hours=2)), ("Empat.", noon)):
        with at(moment):
            assert saved(client, text) == 302
    session.rollback()
    revisions = session.scalars(
        select(ContributionRevision).join(ContributionRevision.contribution).where(Contribution.item == "I12").order_by(ContributionRevision.n)
    ).all()
    assert [row.facts for row in revisions][-1] == "Empat." and len({row.n for row in revisions}) == len(revisions)
    assert facts(session) == "Empat."
    numbers = list(session.scalars(select(Event.id).order_by(Event.id)))
    assert numbers == sorted(set(numbers))


def test_one_request_sees_one_instant_however_long_it_takes(app, client, session):
    from flask import g

    from assessments import clock

    with app.test_request_context("/"):
        app.preprocess_request()
        first = clock.now()
        time.sleep(0.01)
        assert clock.now() == first == g.arrived


def test_more_time_until_the_last_second_is_more_time_for_a_save(client, session):
    end = ENDS["Asia/Jayapura"] - timedelta(days=10)
    where = closing_at(session, "Asia/Jayapura", end)
    part = build.submission(session, where.period, where.city.agencies["bappeda"])
    with at(end - timedelta(days=1)):
        sharing.extend(where.period, "self_assessment", ENDS["Asia/Jayapura"], "Banjir.", where.city.actor("round_manager"), part)
    session.commit()
    as_(client, session, where, "operator")
    stay_signed_in(session)
    with at(ENDS["Asia/Jayapura"]):
        assert saved(client, "Masih sempat.") == 302
    with at(ENDS["Asia/Jayapura"] + SECOND):
        html = client.get(ITEM).get_data(as_text=True)
    assert "Pengisian sudah ditutup" in html and facts(session) == "Masih sempat."
