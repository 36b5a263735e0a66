"""S55 and S56: notes of a session, saved by themselves and by hand; what each side reads; photos; promised evidence."""

import io
import re
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import func, select

from assessments import carrying_values, interviewing, judging, promising
from assessments.clock import now
from assessments.models import Blob, Decision, MeetingPhoto, MeetingPromise, Notice
from assessments.refusal import Refused
from portal import fsck
from tests import builders as build
from tests import sessions
from tests.portal.meeting_pages import hidden, met, send, statements

LATER = (now() + timedelta(days=5)).date().isoformat()
SAVE = 14


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def note_of(where, session, item="I12"):
    return next(each for each in where.row(session).items if each.item == item)


def photo(kind="JPEG", exif=True) -> bytes:
    picture, made = Image.new("RGB", (640, 480), "green"), io.BytesIO()
    tags = Image.Exif()
    tags[0x010F] = "KameraRahasia"
    picture.save(made, kind, **({"exif": tags.tobytes()} if exif and kind == "JPEG" else {}))
    return made.getvalue()


@pytest.fixture
def where(session):
    return met(session, "held")


def saved_by_itself(client, where, item="I12", **fields):
    page = f"{where.page}/butir/{item}"
    sent = {name: value[0] for name, value in hidden(client, page, page).items() if name in ("csrf_token", "office", "version")}
    return client.post(f"{page}/simpan-otomatis", data=sent | fields)


def test_a_note_saves_itself_and_by_hand_and_the_next_item_follows(client, session, where):
    where.as_(client, session, "assessor")
    page = f"{where.page}/butir/I12"
    shown = client.get(page).get_data(as_text=True)
    assert 'data-longest="5000"' in shown and "Dimulai" in shown and "dari 120 menit" in shown
    answer = saved_by_itself(client, where, answer="Peta rencana dipakai sejak Maret.")
    assert answer.status_code == 200 and answer.json["version"] == 2
    assert note_of(where, session).answer == "Peta rencana dipakai sejak Maret."
    after = send(client, page, answer="Peta rencana dipakai.", follow_up="y", then="berikutnya")
    assert after.status_code == 302 and after.location.endswith("/butir/I20")
    kept = note_of(where, session)
    assert kept.follow_up and kept.by_id == where.outside.actor("assessor").person_id
    assert saved_by_itself(client, where, answer="Peta rencana dipakai lagi.").status_code == 200
    assert note_of(where, session).follow_up, "what saves itself brings no tick"


def test_two_who_write_one_note_both_get_both_texts(client, session, app, where):
    first = where.as_(client, session, "assessor")
    second = where.as_(app.test_client(), session, "panel_lead")
    page = f"{where.page}/butir/I12"
    opened = hidden(second, page, page)
    assert send(first, page, answer="Tulisan anggota.", follow_up="y").status_code == 302
    by_itself = second.post(f"{page}/simpan-otomatis", data=opened | {"answer": "Tulisan ketua."})
    assert by_itself.status_code == 409 and by_itself.json["theirs"]["answer"] == "Tulisan anggota."
    answer = second.post(page, data=opened | {"answer": "Tulisan ketua."})
    told = text_of(answer)
    assert answer.status_code == 409 and "Tulisan anggota." in told and told.count("Tulisan ketua.") == 2
    follow_up = told.split("Perlu tindak lanjut")[1].split("Agenda")[0]
    assert re.findall(r'quote">(.*?)</p>', follow_up) == ["ya", "tidak"], "words, not what the form stores"
    assert note_of(where, session).answer == "Tulisan anggota."


@pytest.mark.parametrize("text", ["x" * 8001, "rusak \x00 di tengah"])
def test_what_cannot_be_kept_is_said_and_stays_typed(client, session, where, text):
    where.as_(client, session, "assessor")
    page = f"{where.page}/butir/I12"
    answer = send(client, page, answer=text)
    assert answer.status_code == 422 and ("terlalu panjang" in text_of(answer) or "tidak dapat ditampilkan" in text_of(answer))
    assert saved_by_itself(client, where, answer=text).status_code == 422
    assert note_of(where, session).answer == ""


def test_hostile_words_are_letters_and_a_note_is_not_emptied(client, session, where):
    where.as_(client, session, "assessor")
    page = f"{where.page}/butir/I12"
    assert send(client, page, answer="<img src=x onerror=alert(1)> {{ 7*7 }} \u202eterbalik").status_code == 302
    shown = client.get(page).get_data(as_text=True)
    assert "<img src=x" not in shown and "&lt;img src=x" in shown
    emptied = send(client, page, answer="  ")
    assert emptied.status_code == 422 and "tidak dapat dikosongkan" in text_of(emptied)


def test_the_instansi_reads_along_and_an_agency_only_of_its_items(client, session, app):
    where = met(session, "noted", items=("I01", "I12", "I20"))
    judging.write_judgement(
        where.assessment(session).claim("I12"), where.outside.actor("assessor"), build.Fraction(2), "Fakta-XQ7", "Analisis-XQ7",
        "Justifikasi-XQ7", "Catatan-XQ7", 0,
    )
    session.commit()
    for who, reads, hidden_items in (("operator", {"I01", "I12"}, {"I20"}), ("round_manager", {"I01", "I12", "I20"}, set())):
        reader = where.as_(app.test_client(), session, who)
        page = text_of(reader.get(where.page))
        for item in reads:
            one = reader.get(f"{where.page}/butir/{item}")
            assert one.status_code == 200 and f"Dijelaskan: {item}." in text_of(one) and "<textarea" not in text_of(one).split("</main>")[0]
            assert "XQ7" not in text_of(one) and "meja penilaian" not in text_of(one)
        for item in hidden_items:
            assert f"/butir/{item}" not in page and reader.get(f"{where.page}/butir/{item}").status_code == 404
        assert "XQ7" not in page
        assert send(reader, f"{where.page}/butir/I12", answer="Bukan saya").status_code == 403
    assert note_of(where, session).answer == "Dijelaskan: I12."


def test_only_what_was_clarified_gets_another_value_and_the_rest_says_that_it_was_carried(session):
    where = met(session, "noted", items=("I12",), evidence=("I12", "I20"))
    assessment, by, lead = where.assessment(session), where.outside.actor("assessor"), where.outside.actor("panel_lead")
    with pytest.raises(Refused, match="Indikator 20 belum diklarifikasi pada sesi interviu"):
        judging.write_judgement(assessment.claim("I20"), by, build.Fraction(2), "F", "A", "J", "", 0)
    with pytest.raises(Refused, match="belum diklarifikasi"):
        judging.decide(assessment, "I20", lead, build.Fraction(2), "Kurang bukti.")
    judging.write_judgement(assessment.claim("I12"), by, build.Fraction(2), "F", "A", "J", "", 0)
    session.flush()
    judging.send_judgement(assessment.claim("I12"), by)
    session.flush()
    judging.close_stage(assessment, lead)
    session.commit()
    rows = {row.item: row for row in session.scalars(select(Decision).where(Decision.stage == "interview"))}
    assert (rows["I12"].value, rows["I12"].origin, rows["I12"].reason) == (2, "judged", "")
    said = rows["I20"]
    assert said.origin == "carried" and said.value == 3
    assert said.reason == (
        "Indikator 20 " + assessment.period.instrument.item("I20").name + ", Pemerintah Kota Contoh: tidak diklarifikasi pada tahap "
        "interviu, sehingga hasil verifikasi tahap penilaian dokumen tetap berlaku. Berkas: peraturan.pdf. Tingkat: 3."
    )
    assert sum(row.origin == "carried" and bool(row.reason) for row in rows.values()) == 46
    assert where.assessment(session).state == "visit"
    again = carrying_values.carried_texts(where.assessment(session), "visit", {"I12": build.Fraction(2), "I20": build.Fraction(3)})
    assert "tahap interviu tetap berlaku" in again["I12"] and "tahap penilaian dokumen tetap" in again["I20"]


def test_what_was_clarified_and_kept_its_value_is_not_called_unclarified(session):
    where = met(session, "noted", items=("I12",))
    judging.close_stage(where.assessment(session), where.outside.actor("panel_lead"))
    session.commit()
    kept, other = (session.scalar(select(Decision).where(Decision.stage == "interview", Decision.item == item)) for item in ("I12", "I20"))
    assert (kept.origin, kept.value) == ("carried", 3) and "tidak diklarifikasi" not in kept.reason
    assert (
        "Pemerintah Kota Contoh: diklarifikasi pada tahap interviu tanpa penilaian baru, sehingga nilainya tetap dan hasil "
        "verifikasi tahap penilaian dokumen tetap berlaku."
    ) in kept.reason
    assert "tidak diklarifikasi pada tahap interviu, sehingga hasil" in other.reason


def test_a_session_begins_after_both_agreed_and_while_its_stage_runs(session):
    where = met(session)
    assessment = where.assessment(session)
    visit = sessions.arranged(session, where.city, where.outside, assessment, kind="visit")
    with pytest.raises(Refused, match="saat tahap visitasi berjalan"):
        interviewing.begin(visit, where.outside.actor("assessor"))
    with pytest.raises(Refused, match="sesudah sesi dimulai"):
        interviewing.write_note(visit, visit.items[0], where.outside.actor("assessor"), interviewing.Note("x"), 1)


def test_attendance_is_said_for_each_person(client, session, where):
    where.as_(client, session, "assessor")
    first = where.row(session).people[0].n
    assert send(client, f"{where.page}/kehadiran", where.page, **{f"hadir-{first}": "hadir", "hadir-2": "tidak", "hadir-99": "hadir"}).status_code == 302
    assert [each.present for each in where.row(session).people][:2] == [True, False]
    assert "tidak hadir" in text_of(where.as_(client, session, "round_manager").get(where.page))


def test_two_who_mark_attendance_lose_nothing_of_each_other(client, session, app, where):
    first, second = where.as_(client, session, "assessor"), where.as_(app.test_client(), session, "panel_lead")
    marking = f"{where.page}/kehadiran"
    opened = hidden(second, where.page, marking) | {f"hadir-{each.n}": "" for each in where.row(session).people}
    assert send(first, marking, where.page, **{"hadir-1": "hadir", "hadir-2": "tidak"}).status_code == 302
    assert second.post(marking, data=opened | {"hadir-3": "hadir"}).status_code == 302, "what was left as it was resets nobody"
    assert [each.present for each in where.row(session).people][:3] == [True, False, True]
    crossing = second.post(marking, data=opened | {"hadir-1": "tidak"})
    name = where.row(session).people[0].name
    assert crossing.status_code == 409 and f"{name}: tersimpan Hadir, pilihan Anda Tidak." in text_of(crossing)
    assert where.row(session).people[0].present is True


def test_a_word_on_attendance_is_never_somebody_elses(client, session, app, where):
    """A number on the list that was free again went to another person after the page was opened."""
    first, second = where.as_(client, session, "assessor"), where.as_(app.test_client(), session, "panel_lead")
    marking, listing = f"{where.page}/kehadiran", f"{where.page}/peserta"
    last = max(each.n for each in where.row(session).people)
    known = [str(each.person_id) for each in where.row(session).people if each.person_id]
    guests = {"orang": known, "jabatan": ["", ""], "pihak": ["respondent"] * 2}
    assert send(first, listing, listing, nama=["Tamu Lama", ""], **guests).status_code == 302
    opened = hidden(second, where.page, marking)
    assert opened[f"siapa-{last + 1}"] == ["Tamu Lama"]
    for name in ("", "Tamu Baru"):
        assert send(first, listing, listing, nama=[name, ""], **guests).status_code == 302
    answer = second.post(marking, data=opened | {f"hadir-{last + 1}": "hadir"})
    assert answer.status_code == 409 and "Tamu Baru: tersimpan Belum, pilihan Anda Hadir." in text_of(answer)
    assert [each.present for each in where.row(session).people if each.name == "Tamu Baru"] == [None]


def promised(client, session, where, **fields):
    owing = where.city.agencies["bappeda"].id
    return send(client, f"{where.page}/butir/I12/janji", f"{where.page}/butir/I12", text="SK Peta Rencana 2026", organization=str(owing), due_day=LATER, **fields)


def test_promised_evidence_is_brought_from_the_library_and_read_by_the_panel_then(client, session, app, where):
    where.as_(client, session, "assessor")
    bad = send(client, f"{where.page}/butir/I12/janji", f"{where.page}/butir/I12", text="", organization="99999", due_day="2020-01-01")
    assert bad.status_code == 422 and all(
        each in text_of(bad) for each in ("Bukti yang dijanjikan wajib diisi.", "Pilih OPD yang menjanjikan.", "Batas penyerahan harus sesudah sekarang."))
    assert promised(client, session, where).status_code == 302
    made = session.scalar(select(MeetingPromise))
    page = f"{where.page}/janji/{made.id}"
    assert session.scalar(select(func.count()).select_from(Notice).where(Notice.path == page)) == 2
    mine = build.document(session, where.city.agencies["bappeda"], where.city.actor("operator"), b"%PDF-janji")
    other = build.document(session, where.city.agencies["kominfo"], where.city.actor("round_manager"), b"%PDF-lain")
    session.commit()
    file = f"/bukti/{mine.document_id}/{mine.n}"
    assert client.get(f"{file}/berkas").status_code == 404
    operator = where.as_(app.test_client(), session, "operator")
    assert f"{page}" in operator.get(where.page).get_data(as_text=True)
    home = operator.get("/beranda").get_data(as_text=True)
    assert "Serahkan 1 bukti yang dijanjikan" in home and f'href="{where.page}"' in home
    head = where.as_(app.test_client(), session, "head").get("/beranda").get_data(as_text=True)
    elsewhere = where.as_(app.test_client(), session, "operator_other").get("/beranda").get_data(as_text=True)
    assert "bukti yang dijanjikan" in head and "bukti yang dijanjikan" not in elsewhere
    assert send(operator, page, document=str(other.document_id), n="1").status_code in (403, 404)
    none = send(operator, page, document=None)
    assert none.status_code == 422 and "Pilih dokumen yang diserahkan." in text_of(none)
    assert send(operator, page, document=str(mine.document_id), n="1", locator="hlm. 3").status_code == 302
    assert "bukti yang dijanjikan" not in operator.get("/beranda").get_data(as_text=True)
    session.rollback()
    session.expire_all()
    made = session.scalar(select(MeetingPromise))
    assert (made.document_id, made.n, made.locator, made.late) == (mine.document_id, 1, "hlm. 3", False)
    shown = text_of(client.get(page))
    assert "Diserahkan" in shown and "hlm. 3" in shown and file in shown
    assert client.get(f"{file}/berkas").status_code in (200, 409)  # the builder's bytes lie in no store
    off = where.as_(app.test_client(), session, "assessor_off")
    assert off.get(page).status_code == off.get(f"{file}/berkas").status_code == 404
    assert where.as_(app.test_client(), session, "operator_other").get(page).status_code == 404


def test_what_comes_after_its_deadline_says_so(session):
    where = met(session, "held")
    meeting, city = where.row(session), where.city
    made = promising.promise(meeting, "I12", where.outside.actor("assessor"), city.agencies["bappeda"], "SK", now() + timedelta(seconds=30))
    session.flush()
    made.due_at = now() - timedelta(days=1)
    mine = build.document(session, city.agencies["bappeda"], city.actor("operator"))
    promising.deliver(made, city.actor("operator"), mine, "")
    session.flush()
    assert made.late
    with pytest.raises(Refused, match="sudah diserahkan"):
        promising.withdraw(made, where.outside.actor("assessor"))


@pytest.fixture
def visited(session):
    """A visit that has begun: the interview stage is closed."""
    where = met(session)
    assessment = where.assessment(session)
    judging.close_stage(assessment, where.outside.actor("panel_lead"))
    session.flush()
    where.meeting = sessions.held(session, where.city, where.outside, assessment, ("I12",), noted=False, kind="visit").id
    session.commit()
    where.base_page = f"{where.base}/visitasi/{where.meeting}"
    return where


def test_a_visit_notes_what_was_seen_where_and_its_photos_carry_nothing_but_the_picture(client, session, app, visited):
    visited.as_(client, session, "assessor")
    page = f"{visited.base_page}/butir/I12"
    bad = send(client, page, seen="Server", location="L" * 301, finding="mungkin")
    assert bad.status_code == 422 and "Tempat terlalu panjang" in text_of(bad) and "Pilih temuan dari daftar." in text_of(bad)
    assert send(client, page, seen="Aplikasi dibuka langsung.", location="Lantai 2", finding="partly", answer="").status_code == 302
    kept = note_of(visited, session)
    assert (kept.seen, kept.location, kept.finding) == ("Aplikasi dibuka langsung.", "Lantai 2", "partly")
    html = client.get(page).get_data(as_text=True)
    assert html.count("<noscript><p class=\"small mt-2\">Simpan catatan sesi di atas dulu") == 2, "photo and promise are forms of their own"
    fields = {name: value[0] for name, value in hidden(client, page, f"{page}/foto").items()}
    answer = client.post(f"{page}/foto", data=fields | {"caption": "Ruang server", "files": (io.BytesIO(photo()), "IMG_1.jpg")})
    assert answer.status_code == 302
    row = session.scalar(select(MeetingPhoto))
    stored = app.extensions["storage"].path(row.sha256).read_bytes()
    assert stored.startswith(b"\xff\xd8\xff") and b"KameraRahasia" not in stored and row.caption == "Ruang server"
    found = fsck.examine(session, app.extensions["storage"])
    assert not found.unnamed_rows and not found.orphans and not found.pictures
    url = f"{visited.base_page}/foto/1"
    shown = client.get(url)
    assert shown.mimetype == "image/jpeg" and "sandbox" in shown.headers["Content-Security-Policy"]
    assert visited.as_(app.test_client(), session, "round_manager").get(url).status_code == 200
    operator = visited.as_(app.test_client(), session, "operator")
    assert operator.get(url).status_code == 403 and "/foto/" not in operator.get(page).get_data(as_text=True)
    assert visited.as_(app.test_client(), session, "assessor_off").get(url).status_code == 404


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"%PDF-1.7 bukan gambar", "foto.jpg", "isinya PDF"),
        (photo(), "foto.pdf", "yang dapat diterima: gambar JPG, gambar PNG"),
        (b"<svg onload=alert(1)>", "foto.png", "gambar SVG"),
        (photo()[:200] + b"\xff\xd9", "rusak.jpg", "terpotong"),
        (b"\x89PNG\r\n\x1a\n" + photo("PNG")[8:40] + b"IEND", "separuh.png", "tidak dapat dibaca"),
        (b"", "kosong.jpg", "kosong"),
    ],
)
def test_UP_what_is_no_picture_is_refused_and_leaves_nothing(client, session, app, visited, content, name, sentence):
    visited.as_(client, session, "assessor")
    page = f"{visited.base_page}/butir/I12"
    fields = {name: value[0] for name, value in hidden(client, page, f"{page}/foto").items()}
    answer = client.post(f"{page}/foto", data=fields | {"files": (io.BytesIO(content), name), "caption": "Ruang server"})
    assert answer.status_code == 422 and sentence in text_of(answer), text_of(answer)[:3000]
    field = text_of(answer).split('for="files"')[1].split('type="file"')[0]
    assert sentence in field and 'value="Ruang server"' in text_of(answer), "at its field, and what was typed is kept"
    session.rollback()
    assert session.scalar(select(func.count()).select_from(MeetingPhoto)) == 0
    assert session.scalar(select(func.count()).select_from(Blob).where(Blob.media_type == "image/jpeg")) == 0


def test_a_save_costs_little(client, session, where):
    where.as_(client, session, "assessor")
    page = f"{where.page}/butir/I12"
    opened = hidden(client, page, page)
    with statements() as ran:
        assert client.post(f"{page}/simpan-otomatis", data=opened | {"answer": "Satu."}).status_code == 200
    assert len([each for each in ran if "audit_" not in each]) <= SAVE, len(ran)


def test_in_a_stage_of_sessions_the_next_step_is_the_session_then_what_was_spoken_about_then_its_end(client, session, app):
    where = met(session, "held", items=("I12", "I20"))
    member, lead = where.as_(client, session, "assessor"), where.as_(app.test_client(), session, "panel_lead")
    queue = text_of(member.get("/asesmen"))
    assert "0 dari 0" in queue and "Buka interviu" in queue and "Lanjutkan" not in queue
    for each in (member, lead):
        home = each.get("/beranda").get_data(as_text=True)
        assert "Jalankan interviu" in home and f'href="{where.base}/interviu"' in home
    assert send(member, f"{where.page}/butir/I12", answer="Dijelaskan.").status_code == 302
    queue = member.get("/asesmen").get_data(as_text=True)
    assert "0 dari 1" in text_of(member.get("/asesmen")) and f"{where.base}/butir/I12" in queue and f"{where.base}/butir/I01" not in queue
    assert "0 dari 1 indikator yang diklarifikasi sudah dinilai tim" in text_of(member.get("/beranda"))
    claim, by = where.assessment(session).claim("I12"), where.outside.actor("assessor")
    build.panels.write_judgement(claim, by, build.Fraction(4), "Fakta.", "", "Pasal 4 menjawabnya.", "", 0)
    session.flush()
    build.panels.send_judgement(claim, by)
    session.commit()
    assert "1 dari 1" in text_of(member.get("/asesmen")) and "Buka interviu" in text_of(member.get("/asesmen"))
    assert "Tutup tahap penilaian" in text_of(lead.get("/beranda")) and "1 dari 1</b> yang diklarifikasi Anda nilai" in text_of(member.get(f"{where.base}/butir/I12"))
    for each, address in ((member, f"{where.base}/butir/I12"), (member, "/asesmen"), (member, "/beranda"), (lead, "/beranda")):
        with statements() as ran:
            assert each.get(address).status_code == 200
        assert len(ran) <= 10, (address, len(ran))
