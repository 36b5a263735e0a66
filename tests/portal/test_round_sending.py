"""S48: the penanggung jawab says yes item by item, sends once, and everything is locked; then the receipt."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from assessments import claiming
from assessments.models import Approval, Claim, Receipt, Signature
from portal import passwords
from tests import builders as build
from tests.portal.round_pages import as_, begun, hidden, send, statements

HASH = passwords.hashed(build.PASSWORD)
SENT = {"checked": "y", "password": build.PASSWORD}
WRITTEN = {"value": "3", "facts": "Fakta.", "analysis": "Analisis."}


def proposed(session):
    """Both items of bappeda claimed and proposed."""
    where = begun(session)
    build.accepted(session, where.city, where.period)
    for claim in build.assessment_of(session, where.period).claims:
        claiming.propose(claim, where.city.actor("round_manager"))
    session.commit()
    return where


def complete(session):
    where = begun(session)
    build.ready_to_send(session, where.city, where.period)
    build.account_of(where.city.people["responsible_officer"]).password = HASH
    session.commit()
    return where


def states(session) -> dict[str, str]:
    session.rollback()
    session.expire_all()
    return {claim.item: claim.state for claim in session.scalars(select(Claim))}


def receipts(session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).where(Receipt.kind == "sent"))


def test_one_by_one_after_reading_and_on_to_the_next(client, session):
    where = proposed(session)
    as_(client, session, where, "responsible_officer")
    page = f"{where.base}/kirim"
    listed = client.get(page).get_data(as_text=True)
    assert "0 dari 47 disetujui" in listed and "45 indikator" not in listed and "sementara" in listed
    first = send(client, f"{page}/I01", verdict="approve", note="", then="next")
    assert first.location.endswith(f"{page}/I12") and states(session)["I01"] == "approved"
    refused = send(client, f"{page}/I12", verdict="return", note=" ")
    assert refused.status_code == 422 and "Tulis alasannya." in refused.get_data(as_text=True)
    assert send(client, f"{page}/I12", verdict="return", note="Bukti lama.").status_code == 302
    assert states(session)["I12"] == "needs_work"
    assert "Bukti lama." in client.get(f"{page}/I12").get_data(as_text=True)
    for fields in ({"verdict": ""}, {"verdict": "send"}, {"verdict": "return", "note": "x" * 1001},
                   {"verdict": "return", "note": "a\u0000"}):
        assert send(client, f"{page}/I01", **fields).status_code == 422


def test_all_on_the_page_by_their_revisions_and_no_other(client, session, app):
    where = proposed(session)
    as_(client, session, where, "responsible_officer")
    page = f"{where.base}/kirim"
    form = hidden(client, page, f"{page}/persetujuan")
    assert len(form["seen"]) == 2
    writer = as_(app.test_client(), session, where, "round_manager")
    send(writer, where.claim("I12"), **WRITTEN)
    send(writer, where.claim("I12") + "/pengusulan", where.claim("I12"))
    assert client.post(f"{page}/persetujuan", data=form).status_code == 302
    assert states(session) == {"I01": "approved", "I12": "proposed"}
    assert "Klaim ini berubah sesudah Anda membukanya" in client.get(page).get_data(as_text=True)
    assert send(client, f"{page}/persetujuan", page, seen=None, one=["I12:x"]).status_code == 409
    revision = hidden(client, page, f"{page}/persetujuan")["seen"][0]
    assert send(client, f"{page}/persetujuan", page, one=[revision], seen=None).status_code == 302
    assert states(session)["I12"] == "approved"
    assert session.scalar(select(func.count()).select_from(Approval)) == 2


def test_nobody_approves_what_they_wrote(client, session):
    where = proposed(session)
    writer = where.city.people["operator"].person
    build.staffing.appoint(session, writer, where.city.agencies["kominfo"], "responsible_officer", build.SYSTEM,
                           starts_on=build.SINCE, kind="plt", acting_for=where.city.people["responsible_officer"].person,
                           decision_no="SK 1", decision_on=build.SINCE)
    session.flush()
    acting = next(a for a in writer.appointments if a.role == "responsible_officer")
    build.sign_in(client, session, acting)
    page = f"{where.base}/kirim"
    listed = client.get(page).get_data(as_text=True)
    assert "Anda ikut menulis; orang lain yang menyetujui." in listed and "Setujui semua" not in listed
    revision = session.scalar(select(Claim).where(Claim.item == "I12")).revision_n
    answer = send(client, f"{page}/I12", verdict="approve", revision=str(revision))
    assert answer.status_code == 409 and "ikut menulis" in answer.get_data(as_text=True)
    assert send(client, f"{page}/persetujuan", page, one=[f"I12:{revision}"]).status_code == 302
    assert set(states(session).values()) == {"proposed"}


@pytest.mark.parametrize("who", ["round_manager", "internal_assessor", "entry_officer", "coordinator", "inspector"])
def test_only_the_penanggung_jawab_approves_and_sends(client, session, who):
    where = complete(session)
    as_(client, session, where, who)
    page = f"{where.base}/kirim"
    assert client.get(page).status_code == client.get(f"{page}/I12").status_code == 200
    assert "Kirim penilaian mandiri" not in client.get(page).get_data(as_text=True)
    for door, fields in (("", {}), ("/persetujuan", {"one": "I12:1"}), ("/I12", {"verdict": "approve", "revision": "1"})):
        assert send(client, page + door, **fields).status_code == 403
    assert receipts(session) == 0


@pytest.mark.parametrize(("who", "status"), [("operator", 403), ("operator_other", 404), ("executive", 404), ("system_admin", 403)])
def test_the_receipt_is_for_the_team_and_only_when_there_is_one(client, session, who, status, app):
    where = complete(session)
    team = as_(app.test_client(), session, where, "coordinator")
    assert team.get(f"{where.base}/tanda-terima").status_code == 404
    build.attesting.send(where.assessment(session), where.city.actor("responsible_officer"))
    session.commit()
    assert team.get(f"{where.base}/tanda-terima").status_code == 200
    assert as_(client, session, where, who).get(f"{where.base}/tanda-terima").status_code == status


def test_nothing_is_sent_before_all_is_approved(client, session):
    where = proposed(session)
    as_(client, session, where, "responsible_officer")
    page = f"{where.base}/kirim"
    assert "47 indikator belum disetujui" in client.get(page).get_data(as_text=True)
    answer = send(client, page)
    assert answer.status_code == 409 and receipts(session) == 0


def test_BL_08_sent_once_with_a_receipt_that_lists_everything(client, session):
    where = complete(session)
    as_(client, session, where, "responsible_officer")
    page = f"{where.base}/kirim"
    key = "s" * 24
    first = send(client, page, key=key, **SENT)
    again = send(client, page, key=key, **SENT)
    assert first.status_code == again.status_code == 302 and first.location == again.location
    assert receipts(session) == 1
    html = client.get(first.location).get_data(as_text=True)
    receipt = session.scalar(select(Receipt))
    assert receipt.number in html and "Berlaku" in html and html.count('class="no') >= 47
    assert f"/verifikasi/{receipt.number}" in html
    assert "Indeks penilaian mandiri" in html and "3,00" in html and "Predikat penilaian mandiri" in html and "Baik" in html
    assert len(json.loads(receipt.snapshot.content)["items"]) == 47
    assert session.scalar(select(Signature.method)) == "password"
    other = send(client, page, **SENT)
    assert other.status_code == 409 and receipts(session) == 1


def test_before_sending_the_page_says_what_is_sent_and_asks_for_a_tick_and_the_password(client, session):
    where = complete(session)
    as_(client, session, where, "responsible_officer")
    page = f"{where.base}/kirim"
    html = client.get(page).get_data(as_text=True)
    for words in ("47 butir, semuanya disetujui", "47 butir: 1, 2, 3", "2 OPD: Bappeda, Kominfo", "tidak dapat dibatalkan"):
        assert words in html
    for fields, sentence in (
        ({}, "Centang bahwa Anda telah memeriksa"),
        ({"checked": "y"}, "Tulis kata sandi akun Anda."),
        ({"password": build.PASSWORD}, "Centang bahwa Anda telah memeriksa"),
        (SENT | {"password": "bukan ini"}, "Kata sandi salah. Penilaian mandiri belum dikirim."),
    ):
        answer = send(client, page, **fields)
        assert answer.status_code == 422 and sentence in answer.get_data(as_text=True)
        assert receipts(session) == 0
    for _try in range(5):
        answer = send(client, page, **SENT | {"password": "bukan ini"})
    assert answer.status_code == 429 and send(client, page, **SENT).status_code == 429 and receipts(session) == 0
    with statements() as weight:
        client.get(page)
    assert len(weight) <= 12


def test_BL_03_twenty_clicks_at_once_send_once(app, client, session):
    where = complete(session)
    as_(client, session, where, "responsible_officer")
    page = f"{where.base}/kirim"
    form = hidden(client, page, page) | SENT
    cookie = client.get_cookie("session") or next(iter(client._cookies.values()))
    session.commit()
    app.extensions.pop("test_session")

    def press(_n):
        other = app.test_client()
        other.set_cookie(cookie.key, cookie.value)
        return other.post(page, data=form).status_code

    with ThreadPoolExecutor(8) as crowd:
        codes = list(crowd.map(press, range(20)))
    app.extensions["test_session"] = session
    assert set(codes) == {302} and receipts(session) == 1


def test_afterwards_everything_is_locked(client, session, app):
    where = complete(session)
    build.attesting.send(where.assessment(session), where.city.actor("responsible_officer"))
    session.commit()
    boss = as_(client, session, where, "responsible_officer")
    page = f"{where.base}/kirim"
    html = boss.get(page).get_data(as_text=True)
    assert "Terkunci sejak dikirim" in html and 'name="one"' not in html and "Kirim penilaian mandiri" not in html
    writer = as_(app.test_client(), session, where, "round_manager")
    assert "Simpan klaim" not in writer.get(where.claim()).get_data(as_text=True)
    locked = {
        f"{page}/I12": (boss, {"verdict": "return", "note": "x"}),
        f"{page}/persetujuan": (boss, {"one": "I12:1"}),
        where.claim(): (writer, WRITTEN),
        f"{where.base}/klaim/usulan": (writer, {}),
        f"{where.base}/penugasan/I12": (writer, {"lead": "dinkes"}),
        where.check() + "/pengembalian": (writer, {"note": "x", "items": "I12"}),
    }
    before = states(session)
    for door, (who, fields) in locked.items():
        answer = send(who, door, **fields)
        assert answer.status_code == 409 and "terkunci" in answer.get_data(as_text=True), door
    assert states(session) == before


def test_a_round_that_was_closed_sends_nothing(client, session):
    where = complete(session)
    where.period.state = "closed"
    session.commit()
    as_(client, session, where, "responsible_officer")
    answer = send(client, f"{where.base}/kirim", **SENT)
    assert answer.status_code == 409 and "tidak sedang dibuka" in answer.get_data(as_text=True) and receipts(session) == 0


def test_the_weight_is_the_same_for_two_and_forty_seven_claims(client, session):
    where = proposed(session)
    as_(client, session, where, "responsible_officer")
    page = f"{where.base}/kirim"
    client.get(page)
    with statements() as few:
        client.get(page)
    assert len(few) <= 10
    with statements() as one:
        client.get(f"{page}/I12")
    assert len(one) <= 10
    writer = where.city.actor("round_manager")
    assessment = where.assessment(session)
    for item in where.period.instrument.items[12:]:
        claim = claiming.write_claim(assessment, item.code, writer, build.Fraction(3), "F.", "A.", 0)
        session.flush()
        claiming.propose(claim, writer)
    session.commit()
    with statements() as many:
        client.get(page)
    assert len(many) <= len(few)
    with statements() as deed:
        assert send(client, f"{page}/persetujuan", page).status_code == 302
    reads = [text for text in deed if text.startswith("SELECT")]
    assert len(reads) <= len(many) + 16, "approving forty reads no more than approving one"
