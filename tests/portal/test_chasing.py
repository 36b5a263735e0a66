"""S40 and S41: progress beside its plan and the matrix of agencies and items, the same cost for two agencies as for sixty."""

import csv
import gzip
import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from sqlalchemy import select

from assessments import attesting, sharing, staffing
from assessments.actors import SYSTEM
from assessments.chasing import Planner
from assessments.models import Contribution, Holiday, Submission
from assessments.progress import progress
from tests import builders as build
from tests.portal.chase_pages import WEDNESDAY, as_, at, chased, pages
from tests.portal.round_pages import drafted, statements

LARGEST = 60 * 1024  # U-24


def part_of(session, where, agency: str = "bappeda") -> Submission:
    session.rollback()
    return build.submission(session, where.period, where.city.agencies[agency])


def _answered(session, where, *items: str) -> None:
    with at(WEDNESDAY):
        for item in items:
            build.answered(session, where.city, where.period, item)


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


# ---------------------------------------------------------------- the plan


def test_the_plan_is_the_share_of_working_days_that_are_over(session):
    where = chased(session, opens=datetime(2026, 10, 25, 16, tzinfo=UTC), closes=datetime(2026, 11, 6, 15, 59, 59, tzinfo=UTC))
    with at(WEDNESDAY):  # Monday 26 October to Friday 6 November: ten working days, seven of them over on Wednesday 4
        plan = Planner(session, where.period).plan()
        assert (plan.gone, plan.days, plan.over) == (7, 10, False)
        session.add(Holiday(day=datetime(2026, 10, 27).date(), name="Libur", kind="national"))
        session.flush()
        plan = Planner(session, where.period).plan()
        assert (plan.gone, plan.days) == (6, 9)
        assert (plan.expected(47), plan.expected(2)) == (31, 1)


@pytest.mark.parametrize(("moment", "gone"), [
    (datetime(2026, 10, 25, 15, 0, tzinfo=UTC), 0),  # a Sunday before it opens
    (datetime(2026, 10, 26, 3, 0, tzinfo=UTC), 0),
    (datetime(2026, 11, 6, 15, 59, 59, tzinfo=UTC), 9),
])
def test_the_plan_begins_at_nothing_and_ends_with_the_deadline(session, moment, gone):
    where = chased(session, opens=datetime(2026, 10, 25, 16, tzinfo=UTC), closes=datetime(2026, 11, 6, 15, 59, 59, tzinfo=UTC))
    with at(moment):
        assert Planner(session, where.period).plan().gone == gone
    with at(datetime(2026, 11, 6, 16, 0, tzinfo=UTC)):
        assert Planner(session, where.period).plan().share == 1


def test_an_agency_is_late_by_its_own_deadline_and_never_once_it_has_handed_over(session):
    where = chased(session)
    part = part_of(session, where)
    with at(WEDNESDAY):
        planner = Planner(session, where.period)

        def late() -> bool:
            session.expire_all()
            return next(planner.standing(one) for one in progress(session, where.period) if one.submission.id == part.id).late

        planner.moment = WEDNESDAY + timedelta(days=8)
        assert late()
    sharing.extend(where.period, "self_assessment", WEDNESDAY + timedelta(days=90), "Banjir.", where.city.actor("round_manager"), part)
    session.flush()
    planner = Planner(session, where.period)
    planner.moment = WEDNESDAY + timedelta(days=8)
    assert not late()
    for item in build.TWO_ITEMS:
        build.answered(session, where.city, where.period, item)
    made = build.submission(session, where.period, where.city.agencies["bappeda"])
    from assessments import answering

    answering.hand_to_head(made, where.city.actor("operator"))
    session.flush()
    planner.moment = WEDNESDAY + timedelta(days=200)
    assert late(), "past its deadline the head's signature is still missing"
    attesting.attest(made, where.city.actor("head"), attesting.frozen_submission(made).sha256)
    session.flush()
    assert not late()


# ---------------------------------------------------------------- S40


def test_every_number_of_the_progress_opens_the_rows_behind_it_and_their_sum_agrees(client, session):
    """U-83."""
    where = chased(session)
    _answered(session, where, "I12")
    as_(client, session, where, "coordinator")
    with at(WEDNESDAY + timedelta(days=7)):
        page = pages(where)["progress"]
        html = client.get(page).get_data(as_text=True)
        assert "Batas akhir" in html and "WITA" in html and "<svg" in html
        total = int(re.search(r"1 dari (\d+) butir siap", text_of(client.get(page))).group(1))
        assert total == len(where.period.instrument.items)
        counts = re.findall(r'href="\?saring=([\w-]+)"[^>]*>([^<]+) <span class="num">(\d+)', html)
        assert [code for code, _label, _count in counts] == [
            "terlambat", "terisi", "perbaikan", "menunggu-kepala", "ditandatangani", "diterima"
        ]
        for code, _label, count in counts:
            shown = client.get(f"{page}?saring={code}").get_data(as_text=True)
            assert shown.count('class="rowlink"') == int(count), code
        assert "1 dari 2" in text_of(client.get(f"{page}?saring=terisi"))


def test_a_round_without_agencies_says_what_to_do(client, session):
    from tests.portal.round_pages import drafted

    where = drafted(session)
    as_(client, session, where, "round_manager")
    for name in ("progress", "matrix"):
        assert "Belum ada OPD yang mendapat butir" in client.get(pages(where)[name]).get_data(as_text=True)


# ---------------------------------------------------------------- S41


def test_the_matrix_is_a_table_with_heads_whose_cells_are_words_not_colours(client, session):
    where = chased(session)
    _answered(session, where, "I12")
    as_(client, session, where, "inspector")
    with at(WEDNESDAY):
        html = client.get(pages(where)["matrix"]).get_data(as_text=True)
        part = part_of(session, where)
        cell = re.search(rf'<a class="k-ready u" href="matriks/{part.id}/I12" aria-label="([^"]+)">S</a>', html)
        assert cell.group(1) == "Siap diperiksa, OPD utama; Bappeda, butir 12"
        assert html.count('<th scope="row">') == 3 and html.count('<th scope="col">') == len(where.period.instrument.items) + 2
        assert html.count('scope="colgroup"') == 8
        assert "1/2" in html
        assert client.get(f"{pages(where)['matrix']}?tampil=tingkat").get_data(as_text=True).count(">3</a>") == 1


def test_filters_of_the_matrix_leave_rows_and_columns_out(client, session):
    where = chased(session)
    _answered(session, where, *build.TWO_ITEMS)
    as_(client, session, where, "round_manager")
    with at(WEDNESDAY + timedelta(days=7)):
        page = pages(where)["matrix"]
        assert "Bappeda" in client.get(page).get_data(as_text=True)
        late = client.get(f"{page}?terlambat=1").get_data(as_text=True)
        assert ">Kominfo<" in late and ">Bappeda<" not in late
        first = client.get(f"{page}?domain=1").get_data(as_text=True)
        assert '"Kebijakan Internal' in first or first.count('<th scope="col">') == 12
        assert client.get(f"{page}?domain=99").status_code == client.get(f"{page}?domain=x&tampil=y").status_code == 200


def test_a_cell_leads_to_the_answer_and_to_a_reminder(client, session):
    where = chased(session)
    part = part_of(session, where)
    as_(client, session, where, "round_manager")
    with at(WEDNESDAY):
        html = client.get(f"{pages(where)['matrix']}/{part.id}/I12").get_data(as_text=True)
        assert f"/pengingat?isian={part.id}" in html and "/verifikasi/" in html and "OPD utama" in html
        assert "belum pernah diingatkan" in html
        assert client.get(f"{pages(where)['matrix']}/{part.id}").get_data(as_text=True).count('class="rowlink"') == 2
    as_(client, session, where, "internal_assessor")
    assert "/pengingat?isian=" not in client.get(f"{pages(where)['matrix']}/{part.id}/I12").get_data(as_text=True)


def test_AC_04_parts_and_items_of_elsewhere_are_not_found(client, session):
    where = chased(session)
    part, other = part_of(session, where), build.opened(session, where.city, slug="lain", term=2)
    foreign = build.submission(session, other, where.city.agencies["bappeda"])
    abroad = build.city(session, "Kota Lain")
    build.opened(session, abroad, slug="luar")
    as_(client, session, where, "round_manager")
    page = pages(where)["matrix"]
    for address in (f"{page}/{foreign.id}", f"{page}/{foreign.id}/I12", f"{page}/{part.id}/I02", f"{page}/{part.id}/X", f"{page}/999999",
                    "/pengelolaan/luar/matriks", "/pengelolaan/luar/kemajuan"):
        assert client.get(address).status_code == 404, address


# ---------------------------------------------------------------- what it costs


def _crowd(session, where, agencies: int) -> None:
    """This many agencies support every item, all of it filled, with names as long as they are."""
    made = []
    for n in range(agencies):
        made.append(staffing.add_organization(
            session, SYSTEM, name=f"Dinas Pekerjaan Umum dan Penataan Ruang Wilayah {n}", short_name=f"Dinas PUPR {n}",
            kind="dinas", instansi=where.city.instansi, code=f"pupr-{n}",
        ))
    session.flush()
    assessment = build.assessment_of(session, where.period)
    wanted = {item.code: (where.city.agencies["bappeda"], made) for item in where.period.instrument.items}
    sharing.share_all(session, assessment, wanted, where.city.actor("round_manager"))
    states = ("empty", "filling", "ready", "returned", "needs_review")
    for n, row in enumerate(session.scalars(select(Contribution))):
        row.state = states[(n * 7 + n // 47) % 5]
    session.commit()


def test_matrix_and_progress_of_sixty_agencies_stay_small_and_cost_no_more_statements(client, session):
    """U-24."""
    where = chased(session)
    as_(client, session, where, "round_manager")
    there = pages(where)

    def cost(page: str) -> tuple[int, bytes]:
        client.get(page)
        with statements() as seen:
            answer = client.get(page)
        assert answer.status_code == 200
        return len(seen), answer.get_data()

    few = {name: cost(there[name])[0] for name in ("progress", "matrix", "remind")}
    _crowd(session, where, 59)
    for name, before in few.items():
        count, body = cost(there[name])
        assert count == before <= 10, name
        assert len(gzip.compress(body, 6)) <= LARGEST, name
    assert cost(there["matrix"])[1].count(b'<td><a class="k-') >= 60 * 47


# ---------------------------------------------------------------- as a file, as a list


def test_the_file_holds_exactly_the_view_that_was_filtered(client, session):
    where = chased(session)
    with at(WEDNESDAY):
        as_(client, session, where, "round_manager")
        html = client.get(f"{pages(where)['matrix']}?domain=2&tampil=tingkat&terlambat=1").get_data(as_text=True)
        link = unescape(re.search(r'href="([^"]*tabel\.csv[^"]*)"', html).group(1))
        assert "domain=2" in link and "tampil=tingkat" in link and "terlambat=1" in link
        lines = client.get(link).get_data(as_text=True).lstrip("\ufeff").splitlines()
        head = next(csv.reader([lines[0]], delimiter=";"))
        shown = re.findall(r'<th scope="col"><abbr[^>]*>([^<]+)</abbr>', html)
        assert [one.split(" ")[0] for one in head[1:-3]] == shown and len(shown) < 47
        assert len(lines) - 1 == html.count('<tr><th scope="row"><a')
        whole = client.get(f"{pages(where)['matrix']}/tabel.csv").get_data(as_text=True)
        assert whole.count("\r\n") == 3 and "Belum mulai" in whole and len(whole.splitlines()[0].split(";")) == 51


def test_on_a_phone_an_agency_or_an_item_is_picked_for_its_list(client, session):
    where = chased(session)
    with at(WEDNESDAY):
        as_(client, session, where, "round_manager")
        base = pages(where)["matrix"]
        part = build.submission(session, where.period, where.city.agencies["bappeda"]).id
        assert "Buka daftar" in client.get(base).get_data(as_text=True)
        assert client.get(f"{base}/daftar?opd={part}").location.endswith(f"/matriks/{part}")
        picked = client.get(f"{base}/daftar?butir=I12").location
        html = client.get(picked).get_data(as_text=True)
        assert "0 dari 1 OPD siap" in html and f"/matriks/{part}/I12" in html
        for wrong in ("butir/I99", "butir/%00", "butir/<b>"):
            assert client.get(f"{base}/{wrong}").status_code == 404
        assert client.get(f"{base}/daftar?opd=1e9&butir=").location.endswith("/matriks")
        with statements() as asked:
            client.get(picked)
        assert len(asked) <= 10


def test_before_a_round_opens_its_progress_is_the_list_of_what_is_missing(client, session):
    where = drafted(session)
    as_(client, session, where, "round_manager")
    with statements() as asked:
        html = client.get(f"/pengelolaan/{where.slug}/kemajuan").get_data(as_text=True)
    assert "Daftar periksa sebelum dibuka" in html and "47 butir belum punya OPD utama" in html
    assert f"{where.base}/penugasan" in html and f"{where.base}/tim" in html and "pertanyaan-umum" in html
    assert len(asked) <= 12
