"""S32: lowered items are answered in a window, ruled by who did not judge them, and the proposal waits for both."""

from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select

from assessments import judging, objecting, results, reviewing
from assessments.clock import judged_at, now
from assessments.document_questions import bound_now
from assessments.models import DocumentVersion, Extension, Judgement, Notice, Objection
from assessments.policies import entitled
from assessments.recomputing import recompute
from assessments.refusal import Refused
from assessments.workflow import blockers
from portal import reminder_jobs
from tests import builders as build
from tests.portal.objection_pages import LOWERED, move, objected, ruled, window
from tests.portal.room_pages import hidden, panel, send, statements, without_audit

PAGE = "/penilaian/2026/tanggapan"


def said(session, where, item: str = "I12") -> Objection:
    session.rollback()
    return session.get(Objection, (where.id, item))


@pytest.mark.parametrize("when", ["before", "judging"])
def test_no_value_is_shown_before_the_window(client, session, when):
    where = window(session, "before") if when == "before" else panel(session, "judged")
    if when == "judging":
        move(session, where, "open")
    head = where.as_(client, session, "head")
    html = head.get(PAGE).get_data(as_text=True)
    assert "Masa tanggapan belum dibuka." in html or "Tim asesor masih menilai" in html
    assert "nilai sementara <b>" not in html and "Justifikasi asesor" not in html
    assert ("Dibuka " in html) == (when == "before"), "an opening that is past is not announced"
    assert send(head, f"{PAGE}/I12", PAGE, answer="accepted").status_code == 409
    manager = where.as_(client, session, "round_manager")
    assert "Diturunkan" not in manager.get(PAGE).get_data(as_text=True)


def test_a_head_sees_and_answers_the_own_lowered_items_alone(client, session):
    where = window(session)
    kept = build.document(session, where.city.agencies["bappeda"], where.city.actor("operator"))
    session.commit()
    head = where.as_(client, session, "head")
    html = head.get(PAGE).get_data(as_text=True)
    assert "2 nilai di bawah klaim, 2 belum ditanggapi" in html and "Justifikasi asesor." in html
    assert "Catatan tim rahasia" not in html and 'id="butir-I13"' not in html and 'id="butir-I20"' not in html
    chosen = f"{PAGE}?butir=I12"
    form = head.get(chosen).get_data(as_text=True)
    assert '<details class="reason" open>' in form and "versi 1, diunggah " in form, "the reason stands where it is answered"
    empty = send(head, f"{PAGE}/I12", chosen, answer="objected", grounds="", locator="")
    html = empty.get_data(as_text=True)
    assert empty.status_code == 422 and "Alasan wajib diisi" in html and "Berkas dan halaman wajib diisi" in html
    wrong = send(head, f"{PAGE}/I12", chosen, answer="objected", grounds="Ada.", locator="hlm. 4", document="999999")
    assert wrong.status_code == 422 and "Ada." in wrong.get_data(as_text=True)
    done = send(head, f"{PAGE}/I12", chosen, answer="objected", grounds="Perwali sudah ada.", locator="hlm. 4",
                document=str(kept.document_id))
    assert done.status_code == 302
    row = said(session, where)
    assert (row.answer, row.value, row.document_id, row.n) == ("objected", Fraction(1), kept.document_id, 1)
    assert send(head, f"{PAGE}/I13", PAGE, answer="accepted").status_code == 409
    assert send(head, f"{PAGE}/I99", PAGE, answer="accepted").status_code == 409
    stale = send(head, f"{PAGE}/I12", chosen, version="0", answer="objected", grounds="Lain.", locator="hlm. 9", document="")
    html = stale.get_data(as_text=True)
    assert stale.status_code == 409 and "Perwali sudah ada." in html and "Lain." in html
    assert send(head, PAGE, PAGE).status_code == 302
    assert said(session, where, "I01").answer == "accepted" and said(session, where).answer == "objected"
    assert send(head, PAGE, PAGE).status_code == 409


def test_the_evidence_of_an_objection_is_open_to_the_panel_at_the_version_it_names(client, session):
    where = window(session)
    kept = build.document(session, where.city.agencies["bappeda"], where.city.actor("operator"))
    session.commit()
    lead = where.outside.actor("panel_lead")
    assert not entitled(lead, "download", kept)
    objected(session, where, document=session.get_one(DocumentVersion, (kept.document_id, 1)).document)
    version = session.get_one(DocumentVersion, (kept.document_id, 1))
    assert entitled(lead, "download", version) and not entitled(where.outside.actor("assessor_off"), "download", version)
    assert "tanggapan nilai sementara" in bound_now(where.city.actor("operator"), version.document)


def test_after_the_window_it_is_read_only_and_unanswered_values_stand(client, session):
    where = window(session)
    objected(session, where)
    move(session, where, "over")
    head = where.as_(client, session, "head")
    html = head.get(PAGE).get_data(as_text=True)
    assert "Masa tanggapan sudah ditutup" in html and "Perwali 12, hlm. 4" in html
    assert "Simpan tanggapan" not in html and "Terima semua sisanya" not in html
    assert send(head, f"{PAGE}/I01", PAGE, answer="accepted").status_code == 409
    assert head.get(f"{PAGE}?butir=I12").get_data(as_text=True).count("<form") == html.count("<form")


def test_the_proposal_waits_for_the_window_and_for_every_ruling(client, session):
    where = window(session)
    lead = where.outside.actor("panel_lead")
    with pytest.raises(Refused, match="belum berakhir"):
        results.propose(where.assessment(session), lead)
    objected(session, where)
    move(session, where, "over")
    with pytest.raises(Refused, match="1 tanggapan belum diputus: indikator 12"):
        results.propose(where.assessment(session), lead)
    page = where.as_(client, session, "panel_lead").get(f"{where.base}/penetapan").get_data(as_text=True)
    assert "1 tanggapan belum diputus" in page and "Usulkan hasil akhir</button>" not in page
    ruled(session, where)
    assert blockers(where.assessment(session), "propose") == []
    proposal = results.propose(where.assessment(session), lead)
    session.flush()
    made = results.confirm(proposal.assessment, where.outside.actor("assessor"), proposal.snapshot_sha)
    session.commit()
    assert results.item_values(made)["I12"] == 3 and results.item_values(made)["I13"] == 2
    assert recompute(session).differences == []
    page = where.as_(client, session, "panel_lead").get(f"{where.base}/penetapan").get_data(as_text=True)
    assert "diubah sesudah tanggapan" in page
    told = where.as_(client, session, "round_manager").get(f"/hasil/2026/{where.city.instansi.slug}").get_data(as_text=True)
    assert "Diubah sesudah tahap penilaian" in told and "Buktinya memenuhi." in told


def test_a_stage_closed_after_the_window_does_not_take_it_from_the_instansi(session):
    where = window(session, "over")
    assessment, lead = where.assessment(session), where.outside.actor("panel_lead")
    with pytest.raises(Refused, match="Perpanjang masa tanggapan dulu"):
        results.propose(assessment, lead)
    move(session, where, "open")
    with pytest.raises(Refused, match="belum berakhir"):
        results.propose(where.assessment(session), lead)
    closes = where.assessment(session).period.closes_at("objection")
    with judged_at(closes + timedelta(hours=1)):
        assert blockers(where.assessment(session), "propose") == []


def test_who_judged_the_item_never_rules_on_it(client, session):
    where = window(session)
    objected(session, where)
    page = f"{where.base}/tanggapan"
    lead = where.as_(client, session, "panel_lead")
    assert send(lead, f"{page}/I12", page, reason="Ya.", version="1").status_code == 409, "the window still runs"
    move(session, where, "over")
    judge = where.as_(client, session, "assessor")
    html = judge.get(page).get_data(as_text=True)
    assert "Yang memutus: panel lead luar." in html and "Simpan putusan" not in html
    refused = send(judge, f"{page}/I12", page, reason="Tetap.", version="1")
    assert refused.status_code == 409 and "Anda ikut menilai" in refused.get_data(as_text=True)
    lead = where.as_(client, session, "panel_lead")
    wrong = send(lead, f"{page}/I12", page, value="9", reason="")
    html = wrong.get_data(as_text=True)
    assert wrong.status_code == 422 and "Alasan putusan wajib diisi" in html
    assert 'id="nilai-I12-salah"' in html and 'href="#nilai-I12"' in html and "&#39;reason&#39;" not in html
    value_alone = send(lead, f"{page}/I12", page, value="9", reason="Alasan saya.").get_data(as_text=True)
    assert 'id="nilai-I12-salah"' in value_alone and "Alasan saya." in value_alone and "<title>Kesalahan: " in value_alone
    assert send(lead, f"{page}/I12", page, value="2", reason="Sebagian benar.").status_code == 302
    row = said(session, where)
    assert (row.ruling, row.ruling_value) == ("changed", Fraction(2))
    assert judging.decided_values(where.assessment(session))["I12"] == 2
    again = send(lead, f"{page}/I12", page, value="3", reason="Lagi.", version=str(row.version))
    assert again.status_code == 409 and "sudah diputus panel lead luar" in again.get_data(as_text=True)
    assert send(lead, f"{page}/I13", page, reason="Tidak ada.", version="1").status_code == 409
    head = where.as_(client, session, "head")
    assert "Sebagian benar." in head.get(PAGE).get_data(as_text=True)


def test_a_ruling_is_on_the_value_that_counts_and_no_review_answer_crosses_an_open_objection(client, session):
    where = window(session)
    by, lead = where.outside.actor("reviewer"), where.outside.actor("panel_lead")
    for item in ("I01", "I12"):
        note = reviewing.review(where.assessment(session), "item", item, by, False, "F", "A", "J", 0)
        session.commit()
        if item == "I12":
            reviewing.answer(note.assessment, note, lead, "Kami ubah.", Fraction(2))
            session.commit()
    objected(session, where)
    objected(session, where, "I01")
    assessment = where.assessment(session)
    left = next(note for note in assessment.review_notes if note.key == "I01")
    with pytest.raises(Refused, match="belum diputus"):
        reviewing.answer(assessment, left, lead, "Kami ubah juga.", Fraction(3))
    move(session, where, "over")
    head = where.as_(client, session, "head")
    with statements() as ran:
        html = head.get(PAGE).get_data(as_text=True)
    assert "nilai sementara <b>1</b>, sekarang <b>2</b>" in html and len(ran) <= 10, ran
    ruler = where.as_(client, session, "panel_lead")
    with statements() as ran:
        html = ruler.get(f"{where.base}/tanggapan").get_data(as_text=True)
    assert "sekarang <b>2</b> sesudah jawaban reviu" in html and len(ran) <= 10, ran
    ruled(session, where, value=2)
    assert (said(session, where).ruling, said(session, where).ruling_value) == ("upheld", None), "2 is what counts already"
    assert judging.decided_values(where.assessment(session))["I12"] == 2
    ruled(session, where, "I01", 3)
    rows = {row.item.code: row.final for row in objecting.lowered(session, where.assessment(session))}
    assert rows == {code: judging.decided_values(where.assessment(session))[code] for code in LOWERED}


def test_a_second_reader_counts_as_judge_so_a_panel_of_two_needs_another_assessor(client, session):
    where = window(session)
    objected(session, where)
    move(session, where, "over")
    other = where.outside.people["panel_lead"].person_id
    session.add(Judgement(assessment_id=where.id, item="I12", stage="document", person_id=other, value=Fraction(2), state="sent",
                          claim_revision_n=1, saved_at=build.datetime.now(build.UTC), sent_at=build.datetime.now(build.UTC)))
    session.commit()
    page = f"{where.base}/tanggapan"
    html = where.as_(client, session, "panel_lead").get(page).get_data(as_text=True)
    assert "Tambahkan satu asesor lain ke tim" in html and "Simpan putusan" not in html
    refused = send(client, f"{page}/I12", page, reason="Ya.", version="1")
    assert refused.status_code == 409 and "Tambahkan satu asesor lain" in refused.get_data(as_text=True)


def test_what_came_of_objections_is_counted_for_lead_and_reviewer(client, session):
    where = window(session)
    objected(session, where)
    objected(session, where, "I01")
    move(session, where, "over")
    ruled(session, where)
    ruled(session, where, "I01", None)
    page = f"{where.base}/tanggapan"
    for who, sees in (("panel_lead", True), ("reviewer", True), ("assessor", False)):
        html = where.as_(client, session, who).get(page).get_data(as_text=True)
        assert ("Menurut penilai" in html) is sees, who
        assert "2 keberatan atas 3 nilai yang diturunkan" in html
    for who, status in (("assessor_off", 404), ("round_manager", 404), ("head", 404)):
        assert where.as_(client, session, who).get(page).status_code == status


def test_pages_cost_the_same_for_one_and_for_all_lowered_items(client, session, app):
    where = window(session)
    objected(session, where)
    head = where.as_(client, session, "head")
    with statements() as few:
        assert head.get(f"{PAGE}?butir=I01").status_code == 200
    assert len(few) <= 10, few
    manager = where.as_(client, session, "round_manager")
    with statements() as all_parts:
        html = manager.get(PAGE).get_data(as_text=True)
    assert len(all_parts) <= 10 and "Dinas Komunikasi" in html, all_parts
    head = where.as_(client, session, "head")
    form = hidden(head, f"{PAGE}?butir=I12", f"{PAGE}/I12")
    with statements() as save:
        assert head.post(f"{PAGE}/I12", data=form | {"answer": "objected", "grounds": "Baru.", "locator": "hlm. 1"}).status_code == 302
    assert len(without_audit(save)) <= 14, save
    move(session, where, "over")
    lead = where.as_(client, session, "panel_lead")
    with statements() as room:
        assert lead.get(f"{where.base}/tanggapan").status_code == 200
    assert len(room) <= 10, room
    assert set(session.scalars(select(Objection.item))) == {"I12"} and len(LOWERED) == 3


def test_the_start_page_leads_to_what_waits_and_the_calendar_knows_the_window(client, session):
    where = window(session)
    head = where.as_(client, session, "head")
    with statements() as start:
        html = head.get("/beranda").get_data(as_text=True)
    assert "Tanggapi 2 nilai sementara" in html and f'href="{PAGE}"' in html and len(start) <= 10, start
    assert "Tanggapan nilai sementara" in head.get("/kalender").get_data(as_text=True)
    assert "Tanggapan nilai sementara" in head.get("/penilaian/2026").get_data(as_text=True)
    manager = where.as_(client, session, "round_manager")
    assert "Tanggapi 3 nilai sementara" in manager.get("/beranda").get_data(as_text=True)
    assert '<option value="objection"' in manager.get("/kelola/periode/2026").get_data(as_text=True)
    lead = where.as_(client, session, "panel_lead")
    assert "Usulkan hasil akhir" not in lead.get("/beranda").get_data(as_text=True)
    objected(session, where)
    move(session, where, "over")
    lead = where.as_(client, session, "panel_lead")
    with statements() as start:
        html = lead.get("/beranda").get_data(as_text=True)
    assert "Putus 1 tanggapan" in html and "Usulkan hasil akhir" not in html and len(start) <= 10, start
    judge = where.as_(client, session, "assessor")
    assert "tanggapan" not in judge.get("/beranda").get_data(as_text=True), "who judged the item cannot rule on it"
    lead = where.as_(client, session, "panel_lead")
    ruled(session, where)
    assert "Usulkan hasil akhir" in lead.get("/beranda").get_data(as_text=True)


def test_heads_and_managers_hear_once_that_the_window_runs_and_who_objected_of_the_ruling(client, session):
    where = window(session, "before")
    told = select(Notice).order_by(Notice.id)

    def run() -> dict[int, str]:
        session.rollback()
        reminder_jobs.remind_round(session, where.assessment(session).period_id)
        session.commit()
        return {notice.person_id: notice.sentence for notice in session.scalars(told)}

    assert run() == {}, "not before it opens"
    move(session, where, "open")
    heard = run()
    head, manager = where.city.actor("head").person_id, where.city.actor("round_manager").person_id
    assert heard[head].startswith("2 nilai sementara di bawah klaim.") and heard[manager].startswith("3 nilai")
    assert where.city.actor("operator").person_id not in heard
    assert session.scalars(told).first().path == PAGE
    objected(session, where)
    assert run() == heard, "once"
    move(session, where, "over")
    assert run() == heard
    lead = where.as_(client, session, "panel_lead")
    page = f"{where.base}/tanggapan"
    assert send(lead, f"{page}/I12", page, reason="Tetap.").status_code == 302
    sentence = "Tanggapan indikator 12 sudah diputus tim asesor."
    assert [each.person_id for each in session.scalars(told) if each.sentence.startswith(sentence)] == [head]


def test_more_time_for_one_assessment_leads_its_heads_to_the_window_again(client, session):
    where = window(session)
    move(session, where, "over")
    head = where.as_(client, session, "head")
    assert "nilai sementara" not in head.get("/beranda").get_data(as_text=True)
    period, until = where.assessment(session).period, now() + timedelta(days=2)
    period.extensions.append(
        Extension(stage="objection", assessment_id=where.id, until=until, reason="Libur.", by_id=where.city.actor("round_manager").person_id, at=now())
    )
    session.commit()
    assert "Tanggapi 2 nilai sementara" in head.get("/beranda").get_data(as_text=True)


def test_a_lead_whose_panel_lowered_nothing_is_told_to_propose_while_the_window_runs(client, session):
    where = panel(session)
    build.closed(session, session.get_one(build.Assessment, where.id), where.outside, {"I12": 5})
    session.commit()
    move(session, where, "open")
    assert blockers(where.assessment(session), "propose") == []
    assert "Usulkan hasil akhir" in where.as_(client, session, "panel_lead").get("/beranda").get_data(as_text=True)


def test_from_the_proposal_to_the_publication_an_agency_reads_no_value_and_never_who_ruled(client, session):
    where = window(session)
    objected(session, where)
    move(session, where, "over")
    ruled(session, where)

    def reads(who: str, address: str = PAGE) -> bool:
        html = where.as_(client, session, who).get(address).get_data(as_text=True)
        assert "panel lead luar" not in html
        assert ("dibaca lagi sesudah hasil terbit" in html) is ("nilai sementara <b>" not in html)
        return "nilai sementara <b>" in html

    part = f"{PAGE}?opd=bappeda"
    assert reads("head") and reads("round_manager", part)
    proposal = results.propose(where.assessment(session), where.outside.actor("panel_lead"))
    session.commit()
    assert not reads("head") and not reads("round_manager", part)
    results.confirm(proposal.assessment, where.outside.actor("assessor"), proposal.snapshot_sha)
    session.commit()
    assert not reads("head") and reads("round_manager", part)
    results.publish(where.assessment(session), where.city.actor("round_manager"))
    session.commit()
    assert reads("head")
