"""S13: one's own dates as list, file and secret feed; the feed opens with the right secret only and says nothing but dates."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from assessments import feeds, sharing
from assessments.deadlines import Dated
from assessments.models import Account, CalendarFeed
from portal import ics
from tests import builders as build
from tests.portal.chase_pages import WEDNESDAY, as_, at, chased, send
from tests.portal.round_pages import statements

CLOSES = datetime(2026, 11, 11, 15, 59, 59, tzinfo=UTC)


@pytest.fixture
def where(session):
    return chased(session, closes=CLOSES)


def unfolded(body: bytes) -> list[str]:
    return body.decode().replace("\r\n ", "").split("\r\n")


def feed_of(client, session, where, who: str) -> str:
    as_(client, session, where, who)
    html = send(client, "/kalender/langganan", "/kalender").get_data(as_text=True)
    return re.search(r'value="https?://[^/"]+(/kalender/[\w-]+\.ics)"', html).group(1)


def test_the_dates_are_those_of_the_own_offices_with_the_own_deadline(client, session, where):
    part = build.submission(session, where.period, where.city.agencies["bappeda"])
    with at(WEDNESDAY):
        sharing.extend(where.period, "self_assessment", CLOSES + timedelta(days=2), "Banjir.", where.city.actor("round_manager"), part)
    as_(client, session, where, "operator")
    with at(WEDNESDAY):
        html = client.get("/kalender").get_data(as_text=True)
        assert "Jumat, 13 November 2026 pukul 23.59 WITA" in html and 'href="/penilaian/2026"' in html
        as_(client, session, where, "round_manager")
        assert "Rabu, 11 November 2026 pukul 23.59 WITA" in client.get("/kalender").get_data(as_text=True)
        as_(client, session, where, "inventory_manager")
        assert "Belum ada tanggal di depan" in client.get("/kalender").get_data(as_text=True)


def test_the_file_is_one_that_calendar_programs_read(client, session, where):
    as_(client, session, where, "operator")
    with at(WEDNESDAY):
        answer = client.get("/kalender/tanggal.ics")
    assert answer.mimetype == "text/calendar" and "attachment" in answer.headers["Content-Disposition"]
    body = answer.get_data()
    assert body.endswith(b"END:VCALENDAR\r\n") and b"\n" not in body.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    lines = unfolded(body)
    assert lines[:3] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//127.0.0.1//Portal SPBE//ID"]
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 4
    assert "DTSTART:20261111T155959Z" in lines and "SUMMARY:Batas akhir: Penilaian mandiri Penilaian mandiri SPBE 2026" in lines
    assert "TRIGGER:-P7D" in lines and "TRIGGER:-P1D" in lines and "UID:2026-self_assessment-tutup@127.0.0.1" in lines


def test_a_date_that_moves_keeps_its_identity(client, session, where):
    as_(client, session, where, "operator")
    with at(WEDNESDAY):
        before = unfolded(client.get("/kalender/tanggal.ics").get_data())
        sharing.set_stage(where.period, "self_assessment", WEDNESDAY - timedelta(days=9), CLOSES + timedelta(days=1))
        session.commit()
        after = unfolded(client.get("/kalender/tanggal.ics").get_data())
    identities = [[line for line in lines if line.startswith("UID")] for lines in (before, after)]
    assert identities[0] == identities[1] and before != after


def test_the_feed_holds_dates_only(client, session, where, app):
    path = feed_of(client, session, where, "operator")
    with at(WEDNESDAY):
        body = app.test_client().get(path)
    assert body.status_code == 200 and body.headers["Cache-Control"] == "no-store"
    text = body.get_data(as_text=True)
    for word in ("operator", "Bappeda", "Badan Perencanaan", "penilaian/2026", "@contoh"):
        assert word.casefold() not in text.casefold().replace("penilaian mandiri", ""), word


def test_row_125_a_wrong_or_ended_secret_opens_nothing(client, session, where, app):
    path = feed_of(client, session, where, "operator")
    stranger = app.test_client()
    with at(WEDNESDAY):
        assert stranger.get(path).status_code == 200
        for wrong in (path[:-5] + ".ics", path.replace(".ics", "x.ics"), "/kalender/x.ics", "/kalender/" + "a" * 43 + ".ics", "/kalender/%00.ics",
                      "/kalender/" + "a" * 3000 + ".ics"):
            assert stranger.get(wrong).status_code == 404, wrong
        newer = re.search(r"(/kalender/[\w-]{30,}\.ics)", send(client, "/kalender/langganan", "/kalender").get_data(as_text=True)).group(1)
        assert (stranger.get(path).status_code, stranger.get(newer).status_code) == (404, 200), "a new address ends the old one"
        assert send(client, "/kalender/langganan/akhir", "/kalender").status_code == 302
        assert stranger.get(newer).status_code == 404
    stored = session.scalars(select(CalendarFeed)).all()
    assert len(stored) == 2 and all(newer[10:-4] not in row.token_hash for row in stored), "only the hash is kept"


def test_a_closed_account_or_an_office_that_ended_closes_the_feed(client, session, where, app):
    path = feed_of(client, session, where, "operator")
    seat = where.city.people["operator"]
    seat.ends_on = seat.starts_on
    session.commit()
    with at(WEDNESDAY):
        assert b"BEGIN:VEVENT" not in app.test_client().get(path).get_data()
        session.get(Account, seat.person.account.id).active = False
        session.commit()
        assert app.test_client().get(path).status_code == 404


def test_the_address_is_shown_once(client, session, where):
    path = feed_of(client, session, where, "operator")
    html = client.get("/kalender").get_data(as_text=True)
    assert path not in html and "Akhiri alamat" in html


@pytest.mark.parametrize("title", ["a;b,c\\d", "x\r\nATTENDEE:mailto:a@b", "\N{LATIN SMALL LETTER E WITH ACUTE}" * 90])
def test_what_is_written_cannot_become_another_line(title):
    body = ics.written([Dated("k", title, "", CLOSES, None, "Asia/Makassar", "", True)], "spbe.contoh.go.id", "Tanggal", WEDNESDAY)
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    lines = unfolded(body)
    assert not any(line.startswith("ATTENDEE") for line in lines)
    assert next(line for line in lines if line.startswith("SUMMARY:")) == f"SUMMARY:{ics.escaped(title)}"


def test_the_calendar_costs_the_same_for_many_rounds(client, session, where):
    as_(client, session, where, "operator")

    def cost() -> int:
        client.get("/kalender")
        with statements() as seen:
            assert client.get("/kalender").status_code == 200
        return len(seen)

    before = cost()
    for term in (2, 3, 4):
        build.opened(session, where.city, slug=f"putaran-{term}", term=term)
    assert cost() == before <= 10
    assert feeds.opened_by(session, "x") is None
