"""A round of agencies from its making to the table of local figures; who reads what of it, and that it is never more."""

import csv
import io
import re
from fractions import Fraction

import pytest
from sqlalchemy import func, select

from assessments.models import Assessment, Contribution, Period, Receipt, Result, Submission
from assessments.models.period import LOCAL_FIGURE
from assessments.scoring import exact_text, score
from tests import builders as build
from tests.portal import local_round as local
from tests.portal.round_pages import Round, as_, drafted, hidden, send, statements
from tests.portal.test_round_periods import FILLED

AT = f"/pengelolaan/{local.SLUG}"
PASSWORD = build.PASSWORD


@pytest.fixture
def known_password(monkeypatch):
    """Whoever types the password of the tests is who they say."""
    from portal import throttling

    def prove(account, typed, zone, sentence):
        from assessments.refusal import Refused

        if typed != PASSWORD:
            raise Refused(sentence, field="password")

    monkeypatch.setattr(throttling, "prove_presence", prove)


def whole(session, values: dict[str, int] | None = None, stage="accepted", **more) -> Round:
    city = build.city(session)
    period = local.local_round(session, city, **more)
    if values and stage == "accepted":
        local.accepted(session, city, period, values)
    elif values:
        local.settled(session, city, period, values, published=stage == "published")
    session.commit()
    return Round(city, period, period.slug, city.agencies["bappeda"].slug)


def text_of(client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer.get_data(as_text=True)


# ---------------------------------------------------------------- the whole way


def test_a_local_round_goes_from_its_making_to_the_published_table(app, client, session, known_password):
    where = drafted(session)
    manager = as_(client, session, where, "round_manager")
    made = send(manager, "/kelola/periode/baru", **(FILLED | {"papers": "track", "readers": "one", "subjects": "agencies", "self_opens_day": "2020-01-01",
                                                              "self_closes_day": "2099-01-01"}))
    assert (made.status_code, made.location) == (302, "/kelola/periode/2027-opd"), made.get_data(as_text=True)[-6000:]
    session.rollback()
    period = session.scalar(select(Period).where(Period.slug == "2027-opd"))
    assert period.title == "Evaluasi SPBE 2027 tiap OPD (putaran lokal)"
    assert LOCAL_FIGURE in text_of(manager, "/kelola/periode/2027-opd/yang-dinilai")
    assert send(manager, "/kelola/periode/2027-opd/yang-dinilai", everybody="1").status_code == 302
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Assessment).where(Assessment.period_id == period.id)) == 3
    assert session.scalar(select(func.count()).select_from(Contribution)) == 3 * 47
    assert send(manager, "/kelola/periode/2027-opd/pembukaan", "/kelola/periode/2027-opd").status_code == 302
    session.rollback()
    city, at = where.city, "/pengelolaan/2027-opd"
    for key in local.THREE:
        local.seat(session, city, key)
    values = {"kominfo": 4, "bappeda": 3, "dinkes": 3}
    local.accepted(session, city, period, values)
    session.commit()

    boss = as_(app.test_client(), session, where, "responsible_officer")
    page = text_of(boss, at)
    assert "47 klaim menunggu" in page and LOCAL_FIGURE in page
    slugs = [city.agencies[key].slug for key in values]
    steps = f"{at}/putaran-opd"
    assert send(boss, f"{steps}/persetujuan", at, agencies=slugs).status_code == 422  # not said to have looked
    assert send(boss, f"{steps}/persetujuan", at, agencies=slugs, checked="y").status_code == 302
    wrong = send(boss, f"{steps}/pengiriman", at, agencies=slugs, checked="y", password="salah")
    assert wrong.status_code == 422 and "Kata sandi salah" in wrong.get_data(as_text=True)
    assert send(boss, f"{steps}/pengiriman", at, agencies=slugs, checked="y", password=PASSWORD).status_code == 302
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Receipt).where(Receipt.kind == "sent")) == 3
    assert send(boss, f"{steps}/penetapan", at, agencies=slugs, checked="y").status_code == 403
    assert send(manager, f"{steps}/penetapan", at, agencies=slugs, checked="y").status_code == 302

    head = as_(app.test_client(), session, where, "head")
    assert city.agencies["dinkes"].name not in text_of(head, f"{at}/angka-lokal")
    assert "Belum ada angka lokal" in text_of(head, f"{at}/angka-lokal")
    assert send(manager, f"{steps}/penerbitan", at, agencies=slugs, checked="y").status_code == 302
    session.rollback()
    for result in session.scalars(select(Result)):
        key = next(key for key in values if city.agencies[key].id == result.assessment.subject.organization_id)
        wanted = score(period.instrument, {item.code: Fraction(values[key]) for item in period.instrument.items})
        assert (result.index_exact, result.predicate) == (exact_text(wanted.index), wanted.predicate("exact").name)
        assert result.proposed_by_id == city.people["responsible_officer"].person_id
        assert result.confirmed_by_id == city.people["round_manager"].person_id
    table = text_of(head, f"{at}/angka-lokal")
    assert LOCAL_FIGURE in table
    assert re.findall(r'data-label="Urutan">(\d)<', table) == ["1", "2", "2"]
    rows = list(csv.reader(io.StringIO(head.get(f"{at}/angka-lokal/tabel.csv").get_data(as_text=True).lstrip("\ufeff")), delimiter=";"))
    assert rows[1][1] == city.agencies["kominfo"].name and {row[-1] for row in rows[1:]} == {LOCAL_FIGURE}


# ---------------------------------------------------------------- what it never is


def test_a_local_figure_is_never_the_result_of_the_instansi(app, client, session):
    where = whole(session, {"bappeda": 4}, "published", agencies=("bappeda", "dinkes"))
    anonymous = app.test_client()
    assert anonymous.get(f"/hasil/{local.SLUG}").status_code == 404
    assert anonymous.get(f"/hasil/{local.SLUG}/tabel.csv").status_code == 404
    for url in ("/", "/pengumuman"):
        page = text_of(anonymous, url)
        assert where.period.title not in page and "4,00" not in page
    leader = as_(client, session, where, "executive")
    assert "4,00" not in text_of(leader, "/pimpinan")
    listed = text_of(leader, "/hasil")
    assert f"{AT}/angka-lokal" in listed and "4,00" not in listed
    one = text_of(leader, f"/hasil/{local.SLUG}/{where.subject}")
    assert LOCAL_FIGURE in one and "Dibanding" not in one
    assert as_(app.test_client(), session, where, "round_manager").post(f"{AT}/{where.subject}/hasil/resmi").status_code != 302


def test_programs_are_told_that_a_figure_is_local(client, session):
    where = whole(session, {"bappeda": 4}, "published", agencies=("bappeda", "dinkes"))
    as_(client, session, where, "executive")
    row = client.get("/api/v1/results").get_json()["items"][0]
    assert row["figure"] == "local" and row["figure_label"] == LOCAL_FIGURE
    assert client.get(f"/api/v1/results/{local.SLUG}/{where.subject}").get_json()["figure"] == "local"
    assert client.get(f"/api/v1/periods/{local.SLUG}").get_json()["subjects"] == "agencies"


# ---------------------------------------------------------------- who reads what


@pytest.mark.parametrize("who", ["operator_other", "head_other"])
def test_an_agency_never_reads_of_another_before_publication(client, session, who):
    where = whole(session, {"bappeda": 4}, "settled")
    other = as_(client, session, where, who)
    own = where.subject
    part = local.part_of(session, where.period, where.city, "bappeda").id
    session.rollback()
    for url in (f"{AT}/{own}", f"{AT}/{own}/klaim", f"{AT}/{own}/klaim/I12", f"{AT}/{own}/kirim", f"{AT}/{own}/hasil",
                f"{AT}/{own}/penugasan", f"{AT}/{own}/tanda-terima", f"/hasil/{local.SLUG}/{own}",
                f"/hasil/{local.SLUG}/{own}/tabel.xlsx", f"/persetujuan/{part}", f"/persetujuan/{part}/bukti",
                f"/penilaian/{local.SLUG}/indikator/I12?opd={own}", f"/penilaian/{local.SLUG}?opd={own}",
                f"/api/v1/results/{local.SLUG}/{own}", f"/api/v1/assessments/{local.SLUG}/{own}"):
        assert other.get(url).status_code == 404, url
    for url in (f"{AT}/angka-lokal", f"{AT}/angka-lokal/tabel.csv", "/hasil", "/beranda", f"/api/v1/periods/{local.SLUG}",
                "/api/v1/results"):
        page = text_of(other, url)
        assert where.city.agencies["bappeda"].name not in page and own not in page, url
    assert other.get(AT).status_code == 403


def test_an_agency_that_does_not_take_part_finds_no_table(client, session):
    where = whole(session, {"bappeda": 4}, "published", agencies=("bappeda",))
    outsider = as_(client, session, where, "operator_other")
    assert outsider.get(f"{AT}/angka-lokal").status_code == 404
    assert outsider.get(AT).status_code == 404
    assert f"{AT}/angka-lokal" not in text_of(outsider, "/hasil"), "no way leads where nothing is found"
    insider = as_(client, session, where, "operator")
    assert f"{AT}/angka-lokal" in text_of(insider, "/hasil")


def test_who_sent_or_wrote_does_not_settle(client, session):
    from assessments import local_figures, staffing
    from assessments.actors import SYSTEM, acting

    where = whole(session, {"bappeda": 4, "dinkes": 2})
    city, period = where.city, session.get_one(Period, where.period.id)
    slugs = [city.agencies[key].slug for key in ("bappeda", "dinkes")]
    boss = city.actor("responsible_officer")
    local_figures.approve_all(session, period, boss, dict.fromkeys(slugs, 47))
    session.flush()
    local_figures.send_chosen(session, period, boss, slugs)
    session.flush()
    for seat, left in (("responsible_officer", 2), ("operator", 1)):
        person = city.people[seat].person
        second = staffing.appoint(session, person, city.instansi, "round_manager", SYSTEM, starts_on=build.SINCE)
        session.flush()
        outcome = local_figures.settle_all(session, period, acting(second), slugs)
        assert len(outcome.left) == left
        session.flush()


def test_claims_that_changed_since_the_page_are_not_approved(client, session):
    from assessments import local_figures

    where = whole(session, {"bappeda": 4})
    period = session.get_one(Period, where.period.id)
    outcome = local_figures.approve_all(session, period, where.city.actor("responsible_officer"), {where.subject: 46})
    assert outcome.claims == 0 and "berubah" in outcome.left["Bappeda"]


def test_a_draft_round_lets_an_agency_go_again(client, session):
    where = drafted(session, slug=local.SLUG, subjects="agencies")
    manager = as_(client, session, where, "round_manager")
    door = f"{where.calendar}/yang-dinilai"
    send(manager, door, everybody="1")
    assert send(manager, f"{door}/pengeluaran", door, agency=where.city.agencies["dinkes"].slug).status_code == 302
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Submission)) == 2
    assert session.scalar(select(func.count()).select_from(Contribution)) == 2 * 47


# ---------------------------------------------------------------- weight


def test_the_lists_need_as_many_statements_for_one_agency_as_for_many(client, session):
    where = whole(session, {"bappeda": 4}, "settled")
    manager = as_(client, session, where, "round_manager")
    urls = (AT, f"{AT}/angka-lokal", f"{AT}/angka-lokal/tabel.csv", "/beranda", "/hasil")
    few = []
    for url in urls:
        manager.get(url)
        with statements() as made:
            manager.get(url)
        few.append(len(made))
    period, city = session.get_one(Period, where.period.id), where.city
    local.settled(session, city, period, {"kominfo": 3, "dinkes": 2})
    session.commit()
    for url, before in zip(urls, few, strict=True):
        with statements() as many:
            manager.get(url)
        assert len(many) == before <= 10, (url, before, len(many))


def test_a_step_for_many_costs_the_same_for_one_agency_and_for_two(app, client, session, known_password):
    """Two agencies are 94 claims. Sending also proves the password and freezes, signs and prints; settling computes."""
    where = whole(session, {"kominfo": 4, "bappeda": 3, "dinkes": 2})
    boss = as_(client, session, where, "responsible_officer")
    manager = as_(app.test_client(), session, where, "round_manager")
    slugs = [where.city.agencies[key].slug for key in local.THREE]
    password = {"password": PASSWORD}
    steps = ((boss, "persetujuan", {}, 14), (boss, "pengiriman", password, 21), (manager, "penetapan", {}, 19), (manager, "penerbitan", {}, 14))
    for who, step, more, most in steps:
        made = []
        for chosen in (slugs[:1], slugs[1:]):
            action = f"{AT}/putaran-opd/{step}"
            sent = hidden(who, AT, action) | {"agencies": chosen, "checked": ["y"]} | {name: [value] for name, value in more.items()}
            with statements() as counted:
                assert who.post(action, data=sent).status_code == 302
            made.append(len(counted))
        assert made[1] <= made[0] + 1 and max(made) <= most, (step, made)
