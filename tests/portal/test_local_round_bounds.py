"""What a round of agencies must not let through: who settles, which pages it has, what its receipts and lists say."""

import pytest
from sqlalchemy import select

from assessments import claiming, local_figures
from assessments.models import Assessment, Job, Period, Receipt, Signature, Subject
from tests import builders as build
from tests.portal.round_pages import Round, as_, send
from tests.portal.test_local_round import AT, PASSWORD, known_password, text_of, whole  # noqa: F401


def assessment_of(session, where: Round, key: str = "bappeda") -> Assessment:
    return session.scalar(
        select(Assessment).where(
            Assessment.period_id == where.period.id, Assessment.subject.has(Subject.organization_id == where.city.agencies[key].id)
        )
    )


def approved(session, where: Round) -> Assessment:
    """Every claim of bappeda proposed and approved."""
    found = assessment_of(session, where)
    session.expire_all()
    claiming.propose_complete(found, where.city.actor("internal_assessor"))
    session.flush()
    words = sum(len(claim.revisions) for claim in found.claims)
    boss = where.city.actor("responsible_officer")
    outcome = local_figures.approve_all(session, found.period, boss, {where.subject: words})
    assert not outcome.left, outcome
    session.flush()
    return found


def sent(session, where: Round) -> Assessment:
    found = approved(session, where)
    local_figures.send_chosen(session, found.period, where.city.actor("responsible_officer"), [where.subject])
    session.flush()
    return found


def settled_by_manager(session, where: Round) -> local_figures.Outcome:
    period = session.get_one(Period, where.period.id)
    return local_figures.settle_all(session, period, where.city.actor("round_manager"), [where.subject])


# ---------------------------------------------------------------- who settles


def _attaches(session, where, claim, by):
    proof = build.document(session, where.city.agencies["bappeda"], where.city.actor("operator"), b"%PDF-pengelola")
    claiming.cite_for_claim(claim, proof, by, [2], "hlm. 1")


def _detaches_one_of_two(session, where, claim, by):
    proof = build.document(session, where.city.agencies["bappeda"], where.city.actor("operator"), b"%PDF-asesor")
    added = claiming.cite_for_claim(claim, proof, where.city.actor("internal_assessor"), [2], "hlm. 1")
    session.flush()
    claiming.detach_from_claim(added, by)


def _names_the_service(session, where, claim, by):
    claiming.write_claim(claim.assessment, claim.item, by, claim.value, claim.facts, claim.analysis, claim.version, "Layanan lain")


@pytest.mark.parametrize("deed", [_attaches, _detaches_one_of_two, _names_the_service])
def test_who_changed_a_claim_in_any_way_does_not_settle_the_figure(session, deed):
    where = whole(session, {"bappeda": 2})
    deed(session, where, assessment_of(session, where).claims[0], where.city.actor("round_manager"))
    session.flush()
    sent(session, where)
    outcome = settled_by_manager(session, where)
    assert not outcome.done and "ikut menulis" in outcome.left["Bappeda"]


def test_who_wrote_a_value_that_waits_for_another_body_does_not_settle_the_figure(session):
    where = whole(session, {"bappeda": 2})
    found = assessment_of(session, where)
    leaning = [item.code for item in where.period.instrument.items if item.external_index]
    claim = found.claim(leaning[0]) if leaning else found.claims[0]
    claim.origin = "awaiting"
    revision = claim.remember(where.city.people["round_manager"].person)
    session.flush()
    assert revision.origin == "awaiting"
    sent(session, where)
    assert not settled_by_manager(session, where).done


def test_taking_the_agencys_words_over_is_no_writing(session):
    """Also of an item whose value leans on another body's index."""
    where = whole(session, {"bappeda": 2})
    manager, found = where.city.actor("round_manager"), assessment_of(session, where)
    claim = found.claims[0]
    claiming.adopt(found, claim.contribution, manager)
    session.flush()
    assert {revision.origin for each in found.claims for revision in each.revisions} == {"adopted"}
    sent(session, where)
    assert settled_by_manager(session, where).done


# ---------------------------------------------------------------- what it does not have

PAPERS = ("berita-acara", "berita-acara/penarikan")
DOORS = (
    "ekspor", "ekspor/paket", "ekspor/rekap.xlsx", "ekspor/kuesioner", "ekspor/pertanyaan-umum", "ekspor/butir/I12",
    "ekspor/butir/I12/paket", "ekspor/butir/I12/penjelasan", "tim", "tim/anggota", "tim/keputusan", "pertanyaan-umum", *PAPERS,
)


@pytest.mark.parametrize("who", ["round_manager", "coordinator", "responsible_officer"])
def test_pages_of_an_instansi_are_not_found_in_a_round_of_agencies(client, session, who):
    where = whole(session, {"bappeda": 2})
    approved(session, where)
    session.commit()
    reader = as_(client, session, where, who)
    answers = {door: reader.get(f"{where.base}/{door}").status_code for door in DOORS}
    assert set(answers.values()) == {404}, answers
    page = text_of(reader, f"{where.base}/kirim")
    assert "/berita-acara" not in page and "/tim" not in page and "/ekspor" not in page
    assert "/berita-acara" not in text_of(reader, "/beranda")


def test_a_round_of_agencies_asks_no_general_questions(client, session):
    where = whole(session)
    manager = as_(client, session, where, "round_manager")
    assert "pertanyaan umum" not in text_of(manager, where.calendar).lower()
    assert manager.get(f"{where.calendar}/pertanyaan-umum").status_code == 404
    assert send(manager, f"{where.calendar}/pertanyaan-umum/pedoman").status_code == 404


def test_the_koordinator_signs_no_papers_of_one_agency(client, session, known_password):  # noqa: F811
    where = whole(session, {"bappeda": 2})
    approved(session, where)
    session.commit()
    coordinator = as_(client, session, where, "coordinator")
    assert send(coordinator, f"{where.base}/berita-acara", checked="y", password=PASSWORD).status_code == 404
    session.rollback()
    assert assessment_of(session, where).state == "ready_to_sign"


def test_what_was_sent_is_opened_again_from_the_page_of_sending(client, session):
    """The round of an instansi has that step beside its papers; here there are none."""
    where = whole(session, {"bappeda": 2})
    sent(session, where)
    session.commit()
    manager = as_(client, session, where, "round_manager")
    again = f"{where.base}/kirim/pembukaan-kembali"
    assert again in text_of(manager, f"{where.base}/kirim")
    assert f"{where.base}/berita-acara" not in text_of(manager, again)
    answer = send(manager, again, note="Ada bukti yang tertinggal.")
    assert (answer.status_code, answer.location) == (302, f"{where.base}/kirim")


# ---------------------------------------------------------------- what is said of it


def test_the_public_page_of_a_receipt_says_that_it_is_local(app, session):
    where = whole(session, {"bappeda": 2})
    sent(session, where)
    session.commit()
    number = session.scalar(select(Receipt.number).where(Receipt.kind == "sent"))
    page = text_of(app.test_client(), f"/verifikasi/{number}")
    assert where.period.figure_label in page and "Perangkat daerah" in page and "<dt>Instansi" not in page


def test_many_that_are_sent_are_signed_and_printed_like_one(client, session, known_password, monkeypatch):  # noqa: F811
    from portal.blueprints.round import agency_round

    where = whole(session, {"bappeda": 2, "dinkes": 3})
    period, slugs = session.get_one(Period, where.period.id), [where.city.agencies[key].slug for key in ("bappeda", "dinkes")]
    local_figures.approve_all(session, period, where.city.actor("responsible_officer"), dict.fromkeys(slugs, 47))
    session.commit()
    monkeypatch.setattr(agency_round.sealing, "chosen", lambda settings: type("Seal", (), {"method": "certificate"}))
    boss = as_(client, session, where, "responsible_officer")
    assert send(boss, f"{AT}/putaran-opd/pengiriman", AT, agencies=slugs, checked="y", password=PASSWORD).status_code == 302
    session.rollback()
    receipts = session.scalars(select(Receipt).where(Receipt.kind == "sent")).all()
    ids = [receipt.signature_id for receipt in receipts]
    assert set(session.scalars(select(Signature.method).where(Signature.id.in_(ids)))) == {"certificate"}
    asked = {job.args["number"] for job in session.scalars(select(Job)) if "number" in job.args}
    assert len(receipts) == 2 and asked >= {receipt.number for receipt in receipts}


@pytest.mark.parametrize("step", ["persetujuan", "pengiriman", "penetapan", "penerbitan"])
def test_a_nul_in_the_name_of_an_agency_is_refused(app, session, known_password, step):  # noqa: F811
    where = whole(session, {"bappeda": 2})
    who = "responsible_officer" if step in ("persetujuan", "pengiriman") else "round_manager"
    reader = as_(app.test_client(), session, where, who)
    answer = send(reader, f"{AT}/putaran-opd/{step}", agencies="bap\0peda", checked="y", password=PASSWORD)
    assert answer.status_code == 422 and "Pilih OPD dari daftar." in answer.get_data(as_text=True)


def test_what_a_successor_took_over_counts_for_no_agency_of_the_list(client, session):
    """Two agencies shared one item; after their merger one holds it, and it does not disagree with itself."""
    from assessments import answering, sharing
    from assessments.workflow import advance
    from tests.assessments.test_succeeding import do

    city = build.city(session)
    period = build.draft(session, city)
    first, second, others = (city.agencies[key] for key in ("bappeda", "dinkes", "kominfo"))
    manager = city.actor("round_manager")
    held = {item.code: (first, [second]) if item.code == "I12" else (others, []) for item in period.instrument.items}
    sharing.share_all(session, build.assessment_of(session, period), held, manager)
    advance(period, "open", manager)
    build.answered(session, city, period, "I12")
    theirs = build.contribution(session, period, second, "I12")
    answering.answer(theirs, city.actor("operator_other"), 2, "Fakta lain.", "Analisis lain.", theirs.version)
    session.flush()
    do(session, city, [first], [second])
    session.commit()
    where = Round(city, period, period.slug, city.instansi.slug)
    page = text_of(as_(client, session, where, "round_manager"), f"{where.base}/klaim")
    row = page[: page.rindex("/klaim/I13")].rpartition("/klaim/I12")[2]
    assert "1 dari 1 OPD" in row and "Nilai berbeda" not in row, row
