"""Remarks on the pages: what to do about them, leaving one with a reason, and who reads that reason."""

import re
from html import unescape

import pytest
from sqlalchemy import select

from assessments import answering, attesting
from assessments.models import Assessment, Waiver
from tests import builders as build
from tests.portal.agency_pages import answer_of, as_operator, begun, form_of, statements

REASON = "Ditandatangani secara elektronik, lihat halaman terakhir."
RULE = "unsigned_document"


@pytest.fixture
def where(session):
    made = begun(session)
    build.answered(session, made.city, made.period, "I12")
    session.commit()
    return made


@pytest.fixture
def operator(client, session, where):
    return as_operator(client, session, where)


def text(client, address: str) -> str:
    return unescape(client.get(address).get_data(as_text=True))


def remark_fields(client, page: str, rule: str) -> dict[str, str]:
    """The fields of the remark of this rule as a browser would send them, without the reason."""
    for n, key in re.findall(r'name="remark-(\d+)" value="([^"]*)"', text(client, page)):
        if key.startswith(f"{rule}|"):
            return {"waive": n, f"remark-{n}": key}
    raise AssertionError(f"no remark of {rule} to leave")


def leave(client, page: str, rule: str = RULE, reason: str = REASON, **typed) -> None:
    fields = remark_fields(client, page, rule)
    sent = form_of(client, page, "jawaban") | fields | {f"reason-{fields['waive']}": reason} | typed
    assert client.post(f"{page}/catatan", data=sent).status_code == 302


def waivers(session) -> list[Waiver]:
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(Waiver).order_by(Waiver.id)))


def test_each_remark_says_what_to_do(operator, where):
    page = text(operator, where.item())
    assert "12.a belum disebut siapa yang menandatanganinya." in page
    assert "Isi penanda tangannya pada dokumen di Pustaka bukti; bila belum ditandatangani, unggah naskah yang sudah." in page


def test_a_remark_is_left_with_a_reason_and_taken_back(session, operator, where):
    leave(operator, where.item())
    page = text(operator, where.item())
    assert "Dibiarkan dengan alasan" in page and REASON in page
    assert [(each.rule, each.ended_at) for each in waivers(session)] == [(RULE, None)]
    assert f'value="{RULE}|' not in page, "it is no longer offered"
    review = text(operator, f"/penilaian/{where.slug}/periksa")
    assert REASON in review
    (waiver,) = waivers(session)
    back = operator.post(f"{where.item()}/catatan/{waiver.id}/cabut", data=form_of(operator, where.item(), "jawaban"))
    assert back.status_code == 302
    assert waivers(session)[0].ended_at is not None
    assert f'value="{RULE}|' in text(operator, where.item()) and REASON not in text(operator, where.item())


def test_another_reason_takes_the_place_of_the_first_and_the_same_again_is_no_fault(session, operator, where):
    fields = remark_fields(operator, where.item(), RULE)
    for reason in (REASON, REASON, "Alasan lain yang lebih jelas."):
        sent = form_of(operator, where.item(), "jawaban") | fields | {f"reason-{fields['waive']}": reason}
        assert operator.post(f"{where.item()}/catatan", data=sent).status_code == 302
    assert [each.ended_at is None for each in waivers(session)] == [False, True]


@pytest.mark.parametrize(("reason", "sentence"), [
    ("", "Alasan wajib diisi."),
    ("sudah ya", "Alasan terlalu pendek"),
    ("x" * 501, "Alasan terlalu panjang: 501 karakter"),
    ("nol\x00nol dan lagi", "tidak dapat ditampilkan"),
])
def test_a_reason_that_says_too_little_or_too_much_comes_back_with_what_was_typed(session, operator, where, reason, sentence):
    fields = remark_fields(operator, where.item(), RULE)
    sent = form_of(operator, where.item(), "jawaban") | fields | {f"reason-{fields['waive']}": reason, "value": "3",
                                                                 "facts": "Fakta baru.", "analysis": "Analisis."}
    again = operator.post(f"{where.item()}/catatan", data=sent)
    page = unescape(again.get_data(as_text=True))
    assert again.status_code == 422 and sentence in page and "Fakta baru." in page
    assert "\x00" in reason or f"{reason}</textarea>" in page
    assert waivers(session) == [] and answer_of(session, where).facts == "Fakta contoh.", "nothing half stored"


def test_what_was_typed_beside_it_is_stored_with_it(session, operator, where):
    leave(operator, where.item(), value="3", facts="Fakta baru, lihat 12.a.", analysis="Analisis.")
    assert answer_of(session, where).facts == "Fakta baru, lihat 12.a." and len(waivers(session)) == 1


def test_a_must_and_a_remark_that_is_not_there_cannot_be_left(session, operator, where):
    build.contribution(session, where.period, where.city.agencies["bappeda"], "I12").analysis = ""
    session.commit()
    page = text(operator, where.item())
    assert "Analisis belum ditulis." in page and 'value="missing_part|' not in page
    for key, sentence in (("missing_part|analysis", "Catatan wajib tidak dapat dibiarkan"), ("gap_below|evidence", "sudah tidak ada"),
                          ("", "sudah tidak ada"), ("x|" * 90, "sudah tidak ada")):
        sent = {"csrf_token": form_of(operator, where.item(), "jawaban")["csrf_token"], "waive": "1", "remark-1": key, "reason-1": REASON}
        refused = operator.post(f"{where.item()}/catatan", data=sent)
        assert refused.status_code == 422 and sentence in unescape(refused.get_data(as_text=True)), key
    assert waivers(session) == []


def test_foreign_and_unknown_waivers_do_not_exist(session, app, operator, where):
    leave(operator, where.item())
    (waiver,) = waivers(session)
    sent = form_of(operator, where.item("I01"), "jawaban")
    assert operator.post(f"{where.item('I01')}/catatan/{waiver.id}/cabut", data=sent).status_code == 404, "another item"
    for n in (waiver.id + 1, 0, 2**40):
        assert operator.post(f"{where.item()}/catatan/{n}/cabut", data=sent).status_code == 404
    other = build.sign_in(app.test_client(), session, where.city.people["operator_other"])
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', other.get("/akun").get_data(as_text=True)).group(1)
    for address in (f"{where.item()}/catatan/{waiver.id}/cabut", f"{where.item()}/catatan"):
        assert other.post(f"{address}?opd={where.city.agencies['bappeda'].slug}", data={"csrf_token": token}).status_code == 404
    assert waivers(session)[0].ended_at is None


def test_a_locked_part_keeps_its_remarks_as_they_are(session, operator, where):
    fields = remark_fields(operator, where.item(), RULE)
    sent = form_of(operator, where.item(), "jawaban") | fields | {f"reason-{fields['waive']}": REASON}
    build.answered(session, where.city, where.period, "I01")
    part = build.submission(session, where.period, where.city.agencies["bappeda"])
    answering.hand_to_head(part, where.city.actor("operator"))
    session.commit()
    assert operator.post(f"{where.item()}/catatan", data=sent).status_code == 409
    page = text(operator, where.item())
    assert "12.a belum disebut siapa yang menandatanganinya." in page and "Biarkan dengan alasan" not in page


def test_head_internal_assessor_and_team_read_the_reason(session, app, operator, where):
    leave(operator, where.item())
    city, period = where.city, where.period
    build.answered(session, city, period, "I01")
    part = build.submission(session, period, city.agencies["bappeda"])
    answering.hand_to_head(part, city.actor("operator"))
    session.commit()
    number = part.id

    def seen_by(who: str, address: str) -> str:
        return text(build.sign_in(app.test_client(), session, city.people[who]), address)

    assert REASON in seen_by("head", f"/persetujuan/{number}")
    part = build.submission(session, period, city.agencies["bappeda"])
    attesting.attest(part, city.actor("head"), attesting.frozen_submission(part).sha256)
    session.commit()
    base = f"/pengelolaan/{where.slug}/{city.instansi.slug}"
    check = seen_by("internal_assessor", f"{base}/verifikasi/bappeda/I12")
    assert REASON in check and "12.a belum disebut siapa yang menandatanganinya." in check
    assert REASON not in seen_by("internal_assessor", f"{base}/verifikasi/bappeda/I01")
    assert REASON in seen_by("round_manager", f"{base}/klaim/I12")


def test_a_reason_is_shown_with_its_day_also_after_the_answer_changed(session, operator, where):
    leave(operator, where.item())
    assert "Isian disimpan lagi sesudah alasan ini" not in text(operator, where.item())
    sent = form_of(operator, where.item(), "jawaban") | {"value": "3", "facts": "Lain sama sekali.", "analysis": "Analisis."}
    operator.post(where.item(), data=sent)
    page = text(operator, where.item())
    assert REASON in page and "Isian disimpan lagi sesudah alasan ini" in page


def test_a_reason_goes_with_its_document(session, operator, where):
    leave(operator, where.item())
    citation = answer_of(session, where).citations[0].id
    operator.post(f"{where.item()}/rujukan/{citation}/lepas", data=form_of(operator, where.item(), "jawaban"))
    assert REASON not in text(operator, where.item())


def test_the_desk_shows_what_the_adopted_answer_was_left_with(session, app):
    city, outside = build.city(session), build.outsiders(session)
    assessment = build.judging(session, city, outside, evidence=("I12",))
    claim = assessment.claim("I12")
    own = build.contribution(session, assessment.period, city.agencies["bappeda"], "I12")
    claim.contribution, claim.origin = own, "adopted"
    by = city.people["operator"].person
    own.waivers.append(Waiver(rule="coverage_not_given", place="facts", reason=REASON, by=by))
    own.waivers.append(Waiver(rule=RULE, place="citation:999", reason="Tentang bukti yang sudah dilepas.", by=by))
    session.commit()
    lead = build.sign_in(app.test_client(), session, outside.people["panel_lead"])
    address = f"/asesmen/{assessment.period.slug}/{city.instansi.slug}/butir/I12"
    page = text(lead, address)
    assert REASON in page and "Cakupan tanpa angka" in page and "sudah dilepas" not in page
    with statements() as seen:
        lead.get(address)
    assert len(seen) <= 11, "one of them because the file was never read: how long it will still wait"


def test_claims_that_hardly_go_together_are_told_to_the_team(session, app):
    city = build.city(session)
    period = build.opened(session, city)
    assessment: Assessment = build.ready_to_send(session, city, period)
    assessment.claim("I02").value, assessment.claim("I12").value = 5, 2
    session.commit()
    manager = build.sign_in(app.test_client(), session, city.people["round_manager"])
    base = f"/pengelolaan/{period.slug}/{city.instansi.slug}/klaim"
    for item in ("I02", "I12"):
        assert "keduanya tentang Peta Rencana SPBE" in text(manager, f"{base}/{item}")
    assert "keduanya tentang" not in text(manager, f"{base}/I40")
