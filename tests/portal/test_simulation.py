"""S83: what reaches the next predicate, values on trial, what each reader may start from, and what is aimed at."""

import csv
import io
import re
from fractions import Fraction

import pytest
from sqlalchemy import select

from assessments import claiming, judging, whatif
from assessments.aiming import Aim, set_aims
from assessments.instruments import load
from assessments.models import AuditEntry, TargetLevel
from assessments.models.period import LOCAL_FIGURE
from assessments.scoring import score
from assessments.simulating import simulate
from assessments.workflow import Forbidden
from tests import builders as build
from tests.portal import local_round
from tests.portal.result_pages import denpasar, judged_denpasar, levels
from tests.portal.round_pages import statements

SPBE = load("permenpanrb-59-2020")


def as_(client, session, where, who):
    people = where.outside.people if who in ("assessor", "panel_lead", "reviewer") else where.city.people
    return build.sign_in(client, session, people[who])


def place(where) -> str:
    return f"/pimpinan/simulasi/{where.slug}/{where.subject}"


def page(client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def table(client, url: str) -> list[dict]:
    text = page(client, url).lstrip("\ufeff")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_the_cheapest_set_of_the_page_reaches_the_predicate_by_score(client, session):
    where = judged_denpasar(session)
    as_(client, session, where, "executive")
    html = page(client, "/pimpinan/simulasi")
    assert "3,19" in html and "Kurang <b>0,3075</b> untuk Sangat Baik" in html and "Upaya 33, indeks menjadi 3,5" in html
    rows = table(client, place(where) + "/tabel.csv")
    assert len(rows) == 47
    numbers = {item.number: item.code for item in SPBE.items}
    steps = {numbers[row["Nomor"]]: Fraction(row["Menjadi (cara termurah)"]) for row in rows if row["Menjadi (cara termurah)"]}
    assert steps and score(SPBE, levels("external") | steps).predicate().name == "Sangat Baik"
    assert f'href="{place(where)}' in page(client, "/pimpinan") and f'href="{place(where)}"' in page(client, f"/hasil/{where.slug}/{where.subject}")


def test_typed_values_count_wrong_ones_are_told_and_the_address_is_the_state(client, session):
    where = judged_denpasar(session)
    as_(client, session, where, "executive")
    html = page(client, place(where) + "?I12=5&I13=9&I14=abc&sasaran=5")
    wanted = score(SPBE, levels("external") | {"I12": Fraction(5)}).index
    assert f"<b>{wanted.numerator / wanted.denominator:.2f}".replace(".", ",") in html
    assert html.count('aria-invalid="true"') == 2 and 'value="9"' in html and 'value="abc"' in html
    assert "indikator 13" in html.lower() and "I12=5" in re.search(r'href="([^"]+)">Tautan simulasi ini', html).group(1)
    answer = client.get(place(where) + "?I01=&I12=5&sasaran=")
    assert answer.status_code == 302 and answer.headers["Location"] == place(where) + "?I12=5"
    for odd in ("?sasaran=99&I12=%00", "?sasaran=x&batas=apa", "?I12=" + "9" * 300, "?I99=5"):
        page(client, place(where) + odd)


def test_it_is_a_pure_function_and_the_impossible_is_said(client, session):
    where = judged_denpasar(session)
    tops = {item.code: 1 for item in SPBE.items}
    found = simulate(SPBE, levels("external"), {}, tops=tops)
    assert found.way is None and found.highest == found.index == score(SPBE, levels("external")).index
    assert simulate(SPBE, levels("external"), {"I12": Fraction(5)}) == simulate(SPBE, levels("external"), {"I12": Fraction(5)})
    manager = where.city.actor("round_manager")
    set_aims(where.assessment, {item.code: Aim("1", "", 0) for item in SPBE.items}, manager)
    session.commit()
    as_(client, session, where, "executive")
    html = page(client, place(where) + "?batas=sasaran")
    assert "Tidak dapat dicapai." in html and "indeks menjadi 3,19" in html
    assert "Tidak dapat dicapai." not in page(client, place(where))


def test_an_agency_starts_from_its_own_items_until_the_result_is_published(client, session):
    where = judged_denpasar(session, publish=False)
    as_(client, session, where, "operator")
    rows = {row["Nomor"]: row["Nilai awal"] for row in table(client, place(where) + "/tabel.csv")}
    assert {number for number, value in rows.items() if value} == {"1", "12"}
    claimed = levels("self_assessed")
    assert rows["1"] == str(claimed["I01"]) and rows["12"] == str(claimed["I12"])
    html = page(client, place(where))
    assert "3,19" not in html and "Nilai 45 butir" in html and "Rentang sementara" not in html


def test_an_agency_starts_from_the_whole_result_once_it_is_published(client, session):
    where = judged_denpasar(session)
    as_(client, session, where, "operator")
    assert "3,19" in page(client, place(where))


def test_only_the_panel_sees_what_is_confirmed_while_judging_and_drafts_are_in_no_page(client, session):
    where = denpasar(session, document_stage=True)
    panel = where.outside
    judging.write_judgement(where.assessment.claim("I12"), panel.actor("assessor"), Fraction(1), "F.", "A.", "J.", "", 0)
    session.commit()
    for who in ("round_manager", "operator", "executive", "coordinator"):
        as_(client, session, where, who)
        html = page(client, place(where))
        assert "Rentang sementara" not in html, who
    as_(client, session, where, "panel_lead")
    html = page(client, place(where))
    claimed = score(SPBE, levels("self_assessed")).index
    assert f"diklaim <b class=\"num\">{float(claimed):.2f}".replace(".", ",") in html and "0 dari 47 butir sudah diputuskan" in html
    known = whatif.known(session, where.assessment, panel.actor("panel_lead"))
    assert known.span.confirmed == 1 and known.span.claimed == claimed
    for who in ("assessor", "reviewer"):
        as_(client, session, where, who)
        page(client, place(where), 403)
        page(client, "/pimpinan/simulasi", 403)


def test_decided_items_move_the_lower_end_for_the_panel_alone(client, session):
    where = denpasar(session, document_stage=True)
    build.closed(session, where.assessment, where.outside, levels("external"))
    session.commit()
    known = whatif.known(session, where.assessment, where.outside.actor("panel_lead"))
    assert known.span.confirmed == score(SPBE, levels("external")).index and known.span.count == 47
    assert whatif.known(session, where.assessment, where.city.actor("round_manager")).span is None
    assert whatif.known(session, where.assessment, where.city.actor("executive")).values == {}


def test_while_approving_the_range_runs_from_what_is_approved_to_what_is_claimed(client, session):
    city = build.city(session)
    period = build.opened(session, city)
    assessment = build.assessment_of(session, period)
    writer, boss = city.actor("round_manager"), city.actor("responsible_officer")
    for item, value in (("I01", 4), ("I12", 5)):
        claim = claiming.write_claim(assessment, item, writer, Fraction(value), "Fakta.", "Analisis.", 0)
        session.flush()
        claiming.propose(claim, writer)
    claiming.approve(assessment.claim("I01"), boss, assessment.claim("I01").revision_n)
    session.commit()
    low = score(SPBE, {"I01": Fraction(4)}, partial=True).index
    high = score(SPBE, {"I01": Fraction(4), "I12": Fraction(5)}, partial=True).index
    found = whatif.known(session, assessment, writer).span
    assert (found.confirmed, found.claimed, found.count) == (low, high, 1)
    build.sign_in(client, session, city.people["coordinator"])
    for url in ("/pimpinan", "/pimpinan/simulasi"):
        html = page(client, url)
        assert "Rentang sementara" in html and "1 dari 47 butir sudah disetujui" in html, url
        with statements() as seen:
            client.get(url)
        assert len(seen) <= 10, (url, len(seen), "\n".join(seen))
    for who in ("executive", "operator"):
        build.sign_in(client, session, city.people[who])
        assert "Rentang sementara" not in page(client, "/pimpinan") and "Rentang sementara" not in page(client, "/pimpinan/simulasi")


@pytest.mark.parametrize("who", ["executive", "operator", "round_manager", "panel_lead"])
def test_a_page_takes_few_statements(client, session, who):
    where = judged_denpasar(session)
    build.opened(session, where.city, slug="2026")
    set_aims(where.assessment, {item.code: Aim("5", "2", 0) for item in SPBE.items}, where.city.actor("round_manager"))
    session.commit()
    as_(client, session, where, who)
    places = ["/pimpinan/simulasi", place(where) + "?I12=5", place(where) + "/tabel.csv"]
    for url in places + ([place(where) + "/sasaran"] if who in ("operator", "round_manager") else []):
        client.get(url)
        with statements() as seen:
            assert client.get(url).status_code == 200
        assert len(seen) <= 10, (url, len(seen), "\n".join(seen))


def test_a_local_round_says_so_beside_its_figure(client, session):
    city = build.city(session)
    period = local_round.local_round(session, city)
    session.commit()
    build.sign_in(client, session, city.people["round_manager"])
    at = f"/pimpinan/simulasi/{period.slug}/{city.agencies['bappeda'].slug}"
    assert LOCAL_FIGURE in page(client, at)
    assert {row["Keterangan"] for row in table(client, at + "/tabel.csv")} == {LOCAL_FIGURE}


# ---------------------------------------------------------------- what is aimed at


def sent(client, where, **fields):
    url = place(where) + "/sasaran"
    return client.post(url, data=build.form(client, url, **{name.replace("_", "-"): value for name, value in fields.items()}))


def rows_of(session) -> dict:
    session.rollback()
    return {row.item: (row.level, row.effort) for row in session.scalars(select(TargetLevel))}


def test_the_manager_sets_levels_and_an_agency_weighs_only_what_it_leads(client, session):
    where = judged_denpasar(session)
    as_(client, session, where, "round_manager")
    assert sent(client, where, level_I12="4", effort_I12="2", level_I20="5", effort_I20="").status_code == 302
    assert rows_of(session) == {"I12": (4, 2), "I20": (5, None)}
    as_(client, session, where, "operator")
    html = page(client, place(where) + "/sasaran")
    assert 'name="effort-I12"' in html and 'name="effort-I20"' not in html and "level-I12" not in html
    answer = sent(client, where, effort_I12="5", level_I12="1", effort_I20="1", seen_I20="1", effort_I01="")
    assert answer.status_code == 302 and rows_of(session) == {"I12": (4, 5), "I20": (5, None)}
    with pytest.raises(Forbidden):
        set_aims(where.assessment, {"I20": Aim("", "1", 1)}, where.city.actor("operator"))
    assert session.scalar(select(AuditEntry.seq).where(AuditEntry.payload.contains("target_level")).limit(1)) is not None
    as_(client, session, where, "executive")
    assert "<td" in page(client, place(where)) and page(client, place(where) + "/sasaran", 403)


def test_wrong_aims_are_all_told_at_once_and_stale_ones_stand_side_by_side(client, session):
    where = judged_denpasar(session)
    as_(client, session, where, "round_manager")
    answer = sent(client, where, level_I12="9", effort_I12="x", level_I01="5")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422 and html.count('aria-invalid="true"') == 2 and rows_of(session) == {}
    assert "Sasaran indikator 12: pilih 1 sampai 5." in html and 'value="9" selected' in html
    url = place(where) + "/sasaran"
    stale = build.form(client, url, **{"level-I12": "4", "effort-I12": ""})
    assert sent(client, where, level_I12="3", effort_I12="1").status_code == 302
    answer = client.post(url, data=stale)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 409 and "Tersimpan sekarang: sasaran 3, upaya 1" in html and rows_of(session) == {"I12": (3, 1)}
    again = dict(re.findall(r'name="(seen-I12)" value="(\d+)"', html))
    assert client.post(url, data=stale | again).status_code == 302 and rows_of(session) == {"I12": (4, None)}


@pytest.mark.parametrize("items", [1, 47])
def test_a_save_takes_as_many_statements_for_one_item_as_for_all(client, session, items):
    where = judged_denpasar(session)
    as_(client, session, where, "round_manager")
    chosen = [item.code for item in SPBE.items][:items]
    for level in ("4", "5"):  # the first save makes the rows, the second changes them
        fields = build.form(client, place(where) + "/sasaran", **{f"{name}-{code}": level for code in chosen for name in ("level", "effort")})
        with statements() as seen:
            assert client.post(place(where) + "/sasaran", data=fields).status_code == 302
        assert len(seen) <= 14, (level, len(seen), "\n".join(seen))
