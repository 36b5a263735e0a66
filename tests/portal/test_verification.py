"""The inspectorate's word on what an agency reported: S72."""

import pytest
from sqlalchemy import func, select

from assessments import following_up
from assessments.models import Verdict
from tests.portal.agency_pages import form_of, statements
from tests.portal.follow_pages import again, as_, followed, proof, reported

SAVE = 14


def judge(client, where, **fields):
    page = f"{where.page}/verifikasi"
    sent = form_of(client, page, "verifikasi") | {"status": "followup_conforming", "note": "Sudah sesuai."} | fields
    return client.post(page, data=sent)


def test_a_verdict_closes_and_the_agency_reads_its_note(client, session, app):
    where = followed(session)
    reported(session, where)
    assert judge(as_(client, session, where, "inspector"), where).status_code == 302
    assert again(session, where).closed
    text = as_(app.test_client(), session, where, "operator").get(where.page).get_data(as_text=True)
    assert "Sudah sesuai." in text and "Sesuai rekomendasi" in text and "/lapor" not in text


@pytest.mark.parametrize(("fields", "sentence"), [
    ({"note": ""}, "Catatan wajib diisi."),
    ({"status": ""}, "Pilih salah satu status."),
    ({"status": "selesai", "note": "Tetap terlihat"}, "Pilih salah satu status."),
    ({"status": "followup_not_applicable", "note": "Tetap terlihat"}, "Lampirkan dokumen"),
    ({"status": "followup_not_applicable", "document": "999:1"}, "Lampirkan dokumen"),
])
def test_what_is_missing_is_said_at_its_field_and_the_note_stays(client, session, fields, sentence):
    where = followed(session)
    reported(session, where)
    answer = judge(as_(client, session, where, "inspector"), where, **fields)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and sentence in text and fields.get("note", "Sudah sesuai.") in text
    assert again(session, where).verdicts == []


def test_not_applicable_leans_on_a_document_the_agency_attached(client, session):
    where = followed(session)
    given = reported(session, where).proofs[0]
    other = proof(session, where, "lain")
    session.commit()
    client = as_(client, session, where, "inspector")
    words = {"status": "followup_not_applicable", "note": "Kewenangan pindah ke provinsi."}
    assert judge(client, where, document=f"{other.document_id}:1", **words).status_code == 422
    assert judge(client, where, document=f"{given.document_id}:1", **words).status_code == 302
    assert again(session, where).verdicts[0].document_id == given.document_id


def test_conforming_without_any_report_is_refused(client, session):
    where = followed(session)
    answer = judge(as_(client, session, where, "inspector"), where)
    assert answer.status_code == 422 and "Belum ada kemajuan" in answer.get_data(as_text=True)


def test_BL_04_a_verdict_racing_a_new_report_is_refused_with_a_sentence_and_the_note_stays(client, session):
    where = followed(session)
    reported(session, where)
    client = as_(client, session, where, "inspector")
    sent = form_of(client, f"{where.page}/verifikasi", "verifikasi") | {"status": "followup_conforming", "note": "Catatan saya."}
    reported(session, where, "Ternyata ada lagi.", mark="b")
    answer = client.post(f"{where.page}/verifikasi", data=sent)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 409 and "kemajuan baru" in text and "Catatan saya." in text and "Ternyata ada lagi." in text
    assert again(session, where).verdicts == []
    assert judge(client, where).status_code == 302


def test_BL_04_a_report_and_a_verdict_of_one_moment_do_not_pass_each_other(session):
    """Each makes another version of the row, so the second of two that read the same one is refused."""
    where = followed(session)
    before = where.one.version
    reported(session, where)
    assert again(session, where).version == before + 1
    following_up.give_verdict(
        where.one, where.city.actor("inspector"), "followup_in_progress", "Belum.", None, where.one.progress[-1].id
    )
    session.commit()
    assert again(session, where).version == before + 2


@pytest.mark.parametrize("who", ["operator", "head", "round_manager", "executive"])
def test_AC_03_a_verdict_replayed_by_somebody_else_is_403(client, session, app, who):
    """An agency never closes its own, whatever it sends."""
    where = followed(session)
    reported(session, where)
    inspector = as_(app.test_client(), session, where, "inspector")
    captured = form_of(inspector, f"{where.page}/verifikasi", "verifikasi") | {"status": "followup_conforming", "note": "Sesuai."}
    client = as_(client, session, where, who)
    own = form_of(client, "/akun", part="/akun/surel")
    answer = client.post(f"{where.page}/verifikasi", data=captured | {k: own[k] for k in ("csrf_token", "office")})
    assert answer.status_code == 403
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Verdict)) == 0


def test_AC_03_done_in_the_words_of_the_agency_is_no_status(client, session):
    where = followed(session)
    reported(session, where, finished=True)
    client = as_(client, session, where, "operator")
    page = client.get(where.page).get_data(as_text=True)
    assert "Selesai menurut OPD" in page and "Belum ditindaklanjuti" in page
    assert not again(session, where).closed
    sent = form_of(client, f"{where.page}/lapor", "laporan") | {"text": "x", "status": "followup_conforming", "then": "kirim"}
    client.post(f"{where.page}/kemajuan", data=sent)
    assert again(session, where).status == "followup_not_started"


def test_a_verdict_costs_the_same_after_one_report_and_after_many(client, session):
    where = followed(session)
    client = as_(client, session, where, "inspector")
    costs = []
    for n in (1, 20):
        for each in range(n):
            reported(session, where, mark=f"{n}-{each}")
        sent = form_of(client, f"{where.page}/verifikasi", "verifikasi") | {"status": "followup_in_progress", "note": "Belum."}
        url = f"{where.page}/verifikasi"
        with statements() as seen:
            assert client.post(url, data=sent).status_code == 302
        costs.append(len(seen))
    assert costs[0] == costs[1] <= SAVE
