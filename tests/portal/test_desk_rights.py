"""Who finds a desk, a declaration, a claim as it was sent; and what of a panel's work never reaches anybody else."""

import re

import pytest
from sqlalchemy import text

from assessments import seating
from assessments.models import AccessLog, Citation, Notice
from tests import builders as build
from tests.portal.agency_pages import form_of
from tests.portal.desk_pages import as_, before_a_panel, judge, page, statements
from tests.portal.round_pages import begun

MARKS = {"facts": "PENANDA-FAKTA", "analysis": "PENANDA-ANALISIS", "justification": "PENANDA-ALASAN",
         "team_note": "PENANDA-TIM"}


@pytest.fixture
def where(session):
    return before_a_panel(session)


def token(client) -> dict:
    html = client.get("/akun").get_data(as_text=True)
    return {"csrf_token": re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html).group(1)}


def doors(where) -> list[tuple[str, str]]:
    return [
        ("GET", where.declaration), ("POST", where.declaration), ("GET", where.desk()), ("POST", where.desk()),
        ("POST", f"{where.desk()}/tarik"), ("POST", f"{where.desk()}/bukti/{where.citation}"), ("GET", where.claim()),
    ]


def knock(client, method: str, address: str) -> int:
    sent = token(client) | {"version": "0", "value": "3", "facts": "Fakta.", "then": "kirim", "word": "free"}
    return client.open(address, method=method, data=sent if method == "POST" else None).status_code


# ---------------------------------------------------------------- the queue


def test_the_queue_shows_own_assessments_and_the_way_on(client, session, where):
    client = as_(client, session, where, "assessor")
    html = page(client, "/asesmen")
    assert "Pemerintah Kota Contoh" in html and "0 dari 47" in html and where.desk("I01") in html
    assert "belum menyatakan" not in html and "WITA" in html and "Lanjutkan" in html
    judge(client, where.desk("I01"), "kirim")
    html = page(client, "/asesmen")
    assert "1 dari 47" in html and where.desk("I02") in html


def test_a_reviewer_has_the_round_but_no_desk(client, session, where):
    client = as_(client, session, where, "reviewer")
    html = page(client, "/asesmen")
    assert "tidak menilai" in html and "Lanjutkan" not in html and "/butir/" not in html
    assert knock(client, "GET", where.desk()) == 404 and knock(client, "GET", where.claim()) == 200


@pytest.mark.parametrize("who", ["assessor_off", "operator", "round_manager", "executive", "inventory_manager"])
def test_everybody_else_finds_an_empty_queue_that_says_what_to_expect(client, session, where, who):
    html = page(as_(client, session, where, who), "/asesmen")
    assert "Belum ada penilaian untuk Anda" in html and "/asesmen/2026" not in html


def test_the_queue_costs_the_same_for_one_round_and_for_many(client, session, where):
    client, counts = as_(client, session, where, "assessor"), []
    for slug in ("2026-2", "2026-3"):
        page(client, "/asesmen")
        with statements() as seen:
            page(client, "/asesmen")
        counts.append(len(seen))
        term = int(slug[-1])
        build.judging(session, where.city, where.outside, slug=slug, term=term, title=f"Putaran {slug}")
        session.commit()
    with statements() as seen:
        assert page(client, "/asesmen").count("rowlink") == 3
    assert counts[0] == counts[1] == len(seen) <= 10


# ---------------------------------------------------------------- the declaration


def test_a_word_is_given_once_and_the_prompt_goes(client, session, where):
    client = as_(client, session, where, "assessor")
    html = page(client, where.declaration)
    for principle in ("Integritas", "Objektivitas", "Kerahasiaan", "Kompetensi", "Akuntabel", "Perilaku profesional"):
        assert principle in html
    sent = form_of(client, where.declaration, "nyatakan")
    assert client.post(where.declaration, data=sent).status_code == 422
    wrong = client.post(where.declaration, data=sent | {"word": "conflict", "note": ""})
    assert wrong.status_code == 422 and 'href="#note"' in wrong.get_data(as_text=True)
    answer = client.post(where.declaration, data=sent | {"word": "free"})
    assert answer.status_code == 302 and answer.location.endswith("/asesmen")
    assert "belum menyatakan" not in page(client, "/asesmen")
    assert "belum menyatakan" not in page(client, where.desk())


def test_AC_08_after_a_declared_conflict_every_door_is_gone(client, session, where):
    client = as_(client, session, where, "assessor")
    judge(client, where.desk())
    sent = form_of(client, where.declaration, "nyatakan") | {"word": "conflict", "note": "Pernah menjadi konsultan."}
    answer = client.post(where.declaration, data=sent)
    assert answer.status_code == 302 and answer.location.endswith("/asesmen")
    html = page(client, "/asesmen")
    assert "Anda menyatakan benturan kepentingan" in html and "Belum ada penilaian untuk Anda" in html
    for method, address in doors(where):
        assert knock(client, method, address) == 404, (method, address)
    assert where.assessment(session).seats == []
    told = {notice.person_id: notice for notice in session.query(Notice).filter(Notice.dedupe_key.startswith("conflict:"))}
    assert set(told) == {where.outside.people["panel_lead"].person_id, where.city.people["round_manager"].person_id}
    lead = told[where.outside.people["panel_lead"].person_id]
    assert "menyatakan benturan kepentingan" in lead.sentence and "1 indikator kembali bebas" in lead.sentence
    assert lead.path == f"{where.base}/tim"


# ---------------------------------------------------------------- others


@pytest.mark.parametrize(("who", "status"), [
    ("assessor_off", 404), ("reviewer", 403), ("round_manager", 403), ("internal_assessor", 403), ("coordinator", 403),
    ("inspector", 403), ("operator", 404), ("head", 404), ("executive", 404), ("inventory_manager", 404),
])
def test_AC_08_a_judgement_replayed_by_somebody_else_changes_nothing(client, session, where, who, status):
    client = as_(client, session, where, who)
    assert knock(client, "POST", where.desk()) == status
    assert where.assessment(session).judgements == []
    refused = session.query(AccessLog).filter_by(outcome="refused").count()
    assert refused == 1


def test_AC_10_who_is_taken_off_the_panel_finds_nothing_at_the_next_request(client, session, where):
    client = as_(client, session, where, "assessor")
    page(client, where.desk())
    seating.unseat_member(where.assessment(session), where.outside.people["assessor"].person,
                          where.city.actor("round_manager"))
    session.commit()
    for method, address in doors(where):
        assert knock(client, method, address) == 404, (method, address)
    assert "Belum ada penilaian untuk Anda" in page(client, "/asesmen")


def test_AC_07_no_word_of_a_panel_is_in_a_byte_others_can_open(app, client, session, where):
    assessor = as_(app.test_client(), session, where, "assessor")
    b = f"b{where.citation}-"
    verdict = {f"{b}verdict": "refused", f"{b}reason_kind": "unfit", f"{b}note": "PENANDA-BUKTI"}
    assert judge(assessor, where.desk("I12"), value="2", **MARKS, **verdict).status_code == 302
    sent = {name: f"{mark}-KIRIM" for name, mark in MARKS.items()}
    assert judge(assessor, where.desk("I01"), "kirim", value="2", **sent).status_code == 302
    assert "PENANDA-TIM" in page(assessor, where.desk("I12"))
    work = f"/pengelolaan/{where.slug}/{where.subject}"
    pages = [
        "/beranda", "/asesmen", where.base, where.declaration, "/hasil", "/pimpinan", "/tindak-lanjut", "/bukti", "/penilaian",
        f"/penilaian/{where.slug}", f"/penilaian/{where.slug}/periksa", f"/pengelolaan/{where.slug}", work, f"{work}/klaim",
        f"{work}/kirim", f"{work}/penugasan", f"{work}/tanda-terima", f"{work}/hasil", f"/hasil/{where.slug}/{where.subject}",
        f"{where.base}/rekomendasi", f"{where.base}/penetapan", f"{where.base}/tim",
    ]
    for item in ("I01", "I12"):
        pages += [where.desk(item), where.claim(item), f"{work}/klaim/{item}", f"{work}/kirim/{item}",
                  f"/penilaian/{where.slug}/indikator/{item}", f"{work}/verifikasi/bappeda/{item}"]
    for who in ("operator", "operator_other", "head", "round_manager", "internal_assessor", "coordinator", "inspector",
                "executive", "system_admin"):
        other = as_(app.test_client(), session, where, who)
        opened = 0
        for address in pages:
            answer = other.get(address)
            opened += answer.status_code == 200
            assert "PENANDA" not in answer.get_data(as_text=True), f"{who}: {address}"
        assert opened >= 2, who


def test_AC_07_a_desk_shows_nobody_elses_judgement(app, session, where):
    lead = as_(app.test_client(), session, where, "panel_lead")
    assert judge(lead, where.desk("I12"), "kirim", value="2", **MARKS).status_code == 302
    other = as_(app.test_client(), session, where, "assessor")
    html = page(other, where.desk("I12"))
    assert "PENANDA" not in html and where.outside.people["panel_lead"].person.name in html


# ---------------------------------------------------------------- the claim as it was sent


def test_AC_07_the_panel_reads_what_was_sent_beside_the_claim_and_no_draft(app, session, where):
    assessor = as_(app.test_client(), session, where, "assessor")
    assert judge(assessor, where.desk("I12"), value="2", **MARKS).status_code == 302
    lead, reviewer = (as_(app.test_client(), session, where, who) for who in ("panel_lead", "reviewer"))
    assert "PENANDA" not in page(lead, where.claim()) + page(reviewer, where.claim())
    assert judge(assessor, where.desk("I12"), "kirim", value="2", **MARKS).status_code == 302
    for client in (lead, reviewer):
        with statements() as seen:
            html = page(client, where.claim())
        assert all(mark in html for mark in MARKS.values()) and len(seen) <= 10
    assert where.claim() in page(lead, where.base)
    for who in ("operator", "round_manager", "inspector"):
        assert "PENANDA" not in page(as_(app.test_client(), session, where, who), where.claim()), who


def test_agencies_read_claims_of_their_items_and_open_their_own_files_only(app, session, where):
    kominfo = build.document(session, where.city.agencies["kominfo"], where.city.actor("round_manager"), b"%PDF-kominfo")
    session.commit()
    session.add(Citation(claim=where.on(session), cited=kominfo, levels=[3], locator="hlm. 9", letter="b"))
    session.commit()
    own, other = where.on(session).citations[0].document_id, kominfo.document_id
    operator = as_(app.test_client(), session, where, "operator")
    html = page(operator, where.claim())
    assert f"/bukti/{own}/1/berkas" in html and f"/bukti/{other}/" not in html and "12.b" in html
    assert knock(operator, "GET", where.claim("I02")) == 403
    assert knock(as_(app.test_client(), session, where, "operator_other"), "GET", where.claim()) == 404
    for who in ("assessor", "round_manager", "reviewer"):
        html = page(as_(app.test_client(), session, where, who), where.claim())
        assert f"/bukti/{own}/1/berkas" in html and f"/bukti/{other}/1/berkas" in html
    with statements() as seen:
        page(operator, where.claim())
    assert len(seen) <= 10


def test_before_it_is_sent_there_is_no_claim_to_read_here(client, session):
    place = begun(session)
    build.ready_to_send(session, place.city, place.period)
    session.commit()
    client = build.sign_in(client, session, place.city.people["round_manager"])
    assert client.get(f"/asesmen/{place.slug}/{place.subject}/klaim/I12").status_code == 404


# ---------------------------------------------------------------- the rooms of the team


@pytest.mark.parametrize("who", ["assessor", "panel_lead", "reviewer"])
def test_an_assessor_finds_none_of_the_teams_pages_though_the_assessment_may_be_read(client, session, where, who):
    client = as_(client, session, where, who)
    work = f"/pengelolaan/{where.slug}/{where.subject}"
    for address in ("/kelola/periode", f"/kelola/periode/{where.slug}", "/kelola/periode/baru", f"/pengelolaan/{where.slug}",
                    work, f"{work}/klaim", f"{work}/klaim/I12", f"{work}/kirim", f"{work}/tanda-terima", f"{work}/penugasan"):
        assert client.get(address).status_code == 404, address
    before = session.query(AccessLog).filter_by(outcome="refused").count()
    assert client.post(f"{work}/klaim/I12", data=token(client) | {"value": "5"}).status_code == 404
    session.rollback()
    assert session.query(AccessLog).filter_by(outcome="refused").count() == before + 1


def test_before_a_word_on_conflicts_the_queue_leads_to_it_and_nothing_is_judged(client, session, where):
    session.execute(text("UPDATE panel_member SET conflict = 'none', declared_at = NULL WHERE role = 'member'"))
    session.commit()
    client = as_(client, session, where, "assessor")
    html = page(client, "/asesmen")
    assert "belum menyatakan" in html and where.declaration in html and "Lanjutkan" not in html
    assert "Beri pernyataan benturan kepentingan" in page(client, "/beranda")
    html = page(client, where.desk("I01"))
    assert "Beri pernyataan benturan kepentingan dulu" in html
