"""S60: the panel's texts with both versions when two write, Tim Reviu's marks, and the answers a proposal waits for."""

from fractions import Fraction

import pytest
from sqlalchemy import select

from assessments import analysing, judging, results, reviewing
from assessments.models import AspectAnalysis, Conclusion, ReviewAnswer, ReviewNote
from assessments.refusal import Refused
from assessments.workflow import blockers
from tests import builders as build
from tests.portal.report_pages import signed
from tests.portal.room_pages import hidden, panel, send, statements, without_audit

LOWERED = {"I01": 2, "I12": 1, "I13": 5}


def closed(session, values: dict | None = None):
    where = panel(session)
    build.closed(session, session.get_one(build.Assessment, where.id), where.outside, values or LOWERED)
    session.commit()
    return where


def first_aspect(session, where) -> str:
    return where.assessment(session).period.instrument.items[0].parent.code


def test_texts_are_proposed_and_stored_only_when_somebody_saves_them(client, session):
    where = closed(session)
    node = first_aspect(session, where)
    page = f"{where.base}/analisis/{node}"
    member = where.as_(client, session, "assessor")
    html = member.get(page).get_data(as_text=True)
    assert "Teks di bawah diusulkan dari nilai" in html and "Justifikasi asesor." in html and "Catatan tim" not in html
    assert session.scalars(select(AspectAnalysis)).all() == []
    assert send(member, page, page, fulfilment="", strengths="", weaknesses="").status_code == 422
    saved = send(member, page, page, fulfilment="Kami tulis.", strengths="Kuat.", weaknesses="Lemah.")
    assert saved.status_code == 302
    row = session.scalars(select(AspectAnalysis)).one()
    assert (row.fulfilment, row.node, row.version) == ("Kami tulis.", node, 1)
    html = member.get(page).get_data(as_text=True)
    assert "Susunan menurut nilai sekarang" in html and "Kami tulis." in html
    assert "Teks di bawah diusulkan" in member.get(f"{page}?susun=ya").get_data(as_text=True)
    whole = f"{where.base}/analisis/kesimpulan"
    assert "rata-rata tertinggi" in member.get(whole).get_data(as_text=True)
    assert send(member, whole, whole, summary="Ringkas.", strength="", weakness="", advice="").status_code == 302
    session.rollback()
    assert session.scalars(select(Conclusion)).one().summary == "Ringkas."
    assert "2 dari 9 teks tersimpan" in member.get(f"{where.base}/analisis").get_data(as_text=True)
    assert member.get(f"{where.base}/analisis/tidak-ada").status_code == 404


def test_two_who_write_one_text_see_both_and_saving_by_itself_does_too(client, session):
    where = closed(session)
    page = f"{where.base}/analisis/{first_aspect(session, where)}"
    member = where.as_(client, session, "assessor")
    opened = hidden(member, page, page)
    assert send(member, page, page, fulfilment="Pertama.", strengths="", weaknesses="").status_code == 302
    stale = member.post(page, data=opened | {"fulfilment": "Kedua.", "strengths": "", "weaknesses": ""})
    html = stale.get_data(as_text=True)
    assert stale.status_code == 409 and "Pertama." in html and "Kedua." in html
    by_itself = f"{page}/simpan-otomatis"
    wish = opened | {"fulfilment": "Kedua.", "strengths": "", "weaknesses": ""}
    answer = member.post(by_itself, data=wish, headers={"Accept": "application/json"})
    assert answer.status_code == 409 and answer.json["theirs"]["fulfilment"] == "Pertama." and answer.json["version"] == 1
    answer = member.post(by_itself, data=wish | {"version": "1"}, headers={"Accept": "application/json"})
    assert answer.status_code == 200 and answer.json["version"] == 2
    empty = member.post(by_itself, data=wish | {"version": "2", "fulfilment": ""}, headers={"Accept": "application/json"})
    assert empty.status_code == 422


def test_a_not_valid_carries_three_reasons_and_holds_the_proposal_until_it_is_answered(client, session):
    where = closed(session)
    page = f"{where.base}/reviu"
    reviewer = where.as_(client, session, "reviewer")
    chosen = f"{page}?hal=item-I12"
    wrong = send(reviewer, page, chosen, valid="tidak", facts="", analysis="", justification="")
    html = wrong.get_data(as_text=True)
    assert wrong.status_code == 422 and all(f"{label} wajib diisi" in html for label in ("Fakta", "Analisis", "Justifikasi hasil"))
    done = send(reviewer, page, chosen, valid="tidak", facts="Perwali.", analysis="Mencakup.", justification="Tingkat 2.")
    assert done.status_code == 302
    with pytest.raises(Refused, match="belum dijawab: indikator 12"):
        results.propose(where.assessment(session), where.outside.actor("panel_lead"))
    again = send(reviewer, page, f"{page}?hal=item-I12", seen="0", valid="ya")
    assert again.status_code == 409, "somebody wrote a newer note"
    note = session.scalars(select(ReviewNote)).one()
    answering = f"{page}/{note.id}/jawaban"
    assert where.as_(client, session, "reviewer").get(page).status_code == 200
    member = where.as_(client, session, "assessor")
    html = member.get(chosen).get_data(as_text=True)
    assert "Mengubah nilai dilakukan ketua tim" in html and "Perwali." in html
    assert send(member, answering, chosen, text="").status_code == 422
    assert send(member, answering, chosen, text="Kami ubah.", value="2").status_code == 422
    lead = where.as_(client, session, "panel_lead")
    html = send(lead, answering, chosen, text="Kami ubah.", value="9").get_data(as_text=True)
    assert 'id="nilai-baru-salah"' in html and 'href="#nilai-baru"' in html and "Kami ubah." in html
    assert send(lead, answering, chosen, text="Kami ubah.", value="2").status_code == 302
    assert send(lead, answering, chosen, text="Lagi.").status_code == 409
    assessment = where.assessment(session)
    assert judging.decided_values(assessment)["I12"] == 2 and blockers(assessment, "propose") == []
    proposal = results.propose(assessment, where.outside.actor("panel_lead"))
    assert results.proposed(proposal).origins["I12"] == "review"
    session.commit()
    late = send(where.as_(client, session, "reviewer"), page, page, about="conclusion", valid="ya")
    assert late.status_code == 409 and "sudah diusulkan" in late.get_data(as_text=True)
    assert session.scalars(select(ReviewAnswer)).one().text == "Kami ubah."


def test_the_start_page_names_the_texts_the_review_its_answers_and_the_signature(client, session):
    where = closed(session)
    member = where.as_(client, session, "assessor")
    assert "0 dari 9 teks tersimpan" in member.get("/beranda").get_data(as_text=True)
    reviewer = where.as_(client, session, "reviewer")
    assert "0 dari 56 bagian sudah ditandai" in reviewer.get("/beranda").get_data(as_text=True)
    assessment = where.assessment(session)
    analysing.write_analysis(assessment, "A2", where.outside.actor("assessor"), analysing.AspectText("Ada."), 0)
    reviewing.review(assessment, "item", "I12", where.outside.actor("reviewer"), False, "F", "A", "J", 0)
    session.commit()
    lead = where.as_(client, session, "panel_lead")
    with statements() as start:
        html = lead.get("/beranda").get_data(as_text=True)
    assert "Jawab 1 catatan Tim Reviu" in html and "1 dari 9 teks tersimpan" in html and "Usulkan hasil akhir" not in html
    assert len(start) <= 10, start
    assessment = where.assessment(session)
    reviewing.answer(assessment, assessment.review_notes[0], where.outside.actor("panel_lead"), "Tetap.", None)
    session.commit()
    html = lead.get("/beranda").get_data(as_text=True)
    assert "catatan Tim Reviu" not in html and "Usulkan hasil akhir" in html
    assert "1 dari 56 bagian" in where.as_(client, session, "reviewer").get("/beranda").get_data(as_text=True)
    proposal = results.propose(where.assessment(session), where.outside.actor("panel_lead"))
    session.flush()
    results.confirm(proposal.assessment, where.outside.actor("assessor"), proposal.snapshot_sha)
    session.commit()
    lead = where.as_(client, session, "panel_lead")
    html = lead.get("/beranda").get_data(as_text=True)
    assert "Tandatangani laporan hasil" in html and "/penetapan/laporan" in html
    for member in where.assessment(session).panel:
        member.conflict = "none" if member.role == "reviewer" else member.conflict
    session.commit()
    assert "benturan kepentingan" not in where.as_(client, session, "reviewer").get("/beranda").get_data(as_text=True)
    lead = where.as_(client, session, "panel_lead")
    signed(session, where.assessment(session), where.outside)
    session.commit()
    assert "Tandatangani laporan hasil" not in lead.get("/beranda").get_data(as_text=True)


def test_texts_that_are_missing_or_older_than_a_value_are_named_before_the_values_are_frozen(client, session):
    where = closed(session)
    assessment, member = where.assessment(session), where.outside.actor("assessor")
    node = assessment.period.instrument.item("I12").parent
    other = next(each for each in analysing.aspects(assessment.period.instrument) if each is not node)
    for each in (node, other):
        analysing.write_analysis(assessment, each.code, member, analysing.AspectText("Ada."), 0)
    analysing.write_conclusion(assessment, member, analysing.ConclusionText("Ringkasan.", "", "Lemah.", "Saran."), 0)
    session.commit()
    lead, page = where.as_(client, session, "panel_lead"), f"{where.base}/penetapan"
    html = lead.get(page).get_data(as_text=True)
    assert f"analisis {other}" not in html and "rekomendasi umum (keunggulan)" in html and "Ditulis sebelum" not in html
    assessment = where.assessment(session)
    reviewing.review(assessment, "item", "I12", where.outside.actor("reviewer"), False, "F", "A", "J", 0)
    session.flush()
    session.expire(assessment, ["review_notes"])
    reviewing.answer(assessment, assessment.review_notes[0], where.outside.actor("panel_lead"), "Naik.", Fraction(2))
    session.commit()
    html = lead.get(page).get_data(as_text=True)
    assert f"Ditulis sebelum nilainya berubah: analisis {node}, rekomendasi umum." in html
    with statements() as few:
        html = lead.get(f"{where.base}/analisis").get_data(as_text=True)
    assert html.count("Nilai berubah sesudah ditulis") == 2 and len(few) <= 10, few
    text = f"{where.base}/analisis/{node.code}"
    with statements() as few:
        assert "Ada nilai yang berubah sesudah teks ini ditulis" in lead.get(text).get_data(as_text=True)
    assert len(few) <= 10, few
    assert send(lead, text, text, fulfilment="Ada.", strengths="", weaknesses="").status_code == 302, "read and kept as it is"
    html = lead.get(page).get_data(as_text=True)
    assert "Ditulis sebelum nilainya berubah: rekomendasi umum." in html
    results.propose(where.assessment(session), where.outside.actor("panel_lead"))
    session.commit()
    assert "Ditulis sebelum" in where.as_(client, session, "assessor").get(page).get_data(as_text=True), "who confirms is told as well"


def test_a_later_valid_takes_a_not_valid_away(session):
    where = closed(session)
    by = where.outside.actor("reviewer")
    assessment = where.assessment(session)
    note = reviewing.review(assessment, "conclusion", "", by, False, "F", "A", "J", 0)
    session.flush()
    assert "rekomendasi" in " ".join(blockers(assessment, "propose"))
    reviewing.review(assessment, "conclusion", "", by, True, "", "", "", note.id)
    session.flush()
    assert blockers(assessment, "propose") == []


def test_what_is_valid_is_marked_from_the_list_in_one_press(client, session):
    where = closed(session)
    page, reviewer = f"{where.base}/reviu", where.as_(client, session, "reviewer")
    html = reviewer.get(page).get_data(as_text=True)
    assert html.count('name="valid" value="ya"') == 56 and "0 dari 56 sudah ditandai" in html
    fields = hidden(reviewer, page, page)
    assert (fields["about"], fields["about_key"], fields["valid"]) == (["item"], ["I01"], ["ya"])
    assert reviewer.post(page, data=fields).location.endswith("#item-I01")
    html = reviewer.get(page).get_data(as_text=True)
    assert "Indikator 1: valid." in html
    assert html.count('name="valid" value="ya"') == 55 and "1 dari 56 sudah ditandai" in html
    assert 'name="valid" value="ya"' not in where.as_(client, session, "assessor").get(page).get_data(as_text=True)


@pytest.mark.parametrize("who", ["assessor", "reviewer"])
def test_pages_of_consolidation_stay_within_their_statements(client, session, who):
    where = closed(session)
    node, by = first_aspect(session, where), where.outside.actor("reviewer")
    for code in ("I01", "I12", "I20"):
        reviewing.review(where.assessment(session), "item", code, by, False, "F", "A", "J", 0)
        session.commit()
    client = where.as_(client, session, who)
    for page in ("analisis", f"analisis/{node}", "analisis/kesimpulan", "reviu", "reviu?hal=item-I12", "penetapan"):
        with statements() as seen:
            assert client.get(f"{where.base}/{page}").status_code == 200
        assert len(seen) <= 10, (page, len(seen), seen)
    if who == "assessor":
        page = f"{where.base}/analisis/{node}"
        form = hidden(client, page, page) | {"fulfilment": "Isi.", "strengths": "", "weaknesses": ""}
        with statements() as seen:
            assert client.post(page, data=form).status_code == 302
        assert len(without_audit(seen)) <= 14, seen
