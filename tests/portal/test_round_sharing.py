"""S27: who answers what; proposed, one by one, several at once; and how far everybody is."""

import pytest
from sqlalchemy import func, select

from assessments import checking, sharing, staffing
from assessments.actors import SYSTEM
from assessments.models import Contribution, Share
from tests import builders as build
from tests.portal.round_pages import as_, begun, drafted, send, statements


def shares(session, item: str = "I01") -> dict[str, str]:
    session.rollback()
    session.expire_all()
    return {share.organization.slug: share.part for share in session.scalars(select(Share).where(Share.item == item))}


def lead_count(session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).where(Share.part == "lead"))


@pytest.mark.parametrize("who", ["operator", "head", "internal_assessor", "responsible_officer", "inspector"])
def test_those_inside_read_who_answers_what_and_cannot_change_it(client, session, who):
    where = begun(session)
    as_(client, session, where, who)
    page = client.get(f"{where.base}/penugasan")
    assert page.status_code == 200 and "Bappeda" in page.get_data(as_text=True)
    assert "Tetapkan OPD utama" not in page.get_data(as_text=True)
    one = client.get(f"{where.base}/penugasan/I12")
    assert one.status_code == 200 and "Simpan penugasan" not in one.get_data(as_text=True)
    for door in ("penugasan/I12", "penugasan/usulan", "penugasan/sekaligus"):
        assert send(client, f"{where.base}/{door}", lead="dinkes", items="I12").status_code == 403
    assert shares(session, "I12") == {"bappeda": "lead"}


@pytest.mark.parametrize(("who", "status"), [("executive", 403), ("system_admin", 403), ("inventory_manager", 404)])
def test_others_do_not(client, session, who, status):
    where = begun(session)
    as_(client, session, where, who)
    assert client.get(f"{where.base}/penugasan").status_code == status
    assert send(client, f"{where.base}/penugasan/I12", lead="dinkes").status_code == status


def test_the_first_proposal_fills_what_nobody_has_and_nothing_else(client, session):
    where = drafted(session)
    assessment = where.assessment(session)
    sharing.share_out(session, assessment, "I01", where.city.agencies["dinkes"], [], where.city.actor("round_manager"))
    session.commit()
    as_(client, session, where, "round_manager")
    page = f"{where.base}/penugasan"
    assert "46 butir belum dibagikan" in client.get(page).get_data(as_text=True)
    assert send(client, f"{page}/usulan", page).status_code == 302
    told = client.get(page).get_data(as_text=True)
    assert "dibagikan menurut usulan awal" in told and "Tidak ada OPD yang cocok" in told
    assert shares(session, "I01") == {"dinkes": "lead"}
    assert shares(session, "I02")
    once = lead_count(session)
    assert send(client, f"{page}/usulan", page).status_code == 302 and lead_count(session) == once


def test_one_item_gets_a_lead_and_any_number_of_supporters(client, session):
    where = begun(session)
    as_(client, session, where, "round_manager")
    page = f"{where.base}/penugasan/I01"
    assert send(client, page, lead="dinkes", supporting=["bappeda", "kominfo", "dinkes"]).status_code == 302
    assert shares(session) == {"dinkes": "lead", "bappeda": "supporting", "kominfo": "supporting"}
    html = client.get(page).get_data(as_text=True)
    assert '<option value="dinkes" selected>' in html
    assert send(client, page, lead="", supporting=[]).status_code == 302 and shares(session) == {}
    assert "1 belum punya OPD utama" in client.get(f"{where.base}/penugasan").get_data(as_text=True)


@pytest.mark.parametrize(
    "fields", [{"lead": "tidak-ada"}, {"lead": "../x"}, {"lead": "bappeda", "supporting": ["dinkes", "hantu"]}], ids=str
)
def test_agencies_that_are_not_on_the_list_are_refused(client, session, fields):
    where = begun(session)
    abroad = build.city(session, "Kota Lain")
    session.commit()
    as_(client, session, where, "round_manager")
    assert send(client, f"{where.base}/penugasan/I01", **fields).status_code == 422
    foreign = abroad.agencies["dinkes"].slug
    assert send(client, f"{where.base}/penugasan/I01", lead=foreign).status_code == 422
    assert shares(session) == {"bappeda": "lead"}
    assert send(client, f"{where.base}/penugasan/I99", lead="dinkes").status_code == 404


def test_what_was_begun_cannot_be_taken_away(client, session):
    where = begun(session)
    build.answered(session, where.city, where.period, "I01")
    session.commit()
    as_(client, session, where, "round_manager")
    answer = send(client, f"{where.base}/penugasan/I01", lead="dinkes")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "sudah mengisi indikator 1" in text
    assert '<option value="dinkes" selected>' in text, "what was chosen stays chosen"
    assert shares(session) == {"bappeda": "lead"}


def test_several_ticked_items_get_one_lead_and_those_who_began_support(client, session):
    where = begun(session)
    build.answered(session, where.city, where.period, "I01")
    session.commit()
    as_(client, session, where, "round_manager")
    page = f"{where.base}/penugasan"
    assert send(client, f"{page}/sekaligus", page, items=["I01", "I12", "I13"], lead="dinkes").status_code == 302
    assert shares(session, "I01") == {"dinkes": "lead", "bappeda": "supporting"}
    assert shares(session, "I12") == {"dinkes": "lead"} and shares(session, "I13") == {"dinkes": "lead"}
    for wrong in ({"items": [], "lead": "dinkes"}, {"items": ["I01"], "lead": ""}, {"items": ["X"], "lead": "dinkes"}):
        assert send(client, f"{page}/sekaligus", page, **wrong).status_code == 422


def test_a_signed_part_is_not_enlarged_and_a_sent_assessment_is_still(client, session):
    where = begun(session)
    build.signed(session, where.city, where.period)
    session.commit()
    as_(client, session, where, "round_manager")
    answer = send(client, f"{where.base}/penugasan/I02", lead="bappeda")
    assert answer.status_code == 422 and "sudah ditandatangani" in answer.get_data(as_text=True)
    where.assessment(session).state = "sent"
    session.commit()
    assert send(client, f"{where.base}/penugasan/I02", lead="dinkes").status_code == 409
    assert "Tetapkan OPD utama" not in client.get(f"{where.base}/penugasan").get_data(as_text=True)


def test_an_item_added_to_a_returned_part_can_be_answered(client, session):
    where = begun(session)
    made = build.signed(session, where.city, where.period)
    made.state = "returned"
    session.commit()
    as_(client, session, where, "round_manager")
    assert send(client, f"{where.base}/penugasan/I02", lead="bappeda").status_code == 302
    session.rollback()
    session.expire_all()
    added = session.scalar(select(Contribution).where(Contribution.submission_id == made.id, Contribution.item == "I02"))
    assert build.answering.answer(added, where.city.actor("operator"), None, "Fakta.", "", added.version)


def test_progress_says_where_everybody_is(client, session):
    where = begun(session)
    build.answered(session, where.city, where.period, "I12")
    session.commit()
    as_(client, session, where, "coordinator")
    page = client.get(where.base).get_data(as_text=True)
    assert "1 dari 47 isian siap diperiksa" in page and "sementara" in page
    assert "0 klaim, 1 perkiraan dari OPD utama, 46 kosong" in page and "Dinas Komunikasi" in page
    assert client.get(f"/pengelolaan/{where.slug}").status_code == 200


@pytest.mark.parametrize(("who", "status"), [("operator", 403), ("head", 403), ("operator_other", 404), ("executive", 404),
                                             ("system_admin", 403), ("inventory_manager", 404)])
def test_the_summary_is_for_the_team(client, session, who, status):
    where = begun(session)
    as_(client, session, where, who)
    assert client.get(where.base).status_code == status
    assert client.get(f"/pengelolaan/{where.slug}").status_code == status


def test_pages_and_saves_weigh_the_same_for_three_and_fifty_agencies(client, session):
    where = begun(session)
    as_(client, session, where, "round_manager")
    pages = (where.base, f"{where.base}/penugasan", f"{where.base}/penugasan/I01", where.calendar)
    few = []
    for page in pages:
        client.get(page)
        with statements() as seen:
            client.get(page)
        few.append(len(seen))
    made = [
        staffing.add_organization(session, SYSTEM, name=f"Dinas {n}", short_name=f"D{n}", kind="dinas",
                                  instansi=where.city.instansi, code=f"2.{n:02d}")
        for n in range(50)
    ]
    session.flush()
    sharing.share_all(session, where.assessment(session), {"I30": (made[0], made[1:])}, where.city.actor("round_manager"))
    session.commit()
    for page, before in zip(pages, few, strict=True):
        with statements() as seen:
            client.get(page)
        assert len(seen) <= min(before, 10), page
    with statements() as small:
        send_one = send(client, f"{where.base}/penugasan/I02", lead="d1")
    with statements() as large:
        send_many = send(client, f"{where.base}/penugasan/I03", lead="d1", supporting=[f"d{n}" for n in range(2, 50)])
    assert send_one.status_code == send_many.status_code == 302
    # One chain for each agency touched (three statements each) is the price of never waiting for each other.
    def asked(seen):
        return [text for text in seen if text.startswith("SELECT") and "audit_head" not in text]

    assert len(asked(large)) <= len(asked(small)) + 1, "rows made together ask for their numbers once"


@pytest.mark.parametrize("key", ["permenpanrb-5-2018", "permenpanrb-8-2026"])
def test_a_pack_without_usual_owners_offers_no_first_proposal(client, session, key):
    where = drafted(session, key=key)
    as_(client, session, where, "round_manager")
    page = f"{where.base}/penugasan"
    html = client.get(page).get_data(as_text=True)
    assert "Instrumen ini belum punya usulan awal." in html and "Terapkan usulan awal" not in html
    assert send(client, f"{page}/usulan", page).status_code == 302
    told = client.get(page).get_data(as_text=True)
    assert "0 indikator dibagikan" not in told and "Tidak ada OPD yang cocok untuk indikator" not in told
    assert lead_count(session) == 0


def test_the_agency_and_the_team_read_the_same_counts_of_the_same_items(client, session, app):
    where = begun(session)
    by = where.city.actor("operator")
    part = build.contribution(session, where.period, where.city.agencies["bappeda"], "I12")
    build.answering.answer(part, by, build.Fraction(3), "", "", part.version)
    session.commit()
    operator = as_(app.test_client(), session, where, "operator").get(f"/penilaian/{where.slug}")
    team = as_(client, session, where, "round_manager").get(where.base)
    for page in (operator, team):
        html = page.get_data(as_text=True)
        assert "1 perlu dilengkapi atau ditinjau" in html and "1 sedang diisi" not in html


def test_a_part_the_head_gave_back_reads_as_one_to_mend(client, session):
    where = begun(session)
    part = build.ready(session, where.city, where.period)
    checking.send_back(part, where.city.actor("head"), "Lengkapi.", ["I12"])
    session.commit()
    as_(client, session, where, "round_manager")
    for page in (where.base, where.calendar):
        row = client.get(page).get_data(as_text=True).split("Badan Perencanaan")[-1].split("</tr>")[0]
        assert "Perlu perbaikan" in row and "Sedang diisi" not in row, page
