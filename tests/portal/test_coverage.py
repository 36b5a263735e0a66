"""Coverage on the page of an item and where the claim is made from what several agencies said."""

import re

from sqlalchemy import select

from assessments import sharing
from assessments.models import Contribution, Submission
from tests import builders as build
from tests.portal.round_pages import as_, begun, send, statements

ITEM = "/penilaian/2026/indikator/I12"


def shared_out(session):
    """I12 is led by bappeda and supported by dinkes and kominfo."""
    where = begun(session)
    agencies = where.city.agencies
    sharing.share_out(session, where.assessment(session), "I12", agencies["bappeda"], [agencies["dinkes"], agencies["kominfo"]],
                      where.city.actor("round_manager"))
    session.commit()
    return where


def answer_of(session, agency) -> Contribution:
    session.rollback()
    return session.scalar(
        select(Contribution).join(Contribution.submission)
        .where(Contribution.item == "I12", Submission.organization_id == agency.id)
    )


def test_the_operator_gives_the_figure_where_several_agencies_hold_the_item(client, session):
    where = shared_out(session)
    operator = as_(client, session, where, "operator")
    assert 'name="coverage"' in operator.get(ITEM).get_data(as_text=True)
    assert 'name="coverage"' not in operator.get("/penilaian/2026/indikator/I01").get_data(as_text=True)
    fields = {"value": "3", "facts": "Seluruh OPD.", "analysis": "A.", "then": "stay"}
    wrong = send(operator, ITEM, **fields, coverage="banyak")
    page = wrong.get_data(as_text=True)
    assert wrong.status_code == 422 and "28 dari 34 OPD" in page and 'value="banyak"' in page
    assert send(operator, ITEM, **fields, coverage="28/34 OPD").status_code == 302
    assert answer_of(session, where.city.agencies["bappeda"]).coverage == "28 dari 34 OPD"
    page = operator.get(ITEM).get_data(as_text=True)
    assert 'value="28 dari 34 OPD"' in page and "tetapi cakupannya 28 dari 34 OPD" in page
    stale = send(operator, ITEM, **fields, coverage="30 dari 34 OPD", version="1")
    assert stale.status_code == 409 and "Cakupan" in stale.get_data(as_text=True)


def test_the_figure_is_saved_by_itself_and_a_half_typed_one_holds_up_no_text(client, session):
    where = shared_out(session)
    operator = as_(client, session, where, "operator")
    assert 'data-fields="value facts analysis coverage"' in operator.get(ITEM).get_data(as_text=True)
    fields = {"value": "3", "facts": "Seluruh OPD.", "analysis": "A."}

    def saved(**more):
        form = build.form(operator, ITEM, **fields, **more)
        return operator.post(f"{ITEM}/simpan-otomatis", data=form, headers={"Accept": "application/json"})

    half = saved(coverage="28 dar")
    assert half.status_code == 200 and half.json["note"].startswith("Cakupan belum tersimpan: Tulis seperti 28 dari 34 OPD")
    assert (answer_of(session, where.city.agencies["bappeda"]).facts, answer_of(session, where.city.agencies["bappeda"]).coverage) == (
        "Seluruh OPD.", None)
    assert saved(coverage="28 dari 34 OPD").json["note"] == ""
    stored = answer_of(session, where.city.agencies["bappeda"])
    assert stored.coverage == "28 dari 34 OPD" and len(stored.revisions) == 1
    old = saved(coverage="30 dari 34 OPD", version="1")
    assert old.status_code == 409 and old.json["theirs"]["coverage"] == "28 dari 34 OPD"


def test_the_claim_page_counts_who_has_answered_and_leads_to_the_reminder(client, session):
    where = shared_out(session)
    build.answered(session, where.city, where.period, "I12", value=3)
    session.commit()
    answer_of(session, where.city.agencies["bappeda"]).coverage = "28 dari 34 OPD"
    session.commit()
    manager = as_(client, session, where, "round_manager")
    page = manager.get(where.claim()).get_data(as_text=True)
    assert "<b>1 dari 3 OPD</b>" in page and "Belum ada jawaban: Dinkes, Kominfo" in page.replace("\n", "")
    assert "28 dari 34 OPD" in page and "Instansi ini punya 3 OPD seluruhnya" in page
    remind = re.search(r'href="([^"]*/pengingat\?[^"]*)"', page).group(1).replace("&amp;", "&")
    assert remind.count("isian=") == 2
    chosen = manager.get(remind).get_data(as_text=True)
    assert len(re.findall(r'name="isian"[^>]*checked', chosen)) == 2 or "pengingat" in chosen.lower()
    assert "1 dari 3 OPD menjawab" in manager.get(f"{where.base}/klaim").get_data(as_text=True)


def test_who_only_reads_finds_the_count_without_the_reminder(client, session):
    where = shared_out(session)
    reader = as_(client, session, where, "inspector")
    page = reader.get(where.claim()).get_data(as_text=True)
    assert "<b>0 dari 3 OPD</b>" in page and "/pengingat?" not in page


def test_the_pages_stay_within_ten_statements(client, session):
    where = shared_out(session)
    for who, url in (("operator", ITEM), ("round_manager", where.claim())):
        one = as_(client, session, where, who)
        one.get(url)
        with statements() as made:
            one.get(url)
        assert len(made) <= 10, (who, made)
