"""S53 and S30: what a panel asks about an item, the clock, and what the instansi answers with evidence."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from assessments import clarifying, clock
from assessments.document_questions import bound_nowhere
from assessments.models import (
    Assessment,
    Clarification,
    ClarificationBatch,
    ClarificationFile,
    ClarificationReply,
    Holiday,
    Share,
)
from assessments.working_days import add_working_days
from tests import builders as build
from tests.portal.clarification_pages import TEXT, asked, listed, marks, plain, question, room, rows_of, text_of, told
from tests.portal.desk_pages import as_, before_a_panel

ZONE = "Asia/Makassar"


@pytest.fixture
def where(session):
    return before_a_panel(session)


def shared_with_dinkes(session, where, item="I12") -> None:
    """Dinkes supports bappeda on this item."""
    session.add(Share(assessment_id=where.assessment_id, item=item, organization_id=where.city.agencies["dinkes"].id,
                      part="supporting"))
    session.commit()


def carried(session, where, content=b"%PDF-klarifikasi", owner="bappeda", who="operator") -> tuple[int, int]:
    """A document of an agency's library: (id, version)."""
    place = where.city.instansi if owner == "instansi" else where.city.agencies[owner]
    version = build.document(session, place, where.city.actor(who), content)
    version.document.title = f"Notula {owner}"
    session.commit()
    return version.document_id, version.n


def answered(client, session, where, id, who="operator", **fields):
    as_(client, session, where, who)
    return client.post(f"/klarifikasi/{id}", data=plain(client, **{"text": "Halaman 5."} | fields))


# ---------------------------------------------------------------- drafts


def test_a_draft_is_written_changed_and_deleted_and_only_the_panel_sees_it(client, session, where):
    as_(client, session, where, "assessor")
    sent = client.post(room(where), data=plain(client, item="I12", text=TEXT))
    id = session.scalar(select(Clarification.id))
    assert (sent.status_code, sent.headers["Location"]) == (302, f"{room(where)}#tanya-{id}")
    draft = question(session, id)
    assert (draft.state, draft.item, draft.stage, draft.batch_id) == ("draft", "I12", "document", None)
    as_(client, session, where, "panel_lead")
    assert TEXT in text_of(client, room(where))
    changed = client.post(f"{room(where)}/{id}", data=plain(client, version=draft.version, text="Halaman berapa tepatnya?"))
    assert changed.status_code == 302 and question(session, id).text == "Halaman berapa tepatnya?"
    assert "tepatnya" in text_of(client, room(where))  # the sentence about what was saved is read here
    for who in ("operator", "head", "round_manager", "inspector"):
        as_(client, session, where, who)
        for address in (listed(where), f"{listed(where)}/daftar.csv"):
            body = client.get(address).get_data(as_text=True)
            assert "tepatnya" not in body and "Draf" not in body, (who, address)
        assert client.get(f"/klarifikasi/{id}").status_code == 404
        assert client.post(f"/klarifikasi/{id}", data=plain(client, text="Jawab.")).status_code == 404
    as_(client, session, where, "assessor")
    assert client.post(f"{room(where)}/{id}", data=plain(client, then="hapus")).status_code == 302
    assert session.scalar(select(func.count()).select_from(Clarification)) == 0


def test_all_that_is_wrong_with_a_question_is_said_at_once_and_what_was_typed_stays(client, session, where):
    as_(client, session, where, "assessor")
    for text, sentence in (("", "Pertanyaan wajib diisi."), ("x" * 2001, "paling banyak 2000"), ("a\x00b", "tidak dapat ditampilkan")):
        refused = client.post(room(where), data=plain(client, item="I99", text=text))
        page = refused.get_data(as_text=True)
        assert refused.status_code == 422 and sentence in page and "Pilih indikator yang ditanyakan." in page
        assert text[:40].replace("\x00", "") in page or not text
    assert session.scalar(select(func.count()).select_from(Clarification)) == 0


def test_markup_and_formulas_stay_text_on_every_page_and_in_the_table(client, session, where):
    hostile = '=HYPERLINK("x")<script>alert(1)</script>\u202e"\'&'
    (id,) = asked(session, where, "I12", text=hostile)
    assert answered(client, session, where, id, text=hostile).status_code == 302
    for who, address in (("operator", f"/klarifikasi/{id}"), ("operator", listed(where)), ("assessor", room(where))):
        as_(client, session, where, who)
        assert "<script>alert(1)" not in client.get(address).get_data(as_text=True)
    rows = rows_of(client, f"{room(where)}/daftar.csv")
    assert [row["Isi"][:2] for row in rows] == ["'=", "'="]


def test_two_who_change_one_draft_get_both_texts(client, session, where):
    (id,) = asked(session, where, "I12", days=None)
    seen = question(session, id).version
    as_(client, session, where, "panel_lead")
    client.post(f"{room(where)}/{id}", data=plain(client, version=seen, text="Kalimat ketua."))
    as_(client, session, where, "assessor")
    stale = client.post(f"{room(where)}/{id}", data=plain(client, version=seen, text="Kalimat anggota."))
    page = stale.get_data(as_text=True)
    assert stale.status_code == 409 and "Kalimat ketua." in page and "Kalimat anggota." in page
    assert question(session, id).text == "Kalimat ketua."


def test_a_phrase_is_put_into_the_text_and_nothing_is_stored(client, session, where):
    as_(client, session, where, "assessor")
    page = client.post(room(where), data=plain(client, item="I12", text="Mohon dijawab.", phrase="baku-1", then="sisip"))
    body = page.get_data(as_text=True)
    assert page.status_code == 200 and f"Mohon dijawab.\n{clarifying.TEMPLATES[0]}" in body
    assert session.scalar(select(func.count()).select_from(Clarification)) == 0


# ---------------------------------------------------------------- sending and the clock


def test_what_is_ticked_goes_out_with_a_clock_in_working_days_and_the_holders_hear(client, session, where):
    shared_with_dinkes(session, where)
    first, second, third = asked(session, where, "I12", "I05", "I12", days=None)
    day = clock.today(ZONE)
    off = add_working_days(day, 1, set())
    session.add(Holiday(day=off, name="Libur", kind="national", instansi_id=None))
    session.commit()
    as_(client, session, where, "panel_lead")
    ticked = [mark for mark in marks(text_of(client, room(where))) if mark.split("-")[0] != str(third)]
    sent = client.post(f"{room(where)}/kiriman", data=plain(client, chosen=ticked, days="3"))
    assert sent.status_code == 302
    assert [question(session, id).state for id in (first, second, third)] == ["sent", "sent", "draft"]
    batch = session.scalars(select(ClarificationBatch)).one()
    last = add_working_days(day, 3, {off})
    ends = datetime.combine(last, time(23, 59, 59, 999999), ZoneInfo(ZONE)).astimezone(UTC)
    assert (batch.days, batch.due_at) == (3, ends)
    assert "3 hari kerja lagi" in text_of(client, room(where))
    (line,) = told(session, where.city.people["operator"])
    assert line.startswith("Tim asesor mengirim 1 pertanyaan klarifikasi tentang indikator 12; jawaban ditunggu sampai")
    assert told(session, where.city.people["operator_other"]) == [line]
    (line,) = told(session, where.city.people["round_manager"])
    assert "2 pertanyaan klarifikasi tentang indikator 5 dan 12" in line
    assert not told(session, where.outside.people["assessor"])


@pytest.mark.parametrize("days", ["", "0", "-1", "31", "tiga", "2,5", "9" * 30])
def test_a_number_of_days_that_is_none_sends_nothing_and_the_ticks_stay(client, session, where, days):
    (id,) = asked(session, where, "I12", days=None)
    as_(client, session, where, "assessor")
    refused = client.post(f"{room(where)}/kiriman", data=plain(client, days=days))
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "angka bulat dari 1 sampai 30" in page and "Pilih pertanyaan yang dikirim." in page
    assert question(session, id).state == "draft"


def test_the_clock_never_runs_beyond_the_stage(session, where):
    assessment = session.get_one(Assessment, where.assessment_id)
    stage = assessment.period.stage("document")
    stage.closes_at = clarifying.due_after(assessment, 4) - timedelta(hours=1)
    session.flush()
    with pytest.raises(clarifying.Refused, match=r"Paling banyak 3 hari kerja\."):
        clarifying.due_after(assessment, 4)
    stage.closes_at = clarifying.due_after(assessment, 3).replace(second=0, microsecond=0)
    session.flush()
    assert clarifying.due_after(assessment, 3)


def test_nobody_sends_words_that_changed_or_went_out_meanwhile(client, session, where):
    first, second = asked(session, where, "I12", "I05", days=None)
    as_(client, session, where, "assessor")
    ticked = marks(text_of(client, room(where)))
    question(session, first).text = "Diubah anggota lain."
    session.commit()
    stale = client.post(f"{room(where)}/kiriman", data=plain(client, chosen=ticked, days="3"))
    assert stale.status_code == 409 and "Draf tentang indikator 12 diubah" in stale.get_data(as_text=True)
    ticked = marks(text_of(client, room(where)))
    assert client.post(f"{room(where)}/kiriman", data=plain(client, chosen=ticked, days="3")).status_code == 302
    again = client.post(f"{room(where)}/kiriman", data=plain(client, chosen=ticked, days="3"))
    assert again.status_code == 409 and "sudah dikirim atau dihapus" in again.get_data(as_text=True)
    late = client.post(f"{room(where)}/{second}", data=plain(client, version="9", text="Kalimat lain."))
    assert late.status_code == 409 and "Kalimat lain." in late.get_data(as_text=True)
    assert session.scalar(select(func.count()).select_from(ClarificationBatch)) == 1


def test_a_form_that_arrives_twice_asks_sends_and_answers_once(client, session, where):
    as_(client, session, where, "assessor")
    sent = plain(client, item="I12", text=TEXT)
    assert [client.post(room(where), data=sent).status_code for _ in range(2)] == [302, 302]
    sent = plain(client, chosen=marks(text_of(client, room(where))), days="3")
    assert [client.post(f"{room(where)}/kiriman", data=sent).status_code for _ in range(2)] == [302, 302]
    id = session.scalars(select(Clarification.id)).one()
    as_(client, session, where, "operator")
    sent = plain(client, text="Halaman 5.")
    assert [client.post(f"/klarifikasi/{id}", data=sent).status_code for _ in range(2)] == [302, 302]
    assert session.scalar(select(func.count()).select_from(ClarificationReply)) == 1


# ---------------------------------------------------------------- answers


def test_an_answer_carries_a_version_and_its_page_and_the_panel_goes_on(client, session, where):
    (id,) = asked(session, where, "I12")
    document, n = carried(session, where)
    sent = answered(client, session, where, id, document0=f"{document}-{n}", locator0="hlm. 5")
    assert sent.status_code == 302 and question(session, id).state == "answered"
    (file,) = session.scalars(select(ClarificationFile))
    assert (file.document_id, file.n, file.locator) == (document, n, "hlm. 5")
    assert told(session, where.outside.people["assessor"]) == ["Bappeda menjawab pertanyaan klarifikasi tentang indikator 12."]
    as_(client, session, where, "assessor")
    page = text_of(client, room(where))
    assert "Halaman 5." in page and "Notula bappeda" in page and "hlm. 5" in page
    back = client.post(f"{room(where)}/{id}/tanggapan", data=plain(client, text="Sertakan yang ditandatangani."))
    assert back.status_code == 302 and question(session, id).state == "sent"
    assert told(session, where.city.people["operator"])[-1] == "Tim asesor menanggapi jawaban klarifikasi tentang indikator 12."
    assert answered(client, session, where, id, text="Sudah disertakan.").status_code == 302
    as_(client, session, where, "assessor")
    client.post(f"{room(where)}/{id}/penutupan", data=plain(client))
    assert question(session, id).state == "closed"
    assert bound_nowhere(where.city.actor("operator"), file.document_version.document)
    late = answered(client, session, where, id, text="Tambahan yang terlambat.")
    assert late.status_code == 409 and "Tambahan yang terlambat." in late.get_data(as_text=True)
    as_(client, session, where, "assessor")
    client.post(f"{room(where)}/{id}/penutupan", data=plain(client, then="buka"))
    assert question(session, id).state == "answered"


def test_all_faults_of_an_answer_stand_at_their_fields(client, session, where):
    (id,) = asked(session, where, "I12")
    document, n = carried(session, where)
    one = f"{document}-{n}"
    refused = answered(client, session, where, id, text=" ", document0=one, document1=one, locator2="hlm. 7", locator0="x" * 121)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    for sentence in ("Jawaban wajib diisi.", "sudah dipilih di baris lain.", "Pilih dokumennya, atau kosongkan halamannya.",
                     "paling banyak 120"):
        assert sentence in page
    assert 'value="hlm. 7"' in page and session.scalar(select(func.count()).select_from(ClarificationReply)) == 0


@pytest.mark.parametrize("key", ["99999999-1", "x", "1-99", "0-0", "9999999999999-1"])
def test_a_document_that_is_not_there_is_404(client, session, where, key):
    (id,) = asked(session, where, "I12")
    assert answered(client, session, where, id, document0=key).status_code == 404


def test_an_agency_takes_documents_from_its_own_library_and_the_team_from_that_of_the_instansi(client, session, where):
    shared_with_dinkes(session, where)
    (id,) = asked(session, where, "I12")
    own, theirs, whole = (carried(session, where, name.encode(), name, who) for name, who in (
        ("bappeda", "operator"), ("dinkes", "operator_other"), ("instansi", "round_manager")))
    key = {name: f"{document}-{n}" for name, (document, n) in (("own", own), ("theirs", theirs), ("whole", whole))}
    assert answered(client, session, where, id, document0=key["theirs"]).status_code == 404
    as_(client, session, where, "operator")
    page = text_of(client, f"/klarifikasi/{id}")
    assert "Notula bappeda" in page and "Notula dinkes" not in page and "Notula instansi" not in page
    refused = answered(client, session, where, id, "round_manager", document0=key["own"])
    assert refused.status_code == 422 and "tidak ada di pustaka Anda" in refused.get_data(as_text=True)
    assert answered(client, session, where, id, "round_manager", document0=key["whole"]).status_code == 302


def test_a_late_answer_is_taken_and_says_so_until_the_stage_closes(client, session, where):
    with clock.judged_at(clock.now() - timedelta(hours=20)):
        (id,) = asked(session, where, "I12")
    batch = question(session, id).batch
    other = session.get_one(Clarification, asked(session, where, "I05", days=None)[0])
    past = ClarificationBatch(assessment_id=where.assessment_id, by_id=batch.by_id, days=1, due_at=clock.now() - timedelta(hours=1))
    other.item, other.batch, other.state = "I12", past, "sent"
    session.commit()
    assert answered(client, session, where, id).status_code == 302
    assert answered(client, session, where, other.id).status_code == 302
    session.rollback()
    assert [(row.clarification_id, row.late) for row in session.scalars(select(ClarificationReply).order_by(ClarificationReply.id))] == [
        (id, False), (other.id, True)]
    as_(client, session, where, "assessor")
    assert text_of(client, room(where)).count("terlambat</span>") == 1
    client.post(f"{room(where)}/{other.id}/tanggapan", data=plain(client, text="Yang mana?"))
    assert answered(client, session, where, other.id, text="Yang ini.").status_code == 302
    assert not question(session, other.id).replies[-1].late
    assessment = session.get_one(Assessment, where.assessment_id)
    assessment.period.stage("document").closes_at = clock.now() - timedelta(hours=1)
    session.commit()
    closed = answered(client, session, where, id, text="Menyusul.")
    assert closed.status_code == 409 and "Menyusul." in closed.get_data(as_text=True)
    as_(client, session, where, "assessor")
    assert client.post(room(where), data=plain(client, item="I12", text=TEXT)).status_code == 409
    assert "Kirim yang dicentang" not in text_of(client, room(where))


def test_nothing_here_changes_a_value(client, session, where):
    before = [(claim.item, claim.value, claim.revision_n, claim.version) for claim in where.assessment(session).claims]
    (id,) = asked(session, where, "I12")
    answered(client, session, where, id)
    made = where.assessment(session)
    assert [(claim.item, claim.value, claim.revision_n, claim.version) for claim in made.claims] == before
    assert not made.judgements and not made.decisions
