"""Berita acara and consent in the browser: the Koordinator reads and signs both, the penanggung jawab sends, and the ways back."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from assessments import claiming, countersigning, general_questions
from assessments.models import Paper, Period, Receipt, Signature, Snapshot
from assessments.signed_papers import in_force
from portal import passwords
from portal.blueprints.round.opening import PAPERS
from portal.once import new_key
from tests import builders as build
from tests.portal.round_pages import Round, as_, begun, hidden, send, statements
from tests.portal.test_round_periods import FILLED, NEW

HASH = passwords.hashed(build.PASSWORD)
TYPED = {"checked": "y", "password": build.PASSWORD}


@pytest.fixture
def where(session) -> Round:
    made = begun(session, asks_papers=True)
    build.ready_to_send(session, made.city, made.period)
    for who in ("coordinator", "responsible_officer"):
        build.account_of(made.city.people[who]).password = HASH
    session.commit()
    return made


def page_of(where) -> str:
    return f"{where.base}/berita-acara"


def signed(session, where) -> Round:
    """Both papers in force."""
    assessment = where.assessment(session)
    drafts = countersigning.drafts(assessment, where.city.people["coordinator"])
    countersigning.sign(assessment, where.city.actor("coordinator"), {draft.kind: draft.sha256 for draft in drafts})
    session.commit()
    return where


def counted(session, *kinds) -> list[int]:
    session.rollback()
    return [session.scalar(select(func.count()).select_from(kind)) for kind in kinds]


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def test_the_koordinator_finds_the_papers_reads_them_and_signs_both(client, session, where):
    as_(client, session, where, "coordinator")
    start = text_of(client.get("/beranda"))
    assert "Tandatangani berita acara dan persetujuan publikasi" in start and page_of(where) in start
    page = text_of(client.get(page_of(where)))
    for words in ("Siap ditandatangani", "47", "Yang perlu Anda lihat", "Tingkat 3 tanpa satu bukti pun.", "dipublikasikan",
                  "menyatakan bahwa Tim Asesor Internal telah menilai 47 dari 47 indikator", "Sidik naskah", "3,00"):
        assert words in page, words
    answer = send(client, page_of(where), **TYPED)
    assert answer.status_code == 302 and answer.location.endswith(page_of(where))
    after = text_of(client.get(page_of(where)))
    numbers = set(re.findall(r"(?:BA|PP)-2026-[0-9A-Z]{4}-[0-9A-Z]{4}", after))
    assert {number[:2] for number in numbers} == {"BA", "PP"} and "Berlaku" in after
    assert "Berita acara dan persetujuan publikasi ditandatangani" in after and "Tarik tanda tangan" in after
    for number in numbers:
        assert client.get(f"/verifikasi/{number}").status_code == 200
    assert where.assessment(session).state == "signed"


def test_the_penanggung_jawab_waits_for_the_signature_and_then_sends(client, session, where):
    as_(client, session, where, "responsible_officer")
    assert "Menunggu tanda tangan Koordinator SPBE" in text_of(client.get("/beranda"))
    page = f"{where.base}/kirim"
    waiting = text_of(client.get(page))
    assert "belum ditandatangani Koordinator SPBE" in waiting and 'name="password"' not in waiting
    refused = send(client, page, **TYPED)
    assert refused.status_code == 409 and "belum ditandatangani Koordinator SPBE" in text_of(refused)
    assert counted(session, Receipt) == [0]
    signed(session, where)
    assert "Koordinator SPBE sudah menandatangani." in text_of(client.get("/beranda"))
    assert send(client, page, **TYPED).status_code == 302
    assert counted(session, Receipt, Paper) == [1, 2] and where.assessment(session).state == "sent"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"checked": None}, "Centang bahwa Anda telah membaca kedua naskah."),
        ({"password": ""}, "Tulis kata sandi akun Anda."),
        ({"password": "bukan ini"}, "Kata sandi salah. Belum ada yang ditandatangani."),
    ],
)
def test_without_the_tick_or_the_password_nothing_is_signed(client, session, where, fields, sentence):
    as_(client, session, where, "coordinator")
    answer = send(client, page_of(where), **TYPED | fields)
    assert answer.status_code == 422 and sentence in text_of(answer)
    assert counted(session, Paper, Signature, Snapshot) == [0, 0, 0]


def test_without_a_team_decision_all_that_is_missing_is_told_and_the_reason_stays_on_the_paper(client, session, where):
    build.team_undecided(session, where.assessment(session))
    session.commit()
    as_(client, session, where, "coordinator")
    page = text_of(client.get(page_of(where)))
    assert "Keputusan tim belum dicatat" in page and f"{where.base}/tim#keputusan" in page and 'name="without_team"' in page
    bare = text_of(send(client, page_of(where), **TYPED | {"password": "", "reason": ""}))
    for sentence in ("Tulis kata sandi akun Anda.", "centang bila tetap menandatangani", "Alasan wajib diisi."):
        assert sentence in bare, sentence
    half = send(client, page_of(where), **TYPED | {"reason": "Masih di bagian hukum."})
    assert half.status_code == 422 and "Masih di bagian hukum." in text_of(half) and "centang bila" in text_of(half)
    assert counted(session, Paper) == [0]
    body = hidden(client, page_of(where), page_of(where)) | TYPED | {"without_team": "y", "reason": "Masih di bagian hukum."}
    assert client.post(page_of(where), data=body).status_code == 302
    assert counted(session, Paper) == [2]
    assert "Keputusan tim belum dicatat. Masih di bagian hukum." in text_of(client.get(page_of(where)))


def test_the_list_before_sending_names_what_is_missing_with_the_way_there(client, session, where):
    build.team_undecided(session, where.assessment(session))
    general_questions.add_questions(session, where.period, ["Apa?"], where.city.actor("round_manager"))
    session.commit()
    as_(client, session, where, "responsible_officer")
    page = text_of(client.get(f"{where.base}/kirim"))
    assert "Daftar periksa sebelum dikirim" in page and "Semua klaim sudah disetujui." in page
    for words, way in (("asesor internal belum dicatat", "/tim#keputusan"), ("0 dari 1 pertanyaan umum", "/pertanyaan-umum"),
                       ("Koordinator SPBE belum menandatangani", "/berita-acara")):
        assert words in page and f'href="{where.base}{way}"' in page, words


def test_both_faults_are_told_at_once(client, session, where):
    as_(client, session, where, "coordinator")
    answer = text_of(send(client, page_of(where), checked=None, password=""))
    assert "Centang bahwa Anda telah membaca" in answer and "Tulis kata sandi akun Anda." in answer


def test_what_changed_since_the_page_was_opened_is_not_signed(client, session, where):
    as_(client, session, where, "coordinator")
    form = hidden(client, page_of(where), page_of(where))
    assessment, writer = where.assessment(session), where.city.actor("round_manager")
    boss = where.city.actor("responsible_officer")
    claim = assessment.claim("I12")
    claiming.needs_work(claim, boss, "Perbaiki.")
    claiming.write_claim(assessment, "I12", writer, build.Fraction(2), "Fakta.", "Analisis.", claim.version)
    session.flush()
    claiming.propose(claim, writer)
    claiming.approve(claim, boss, claim.revision_n)
    session.commit()
    answer = client.post(page_of(where), data=form | TYPED)
    assert answer.status_code == 409 and "Naskah berubah sesudah Anda membukanya" in text_of(answer)
    assert counted(session, Paper) == [0]
    for tampered in ({"minutes": "0" * 64}, {"consent": ""}):
        assert send(client, page_of(where), **TYPED | tampered).status_code == 409
    assert send(client, page_of(where), **TYPED).status_code == 302


@pytest.mark.parametrize("who", ["round_manager", "internal_assessor", "entry_officer", "responsible_officer", "inspector"])
def test_the_team_reads_the_papers_and_only_the_koordinator_signs(client, session, where, who):
    as_(client, session, where, who)
    page = client.get(page_of(where))
    assert page.status_code == 200 and "Tandatangani keduanya" not in text_of(page)
    assert send(client, page_of(where), **TYPED).status_code == 403
    assert client.get(f"{page_of(where)}/penarikan").status_code == 403
    assert counted(session, Paper) == [0]


def test_the_koordinator_takes_the_signatures_back_with_a_reason(client, session, where):
    signed(session, where)
    as_(client, session, where, "coordinator")
    page = f"{page_of(where)}/penarikan"
    empty = send(client, page, note="  ")
    assert empty.status_code == 422 and "Tulis alasannya." in text_of(empty)
    long = send(client, page, note="x" * 1001)
    assert long.status_code == 422 and "x" * 1001 in long.get_data(as_text=True)
    assert len(in_force(where.assessment(session))) == 2
    assert send(client, page, note="Nomor keputusan keliru.").status_code == 302
    after = text_of(client.get(page_of(where)))
    assert "Tidak berlaku" in after and "Nomor keputusan keliru." in after and "Tandatangani keduanya" in after
    assert in_force(where.assessment(session)) == []
    assert client.get(page).status_code == 409


def test_what_was_sent_is_opened_again_with_a_reason_and_the_public_page_says_so(client, session, where, app):
    signed(session, where)
    boss = as_(app.test_client(), session, where, "responsible_officer")
    assert send(boss, f"{where.base}/kirim", **TYPED).status_code == 302
    session.rollback()
    number = session.scalar(select(Receipt.number))
    as_(client, session, where, "round_manager")
    page = f"{where.base}/kirim/pembukaan-kembali"
    assert "Buka kembali yang sudah dikirim" in text_of(client.get(page_of(where)))
    assert send(client, page, note="").status_code == 422
    assert send(client, page, note="Klaim indikator 12 keliru.").status_code == 302
    assert "Klaim indikator 12 keliru." in text_of(client.get(page_of(where)))
    public = text_of(app.test_client().get(f"/verifikasi/{number}"))
    assert "Tidak berlaku" in public
    assert where.assessment(session).state == "ready_to_sign"
    again = as_(app.test_client(), session, where, "coordinator")
    assert send(again, page_of(where), **TYPED).status_code == 302
    assert send(boss, f"{where.base}/kirim", **TYPED).status_code == 302
    assert counted(session, Receipt, Paper) == [2, 4]


def test_BL_03_twenty_signatures_at_once_are_one_deed(app, client, session, where):
    as_(client, session, where, "coordinator")
    body = hidden(client, page_of(where), page_of(where)) | {name: [text] for name, text in TYPED.items()}
    bodies = [body] * 10 + [body | {"key": [new_key()]} for _ in range(10)]
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = client.get_cookie(name).value

    def post(fields):
        one = app.test_client()
        one.set_cookie(name, cookie)
        return one.post(page_of(where), data=fields).status_code

    session.rollback()
    kept = app.extensions.pop("test_session")
    try:
        with ThreadPoolExecutor(8) as together:
            answers = set(together.map(post, bodies))
    finally:
        app.extensions["test_session"] = kept
    assert answers == {302}
    assert counted(session, Paper, Signature, Snapshot) == [2, 2, 2]


def test_a_form_sent_again_changes_nothing_more(client, session, where):
    """Replayed: the same signature leads to the same papers, and an old form brings back no paper that was withdrawn."""
    as_(client, session, where, "coordinator")
    body = hidden(client, page_of(where), page_of(where)) | TYPED
    assert [client.post(page_of(where), data=body).status_code for _ in range(3)] == [302, 302, 302]
    assert counted(session, Paper) == [2]
    assert send(client, f"{page_of(where)}/penarikan", note="Keliru.").status_code == 302
    assert client.post(page_of(where), data=body).status_code == 302, "the first answer, and no deed"
    assert in_force(where.assessment(session)) == []
    assert client.post(page_of(where), data=body | {"key": new_key()}).status_code == 409
    assert counted(session, Paper) == [2]


def test_AC_an_office_that_ended_signs_nothing_on_the_next_request(client, session, where):
    as_(client, session, where, "coordinator")
    body = hidden(client, page_of(where), page_of(where)) | TYPED
    office = where.city.people["coordinator"]
    build.staffing.end_appointment(session, office, where.city.actor("system_admin"))
    session.commit()
    answer = client.post(page_of(where), data=body)
    assert answer.status_code == 409 and "jabatan" in text_of(answer).lower()
    assert client.get(page_of(where)).status_code in (302, 404)
    assert counted(session, Paper) == [0]


def test_the_pages_cost_the_same_for_one_and_for_all_and_little(client, session, where):
    as_(client, session, where, "coordinator")
    client.get(page_of(where))
    with statements() as reading:
        client.get(page_of(where))
    assert len(reading) <= 10, '\n'.join(reading)
    fields = hidden(client, page_of(where), page_of(where)) | TYPED
    with statements() as deed:
        assert client.post(page_of(where), data=fields).status_code == 302
    with statements() as afterwards:
        client.get(page_of(where))
    assert len(deed) <= 26, "door, password, key, door again, two frozen papers, the record; never more for more items"
    assert len(afterwards) <= 10


@pytest.mark.parametrize(
    ("track", "papers", "asked"),
    [("national", "track", True), ("local", "track", False), ("local", "asked", True), ("national", "not_asked", False)],
)
def test_a_new_round_asks_for_papers_where_it_is_national_or_says_so(client, session, track, papers, asked):
    made = begun(session)
    as_(client, session, made, "round_manager")
    page = text_of(client.get(NEW))
    for words in (*PAPERS.values(), "baru dapat dikirim sesudah Koordinator SPBE menandatangani keduanya"):
        assert words in page
    answer = send(client, NEW, **FILLED | {"track": track, "papers": papers, "slug": "2027-naskah"})
    assert answer.status_code == 302
    session.rollback()
    assert session.scalar(select(Period.asks_papers).where(Period.slug == "2027-naskah")) is asked
    words = "ditandatangani Koordinator SPBE sebelum dikirim" if asked else "tidak diminta sebelum dikirim"
    assert words in text_of(client.get(answer.location))


# ---------------------------------------------------------------- the head takes the part back


def test_the_head_takes_the_part_back_and_the_receipt_says_so(client, session, app):
    where = begun(session)
    part = build.signed(session, where.city, where.period)
    session.commit()
    as_(client, session, where, "head")
    page = f"/persetujuan/{part.id}/penarikan"
    assert page in client.get(f"/persetujuan/{part.id}").get_data(as_text=True)
    assert send(client, page, note=" ").status_code == 422
    assert send(client, page, note="Lampiran tertukar.").status_code == 302
    session.rollback()
    session.expire_all()
    number = session.scalar(select(Receipt.number))
    assert part.state == "filling"
    assert "Tidak berlaku" in text_of(app.test_client().get(f"/verifikasi/{number}"))
    assert "Lampiran tertukar." in text_of(client.get(f"/persetujuan/{part.id}/bukti"))
    assert client.get(page).status_code == 409
    operator = as_(app.test_client(), session, where, "operator")
    assert "Simpan" in text_of(operator.get(f"/penilaian/{where.slug}/indikator/I12"))
