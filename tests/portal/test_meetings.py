"""S54: a session is proposed with its agenda, confirmed by the other side, moved, cancelled with a reason, and stands in calendars."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from assessments import agenda, scheduling, seating
from assessments.clock import now, today
from assessments.models import Meeting, MeetingItem, MeetingPerson
from assessments.refusal import Refused
from tests import builders as build
from tests import sessions
from tests.portal.meeting_pages import met, send, statements
from tests.portal.room_pages import panel

PAGE = 10
DAY = (now() + timedelta(days=7)).date().isoformat()
PLAN = {"day": DAY, "since": "09.00", "until": "11.00", "mode": "online", "link": "https://rapat.contoh.go.id/x", "place": "",
        "note": "", "butir": ["I01", "I12"], "tanya-I01": "Apa dasarnya?", "tanya-I12": "Di mana dipakai?"}


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def count(session, kind) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(kind))


def test_a_session_goes_from_proposal_to_confirmation_and_both_sides_read_the_same(client, session, app):
    where = met(session)
    where.as_(client, session, "assessor")
    page = f"{where.base}/interviu"
    answer = send(client, f"{page}/baru", **PLAN)
    assert answer.status_code == 302
    made = session.scalar(select(Meeting))
    assert [(each.item, each.question) for each in made.items] == [("I01", "Apa dasarnya?"), ("I12", "Di mana dipakai?")]
    assert {each.side for each in made.people} == {"assessor", "internal", "respondent"} - (
        set() if any(each.side == "internal" for each in made.people) else {"internal"})
    where.meeting = made.id
    assert "Menunggu konfirmasi instansi" in text_of(client.get(where.page))
    assert send(client, f"{where.page}/konfirmasi", where.page).status_code == 409
    manager = where.as_(app.test_client(), session, "round_manager")
    assert "Konfirmasi jadwal interviu" in text_of(manager.get("/beranda"))
    seen = text_of(manager.get(where.page))
    assert "Konfirmasi jadwal" in seen and "Di mana dipakai?" in seen and "https://rapat.contoh.go.id/x" in seen
    assert send(manager, f"{where.page}/konfirmasi", where.page).status_code == 302
    assert where.row(session).state == "confirmed"
    assert "Konfirmasi jadwal interviu" not in text_of(manager.get("/beranda"))
    assert send(manager, f"{where.page}/konfirmasi", where.page).status_code == 302


def test_both_clocks_stand_on_the_page_where_they_differ(client, session):
    where = met(session, "arranged")
    row = where.row(session)
    row.starts_at = row.starts_at.replace(hour=3)  # at night the end stands with its day in one of the zones
    row.ends_at = row.starts_at + timedelta(hours=2)
    session.commit()
    where.outside.instansi.zone = "Asia/Jakarta"
    where.as_(client, session, "assessor")
    page = text_of(client.get(where.page))
    assert re.search(r"WITA sampai \d\d\.\d\d WITA \((?:\w+, \d+ \w+ \d+ pukul )?\d\d\.\d\d WIB sampai \d\d\.\d\d WIB\)", page)
    assert re.search(r"WITA sampai \d\d\.\d\d WITA \(", text_of(client.get(f"{where.base}/interviu")))


@pytest.mark.parametrize(
    ("fields", "sentences"),
    [
        ({"day": ""}, ["Isi tanggal, jam mulai, dan jam selesai."]),
        ({"day": "32-13-2026"}, ["Tanggal tidak dapat dibaca."]),
        ({"until": "08.00"}, ["Jam selesai harus sesudah jam mulai."]),
        ({"since": "25.99"}, ["Jam mulai tidak dapat dibaca."]),
        ({"day": "2020-01-01"}, ["Tanggal ini sudah lewat."]),
        ({"mode": "telepati"}, ["Pilih cara pertemuan."]),
        ({"mode": "hybrid", "link": "javascript:alert(1)", "place": ""}, ["Tautan harus berawalan https://", "Tempat wajib diisi."]),
        ({"butir": []}, ["Pilih sekurang-kurangnya satu indikator untuk agenda."]),
        ({"butir": ["I99"], "tanya-I99": "x"}, ["Ada indikator yang tidak dikenal pada instrumen ini."]),
        ({"tanya-I12": "x" * 2001, "note": "y" * 2001}, ["Pertanyaan indikator 12 terlalu panjang", "Catatan terlalu panjang"]),
    ],
)
def test_every_fault_of_a_proposal_is_told_at_once_and_nothing_is_stored(client, session, fields, sentences):
    where = met(session)
    where.as_(client, session, "panel_lead")
    answer = send(client, f"{where.base}/interviu/baru", **PLAN | fields)
    page = text_of(answer)
    assert answer.status_code == 422 and all(sentence in page for sentence in sentences), page[:2000]
    assert count(session, Meeting) == count(session, MeetingItem) == count(session, MeetingPerson) == 0


def test_a_visit_needs_the_letter_that_announces_it(client, session):
    where = met(session)
    where.as_(client, session, "panel_lead")
    page = f"{where.base}/visitasi/baru"
    bare = send(client, page, **PLAN | {"mode": "onsite", "place": "Diskominfo"})
    assert bare.status_code == 422 and "Nomor surat pemberitahuan wajib diisi." in text_of(bare)
    assert "Tanggal surat pemberitahuan wajib diisi." in text_of(bare)
    late = send(client, page, **PLAN | {"mode": "onsite", "place": "D", "notice_no": "B/1", "notice_on": DAY})
    assert late.status_code == 422 and "belum tiba" in text_of(late)
    begun = now() - timedelta(days=2)
    after = scheduling.Plan(begun, begun + timedelta(hours=2), "onsite", "D", notice_no="B/1", notice_on=today("Asia/Makassar"))
    with pytest.raises(Refused) as told:
        scheduling.checked("visit", after, where.assessment(session))
    assert any("tidak sesudah hari visitasi" in each.sentences[0] and each.field == "notice_on" for each in told.value.each)
    full = send(client, page, **PLAN | {"mode": "onsite", "place": "D", "notice_no": "B/1", "notice_on": "2026-01-05"})
    assert full.status_code == 302
    made = session.scalar(select(Meeting))
    assert (made.kind, made.notice_no, made.notice_on, made.link) == ("visit", "B/1", date(2026, 1, 5), "")


def test_the_agenda_is_suggested_by_differences_and_marked_evidence_and_never_tells_the_instansi_why(session):
    city, outside = build.city(session), build.outsiders(session)
    assessment = build.judging(session, city, outside, evidence=("I05",))
    moment = now()
    build.sharing.set_stage(assessment.period, "interview", moment - timedelta(hours=1), moment + timedelta(days=9))
    by = outside.actor("assessor")
    build.panels.judge_citation(assessment.claim("I05"), assessment.claim("I05").citations[0], by, "doubtful", "unsigned")
    session.flush()
    build.closed(session, assessment, outside, {"I12": 1})
    found = agenda.suggestions(session, assessment, "interview")
    assert found["I12"].reasons == ["nilai berbeda dari klaim"]
    assert found["I05"].reasons == ["1 bukti meragukan atau tidak diterima"] and set(found) == {"I12", "I05"}
    assert {each.question for each in found.values()} == {agenda.ASK}


def test_AC_08_nothing_of_a_running_stage_suggests_anything(session):
    """The agenda is read by the instansi and by the other reader: it would tell which items a draft lowers."""
    city, outside = build.city(session), build.outsiders(session)
    assessment = build.judging(session, city, outside, evidence=("I12",))
    claim = assessment.claim("I12")
    build.panels.judge_citation(claim, claim.citations[0], outside.actor("assessor"), "refused", "unfit")
    build.panels.write_judgement(claim, outside.actor("assessor"), build.Fraction(1), "F", "A", "J", "T", 0)
    session.flush()
    build.panels.send_judgement(claim, outside.actor("assessor"))
    session.flush()
    assert agenda.suggestions(session, assessment, "interview") == {}


def test_whoever_moves_a_session_waits_for_the_other_side_again(client, session, app):
    where = met(session, "arranged")
    manager = where.as_(app.test_client(), session, "round_manager")
    page = f"{where.page}/jadwal"
    assert send(manager, page, day=DAY, since="13.00", until="15.00", mode="onsite", place="Aula").status_code == 302
    row = where.row(session)
    assert (row.state, row.place, row.link, row.proposed_by_id) == ("proposed", "Aula", "", where.city.actor("round_manager").person_id)
    where.as_(client, session, "assessor")
    assert "Instansi mengusulkan waktu ini." in text_of(client.get(where.page))
    assert send(client, f"{where.page}/konfirmasi", where.page).status_code == 302


def test_a_proposal_stays_the_panel_s_when_its_proposer_leaves_it(session):
    where = met(session)
    assessment, by = where.assessment(session), where.outside.actor("panel_lead")
    begins = now() + timedelta(days=3)
    made = scheduling.propose(assessment, "interview", by, scheduling.Plan(begins, begins + timedelta(hours=2), "online", link="https://rapat.contoh.go.id/x"), {"I12": ""})
    session.flush()
    seating.unseat_member(assessment, where.outside.people["panel_lead"].person, where.city.actor("round_manager"))
    session.flush()
    assert scheduling.proposed_by_panel(made)
    assert scheduling.waits_for(made, where.city.actor("round_manager")) and not scheduling.waits_for(made, where.outside.actor("assessor"))
    made.proposed_by_id = where.city.actor("round_manager").person_id
    assert not scheduling.proposed_by_panel(made)


def test_a_page_opened_before_somebody_moved_it_gets_both_texts(client, session, app):
    where = met(session, "arranged")
    where.as_(client, session, "assessor")
    page = f"{where.page}/jadwal"
    opened = build.form(client, page)
    manager = where.as_(app.test_client(), session, "round_manager")
    assert send(manager, page, day=DAY, since="13.00", until="15.00", mode="onsite", place="Aula Timur").status_code == 302
    answer = client.post(page, data=opened | {"day": DAY, "since": "08.00", "until": "09.00", "mode": "onsite", "place": "Balai Barat"})
    told = text_of(answer)
    assert answer.status_code == 409 and "Aula Timur" in told and told.count("Balai Barat") == 2
    assert where.row(session).place == "Aula Timur"


def test_a_session_is_cancelled_with_a_reason_that_both_sides_read(client, session, app):
    where = met(session, "arranged")
    where.as_(client, session, "round_manager")
    empty = send(client, f"{where.page}/pembatalan", where.page, why=" ")
    assert empty.status_code == 422 and "Alasan pembatalan wajib diisi." in text_of(empty)
    assert send(client, f"{where.page}/pembatalan", where.page, why="Bentrok dengan sidang DPRD.").status_code == 302
    assert "Bentrok dengan sidang DPRD." in text_of(where.as_(app.test_client(), session, "assessor").get(where.page))
    assert client.get(f"{where.page}/jadwal").status_code == 409
    with pytest.raises(Refused, match="dibatalkan"):
        scheduling.confirm(where.row(session), where.outside.actor("assessor"), 1)


def test_agenda_and_people_are_edited_and_what_has_a_note_stays(client, session):
    where = met(session, "noted", items=("I01", "I12"))
    where.as_(client, session, "assessor")
    page = f"{where.page}/agenda"
    kept = send(client, page, butir=["I01"], **{"tanya-I01": "Apa?"})
    assert kept.status_code == 422 and "Indikator 12 sudah punya catatan" in text_of(kept)
    more = {"butir": ["I01", "I12", "I20"], "tanya-I01": "Apa?", "tanya-I12": "<script>alert(1)</script>", "tanya-I20": "Kapan?"}
    assert send(client, page, **more).status_code == 302
    assert [each.item for each in where.row(session).items] == ["I01", "I12", "I20"]
    shown = client.get(where.page).get_data(as_text=True)
    assert "<script>alert(1)" not in shown and "&lt;script&gt;" in shown
    people = f"{where.page}/peserta"
    first = where.row(session).people[0]
    answer = send(client, people, orang=[str(first.person_id)], nama=["Ni Luh <b>Sari</b>"], jabatan=["Konsultan"], pihak=["respondent"])
    assert answer.status_code == 302
    assert [(each.name, each.side) for each in where.row(session).people] == [(first.name, "assessor"), ("Ni Luh <b>Sari</b>", "respondent")]
    bad = send(client, people, nama=["X" * 161], jabatan=[""], pihak=["respondent"])
    assert bad.status_code == 422 and "X" * 161 in bad.get_data(as_text=True)


def test_a_calendar_program_gets_the_session_and_the_feed_only_its_date(client, session):
    where = met(session, "arranged")
    where.as_(client, session, "operator")
    alone = client.get(f"{where.page}/undangan.ics")
    text = alone.get_data(as_text=True)
    assert alone.mimetype == "text/calendar" and "STATUS:CONFIRMED" in text and "rapat.contoh.go.id" in text and "TRIGGER:-PT1H" in text
    feed = client.get("/kalender/tanggal.ics").get_data(as_text=True)
    assert f"UID:sesi-{where.meeting}@" in feed and "rapat.contoh" not in feed and "Ruang Rapat" not in feed
    assert where.page in client.get("/kalender").get_data(as_text=True)
    where.as_(client, session, "operator_other")
    assert "sesi-" not in client.get("/kalender/tanggal.ics").get_data(as_text=True)


def test_a_session_of_another_assessment_or_kind_is_no_such_thing(client, session):
    where = met(session, "arranged")
    where.as_(client, session, "assessor")
    for wrong in (f"{where.base}/visitasi/{where.meeting}", f"{where.base}/interviu/999999", f"{where.base}/interviu/99999999999"):
        assert client.get(wrong).status_code == 404
    where.as_(client, session, "assessor_off")
    for page in (where.page, f"{where.base}/interviu", f"{where.page}/butir/I12", f"{where.page}/undangan.ics", f"{where.page}/berita-acara"):
        assert client.get(page).status_code == 404


def test_without_a_stage_of_sessions_nothing_is_arranged(client, session):
    where = panel(session)
    client = where.as_(client, session, "assessor")
    assert "tidak punya tahap interviu" in text_of(client.get(f"{where.base}/interviu"))
    answer = client.get(f"{where.base}/interviu/baru")
    assert answer.status_code == 409 and "tidak punya tahap" in text_of(answer)


def test_pages_cost_the_same_for_one_item_and_for_forty(client, session):
    costs = {}
    where = met(session)
    where.as_(client, session, "assessor")
    for items in (("I01",), tuple(f"I{n:02}" for n in range(1, 41))):
        where.meeting = sessions.held(session, where.city, where.outside, where.assessment(session), items).id
        session.commit()
        for page in (where.page, f"{where.page}/butir/I01", f"{where.base}/interviu", f"{where.page}/agenda", f"{where.page}/peserta"):
            place = page.replace(f"/interviu/{where.meeting}", "/interviu/n")
            with statements() as ran:
                assert client.get(page).status_code == 200
            costs.setdefault(place, []).append(len(ran))
    assert all(one >= many and many <= PAGE for one, many in costs.values()), costs
