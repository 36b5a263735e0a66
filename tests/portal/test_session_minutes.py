"""Berita acara of a session: only stored rows, holes said, signed by the lead with password and fingerprint, taken back, verified."""

import io
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select

from assessments import interviewing, promising, session_minutes
from assessments.clock import now
from assessments.models import PanelPaper, PrintedPaper, Signature, Snapshot
from portal import formatting, passwords
from tests import builders as build
from tests.portal.meeting_pages import Met, hidden, met, send, statements

HASH = passwords.hashed(build.PASSWORD)
TYPED = {"checked": "y", "password": build.PASSWORD}


@pytest.fixture
def where(session) -> Met:
    made = met(session, "noted", items=("I01", "I12"))
    meeting, by = made.row(session), made.outside.actor("assessor")
    interviewing.write_note(meeting, meeting.items[0], by, interviewing.Note("Dijelaskan.\n#import \"x\" $ ] <b>", follow_up=True), 2)
    interviewing.mark_present(meeting, by, {1: True}, {})
    interviewing.end(meeting, by)
    for who in ("panel_lead", "assessor"):
        build.account_of(made.outside.people[who]).password = HASH
    session.commit()
    return made


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def page_of(where) -> str:
    return f"{where.page}/berita-acara"


def counted(session, *kinds) -> list[int]:
    session.rollback()
    return [session.scalar(select(func.count()).select_from(kind)) for kind in kinds]


def signed(session, where) -> str:
    meeting = where.row(session)
    draft = session_minutes.draft(meeting, where.outside.people["panel_lead"])
    number = session_minutes.sign(meeting, where.outside.actor("panel_lead"), draft.sha256).number
    session.commit()
    return number


def test_the_lead_signs_what_the_page_showed_and_the_number_is_verified_by_anybody(client, session, app, where):
    where.as_(client, session, "panel_lead")
    page = text_of(client.get(page_of(where)))
    assert "Sidik naskah" in page and "membahas 2 dari 2 indikator" in page and "Perlu tindak lanjut." in page
    answer = send(client, page_of(where), **TYPED)
    assert answer.status_code == 302
    assert counted(session, PanelPaper, Signature) == [1, counted(session, Signature)[0]]
    paper = session.scalar(select(PanelPaper))
    assert paper.kind == "interview_minutes" and paper.number.startswith("BA-2026-")
    public = text_of(app.test_client().get(f"/verifikasi/{paper.number}"))
    assert "Berita Acara Interviu" in public and "masih berlaku" in public
    assert app.test_client().get("/verifikasi/BA-2026-ABCD-EFGH").status_code == 404
    locked = text_of(client.get(f"{where.page}/butir/I12"))
    assert "sudah ditandatangani" in locked and send(client, f"{where.page}/butir/I12", answer="Lain").status_code == 409
    later = send(client, f"{where.page}/agenda", butir=["I01", "I12", "I20"], **{"tanya-I20": "Bagaimana?"})
    assert later.status_code == 409 and "agendanya tetap" in text_of(later) and len(where.row(session).items) == 2
    assert "Ubah agenda" not in text_of(client.get(where.page))


@pytest.mark.parametrize(
    ("fields", "sentences"),
    [
        ({"checked": None, "password": ""}, ["Centang bahwa Anda telah membaca berita acara ini.", "Tulis kata sandi akun Anda."]),
        ({"password": "bukan ini"}, ["Kata sandi salah. Belum ada yang ditandatangani."]),
    ],
)
def test_without_tick_or_password_nothing_is_signed(client, session, where, fields, sentences):
    where.as_(client, session, "panel_lead")
    answer = send(client, page_of(where), **TYPED | fields)
    assert answer.status_code == 422 and all(each in text_of(answer) for each in sentences)
    assert counted(session, PanelPaper) == [0]


def test_what_changed_since_the_page_was_opened_is_not_signed(client, session, where):
    where.as_(client, session, "panel_lead")
    opened = hidden(client, page_of(where), page_of(where))
    meeting = where.row(session)
    interviewing.write_note(meeting, meeting.items[1], where.outside.actor("assessor"), interviewing.Note("Dibetulkan."), 2)
    session.commit()
    answer = client.post(page_of(where), data=opened | TYPED)
    assert answer.status_code == 409 and "berubah sesudah Anda membukanya" in text_of(answer)
    assert counted(session, PanelPaper, Snapshot)[0] == 0


@pytest.mark.parametrize(("who", "reads", "writes"), [("assessor", 200, 403), ("reviewer", 200, 403), ("coordinator", 200, 403),
                                                     ("operator", 403, 403), ("executive", 404, 403), ("assessor_off", 404, 404)])
def test_panel_and_team_read_the_minutes_and_the_lead_alone_signs(client, session, where, who, reads, writes):
    where.as_(client, session, who)
    assert client.get(page_of(where)).status_code == reads
    assert send(client, page_of(where), **TYPED).status_code == writes
    assert counted(session, PanelPaper) == [0]


def test_minutes_taken_back_are_mended_and_signed_anew_and_the_public_page_tells_both(client, session, app, where):
    first = signed(session, where)
    where.as_(client, session, "panel_lead")
    url = f"{page_of(where)}/penarikan"
    empty = send(client, url, page_of(where), note=" ")
    assert empty.status_code == 422 and "Alasan wajib diisi." in text_of(empty)
    assert send(client, url, page_of(where), note="Nama peserta keliru.").status_code == 302
    stranger = app.test_client()
    assert "sudah ditarik" in text_of(stranger.get(f"/verifikasi/{first}"))
    assert send(client, f"{where.page}/butir/I12", answer="Dibetulkan sesudah ditarik.").status_code == 302
    second = signed(session, where)
    told = text_of(stranger.get(f"/verifikasi/{first}"))
    assert second != first and "ada surat yang lebih baru sebagai gantinya" in told
    assert "masih berlaku" in text_of(stranger.get(f"/verifikasi/{second}"))
    assert "Nama peserta keliru." in text_of(client.get(page_of(where)))


def test_minutes_say_only_what_is_stored_and_name_every_hole(session, where):
    frozen = session_minutes.content_of(where.row(session), None, 0)
    assert frozen["items"][0]["answer"].startswith("Dijelaskan.") and frozen["items"][0]["follow_up"]
    assert frozen["people"][0]["present"] is True and frozen["people"][1]["present"] is None
    words = json.dumps(frozen)
    assert not any(each in words for each in ("Catatan tim", "Justifikasi", "value"))


def test_the_page_shows_whoever_signs_the_days_the_absent_and_the_deadlines_that_are_signed(client, session, where):
    meeting = where.row(session)
    meeting.began_at = datetime(2026, 3, 2, 1, tzinfo=UTC)
    meeting.ended_at = meeting.began_at + timedelta(hours=2)
    present, absent, *others = [each.name for each in meeting.people]
    meeting.people[1].present = False
    day = now() + timedelta(days=5)
    promising.promise(meeting, "I12", where.outside.actor("assessor"), where.city.agencies["bappeda"], "SK Peta Rencana", day)
    session.commit()
    where.as_(client, session, "panel_lead")
    page = text_of(client.get(page_of(where)))
    assert "Senin, 2 Maret 2026 pukul 09.00 WITA sampai 11.00 WITA" in page
    told = dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", page))
    assert told["Hadir"] == present and told["Tidak hadir"] == absent and all(name in told["Kehadiran belum diisi"] for name in others)
    assert f"paling lambat {formatting.long_moment(day, 'Asia/Makassar')}" in page


def test_the_paper_is_printed_tagged_with_its_holes_and_one_flipped_byte_is_noticed(client, session, app, where):
    number = signed(session, where)
    where.as_(client, session, "coordinator")
    answer = client.get(f"{page_of(where)}/{number}")
    pdf = answer.get_data()
    reader = PdfReader(io.BytesIO(pdf))
    said = " ".join(" ".join(page.extract_text() for page in reader.pages).replace("\u200b", "").split())
    for words in ("BERITA ACARA INTERVIU".title(), number, "belum diisi", "Dijelaskan.", '#import "x" $ ] <b>', "Halaman 1 dari", "Sidik SHA-256"):
        assert words in said, words
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"] and reader.trailer["/Root"]["/Lang"] == "id-ID"
    assert b"pdfaid:part>2" in pdf and b"pdfaid:conformance>A" in pdf
    assert client.get(f"{page_of(where)}/{number}").get_data() == pdf and counted(session, PrintedPaper) == [1]
    assert client.get(f"{page_of(where)}/BA-2026-XXXX-YYYY").status_code == 404
    stranger = app.test_client()
    for content, words in ((pdf, "sama persis"), (pdf[:-40] + bytes([pdf[-40] ^ 1]) + pdf[-39:], number)):
        fields = build.form(stranger, "/verifikasi/berkas")
        told = stranger.post("/verifikasi/berkas", data=fields | {"berkas": (io.BytesIO(content), "ba.pdf")})
        assert told.status_code == 200 and words in text_of(told), text_of(told)[:2500]


def test_minutes_wait_for_the_end_of_the_session_and_for_a_note(session):
    where = met(session, "held")
    meeting = where.row(session)
    assert "masih berjalan" in session_minutes.why_not_signed(meeting)
    interviewing.end(meeting, where.outside.actor("assessor"))
    assert "Belum ada satu catatan" in session_minutes.why_not_signed(meeting)


def test_the_page_of_minutes_costs_little(client, session, where):
    where.as_(client, session, "panel_lead")
    with statements() as ran:
        assert client.get(page_of(where)).status_code == 200
    assert len(ran) <= 14, len(ran)
