"""The board of recommendations, one recommendation, and what its agency says: S70, S71, S74."""

import html
import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from assessments import following_up
from assessments.clock import today
from assessments.models import Document, Plan, Progress
from assessments.tasks import today_of
from tests import builders as build
from tests.portal.agency_pages import form_of, pdf, statements
from tests.portal.follow_pages import BOARD, again, agency, as_, audited, followed, proof, reported

PAGE, SAVE = 10, 14
REPORT = 18  # it may bring files: the right is asked twice, before the body is read and after


def send(client, where, **fields):
    sent = form_of(client, f"{where.page}/lapor", "laporan") | {"text": "Sudah jalan.", "then": "kirim"} | fields
    return client.post(f"{where.page}/kemajuan", data=sent, content_type="multipart/form-data")


def send_plan(client, where, **fields):
    sent = form_of(client, f"{where.page}/lapor", "rencana-baru") | {"text": "Menyusun.", "due_on": "01-03-2027"} | fields
    return client.post(f"{where.page}/rencana", data=sent)


# ---------------------------------------------------------------- the board


def test_an_empty_board_says_when_recommendations_appear(client, session):
    where = followed(session, 0)
    text = as_(client, session, where, "operator").get(BOARD).get_data(as_text=True)
    assert "Rekomendasi terbit setelah penetapan" in text


def test_the_board_counts_the_four_statuses_what_waits_and_what_is_late(client, session):
    where = followed(session, 5)
    inspector = where.city.actor("inspector")
    reported(session, where)
    where.made[1].due_on = today("Asia/Makassar") - timedelta(days=3)
    following_up.give_verdict(where.made[2], inspector, "followup_in_progress", "Masih berjalan.", None, None)
    session.commit()
    text = as_(client, session, where, "inspector").get(BOARD).get_data(as_text=True)
    assert "5 rekomendasi" in text and "1 menunggu verifikasi" in text and "1 lewat batas waktu" in text
    assert text.count("<b>4</b><span>Belum ditindaklanjuti") == 1
    assert text.count("<b>1</b><span>Belum sesuai/dalam proses") == 1
    assert text.index("Menunggu verifikasi<small>") < text.index("Lewat batas waktu<small>")
    assert "sampai 90 hari" in text and "lewat 3 hari" in text


def test_the_list_is_narrowed_sorted_and_keeps_closed_ones_for_who_asks(client, session):
    where = followed(session, 1)
    audited(session, where.city, "dinkes", "Perbaiki layanan kesehatan.", build.date(2027, 1, 1))
    reported(session, where)
    newest = where.one.progress[-1].id
    following_up.give_verdict(where.one, where.city.actor("inspector"), "followup_conforming", "Sesuai.", None, newest)
    session.commit()
    client = as_(client, session, where, "inspector")

    def shown(query: str) -> tuple[bool, bool]:
        text = client.get(f"{BOARD}?{query}").get_data(as_text=True)
        return "Tetapkan peta rencana ke-1." in text, "Perbaiki layanan kesehatan." in text

    assert shown("") == (False, True)
    assert shown("status=semua") == (True, True)
    assert shown("status=sesuai") == (True, False)
    assert shown("status=menunggu") == (False, False)
    assert shown(f"opd={where.city.agencies['dinkes'].slug}&status=semua") == (False, True)
    assert shown("cari=kesehatan&status=semua") == (False, True)
    assert shown("sumber=hasil&status=semua") == (False, False)
    assert shown("batas=tanpa&status=semua") == (False, False)
    assert shown("batas=lewat&status=semua") == (False, False)
    assert shown("urut=nomor&status=semua") == shown("urut=umur&status=semua") == (True, True)
    assert shown("halaman=99999&status=omong&opd=%00&butir=I12") == (False, False)


def test_an_agency_sees_only_its_own_and_the_team_sees_all(client, session, app):
    where = followed(session, 1)
    audited(session, where.city, "dinkes", "Perbaiki layanan kesehatan.")
    session.commit()
    seen = {}
    for who in ("operator", "operator_other", "head", "inspector", "executive", "coordinator"):
        text = as_(app.test_client(), session, where, who).get(BOARD).get_data(as_text=True)
        seen[who] = ("ke-1." in text, "kesehatan." in text)
    assert seen["operator"] == seen["head"] == (True, False) and seen["operator_other"] == (False, True)
    assert seen["inspector"] == seen["executive"] == seen["coordinator"] == (True, True)


def test_the_board_and_a_page_cost_the_same_for_one_and_for_fifty(client, session, app):
    few = followed(session, 1)
    reported(session, few)
    inspector = as_(app.test_client(), session, few, "inspector")
    operator = as_(app.test_client(), session, few, "operator")
    pages = [(inspector, BOARD), (operator, BOARD), (operator, f"{few.page}/lapor"), (inspector, few.page),
             (operator, few.page), (inspector, f"{few.page}/verifikasi"), (operator, "/beranda"), (inspector, "/beranda")]

    def counted() -> list[int]:
        found = []
        for who, page in pages:
            who.get(page)
            with statements() as seen:
                assert who.get(page).status_code == 200
            found.append(len(seen))
        return found

    before = counted()
    for n in range(50):
        following_up.report(
            audited(session, few.city, "bappeda", f"Yang ke-{n}."), few.city.actor("operator"), "Jalan.", False,
            [(proof(session, few, f"n{n}"), "")],
        )
        reported(session, few, f"Lagi {n}.", mark=f"m{n}")
        agency(session, few.city, n)
    session.commit()
    assert counted() == before and max(before) <= PAGE, dict(zip([page for _, page in pages], before, strict=True))
    assert "Halaman 1 dari 2" in operator.get(BOARD).get_data(as_text=True)


# ---------------------------------------------------------------- one recommendation


def test_a_page_tells_where_a_recommendation_of_a_result_comes_from_and_the_value_then(client, session):
    city, outside = build.city(session), build.outsiders(session)
    assessment = build.judging(session, city, outside)
    made = build.recommendation(session, city, assessment, outside)
    build.published(session, city, assessment, outside, {"I12": 2})
    session.commit()
    client = build.sign_in(client, session, city.people["operator"])
    text = client.get(f"{BOARD}/{made.id}").get_data(as_text=True)
    assert made.number in text and "Nilai saat itu" in text and "Peta Rencana" in text
    assert "Hasil evaluasi" in text and "Badan Perencanaan Pembangunan Daerah" in text
    board = client.get(f"{BOARD}?butir=I12").get_data(as_text=True)
    assert "Indikator 12" in board and f"{BOARD}/{made.id}" in board
    assert f"{BOARD}/{made.id}" not in client.get(f"{BOARD}?butir=I13").get_data(as_text=True)


def test_the_team_opens_a_proof_and_another_agency_does_not(client, session, app):
    where = followed(session)
    given = reported(session, where).proofs[0]
    address = f"/bukti/{given.document_id}/{given.n}/berkas"
    for who, shown in (("inspector", True), ("operator", True), ("executive", False)):
        text = as_(app.test_client(), session, where, who).get(where.page).get_data(as_text=True)
        assert (address in text) is shown and "Letak: hlm. 5" in text
    assert as_(app.test_client(), session, where, "operator_other").get(address).status_code == 404


def test_IN_04_what_people_typed_stays_text(client, session, app):
    where = followed(session)
    where.one.text = where.one.source_note = "<script>alert(1)</script>{{7*7}}"
    reported(session, where, "<img src=x onerror=alert(2)>")
    following_up.plan(where.one, where.city.actor("operator"), "<b>rencana</b>", build.date(2027, 1, 1))
    following_up.give_verdict(
        where.one, where.city.actor("inspector"), "followup_in_progress", "<i>belum</i>", None, where.one.progress[-1].id
    )
    session.commit()
    for who, page in (("inspector", BOARD), ("inspector", where.page), ("inspector", f"{where.page}/verifikasi"),
                      ("operator", f"{where.page}/lapor")):
        text = as_(app.test_client(), session, where, who).get(page).get_data(as_text=True)
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in text
        for raw in ("<script>alert", "<img src=x", "<b>rencana", "<i>belum"):
            assert raw not in text


# ---------------------------------------------------------------- what an agency may not reach


@pytest.mark.parametrize("door", ["", "/lapor", "/verifikasi"])
def test_AC_02_another_agencys_recommendation_does_not_exist_through_any_page(client, session, door):
    where = followed(session)
    client = as_(client, session, where, "operator_other")
    assert client.get(where.page + door).status_code == 404


@pytest.mark.parametrize("door", ["rencana", "kemajuan", "verifikasi"])
def test_AC_03_another_agencys_recommendation_does_not_exist_through_any_form(client, session, app, door):
    where = followed(session)
    own = followed(session, 1, "dinkes", where.city)
    client = as_(client, session, where, "operator_other")
    sent = form_of(client, f"{own.page}/lapor", "laporan") | {"text": "x", "status": "followup_conforming", "note": "x"}
    assert client.post(f"{where.page}/{door}", data=sent).status_code == 404
    assert again(session, where).status == "followup_not_started" and not again(session, where).progress


def test_AC_05_a_recommendation_of_another_instansi_does_not_exist(client, session, app):
    where = followed(session)
    abroad = build.city(session, "Kota Lain")
    for who in ("operator", "inspector", "round_manager", "executive", "system_admin"):
        client = build.sign_in(app.test_client(), session, abroad.people[who])
        assert client.get(where.page).status_code == 404
        assert where.one.number not in client.get(BOARD).get_data(as_text=True)


def test_AC_07_what_was_not_handed_out_yet_does_not_exist_inside(session, app):
    where = followed(session)
    again(session, where).released_at = None
    session.commit()
    for who in ("operator", "inspector", "round_manager", "executive", "system_admin"):
        client = build.sign_in(app.test_client(), session, where.city.people[who])
        assert client.get(where.page).status_code == 404, who
        sent = {"csrf_token": build.form(client, "/akun")["csrf_token"]}
        for door in ("rencana", "verifikasi"):
            assert client.post(f"{where.page}/{door}", data=sent).status_code == 404, (who, door)


def test_AC_03_a_proof_from_another_library_is_refused(client, session):
    where = followed(session)
    foreign = proof(session, where, "asing", "dinkes")
    session.commit()
    client = as_(client, session, where, "operator")
    answer = send(client, where, proofs=f"{foreign.document_id}:{foreign.n}")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Pilih bukti dari pustaka OPD Anda." in text and "Dokumen asing" not in text
    assert session.scalar(select(func.count()).select_from(Progress)) == 0


# ---------------------------------------------------------------- plan


def test_a_plan_is_kept_and_a_later_day_asks_for_its_reason(client, session):
    where = followed(session)
    client = as_(client, session, where, "operator")
    assert send_plan(client, where).status_code == 302
    answer = send_plan(client, where, text="Menyusun dan menetapkan.", due_on="2027-05-01")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "tulis alasannya" in text and "Menyusun dan menetapkan." in text
    assert send_plan(client, where, text="Menyusun dan menetapkan.", due_on="2027-05-01", reason="Menunggu DPRD.").status_code == 302
    session.rollback()
    assert [plan.due_on for plan in session.scalars(select(Plan).order_by(Plan.id))] == [
        build.date(2027, 3, 1), build.date(2027, 5, 1)
    ]
    assert "Menunggu DPRD." in client.get(where.page).get_data(as_text=True)


def test_a_plan_with_an_unreadable_day_keeps_what_was_typed(client, session):
    where = followed(session)
    answer = send_plan(as_(client, session, where, "operator"), where, due_on="besok", text="Menyusun <b>.")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "tidak dapat dibaca" in text and "Menyusun &lt;b&gt;." in text and "besok" in text


def test_the_head_of_the_agency_plans_and_reports_too(client, session):
    where = followed(session)
    client = as_(client, session, where, "head")
    assert send_plan(client, where).status_code == 302
    assert send(client, where).status_code == 302


# ---------------------------------------------------------------- progress


def test_a_report_takes_proof_from_the_library_with_where_to_look(client, session):
    where = followed(session)
    given = proof(session, where)
    session.commit()
    key = f"{given.document_id}:{given.n}"
    client = as_(client, session, where, "operator")
    answer = send(client, where, proofs=key, finished="y", **{f"letak-{key}": "hlm. 7"})
    assert answer.status_code == 302
    made = again(session, where).progress[0]
    assert made.finished and made.proofs[0].locator == "hlm. 7" and again(session, where).awaits_verdict
    assert "Selesai menurut OPD" in client.get(where.page).get_data(as_text=True)


def test_done_without_proof_is_refused_and_the_text_stays(client, session):
    where = followed(session)
    answer = send(as_(client, session, where, "operator"), where, finished="y", text="Sudah kami tetapkan.")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Lampirkan bukti" in text and "Sudah kami tetapkan." in text


def test_a_new_file_is_uploaded_there_and_the_typed_text_stays(client, session):
    where = followed(session)
    client = as_(client, session, where, "operator")
    answer = send(client, where, text="Belum selesai diketik", then="unggah", files=(io.BytesIO(pdf("baru")), "SK baru.pdf"))
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "Belum selesai diketik" in text and "SK baru" in text and "checked" in text
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Progress)) == 0
    assert session.scalar(select(Document.title)) == "SK baru"
    key = session.scalar(select(Document.id))
    assert send(client, where, proofs=f"{key}:1").status_code == 302


def test_a_file_may_come_with_the_report_itself_and_survives_a_refusal(client, session):
    where = followed(session)
    client = as_(client, session, where, "operator")
    refused = send(client, where, text="", files=(io.BytesIO(pdf("ikut")), "ikut.pdf"))
    assert refused.status_code == 422 and "ikut" in refused.get_data(as_text=True) and "checked" in refused.get_data(as_text=True)
    assert send(client, where, finished="y", files=(io.BytesIO(pdf("ikut")), "ikut.pdf")).status_code == 302
    assert len(again(session, where).progress[0].proofs) == 1
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Document)) == 1


def test_a_file_that_is_no_evidence_is_refused_with_its_name_and_nothing_is_reported(client, session):
    where = followed(session)
    answer = send(as_(client, session, where, "operator"), where, files=(io.BytesIO(b"MZ\x90\x00"), "virus.exe"))
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "virus.exe" in text and "Sudah jalan." in text
    assert not again(session, where).progress


def test_a_long_library_is_searched_without_losing_the_text_or_what_is_ticked(client, session):
    where = followed(session)
    made = {mark: proof(session, where, mark) for mark in (*"abcdefghijkl", "jarang")}
    session.commit()
    client = as_(client, session, where, "operator")
    assert "Dokumen a<" not in client.get(f"{where.page}/lapor").get_data(as_text=True)
    ticked = f"{made['c'].document_id}:1"
    answer = send(client, where, then="cari", search="dokumen a", text="Setengah jalan", proofs=ticked)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "Setengah jalan" in text
    assert "Dokumen a<" in text and "Dokumen c<" in text and "Dokumen jarang" not in text
    assert f'value="{ticked}" id="bukti-1" checked' in html.unescape(text)


def test_the_same_report_sent_twice_is_one_report(client, session):
    where = followed(session)
    client = as_(client, session, where, "operator")
    sent = form_of(client, f"{where.page}/lapor", "laporan") | {"text": "Sekali saja.", "then": "kirim"}
    first = client.post(f"{where.page}/kemajuan", data=sent)
    second = client.post(f"{where.page}/kemajuan", data=sent)
    assert (first.status_code, second.status_code) == (302, 302) and first.location == second.location
    assert len(again(session, where).progress) == 1


def test_a_closed_recommendation_takes_no_more_reports(client, session):
    where = followed(session)
    reported(session, where)
    client = as_(client, session, where, "operator")
    sent = form_of(client, f"{where.page}/lapor", "laporan") | {"text": "Lagi.", "then": "kirim"}
    following_up.give_verdict(
        again(session, where), where.city.actor("inspector"), "followup_conforming", "Sesuai.", None,
        where.one.progress[-1].id,
    )
    session.commit()
    answer = client.post(f"{where.page}/kemajuan", data=sent)
    assert answer.status_code == 409 and "sudah dinyatakan selesai" in answer.get_data(as_text=True)
    assert client.get(f"{where.page}/lapor").status_code == 409


def test_saves_cost_the_same_whatever_went_before(client, session):
    where = followed(session)
    client = as_(client, session, where, "operator")
    costs = []
    for n in range(3):
        key = f"{proof(session, where, f's{n}').document_id}:1"
        for _ in range(n * 5):
            reported(session, where, mark=f"x{n}")
        session.commit()
        sent = form_of(client, f"{where.page}/lapor", "laporan") | {"text": f"Ke-{n}.", "then": "kirim", "proofs": key}
        url = where.page
        with statements() as seen:
            assert client.post(f"{url}/kemajuan", data=sent).status_code == 302
        sent = form_of(client, f"{where.page}/lapor", "rencana-baru") | {"text": f"Ke-{n}.", "due_on": f"2027-0{n + 1}-01"}
        url = where.page
        with statements() as planned:
            assert client.post(f"{url}/rencana", data=sent | {"reason": "x"}).status_code == 302
        costs.append((len(seen), len(planned)))
    assert costs[0] == costs[1] == costs[2], costs
    assert costs[0][0] <= REPORT and costs[0][1] <= SAVE, costs


# ---------------------------------------------------------------- the start page


def test_the_start_pages_tell_what_waits(client, session, app):
    where = followed(session, 2)
    where.made[1].due_on = today("Asia/Makassar") - timedelta(days=1)
    session.commit()
    titles = [task.title for task in today_of(session, where.city.actor("operator")).tasks]
    assert "1 rekomendasi lewat batas waktu" in titles and "2 rekomendasi belum punya rencana" in titles
    session.commit()
    reported(session, where)
    titles = [task.title for task in today_of(session, where.city.actor("inspector")).tasks]
    assert titles[0] == "Verifikasi 1 tindak lanjut"
    session.commit()
    assert 'href="/tindak-lanjut"' in as_(client, session, where, "inspector").get("/beranda").get_data(as_text=True)
